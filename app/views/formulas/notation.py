"""How a formula is written: a tree of symbols goes through one notation, whichever it is."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from app.engine.network.expressions import (
    Apply,
    BatchSum,
    Expression,
    Mean,
    Minimum,
    Negative,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Root,
    Rounded,
    Square,
    Sum,
    Symbol,
)

SUM, PRODUCT, ATOM = 1, 2, 3  # how tightly a written piece holds together


class Piece(NamedTuple):
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
    def root(self, body: str) -> str: ...
    def power(self, base: str, exponent: str) -> str: ...
    def smallest(self, parts: Sequence[str]) -> str: ...
    def norm(self, body: str) -> str: ...
    def applied(self, name: str, argument: str) -> str: ...
    def rounded(self, body: str, decimals: int) -> str: ...
    def mean(self, body: str, examples: int) -> str: ...
    def batch_sum(self, body: str) -> str: ...

    # symbols
    def constant(self, kind: str) -> str: ...
    def indexed(self, letter: str, layer: str, index: str, owner: str = "") -> str: ...
    def partial(self, body: str) -> str: ...
    def slope(self, name: str, body: str) -> str: ...
    def log(self, body: str) -> str: ...
    def log_of_rest(self, body: str) -> str: ...


Leaf = Callable[[Symbol], Piece]
Term = tuple[bool, str]  # whether it is subtracted, and its markup


def write(expression: Expression, notation: Notation, leaf: Leaf) -> Piece:
    """The whole expression in a notation; `leaf` says how a symbol is written, by name or as its number."""

    of = partial(write, notation=notation, leaf=leaf)
    inside = partial(tight, notation=notation, leaf=leaf)
    match expression:
        case Symbol():
            return leaf(expression)
        case Number(value):
            return Piece(notation.number(value))
        case Sum():
            return Piece(notation.added(terms_of(expression, notation, leaf)), SUM)
        case Product(factors):
            return Piece(notation.multiplied([inside(part) for part in factors]), PRODUCT)
        case Negative(body):
            return Piece(notation.added([(True, inside(body))]), PRODUCT, minus=True)
        case Quotient(above, below):
            return Piece(notation.fraction(of(above).markup, of(below).markup))
        case Square(body):
            return Piece(notation.squared(inside(body, above=ATOM)))
        case Power(base, exponent):
            return Piece(notation.power(inside(base, above=ATOM), of(exponent).markup), PRODUCT)
        case Mean(body, examples):
            return Piece(notation.mean(inside(body), examples), PRODUCT)
        case BatchSum(body):
            return Piece(notation.batch_sum(inside(body)), PRODUCT)
        case Root(body):
            return Piece(notation.root(of(body).markup))
        case Minimum(parts):
            return Piece(notation.smallest([of(part).markup for part in parts]))
        case Norm():  # told as a sum over all parameters, by name even among numbers: there may be thousands
            return Piece(notation.norm(notation.parenthesised(notation.partial(notation.indexed("w", "", "")))))
        case Apply(name, argument):
            return Piece(notation.applied(name, of(argument).markup))
        case Rounded(body, decimals):
            return Piece(notation.rounded(of(body).markup, decimals))


def tight(part: Expression, notation: Notation, leaf: Leaf, above: int = PRODUCT) -> str:
    """The part, in brackets where it would come apart in what it stands in."""
    piece = write(part, notation, leaf)
    loose = piece.binding < above or piece.minus
    return notation.parenthesised(piece.markup) if loose else piece.markup


def terms_of(expression: Expression, notation: Notation, leaf: Leaf) -> tuple[Term, ...]:
    """The terms of a sum; anything else is one term. A later negative number stands in brackets, as by hand."""
    if not isinstance(expression, Sum):
        return ((False, write(expression, notation, leaf).markup),)
    terms: list[Term] = []
    for part in expression.terms:
        if isinstance(part, Negative):
            terms.append((True, tight(part.body, notation, leaf)))
            continue
        piece = write(part, notation, leaf)
        terms.append((False, notation.parenthesised(piece.markup) if piece.minus and terms else piece.markup))
    return tuple(terms)


def signed_terms(terms: Sequence[tuple[bool, str]], sign: str) -> str:
    """Terms in one line: the signs between them, and a minus before the first where it has one."""
    (minus, head), *rest = terms
    return (sign if minus else "") + head + "".join(f" {sign if m else '+'} {markup}" for m, markup in rest)
