"""The equation panel: one step of the walk as a sentence, as formulas, and as a line of NumPy."""

from dataclasses import dataclass, replace
from typing import ClassVar

from app.engine.equations.trace import Equation, trace
from app.lessons.lesson import Lesson
from app.sessions.walk.session import MISTAKABLE, TrainingSession
from app.views.check.check import Badge, badge
from app.views.explorer.nudge import Nudge, nudge
from app.views.formulas.formulas import formula, maths
from app.views.formulas.mathml import Pen, aligned, wrapped
from app.views.formulas.numpy_lines import line_of_numpy
from app.views.formulas.symbols import Script, heading, orientation_of
from app.views.narration.mistakes import follows_chain_rule
from app.views.paths.links import Chain, chain
from app.views.text.numbers import number

TEXTBOOK = "The rule of the textbook, in symbols"
PARTED = 1e-9  # relative difference from which the right rule's value is worth a note


@dataclass(frozen=True)
class EquationPanel:
    """Heading (HTML), sentence, formulas, NumPy.

    `chain` holds the links of a gradient; `maths` are captions with MathML, most of them empty; `exact` is False where
    printed terms do not add up to the printed result; `notes` (title, text) introduce, or compare with the right rule;
    `badge` is what the check says of a gradient, `nudge` what a small move of its parameter does to the loss.
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
    chain: Chain | None = None
    nudge: Nudge | None = None


def equation_panel(
    session: TrainingSession, lesson: Lesson | None, sentence: str, digits: int, nudged: float = 0.0
) -> EquationPanel:
    """The panel for the last equation shown, its parameter `nudged` by so much; before the first, what to watch for."""
    equation, shape = session.equation, session.shape
    if equation is None:
        notes: tuple[tuple[str, str], ...] = ()
        if lesson:
            notes = ("What to watch for.", lesson.introduction), ("What the notebook computed.", lesson.computed)
        return EquationPanel("start", "Ready to start", sentence, (), True, "", notes)
    if session.hides(equation):
        return _without_rule(session, equation, sentence, digits)
    orientation = orientation_of(session)
    found = formula(equation, shape, session.values, orientation, digits)
    links = None
    if follows_chain_rule(equation, shape):
        whose = f"example {session.example + 1}" if len(session.batch) > 1 else ""
        links = chain(equation, shape, session.values, orientation, digits, whose)
        if links:
            found = replace(found, own=())  # told by its links
    return EquationPanel(
        equation.phase,
        heading(equation, shape, orientation),
        sentence,
        maths(found),
        found.exact and (links is None or links.exact),
        line_of_numpy(equation, shape, orientation),
        _note(session, equation, digits),
        badge(session, digits),
        links,
        nudge(session, nudged, digits),
    )


def _note(session: TrainingSession, equation: Equation, digits: int) -> tuple[tuple[str, str], ...]:
    """Where a mistaken rule parts from the chain rule: what the right rule gives here. Empty where they agree."""
    if not session.setup.mistakes or equation.phase not in MISTAKABLE:
        return ()
    wanted, found = session.right_values[equation.symbol], session.values[equation.symbol]
    if abs(wanted - found) <= PARTED * abs(wanted):
        return ()
    told = f"This walk {'as published' if session.lesson else 'with its mistake'} finds {number(found, digits)}."
    way_out = " Switch to “put right” above to follow the chain rule." if session.lesson else ""
    return ((f"The chain rule gives {number(wanted, digits)}.", told + way_out),)


# While a bug is hunted ----------------------------------------------------------------------------------------------


def sentence_without_rule(session: TrainingSession, equation: Equation, digits: int) -> str:
    """What the program found, and nothing of how."""
    result = number(session.values[equation.symbol], digits)
    verb = "moves it to" if equation.kind in ("W", "b") else "finds"
    whose = " for the example in focus" if equation.kind == "delta" and len(session.batch) > 1 else ""
    return f"The program {verb} {result}{whose}. Is that what the rule gives?"


def _without_rule(session: TrainingSession, equation: Equation, sentence: str, digits: int) -> EquationPanel:
    """No numbers in the rule, which is the textbook's, no line of NumPy, no word on what is right."""
    shape = session.told_shape
    right = trace(shape)[equation.index]
    pen = Pen(Script(shape), session.values, digits)
    rows = wrapped(*pen.left(right.symbol), pen.symbolic(right.expression))
    name = heading(right, shape, "fan_out_fan_in")
    return EquationPanel(equation.phase, name, sentence, ((TEXTBOOK, aligned(rows)),), True, "", ())
