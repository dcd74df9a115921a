"""The number that an expression stands for: for the example in focus, over the batch, and example by example."""

from collections.abc import Callable
from functools import reduce
from operator import add, mul
from typing import Protocol, TypeVar

import numpy as np

from app.engine.activations import ACTIVATIONS
from app.engine.expressions import (
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
from app.engine.types import Array

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
    "cos": np.cos,
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
        case Root(body):
            root: N = np.sqrt(of(body))
            return root
        case Power(base, exponent):
            raised: N = of(base) ** of(exponent)
            return raised
        case Minimum(parts):
            return reduce(np.minimum, map(of, parts))
        case Norm(parts):
            length: N = np.sqrt(reduce(add, (of(part) ** 2 for part in parts)))
            return length
        case Apply(name, argument):
            return FUNCTIONS[name](np.asarray(of(argument)))  # type: ignore[return-value]  # 0-d for a float
        case Rounded(body, decimals):
            near: N = np.round(of(body), decimals)
            return near
        case Mean() | BatchSum():
            raise ValueError("A mean or sum over the batch stands only at the top of an expression.")
