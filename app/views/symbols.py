"""How one symbol is written, in each notation and in the lesson's index order, and the mark that it names."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.engine import Shape, Symbol
from app.lessons import Orientation
from app.views.notation import Notation

LETTERS = {
    "W": "w",
    "b": "b",
    "new_W": "w",
    "new_b": "b",
    "dW": "w",
    "db": "b",
    "delta": "δ",
    "z": "z",
    "a": "a",
}


@dataclass(frozen=True)
class Script:
    """Which way symbols are indexed: the walk's shape, and whether w reads (to, from) or (from, to)."""

    shape: Shape
    orientation: Orientation = "fan_out_fan_in"

    def __hash__(self) -> int:
        return self._hash  # a key of caches, like its shape

    @cached_property
    def _hash(self) -> int:
        return hash((self.shape, self.orientation))

    def index(self, symbol: Symbol) -> str:
        """The unit numbers of a symbol as shown: from 1, a comma between them where one has two digits."""
        if symbol.kind in ("a", "y") and symbol.layer == self.shape.depth and self.shape.sizes[-1] == 1:
            return ""
        places = [symbol.j + 1] if symbol.k is None else [symbol.j + 1, symbol.k + 1]
        if self.orientation == "fan_in_fan_out":
            places.reverse()
        return ("," if max(places) > 9 else "").join(map(str, places))

    def base(self, symbol: Symbol) -> tuple[str, str]:
        """(letter, layer mark): x, y and y_hat carry no layer."""
        if symbol.kind == "y":
            return "y", ""
        if symbol.kind == "a" and symbol.layer == 0:
            return "x", ""
        if symbol.kind == "a" and symbol.layer == self.shape.depth:
            return "ŷ", ""
        return LETTERS[symbol.kind], f"[{symbol.layer}]"


@lru_cache(maxsize=16384)
def reference(symbol: Symbol) -> str:
    """The data-ref that a symbol shares with its mark in the diagram and its row in the table; empty if none."""
    match symbol.kind:
        case "W" | "new_W" | "dW":
            return f"w-{symbol.layer}-{symbol.j}-{symbol.k}"
        case "b" | "new_b" | "db":
            return f"b-{symbol.layer}-{symbol.j}"
        case "y":
            return f"y-{symbol.j}"
        case "loss" | "own_loss":
            return "loss"
        case "eta":
            return ""
        case _:
            return f"u-{symbol.layer}-{symbol.j}"


@lru_cache(maxsize=16384)
def spelled(symbol: Symbol, script: Script, notation: Notation) -> str:
    """The symbol in a notation."""
    match symbol.kind:
        case "eta" | "loss" | "own_loss":
            return notation.constant(symbol.kind)
        case "dW" | "db":
            return notation.partial(_indexed(symbol, script, notation))
        case "da":
            return notation.partial(_indexed(symbol._replace(kind="a"), script, notation))
        case "slope":
            inner = _indexed(symbol._replace(kind="z"), script, notation)
            return notation.slope(script.shape.activation(symbol.layer), inner)
        case "slope_at_a":
            inner = _indexed(symbol._replace(kind="a"), script, notation)
            return notation.slope(script.shape.activation(symbol.layer), inner)
        case "ln_a":
            return notation.log(_indexed(symbol._replace(kind="a"), script, notation))
        case "ln_rest":
            return notation.log_of_rest(_indexed(symbol._replace(kind="a"), script, notation))
        case _:
            return _indexed(symbol, script, notation)


def _indexed(symbol: Symbol, script: Script, notation: Notation) -> str:
    return notation.indexed(*script.base(symbol), script.index(symbol))


def in_html(symbol: Symbol, script: Script) -> str:
    """The symbol in a heading or a table: letter, layer raised, unit numbers lowered."""
    letter, layer = script.base(symbol)
    index = script.index(symbol)
    return f"<i>{letter}</i>" + (f"<sup>{layer}</sup>" if layer else "") + (f"<sub>{index}</sub>" if index else "")


script_of = lru_cache(maxsize=1024)(Script)  # the same object for the same arguments
