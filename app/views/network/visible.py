"""What the walk has shown so far, as the marks of the diagram ask for it."""

from dataclasses import dataclass

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

    `whole_layer`: the learner steps by more than an equation. `equation` is the one shown last; at the very start it
    is None and `phase` empty. `about` is what it finds: kind, layer and units, a kind of its own at the very start;
    what an optimizer has of a parameter counts as the parameter itself. `mark` is the id of the unit, connection or
    loss that it is about. `found` holds the equation that finds each symbol.
    """

    shape: Shape
    cursor: int
    values: Values
    digits: int
    whole_layer: bool
    equation: Equation | None
    phase: str
    about: tuple[str, int, int, int | None]
    mark: str
    largest_weight: float  # the thickest line
    largest_activation: float  # of the example in focus, finite, at least 1: the fullest colour
    found: dict[Symbol, int]

    @classmethod
    def of(cls, session: TrainingSession, digits: int) -> "Visible":
        """What a session has shown; while a bug is hunted, as if there were none."""
        shape, cursor, values = session.told_shape, session.cursor, session.values
        equation = trace(shape)[cursor - 1] if cursor else None
        iteration = values.iteration
        rows = [np.abs(A[values.focus]) for A in iteration.forward.A]
        return cls(
            shape,
            cursor,
            values,
            min(digits, MOST_DIGITS),
            session.by != "equation",
            equation,
            equation.phase if equation else "",
            (equation.group[0], *equation.symbol[1:]) if equation else ("nothing", 0, 0, None),
            _mark(equation),
            max(float(np.abs(layer.W).max()) for layer in iteration.before.layers),
            max(1.0, *(float(row[np.isfinite(row)].max(initial=0.0)) for row in rows)),
            found_at(shape),
        )

    def has_shown(self, symbol: Symbol) -> bool:
        """Whether the symbol is given, or found by an equation that has been shown."""
        return self.found.get(symbol, -1) < self.cursor

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


def _mark(equation: Equation | None) -> str:
    ref = reference(equation.symbol) if equation else ""
    if not ref:
        return "u-0-0"
    return {"w": f"c{ref[1:]}", "b": f"u{ref[1:]}", "l": "u-loss"}.get(ref[:1], ref)
