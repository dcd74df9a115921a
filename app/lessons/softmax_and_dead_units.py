"""Notebook 2: a 2-4-2 network of ReLU and softmax on a batch of six; three of four hidden units are dead."""

from dataclasses import replace

import numpy as np

from app.engine.data.split import Examples
from app.engine.network.expressions import Symbol
from app.engine.network.initializers import Initializer
from app.engine.network.layers import Layer
from app.engine.setup import Parameters, Setup
from app.lessons.figures import SOFTMAX_AND_DEAD_UNITS
from app.lessons.lesson import Ask, Lesson

_rng = np.random.RandomState(42)  # the notebook's seed; the draws follow in its order
_X = _rng.randint(1, 11, size=(6, 2)).astype(float)
_Y = np.eye(2)[_rng.randint(0, 2, size=6)]
_HIDDEN = Layer.from_rows(_rng.randn(2, 4) * 0.01, np.zeros(4), "relu")
_OUTPUT = Layer.from_rows(_rng.randn(4, 2) * 0.01, np.zeros(2), "softmax")

_PUBLISHED = Setup(
    sizes=(2, 4, 2),
    data=Examples(_X, _Y),
    activations=("relu", "softmax"),
    loss="cross_entropy",
    start=Parameters((_HIDDEN.W, _OUTPUT.W), (_HIDDEN.b, _OUTPUT.b)),
    learning_rate=0.01,
).completed()

_SCALED = Examples((_X - _X.mean(axis=0)) / _X.std(axis=0), _Y)

LESSON = Lesson(
    slug="softmax-and-dead-units",
    number=3,
    title="Softmax and dead units",
    notebook="ReLU, softmax and cross-entropy on a batch of six",
    introduction=(
        "Six examples go through at once; each gradient is the mean of six products. "
        "Follow the backward flow, from the loss to the outputs and on to the hidden units. "
        "Watch where it stops: a hidden unit whose ReLU is off lets nothing through."
    ),
    computed=(
        "The notebook draws six examples and small weights from seed 42, computes the loss 0.6931 (which is ln 2: "
        "the network cannot tell the classes apart yet) and prints every gradient of one update."
    ),
    hides=(
        "Three of the four hidden units are dead: their sums are negative for all six examples, their gradients "
        "are exactly zero, and so they can never learn."
    ),
    right_note=(
        "Each input column is scaled to mean 0 and standard deviation 1, and the weights start from he_normal "
        "(seed 0): every hidden unit is on for some of the examples."
    ),
    orientation="fan_in_fan_out",
    published=_PUBLISHED,
    right=replace(_PUBLISHED, data=_SCALED, start=Initializer("he_normal", seed=0)).completed(),
    run=1,
    printed=SOFTMAX_AND_DEAD_UNITS,
    asks=(
        Ask(Symbol("delta", 2, 1), "value"),
        Ask(Symbol("dW", 2, 1, 0), "factor"),
        Ask(Symbol("delta", 1, 1), "sign"),  # as published, of a unit that is dead
    ),
    columns=("x₁", "x₂"),
    targets=("class 1", "class 2"),
    riddle="The notebook printed 0 for nine of the twelve gradients of its hidden layer",
    closer=(Symbol("delta", 1, 0), Symbol("delta", 1, 1)),
    example=3,  # the first for which a hidden unit is on
)
