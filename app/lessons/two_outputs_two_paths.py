"""Notebook 1: a 2-2-2 sigmoid network and one example, with activations rounded as by hand."""

from dataclasses import replace

import numpy as np

from app.engine.data.split import Examples
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from app.lessons.figures import TWO_OUTPUTS_TWO_PATHS
from app.lessons.lesson import Ask, Lesson

_PUBLISHED = Setup(
    sizes=(2, 2, 2),
    data=Examples(X=np.array([[0.05, 0.1]]), Y=np.array([[0.01, 0.99]])),
    activations=("sigmoid", "sigmoid"),
    loss="half_squared_error",
    start=Parameters(
        W=(np.array([[0.15, 0.25], [0.2, 0.3]]), np.array([[0.4, 0.5], [0.45, 0.55]])),
        b=(np.array([0.35, 0.35]), np.array([0.6, 0.6])),
    ),
    learning_rate=0.1,
    decimals=4,
    mistakes=("untransposed_weights",),
).completed()

LESSON = Lesson(
    slug="two-outputs-two-paths",
    number=2,
    title="Two outputs, two paths",
    notebook="Half squared error by hand, with four decimals",
    introduction=(
        "Each hidden unit feeds both outputs, so the loss reaches it along two paths. "
        "Watch the error signal of a hidden unit: what comes back through the first output and what comes back "
        "through the second add up. The two have different signs here."
    ),
    computed=(
        "The notebook takes one example through this network, rounds every activation to 4 decimals as a hand "
        "calculation does, and updates all twelve parameters once."
    ),
    hides=(
        "A hidden unit feeds the outputs through a column of W₂; each row of W₂ belongs to one output. "
        "The notebook brings the error back by the row. "
        "Because W₂ is square nothing fails: the numbers come out, and they are wrong."
    ),
    right_note=(
        "Each hidden unit gets the error of an output back through the weight that leads there: by a column of W₂. "
        "The activations stay rounded to 4 decimals."
    ),
    orientation="fan_out_fan_in",
    published=_PUBLISHED,
    right=replace(_PUBLISHED, mistakes=()).completed(),
    run=1,
    printed=TWO_OUTPUTS_TWO_PATHS,
    asks=(
        Ask(Symbol("delta", 2, 1), "sign"),
        Ask(Symbol("dW", 2, 1, 0), "factor"),
        Ask(Symbol("delta", 1, 1), "value"),
        Ask(Symbol("dW", 1, 1, 1), "value"),
    ),
    columns=("x₁", "x₂"),
    targets=("y₁", "y₂"),
    riddle="The notebook printed 0.00847371, we found 0.00895156",
    closer=(Symbol("delta", 1, 0), Symbol("delta", 1, 0)),
)
