"""Both sides of an equation: what the engine found, and what the referee makes of the right side."""

from app.engine.equations.trace import Equation
from app.engine.equations.values import Values
from app.engine.learning.iteration import Iteration
from app.engine.network.expressions import Expression, Rounded
from tests.engine import by_hand

EXACT = 1e-12


def right_side(expression: Expression, iteration: Iteration, focus: int) -> by_hand.Sized:
    """The referee's value of an expression, for the example in focus."""
    return by_hand.evaluated(expression, focus, lambda symbol, row: Values(iteration, row)[symbol])


def assert_equal_sides(equation: Equation, iteration: Iteration, focus: int) -> None:
    value = Values(iteration, focus)[equation.symbol]
    right = right_side(equation.expression, iteration, focus)
    if isinstance(equation.expression, Rounded):  # a sum halfway between may round either way
        exact = right_side(equation.expression.body, iteration, focus).value
        assert abs(value - exact) <= 0.5 * 10.0**-equation.expression.decimals + EXACT
        assert round(value, equation.expression.decimals) == value
    else:
        assert abs(value - right.value) <= EXACT * max(right.size, abs(value))
