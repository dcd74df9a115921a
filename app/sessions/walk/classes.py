"""Whether a network tells classes apart, and which class it says: above one half, or the largest of several."""

import numpy as np

from app.engine.network.activations import ACTIVATIONS
from app.engine.network.arrays import Array
from app.engine.setup import Setup

SHARES = (0.0, 1.0)  # the bounds of outputs that can be read as shares of 1
HALF = 0.5  # from here on a single output says yes


def classifies(setup: Setup) -> bool:
    """Whether the targets are classes: 0 or 1 for one output, a single 1 among several."""
    Y = setup.examples[1]
    return bool(
        ACTIVATIONS[setup.activations[-1]].bounds == SHARES
        and np.isin(Y, (0.0, 1.0)).all()
        and (Y.shape[1] == 1 or (Y.sum(axis=1) == 1.0).all())
    )


def classes_of(A: Array) -> Array:
    """The class of each row of outputs or targets (m, n_L), from 0: whole numbers, (m,)."""
    return (A[:, 0] > HALF).astype(np.int64) if A.shape[1] == 1 else A.argmax(axis=1)


def accuracy(A: Array, Y: Array) -> float:
    """The share of rows of A (m, n_L) that say the class of Y (m, n_L)."""
    return float(np.mean(classes_of(A) == classes_of(Y)))
