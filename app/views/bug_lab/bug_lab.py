"""The bug lab: its page with three levels, and the panel of a hunt: what is known, the checks that were spent, the
accusation, the solution.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from app.engine.equations.mistakes import MISTAKES
from app.engine.impact import Impact, Learned, gradient_symbols
from app.engine.memory import kept
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.lessons.bug_lab import LEVELS, RULES
from app.sessions.bug_lab import Case, Contradiction, Study, contradictions, losses_put_right, study_of
from app.sessions.walk.bug_lab import CHECK_COSTS, FULL_SCORE, WRONG_COSTS, Accusation, Hunt
from app.sessions.walk.session import TrainingSession
from app.views.charts.lines import About, Plot, Series, plot
from app.views.formulas.symbols import Script, in_html
from app.views.network.thumbnail import Thumbnail, thumbnail
from app.views.text.naming import parameter_name
from app.views.text.numbers import number, signed
from app.views.text.summary import network_summary
from app.views.text.words import counted, listed

SCORING = (
    f"The score is {FULL_SCORE}, less {CHECK_COSTS} for each check and {WRONG_COSTS} for each wrong accusation, "
    "but not below 0."
)
HOW = (
    "The forward phase is shown in full. On the way back you see the numbers that the program finds, and the "
    "textbook's rule in symbols only: work one out by hand and compare, or spend a check."
)
TOLD = {
    1: ("You are told the layer", "One mistake. You are told the layer where gradients first go wrong."),
    2: ("You are told nothing", "One mistake. You find the layer, the rule and its name."),
    3: ("Two mistakes at once", "Two mistakes in one backward phase. One may hide what the other does."),
}


# The page -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """The case that the address names."""

    level: int
    seed: int
    name: str
    facts: str
    drawing: Thumbnail


@dataclass(frozen=True)
class BugLabPage:
    """The page; `mistakes` is how many there are, in words; a level is its number, its name, what is hidden and told;
    `ready` None where the address names no case.
    """

    title: ClassVar[str] = "Bug lab"
    mistakes: ClassVar[str] = counted(len(MISTAKES), "mistake")
    scoring: ClassVar[str] = SCORING
    levels: ClassVar[tuple[tuple[int, str, str], ...]] = tuple((level, *TOLD[level]) for level in LEVELS)

    ready: Ready | None


def bug_lab_page(case: Case | None = None) -> BugLabPage:
    """The page, with a case ready to start where one is given."""
    if case is None:
        return BugLabPage(None)
    name, drawing = TOLD[case.level][0], thumbnail(case.setup.sizes)
    return BugLabPage(Ready(case.level, case.seed, name, network_summary(case.setup), drawing))


# The panel ------------------------------------------------------------------------------------------------------------


Choice = tuple[str, str]  # what is sent, what is read


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
    rules: tuple[Choice, ...]
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
    scoring: ClassVar[str] = SCORING

    open: bool
    title: str = ""
    share: str = ""
    score: int = 0
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


@kept
def _lab(hunt: Hunt, setup: Setup, digits: int) -> BugLab:
    """Cached: the same at every step of the walk, of which it would take a third; only the hunt changes it."""
    study, shape = study_of(setup), setup.shape(1)
    curves = [Series("this run", "first", study.losses)]
    if hunt.facts is not None:
        curves.append(Series("right rule", "second", losses_put_right(setup)))
    about = About("bug-lab-run", "The mean loss over all examples, epoch by epoch", "epochs", "mean loss", digits)
    checks = (
        SpentRow(
            in_html(spent.symbol._replace(kind=spent.symbol.kind[1:]), Script(shape)),
            spent.iteration + 1,
            signed(spent.analytic, digits),
            signed(spent.numeric, digits),
            spent.ok,
        )
        for spent in hunt.checks
    )
    return BugLab(
        open=True,
        title=f"Level {hunt.level}, case {hunt.seed}",
        share=f"/bug-lab?level={hunt.level}&seed={hunt.seed}",
        score=hunt.score,
        known=() if hunt.solved else tuple(_known(hunt, study, digits)),
        plot=plot(about, curves),
        checks=tuple(checks),
        wrong=tuple(_wrong(accusation, setup, digits) for accusation in hunt.wrong),
        hunt=None if hunt.solved else _open(hunt, setup, study),
        solved=_solved(hunt, setup, study, digits) if hunt.solved else None,
    )


def _known(hunt: Hunt, study: Study, digits: int) -> Iterator[str]:
    start, end = number(study.losses[0], digits), number(study.losses[-1], digits)
    how_many, verb = ("two rules", "are") if hunt.level == 3 else ("one rule", "is")
    run = f"In {study.iterations} iterations the mean loss over all examples falls from {start} to {end}."
    yield f"The program trains this network. {run} Still, {how_many} of its backward phase {verb} wrong."
    if hunt.level == 1:
        yield f"On the way back from the loss, gradients first go wrong in layer {study.layer}."
    yield HOW


def _open(hunt: Hunt, setup: Setup, study: Study) -> Open:
    layers = [(str(l), f"layer {l}") for l in range(1, len(setup.sizes))]
    gradients: dict[str, list[Choice]] = {title: [] for _, title in layers}
    for symbol in gradient_symbols(setup.sizes):
        sent = "-".join(str(part) for part in symbol if part is not None)
        gradients[f"layer {symbol.layer}"].append((sent, parameter_name(setup.shape(1), symbol)))
    return Open(
        layer=study.layer if hunt.level == 1 else 0,
        layers=tuple(layers),
        gradients=tuple((title, tuple(group)) for title, group in gradients.items()),
        rules=(("rule", "wrong rule"), ("second_rule", "other wrong rule"))[: 2 if hunt.level == 3 else 1],
        choices=tuple(RULES.items()),
        mistakes=tuple((mistake.name, mistake.title) for mistake in MISTAKES.values()),
        several=hunt.level == 3,
    )


def _solved(hunt: Hunt, setup: Setup, study: Study, digits: int) -> Solved:
    spent = f"{counted(len(hunt.checks), 'check')} and {counted(len(hunt.wrong), 'wrong accusation')}"
    words = f"Found, with {spent}. Gradients first go wrong in layer {study.layer}. The walk now shows its rules."
    made = (MISTAKES[name] for name in setup.mistakes)
    found = tuple((mistake.title, mistake.says, mistake.remedy) for mistake in made)
    return Solved(words, found, () if hunt.facts is None else tuple(facts_told(hunt.facts, digits)))


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
