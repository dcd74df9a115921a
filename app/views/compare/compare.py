"""Two walks at one place, side by side: the same equation, what differs, and where they part."""

from dataclasses import dataclass
from typing import ClassVar

from app.lessons.lesson import Orientation
from app.sessions.compare.counterpart import differ
from app.sessions.walk.position import MEASURES
from app.sessions.walk.session import TrainingSession
from app.views.charts.lines import Plot
from app.views.compare.compared import (
    OTHER,
    SAME,
    ComparedTable,
    compared,
    tables,
)
from app.views.compare.partings import Parting, partings
from app.views.explorer.timeline import Timeline, timeline
from app.views.formulas.formulas import formula, maths
from app.views.formulas.headings import heading
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.text.naming import what_is_found
from app.views.text.numbers import number
from app.views.text.words import sentence

ALONE = "There is no other walk to compare with here."


@dataclass(frozen=True)
class Names:
    """What the two walks are called, and how their symbols are indexed: the left one is the one with the mistake.

    `opening` begins a sentence about the right one; its name does where it is empty.
    """

    left: str = "as published"
    right: str = "put right"
    orientation: Orientation = "fan_out_fan_in"
    opening: str = ""

    @property
    def beside(self) -> str:
        """Put right, With the right rule, With momentum."""
        return sentence(self.opening or self.right)


@dataclass(frozen=True)
class Side:
    """One walk at this place: the equation's formulas, its line of NumPy, and the number that it finds."""

    id: str
    name: str
    maths: tuple[tuple[str, str], ...]
    code: str
    value: str
    loss: str


@dataclass(frozen=True)
class Verdict:
    """Whether the two find the same here: a sign, = or ≠ (empty before the first equation), and why, in words."""

    sign: str
    words: str


@dataclass(frozen=True)
class Seen:
    """What the reader's page is: the revision of the walk, its digits, a message, and what else is said here.

    `asks` is whether a question is open in the walk, which goes on only when it is answered or skipped; `op` is the
    page's own word, sent back by its forms, by which a click that is sent twice is known as one.
    """

    rev: int
    digits: int
    message: str = ""
    notes: tuple[str, ...] = ()
    asks: bool = False
    op: str = ""


@dataclass(frozen=True)
class Comparison:
    """All of the page that moves with the walk."""

    id: ClassVar[str] = "comparison"
    template: ClassVar[str] = "compare/comparison.html"

    seen: Seen
    status: str
    place: str
    by: str
    measures: tuple[str, ...]
    at_start: bool
    timeline: Timeline
    heading: str
    phase: str
    sides: tuple[Side, ...]
    verdict: Verdict
    partings: tuple[Parting, ...]
    names: tuple[str, str]
    tables: tuple[ComparedTable, ...]
    curves: Plot | None = None


def comparison(left: TrainingSession, right: TrainingSession, names: Names, seen: Seen) -> Comparison:
    """Both walks at the place where they stand; `left` has the rules or the start that are wrong, or is the one that
    was forked.
    """
    verdict = _verdict(left, right, names, seen.digits)
    sides = (
        _side("left", names.left, left, names, seen.digits),
        _side("right", names.right, right, names, seen.digits),
    )
    return Comparison(
        seen=seen,
        status=seen.message or _status(left, sides, verdict),
        place=_place(left),
        by=left.by,
        measures=MEASURES,
        at_start=left.place == (0, 0),
        timeline=timeline(left),
        heading=_heading(left, names),
        phase=left.equation.phase if left.equation else "",
        sides=sides,
        verdict=verdict,
        partings=partings(left, right, names.orientation),
        names=(names.left, names.right),
        tables=tables(left, right, names.orientation, seen.digits),
    )


def alone(session: TrainingSession, name: str, seen: Seen) -> Comparison:
    """One walk where the other cannot be followed, and `seen.message` says why, or where there is no other yet."""
    names = Names(left=name)
    words = ALONE if seen.message else f"{ALONE} Change one thing below."
    return Comparison(
        seen=seen,
        status=seen.message or words,
        place=_place(session),
        by=session.by,
        measures=MEASURES,
        at_start=session.place == (0, 0),
        timeline=timeline(session),
        heading=_heading(session, names),
        phase=session.equation.phase if session.equation else "",
        sides=(_side("left", name, session, names, seen.digits),),
        verdict=Verdict("", words),
        partings=(),
        names=(name, ""),
        tables=(),
    )


def _heading(session: TrainingSession, names: Names) -> str:
    if session.equation is None:
        return "Ready to start"
    return heading(session.equation, session.shape, names.orientation)


def _place(session: TrainingSession) -> str:
    examples = len(session.setup.examples[0])
    return f"example {session.example + 1} of {examples} · iteration {session.iteration + 1:,} · " + (
        f"equation {session.cursor} of {len(session.equations)}"
    )


def _side(id: str, name: str, session: TrainingSession, names: Names, digits: int) -> Side:
    equation, shape = session.equation, session.shape
    loss = number(session.current.loss, digits) if session.phase_done("loss") else ""
    if equation is None:
        return Side(id, name, (), "", "", loss)
    found = formula(equation, shape, session.values, names.orientation, digits)
    code = line_of_numpy(equation, shape, names.orientation)
    return Side(id, name, maths(found), code, number(session.values[equation.symbol], digits), loss)


# Whether they differ here ---------------------------------------------------------------------------------------------


def _verdict(left: TrainingSession, right: TrainingSession, names: Names, digits: int) -> Verdict:
    if left.equation is None or right.equation is None:
        return Verdict("", "Nothing has been computed yet. Take a step: both walks take it.")
    if left.equation.symbol != right.equation.symbol:
        return Verdict("", f"Only {names.left} finds this. {names.beside}, the walk stands at what both find last.")
    ours, theirs = left.values[left.equation.symbol], right.values[right.equation.symbol]
    other_rule = left.equation.expression != right.equation.expression
    if not differ(ours, theirs):
        words = "The rules differ, and give the same number here." if other_rule else "Both find the same number here."
        return Verdict(SAME, words)
    rule = "Here the rule itself differs" if other_rule else "The rule is the same, but the numbers in it differ"
    return Verdict(OTHER, f"{rule}. {names.beside}, the result is {compared(ours, theirs)}.")


def _status(session: TrainingSession, sides: tuple[Side, ...], verdict: Verdict) -> str:
    if session.equation is None:
        return verdict.words
    found = "; ".join(f"{side.name} {side.value}" for side in sides)
    return f"{what_is_found(session.equation, session.shape)}: {found}. {verdict.words}"
