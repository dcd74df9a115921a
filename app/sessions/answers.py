"""What a learner answered before the walk showed it: guess and truth side by side."""

from dataclasses import dataclass
from typing import Any

from app.engine import Symbol


@dataclass(frozen=True)
class Answer:
    """One answer about an equation of one iteration, from 0.

    `part` is what was asked: sign, value or factor; `guess` is the text as typed, empty where it was skipped; `truth`
    is the number that the chain rule gives; `slip` names the mistake behind a wrong one, where it is known; `seconds`
    is how long it took.
    """

    iteration: int
    symbol: Symbol
    part: str
    guess: str
    truth: float
    right: bool
    slip: str
    seconds: float


def answer_of(iteration: int, symbol: list[Any], *rest: Any) -> Answer:
    """The inverse of `dataclasses.astuple`, after JSON."""
    return Answer(iteration, Symbol(*symbol), *rest)
