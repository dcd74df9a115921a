"""The equation panel: one step of the walk as a sentence, as formulas, and as a line of NumPy."""

from dataclasses import dataclass, replace
from typing import ClassVar

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, trace
from app.engine.equations.updates import parameter_of
from app.engine.equations.values import Values
from app.engine.learning.iteration import run_iteration
from app.engine.memory import kept_with
from app.engine.network.propagation import RIGHT
from app.lessons.lesson import Lesson, Orientation
from app.sessions.walk.session import TrainingSession
from app.views.check.verdicts import Badge, badge
from app.views.formulas.formulas import Formula, formula
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.formulas.rows import aligned
from app.views.formulas.symbols import OF_PARAMETERS, in_html, script_of
from app.views.text.naming import FOUND, SHARED
from app.views.text.numbers import number

HEADINGS = {
    "z": "Weighted sum",
    "a": "Activation",
    "loss": "Loss",
    "delta": "Error signal",
    "dW": "Gradient of",
    "db": "Gradient of",
    "W": "Update of",
    "b": "Update of",
    **SHARED,
    "eta": f"{SHARED['eta']} <i>η</i>",
    **{f"correction_{mean}": f"Correction of <i>{mean}</i>" for mean in ("m", "v")},
    **{name: f"{FOUND[name]} <i>{letter}</i> of" for name, letter in OF_PARAMETERS.items() if name in FOUND},
}
CAPTIONS = (
    "The example in focus, by itself",
    "Why: the slope of the loss times the slope of the output, then simplified",
    "Written out, back to the output",
)
PARTED = 1e-9  # relative difference from which the right rule's value is worth a note


@dataclass(frozen=True)
class EquationPanel:
    """Heading (HTML), sentence, formulas, NumPy.

    `maths` are captions with MathML, the first without caption; `exact` is False where the printed terms do not add up
    to the printed result; `notes` (title, text) introduce, or compare with the right rule; `badge` is
    what the check says of a gradient.
    """

    id: ClassVar[str] = "equation"
    template: ClassVar[str] = "explorer/equation.html"

    phase: str
    heading: str
    sentence: str
    maths: tuple[tuple[str, str], ...]
    exact: bool
    code: str
    notes: tuple[tuple[str, str], ...]
    badge: Badge | None = None


def equation_panel(session: TrainingSession, lesson: Lesson | None, sentence: str, digits: int) -> EquationPanel:
    """The panel for the last equation shown; before the first, what to watch for."""
    equation, shape = session.equation, session.shape
    if equation is None:
        return EquationPanel("start", "Ready to start", sentence, (), True, "", _introduction(lesson))
    orientation: Orientation = lesson.orientation if lesson else "fan_out_fan_in"
    formulas, exact = _formulas(session.values, shape, equation.index, orientation, digits)
    return EquationPanel(
        equation.phase,
        heading(equation, shape, orientation),
        sentence,
        formulas,
        exact,
        line_of_numpy(equation, shape, orientation),
        _note(session, equation, digits),
        badge(session, digits),
    )


@kept_with(most=512)
def _formulas(
    values: Values, shape: Shape, index: int, orientation: Orientation, digits: int
) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Captions with MathML, and whether the printed terms add up."""
    found = formula(trace(shape)[index], shape, values, orientation, digits)
    return maths(found), found.exact


def maths(found: Formula) -> tuple[tuple[str, str], ...]:
    """(caption, MathML) of each part that has something to say."""
    parts = (("", found.rows), *zip(CAPTIONS, (found.own, found.why, found.written_out), strict=True))
    return tuple((caption, aligned(rows)) for caption, rows in parts if rows)


def heading(equation: Equation, shape: Shape, orientation: Orientation) -> str:
    """What the equation finds, as HTML: words and a symbol."""
    if equation.kind == "loss":
        return "Loss <i>ℒ</i>"
    if equation.kind in SHARED:
        return HEADINGS[equation.kind]
    symbol = parameter_of(equation.symbol) or equation.symbol
    return f"{HEADINGS[equation.kind]} {in_html(symbol, script_of(shape, orientation))}"


def _introduction(lesson: Lesson | None) -> tuple[tuple[str, str], ...]:
    if lesson is None:
        return ()
    return ("What to watch for.", lesson.introduction), ("What the notebook computed.", lesson.computed)


def _note(session: TrainingSession, equation: Equation, digits: int) -> tuple[tuple[str, str], ...]:
    """Where a mistaken rule parts from the chain rule: what the right rule gives here. Empty where they agree."""
    if not session.setup.mistakes or equation.phase not in ("backward", "update"):
        return ()
    it = session.current
    right = run_iteration(replace(it.method, rules=RIGHT), it.before, it.X, it.Y, it.past)
    wanted, found = Values(right, session.focus_row)[equation.symbol], session.values[equation.symbol]
    if abs(wanted - found) <= PARTED * abs(wanted):
        return ()
    told = f"This walk {'as published' if session.lesson else 'with its mistake'} finds {number(found, digits)}."
    way_out = " Switch to “put right” above to follow the chain rule." if session.lesson else ""
    return ((f"The chain rule gives {number(wanted, digits)}.", told + way_out),)
