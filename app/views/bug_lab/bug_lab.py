"""The bug lab: its page, the score card of a set, and the panels of a hunt: what is known, accusation and solution;
the checks that were spent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import ClassVar

import numpy as np

from app.engine.equations.mistakes import MISTAKES
from app.engine.equations.values import Values
from app.engine.impact import Impact, Learned, gradient_symbols, iterations_of, right_backward
from app.engine.memory import kept
from app.engine.network.expressions import Symbol
from app.engine.network.losses import LOSSES
from app.engine.paths import MOST_APART, paths_of
from app.engine.setup import Setup
from app.lessons.bug_lab import LEVELS, MOST_SEED, MOST_SET, RULES, TEN
from app.sessions.bug_lab import (
    Case,
    Contradiction,
    Study,
    case_of_day,
    cases_of_set,
    contradictions,
    losses_put_right,
    study_of,
)
from app.sessions.walk.hunt import CHECK_COSTS, FULL_SCORE, WRONG_COSTS, Accusation, Hunt, Hunted, Spent
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import Frame
from app.views.charts.lines import About, Plot, Series, plot
from app.views.formulas.symbols import Script, in_html, reference
from app.views.network.thumbnail import Thumbnail, thumbnail
from app.views.text.facts import network_facts
from app.views.text.naming import TEACHING, case_name, parameter_name, unit_name
from app.views.text.numbers import number, signed
from app.views.text.words import counted, listed, sentence

SCORING = (
    f"The score is {FULL_SCORE}, less {CHECK_COSTS} for each check and {WRONG_COSTS} for each wrong accusation, "
    "but not below 0."
)
TOLD = {
    0: (TEACHING, "A first case, with every clue read out: what a check tells, a number on paper, the paths."),
    1: ("You are told the layer", "One mistake. You are told the layer where gradients first go wrong."),
    2: ("You are told nothing", "One mistake. You find the layer and the mistake."),
    3: ("Two mistakes at once", "Two mistakes in one backward phase. One may hide what the other does."),
}
SMALL = Frame(300.0, 190.0, 46.0, 288.0, 28.0, 146.0)  # of the training curve, which stands in a column
Choice = tuple[str, str]  # what is sent, what is read


# The page -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Start:
    """A case to start, as a form says it, and how this browser stands with it.

    `seed` is empty for any; `walk` is the id of its walk that goes on, empty where none does.
    """

    level: int
    seed: str
    in_set: bool = False
    told: str = ""
    walk: str = ""


@dataclass(frozen=True)
class Ready:
    """The case that the address names."""

    name: str
    facts: str
    drawing: Thumbnail
    start: Start


@dataclass(frozen=True)
class BugLabPage:
    """The page; `mistakes` is how many there are, in words; a level is its name, what is hidden and told, its start.

    `ready` is None where the address names no case. `day` is whose case `daily` is; `begun_set` is the set
    that was begun last in this browser, None where there is none, `begun_told` how it stands.
    """

    title: ClassVar[str] = "Bug lab"
    mistakes: ClassVar[str] = counted(len(MISTAKES), "mistake")
    scoring: ClassVar[str] = SCORING
    most_seed: ClassVar[int] = MOST_SEED
    most_set: ClassVar[int] = MOST_SET

    ready: Ready | None
    levels: tuple[tuple[str, str, Start], ...]
    day: str
    daily: Start
    begun_set: int | None
    begun_told: str


def bug_lab_page(case: Case | None, hunts: tuple[Hunted, ...], today: date) -> BugLabPage:
    """The page, with a case ready to start where one is given; `hunts` are those of this browser, the newest first."""
    ready = None
    if case is not None:
        name, drawing = TOLD[case.level][0], thumbnail(case.setup.sizes)
        ready = Ready(name, network_facts(case.setup), drawing, start_of(case.level, case.seed, hunts))
    last = next((hunt.seed // len(TEN) for hunt in hunts if hunt.in_set), None)
    return BugLabPage(
        ready,
        levels=tuple(
            (*TOLD[level], Start(level, "" if level else "0", told=_solved_of(level, hunts))) for level in LEVELS
        ),
        day=f"{today.day} {today:%B}",
        daily=start_of(*case_of_day(today), hunts),
        begun_set=last,
        begun_told="" if last is None else set_page(last, hunts).told,
    )


def start_of(level: int, seed: int, hunts: Iterable[Hunted], in_set: bool = False) -> Start:
    """A case as this browser stands with it: of several walks through it, the first that was solved counts."""
    own = [hunt for hunt in hunts if (hunt.level, hunt.seed) == (level, seed)][::-1]
    score = next((hunt.score for hunt in own if hunt.score is not None), None)
    if score is not None:
        return Start(level, str(seed), in_set, f"Solved, {counted(score, 'point')}." if level else "Solved.")
    return Start(level, str(seed), in_set, "Begun." if own else "", own[-1].id if own else "")


def _solved_of(level: int, hunts: tuple[Hunted, ...]) -> str:
    """How many cases of a level were solved in this browser, and with how many points."""
    scores = {hunt.seed: hunt.score for hunt in hunts if hunt.level == level and hunt.score is not None}
    if not scores:
        return ""
    if not level:
        return "Done."
    mean = sum(scores.values()) / len(scores)
    return f"{sentence(counted(len(scores), 'case'))} solved in this browser, with {mean:.0f} points on average."


@dataclass(frozen=True)
class SetPage:
    """The score card of a set of ten: its cases in order, what all come to, the first that is not solved yet."""

    title: str
    told: str
    cases: tuple[tuple[int, str, Start], ...]
    next: int


def set_page(number: int, hunts: tuple[Hunted, ...]) -> SetPage:
    """The score card of a set, as this browser stands with it."""
    starts = [start_of(level, seed, hunts, in_set=True) for level, seed in cases_of_set(number)]
    found = [points(level, seed, hunts) for level, seed in cases_of_set(number)]
    scores = [score for score in found if score is not None]
    told = f"{sum(scores)} of {FULL_SCORE * len(TEN):,} points, {len(scores)} of {len(TEN)} cases solved."
    rows = ((place, f"Level {start.level}", start) for place, start in enumerate(starts, 1))
    return SetPage(f"Set {number}", told, tuple(rows), found.index(None) + 1 if None in found else 0)


def points(level: int, seed: int, hunts: Iterable[Hunted]) -> int | None:
    """With how many points a case was solved first in this browser; None where it is not."""
    own = [hunt.score for hunt in hunts if (hunt.level, hunt.seed) == (level, seed) and hunt.score is not None]
    return own[-1] if own else None


# The panel of the case ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Open:
    """What can be done until the case is solved. `layer` is the one that the learner is told, 0 where it is none.

    `fields` are the names of the fields in which mistakes are named; those to choose from are grouped by their rules.
    """

    layer: int
    layers: tuple[Choice, ...]
    fields: tuple[Choice, ...]
    mistakes: tuple[tuple[str, tuple[Choice, ...]], ...]


@dataclass(frozen=True)
class Solved:
    """The solution: title, what people do and the right rule for each mistake; the facts once the rule is applied."""

    words: str
    mistakes: tuple[tuple[str, str, str], ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class BugLab:
    """The panel of a hunt. `share` is the address that fixes the case.

    `score` is empty where there is none; `wrong` are the accusations that do not hold, the newest first; `clues` are
    title and sentences of what level 0 teaches; `next` is the case that comes after a solved one, and its button.
    """

    id: ClassVar[str] = "bug-lab"
    template: ClassVar[str] = "bug_lab/bug-lab.html"
    price: ClassVar[str] = f"A check costs {CHECK_COSTS} points, a wrong accusation {WRONG_COSTS}."

    title: str
    share: str
    score: str
    known: tuple[str, ...]
    clues: tuple[tuple[str, tuple[str, ...]], ...]
    plot: Plot
    wrong: tuple[str, ...]
    hunt: Open | None
    solved: Solved | None
    set: int | None
    next: tuple[str, Start] | None


@kept
def _lab(hunt: Hunt, setup: Setup, digits: int) -> BugLab:
    """Cached: the same at every step of the walk, of which it would take a third; only the hunt changes it."""
    study = study_of(setup)
    curves = [Series("this run", "first", study.losses)]
    if hunt.facts is not None:
        curves.append(Series("right rule", "second", losses_put_right(setup)))
    title = "The mean loss over all examples, epoch by epoch"
    id = "bug-lab-run" if hunt.facts is None else "bug-lab-both"  # they stand in different elements
    about = About(id, title, "epochs", "mean loss", digits, frame=SMALL)
    return BugLab(
        title=case_name(hunt),
        share=f"/bug-lab?level={hunt.level}&seed={hunt.seed}",
        score=str(hunt.score) if hunt.level else "",
        known=() if hunt.solved else tuple(_known(hunt, study, digits)),
        clues=() if hunt.level or hunt.solved else tuple(_clues(setup, digits)),
        plot=plot(about, curves),
        wrong=tuple(_wrong(accusation, setup, digits) for accusation in reversed(hunt.wrong)),
        hunt=None if hunt.solved else _open(hunt, setup, study),
        solved=_solved(hunt, setup, study, digits) if hunt.solved else None,
        set=hunt.seed // len(TEN) if hunt.in_set else None,
        next=_next(hunt) if hunt.solved else None,
    )


def _known(hunt: Hunt, study: Study, digits: int) -> Iterator[str]:
    start, end = number(study.losses[0], digits), number(study.losses[-1], digits)
    how_many, verb = ("two rules", "are") if hunt.level == 3 else ("one rule", "is")
    run = f"In {study.iterations} iterations the mean loss over all examples falls from {start} to {end}."
    yield f"{run} Still, {how_many} of the backward phase {verb} wrong."
    if hunt.level == 1:
        yield f"On the way back from the loss, gradients first go wrong in layer {study.layer}."


def _open(hunt: Hunt, setup: Setup, study: Study) -> Open:
    by_rule = {rule: [one for one in MISTAKES.values() if one.rule == rule] for rule in RULES}
    return Open(
        layer=study.layer if hunt.level == 1 else 0,
        layers=tuple((str(l), f"layer {l}") for l in range(1, len(setup.sizes))),
        fields=(("mistake", "mistake"), ("second_mistake", "the other mistake"))[: 2 if hunt.level == 3 else 1],
        mistakes=tuple((RULES[rule], tuple((one.name, one.title) for one in by_rule[rule])) for rule in RULES),
    )


def _solved(hunt: Hunt, setup: Setup, study: Study, digits: int) -> Solved:
    spent = f"{counted(len(hunt.checks), 'check')} and {counted(len(hunt.wrong), 'wrong accusation')}"
    words = f"Found, with {spent}. Gradients first go wrong in layer {study.layer}. The walk now shows its rules."
    made = (MISTAKES[name] for name in setup.mistakes)
    found = tuple((mistake.title, mistake.says, mistake.remedy) for mistake in made)
    return Solved(words, found, () if hunt.facts is None else tuple(facts_told(hunt.facts, digits)))


def _next(hunt: Hunt) -> tuple[str, Start] | None:
    """The next of its set; any other of its level; after level 0 one of level 1. None at the end of a set."""
    if not hunt.in_set:
        return "Next case", Start(max(1, hunt.level), "")
    place = hunt.seed % len(TEN) + 1
    return ("Next case", Start(TEN[place], str(hunt.seed + 1), in_set=True)) if place < len(TEN) else None


# What level 0 teaches -------------------------------------------------------------------------------------------------


def _clues(setup: Setup, digits: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a check, a hand calculation and the paths tell of the hidden weight's gradient that is most wrong.

    In this network each hidden unit has two ways to the loss, and a batch is one example.
    """
    first, shape = next(iterations_of(setup)), setup.shape(1)
    wrong = np.abs(first.backward.dW[0] - right_backward(first).dW[0])
    j, k = (int(place) for place in np.unravel_index(np.argmax(wrong), wrong.shape))
    values, ways = Values(first, 0), paths_of(first, 0, Symbol("W", 1, j, k), most=MOST_APART)

    def said(symbol: Symbol) -> str:
        return number(values[symbol], digits)

    hidden, near = parameter_name(shape, Symbol("W", 1, j, k)), parameter_name(shape, Symbol("W", 2, 0, j))
    unit, outputs = unit_name(shape, 1, j), [unit_name(shape, 2, i) for i in range(shape.sizes[2])]
    yield (
        "1. A check tells which number is wrong",
        (
            f"Check the gradient of the {near}: it is right. Then that of the {hidden}: it is wrong.",
            "So the rules up to the outputs are right, and the mistake lies on the way back to layer 1. "
            "A check holds the program’s number against differences of the loss; it does not tell why it is wrong.",
        ),
    )
    weights, errors = ([Symbol(kind, 2, i, to) for i in range(2)] for kind, to in (("W", j), ("delta", None)))
    backs = [f"{said(w)} · {said(error)} from {one}" for w, error, one in zip(weights, errors, outputs, strict=True)]
    right = float(right_backward(first).delta[0][0, j])
    yield (
        "2. Paper tells which factor is wrong",
        (
            f"Step to the error signal of {unit}. By the textbook it is a sum times a slope: {listed(backs)}, added up "
            f"and multiplied by {said(Symbol('slope', 1, j))}, make {number(right, digits)}.",
            f"The program finds {said(Symbol('delta', 1, j))}. Leave a term out and calculate again: which is missing?",
        ),
    )
    products = [f"{number(path.product, digits)} through {unit_name(shape, *path.units[-1])}" for path in ways.paths]
    yield (
        "3. Paths tell what belongs in the sum",
        (
            f"The gradient of the {hidden} is the sum over its paths to the loss: {listed(products)}, together "
            f"{number(ways.sum, digits)}. The program’s {said(Symbol('dW', 1, j, k))} is one of the two alone.",
            "While a case is open, its paths are closed: you draw them yourself. Now name the layer where gradients "
            "first go wrong, and the mistake.",
        ),
    )


