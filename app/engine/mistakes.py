"""The wrong rules that people really write: each a named variant of one rule of backward(), computed and told.

`computes` stands in for the rule of that name in `propagation.Rules`, `tells` for the one in `told.Story`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.engine.activations import Activation
from app.engine.errors import UnknownNameError
from app.engine.expressions import Expression, Negative, Number, Product, Quotient, Sum, Symbol, product
from app.engine.losses import Loss, Output
from app.engine.propagation import output_error
from app.engine.shape import Shape
from app.engine.types import Array


@dataclass(frozen=True)
class Mistake:
    """A wrong rule: which rule of backward() it replaces, how it computes, how it is told as an equation."""

    name: str
    rule: str
    computes: Callable[..., Array]
    tells: Callable[..., Any]
    square_only: bool = False


def _untransposed(delta: Array, W: Array) -> Array:
    return delta @ W.T


def _tell_untransposed(shape: Shape, l: int, j: int) -> tuple[Expression, ...]:
    return tuple(product(Symbol("delta", l + 1, k), Symbol("W", l + 1, j, k)) for k in range(shape.sizes[l + 1]))


def _sigmoid_slope(activation: Activation, values: Output) -> Array:
    return values.A * (1.0 - values.A)


def _tell_sigmoid_slope(shape: Shape, l: int, j: int) -> tuple[Expression, ...]:
    a = Symbol("a", l, j)
    return (a, Sum((Number(1), Negative(a))))


def _halved(loss: Loss, slope: Array, activation: Activation, output: Output, Y: Array) -> Array:
    return 0.5 * output_error(loss, slope, activation, output, Y)


def _tell_halved(shape: Shape, right: Expression) -> Expression:
    """Half of the right error signal, with the 2 of a squared error's slope cancelled."""
    factors = right.factors if isinstance(right, Product) else (right,)
    if factors[0] == Number(2):
        return product(*factors[1:])
    return product(Quotient(Number(1), Number(2)), *factors)


_TABLE = (
    Mistake("untransposed_weights", "pulled_back", _untransposed, _tell_untransposed, square_only=True),
    Mistake("sigmoid_slope", "slope", _sigmoid_slope, _tell_sigmoid_slope),
    Mistake("halved_gradient", "output_error", _halved, _tell_halved),
)
MISTAKES = {mistake.name: mistake for mistake in _TABLE}


def mistake_named(name: str) -> Mistake:
    """The mistake of this name; UnknownNameError lists the names that exist."""
    if name not in MISTAKES:
        raise UnknownNameError("mistake", tuple(MISTAKES))
    return MISTAKES[name]
