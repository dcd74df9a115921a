"""What the walk has shown so far, as the marks of the diagram ask for it."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.equations.values import Values
from app.engine.memory import kept_with
from app.engine.network.expressions import Symbol
from app.sessions.walk.timeline import Moment
from app.views.formulas.symbols import reference
from app.views.network.layout import Layout, layout
from app.views.text.numbers import number

MOST_DIGITS = 4  # the drawing has no room for more


class Texts(dict[Symbol, str]):
    """Every symbol's number as the drawing writes it, for one example of one iteration."""

    def __init__(self, values: Values, decimals: int) -> None:
        super().__init__()
        self.numbers = values
        self.decimals = decimals
        self.found: dict[Any, dict[Any, Any]] = {}  # what was worked out about them

    def __missing__(self, symbol: Symbol) -> str:
        text = self[symbol] = number(self.numbers[symbol], self.decimals)
        return text


@kept_with(most=64)
def texts_of(moment: Moment, focus: int, decimals: int) -> Texts:
    """For one row of the batch."""
    return Texts(moment.values(focus), decimals)


@dataclass(frozen=True)
class Stand:
    """Where a walk stands: what is known and what a step is about, whatever the numbers are."""

    shape: Shape
    cursor: int

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
    def found(self) -> dict[Symbol, int]:
        """For every symbol that an equation finds, that equation's index."""
        return found_at(self.shape)

    def has_shown(self, symbol: Symbol) -> bool:
        """Whether the symbol is given, or found by an equation that has been shown."""
        return self.found.get(symbol, -1) < self.cursor

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


stand_of = lru_cache(maxsize=4096)(Stand)  # the same object for the same place: what follows from it is found once


@dataclass(frozen=True)
class Sight:
    """One walk at its cursor: every mark asks these things.

    `whole_layer` is whether the learner steps by more than an equation.
    """

    texts: Texts
    stand: Stand
    whole_layer: bool

    @property
    def shape(self) -> Shape:
        """What decides the equations."""
        return self.stand.shape

    @property
    def phase(self) -> str:
        """The phase of the equation; empty at the very start."""
        return self.stand.phase

    @property
    def values(self) -> Values:
        """The numbers themselves."""
        return self.texts.numbers

    @property
    def drawing(self) -> Layout:
        """Where everything stands."""
        return layout(self.shape.sizes)

    @property
    def mark(self) -> str:
        """The id of the mark in focus: the unit, connection or loss that the equation is about."""
        ref = reference(self.stand.equation.symbol) if self.stand.equation else ""
        if not ref:
            return "u-0-0"
        kind = ref[:1]
        return {"w": f"c{ref[1:]}", "b": f"u{ref[1:]}", "l": "u-loss"}.get(kind, ref)

    def text(self, symbol: Symbol) -> str:
        """The symbol's number; empty until the walk has shown it."""
        return self.texts[symbol] if self.stand.has_shown(symbol) else ""