# The panel of checks --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SpentRow:
    """One check: the gradient's parameter by its reference and as HTML, in words; its iteration, what the program and
    what differences of the loss give.
    """

    ref: str
    name: str
    words: str
    iteration: int
    found: str
    numeric: str
    ok: bool | None


@dataclass(frozen=True)
class Checks:
    """The checks of a hunt, the newest first, and the gradient that can be checked next.

    `gradients` are groups by layer, `chosen` is one of them: the one that was opened, else the one in view, else the
    one that was checked last. `focused`: the button takes the focus.
    """

    id: ClassVar[str] = "checks"
    template: ClassVar[str] = "bug_lab/checks.html"

    rows: tuple[SpentRow, ...]
    gradients: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    chosen: str = ""
    focused: bool = False


def _checks(session: TrainingSession, hunt: Hunt, digits: int, clicked: Symbol | None, focused: bool) -> Checks:
    """Once the case is solved, only what was checked."""
    rows = tuple(_row(spent, session.setup, digits) for spent in reversed(hunt.checks))
    if hunt.solved:
        return Checks(rows)
    symbols = gradient_symbols(session.setup.sizes)
    last = hunt.checks[-1].symbol if hunt.checks else Symbol("dW", len(session.setup.sizes) - 1, 0, 0)
    in_view = session.equation.symbol if session.equation and session.equation.symbol in symbols else last
    chosen = (clicked and _gradient_of(clicked, session.setup)) or in_view
    return Checks(rows, _gradients(session.setup), _sent(chosen), focused)


