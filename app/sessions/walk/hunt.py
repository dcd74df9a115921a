"""A hunt of the bug lab: what is hidden in a walk, and what the learner has spent and said to find it."""

import re
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

    `wrong` are the accusations that did not hold; `facts` are there once the right rule is applied. `in_set`: it was
    begun as one of its set of ten.
    """

    level: int
    seed: int
    checks: tuple[Spent, ...] = ()
    solved: bool = False
    wrong: tuple[Accusation, ...] = ()
    facts: Impact | None = None
    in_set: bool = False

    @property
    def score(self) -> int:
        """100, less 4 for each check and 15 for each wrong accusation, but not below 0."""
        return max(0, FULL_SCORE - CHECK_COSTS * len(self.checks) - WRONG_COSTS * len(self.wrong))


NOTE = re.compile(r"([0-9])-([0-9]{1,6})(s?)(?:-([0-9]{1,3}))?", re.ASCII)


@dataclass(frozen=True)
class Hunted:
    """What a browser keeps of a hunt: the id of its walk, its case, whether it is one of a set, its score once solved.

    As a text it is 2-17, s behind it in a set, then the score: 2-17s-96.
    """

    id: str
    level: int
    seed: int
    in_set: bool
    score: int | None = None

    @property
    def text(self) -> str:
        """All but the id."""
        return f"{self.level}-{self.seed}{'s' if self.in_set else ''}{'' if self.score is None else f'-{self.score}'}"


def hunted(id: str, hunt: Hunt) -> Hunted:
    """What is kept of a hunt as it stands."""
    return Hunted(id, hunt.level, hunt.seed, hunt.in_set, hunt.score if hunt.solved else None)


def hunted_of(id: str, text: str) -> Hunted | None:
    """The inverse of its text; None for what is none."""
    match = NOTE.fullmatch(text)
    if match is None:
        return None
    level, seed, in_set, score = match.groups()
    return Hunted(id, int(level), int(seed), bool(in_set), None if score is None else int(score))


Document = list[Any]


def hunt_of(
    level: int,
    seed: int,
    checks: list[Document],
    solved: bool = False,
    wrong: list[Document] | None = None,
    facts: Document | None = None,
    in_set: bool = False,
) -> Hunt:
    """The inverse of `dataclasses.astuple`, after JSON."""
    spent = tuple(Spent(Symbol(*symbol), *rest) for symbol, *rest in checks)
    accused = tuple(Accusation(layer, tuple(mistakes)) for layer, mistakes in wrong or ())
    impact = None
    if facts is not None:
        wrong_signs, start, end, right_end, (sizes, *counts) = facts
        impact = Impact(wrong_signs, start, end, right_end, Learned(tuple(sizes), *counts))
    return Hunt(level, seed, spent, solved, accused, impact, in_set)
