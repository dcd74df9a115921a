"""The panel of a hunt in the bug lab: what is known, the checks that were spent, the accusation, the solution."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from app.engine.equations.mistakes import MISTAKES
from app.engine.impact import Impact, Learned, gradient_symbols
from app.engine.network.expressions import Symbol
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.lessons.bug_lab import RULES
from app.sessions.bug_lab import Contradiction, Study, contradictions, losses_put_right, study_of
from app.sessions.walk.bug_lab import CHECK_COSTS, FULL_SCORE, WRONG_COSTS, Accusation, Hunt, Spent
from app.sessions.walk.session import TrainingSession
from app.views.charts.lines import About, Plot, Series, plot
from app.views.formulas.symbols import Script, in_html
from app.views.text.naming import parameter_name
from app.views.text.numbers import number, signed
from app.views.text.words import counted, listed

SCORING = (
    f"The score is {FULL_SCORE}, less {CHECK_COSTS} for each check and {WRONG_COSTS} for each wrong accusation, "
    "but not below 0."
)
HOW = (
    "The forward phase is shown in full. On the way back you see the numbers that the program finds, and the "
    "textbook's rule in symbols only: work one out by hand and compare, or spend a check."
)


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen: what is sent, what is read."""

    value: str
    text: str


@dataclass(frozen=True)
class SpentRow:
    """One check: the gradient (HTML), its iteration, what the program and what differences of the loss give."""

    name: str
    iteration: int
    found: str
    numeric: str
    ok: bool | None


@dataclass(frozen=True)
class Open:
    """What can be done until the case is solved. `layer` is the one that the learner is told, 0 where it is none.

    `gradients` are groups by layer; `rules` are the names of the fields in which rules are marked.
    """

    layer: int
    layers: tuple[Choice, ...]
    gradients: tuple[tuple[str, tuple[Choice, ...]], ...]
    rules: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]
    mistakes: tuple[Choice, ...]
    several: bool


