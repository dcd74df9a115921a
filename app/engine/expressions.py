"""Right-hand sides as small trees of symbols: they hold no values, and can be evaluated or written down."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from app.engine.activations import ACTIVATIONS
from app.engine.types import Array


class Symbol(NamedTuple):
    """A name of the notation. Units j and k count from 0, layers from 0 = input.

    Kinds: z, a (layer 0 is x, the last is y_hat), y, W, b, new_W, new_b, delta (the example's own error signal),
    slope (g' as used), slope_at_a (the same where a mistake takes it at a), dW, db (over the batch), loss,
    own_loss (one example's), eta, ln_a and ln_rest (the logarithms of y_hat and 1 - y_hat), da (dL/da, on a path).
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
class Apply:
    """A function of the notation (an activation's name, or exp) at its argument."""

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


Expression = Symbol | Number | Sum | Product | Negative | Quotient | Square | Apply | Rounded | Mean | BatchSum
N = TypeVar("N", float, Array)


class Batch(Protocol):
    """What symbols stand for over the batch: an array of shape (m,) each."""

    def __getitem__(self, symbol: Symbol) -> Array: ...


class Lookup(Protocol):
    """What symbols stand for, for the example in focus, and over the batch."""

    def __getitem__(self, symbol: Symbol) -> float: ...

    @property
    def batch(self) -> Batch: ...


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    **{name: activation.g for name, activation in ACTIVATIONS.items() if not activation.couples},
}


def evaluate(expression: Expression, values: Lookup) -> float:
    """The number that an expression stands for, for the example in focus."""
    if isinstance(expression, Mean | BatchSum):
        shares = _evaluated(expression.body, values.batch.__getitem__)
        return float(np.mean(shares) if isinstance(expression, Mean) else np.sum(shares))
    return float(_evaluated(expression, values.__getitem__))


def evaluate_each(expression: Expression, batch: Batch, examples: int) -> list[float]:
    """The numbers that one example's expression stands for, example by example."""
    numbers: list[float] = np.broadcast_to(_evaluated(expression, batch.__getitem__), (examples,)).tolist()
    return numbers


def _evaluated(expression: Expression, value: Callable[[Symbol], N]) -> N:
    def of(part: Expression) -> N:
        return _evaluated(part, value)

    match expression:
        case Symbol():
            return value(expression)
        case Number(number):
            return number  # type: ignore[return-value]  # an int serves as a float and as an array alike
        case Sum(terms):
            return reduce(add, map(of, terms))
        case Product(factors):
            return reduce(mul, map(of, factors))
        case Negative(body):
            return -of(body)
        case Quotient(above, below):
            return of(above) / of(below)
        case Square(body):
            return of(body) ** 2
        case Apply(name, argument):
            return FUNCTIONS[name](np.asarray(of(argument)))  # type: ignore[return-value]  # 0-d for a float
        case Rounded(body, decimals):
            near: N = np.round(of(body), decimals)
            return near
        case Mean() | BatchSum():
            raise ValueError("A mean or sum over the batch stands only at the top of an expression.")


def symbols_in(expression: Expression) -> Iterator[Symbol]:
    """Every symbol of an expression, from left to right, repeats included."""
    match expression:
        case Symbol():
            yield expression
        case Number():
            return
        case Sum(parts) | Product(parts):
            for part in parts:
                yield from symbols_in(part)
        case Quotient(above, below):
            yield from symbols_in(above)
            yield from symbols_in(below)
        case Negative(body) | Square(body) | Apply(_, body) | Rounded(body, _) | Mean(body, _) | BatchSum(body, _):
            yield from symbols_in(body)


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
        case Negative(body):
            return Negative(of(body))
        case Quotient(above, below):
            return Quotient(of(above), of(below))
        case Square(body):
            return Square(of(body))
        case Apply(name, argument):
            return Apply(name, of(argument))
        case Rounded(body, decimals):
            return Rounded(of(body), decimals)
        case Mean(body, examples):
            return Mean(of(body), examples)
        case BatchSum(body, examples):
            return BatchSum(of(body), examples)


def product(*factors: Expression) -> Expression:
    """A flat product: factors that are products themselves give their own factors; one factor stands alone."""
    flat: list[Expression] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Product) else (factor,))
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


def total(*terms: Expression) -> Expression:
    """A sum; one term stands alone."""
    return terms[0] if len(terms) == 1 else Sum(terms)


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
