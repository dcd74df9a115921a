"""Writes symbols and numbers of one walk as MathML: each term carries the class of its sign and the mark it names."""

from dataclasses import dataclass
from functools import lru_cache

from app.engine.equations.values import Values
from app.engine.network.expressions import Expression, Symbol, symbols_in
from app.views.formulas.notation import (
    ATOM,
    PRODUCT,
    Piece,
    Term,
    terms_of,
)
from app.views.formulas.rows import MATHML
from app.views.formulas.symbols import (
    Script,
    piece_of,
    reference,
    spelled,
)
from app.views.text.numbers import parts

# Classes of a term: error signals, slopes; the rest by the sign of its number.
MARK = {"delta": "t d", "slope": "t s", "slope_at_a": "t s"}
SIGNED = ("", "d", "new_", "g_", "velocity_", "new_velocity_", "m_", "new_m_", "m_hat_")  # v has no sign to show
PARAMETERS = frozenset(f"{state}{kind}" for state in SIGNED for kind in ("W", "b"))


class Same:
    """An expression as a key of caches, by identity: expressions of a walk live as long as it is walked."""

    __slots__ = ("expression",)

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    def __hash__(self) -> int:
        return id(self.expression)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.expression is other.expression


@lru_cache(maxsize=8192)
def _coloured(same: Same) -> tuple[Symbol, ...]:
    return tuple(dict.fromkeys(symbol for symbol in symbols_in(same.expression) if symbol.kind in PARAMETERS))


@lru_cache(maxsize=8192)
def _symbolic(same: Same, script: Script, positive: tuple[bool, ...]) -> tuple[Term, ...]:
    signs = dict(zip(_coloured(same), positive, strict=True))

    def leaf(symbol: Symbol) -> Piece:
        return piece_of(symbol, marked(symbol, spelled(symbol, script, MATHML), signs.get(symbol, True)))

    return terms_of(same.expression, MATHML, leaf)


def marked(symbol: Symbol, markup: str, positive: bool) -> str:
    """A term with its class and the mark that it lights."""
    look = MARK.get(symbol.kind) or ("t" if symbol.kind not in PARAMETERS else "t pos" if positive else "t neg")
    ref = reference(symbol)
    tie = f' data-ref="{ref}"' if ref else ""
    return f'<mrow class="{look}"{tie}>{markup}</mrow>'


def plain(value: float, digits: int) -> str:
    """A number in MathML, with its minus sign and its power of ten."""
    return written(value, digits).markup


@lru_cache(maxsize=16384)
def written(value: float, digits: int) -> Piece:
    """A number in MathML; with a power of ten it stands in brackets when it is squared."""
    mantissa, exponent = parts(value, digits)
    sign, digits_of = ("<mo form='prefix'>−</mo>", mantissa[1:]) if mantissa[0] == "−" else ("", mantissa)
    power = "" if exponent is None else f"<mo>×</mo><msup><mn>10</mn><mn>{exponent}</mn></msup>"
    markup = f"<mrow>{sign}<mn>{digits_of}</mn>{power}</mrow>" if sign or power else f"<mn>{digits_of}</mn>"
    return Piece(markup, PRODUCT if power else ATOM, minus=value < 0)


@dataclass(frozen=True)
class Pen:
    """Writes symbols and numbers of one walk in MathML, each term tied to its mark in the diagram."""

    script: Script
    values: Values
    digits: int

    def symbol(self, symbol: Symbol) -> Piece:
        """The symbol by name."""
        return piece_of(symbol, self._marked(symbol, spelled(symbol, self.script, MATHML)))

    def number(self, symbol: Symbol) -> Piece:
        """The symbol by its number; logarithms keep their ln, with the number inside, and π stays as it is."""
        if symbol.kind in ("ln_a", "ln_rest"):
            return Piece(self._marked(symbol, self._logarithm(symbol)))
        if symbol.kind == "pi":
            return self.symbol(symbol)
        markup, binding, minus = written(self.values[symbol], self.digits)
        return Piece(self._marked(symbol, markup), binding, minus)

    def plain(self, value: float) -> str:
        """A number in MathML."""
        return plain(value, self.digits)

    def _logarithm(self, symbol: Symbol) -> str:
        y_hat = self.plain(self.values[symbol._replace(kind="a")])
        inside = y_hat if symbol.kind == "ln_a" else f"<mn>1</mn><mo>−</mo>{y_hat}"
        return f"<mi>ln</mi><mo>(</mo>{inside}<mo>)</mo>"

    def _marked(self, symbol: Symbol, markup: str) -> str:
        return marked(symbol, markup, symbol.kind not in PARAMETERS or self.values[symbol] >= 0)

    def symbolic(self, expression: Expression) -> tuple[Term, ...]:
        """The expression by names, as terms: the same at each step but for the colours of its parameters."""
        same = Same(expression)
        positive = tuple(self.values[symbol] >= 0 for symbol in _coloured(same))
        return _symbolic(same, self.script, positive)

    def numeric(self, expression: Expression) -> tuple[Term, ...]:
        """The expression by numbers, as terms."""
        return terms_of(expression, MATHML, self.number)

    def left(self, symbol: Symbol) -> tuple[str, str]:
        """The left side of an equation, and the sign after it: an update is an assignment."""
        return self.symbol(symbol).markup, "←" if symbol.kind.startswith("new_") else "="

    def result(self, symbol: Symbol) -> str:
        """The number that an equation finds."""
        ref = reference(symbol)
        tie = f' data-ref="{ref}"' if ref else ""
        return f'<mrow class="res"{tie}>{self.plain(self.values[symbol])}</mrow>'

    def bracketed(self, value: float, place: int = 1) -> str:
        """A number as a term of a sum: a negative one stands in brackets unless it comes first."""
        written = self.plain(value)
        return MATHML.parenthesised(written) if value < 0 and place else written
