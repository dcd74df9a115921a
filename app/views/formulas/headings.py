"""What an equation finds, as a heading: words and a symbol."""

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.equations.updates import parameter_of
from app.lessons.lesson import Orientation
from app.views.formulas.symbols import OF_PARAMETERS, in_html, script_of
from app.views.text.naming import FOUND, SHARED

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


def heading(equation: Equation, shape: Shape, orientation: Orientation) -> str:
    """What the equation finds, as HTML: words and a symbol."""
    if equation.kind == "loss":
        return "Loss <i>ℒ</i>"
    if equation.kind in SHARED:
        return HEADINGS[equation.kind]
    symbol = parameter_of(equation.symbol) or equation.symbol
    return f"{HEADINGS[equation.kind]} {in_html(symbol, script_of(shape, orientation))}"
