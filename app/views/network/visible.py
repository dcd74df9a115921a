"""What the walk has shown so far, as the marks of the diagram ask for it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.equations.values import Values
from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession
from app.views.formulas.symbols import reference
from app.views.text.numbers import number

MOST_DIGITS = 4  # the drawing has no room for more


@dataclass(frozen=True, eq=False)
class Visible:
    """One walk at its cursor, its numbers written with so many decimals.

    `whole_layer` is whether the learner steps by more than an equation.
    """

    shape: Shape
    cursor: int
    values: Values
    digits: int
    whole_layer: bool

    @classmethod
    def of(cls, session: TrainingSession, digits: int) -> "Visible":
        """What a session has shown; while a bug is hunted, as if there were none."""
        shown = min(digits, MOST_DIGITS)
        return cls(session.told_shape, session.cursor, session.values, shown, session.by != "equation")

    @cached_property
    def equation(self) -> Equation | None:
        """The equation shown last; None at the very start."""
        return trace(self.shape)[self.cursor - 1] if self.cursor else None

    @cached_property
    def phase(self) -> str:
        """The phase of the equation; empty at the very start."""
        return self.equation.phase if self.equation else ""

    @cached_property
    def about(self) -> tuple[str, int, int, int | None]:
        """What the equation finds: kind, layer and units; a kind of its own at the very start.

        What an optimizer has of a parameter counts as the parameter itself.
        """
        if self.equation is None:
            return ("nothing", 0, 0, None)
        return (self.equation.group[0], *self.equation.symbol[1:])

    @cached_property
    def mark(self) -> str:
        """The id of the mark in focus: the unit, connection or loss that the equation is about."""
        ref = reference(self.equation.symbol) if self.equation else ""
        if not ref:
            return "u-0-0"
        return {"w": f"c{ref[1:]}", "b": f"u{ref[1:]}", "l": "u-loss"}.get(ref[:1], ref)

    @cached_property
    def largest_weight(self) -> float:
        """The largest |w|: the thickest line."""
        return max(float(np.abs(layer.W).max()) for layer in self.values.iteration.before.layers)

    @cached_property
    def largest_activation(self) -> float:
        """The largest finite |a| of the example in focus, at least 1: the fullest colour."""
        rows = (np.abs(A[self.values.focus]) for A in self.values.iteration.forward.A)
        return max(1.0, *(float(row[np.isfinite(row)].max(initial=0.0)) for row in rows))

    @cached_property
    def _found(self) -> dict[Symbol, int]:
        return found_at(self.shape)

    def has_shown(self, symbol: Symbol) -> bool:
        """Whether the symbol is given, or found by an equation that has been shown."""
        return self._found.get(symbol, -1) < self.cursor

    def number(self, symbol: Symbol) -> str:
        """The symbol's number as the drawing writes it, shown or not."""
        return number(self.values[symbol], self.digits)

    def text(self, symbol: Symbol) -> str:
        """The symbol's number; empty until the walk has shown it."""
        return self.number(symbol) if self.has_shown(symbol) else ""

    def is_about(self, l: int, j: int) -> bool:
        """Whether the equation finds something of this unit: a number of its own, or a weight or bias that it uses."""
        return l > 0 and self.phase != "loss" and self.about[1:3] == (l, j)

    def standing(self, to: int, j: int, k: int) -> str:
        """How the line from unit k to unit j of layer `to` stands to the equation.

        active where the equation runs along it, path where its gradient came this way, else empty.
        """
        kind, l, unit, source = self.about
        match kind:
            case "z" | "a" if (to, j) == (l, unit):
                return "active" if kind == "z" else "path"
            case "loss" if to == len(self.shape.sizes):
                return "active"
            case "delta" if (to, k) == (l + 1, unit):
                return "active"
            case "W" | "dW" if (to, j, k) == (l, unit, source):
                return "active"
            case "delta" | "dW" | "db" if to > l + 1 or (to, k) == (l + 1, unit):
                return "path"
        return ""
