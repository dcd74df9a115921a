"""What a learner answered before the walk showed it: guess and truth side by side."""

import json
from dataclasses import dataclass, replace
from typing import Literal

from app.engine.network.expressions import Symbol

Asking = Literal["", "chosen", "always"]  # never; what the lesson chose; in every iteration
MOST_ANSWERS = 200  # of one session; beyond, the oldest are forgotten


@dataclass(frozen=True)
class Answer:
    """One answer about an equation of one iteration, from 0.

    `part` is what was asked: sign, value or factor; `guess` is the text as typed, empty where it was skipped; `truth`
    is the number that the chain rule gives; `slip` finishes "that is what you get ...", where the mistake behind a
    wrong one is known; `seconds` is how long it took; `past` says that the walk was reset since then.
    """

    iteration: int
    symbol: Symbol
    part: str
    guess: str
    truth: float
    right: bool
    slip: str
    seconds: float
    past: bool = False

    @property
    def skipped(self) -> bool:
        """Whether the learner passed on it."""
        return not self.guess


Answers = tuple[Answer, ...]


def answers_text(answers: Answers) -> str:
    """The answers as JSON."""
    rows = [(a.iteration, a.symbol, a.part, a.guess, a.truth, a.right, a.slip, a.seconds, a.past) for a in answers]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def answers_of(text: str) -> Answers:
    """The inverse of `answers_text`."""
    return tuple(Answer(iteration, Symbol(*symbol), *rest) for iteration, symbol, *rest in json.loads(text))


def with_answer(answers: Answers, answer: Answer) -> Answers:
    """One answer more; the oldest is forgotten where there are too many."""
    return (*answers, answer)[-MOST_ANSWERS:]


def put_by(answers: Answers) -> Answers:
    """The same answers, kept from before the walk was reset: what they answer may be asked again."""
    return tuple(answer if answer.past else replace(answer, past=True) for answer in answers)
