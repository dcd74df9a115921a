"""How large the gradients of each layer are: what vanishes or explodes on the way back."""

import numpy as np

from app.engine.network.propagation import Backward
from app.engine.network.types import Array


def gradient_sizes(found: Backward) -> Array:
    """The root mean square of dW and of db of every layer 1 to L: (L, 2)."""
    return np.array([[_root_mean_square(part) for part in (dW, db)] for dW, db in zip(found.dW, found.db, strict=True)])


def _root_mean_square(part: Array) -> float:
    """Scaled by its largest number, so that no square leaves the doubles."""
    largest = float(np.abs(part).max())
    return largest * float(np.sqrt(np.mean((part / largest) ** 2))) if largest > 0 else 0.0
