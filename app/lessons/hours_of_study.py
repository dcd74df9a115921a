"""Notebook 4: a 2-2-1 network without activations, fitted to four students' scores."""

from dataclasses import replace

import numpy as np

from app.engine.data.split import Examples
from app.engine.network.expressions import Symbol
from app.engine.network.layers import Layer
from app.engine.setup import Parameters, Setup
from app.lessons.figures import HOURS_OF_STUDY
from app.lessons.lesson import Ask, Lesson

_RAW = np.array([[2.0, 9.0, 55.0], [4.0, 8.0, 65.0], [6.0, 6.0, 75.0], [8.0, 5.0, 85.0]])
_SCALED = _RAW / _RAW.max(axis=0)
_HIDDEN = Layer.from_rows([[0.53478669, 0.44097337], [0.23139675, 0.47830704]], [0.06164027, 0.12409449], "identity")
_OUTPUT = Layer.from_rows([[0.6784994], [0.61629207]], [0.66356891], "identity")

_PUBLISHED = Setup(
    sizes=(2, 2, 1),
    data=Examples(_SCALED[:, :2], _SCALED[:, 2:]),
    activations=("identity", "identity"),
    loss="mean_squared_error",
    start=Parameters((_HIDDEN.W, _OUTPUT.W), (_HIDDEN.b, _OUTPUT.b)),
    learning_rate=0.1,
    mistakes=("halved_gradient",),
).completed()

LESSON = Lesson(
    slug="hours-of-study",
    number=5,
    title="Hours of study",
    notebook="Mean squared error on four students",
    introduction=(
        "Four students, two columns, one score: a regression. Every column is divided by its maximum, "
        "so that hours and scores have one scale. Watch the error signal of the output: "
        "the slope of a square has a 2 in it."
    ),
    computed=(
        "The notebook runs 1,000 epochs of one batch, prints the mean squared error every hundred, and in the "
        "end predicts each score to within half a point."
    ),
    hides=(
        "It reports the mean of (ŷ − y)² and descends ŷ − y, the gradient of half of it: every gradient is exactly "
        "half of what it should be. And without an activation the two layers are one straight plane."
    ),
    right_note=(
        "The error signal is 2(ŷ − y), the gradient of the loss that is reported: every gradient is twice as large."
    ),
    orientation="fan_in_fan_out",
    published=_PUBLISHED,
    right=replace(_PUBLISHED, mistakes=()).completed(),
    run=1000,
    printed=HOURS_OF_STUDY,
    asks=(
        Ask(Symbol("dW", 2, 0, 1), "factor"),
        Ask(Symbol("delta", 1, 1), "value"),
        Ask(Symbol("dW", 1, 1, 0), "factor"),
    ),
    columns=("Hours studied", "Hours slept"),
    targets=("Final score",),
    riddle="After 100 iterations the notebook printed a loss of 0.00072, we found 0.00015",
    closer=(Symbol("delta", 2, 0), Symbol("delta", 2, 0)),
)
