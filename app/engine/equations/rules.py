"""The rules of an iteration told as expressions: beside each stands code of the same name in propagation and losses."""

from collections.abc import Callable
from dataclasses import dataclass

from app.engine.equations.shape import Shape
from app.engine.network.activations import ACTIVATIONS
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


def example_loss(shape: Shape) -> Expression:
    """One example's loss."""
    return LOSSES[shape.loss].formula(y_hats(shape), targets(shape))


# Backward -----------------------------------------------------------------------------------------------------------


def slope(shape: Shape, l: int, j: int) -> tuple[Expression, ...]:
    """g'(z) as a factor; no factor where it is 1."""
    return () if ACTIVATIONS[shape.activation(l)].passes_on else (Symbol("slope", l, j),)


def slope_by_hand(shape: Shape, slope: Symbol) -> Expression | None:
    """What the slope is computed from where a walk rounds: the rounded a; None where it is g'(z) itself."""
    activation = ACTIVATIONS[shape.activation(slope.layer)]
    if shape.decimals is None or activation.slope_from_a is None or activation.slope_formula is None:
        return None
    return activation.slope_formula(Symbol("a", slope.layer, slope.j))


def weights(l: int, j: int, k: int) -> Expression:
    """The weight through which the error signal of unit j of layer l comes back to unit k of the layer before."""
    return Symbol("W", l, j, k)


def pulled_back(ways: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """dL/da of a hidden unit, to be added up: one term for each unit that it feeds."""
    return ways


def carried(l: int, k: int) -> Symbol:
    """What a weight of layer l carried from unit k of the layer before."""
    return Symbol("a", l - 1, k)


def averaged(shape: Shape, own: Expression) -> Expression:
    """A gradient from one example's own: the mean over the batch where it holds several."""
    return own if shape.examples == 1 else Mean(own, shape.examples)


def bias_gradient(own: Expression, fan_in: int) -> Expression:
    """One example's own dL/db, from its error signal."""
    return own


def output_error(shape: Shape, right: Expression) -> Expression:
    """The output's error signal, told as it is."""
    return right


@dataclass(frozen=True)
class Story:
    """How the rules of backward() are told: a field for each of `propagation.Rules`."""

    output_error: Callable[[Shape, Expression], Expression] = output_error
    slope: Callable[[Shape, int, int], tuple[Expression, ...]] = slope
    weights: Callable[[int, int, int], Expression] = weights
    pulled_back: Callable[[tuple[Expression, ...]], tuple[Expression, ...]] = pulled_back
    carried: Callable[[int, int], Symbol] = carried
    averaged: Callable[[Shape, Expression], Expression] = averaged
    bias_gradient: Callable[[Expression, int], Expression] = bias_gradient


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
    if story.output_error is not output_error or loss.error is None:
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


def weight_gradient(shape: Shape, story: Story, l: int, j: int, k: int) -> Expression:
    """dL/dw: the error signal times what the weight carried, over the batch."""
    return story.averaged(shape, product(Symbol("delta", l, j), story.carried(l, k)))


def gradient_of_bias(shape: Shape, story: Story, l: int, j: int) -> Expression:
    """dL/db over the batch."""
    return story.averaged(shape, story.bias_gradient(Symbol("delta", l, j), shape.sizes[l - 1]))