def chosen_told(session: TrainingSession, clicked: Symbol) -> str:
    """What is spoken of a click that chooses a gradient; empty where it does not."""
    chosen = _gradient_of(clicked, session.setup) if session.hidden else None
    return f"The gradient of the {parameter_name(session.setup.shape(1), chosen)} can be checked." if chosen else ""


def _gradient_of(clicked: Symbol, setup: Setup) -> Symbol | None:
    """That of a parameter."""
    gradient = clicked._replace(kind=f"d{clicked.kind}")
    return gradient if gradient in gradient_symbols(setup.sizes) else None


def _row(spent: Spent, setup: Setup, digits: int) -> SpentRow:
    shape, of = setup.shape(1), spent.symbol._replace(kind=spent.symbol.kind[1:])
    return SpentRow(
        reference(of),
        in_html(of, Script(shape)),
        f"the {parameter_name(shape, of)}",
        spent.iteration + 1,
        signed(spent.analytic, digits),
        signed(spent.numeric, digits),
        spent.ok,
    )


@kept
def _gradients(setup: Setup) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    shape = setup.shape(1)
    on_the_way_back = sorted(gradient_symbols(setup.sizes), key=lambda symbol: -symbol.layer)
    layers = groupby(on_the_way_back, key=lambda symbol: symbol.layer)
    return tuple(
        (f"layer {layer}", tuple((_sent(symbol), parameter_name(shape, symbol)) for symbol in symbols))
        for layer, symbols in layers
    )