@dataclass(frozen=True)
class Solved:
    """The solution: title, what people do and the right rule for each mistake; the facts once the rule is applied."""

    words: str
    mistakes: tuple[tuple[str, str, str], ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class BugLab:
    """The panel; all but `open` is empty outside of the bug lab. `share` is the address that fixes the case."""

    id: ClassVar[str] = "bug-lab"
    template: ClassVar[str] = "bug_lab/bug-lab.html"

    open: bool
    title: str = ""
    share: str = ""
    score: int = 0
    scoring: str = ""
    known: tuple[str, ...] = ()
    plot: Plot | None = None
    checks: tuple[SpentRow, ...] = ()
    wrong: tuple[str, ...] = ()
    hunt: Open | None = None
    solved: Solved | None = None


CLOSED = BugLab(False)


def bug_lab_panel(session: TrainingSession, digits: int) -> BugLab:
    """Closed outside of the bug lab."""
    return CLOSED if session.hunt is None else _lab(session.hunt, session.setup, digits)


@lru_cache(maxsize=256)
def _lab(hunt: Hunt, setup: Setup, digits: int) -> BugLab:
    """Cached: the same at every step of the walk, of which it would take a third; only the hunt changes it."""
    study = study_of(setup)
    return BugLab(
        open=True,
        title=f"Level {hunt.level}, case {hunt.seed}",
        share=f"/bug-lab?level={hunt.level}&seed={hunt.seed}",
        score=hunt.score,
        scoring=SCORING,
        known=() if hunt.solved else tuple(_known(hunt, study, digits)),
        plot=_plot(hunt, setup, digits),
        checks=tuple(_spent_row(spent, setup, digits) for spent in hunt.checks),
        wrong=tuple(_wrong(accusation, setup, digits) for accusation in hunt.wrong),
        hunt=None if hunt.solved else _open(hunt, setup, study),
        solved=_solved(hunt, setup, study, digits) if hunt.solved else None,
    )


# While it is open -----------------------------------------------------------------------------------------------------


def _known(hunt: Hunt, study: Study, digits: int) -> Iterator[str]:
    start, end = number(study.losses[0], digits), number(study.losses[-1], digits)
    how_many, verb = ("two rules", "are") if hunt.level == 3 else ("one rule", "is")
    run = f"In {study.iterations} iterations the mean loss over all examples falls from {start} to {end}."
    yield f"The program trains this network. {run} Still, {how_many} of its backward phase {verb} wrong."
    if hunt.level == 1:
        yield f"On the way back from the loss, gradients first go wrong in layer {study.layer}."
    yield HOW


def _open(hunt: Hunt, setup: Setup, study: Study) -> Open:
    layers = range(1, len(setup.sizes))
    symbols = gradient_symbols(setup.sizes)
    grouped = (
        (f"layer {l}", tuple(_gradient(symbol, setup) for symbol in symbols if symbol.layer == l)) for l in layers
    )
    return Open(
        layer=study.layer if hunt.level == 1 else 0,
        layers=tuple(Choice(str(l), f"layer {l}") for l in layers),
        gradients=tuple(grouped),
        rules=(("rule", "wrong rule"), ("second_rule", "other wrong rule"))[: 2 if hunt.level == 3 else 1],
        choices=tuple(Choice(name, words) for name, words in RULES.items()),
        mistakes=tuple(Choice(mistake.name, mistake.title) for mistake in MISTAKES.values()),
        several=hunt.level == 3,
    )


def _gradient(symbol: Symbol, setup: Setup) -> Choice:
    return Choice("-".join(str(part) for part in symbol if part is not None), parameter_name(setup.shape(1), symbol))


def _spent_row(spent: Spent, setup: Setup, digits: int) -> SpentRow:
    name = in_html(spent.symbol._replace(kind=spent.symbol.kind[1:]), Script(setup.shape(1)))
    found, numeric = signed(spent.analytic, digits), signed(spent.numeric, digits)
    return SpentRow(name, spent.iteration + 1, found, numeric, spent.ok)


def _wrong(accusation: Accusation, setup: Setup, digits: int) -> str:
    titles = listed([f"“{MISTAKES[name].title}”" for name in accusation.mistakes])
    reasons = (what_does_not_fit(part, accusation, setup, digits) for part in contradictions(setup, accusation))
    return f"Layer {accusation.layer}, {titles}: {' '.join(reasons)}"


# Once it is solved ----------------------------------------------------------------------------------------------------


def _solved(hunt: Hunt, setup: Setup, study: Study, digits: int) -> Solved:
    spent = f"{counted(len(hunt.checks), 'check')} and {counted(len(hunt.wrong), 'wrong accusation')}"
    words = f"Found, with {spent}. Gradients first go wrong in layer {study.layer}. The walk now shows its rules."
    found = tuple((MISTAKES[name].title, MISTAKES[name].says, MISTAKES[name].remedy) for name in setup.mistakes)
    return Solved(words, found, () if hunt.facts is None else tuple(facts_told(hunt.facts, digits)))


def _plot(hunt: Hunt, setup: Setup, digits: int) -> Plot:
    mistaken = Series("this run", "first", study_of(setup).losses)
    title = "The mean loss over all examples, epoch by epoch"
    about = About("bug-lab-run", title, "epochs", "mean loss", digits)
    if hunt.facts is None:
        return plot(about, [mistaken])
    return plot(about, [mistaken, Series("right rule", "second", losses_put_right(setup))])


# The words of the bug lab --------------------------------------------------------------------------------------------


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


# Facts ----------------------------------------------------------------------------------------------------------------


def facts_told(facts: Impact, digits: int) -> Iterator[str]:
    """What was measured, one sentence or two a fact."""
    yield f"Of all gradients of this run, {_percent(facts.wrong_signs)} had the wrong sign."
    start, end, right = (number(loss, digits) for loss in (facts.start, facts.end, facts.right_end))
    verb = "falls" if facts.falls else "rises"
    yield f"The loss {verb} from {start} to {end}. With the right rule it ends at {right}."
    yield _xor(facts.xor)


def _percent(share: float) -> str:
    if share == 0:
        return "none"
    return "less than 0.1 %" if share < 0.001 else f"{100 * share:.1f} %"


def _xor(xor: Learned) -> str:
    network = "–".join(map(str, xor.sizes))
    learned = listed([f"{xor.mistaken} learn it with the mistake", f"{xor.right} with the right rule"])
    return f"XOR, in a {network} network from {xor.runs} different starts: {learned}."
