"""Products of matrices, as forward and backward use them."""

import numpy as np

from app.engine.network.types import Array


def times(A: Array, B: Array) -> Array:
    """The matrix product A @ B, also of stacks of matrices.

    Of single ones as (B^T A^T)^T, so that a unit's numbers for all examples lie side by side in memory: what is done
    next then goes along few long rows, and takes less time. So does np.dot.
    """
    product: Array = np.dot(B.T, A.T).T if A.ndim == B.ndim == 2 else np.matmul(A, B)
    return product
