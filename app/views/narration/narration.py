"""One plain sentence, or a few short ones, for each equation of the walk: what happens, then why it matters."""

from collections.abc import Callable

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.equations.values import Values
from app.views.narration.backward import bias_gradient, error_signal, weight_gradient
from app.views.narration.forward import activation, loss, weighted_sum
from app.views.narration.teller import Teller
from app.views.narration.update import UPDATE_SENTENCES
from app.views.text.naming import unit_name
from app.views.text.numbers import number

SENTENCES: dict[str, Callable[[Teller], str]] = {
    "z": weighted_sum,
    "a": activation,
    "loss": loss,
    "delta": error_signal,
    "dW": weight_gradient,
    "db": bias_gradient,
    **UPDATE_SENTENCES,
}


def narrate(equation: Equation, shape: Shape, values: Values, digits: int) -> str:
    """What this equation does, for the example in focus, in plain text."""
    return SENTENCES[equation.kind](Teller(equation, shape, values, digits))


def narrate_start(shape: Shape) -> str:
    """What there is to say before the first equation."""
    return f"Nothing has been computed yet. The first step adds up what reaches {unit_name(shape, 1, 0)}."


def narrate_end(loss_before: float, loss_after: float, shape: Shape, digits: int) -> str:
    """What the update did to the loss of the same batch."""
    whose = "this example" if shape.examples == 1 else "this batch"
    before, after = number(loss_before, digits), number(loss_after, digits)
    if loss_before == loss_after:
        return f"The loss of {whose} was {before} and is still the same."
    verb = "rose" if loss_after > loss_before else "fell"
    if before == after:
        return f"The loss of {whose} was {before}. It {verb} by {number(abs(loss_after - loss_before), digits)}."
    ending = " It rose." if verb == "rose" else ""
    return f"The loss of {whose} was {before} and is now {after}.{ending}"