def _sent(symbol: Symbol) -> str:
    return "-".join(str(part) for part in symbol if part is not None)


# Both panels ---------------------------------------------------------------------------------------------------------


def bug_lab_panels(
    session: TrainingSession, digits: int, clicked: Symbol | None = None, focused: bool = False
) -> tuple[BugLab, Checks] | None:
    """The case and its checks; none outside of the bug lab.

    `clicked` is the parameter or unit that was clicked; `focused`: in a table, so that the focus moves here.
    """
    if session.hunt is None:
        return None
    return _lab(session.hunt, session.setup, digits), _checks(session, session.hunt, digits, clicked, focused)


# Its words ------------------------------------------------------------------------------------------------------------


def _wrong(accusation: Accusation, setup: Setup, digits: int) -> str:
    titles = listed([f"“{MISTAKES[name].title}”" for name in accusation.mistakes])
    reasons = (what_does_not_fit(part, accusation, setup, digits) for part in contradictions(setup, accusation))
    return f"Layer {accusation.layer}, {titles}: {' '.join(reasons)}"


def what_does_not_fit(part: Contradiction, accusation: Accusation, setup: Setup, digits: int) -> str:
    """One or two sentences on one part of an accusation."""
    if part.symbol is None:
        return _impossible(accusation, setup)
    name, found = parameter_name(setup.shape(1), part.symbol), number(part.found, digits)
    gradient = f"the gradient of the {name}"
    if part.about == "nearer":
        expected = number(part.expected, digits)
        return f"Nearer to the loss, in iteration 1, {gradient} is {found} already, and it should be {expected}."
    if part.about == "clean":
        return (
            f"In iteration 1 {gradient} is {found}, and that is right, as is every other of layer {accusation.layer}."
        )
    made = "Together they" if len(accusation.mistakes) > 1 else "This mistake"
    return f"{made} would make {gradient} {number(part.expected, digits)} in iteration 1. The program finds {found}."


