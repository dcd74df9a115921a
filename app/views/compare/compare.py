"""Two walks at one place, side by side: the same equation, what differs, where they part; the page around it.

The walk beside may be a fork: then it is called by what is different.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from app.engine.network.errors import DivergedError
from app.engine.setup import Setup
from app.lessons import lesson_named
from app.sessions.compare.counterpart import Pair, differ, pair_of
from app.sessions.compare.forks import MOST_WALKS, THINGS, possible
from app.sessions.compare.notebook_run import is_quick
from app.sessions.walk.position import MEASURES
from app.sessions.walk.session import Fork, TrainingSession
from app.views.check.check import LayerTable
from app.views.compare.differences import OTHER, SAME, ComparedRow, Names, Parting, compared, partings, tables
from app.views.compare.film import frame
from app.views.compare.marked import Shown, apart, formula_of
from app.views.compare.outcomes import Outcomes, compared_walks, outcomes
from app.views.compare.printed import RunPanel, printed_here, run_panel
from app.views.explorer.timeline import Timeline, timeline
from app.views.formulas.formulas import formula, maths
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.formulas.symbols import heading, orientation_of
from app.views.pages import Option, heading_of
from app.views.pictures.film import Frame
from app.views.text.activations import activation_word
from app.views.text.datasets import INITIALIZER_WORDS
from app.views.text.losses import LOSS_WORDS
from app.views.text.naming import what_is_found
from app.views.text.numbers import number
from app.views.text.optimizers import OPTIMIZER_WORDS
from app.views.training.training import QUIET, Asked, training

ALONE = "There is no other walk to compare with here."
LABELS = {
    "learning_rate": "learning rate η",
    "optimizer": "optimizer",
    "units": "units in each hidden layer",
    "layers": "hidden layers",
    "batch_size": "batch size",
    "weight_decay": "weight decay",
    "activation": "hidden activation",
    "loss": "loss",
    "initializer": "initializer",
    "seed": "seed of the start",
}
CALLED = {  # a walk by a value that does not say what it is
    "learning_rate": "η = {}",
    "seed": "seed {}",
    "units": "{} units a layer",
    "layers": "{} hidden layers",
    "batch_size": "batches of {}",
    "weight_decay": "weight decay {}",
}


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

    `asks` is whether a question is open in the walk; `op` is the page's own word, sent back by its forms, by which a
    click that is sent twice is known as one; `asked` is what was asked of the training of all walks.
    """

    rev: int
    digits: int
    message: str = ""
    notes: tuple[str, ...] = ()
    asks: bool = False
    op: str = ""
    asked: Asked = QUIET


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
    tables: tuple[LayerTable[ComparedRow], ...]


@dataclass(frozen=True)
class Changeable:
    """One thing that a fork can change: with options to choose from, or as a number where there are none."""

    thing: str
    label: str
    now: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class ForkPanel:
    """The panel: every thing that can be changed in this walk; `told` says what is different in the walk beside it.

    `full`: no more walks can be compared; `alone`: none is yet. The form sends the revision and the page's own word
    back, as of `Seen`.
    """

    id: ClassVar[str] = "fork"
    template: ClassVar[str] = "compare/fork.html"

    told: str
    full: bool
    alone: bool
    things: tuple[Changeable, ...]
    rev: int
    op: str


@dataclass(frozen=True)
class ComparePage:
    """The page: what is compared, the way to each explorer, what moves, what became of it, and the notebook's run.

    `lesson` is a slug, or empty; `as_published` is the way of the learner's own walk; `run` is None where it is to be
    fetched by a second request; `fork` is what can be changed. `ahead`: what became of the walks comes first.
    """

    title: str
    session: str
    eyebrow: str
    facts: str
    differs: str
    lesson: str
    as_published: bool
    comparison: Comparison
    outcomes: Outcomes | None
    ahead: bool
    has_run: bool
    run: RunPanel | None
    fork: ForkPanel


def compare_page(session: TrainingSession, session_id: str, seen: Seen) -> ComparePage:
    """The page of a walk at one revision."""
    comparison, outcomes = compared_of(session, seen)
    lesson = None if session.lesson is None or session.fork else lesson_named(session.lesson)
    about = heading_of(session)
    return ComparePage(
        title=f"{about.title}, side by side"
        if lesson or not session.setup.mistakes
        else "With the mistake and without",
        session=session_id,
        eyebrow=about.eyebrow,
        facts=about.facts,
        differs="" if lesson is None else lesson.right_note,
        lesson="" if lesson is None else lesson.slug,
        as_published=session.as_published,
        comparison=comparison,
        outcomes=outcomes,
        ahead=outcomes is None or session.fork is not None,
        has_run=lesson is not None,
        run=run_panel(lesson, seen.digits) if lesson and is_quick(lesson) else None,
        fork=fork_panel(session, seen, len(comparison.sides) < 2),
    )


