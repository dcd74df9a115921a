"""Writes symbols and numbers of one walk as MathML: each term carries the class of its sign and the mark it names."""

from dataclasses import dataclass

from app.engine import Expression, Symbol, Values
from app.views.notation import MathML, Piece, write
from app.views.numbers import parts
from app.views.symbols import Script, in_mathml, reference

MARK = {"delta": "t d", "slope": "t s"}  # classes of a term: error signals, slopes; the rest by the sign of its number
MATHML = MathML()


@dataclass(frozen=True)
class Row:
    """One line of an aligned formula: left side (may be empty), the sign between, right side; all MathML."""

    left: str
    sign: str
    right: str


@dataclass(frozen=True)
class Pen:
    """Writes symbols and numbers of one walk in MathML, each term tied to its mark in the diagram."""

    script: Script
    values: Values
    digits: int

    def symbol(self, symbol: Symbol) -> Piece:
        """The symbol by name; a logarithm is loose, so that it gets brackets in a product only where needed."""
        return Piece(self._marked(symbol, in_mathml(symbol, self.script)))

    def number(self, symbol: Symbol) -> Piece:
        """The symbol by its number; logarithms keep their ln, with the number inside."""
        if symbol.kind in ("ln_a", "ln_rest"):
            return Piece(self._marked(symbol, self._logarithm(symbol)))
        value = self.values[symbol]
        return Piece(self._marked(symbol, self.plain(value)), minus=value < 0)

    def plain(self, value: float) -> str:
        """A number in MathML, with its minus sign and its power of ten."""
        mantissa, exponent = parts(value, self.digits)
        sign, digits = ("<mo form='prefix'>−</mo>", mantissa[1:]) if mantissa[0] == "−" else ("", mantissa)
        power = "" if exponent is None else f"<mo>×</mo><msup><mn>10</mn><mn>{exponent}</mn></msup>"
        return f"<mrow>{sign}<mn>{digits}</mn>{power}</mrow>" if sign or power else f"<mn>{digits}</mn>"

    def _logarithm(self, symbol: Symbol) -> str:
        y_hat = self.plain(self.values[symbol._replace(kind="a")])
        inside = y_hat if symbol.kind == "ln_a" else f"<mn>1</mn><mo>−</mo>{y_hat}"
        return f"<mi>ln</mi><mo>(</mo>{inside}<mo>)</mo>"

    def _marked(self, symbol: Symbol, markup: str) -> str:
        ref = reference(symbol)
        tie = f' data-ref="{ref}"' if ref else ""
        return f'<mrow class="{self._look(symbol)}"{tie}>{markup}</mrow>'

    def _look(self, symbol: Symbol) -> str:
        if symbol.kind in MARK:
            return MARK[symbol.kind]
        if symbol.kind in ("W", "b", "dW", "db", "new_W", "new_b"):
            return "t pos" if self.values[symbol] >= 0 else "t neg"
        return "t"

    def symbolic(self, expression: Expression) -> str:
        """The expression by names."""
        return write(expression, MATHML, self.symbol).markup

    def numeric(self, expression: Expression) -> str:
        """The expression by numbers."""
        return write(expression, MATHML, self.number).markup

    def left(self, symbol: Symbol) -> tuple[str, str]:
        """The left side of an equation, and the sign after it: an update is an assignment."""
        return self.symbol(symbol).markup, "←" if symbol.kind.startswith("new_") else "="

    def result(self, symbol: Symbol) -> str:
        """The number that an equation finds."""
        return f'<mrow class="res" data-ref="{reference(symbol)}">{self.plain(self.values[symbol])}</mrow>'

    def bracketed(self, value: float, place: int = 1) -> str:
        """A number as a term of a sum: a negative one stands in brackets unless it comes first."""
        written = self.plain(value)
        return MATHML.parenthesised(written) if value < 0 and place else written
