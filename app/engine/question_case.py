"""A question about one number of an iteration, with all that decides its answer: by the chain rule, and by mistakes."""

from dataclasses import dataclass, replace
from functools import cached_property

from app.engine.equations.mistakes import rules_of
from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.equations.values import Values, evaluate
from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.network.expressions import (
    BatchSum,
    Expression,
    Mean,
    Product,
    Rounded,
    Symbol,
)
from app.engine.setup import Setup


@dataclass(frozen=True, eq=False)
class Case:
    """What is asked: `part` value asks for `symbol` in an iteration, for the example in row `focus`; part factor asks
    for the missing factor of its equation; part sign for its sign. The setup's mistakes count for nothing here.
    """

    setup: Setup
    iteration: Iteration
    focus: int
    symbol: Symbol
    part: str = "value"

    @cached_property
    def values(self) -> Values:
        """What every symbol stands for by the chain rule."""
        return self.under(())

    @cached_property
    def shape(self) -> Shape:
        """The shape of the walk by the right rules."""
        return replace(self.setup.shape(len(self.iteration.X)), mistakes=())

    @cached_property
    def equation(self) -> Equation:
        """The right equation."""
        return self._equation_under(())

    @cached_property
    def body(self) -> Expression:
        """Its right-hand side, of one example."""
        return body_of(self.equation.expression)

    @cached_property
    def missing(self) -> Symbol | None:
        """The factor that part factor asks for."""
        return missing_factor(self.equation)

    @property
    def target(self) -> Symbol:
        """The symbol whose value is asked for."""
        return self.missing if self.part == "factor" and self.missing is not None else self.symbol

    @cached_property
    def truth(self) -> float:
        """The number that answers it."""
        return self.values[self.target]

    def under(self, mistakes: tuple[str, ...]) -> Values:
        """What every symbol stands for with these mistakes in the rules."""
        it = self.iteration
        rules = rules_of(mistakes, it.method.learning_rate)
        if rules is it.method.rules:
            return Values(it, self.focus)
        return Values(run_iteration(replace(it.method, rules=rules), it.before, it.X, it.Y, it.past), self.focus)

    def found_under(self, mistakes: tuple[str, ...]) -> float:
        """The number that answers it with these mistakes."""
        target = self.target
        if self.part == "factor":
            target = missing_factor(self._equation_under(mistakes)) or target
        return self.under(mistakes)[target]

    def evaluated(self, body: Expression) -> float:
        """The number that another body would have given in this equation."""
        expression = self.equation.expression
        if isinstance(expression, Mean | Rounded):
            return evaluate(replace(expression, body=body), self.values)
        return evaluate(body, self.values)

    def _equation_under(self, mistakes: tuple[str, ...]) -> Equation:
        shape = replace(self.shape, mistakes=mistakes)
        return trace(shape)[found_at(shape)[self.symbol]]


def body_of(expression: Expression) -> Expression:
    """What stands inside of a mean over the batch, or of a rounding."""
    return expression.body if isinstance(expression, Mean | BatchSum | Rounded) else expression


def missing_factor(equation: Equation) -> Symbol | None:
    """The factor to ask for: the slope of an error signal, what a weight carried; None where there is none."""
    wanted = "slope" if equation.kind == "delta" else "a"
    found = (f for f in factors_of(body_of(equation.expression)) if isinstance(f, Symbol) and f.kind == wanted)
    return next(found, None)


def factors_of(expression: Expression) -> tuple[Expression, ...]:
    """The factors of a product; anything else is one."""
    return expression.factors if isinstance(expression, Product) else (expression,)
