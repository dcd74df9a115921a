"""What a notebook printed, beside what this program finds as published and put right; and the losses of its run."""

from dataclasses import dataclass
from typing import ClassVar

from app.engine.network.expressions import Symbol
from app.lessons import lesson_named
from app.lessons.lesson import Lesson
from app.lessons.printed import Printed
from app.sessions.compare.notebook_run import COUNTED, done_by_mistakes, end_of, run_of, units_of_their_own
from app.sessions.walk.session import TrainingSession
from app.views.bug_lab.bug_lab import learned_told, percent
from app.views.charts.axes import NARROW
from app.views.charts.lines import About, Plot, Series, plot
from app.views.compare.differences import OTHER, SAME
from app.views.formulas.symbols import Script, in_html
from app.views.text.words import COUNTS

NAMES = ("as published", "put right")
LETTERS = {"a_after": "a", "came_back": "a"}  # how the quantities of printed.py that are no symbols are indexed
ANOTHER_DRAW = "another draw: the notebook sets no seed"


@dataclass(frozen=True)
class PrintedRow:
    """One figure: what it is (words and a symbol in HTML), the iteration from 1, the three numbers, how they agree."""

    what: str
    symbol: str
    iteration: str
    printed: str
    published: str
    right: str
    agreement: str
    sign: str


@dataclass(frozen=True)
class RunPanel:
    """The notebook's whole run: its figures, the loss curves of both ways, and what was measured of its mistake."""

    id: ClassVar[str] = "run"
    template: ClassVar[str] = "compare/run.html"

    plot: Plot
    notes: tuple[str, ...]
    facts: tuple[str, ...]
    summary: str
    rows: tuple[PrintedRow, ...]


def run_of_notebook(session: TrainingSession, digits: int) -> RunPanel | None:
    """The run of the walk's lesson; None where it has none."""
    return run_panel(lesson_named(session.lesson), digits) if session.lesson else None


def run_panel(lesson: Lesson, digits: int) -> RunPanel:
    """The panel of one lesson: every printed figure in its order. Computes the runs that are not there yet."""
    published, right = run_of(lesson, True), run_of(lesson, False)
    ends = [f"from {run.losses[0]:.4g} to {run.losses[-1]:.4g}" for run in (published, right)]
    title = f"The loss before each update: {NAMES[0]} goes {ends[0]} and {NAMES[1]} {ends[1]}"
    curves = (Series(NAMES[0], "first", published.losses), Series(NAMES[1], "second", right.losses))
    notes, followed, total = [], len(published.losses), len(lesson.printed)
    if followed > lesson.run:
        notes.append(f"The notebook makes one update. Here both go on to {followed}, so that a difference can show.")
    if lesson.published.iterations_per_epoch > 1:
        notes.append("Each point is the loss of one example, so the line jumps from example to example.")
    if all(printed.drawn for printed in lesson.printed):
        agreeing = sum(p.is_given_by(value) for p, value in zip(lesson.printed, published.figures, strict=True))
        which = f"all {total}" if agreeing == total else f"{agreeing} of {total}"
        summary = (
            f"As published, this program gives {which} figures that the notebook prints, to the last printed digit."
        )
    else:
        summary = (
            "The notebook draws its numbers without a seed, so its figures cannot be computed again. "
            "This lesson draws others in the same way; what happens to them is the same."
        )
    return RunPanel(
        plot(About("losses", title, "updates made", "loss ℒ", digits, frame=NARROW), curves),
        tuple(notes),
        _facts(lesson),
        summary,
        tuple(
            _row(lesson, printed, ours, theirs)
            for printed, ours, theirs in zip(lesson.printed, published.figures, right.figures, strict=True)
        ),
    )


def _facts(lesson: Lesson) -> tuple[str, ...]:
    """What the notebook's mistake does to training, or its unlucky start."""
    if not lesson.mistaken:
        own, right = (("none", *COUNTS[1:])[units_of_their_own(lesson, way)] for way in (True, False))
        units, updates = COUNTS[lesson.published.sizes[1]], f"{end_of(lesson)} updates"
        return (f"Hidden units that do work of their own after {updates}: {own} of {units}; put right, {right}.",)
    share, learned = done_by_mistakes(lesson)
    counted = min(end_of(lesson), COUNTED)
    signs = f"Of the gradients of its first {counted} updates, {percent(share)} have the wrong sign."
    unnoticed = " So a wrong rule can go unnoticed." if learned.mistaken >= learned.right else ""
    return signs, learned_told(learned) + unnoticed


def _row(lesson: Lesson, printed: Printed, ours: float, theirs: float) -> PrintedRow:
    """How they agree, in words for both ways; = where the walk as published gives the figure."""
    agreement, sign = "given by both" if printed.is_given_by(theirs) else "given as published; not put right", SAME
    if not printed.drawn:
        agreement, sign = ANOTHER_DRAW, ""
    elif not printed.is_given_by(ours):
        agreement, sign = "this program finds another number", OTHER
    return PrintedRow(
        printed.what,
        _symbol(lesson, printed.symbol),
        f"{printed.iteration + 1:,}",
        printed.text,
        as_printed(printed, ours),
        as_printed(printed, theirs),
        agreement,
        sign,
    )


def as_printed(printed: Printed, value: float) -> str:
    """A number to as many digits as the notebook printed, in its own style."""
    mantissa, _, power = printed.text.partition("e")
    if power:
        return f"{value:.{len(mantissa.partition('.')[2])}e}"
    if printed.text == "0" and value:
        return f"{value:.8f}"
    return f"{value:.{printed.decimals}f}"


def _symbol(lesson: Lesson, symbol: Symbol) -> str:
    """The quantity's symbol in HTML; empty for what has none of its own."""
    kind, layer, _, _ = symbol
    if kind in ("loss", "loss_after"):
        return "<i>ℒ</i>"
    if not layer:
        return ""
    script = Script(lesson.published.shape(1), lesson.orientation)
    name = in_html(symbol._replace(kind="a" if kind == "dL_dy_hat" else LETTERS.get(kind, kind)), script)
    return f"∂ℒ/∂{name}" if kind in ("dW", "db", "dL_dy_hat", "came_back") else name


def printed_here(lesson: Lesson, session: TrainingSession) -> tuple[str, ...]:
    """What the notebook printed of the equation that the walk as published shows."""
    if session.equation is None:
        return ()
    told, here = [], (session.iteration, session.equation.symbol)
    for printed in lesson.printed:
        if (printed.iteration, printed.symbol) == here:
            value = session.values[printed.symbol]
            way = f"; this walk finds {as_printed(printed, value)}"
            if not printed.drawn:
                way = f": {ANOTHER_DRAW}"
            elif printed.is_given_by(value):
                way = ": what this walk finds as published, to the last digit"
            told.append(f"The notebook prints {printed.text}{way}.")
    return tuple(told)
