"""What each layer does: its activations and slopes, who is saturated, who is dead, and how large its gradients are.

A unit whose slope is near 0 is saturated for an example: almost nothing comes back through it. A unit is dead whose
slope is exactly 0 for every example: its own weights can never change again. Where the loss was made for the output,
its slope has cancelled in the error signal: there it counts as 1.
"""

from dataclasses import dataclass, replace

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.layers import Network
from app.engine.network.losses import Loss
from app.engine.network.propagation import Backward, forward, true_slope


@dataclass(frozen=True, eq=False)
class Activity:
    """One layer over m examples: its activation's name, A and slope g'(Z), both (m, n)."""

    activation: str
    A: Array
    slope: Array

    def saturated(self, below: float) -> Array:
        """For which examples each unit's slope is smaller than that, (m, n), as 0 and 1."""
        flags: Array = (np.abs(self.slope) < below).astype(float)
        return flags

    @property
    def dead(self) -> tuple[int, ...]:
        """The units, from 0, whose slope is 0 for every example."""
        return tuple(np.flatnonzero((self.slope == 0).all(axis=0)).tolist())


def activity(network: Network, X: Array, decimals: int | None = None, loss: Loss | None = None) -> tuple[Activity, ...]:
    """Every layer, 1 to L, for inputs X of shape (m, n_0), and the loss that follows."""
    with np.errstate(over="ignore", invalid="ignore"):
        there = forward(network, X, decimals)
        layers = tuple(
            Activity(layer.activation.name, there.A[l], true_slope(layer.activation, there.at(l)))
            for l, layer in enumerate(network.layers, start=1)
        )
    if loss is None or loss.error is None:
        return layers
    return *layers[:-1], replace(layers[-1], slope=np.ones_like(layers[-1].A))


def gradient_sizes(found: Backward) -> Array:
    """The root mean square of dW and of db of every layer 1 to L: (L, 2)."""
    return np.array([[_root_mean_square(part) for part in (dW, db)] for dW, db in zip(found.dW, found.db, strict=True)])


def _root_mean_square(part: Array) -> float:
    """Scaled by its largest number, so that no square leaves the doubles."""
    largest = float(np.abs(part).max())
    return largest * float(np.sqrt(np.mean((part / largest) ** 2))) if largest > 0 else 0.0
