"""A gradient or an update with its error signal opened, back to the output where that stays short."""

from functools import lru_cache

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import (
    Expression,
    Sum,
    Symbol,
    substituted,
    symbols_in,
)
from app.views.formulas.mathml import Pen
from app.views.formulas.rows import Row, wrapped

SHORT = 8  # symbols: a chain longer than this is opened by one step only


def written_out(pen: Pen, equation: Equation) -> tuple[Row, ...]:
    """The opened equation in symbols and in numbers; nothing where there is nothing to open."""
    if equation.kind not in ("dW", "db", "W", "b") or pen.script.shape.examples > 1:
        return ()  # over a batch each example has an error signal of its own: there is no one chain to write out
    opened = _opened(pen.script.shape, equation.index)
    if opened is None:
        return ()
    return (*wrapped(*pen.left(equation.symbol), pen.symbolic(opened)), *wrapped("", "=", pen.numeric(opened)))


@lru_cache(maxsize=4096)
def _opened(shape: Shape, index: int) -> Expression | None:
    expression = trace(shape)[index].expression
    one = _step_open(shape, expression, ("dW", "db"))
    once = _step_open(shape, one, ("delta",))
    full = once
    for _ in range(shape.depth):
        full = _step_open(shape, full, ("delta", "slope"))
    short = sum(1 for _ in symbols_in(full)) <= SHORT
    fits = sum(1 for _ in symbols_in(once)) <= 2 * SHORT
    opened = full if short else once if fits else expression
    return None if opened == expression else opened


def _step_open(shape: Shape, expression: Expression, kinds: tuple[str, ...]) -> Expression:
    equations, place = trace(shape), found_at(shape)
    meanings: dict[Symbol | Sum, Expression] = {}
    for symbol in symbols_in(expression):
        if symbol.kind == "slope" and "slope" in kinds:
            meanings[symbol] = _slope_by_hand(shape, symbol)
        elif symbol.kind in kinds:
            meanings[symbol] = equations[place[symbol]].expression
    return substituted(expression, meanings)


def _slope_by_hand(shape: Shape, symbol: Symbol) -> Expression:
    opened = ACTIVATIONS[shape.activation(symbol.layer)].slope_formula
    return symbol if opened is None else opened(Symbol("a", symbol.layer, symbol.j))
