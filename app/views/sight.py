"""What the walk has shown so far, as the marks of the diagram ask for it."""

from functools import lru_cache

from app.engine import Symbol, Values, found_at
from app.sessions import TrainingSession
from app.views.layout import layout
from app.views.numbers import number
from app.views.symbols import reference

MOST_DIGITS = 4  # the drawing has no room for more


class Texts(dict[Symbol, str]):
    """Every symbol's number as the drawing writes it, for one example of one iteration."""

    def __init__(self, values: Values, decimals: int) -> None:
        super().__init__()
        self.numbers = values
        self.decimals = decimals

    def __missing__(self, symbol: Symbol) -> str:
        text = self[symbol] = number(self.numbers[symbol], self.decimals)
        return text

    def __hash__(self) -> int:  # type: ignore[override]  # by identity: caches of the marks hang on it
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


@lru_cache(maxsize=512)
def texts_of(values: Values, decimals: int) -> Texts:
    """Kept while the walk goes through the iteration."""
    return Texts(values, decimals)


class Sight:
    """One session at its cursor, read once: every mark asks these things.

    `digits` are the decimals of the page; `about` is what the equation finds, its kind, layer and units (a kind of its
    own before the first step); `whole_layer` is whether the learner steps by more than an equation.
    """

    def __init__(self, session: TrainingSession, digits: int) -> None:
        self.session = session
        self.shape = session.shape
        self.cursor = session.cursor
        self.equation = session.equation
        self.phase = self.equation.phase if self.equation else ""
        self.about: tuple[str, int, int, int | None] = ("nothing", 0, 0, None)
        if self.equation:
            self.about = (self.equation.kind, *self.equation.symbol[1:])
        self.found = found_at(self.shape)
        self.values = session.values
        self.texts = texts_of(self.values, min(digits, MOST_DIGITS))
        self.drawing = layout(self.shape.sizes)
        self.whole_layer = session.by != "equation"

    @property
    def mark(self) -> str:
        """The id of the mark in focus: the unit, connection or loss that the equation is about."""
        if self.equation is None:
            return "u-0-0"
        ref = reference(self.equation.symbol)
        kind = ref[:1]
        return {"w": f"c{ref[1:]}", "b": f"u{ref[1:]}", "l": "u-loss"}.get(kind, ref)

    def is_about(self, l: int, j: int) -> bool:
        """Whether the equation finds something of this unit: a number of its own, or a weight or bias that it uses."""
        return self.phase not in ("", "loss") and self.about[1:3] == (l, j)

    def has_shown(self, symbol: Symbol) -> bool:
        """Whether the symbol is given, or found by an equation that has been shown."""
        return self.found.get(symbol, -1) < self.cursor

    def text(self, symbol: Symbol) -> str:
        """The symbol's number; empty until the walk has shown it."""
        return self.texts[symbol] if self.has_shown(symbol) else ""

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
