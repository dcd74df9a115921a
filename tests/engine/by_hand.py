"""The referee: the same mathematics in plain Python floats, one number at a time, no formula shared with the engine."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

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

Lookup = Callable[[Symbol], float]

G: dict[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: z if z > 0 else 0.0,
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
}


def outputs(name: str, z: Sequence[float]) -> list[float]:
    """A layer's activations from its sums."""
    if name == "softmax":
        e = [math.exp(x) for x in z]
        return [x / sum(e) for x in e]
    return [G[name](x) for x in z]


Numbers = Sequence[float]
Layers = Sequence[tuple[Sequence[Numbers], Numbers, str]]


def predictions(layers: Layers, x: Numbers) -> Numbers:
    """The network's answer to one example; each layer is (W as rows of fan_in numbers, b, activation)."""
    for W, b, name in layers:
        z = [sum(w * a for w, a in zip(row, x, strict=True)) + bias for row, bias in zip(W, b, strict=True)]
        x = outputs(name, z)
    return x


def loss(name: str, layers: Layers, x: Numbers, y: Numbers) -> float:
    """One example's loss as the formulas define it."""
    pairs = list(zip(predictions(layers, x), y, strict=True))
    if name == "binary_cross_entropy":
        rest = predictions(negated(layers), x)  # 1 - sigmoid(z) is sigmoid(-z), with all its digits
        return sum(-t * math.log(p) - (1 - t) * math.log(q) for (p, t), q in zip(pairs, rest, strict=True))
    if name == "cross_entropy":
        return sum(-t * math.log(p) for p, t in pairs)
    squares = sum((p - t) ** 2 for p, t in pairs)
    return {"half_squared_error": squares / 2, "mean_squared_error": squares / len(pairs)}[name]


def negated(layers: Layers) -> Layers:
    """The same network with the sums of its last layer turned to their opposite."""
    *before, (W, b, name) = layers
    return [*before, ([[-w for w in row] for row in W], [-x for x in b], name)]


def mean_loss(layers: Layers, X: Sequence[Numbers], Y: Sequence[Numbers], name: str) -> float:
    """The mean over the examples of their losses."""
    return sum(loss(name, layers, x, y) for x, y in zip(X, Y, strict=True)) / len(X)


def derivative(f: Callable[[float], float], x: float, h: float = 2e-3) -> float:
    """f'(x) by the central difference of sixth order: from f at x - 3h to x + 3h."""
    near, middle, far = (f(x + i * h) - f(x - i * h) for i in (1, 2, 3))
    return (45 * near - 9 * middle + far) / (60 * h)


class Sized(NamedTuple):
    """A value, and how large the numbers were that it was made from: what rounding errors are relative to."""

    value: float
    size: float


def evaluated(expression: Expression, row: int, value: Callable[[Symbol, int], float]) -> Sized:
    """An expression for the example in `row`; `value` gives a symbol's number for an example."""

    def of(part: Expression) -> Sized:
        return evaluated(part, row, value)

    match expression:
        case Symbol():
            x = value(expression, row)
            return Sized(x, abs(x))
        case Number(number):
            return Sized(float(number), float(number))
        case Sum(terms):
            parts = [of(term) for term in terms]
            return Sized(sum(part.value for part in parts), sum(part.size for part in parts))
        case Product(factors):
            parts = [of(factor) for factor in factors]
            return Sized(math.prod(part.value for part in parts), math.prod(part.size for part in parts))
        case Negative(body):
            return Sized(-of(body).value, of(body).size)
        case Quotient(above, below):
            top, bottom = of(above), of(below)
            return Sized(top.value / bottom.value, top.size * bottom.size / bottom.value**2)
        case Square(body):
            return Sized(of(body).value ** 2, of(body).size ** 2)
        case Root(body):
            x = math.sqrt(of(body).value)
            return Sized(x, x + (of(body).size / x if x else 0.0))
        case Power(base, exponent):
            x = math.pow(of(base).value, of(exponent).value)
            return Sized(x, x * (1 + abs(of(exponent).value)))
        case Minimum(parts):
            return min(map(of, parts))
        case Norm(parts):
            return Sized(length := math.hypot(*(of(part).value for part in parts)), length)
        case Apply(name, argument):
            x = {"exp": math.exp, "cos": math.cos, **G}[name](of(argument).value)
            return Sized(x, abs(x) * (1 + of(argument).size) + of(argument).size)
        case Rounded(body, decimals):
            return Sized(round(of(body).value, decimals), of(body).size)
        case Mean(body, examples):
            each = [evaluated(body, i, value) for i in range(examples)]
            return Sized(sum(part.value for part in each) / examples, sum(part.size for part in each) / examples)
        case BatchSum(body, examples):
            each = [evaluated(body, i, value) for i in range(examples)]
            return Sized(sum(part.value for part in each), sum(part.size for part in each))
