"""What a notebook printed, beside what this program finds as published and put right; and the losses of its run."""

from dataclasses import dataclass
from typing import ClassVar

from app.engine.network.expressions import Symbol
from app.lessons import lesson_named
from app.lessons.lesson import Lesson
from app.lessons.printed import Printed
from app.sessions.compare.notebook_run import Run, is_quick, run_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.lines import About, Plot, Series, plot
from app.views.compare.differences import OTHER, SAME
from app.views.formulas.symbols import Script, in_html

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
    """The notebook's whole run: its figures, and the loss curves of both ways."""

    id: ClassVar[str] = "run"
    template: ClassVar[str] = "compare/run.html"

    plot: Plot
    notes: tuple[str, ...]
    summary: str
    rows: tuple[PrintedRow, ...]


def run_of_notebook(session: TrainingSession, digits: int) -> RunPanel | None:
    """The run of the walk's lesson; None where it has none."""
    return run_panel(lesson_named(session.lesson), digits) if session.lesson else None


def ready_run(session: TrainingSession, digits: int) -> RunPanel | None:
    """The same where it is there, or almost; None too where a second request is to fetch it."""
    return run_of_notebook(session, digits) if session.lesson and is_quick(lesson_named(session.lesson)) else None


def run_panel(lesson: Lesson, digits: int) -> RunPanel:
    """The panel of one lesson. Computes its runs where they are not there yet."""
    published, right = run_of(lesson, True), run_of(lesson, False)
    return RunPanel(
        _curves(lesson, published, right, digits),
        _notes(lesson, len(published.losses)),
        _summary(lesson, published),
        printed_rows(lesson, published, right),
    )


def _curves(lesson: Lesson, published: Run, right: Run, digits: int) -> Plot:
    ends = " and ".join(
        f"{name} {'goes' if i == 0 else ''} from {run.losses[0]:.4g} to {run.losses[-1]:.4g}".replace("  ", " ")
        for i, (name, run) in enumerate(zip(NAMES, (published, right), strict=True))
    )
    about = About("losses", f"The loss before each update: {ends}", "updates made", "loss ℒ", digits)
    return plot(about, (Series(NAMES[0], "first", published.losses), Series(NAMES[1], "second", right.losses)))


def _notes(lesson: Lesson, followed: int) -> tuple[str, ...]:
    notes = []
    if followed > lesson.run:
        notes.append(f"The notebook makes one update. Here both go on to {followed}, so that a difference can show.")
    if lesson.published.iterations_per_epoch > 1:
        notes.append("Each point is the loss of one example, so the line jumps from example to example.")
    return tuple(notes)


def _summary(lesson: Lesson, published: Run) -> str:
    """How many of the figures this program gives, as published."""
    total = len(lesson.printed)
    if not all(printed.drawn for printed in lesson.printed):
        return (
            "The notebook draws its numbers without a seed, so its figures cannot be computed again. "
            "This lesson draws others in the same way; what happens to them is the same."
        )
    agreeing = sum(p.is_given_by(value) for p, value in zip(lesson.printed, published.figures, strict=True))
    which = f"all {total}" if agreeing == total else f"{agreeing} of {total}"
    return f"As published, this program gives {which} figures that the notebook prints, to the last printed digit."


def printed_rows(lesson: Lesson, published: Run, right: Run) -> tuple[PrintedRow, ...]:
    """Every printed figure, in the order of the notebook."""
    numbers = zip(lesson.printed, published.figures, right.figures, strict=True)
    return tuple(_row(lesson, printed, ours, theirs) for printed, ours, theirs in numbers)


def _row(lesson: Lesson, printed: Printed, ours: float, theirs: float) -> PrintedRow:
    agreement, sign = _agreement(printed, ours, theirs)
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


def _agreement(printed: Printed, ours: float, theirs: float) -> tuple[str, str]:
    """In words, for both ways; = where the walk as published gives the figure."""
    if not printed.drawn:
        return ANOTHER_DRAW, ""
    if not printed.is_given_by(ours):
        return "this program finds another number", OTHER
    return ("given by both" if printed.is_given_by(theirs) else "given as published; not put right"), SAME


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
    found = [
        printed
        for printed in lesson.printed
        if (printed.iteration, printed.symbol) == (session.iteration, session.equation.symbol)
    ]
    return tuple(_told(printed, session.values[printed.symbol]) for printed in found)


def _told(printed: Printed, value: float) -> str:
    if not printed.drawn:
        return f"The notebook prints {printed.text}: {ANOTHER_DRAW}."
    if printed.is_given_by(value):
        return f"The notebook prints {printed.text}: what this walk finds as published, to the last digit."
    return f"The notebook prints {printed.text}; this walk finds {as_printed(printed, value)}."
