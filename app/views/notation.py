"""How formulas are written: the same tree of symbols as MathML, as LaTeX and as plain text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.engine import (
    Apply,
    Expression,
    Mean,
    Negative,
    Number,
    Product,
    Quotient,
    Rounded,
    Square,
    Sum,
    Symbol,
)

SUM, PRODUCT, ATOM = 1, 2, 3  # how tightly a written piece holds together


@dataclass(frozen=True)
class Piece:
    """A written part of a formula: its markup, how tightly it binds, whether it starts with a minus sign."""

    markup: str
    binding: int = ATOM
    minus: bool = False


class Notation(Protocol):
    """The marks of one way to write formulas; each method gets markup and gives markup."""

    def number(self, value: int) -> str: ...
    def parenthesised(self, body: str) -> str: ...
    def added(self, terms: Sequence[tuple[bool, str]]) -> str: ...
    def multiplied(self, factors: Sequence[str]) -> str: ...
    def fraction(self, above: str, below: str) -> str: ...
    def squared(self, body: str) -> str: ...
    def applied(self, name: str, argument: str) -> str: ...
    def rounded(self, body: str, decimals: int) -> str: ...
    def mean(self, body: str, examples: int) -> str: ...


Leaf = Callable[[Symbol], Piece]


def write(expression: Expression, notation: Notation, leaf: Leaf) -> Piece:
    """The whole expression in a notation; `leaf` says how a symbol is written, by name or as its number."""

    def of(part: Expression) -> Piece:
        return write(part, notation, leaf)

    def tight(part: Expression, above: int = PRODUCT) -> str:
        piece = of(part)
        loose = piece.binding < above or piece.minus
        return notation.parenthesised(piece.markup) if loose else piece.markup

    match expression:
        case Symbol():
            return leaf(expression)
        case Number(value):
            return Piece(notation.number(value))
        case Sum(terms):
            return Piece(notation.added([_term(part, i, of, tight) for i, part in enumerate(terms)]), SUM)
        case Product(factors):
            return Piece(notation.multiplied([tight(part) for part in factors]), PRODUCT)
        case Negative(body):
            return Piece(notation.added([(True, tight(body))]), PRODUCT, minus=True)
        case Quotient(above, below):
            return Piece(notation.fraction(of(above).markup, of(below).markup))
        case Square(body):
            return Piece(notation.squared(tight(body, ATOM)))
        case Apply(name, argument):
            return Piece(notation.applied(name, of(argument).markup))
        case Rounded(body, decimals):
            return Piece(notation.rounded(of(body).markup, decimals))
        case Mean(body, examples):
            return Piece(notation.mean(tight(body), examples), PRODUCT)


def _term(
    part: Expression, place: int, of: Callable[[Expression], Piece], tight: Callable[[Expression], str]
) -> tuple[bool, str]:
    """(is it subtracted, its markup): a later negative number stands in brackets, as by hand."""
    if isinstance(part, Negative):
        return True, tight(part.body)
    piece = of(part)
    bracket = piece.minus and place > 0
    return False, tight(part) if bracket else piece.markup


FUNCTION_NAMES = {
    "sigmoid": "σ",
    "relu": "ReLU",
    "leaky_relu": "LReLU",
    "elu": "ELU",
    "gelu": "GELU",
}


class MathML:
    """Presentation MathML for the page: no ids, no styles, only classes."""

    def number(self, value: int) -> str:
        return f"<mn>{value}</mn>"

    def parenthesised(self, body: str) -> str:
        return f"<mrow><mo>(</mo>{body}<mo>)</mo></mrow>"

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

    def applied(self, name: str, argument: str) -> str:
        if name == "exp":
            return f"<msup><mi>e</mi><mrow>{argument}</mrow></msup>"
        return f"<mrow><mi>{FUNCTION_NAMES.get(name, name)}</mi>{self.parenthesised(argument)}</mrow>"

    def rounded(self, body: str, decimals: int) -> str:
        return f"<mrow><msub><mtext>round</mtext><mn>{decimals}</mn></msub>{self.parenthesised(body)}</mrow>"

    def mean(self, body: str, examples: int) -> str:
        summed = "<munder><mo>∑</mo><mtext>examples</mtext></munder>"
        return f"<mrow>{self.fraction('<mn>1</mn>', f'<mn>{examples}</mn>')}{summed}{body}</mrow>"


class LaTeX:
    """LaTeX for those who copy a formula into their notes."""

    def number(self, value: int) -> str:
        return str(value)

    def parenthesised(self, body: str) -> str:
        return rf"\left({body}\right)"

    def added(self, terms: Sequence[tuple[bool, str]]) -> str:
        return _signed(terms, "-")

    def multiplied(self, factors: Sequence[str]) -> str:
        return r" \cdot ".join(factors)

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def squared(self, body: str) -> str:
        return f"{body}^{{2}}"

    def applied(self, name: str, argument: str) -> str:
        if name == "exp":
            return f"e^{{{argument}}}"
        return latex_function(name) + self.parenthesised(argument)

    def rounded(self, body: str, decimals: int) -> str:
        return rf"\operatorname{{round}}_{{{decimals}}}{self.parenthesised(body)}"

    def mean(self, body: str, examples: int) -> str:
        return rf"\frac{{1}}{{{examples}}} \sum_{{\text{{examples}}}} {body}"


class PlainText:
    """One line of plain text, for the API and for text alternatives."""

    def number(self, value: int) -> str:
        return str(value)

    def parenthesised(self, body: str) -> str:
        return f"({body})"

    def added(self, terms: Sequence[tuple[bool, str]]) -> str:
        return _signed(terms, "−")

    def multiplied(self, factors: Sequence[str]) -> str:
        return " · ".join(factors)

    def fraction(self, above: str, below: str) -> str:
        return f"{_bracketed(above)}/{_bracketed(below)}"

    def squared(self, body: str) -> str:
        return f"{body}²"

    def applied(self, name: str, argument: str) -> str:
        if name == "exp":
            return f"exp({argument})"
        return f"{FUNCTION_NAMES.get(name, name)}({argument})"

    def rounded(self, body: str, decimals: int) -> str:
        return f"round({body}, {decimals})"

    def mean(self, body: str, examples: int) -> str:
        return f"1/{examples} · Σ over the examples of {body}"


def latex_function(name: str) -> str:
    """The function's name in LaTeX."""
    if name in ("tanh", "ln"):
        return rf"\{name}"
    return r"\sigma" if name == "sigmoid" else rf"\operatorname{{{FUNCTION_NAMES.get(name, name)}}}"


def _signed(terms: Sequence[tuple[bool, str]], sign: str) -> str:
    (minus, head), *rest = terms
    return (sign if minus else "") + head + "".join(f" {sign if m else '+'} {markup}" for m, markup in rest)


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text
