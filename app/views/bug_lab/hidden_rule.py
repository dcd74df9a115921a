"""What a walk shows of an equation while its bug is hunted: the program's numbers, the textbook's rule in symbols."""

from dataclasses import replace

from app.engine.equations.trace import Equation, trace
from app.sessions.walk.session import TrainingSession
from app.views.explorer.equation import EquationPanel
from app.views.formulas.headings import heading
from app.views.formulas.mathml import Pen, aligned, wrapped
from app.views.formulas.symbols import script_of
from app.views.text.numbers import number

PHASES = ("backward", "update")  # where a mistake can be
CAPTION = "The rule of the textbook, in symbols"


def is_closed(session: TrainingSession, equation: Equation | None) -> bool:
    """Whether the rule of an equation may not be shown."""
    return session.hidden and equation is not None and equation.phase in PHASES


def textbook(session: TrainingSession, equation: Equation) -> Equation:
    """The same equation by the right rules."""
    return trace(replace(session.shape, mistakes=()))[equation.index]


def closed_sentence(session: TrainingSession, equation: Equation, digits: int) -> str:
    """What the program found, and nothing of how."""
    result = number(session.values[equation.symbol], digits)
    verb = "moves it to" if equation.kind in ("W", "b") else "finds"
    whose = " for the example in focus" if equation.kind == "delta" and len(session.batch) > 1 else ""
    return f"The program {verb} {result}{whose}. Is that what the rule gives?"


def closed_panel(session: TrainingSession, told: str, digits: int) -> EquationPanel:
    """The equation panel of a hunt: no numbers in the rule, no line of NumPy, no word on what is right."""
    equation = session.equation
    assert equation is not None
    right = textbook(session, equation)
    shape = replace(session.shape, mistakes=())
    pen = Pen(script_of(shape), session.values, digits)
    rows = wrapped(*pen.left(right.symbol), pen.symbolic(right.expression))
    name = heading(right, shape, "fan_out_fan_in")
    return EquationPanel(equation.phase, name, told, ((CAPTION, aligned(rows)),), True, "", ())
