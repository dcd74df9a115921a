"""A hunt of the bug lab: what is hidden in a walk, and what the learner has spent and said to find it."""

from dataclasses import dataclass
from typing import Any

from app.engine.impact import Impact, Learned
from app.engine.network.expressions import Symbol

FULL_SCORE, CHECK_COSTS, WRONG_COSTS = 100, 4, 15


@dataclass(frozen=True)
class Spent:
    """One check: a gradient (dW or db) of an iteration, from 0, as the program and as central differences find it.

    `ok` is None where it is too small to tell.
    """

    symbol: Symbol
    iteration: int
    analytic: float
    numeric: float
    ok: bool | None


@dataclass(frozen=True)
class Accusation:
    """The layer where gradients first go wrong on the way back, and the names of the mistakes."""

    layer: int
    mistakes: tuple[str, ...]


@dataclass(frozen=True)
class Hunt:
    """A case, drawn from `level` and `seed`, and how far the learner is with it.

    `wrong` are the accusations that did not hold; `facts` are there once the right rule is applied.
    """

    level: int
    seed: int
    checks: tuple[Spent, ...] = ()
    solved: bool = False
    wrong: tuple[Accusation, ...] = ()
    facts: Impact | None = None

    @property
    def score(self) -> int:
        """100, less 4 for each check and 15 for each wrong accusation, but not below 0."""
        return max(0, FULL_SCORE - CHECK_COSTS * len(self.checks) - WRONG_COSTS * len(self.wrong))


Document = list[Any]


def hunt_of(
    level: int,
    seed: int,
    checks: list[Document],
    solved: bool = False,
    wrong: list[Document] | None = None,
    facts: Document | None = None,
) -> Hunt:
    """The inverse of `dataclasses.astuple`, after JSON."""
    spent = tuple(Spent(Symbol(*symbol), *rest) for symbol, *rest in checks)
    accused = tuple(Accusation(layer, tuple(mistakes)) for layer, mistakes in wrong or ())
    if facts is None:
        return Hunt(level, seed, spent, solved, accused)
    wrong_signs, start, end, right_end, (sizes, *counts) = facts
    impact = Impact(wrong_signs, start, end, right_end, Learned(tuple(sizes), *counts))
    return Hunt(level, seed, spent, solved, accused, impact)
