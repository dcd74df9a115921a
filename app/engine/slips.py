"""What is behind a wrong answer: the learner's number beside what each mistake would give at the same place.

The truth is what the chain rule gives there, computed anew; so is every candidate.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import e, isfinite

from app.engine.equations.mistakes import MISTAKES, applicable
from app.engine.plain_slips import Candidate, Slip, plain_slips
from app.engine.question_case import Case

TOLERANCE = 0.01  # of the value
FEWEST_DIGITS = 2  # that a rounded answer must give
ROUNDING = 1e-9  # relative: nearer than this, two numbers are the same
MOST_CANDIDATES = 500  # of plain slips
CHANCE = 0.01  # of an answer that came about in no such way: how often it may be given a name all the same


@dataclass(frozen=True)
class Typed:
    """A number that was typed: `unit` is the worth of its last digit, 0 for a fraction; `digits` count from the first
    that is not 0."""

    value: float
    unit: float = 0.0
    digits: int = 0

    def rounds(self, value: float) -> bool:
        """Whether this is the value, rounded to the digits typed; two digits at least."""
        half = self.unit / 2 if self.digits >= FEWEST_DIGITS else 0.0
        return abs(self.value - value) <= max(half * (1 + ROUNDING), ROUNDING * abs(value))

    def near(self, value: float) -> bool:
        """Whether this is within one percent of the value."""
        return abs(self.value - value) <= TOLERANCE * abs(value)

    def answers(self, value: float) -> bool:
        """Whether this counts as the value."""
        return self.rounds(value) or self.near(value)


@dataclass(frozen=True)
class Diagnosis:
    """Whether an answer is right; where it is not, all slips that give it, so far as they can be told apart."""

    right: bool
    slips: tuple[Slip, ...] = ()


def diagnose(case: Case, typed: Typed) -> Diagnosis:
    """Whether the number answers the question; if not, which slips lead to it: mistakes first, then plain ones.

    A slip is named where its number, rounded as the answer is or within one percent, is nearer than chance would put
    one of all candidates there: `reach_of`. So one in a hundred random answers is named at most; of true slips nearly
    all, if they are given to four digits or more. Among many candidates fewer digits say too little.
    """
    if typed.answers(case.truth):
        return Diagnosis(True)
    mistakes = parted(case, made_mistakes(case))
    plain = parted(case, islice(plain_slips(case), MOST_CANDIDATES))
    reach = reach_of(typed.value, [value for _, value in (*mistakes, *plain)])
    for candidates, fits in ((mistakes, typed.rounds), (plain, typed.rounds), (mistakes, typed.near)):
        near = [(slip, value) for slip, value in candidates if fits(value)]
        if found := [slip for slip, value in near if abs(value - typed.value) <= max(reach, ROUNDING * abs(value))]:
            return Diagnosis(False, tuple(dict.fromkeys(found)))
    return Diagnosis(False)


def reach_of(answer: float, candidates: Iterable[float]) -> float:
    """How near to an answer a candidate is nearer than chance puts one.

    n different candidates that lie within a factor e of the answer, on its side of 0, leave 1 / n between one and the
    next, relative to it: a hundredth of that is nearer than 99 of 100 random answers come to any.
    """
    ratios = (value / answer for value in candidates if answer)
    count = len({f"{ratio:.9g}" for ratio in ratios if 1 / e <= ratio <= e})
    return CHANCE * abs(answer) / max(count, 1)


def parted(case: Case, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those whose number is finite and not the truth."""
    return [
        (slip, value)
        for slip, value in candidates
        if isfinite(value) and abs(value - case.truth) > ROUNDING * abs(case.truth)
    ]


# Mistakes -------------------------------------------------------------------------------------------------------------


def made_mistakes(case: Case) -> Iterator[Candidate]:
    """What each mistake that can be made in this network would give; first the walk's own, all of them together.

    A sign that was lost on the way is as likely as any mistake.
    """
    own = case.setup.mistakes
    names = (name for name in applicable(case.setup.sizes, case.setup.loss) if (name,) != own)
    for mistakes in (*([own] if own else []), *((name,) for name in names)):
        yield slip_of(mistakes), case.found_under(mistakes)
    yield Slip("sign_lost", "with the sign lost"), -case.truth


def slip_of(mistakes: tuple[str, ...]) -> Slip:
    """The slip of these mistakes made together."""
    return Slip(" and ".join(mistakes), " and ".join(MISTAKES[name].slip for name in mistakes))


def own_slip(case: Case) -> Slip | None:
    """What the walk's own mistakes do to the number asked for; None where they leave it as it is."""
    own = case.setup.mistakes
    if not own or not parted(case, [(slip_of(own), case.found_under(own))]):
        return None
    alone = [name for name in own if parted(case, [(slip_of((name,)), case.found_under((name,)))])]
    return slip_of(tuple(alone) or own)
