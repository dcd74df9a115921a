"""The one array type of the engine, NumPy arrays of float64, their product, and functions that NumPy does not have."""

from collections.abc import Callable
from functools import wraps

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def times(A: Array, B: Array) -> Array:
    """The matrix product A @ B, also of stacks of matrices.

    Of single ones as (B^T A^T)^T, so that a unit's numbers for all examples lie side by side in memory: what is done
    next then goes along few long rows, and takes less time. So does np.dot.
    """
    product: Array = np.dot(B.T, A.T).T if A.ndim == B.ndim == 2 else np.matmul(A, B)
    return product


def one_step(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """A function of one array that NumPy knows nothing of: what takes down operations takes it down as one of them."""

    @wraps(function)
    def step(Z: Array) -> Array:
        take_down: Callable[..., Array] | None = getattr(Z, "take_down", None)
        return function(Z) if take_down is None else take_down(function)

    return step
