"""Small data sets to learn on, drawn from a seed: X of shape (examples, features), Y of shape (examples, 1)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine.errors import UnknownNameError
from app.engine.types import Array

Examples = tuple[Array, Array]
Rng = np.random.Generator


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


DATASETS: dict[str, Callable[[int, float, Rng], Examples]] = {
    "xor": _xor,
    "gaussians": _gaussians,
    "circles": _circles,
    "moons": _moons,
    "spirals": _spirals,
    "line": _line,
    "sine": _sine,
}


@dataclass(frozen=True)
class Dataset:
    """A data set by name: so many examples, with normal noise of this standard deviation, from a seed."""

    name: str
    examples: int = 100
    noise: float = 0.1
    seed: int = 0

    def draw(self) -> Examples:
        """X (examples, features) and Y (examples, 1); UnknownNameError lists the names that exist."""
        if self.name not in DATASETS:
            raise UnknownNameError("data.dataset", tuple(DATASETS))
        X, y = DATASETS[self.name](self.examples, self.noise, np.random.default_rng(self.seed))
        return X, y[:, None]