def _impossible(accusation: Accusation, setup: Setup) -> str:
    made = [MISTAKES[name] for name in accusation.mistakes]
    if any(mistake.needs_own_loss for mistake in made) and LOSSES[setup.loss].error is None:
        return "That cannot be made here: with this loss the output's error signal is not ŷ − y alone."
    if any(mistake.square_from is not None and len(set(setup.sizes[mistake.square_from :])) > 1 for mistake in made):
        return "That cannot be made here: the layers differ in size, the shapes would not fit, and NumPy would say so."
    return "These two cannot be made together: both stand in for the same factor."


def facts_told(facts: Impact, digits: int) -> Iterator[str]:
    """What was measured, one sentence or two a fact."""
    yield f"Of all gradients of this run, {percent(facts.wrong_signs)} had the wrong sign."
    start, end, right = (number(loss, digits) for loss in (facts.start, facts.end, facts.right_end))
    verb = "falls" if facts.falls else "rises"
    yield f"The loss {verb} from {start} to {end}. With the right rule it ends at {right}."
    yield learned_told(facts.xor)


def percent(share: float) -> str:
    """A share in words: none, less than 0.1 %, 12.5 %."""
    return "none" if share == 0 else "less than 0.1 %" if share < 0.001 else f"{100 * share:.1f} %"


def learned_told(xor: Learned) -> str:
    """How many runs learn XOR, both ways, in a sentence."""
    network = "–".join(map(str, xor.sizes))
    learned = f"{xor.mistaken} learn it with the mistake and {xor.right} with the right rule"
    return f"XOR, in a {network} network from {xor.runs} different starts: {learned}."
