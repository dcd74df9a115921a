"""Differences of fourth order: where a function is looked at, and how its rises from 0 add up to its slope there."""

from dataclasses import dataclass

import numpy as np

from app.engine.network.types import Array


@dataclass(frozen=True, eq=False)
class Stencil:
    """Offsets in steps, (4,); weights of the rises f(offset * h) - f(0) for h * f'(0) to orders 4 and 2; for the fourth
    difference; and how a step of 1 in the pre-activations scales the error of order 4 against that of order 2."""

    offsets: Array
    fourth: Array
    second: Array
    curl: Array
    ratio: float

    @property
    def gain(self) -> float:
        """By how much noise in f grows in h * f'(0)."""
        return float(np.abs(self.fourth).sum())

    def mirrored(self) -> "Stencil":
        """The same, looking the other way."""
        return Stencil(-self.offsets, -self.fourth, -self.second, self.curl, self.ratio)


# Fornberg 1988, tables 1 and 3; the weight of f(0) itself drops out, for rises are measured from there.
CENTRAL = Stencil(
    offsets=np.array([-2.0, -1.0, 1.0, 2.0]),
    fourth=np.array([1 / 12, -2 / 3, 2 / 3, -1 / 12]),
    second=np.array([0.0, -1 / 2, 1 / 2, 0.0]),
    curl=np.array([1.0, -4.0, -4.0, 1.0]),
    ratio=16.0,
)
UPWARD = Stencil(
    offsets=np.array([1.0, 2.0, 3.0, 4.0]),
    fourth=np.array([4.0, -3.0, 4 / 3, -1 / 4]),
    second=np.array([2.0, -1 / 2, 0.0, 0.0]),
    curl=np.array([-4.0, 6.0, -4.0, 1.0]),
    ratio=64.0,
)
DOWNWARD = UPWARD.mirrored()
