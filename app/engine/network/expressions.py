"""Symbols, and right-hand sides as small trees of them: they hold no values, and can be evaluated or written down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple


class Symbol(NamedTuple):
    """A name of the notation. Units j and k count from 0, layers from 0 = input.

    Kinds: z, a (layer 0 is x, the last is y_hat), y, W, b, new_W, new_b, delta (the example's own error signal),
    slope (g' as used), slope_at_a (the same where a mistake takes it at a), dW, db (over the batch), loss,
    own_loss (one example's), eta, ln_a and ln_rest (the logarithms of y_hat and 1 - y_hat), da (dL/da, on a path).
    Of an update: see equations/updates.
    """

    kind: str
    layer: int = 0
    j: int = 0
    k: int | None = None


@dataclass(frozen=True)
class Number:
    """A number that belongs to a formula itself, such as the 1 of 1 - y_hat."""

    value: int


@dataclass(frozen=True)
class Sum:
    """Terms added up; a Negative term is written with a minus sign."""

    terms: tuple["Expression", ...]


@dataclass(frozen=True)
class Product:
    """Factors multiplied."""

    factors: tuple["Expression", ...]


@dataclass(frozen=True)
class Negative:
    """Minus its body."""

    body: "Expression"


@dataclass(frozen=True)
class Quotient:
    """A fraction."""

    above: "Expression"
    below: "Expression"


@dataclass(frozen=True)
class Square:
    """Its body times itself."""

    body: "Expression"


@dataclass(frozen=True)
class Root:
    """The square root of its body."""

    body: "Expression"


@dataclass(frozen=True)
class Power:
    """A base to the power of an exponent."""

    base: "Expression"
    exponent: "Expression"


@dataclass(frozen=True)
class Minimum:
    """The smallest of its parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Norm:
    """The length of a vector: the root of the sum of its parts' squares. Its parts are the gradients of all
    parameters.
    """

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Apply:
    """A function at its argument: an activation by its name, or one of NumPy's, such as exp or cos."""

    name: str
    argument: "Expression"


@dataclass(frozen=True)
class Rounded:
    """Its body, rounded to so many decimals."""

    body: "Expression"
    decimals: int


@dataclass(frozen=True)
class Mean:
    """The mean of its body over the examples of the batch, each with its own z, a, y and delta."""

    body: "Expression"
    examples: int


@dataclass(frozen=True)
class BatchSum:
    """Its body added up over the examples of the batch, not divided by their number."""

    body: "Expression"
    examples: int


Expression = (
    Symbol
    | Number
    | Sum
    | Product
    | Negative
    | Quotient
    | Square
    | Root
    | Power
    | Minimum
    | Norm
    | Apply
    | Rounded
    | Mean
    | BatchSum
)


def symbols_in(expression: Expression) -> Iterator[Symbol]:
    """Every symbol of an expression, from left to right, repeats included."""
    if isinstance(expression, Symbol):
        yield expression
    for part in children(expression):
        yield from symbols_in(part)


def children(expression: Expression) -> tuple[Expression, ...]:
    """What an expression is made of, from left to right."""
    match expression:
        case Symbol() | Number():
            return ()
        case Sum(parts) | Product(parts) | Minimum(parts) | Norm(parts):
            return parts
        case Quotient(one, other) | Power(one, other):
            return one, other
        case Negative(body) | Square(body) | Root(body) | Apply(_, body) | Rounded(body) | Mean(body) | BatchSum(body):
            return (body,)


def substituted(expression: Expression, meanings: Mapping[Symbol | Sum, Expression]) -> Expression:
    """The same expression with symbols, or whole sums, replaced by what they stand for."""

    def of(part: Expression) -> Expression:
        return substituted(part, meanings)

    match expression:
        case Symbol():
            return meanings.get(expression, expression)
        case Number():
            return expression
        case Sum(terms):
            return meanings.get(expression) or Sum(tuple(map(of, terms)))
        case Product(factors):
            return product(*map(of, factors))
        case Minimum(parts) | Norm(parts):
            return replace(expression, parts=tuple(map(of, parts)))
        case Quotient(above, below):
            return Quotient(of(above), of(below))
        case Power(base, exponent):
            return Power(of(base), of(exponent))
        case Apply(name, argument):
            return Apply(name, of(argument))
        case Negative(body) | Square(body) | Root(body) | Rounded(body) | Mean(body) | BatchSum(body):
            return replace(expression, body=of(body))


def product(*factors: Expression) -> Expression:
    """A flat product: factors that are products themselves give their own factors; one factor stands alone."""
    flat: list[Expression] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Product) else (factor,))
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


def total(*terms: Expression) -> Expression:
    """A sum; one term stands alone."""
    return terms[0] if len(terms) == 1 else Sum(terms)


def complement(part: Expression) -> Sum:
    """1 - part."""
    return Sum((Number(1), Negative(part)))


def difference(part: Expression, other: Expression) -> Sum:
    """part - other."""
    return Sum((part, Negative(other)))


def factors_of(expression: Expression) -> tuple[Expression, ...]:
    """The factors of a product; anything else is one."""
    return expression.factors if isinstance(expression, Product) else (expression,)


def body_of(expression: Expression) -> Expression:
    """What stands inside of a mean over the batch, or of a rounding."""
    return expression.body if isinstance(expression, Mean | BatchSum | Rounded) else expression


def products_of(expression: Expression) -> tuple[Expression, ...]:
    """The terms of an expression when every factor of a sum is multiplied in: they add up to it."""
    match expression:
        case Sum(terms):
            return tuple(part for term in terms for part in products_of(term))
        case Negative(body):
            return tuple(Negative(part) for part in products_of(body))
        case Product(factors):
            spread: list[tuple[Expression, ...]] = [()]
            for factor in factors:
                spread = [(*head, part) for head in spread for part in products_of(factor)]
            return tuple(product(*parts) for parts in spread)
        case _:
            return (expression,)


HALF = Quotient(Number(1), Number(2))
