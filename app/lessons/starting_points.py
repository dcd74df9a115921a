"""Starting points for a network of one's own: small setups, each with what there is to watch; and for each data set a
setup that learns it. Data and words.
"""

from dataclasses import dataclass

import numpy as np

from app.engine.data.datasets import Dataset
from app.engine.data.split import Data, Examples
from app.engine.learning.optimizers import Optimizer
from app.engine.network.initializers import Initializer
from app.engine.setup import Parameters, Setup


@dataclass(frozen=True, eq=False)
class StartingPoint:
    """One setup to begin with: `name` stands in addresses, `watch` says in a few sentences what there is to see."""

    name: str
    title: str
    watch: str
    setup: Setup


STARTING_POINTS: tuple[StartingPoint, ...] = (
    StartingPoint(
        "xor",
        "XOR",
        "The smallest problem that no straight line solves. Two hidden units are enough, from a lucky start: "
        "seed 8 learns it, seed 0 gets stuck.",
        Setup(
            sizes=(2, 2, 1),
            data=Dataset("xor", examples=4, noise=0.0),
            start=Initializer("xavier_uniform", seed=8),
            learning_rate=0.5,
        ).completed(),
    ),
    StartingPoint(
        "by-hand",
        "The worked example",
        "Two inputs, two hidden units, two outputs, and every number small enough for paper. On paper one bias serves "
        "both units of a layer and stays as it is; here each unit has its own, both start equal, and both learn. "
        "The weights after the first update are those on paper.",
        # The example that half of all courses use: its parameters as they are published there, W as (fan_out, fan_in).
        Setup(
            sizes=(2, 2, 2),
            data=Data(
                Examples(X=np.array([[0.05, 0.10]]), Y=np.array([[0.01, 0.99]])),
                columns=("x₁", "x₂"),
                names=("y₁", "y₂"),
            ),
            activations=("sigmoid", "sigmoid"),
            loss="half_squared_error",
            start=Parameters(
                W=(np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])),
                b=(np.array([0.35, 0.35]), np.array([0.60, 0.60])),
            ),
            learning_rate=0.5,
        ).completed(),
    ),
    StartingPoint(
        "tower",
        "A vanishing gradient",
        "Six sigmoid layers. Each slope lets at most a quarter through, so little of the error signal "
        "reaches the first layer: compare the gradients of layer 1 with those of layer 6.",
        Setup(
            sizes=(2, 4, 4, 4, 4, 4, 1),
            data=Dataset("circles", examples=100),
            activations=("sigmoid",) * 6,
            start=Initializer("xavier_uniform", seed=0),
            learning_rate=0.5,
        ).completed(),
    ),
    StartingPoint(
        "dead-relu",
        "Dead ReLUs",
        "Three of four hidden units start with a bias far below zero. Their sums are negative for every example, "
        "the slope is 0, and no gradient ever wakes them.",
        # Biases far below zero: whatever the examples say, all hidden sums are negative.
        Setup(
            sizes=(2, 4, 1),
            data=Dataset("moons", examples=40, noise=0.05),
            activations=("relu", "sigmoid"),
            start=Parameters(
                W=(
                    np.array([[0.9, -0.4], [-0.6, 0.7], [0.5, 0.8], [-0.7, -0.6]]),
                    np.array([[0.6, -0.8, 0.5, 0.7]]),
                ),
                b=(np.array([0.1, -4.0, -5.0, -4.0]), np.array([0.0])),
            ),
            learning_rate=0.5,
        ).completed(),
    ),
    StartingPoint(
        "linear",
        "A linear network",
        "Three layers without an activation. However many there are, together they are one straight line: "
        "more layers bring parameters, and nothing that one layer could not say.",
        Setup(
            sizes=(1, 3, 2, 1),
            data=Dataset("line", examples=40),
            activations=("identity",) * 3,
            loss="mean_squared_error",
            start=Initializer("xavier_uniform", seed=1),
        ).completed(),
    ),
    StartingPoint(
        "iris",
        "Iris flowers",
        "Four measures of a flower, three species, 150 flowers of which 30 are kept for testing. "
        "Softmax and cross-entropy, with Adam: most flowers are told apart within a few epochs.",
        Setup(
            sizes=(4, 6, 3),
            data=Data(Dataset("iris", examples=150, noise=0.0), scaling="standard", test_share=0.2),
            start=Initializer("xavier_uniform", seed=0),
            learning_rate=0.02,
            batch_size=15,
            shuffle_seed=0,
            optimizer=Optimizer("adam"),
        ).completed(),
    ),
    StartingPoint(
        "digits",
        "Digits of a display",
        "Seven segments and a dot that tells nothing: eight features, ten digits, blurred by noise. "
        "Watch what becomes of the weights that lead from the dot.",
        Setup(
            sizes=(8, 12, 10),
            data=Data(Dataset("digits", examples=300, noise=0.15), test_share=0.2),
            activations=("relu", "softmax"),
            start=Initializer("he_normal", seed=0),
            learning_rate=0.1,
            batch_size=20,
            shuffle_seed=0,
            optimizer=Optimizer("momentum"),
        ).completed(),
    ),
)


def _learning(sizes: tuple[int, ...], data: Dataset, learning_rate: float) -> Setup:
    """In batches of ten, shuffled, with a fifth of the examples kept for testing."""
    kept = Data(data, test_share=0.2)
    return Setup(sizes, kept, learning_rate=learning_rate, batch_size=10, shuffle_seed=0).completed()


_BY_NAME = {point.name: point for point in STARTING_POINTS}


class UnknownStartingPointError(KeyError):
    """There is no starting point of this name."""


def starting_point_named(name: str) -> StartingPoint:
    """The starting point of this name; UnknownStartingPointError where there is none."""
    if name not in _BY_NAME:
        raise UnknownStartingPointError(f"There is no starting point of this name. There are: {', '.join(_BY_NAME)}.")
    return _BY_NAME[name]


# For each data set a setup that learns it: the examples, the layers and the learning rate that go together.
SUITED: dict[str, Setup] = {
    "xor": _BY_NAME["xor"].setup,
    "gaussians": _learning((2, 2, 1), Dataset("gaussians", 100, 0.1), 0.1),
    "circles": _learning((2, 4, 1), Dataset("circles", 100, 0.1), 0.5),
    "moons": _learning((2, 4, 1), Dataset("moons", 100, 0.1), 0.5),
    "spirals": _learning((2, 8, 8, 1), Dataset("spirals", 250, 0.03), 0.3),
    "line": _learning((1, 2, 1), Dataset("line", 40, 0.1), 0.1),
    "sine": _learning((1, 6, 1), Dataset("sine", 60, 0.1), 0.2),
    "iris": _BY_NAME["iris"].setup,
    "digits": _BY_NAME["digits"].setup,
}
