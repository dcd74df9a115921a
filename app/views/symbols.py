"""How one symbol is written, in each notation and in the lesson's index order, and the mark that it names."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.engine import Shape, Symbol
from app.lessons import Orientation
from app.views.notation import FUNCTION_NAMES, latex_function

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
LATEX_LETTERS = {"δ": r"\delta"}


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

    def gate(self, symbol: Symbol) -> str:
        """The name of the activation whose slope a slope symbol is."""
        return self.shape.activation(symbol.layer)


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


@lru_cache(maxsize=8192)
def in_mathml(symbol: Symbol, script: Script) -> str:
    """The symbol's MathML, without wrapper."""
    match symbol.kind:
        case "eta":
            return "<mi>η</mi>"
        case "loss" | "own_loss":
            return "<mi>ℒ</mi>"
        case "dW" | "db":
            return f"<mfrac><mrow><mo>∂</mo><mi>ℒ</mi></mrow><mrow><mo>∂</mo>{_indexed(symbol, script)}</mrow></mfrac>"
        case "slope":
            name = FUNCTION_NAMES.get(script.gate(symbol), script.gate(symbol))
            inner = _indexed(symbol._replace(kind="z"), script)
            return f"<msup><mi>{name}</mi><mo>′</mo></msup><mo>(</mo>{inner}<mo>)</mo>"
        case "ln_a":
            return f"<mi>ln</mi><mspace width='.17em'/>{_indexed(symbol._replace(kind='a'), script)}"
        case "ln_rest":
            inner = _indexed(symbol._replace(kind="a"), script)
            return f"<mi>ln</mi><mo>(</mo><mn>1</mn><mo>−</mo>{inner}<mo>)</mo>"
        case _:
            return _indexed(symbol, script)


def _indexed(symbol: Symbol, script: Script) -> str:
    letter, layer = script.base(symbol)
    index = script.index(symbol)
    base = "<mover accent='true'><mi>y</mi><mo>ˆ</mo></mover>" if letter == "ŷ" else f"<mi>{letter}</mi>"
    if layer:
        return f"<msubsup>{base}<mn>{index}</mn><mtext>{layer}</mtext></msubsup>"
    return f"<msub>{base}<mn>{index}</mn></msub>" if index else base


@lru_cache(maxsize=8192)
def in_latex(symbol: Symbol, script: Script) -> str:
    """The symbol's LaTeX."""
    match symbol.kind:
        case "eta":
            return r"\eta"
        case "loss" | "own_loss":
            return r"\mathcal{L}"
        case "dW" | "db":
            return rf"\frac{{\partial \mathcal{{L}}}}{{\partial {_latex_indexed(symbol, script)}}}"
        case "slope":
            inner = _latex_indexed(symbol._replace(kind="z"), script)
            return rf"{latex_function(script.gate(symbol))}'\left({inner}\right)"
        case "ln_a":
            return rf"\ln {_latex_indexed(symbol._replace(kind='a'), script)}"
        case "ln_rest":
            return rf"\ln\left(1 - {_latex_indexed(symbol._replace(kind='a'), script)}\right)"
        case _:
            return _latex_indexed(symbol, script)


def _latex_indexed(symbol: Symbol, script: Script) -> str:
    letter, layer = script.base(symbol)
    index = script.index(symbol)
    base = r"\hat{y}" if letter == "ŷ" else LATEX_LETTERS.get(letter, letter)
    return base + (f"^{{{layer}}}" if layer else "") + (f"_{{{index}}}" if index else "")


@lru_cache(maxsize=8192)
def in_text(symbol: Symbol, script: Script) -> str:
    """The symbol in one line of plain text, such as w^[2]_11."""
    match symbol.kind:
        case "eta":
            return "η"
        case "loss" | "own_loss":
            return "ℒ"
        case "dW" | "db":
            return f"∂ℒ/∂{_text_indexed(symbol, script)}"
        case "slope":
            name = FUNCTION_NAMES.get(script.gate(symbol), script.gate(symbol))
            return f"{name}′({_text_indexed(symbol._replace(kind='z'), script)})"
        case "ln_a":
            return f"ln {_text_indexed(symbol._replace(kind='a'), script)}"
        case "ln_rest":
            return f"ln(1 − {_text_indexed(symbol._replace(kind='a'), script)})"
        case _:
            return _text_indexed(symbol, script)


def _text_indexed(symbol: Symbol, script: Script) -> str:
    letter, layer = script.base(symbol)
    index = script.index(symbol)
    return letter + (f"^{layer}" if layer else "") + (f"_{index}" if index else "")


def in_html(symbol: Symbol, script: Script) -> str:
    """The symbol in a heading or a table: letter, layer raised, unit numbers lowered."""
    letter, layer = script.base(symbol)
    index = script.index(symbol)
    return f"<i>{letter}</i>" + (f"<sup>{layer}</sup>" if layer else "") + (f"<sub>{index}</sub>" if index else "")


script_of = lru_cache(maxsize=1024)(Script)  # the same object for the same arguments
