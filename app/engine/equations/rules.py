"""The rules of an iteration told as expressions, and those of backward() as parts of lines of NumPy.

Beside each stands code of the same name in propagation and losses.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.engine.equations.shape import Shape
from app.engine.network.activations import ACTIVATIONS, Code
from app.engine.network.expressions import (
    Expression,
    Mean,
    Negative,
    Number,
    Rounded,
    Sum,
    Symbol,
    difference,
    product,
    total,
)
from app.engine.network.losses import LOSSES


def y_hats(shape: Shape) -> tuple[Symbol, ...]:
    """The network's predictions: the activation of each output unit."""
    return tuple(Symbol("a", shape.depth, j) for j in range(shape.sizes[-1]))


def targets(shape: Shape) -> tuple[Symbol, ...]:
    """What each output unit should say."""
    return tuple(Symbol("y", shape.depth, j) for j in range(shape.sizes[-1]))


# Forward ------------------------------------------------------------------------------------------------------------


def weighted_sum(shape: Shape, l: int, j: int) -> Expression:
    """z: each weight times what it carries, plus the bias."""
    carried = (product(Symbol("W", l, j, k), Symbol("a", l - 1, k)) for k in range(shape.sizes[l - 1]))
    return Sum((*carried, Symbol("b", l, j)))


def activated(shape: Shape, l: int, j: int) -> Expression:
    """a = g(z), rounded where the walk rounds."""
    z = tuple(Symbol("z", l, i) for i in range(shape.sizes[l]))
    value = ACTIVATIONS[shape.activation(l)].formula(z, j)
    return value if shape.decimals is None else Rounded(value, shape.decimals)


# Backward -----------------------------------------------------------------------------------------------------------


def slope_by_hand(shape: Shape, slope: Symbol) -> Expression | None:
    """What the slope is computed from where a walk rounds: the rounded a; None where it is g'(z) itself."""
    activation = ACTIVATIONS[shape.activation(slope.layer)]
    if shape.decimals is None or activation.slope_from_a is None or activation.slope_formula is None:
        return None
    return activation.slope_formula(Symbol("a", slope.layer, slope.j))


def averaged(shape: Shape, own: Expression) -> Expression:
    """A gradient from one example's own: the mean over the batch where it holds several."""
    return own if shape.examples == 1 else Mean(own, shape.examples)


@dataclass(frozen=True)
class Story:
    """How the rules of backward() are told: a field for each of `propagation.Rules`.

    `slope` gives g'(z) as a factor, none where it is 1; `weights` the weight through which the error signal of unit j
    of layer l comes back to unit k of the layer before; `pulled_back` one term for each unit that a unit feeds, to be
    added up; `bias_gradient` one example's own dL/db, from its error signal.
    """

    output_error: Callable[[Shape, Expression], Expression] = lambda shape, right: right
    slope: Callable[[Shape, int, int], tuple[Expression, ...]] = lambda shape, l, j: (
        () if ACTIVATIONS[shape.activation(l)].passes_on else (Symbol("slope", l, j),)
    )
    weights: Callable[[int, int, int], Expression] = lambda l, j, k: Symbol("W", l, j, k)
    pulled_back: Callable[[tuple[Expression, ...]], tuple[Expression, ...]] = lambda ways: ways
    carried: Callable[[int, int], Symbol] = lambda l, k: Symbol("a", l - 1, k)
    averaged: Callable[[Shape, Expression], Expression] = averaged
    bias_gradient: Callable[[Expression, int], Expression] = lambda own, fan_in: own


@dataclass(frozen=True)
class OutputError:
    """The output's error signal in NumPy: factors in front, the difference, and the slope, empty where it is none."""

    ahead: tuple[str, ...]
    difference: str
    slope: str


@dataclass(frozen=True)
class Lines:
    """How the rules of backward() are written in NumPy: a field for each of `propagation.Rules`.

    Each takes names or parts of a line and gives a part. W stands for the matrix (fan_out, fan_in), however it is
    stored.
    """

    output_error: Callable[[OutputError], OutputError] = lambda error: error
    slope: Callable[[Code, str, str], str] = lambda code, Z, A: code.slope.format(Z=Z, A=A)
    weights: Callable[[str, str], str] = lambda W, dW: W
    pulled_back: Callable[[str, str], str] = lambda delta, W: f"{delta} @ {W}"
    carried: Callable[[str, str], str] = lambda A_prev, A: A_prev
    averaged: Callable[[int], bool] = lambda examples: examples > 1
    bias_gradient: Callable[[str, int], str] = lambda total, fan_in: total


def transposed(W: str) -> str:
    """The matrix turned, or turned back."""
    return W.removesuffix(".T") if W.endswith(".T") else f"{W}.T"


def _right_output_error(shape: Shape, story: Story, j: int) -> Expression:
    loss, activation = LOSSES[shape.loss], ACTIVATIONS[shape.activation(shape.depth)]
    y_hat, y = y_hats(shape), targets(shape)
    if loss.error is not None:
        return difference(y_hat[j], y[j])
    if activation.couples:
        shares = (product(*loss.slope(y_hat, y, i), y_hat[i]) for i in range(len(y)))
        own = product(*loss.slope(y_hat, y, j))
        return product(y_hat[j], Sum((own, *(Negative(share) for share in shares))))
    return product(*loss.slope(y_hat, y, j), *story.slope(shape, shape.depth, j))


def why(shape: Shape, story: Story, j: int) -> Expression | None:
    """The chain rule behind y_hat - y: dL/dy_hat times dy_hat/dz, not yet simplified; none for a mistaken error."""
    loss, activation = LOSSES[shape.loss], ACTIVATIONS[shape.activation(shape.depth)]
    y_hat, y = y_hats(shape), targets(shape)
    if story.output_error is not Story.output_error or loss.error is None:
        return None
    if activation.couples:
        ways = ((*loss.slope(y_hat, y, i), y_hat[i], difference(Number(int(i == j)), y_hat[j])) for i in range(len(y)))
        return Sum(tuple(product(*way) for way in ways))
    slope = activation.slope_formula(y_hat[j]) if activation.slope_formula else Symbol("slope", shape.depth, j)
    return product(*loss.slope(y_hat, y, j), slope)


def error_signal(shape: Shape, story: Story, l: int, j: int) -> Expression:
    """delta: the output's error, or what comes back from the units that unit j feeds, through its slope."""
    if l == shape.depth:
        return story.output_error(shape, _right_output_error(shape, story, j))
    above = range(shape.sizes[l + 1])
    ways = tuple(product(Symbol("delta", l + 1, k), story.weights(l + 1, k, j)) for k in above)
    return product(total(*story.pulled_back(ways)), *story.slope(shape, l, j))
