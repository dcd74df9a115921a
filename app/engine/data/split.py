"""Data made ready: what is missing is mended, some examples are kept for testing, and columns are scaled."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from app.engine.data.datasets import Dataset
from app.engine.data.mending import fillers, mendings_of, whole
from app.engine.data.scaling import Scale, scale_of
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError

MOST_TESTED = 0.9  # the largest share of examples that may be kept for testing


@dataclass(frozen=True, eq=False)
class Examples:
    """Explicit data: X of shape (examples, features), NaN where a value is missing, Y of shape (examples, outputs)."""

    X: Array
    Y: Array
    columns: ClassVar[tuple[str, ...]] = ()  # numbers alone have no names of their own, as a data set may have
    names: ClassVar[tuple[str, ...]] = ()

    def draw(self) -> tuple[Array, Array]:
        """X and Y as they are."""
        return self.X, self.Y


@dataclass(frozen=True, eq=False)
class Ready:
    """Training examples X, Y and test examples X_test, Y_test (may have no rows), scaled; `inputs` and `targets` are
    the scales, which lead back to the units in which the data was given.

    `filled` holds for each input what stands for its missing values, before scaling, NaN where none is filled;
    `dropped` counts the examples that were left out.
    """

    X: Array
    Y: Array
    X_test: Array
    Y_test: Array
    inputs: Scale
    targets: Scale
    filled: Array
    dropped: int = 0


@dataclass(frozen=True, eq=False)
class Data:
    """Where examples come from, and how they are made ready.

    A share of the examples, drawn from `split_seed`, is kept for testing. Scales are found on the training examples
    alone and applied to all; targets are scaled where `scale_targets` says so. `columns` and `names` may name the
    features and the outputs, in place of the names that the source has for them. `missing` names how missing inputs
    are mended (see MENDINGS): one name for all inputs or one for each; what is filled in is found as scales are.
    """

    source: Examples | Dataset
    scaling: str = "none"
    scale_targets: bool = False
    test_share: float = 0.0
    split_seed: int = 0
    columns: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def named(self) -> Self:
        """With the source's own names where none are given."""
        return replace(self, columns=self.columns or self.source.columns, names=self.names or self.source.names)

    def ready(self) -> Ready:
        """The examples; SetupError names what cannot be."""
        X, Y = self.source.draw()
        if X.ndim != 2 or Y.ndim != 2 or len(X) != len(Y) or len(X) == 0:
            nothing = Scale(np.zeros(1), np.ones(1))  # what is wrong with it is said where the setup is checked
            return Ready(X, Y, X[:0], Y[:0], nothing, nothing, np.zeros(0))
        mendings = mendings_of(self.missing, X)
        kept = whole(mendings, X)
        if not kept.any():
            raise SetupError("data.missing", "No example has all of its values.", "Fill in what is missing.")
        dropped = len(X) - int(kept.sum())
        X, Y = X[kept], Y[kept]
        tested, trained = split(len(X), self.test_share, self.split_seed)
        filled = fillers(mendings, X[trained]) if mendings else np.full(X.shape[1], np.nan)
        X = np.where(np.isnan(X), filled, X)
        inputs = scale_of(self.scaling, X[trained])
        targets = scale_of(self.scaling if self.scale_targets else "none", Y[trained])
        X, Y = inputs.apply(X), targets.apply(Y)
        return Ready(X[trained], Y[trained], X[tested], Y[tested], inputs, targets, filled, dropped)


def split(examples: int, test_share: float, seed: int) -> tuple[Array | slice, Array | slice]:
    """(test, training): which examples are which, each in its order; a share of 0 tests none.

    The test examples are the first round(share * examples) of a permutation drawn from the seed, never all of them.
    """
    if not 0 <= test_share <= MOST_TESTED:
        raise SetupError(
            "data.test_share", "The share of test examples is out of bounds.", f"Use 0 to {MOST_TESTED:g}."
        )
    count = min(round(test_share * examples), examples - 1)
    if count == 0:
        return slice(0, 0), slice(None)
    order = np.random.default_rng(seed).permutation(examples)
    return np.sort(order[:count]), np.sort(order[count:])
