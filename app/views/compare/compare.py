"""Two walks at one place, side by side: the same equation, what differs, where they part; the page around it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from app.engine.network.errors import DivergedError
from app.lessons import lesson_named
from app.sessions.compare.counterpart import Pair, differ, pair_of
from app.sessions.walk.position import MEASURES
from app.sessions.walk.session import TrainingSession
from app.views.charts.lines import Plot
from app.views.compare.differences import OTHER, SAME, ComparedTable, Names, Parting, compared, partings, tables
from app.views.compare.forks import ForkPanel, both_losses, fork_panel, names_of_fork
from app.views.compare.printed import RunPanel, printed_here, ready_run
from app.views.explorer.headings import title_of
from app.views.explorer.timeline import Timeline, timeline
from app.views.formulas.formulas import formula, maths
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.formulas.symbols import heading, orientation_of
from app.views.text.naming import what_is_found
from app.views.text.numbers import number
from app.views.text.summary import network_summary

ALONE = "There is no other walk to compare with here."


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


@dataclass(frozen=True)
class ComparePage:
    """The page: what is compared, the way to each explorer, what moves, and the notebook's run.

    `lesson` is a slug, or empty; `as_published` is the way of the learner's own walk; `run` is None where it is to be
    fetched by a second request; `fork` is what can be changed.
    """

    title: str
    session: str
    eyebrow: str
    facts: str
    differs: str
    lesson: str
    as_published: bool
    comparison: Comparison
    has_run: bool
    run: RunPanel | None
    fork: ForkPanel


def compare_page(session: TrainingSession, session_id: str, comparison: Comparison) -> ComparePage:
    """The page of a walk at one revision."""
    lesson = None if session.lesson is None or session.fork else lesson_named(session.lesson)
    eyebrow, title = title_of(session)
    return ComparePage(
        title=f"{title}, side by side" if lesson or not session.setup.mistakes else "With the mistake and without",
        session=session_id,
        eyebrow=eyebrow,
        facts=network_summary(session.setup),
        differs="" if lesson is None else lesson.right_note,
        lesson="" if lesson is None else lesson.slug,
        as_published=session.as_published,
        comparison=comparison,
        has_run=lesson is not None,
        run=ready_run(session, comparison.seen.digits) if lesson else None,
        fork=fork_panel(session),
    )


# What moves with the walk ---------------------------------------------------------------------------------------------


def comparison_of(session: TrainingSession, seen: Seen) -> Comparison:
    """A walk and its counterpart; alone where there is none, or none that can be followed to here."""
    names = names_of(session)
    own = names.left if session.as_published else names.right
    try:
        pair = pair_of(session)
    except DivergedError as error:
        return alone(session, own, replace(seen, message=f"The other walk cannot be followed to here. {error}"))
    if pair is None:
        return alone(session, own, seen)
    if session.fork:
        return replace(comparison(pair, names, seen), curves=both_losses(pair, names, seen.digits))
    notes = printed_here(lesson_named(session.lesson), pair.left) if session.lesson else ()
    return comparison(pair, names, replace(seen, notes=notes))


def names_of(session: TrainingSession) -> Names:
    """What a walk and its counterpart are called."""
    if session.fork is not None:
        return names_of_fork(session, session.fork)
    if session.lesson is not None:
        return Names()
    return Names("with the mistake", "with the right rule") if session.setup.mistakes else Names("this walk", "")


def comparison(pair: Pair, names: Names, seen: Seen) -> Comparison:
    """Both walks at the place where they stand."""
    verdict = _verdict(pair, names, seen.digits)
    sides = (
        _side("left", names.left, pair.left, seen.digits),
        _side("right", names.right, pair.right, seen.digits),
    )
    return replace(
        _at_place(pair.left, names, seen, sides, verdict),
        status=seen.message or _status(pair.left, sides, verdict),
        partings=partings(pair),
        tables=tables(pair, seen.digits),
    )


def alone(session: TrainingSession, name: str, seen: Seen) -> Comparison:
    """One walk where the other cannot be followed, and `seen.message` says why, or where there is no other yet."""
    names = Names(left=name, right="")
    words = ALONE if seen.message else f"{ALONE} Change one thing below."
    return _at_place(session, names, seen, (_side("left", name, session, seen.digits),), Verdict("", words))


def _at_place(
    session: TrainingSession, names: Names, seen: Seen, sides: Sequence[Side], verdict: Verdict
) -> Comparison:
    """What one walk alone decides, and what the verdict says."""
    examples = len(session.setup.examples[0])
    return Comparison(
        seen=seen,
        status=seen.message or verdict.words,
        place=f"example {session.example + 1} of {examples} · iteration {session.iteration + 1:,} · "
        f"equation {session.cursor} of {len(session.equations)}",
        by=session.by,
        measures=MEASURES,
        at_start=session.place == (0, 0),
        timeline=timeline(session),
        heading=_heading(session),
        phase=session.equation.phase if session.equation else "",
        sides=tuple(sides),
        verdict=verdict,
        partings=(),
        names=(names.left, names.right),
        tables=(),
    )


def _heading(session: TrainingSession) -> str:
    if session.equation is None:
        return "Ready to start"
    return heading(session.equation, session.shape, orientation_of(session))


def _side(id: str, name: str, session: TrainingSession, digits: int) -> Side:
    equation, shape = session.equation, session.shape
    loss = number(session.current.loss, digits) if session.phase_done("loss") else ""
    if equation is None:
        return Side(id, name, (), "", "", loss)
    found = formula(equation, shape, session.values, orientation_of(session), digits)
    code = line_of_numpy(equation, shape, orientation_of(session))
    return Side(id, name, maths(found), code, number(session.values[equation.symbol], digits), loss)


# Whether they differ here ---------------------------------------------------------------------------------------------


def _verdict(pair: Pair, names: Names, digits: int) -> Verdict:
    left, right = pair
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
