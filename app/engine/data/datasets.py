"""Small data sets to learn on, drawn from a seed: X of shape (examples, features), Y of shape (examples, outputs)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine.data.iris import COLUMNS, SPECIES, measured
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.types import Array

Examples = tuple[Array, Array]
Rng = np.random.Generator

# Two classes and curves: a generator returns X and targets of shape (examples,) ---------------------------------------


def _labels(count: int) -> Array:
    """0 and 1 in turn, shape (count,)."""
    return (np.arange(count) % 2).astype(np.float64)


def _xor(count: int, noise: float, rng: Rng) -> Examples:
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])[np.arange(count) % 4]
    return corners + noise * rng.standard_normal(corners.shape), corners.sum(axis=1) % 2


def _gaussians(count: int, noise: float, rng: Rng) -> Examples:
    label = _labels(count)
    centres = np.where(label[:, None] > 0, 1.0, -1.0) * np.ones(2)
    return centres + (0.5 + noise) * rng.standard_normal(centres.shape), label


def _circles(count: int, noise: float, rng: Rng) -> Examples:
    label, angle = _labels(count), rng.uniform(0.0, 2.0 * np.pi, count)
    radius = np.where(label > 0, 0.5, 1.0)
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return points + noise * rng.standard_normal(points.shape), label


def _moons(count: int, noise: float, rng: Rng) -> Examples:
    label, angle = _labels(count), rng.uniform(0.0, np.pi, count)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    points = np.where(label[:, None] > 0, np.array([1.0, 0.5]) - upper, upper)
    return points + noise * rng.standard_normal(points.shape), label


def _spirals(count: int, noise: float, rng: Rng) -> Examples:
    label, turn = _labels(count), np.sqrt(rng.uniform(0.0, 1.0, count))
    angle = 3.0 * np.pi * turn + np.pi * label
    points = np.column_stack([turn * np.cos(angle), turn * np.sin(angle)])
    return points + noise * rng.standard_normal(points.shape), label


def _line(count: int, noise: float, rng: Rng) -> Examples:
    x = rng.uniform(-1.0, 1.0, count)
    return x[:, None], 0.7 * x + 0.2 + noise * rng.standard_normal(count)


def _sine(count: int, noise: float, rng: Rng) -> Examples:
    x = rng.uniform(-1.0, 1.0, count)
    return x[:, None], np.sin(np.pi * x) + noise * rng.standard_normal(count)


# Several classes: a generator returns X and one-hot targets of shape (examples, classes) ------------------------------

SEGMENTS = ("top", "top left", "top right", "middle", "bottom left", "bottom right", "bottom")
# For each digit from 0: which segments shine, in the order of SEGMENTS.
_SHINING = (
    "1110111",
    "0010010",
    "1011101",
    "1011011",
    "0111010",
    "1101011",
    "1101111",
    "1010010",
    "1111111",
    "1111011",
)


def _iris(count: int, noise: float, rng: Rng) -> Examples:
    flowers = measured()
    kinds, each, _ = flowers.shape
    if count > kinds * each:
        raise SetupError("data.examples", f"There are {kinds * each} irises.", f"Use 1 to {kinds * each}.")
    label = np.arange(count) % kinds
    orders = np.array([rng.permutation(each) for _ in range(kinds)])
    X = flowers[label, orders[label, np.arange(count) // kinds]]
    return X + noise * rng.standard_normal(X.shape), np.eye(kinds)[label]


def _digits(count: int, noise: float, rng: Rng) -> Examples:
    label = np.arange(count) % 10
    segments = np.array([list(map(float, shining)) for shining in _SHINING])[label]
    X = np.column_stack([segments, rng.integers(0, 2, count)])  # the dot shines or not, whatever the digit
    return X + noise * rng.standard_normal(X.shape), np.eye(10)[label]


DATASETS: dict[str, Callable[[int, float, Rng], Examples]] = {
    "xor": _xor,
    "gaussians": _gaussians,
    "circles": _circles,
    "moons": _moons,
    "spirals": _spirals,
    "line": _line,
    "sine": _sine,
    "iris": _iris,
    "digits": _digits,
}

# Data set -> names of its features, names of its outputs.
NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "iris": (COLUMNS, SPECIES),
    "digits": ((*SEGMENTS, "dot"), tuple("0123456789")),
}


@dataclass(frozen=True)
class Dataset:
    """A data set by name: so many examples, with normal noise of this standard deviation, from a seed.

    Classes come in turn, so that each has as many examples as the others, or one more.
    """

    name: str
    examples: int = 100
    noise: float = 0.1
    seed: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its features; a data set of mere points has none."""
        return NAMES.get(self.name, ((), ()))[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its outputs, where they have any."""
        return NAMES.get(self.name, ((), ()))[1]

    def draw(self) -> Examples:
        """X (examples, features) and Y (examples, outputs).

        UnknownNameError lists the names that exist; SetupError where there are not so many examples.
        """
        if self.name not in DATASETS:
            raise UnknownNameError("data.dataset", tuple(DATASETS))
        X, y = DATASETS[self.name](self.examples, self.noise, np.random.default_rng(self.seed))
        return X, np.column_stack([y])
