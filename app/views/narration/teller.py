"""What a sentence may use: its equation, the shape of the walk, the values, and the page's digits."""

from dataclasses import dataclass

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation
from app.engine.equations.values import Values, evaluate
from app.engine.network.expressions import Expression, Symbol, body_of
from app.views.text.activations import activation_word
from app.views.text.naming import unit_name
from app.views.text.numbers import number


@dataclass(frozen=True)
class Teller:
    """One equation with all that its sentence may use: the shape of the walk, the values, the page's digits."""

    equation: Equation
    shape: Shape
    values: Values
    digits: int

    @property
    def layer(self) -> int:
        """The layer of what the equation finds."""
        return self.equation.symbol.layer

    @property
    def unit(self) -> str:
        """The name of the unit whose z, a or delta the equation finds."""
        return unit_name(self.shape, self.layer, self.equation.symbol.j)

    @property
    def function(self) -> str:
        """The word for the layer's activation function."""
        return activation_word(self.shape.activation(self.layer))

    def value(self, kind: str, layer: int | None = None) -> float:
        """The value of another symbol of the same unit, such as its z."""
        return self.values[Symbol(kind, self.layer if layer is None else layer, self.equation.symbol.j)]

    @property
    def result(self) -> float:
        """The value of what the equation finds."""
        return self.values[self.equation.symbol]

    @property
    def own(self) -> Expression:
        """The equation's right-hand side for one example, be it told over a batch or rounded."""
        return body_of(self.equation.expression)

    def number(self, expression: Expression) -> float:
        """What a part of the equation's right-hand side comes to, for the example in focus."""
        return evaluate(expression, self.values)

    def says(self, x: float) -> str:
        """A number, as the page writes it."""
        return number(x, self.digits)

    def factor(self, x: float) -> str:
        """A number after a sign of calculation: in brackets if it is negative."""
        return f"({self.says(x)})" if x < 0 else self.says(x)
