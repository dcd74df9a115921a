"""Formulas as MathML for the page: the notation, the rows of an aligned formula, and the pen that writes one walk's."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.engine.equations.values import Values
from app.engine.network.expressions import Expression, Symbol
from app.views.formulas.notation import ATOM, PRODUCT, Piece, Term, terms_of
from app.views.formulas.symbols import CONSTANTS, HATS, Script, function_symbol, piece_of, reference, spelled
from app.views.text.numbers import parts

_OVER_EXAMPLES = "<munder><mo>∑</mo><mtext>examples</mtext></munder>"
_STRUT = "<mspace width='0' height='.85em'/>"  # keeps the bar of a root off the digits below it
_TALL = re.compile("<m(frac|sub|sup|over|under|sqrt)")
_OVER_PARAMETERS = "<munder><mo>∑</mo><mtext>parameters</mtext></munder>"


def share_of(examples: int) -> str:
    """1/m, as in a line of text."""
    return f'<mstyle displaystyle="false"><mfrac><mn>1</mn><mn>{examples}</mn></mfrac></mstyle>'


class MathML:
    """Presentation MathML for the page: no ids, no styles, only classes."""

    def number(self, value: int) -> str:
        return f"<mn>{value}</mn>"

    def parenthesised(self, body: str) -> str:
        # around what is no higher than a number: brackets that could grow have room for that beside them
        still = "" if _TALL.search(body) else ' stretchy="false"'
        return f"<mrow><mo{still}>(</mo>{body}<mo{still}>)</mo></mrow>"

    def added(self, terms: Sequence[tuple[bool, str]]) -> str:
        written = []
        for place, (minus, markup) in enumerate(terms):
            sign = "−" if minus else "+"
            form = ' form="prefix"' if place == 0 else ""
            written.append(markup if place == 0 and not minus else f"<mo{form}>{sign}</mo>{markup}")
        return f"<mrow>{''.join(written)}</mrow>"

    def multiplied(self, factors: Sequence[str]) -> str:
        return f"<mrow>{'<mo>·</mo>'.join(factors)}</mrow>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def squared(self, body: str) -> str:
        return f"<msup>{body}<mn>2</mn></msup>"

    def root(self, body: str) -> str:
        return f"<msqrt>{_STRUT}{body}</msqrt>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{base}<mrow>{exponent}</mrow></msup>"

    def smallest(self, parts: Sequence[str]) -> str:
        return f"<mrow><mi>min</mi>{self.parenthesised('<mo>,</mo>'.join(parts))}</mrow>"

    def norm(self, body: str) -> str:
        # as in a line of text: a sign of the root that is built of pieces, for a taller body, does not meet its bar
        return f'<msqrt displaystyle="false">{_OVER_PARAMETERS}{self.squared(body)}</msqrt>'

    def applied(self, name: str, argument: str) -> str:
        if name == "exp":
            return f"<msup><mi>e</mi><mrow>{argument}</mrow></msup>"
        return f"<mrow><mi>{function_symbol(name)}</mi>{self.parenthesised(argument)}</mrow>"

    def rounded(self, body: str, decimals: int) -> str:
        return f"<mrow><msub><mtext>round</mtext><mn>{decimals}</mn></msub>{self.parenthesised(body)}</mrow>"

    def mean(self, body: str, examples: int) -> str:
        return f"<mrow>{share_of(examples)}{_OVER_EXAMPLES}{body}</mrow>"

    def batch_sum(self, body: str) -> str:
        return f"<mrow>{_OVER_EXAMPLES}{body}</mrow>"

    def constant(self, kind: str) -> str:
        return CONSTANTS[kind].mathml

    def indexed(self, letter: str, layer: str, index: str, owner: str = "") -> str:
        hat = HATS.get(letter)
        base = f"<mover accent='true'><mi>{hat}</mi><mo>ˆ</mo></mover>" if hat else f"<mi>{letter}</mi>"
        below = f"<mi>{index}</mi>" if index.isalpha() else f"<mn>{index}</mn>"
        if owner:
            below = f"<mrow><mi>{owner}</mi>{below}</mrow>"
        if layer:
            return f"<msubsup>{base}{below}<mtext>{layer}</mtext></msubsup>"
        return f"<msub>{base}{below}</msub>" if index else base

    def partial(self, body: str) -> str:
        return f"<mfrac><mrow><mo>∂</mo><mi>ℒ</mi></mrow><mrow><mo>∂</mo>{body}</mrow></mfrac>"

    def slope(self, name: str, body: str) -> str:
        return f"<msup><mi>{function_symbol(name)}</mi><mo>′</mo></msup><mo>(</mo>{body}<mo>)</mo>"

    def log(self, body: str) -> str:
        return f"<mi>ln</mi><mspace width='.17em'/>{body}"

    def log_of_rest(self, body: str) -> str:
        return f"<mi>ln</mi><mo>(</mo><mn>1</mn><mo>−</mo>{body}<mo>)</mo>"


MATHML = MathML()


# Rows of an aligned formula: what is too wide for one goes on below, its sign in the column of signs

WIDE = 45  # characters of a sum that fit beside the left side
LINE = 52  # with what it comes to
TAG = re.compile("<[^>]*>")


class Row(NamedTuple):
    """One line of an aligned formula: left side (may be empty), the sign between, right side; all MathML."""

    left: str
    sign: str
    right: str


def wrapped(left: str, sign: str, terms: Sequence[Term], opening: str = "", closing: str = "") -> Iterator[Row]:
    """The sum of the terms, between `opening` and `closing`, on as many rows as it takes."""
    lines = list(_lines(terms))
    for place, line in enumerate(lines):
        (minus, head), *rest = line
        start = place == 0
        written = MATHML.added([(minus and start, head), *rest]) if len(line) > 1 or (minus and start) else head
        tail = closing if place == len(lines) - 1 else ""
        markup = f"<mrow>{opening if start else ''}{written}{tail}</mrow>" if opening else written
        yield Row(left, sign, markup) if start else Row("", "−" if minus else "+", markup)


def _lines(terms: Sequence[Term]) -> Iterator[list[Term]]:
    line: list[Term] = []
    width = 0
    for term in terms:
        wide = len(TAG.sub("", term[1])) if len(terms) > 1 else 0
        if line and width + wide > WIDE:
            yield line
            line, width = [], 0
        line.append(term)
        width += wide + 3
    yield line


def packed(rows: Iterable[Row]) -> list[Row]:
    """What comes to the same goes on in one line where it fits, a = b · c = 0.5 · 2 = 1; a phone breaks it there."""
    lines: list[list[Row]] = []
    width = 0
    for row in rows:
        wide = len(TAG.sub("", row.right))
        goes_on = bool(lines) and lines[-1][0].sign in ("", "=") and row.sign == "=" and not row.left
        if goes_on and width + wide + 3 <= LINE:
            lines[-1].append(row)
            width += wide + 3
        else:
            lines.append([row])
            width = wide
    return [_joined(first, rest) for first, *rest in lines]


def _joined(first: Row, rest: Sequence[Row]) -> Row:
    also = "".join(f"<mrow><mo>=</mo>{row.right}</mrow>" for row in rest)
    return first._replace(right=f'<mrow class="j">{first.right}{also}</mrow>') if rest else first


def aligned(rows: Iterable[Row]) -> str:
    """Rows below each other, their signs in one column; empty where there are none."""
    cells = "".join(
        f"<mtr><mtd>{row.left}</mtd><mtd><mo>{row.sign}</mo></mtd><mtd>{row.right}</mtd></mtr>" for row in rows
    )
    table = f'<mtable class="al" displaystyle="true">{cells}</mtable>'
    return f'<math display="block">{table}</math>' if cells else ""


# The pen: each term carries the class of its sign and the mark that it names

# Classes of a term: error signals, slopes; the rest by the sign of its number.
MARK = {"delta": "t d", "slope": "t s", "slope_at_a": "t s"}
SIGNED = ("", "d", "new_", "g_", "velocity_", "new_velocity_", "m_", "new_m_", "m_hat_")  # v has no sign to show
PARAMETERS = frozenset(f"{state}{kind}" for state in SIGNED for kind in ("W", "b"))


def marked(symbol: Symbol, markup: str, positive: bool) -> str:
    """A term with its class and the mark that it lights."""
    look = MARK.get(symbol.kind) or ("t" if symbol.kind not in PARAMETERS else "t pos" if positive else "t neg")
    ref = reference(symbol)
    tie = f' data-ref="{ref}"' if ref else ""
    return f'<mrow class="{look}"{tie}>{markup}</mrow>'


def plain(value: float, digits: int) -> str:
    """A number in MathML, with its minus sign and its power of ten."""
    return written(value, digits).markup


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
        """The symbol by its number; π stays as it is. Logarithms keep their ln, with the number inside, but where that
        has been rounded to 0 or 1 and the logarithm has not.
        """
        if symbol.kind in ("ln_a", "ln_rest") and not self._is_lost(symbol):
            return Piece(self._marked(symbol, self._logarithm(symbol)))
        if symbol.kind == "pi":
            return self.symbol(symbol)
        markup, binding, minus = written(self.values[symbol], self.digits)
        return Piece(self._marked(symbol, markup), binding, minus)

    def plain(self, value: float) -> str:
        """A number in MathML."""
        return plain(value, self.digits)

    def _is_lost(self, symbol: Symbol) -> bool:
        y_hat = self.values[symbol._replace(kind="a")]
        inside = y_hat if symbol.kind == "ln_a" else 1 - y_hat
        return inside == 0 or (inside == 1 and self.values[symbol] != 0)

    def _logarithm(self, symbol: Symbol) -> str:
        y_hat = self.plain(self.values[symbol._replace(kind="a")])
        inside = y_hat if symbol.kind == "ln_a" else f"<mn>1</mn><mo>−</mo>{y_hat}"
        return f"<mi>ln</mi><mo>(</mo>{inside}<mo>)</mo>"

    def _marked(self, symbol: Symbol, markup: str) -> str:
        return marked(symbol, markup, symbol.kind not in PARAMETERS or self.values[symbol] >= 0)

    def symbolic(self, expression: Expression) -> tuple[Term, ...]:
        """The expression by names, as terms."""
        return terms_of(expression, MATHML, self.symbol)

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