def filmed(session: TrainingSession, seen: Seen, has: str) -> Frame | None:
    """The next picture of the film of a training that is under way, for a page that has `has`; None where none is, or
    the two that stand side by side cannot be followed to here.
    """
    panel, names = training(session, seen.asked, seen.digits), _names(session)
    if not panel.running:
        return None
    try:
        pair = pair_of(session)
    except DivergedError:
        return None
    if pair is None:
        return None
    walks = compared_walks(session, pair, (names.left, names.right), called, seen.digits)
    return frame(session, walks, panel, seen.digits, has)


def changed(session: TrainingSession, seen: Seen, had: bool) -> tuple[Comparison | Outcomes | ForkPanel, ...]:
    """What is another on the page; `had`: it has what became of the walks already."""
    comparison, outcomes = compared_of(session, seen, had)
    fork = fork_panel(session, seen, len(comparison.sides) < 2)
    return (comparison, fork) if outcomes is None else (comparison, outcomes, fork)


# What moves with the walk ---------------------------------------------------------------------------------------------


def compared_of(session: TrainingSession, seen: Seen, had: bool = False) -> tuple[Comparison, Outcomes | None]:
    """A walk and its counterpart, and what became of both and of others, unless the page had that; alone where there is
    none, or none that can be followed to here.
    """
    names = _names(session)
    own = names.left if session.as_published else names.right
    try:
        pair = pair_of(session)
    except DivergedError as error:
        return alone(session, own, replace(seen, message=f"The other walk cannot be followed to here. {error}")), None
    if pair is None:
        return alone(session, own, seen), None
    found = None
    if not had:
        walks = compared_walks(session, pair, (names.left, names.right), called, seen.digits)
        found = outcomes(session, walks, training(session, seen.asked, seen.digits), seen.digits)
    if session.fork is None and session.lesson:
        seen = replace(seen, notes=printed_here(lesson_named(session.lesson), pair.left))
    if pair.left.example != pair.right.example:
        note = f"Their batches differ: on the right example {pair.right.example + 1} is in focus."
        seen = replace(seen, notes=(*seen.notes, note))
    return comparison(pair, names, seen), found


def _names(session: TrainingSession) -> Names:
    """Two walks are called by what is different; of more of them, one is this walk."""
    if session.fork is not None:
        was = "" if session.others else THINGS[session.fork.thing].now(session.setup)
        right = called(session.fork)
        left = called(replace(session.fork, value=was)) if was else "this walk" if session.others else "as given"
        return Names(left, right, f"with {right}")
    if session.lesson is not None:
        return Names()
    return Names("with the mistake", "with the right rule") if session.setup.mistakes else Names("this walk", "")


def comparison(pair: Pair, names: Names, seen: Seen) -> Comparison:
    """Both walks at the place where they stand."""
    verdict, equation = _verdict(pair, names), pair.left.equation
    sides = [
        _side("left", names.left, pair.left, seen.digits),
        _side("right", names.right, pair.right, seen.digits),
    ]
    if _other_rule(pair) and pair.left.setup.mistakes != pair.right.setup.mistakes:
        sides = [replace(side, maths=maths) for side, maths in zip(sides, _marked(pair, seen.digits), strict=True)]
    status = verdict.words
    if equation is not None:
        found = "; ".join(f"{side.name} {side.value}" for side in sides)
        status = f"{what_is_found(equation, pair.left.shape)}: {found}. {verdict.words}"
    return replace(
        _at_place(pair.left, names, seen, sides, verdict),
        status=seen.message or status,
        partings=partings(pair),
        tables=tables(pair, seen.digits),
    )


def alone(session: TrainingSession, name: str, seen: Seen) -> Comparison:
    """One walk where the other cannot be followed, and `seen.message` says why, or where there is no other yet."""
    words = ALONE if seen.message else f"{ALONE} Change one thing."
    side = _side("left", name, session, seen.digits)
    return _at_place(session, Names(name, ""), seen, [side], Verdict("", words))


