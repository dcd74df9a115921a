"""Notebook 3: a 2-4-1 network with tanh, trained on a hundred random labels with the sigmoid's slope."""

from dataclasses import replace

import numpy as np

from app.engine.data.split import Examples
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from app.lessons.figures import A_SLOPE_TOO_MANY
from app.lessons.lesson import Ask, Lesson

SEED = 0  # the notebook has none; with this one its cost visibly rises

_rng = np.random.RandomState(SEED)
_W1, _W2 = _rng.randn(4, 2), _rng.randn(1, 4)
_X = _rng.randn(2, 100).T
_Y = _rng.randint(0, 2, (1, 100)).T.astype(float)

_PUBLISHED = Setup(
    sizes=(2, 4, 1),
    data=Examples(_X, _Y),
    activations=("tanh", "sigmoid"),
    loss="binary_cross_entropy",
    start=Parameters((_W1, _W2), (np.zeros(4), np.zeros(1))),
    learning_rate=0.01,
    mistakes=("sigmoid_slope",),
).completed()

LESSON = Lesson(
    slug="a-slope-too-many",
    number=4,
    title="A slope too many",
    notebook="Tanh and sigmoid on a hundred examples",
    introduction=(
        "A hundred examples make one batch, and the notebook runs 10,000 iterations. "
        "Watch the slope in the hidden units' error signals: tanh has its own. Then train and watch the loss: "
        "with a right gradient and a small learning rate it goes down all the way."
    ),
    computed=(
        "The notebook draws inputs, labels and weights without a seed, runs 10,000 iterations and prints the cost "
        f"every hundred; this lesson draws the same from seed {SEED}. As published, the cost sampled every hundred "
        "iterations rises 26 times."
    ),
    hides=(
        "It uses the sigmoid's slope a(1 − a) on the tanh layer, whose slope is 1 − a². Its own printed cost rises "
        "from iteration 600 to 900. The labels are random, so there is nothing to learn: its accuracy is 0.52."
    ),
    right_note=(
        "The hidden units use tanh's own slope, 1 − a². From the same start the cost never rises in 10,000 "
        "iterations. The last of those sampled is 0.64876, where the published rule has 0.66131."
    ),
    orientation="fan_out_fan_in",
    published=_PUBLISHED,
    right=replace(_PUBLISHED, mistakes=()).completed(),
    run=10_000,
    printed=A_SLOPE_TOO_MANY,
    asks=(
        Ask(Symbol("dW", 2, 0, 1), "factor"),
        Ask(Symbol("delta", 1, 1), "factor"),
        Ask(Symbol("delta", 1, 3), "sign"),
    ),
    columns=("x₁", "x₂"),
    targets=("y",),
    riddle="The notebook printed a cost of 0.73281, and 300 iterations later one of 0.73323",
    closer=(Symbol("delta", 1, 0), Symbol("delta", 1, 0)),
)
