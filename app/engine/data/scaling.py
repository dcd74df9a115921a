"""Scaling of columns: what is subtracted from each and what it is divided by, found on training examples alone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.errors import UnknownNameError


@dataclass(frozen=True, eq=False)
class Scale:
    """For every column of a table (examples, n): `shift` and `size`, both (n,); no size is 0."""

    shift: Array
    size: Array

    def apply(self, table: Array) -> Array:
        """(table - shift) / size."""
        return (table - self.shift) / self.size

    def undo(self, table: Array) -> Array:
        """The inverse of `apply`, but for rounding."""
        return table * self.size + self.shift


_ROUNDING = np.finfo(float).eps
_LEAST = 10 * _ROUNDING  # what is smaller divides nothing: it comes of rounding


def _scale(shift: Array, size: Array) -> Scale:
    """A column that does not vary, or holds only zeros, is shifted and not divided."""
    return Scale(shift, np.where(size > _LEAST, size, 1.0))


def _standard(table: Array) -> Scale:
    """By the standard deviation of the population: the sum of squares is divided by the number of examples.

    The mean of equal numbers may differ from them by rounding; so little is no deviation (scikit-learn's bound).
    """
    mean = table.mean(axis=0).clip(table.min(axis=0), table.max(axis=0))
    deviation = table.std(axis=0)
    return _scale(mean, np.where(deviation > len(table) * _ROUNDING * np.abs(mean), deviation, 0.0))


def _min_max(table: Array) -> Scale:
    low = table.min(axis=0)
    return _scale(low, table.max(axis=0) - low)


# Each looks at a table (examples, n), which holds at least one example.
SCALINGS: dict[str, Callable[[Array], Scale]] = {
    "none": lambda table: Scale(np.zeros(table.shape[1]), np.ones(table.shape[1])),
    "maximum": lambda table: _scale(np.zeros(table.shape[1]), np.abs(table).max(axis=0)),
    "min_max": _min_max,
    "standard": _standard,
}


def scale_of(name: str, table: Array) -> Scale:
    """The scale of this name for a table; UnknownNameError lists the names that exist."""
    if name not in SCALINGS:
        raise UnknownNameError("data.scaling", tuple(SCALINGS))
    return SCALINGS[name](table)
