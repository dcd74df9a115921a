"""The number that an expression stands for: for the example in focus, over the batch, and example by example."""

from collections.abc import Callable, Iterable
from functools import partial, reduce
from operator import add, mul, neg
from typing import Any, Protocol, TypeVar

import numpy as np

from app.engine.equations.expressions import (
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
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.types import Array

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


def _length(parts: Iterable[N]) -> N:
    length: N = np.sqrt(reduce(add, (part**2 for part in parts)))
    return length


# What several parts make together, and what one makes alone.
TOGETHER: dict[type, Callable[[Iterable[Any]], Any]] = {
    Sum: partial(reduce, add),
    Product: partial(reduce, mul),
    Minimum: partial(reduce, np.minimum),
    Norm: _length,
}
ALONE: dict[type, Callable[[Any], Any]] = {Negative: neg, Square: lambda body: body**2, Root: np.sqrt}


def _evaluated(expression: Expression, value: Callable[[Symbol], N]) -> N:
    def of(part: Expression) -> N:
        return _evaluated(part, value)

    match expression:
        case Symbol():
            return value(expression)
        case Number(number):
            return number  # type: ignore[return-value]  # an int serves as a float and as an array alike
        case Sum(parts) | Product(parts) | Minimum(parts) | Norm(parts):
            together: N = TOGETHER[type(expression)](map(of, parts))
            return together
        case Negative(body) | Square(body) | Root(body):
            alone: N = ALONE[type(expression)](of(body))
            return alone
        case Quotient(above, below):
            return of(above) / of(below)
        case Power(base, exponent):
            raised: N = of(base) ** of(exponent)
            return raised
        case Apply(name, argument):
            return FUNCTIONS[name](np.asarray(of(argument)))  # type: ignore[return-value]  # 0-d for a float
        case Rounded(body, decimals):
            near: N = np.round(of(body), decimals)
            return near
        case Mean() | BatchSum():
            raise ValueError("A mean or sum over the batch stands only at the top of an expression.")
