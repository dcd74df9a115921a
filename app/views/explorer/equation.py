"""The equation panel: one step of the walk as a sentence, as formulas, and as a line of NumPy."""

from dataclasses import dataclass, replace
from typing import ClassVar

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, trace
from app.engine.equations.values import Values
from app.engine.learning.iteration import run_iteration
from app.engine.memory import kept_with
from app.engine.network.propagation import RIGHT
from app.lessons.lesson import Lesson, Orientation
from app.sessions.walk.session import TrainingSession
from app.views.check.verdicts import Badge, badge
from app.views.formulas.formulas import formula, maths
from app.views.formulas.headings import heading
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.formulas.symbols import orientation_of
from app.views.text.numbers import number

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
    orientation = orientation_of(session)
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