def _at_place(session: TrainingSession, names: Names, seen: Seen, sides: list[Side], verdict: Verdict) -> Comparison:
    """What one walk alone decides, and what the verdict says."""
    equation, examples = session.equation, len(session.setup.examples[0])
    return Comparison(
        seen=seen,
        status=seen.message or verdict.words,
        place=f"example {session.example + 1} of {examples} · iteration {session.iteration + 1:,} · "
        f"equation {session.cursor} of {len(session.equations)}",
        by=session.by,
        measures=MEASURES,
        at_start=session.place == (0, 0),
        timeline=timeline(session),
        heading=heading(equation, session.shape, orientation_of(session)) if equation else "Ready to start",
        phase=equation.phase if equation else "",
        sides=tuple(sides),
        verdict=verdict,
        partings=(),
        names=(names.left, names.right),
        tables=(),
    )


def _side(id: str, name: str, session: TrainingSession, digits: int) -> Side:
    equation, shape = session.equation, session.shape
    loss = number(session.current.loss, digits) if session.phase_done("loss") else ""
    if equation is None:
        return Side(id, name, (), "", "", loss)
    found = formula(equation, shape, session.values, orientation_of(session), digits)
    code = line_of_numpy(equation, shape, orientation_of(session))
    return Side(id, name, maths(found), code, number(session.values[equation.symbol], digits), loss)


def _other_rule(pair: Pair) -> bool:
    """Whether both find the same thing here, by rules that differ."""
    left, right = (session.equation for session in pair)
    return bool(left and right and left.symbol == right.symbol and left.expression != right.expression)


def _marked(pair: Pair, digits: int) -> Iterator[tuple[tuple[str, str], ...]]:
    """Both formulas, with what the one rule has and the other has not marked in them."""
    both = [Shown(session, session.equation) for session in pair if session.equation]
    told = apart(*(shown.equation.expression for shown in both))
    for shown, one, look in zip(both, told, ("wrong", "right"), strict=True):
        yield (("", formula_of(shown, one, look, digits)),)


def _verdict(pair: Pair, names: Names) -> Verdict:
    """Whether they differ here."""
    left, right = pair
    if left.equation is None or right.equation is None:
        return Verdict("", "Nothing has been computed yet. Take a step: both walks take it.")
    if left.equation.symbol != right.equation.symbol and left.finished:
        return Verdict("", "Both have made this update; each ends it with an equation of its own.")
    if left.equation.symbol != right.equation.symbol:
        return Verdict("", f"Only {names.left} finds this. {names.beside}, the walk stands at what both find last.")
    ours, theirs = left.values[left.equation.symbol], right.values[right.equation.symbol]
    other_rule = _other_rule(pair)
    if not differ(ours, theirs):
        words = "The rules differ, and give the same number here." if other_rule else "Both find the same number here."
        return Verdict(SAME, words)
    rule = "Here the rule itself differs" if other_rule else "The rule is the same, but the numbers in it differ"
    return Verdict(OTHER, f"{rule}. {names.beside}, the result is {compared(ours, theirs)}.")


# A fork ---------------------------------------------------------------------------------------------------------------


def fork_panel(session: TrainingSession, seen: Seen, alone: bool) -> ForkPanel:
    """What can be changed of a walk."""
    setup, fork, things, told = session.setup, session.fork, [], ""
    for name, thing in THINGS.items():
        if thing.now(setup) or name == "initializer":
            options = (Option(one, value_words(name, one), i == 0) for i, one in enumerate(possible(setup, name)))
            things.append(Changeable(name, LABELS[name], _now(setup, name, "given"), tuple(options)))
    if fork:
        was = _now(setup, fork.thing, "the one that was given")
        told = f"{LABELS[fork.thing]} {value_words(fork.thing, fork.value)} instead of {was}"
    full = len(session.forks) + 1 >= MOST_WALKS
    return ForkPanel(told, full, alone, () if full else tuple(things), seen.rev, seen.op)


def _now(setup: Setup, thing: str, otherwise: str) -> str:
    """What it is now, as it is called."""
    value = THINGS[thing].now(setup)
    return value_words(thing, value) if value else otherwise


def called(fork: Fork) -> str:
    """A walk by what is different in it: with Adam, with η = 0.05, with 8 units a layer."""
    one = fork.value == "1" and fork.thing in ("units", "layers")
    words = CALLED.get(fork.thing, "{}").format(value_words(fork.thing, fork.value))
    return words.replace("units", "unit").replace("layers", "layer") if one else words


def value_words(thing: str, value: str) -> str:
    """A value as it is called: Adam, ReLU, half squared error, he normal, 0.05."""
    match thing:
        case "optimizer":
            return OPTIMIZER_WORDS[value].name
        case "activation":
            return activation_word(value)
        case "loss":
            return LOSS_WORDS[value].name
        case "initializer":
            return INITIALIZER_WORDS[value].lower()
    return value
