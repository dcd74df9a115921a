"""A hunt of the bug lab: what is hidden in a walk, and what the learner has spent and said to find it."""

from dataclasses import dataclass
from typing import Any

from app.engine import Symbol


@dataclass(frozen=True)
class Hunt:
    """A case, drawn from `level` and `seed`; the parameters whose gradients were checked; whether it is solved."""

    level: int
    seed: int
    checks: tuple[Symbol, ...] = ()
    solved: bool = False


def hunt_of(level: int, seed: int, checks: list[list[Any]], *rest: Any) -> Hunt:
    """The inverse of `dataclasses.astuple`, after JSON."""
    return Hunt(level, seed, tuple(Symbol(*symbol) for symbol in checks), *rest)
