"""Notebook 0: a 2-2-1 sigmoid network, updated after every example; all of its weights start equal."""

from dataclasses import replace

import numpy as np

from app.engine.data.split import Examples
from app.engine.network.expressions import Symbol
from app.engine.network.initializers import Initializer
from app.engine.network.layers import Layer
from app.engine.setup import Parameters, Setup
from app.lessons.figures import ONE_EXAMPLE_AT_A_TIME
from app.lessons.lesson import Ask, Lesson

_HIDDEN = Layer.from_rows([[0.1, 0.1], [0.1, 0.1]], [0.0, 0.0], "sigmoid")
_OUTPUT = Layer.from_rows([[0.1], [0.1]], [0.0], "sigmoid")

_PUBLISHED = Setup(
    sizes=(2, 2, 1),
    data=Examples(
        X=np.array([[0.5, 1.0], [1.5, 2.0], [3.0, 1.0], [2.0, 3.0], [0.1, 0.5], [4.0, 2.0]]),
        Y=np.array([[0.0], [1.0], [1.0], [1.0], [0.0], [1.0]]),
    ),
    activations=("sigmoid", "sigmoid"),
    loss="binary_cross_entropy",
    start=Parameters((_HIDDEN.W, _OUTPUT.W), (_HIDDEN.b, _OUTPUT.b)),
    learning_rate=0.001,
    batch_size=1,
    warm_up=(0, 1, 2),  # the notebook updates once on each of these before its epochs begin
).completed()

LESSON = Lesson(
    slug="one-example-at-a-time",
    number=1,
    title="One example at a time",
    notebook="Binary cross-entropy by hand, one example at a time",
    introduction=(
        "Two inputs, two hidden units, one output: nine parameters, nine gradients. "
        "Watch the error signal at the output, prediction minus target: every gradient contains it as a factor. "
        "Then compare the two hidden units, and see whether an update parts them."
    ),
    computed=(
        "The notebook writes out all nine gradients, updates once on each of the first three examples, "
        "then runs epochs over all six from where that left off."
    ),
    hides=(
        "Every weight starts at 0.1. Both hidden units compute the same, get the same gradients, and stay twins "
        "for ever: two units do the work of one."
    ),
    right_note="The weights start small and random (normal, 0.1 wide, seed 0), so the hidden units part.",
    orientation="fan_in_fan_out",
    published=_PUBLISHED,
    right=replace(_PUBLISHED, start=Initializer("normal", seed=0, amount=0.1)).completed(),
    run=15,
    printed=ONE_EXAMPLE_AT_A_TIME,
    asks=(
        Ask(Symbol("dW", 2, 0, 1), "sign"),
        Ask(Symbol("delta", 1, 1), "factor"),
        Ask(Symbol("dW", 1, 1, 0), "value"),
    ),
    columns=("Feature1", "Feature2"),
    targets=("y",),
    riddle="The notebook printed 0.53742985 for one hidden unit, and 0.53742985 for the other",
    closer=(Symbol("delta", 1, 0), Symbol("delta", 1, 1)),
)
