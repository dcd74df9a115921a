"""Missing values, NaN in a table of inputs: which examples are left out, and what stands for a value that is not there,
found on training examples alone.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError, UnknownNameError

DROP = "drop"  # leave out the examples in which the value is missing
# What stands for the values that are missing in a column, from those that are there, (m,).
FILLERS: dict[str, Callable[[Array], float]] = {
    "mean": lambda values: float(np.mean(values)),
    "median": lambda values: float(np.median(values)),
}
MENDINGS = (DROP, *FILLERS)


def mendings_of(missing: Sequence[str], X: Array) -> tuple[str, ...]:
    """How each column of X (examples, n) is mended: one name for each, or one for all.

    SetupError where a value is missing and nothing says how it is mended, or names and columns do not fit.
    """
    width = X.shape[1]
    if not missing and np.isnan(X).any():
        raise SetupError(
            "data.X", "A value is missing.", f"Give it, or say in data.missing what to do: {', '.join(MENDINGS)}."
        )
    if len(missing) not in (0, 1, width):
        raise SetupError(
            "data.missing", f"It holds {len(missing)} names for {width} inputs.", f"Give one for all, or {width}."
        )
    if any(name not in MENDINGS for name in missing):
        raise UnknownNameError("data.missing", MENDINGS)
    return tuple(missing) * width if len(missing) == 1 else tuple(missing)


def whole(mendings: Sequence[str], X: Array) -> NDArray[np.bool_]:
    """Which examples of X (examples, n) are kept, (examples,): those that miss nothing for which they are left out."""
    columns = [k for k, name in enumerate(mendings) if name == DROP]
    return np.asarray(~np.isnan(X[:, columns]).any(axis=1))


def fillers(mendings: Sequence[str], trained: Array) -> Array:
    """For each column of the training examples (m, n) what stands for a missing value, (n,); NaN where nothing can.

    SetupError where a column to be filled holds no value.
    """
    found = np.full(trained.shape[1], np.nan)
    for k, name in enumerate(mendings):
        values = trained[:, k][~np.isnan(trained[:, k])]
        if name != DROP and not len(values):
            problem = f"Input {k + 1} has no value among the training examples, so nothing can stand for those missing."
            raise SetupError("data.missing", problem, "Leave this input out.")
        if name != DROP:
            found[k] = FILLERS[name](values)
    return found
