"""The rules of an iteration told as expressions: beside each stands code of the same name in propagation and losses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.engine.equations.expressions import (
    Apply,
    Expression,
    Mean,
    Negative,
    Number,
    Quotient,
    Rounded,
    Square,
    Sum,
    Symbol,
    product,
    total,
)
from app.engine.equations.shape import Shape
from app.engine.network.losses import LOSSES

HALF = Quotient(Number(1), Number(2))


def y_hat(shape: Shape, j: int) -> Symbol:
    """The network's prediction: the activation of output unit j."""
    return Symbol("a", shape.depth, j)


def target(shape: Shape, j: int) -> Symbol:
    """What output unit j should say."""
    return Symbol("y", shape.depth, j)


def complement(symbol: Expression) -> Sum:
    """1 - symbol."""
    return Sum((Number(1), Negative(symbol)))


def difference(shape: Shape, j: int) -> Sum:
    """y_hat - y of output unit j."""
    return Sum((y_hat(shape, j), Negative(target(shape, j))))


# Forward ------------------------------------------------------------------------------------------------------------


def weighted_sum(shape: Shape, l: int, j: int) -> Expression:
    """z: each weight times what it carries, plus the bias."""
    carried = (product(Symbol("W", l, j, k), Symbol("a", l - 1, k)) for k in range(shape.sizes[l - 1]))
    return Sum((*carried, Symbol("b", l, j)))


def activated(shape: Shape, l: int, j: int) -> Expression:
    """a = g(z), rounded where the walk rounds."""
    z, name = Symbol("z", l, j), shape.activation(l)
    value: Expression = z if name == "identity" else Apply(name, z)
    if name == "softmax":
        exponentials = tuple(Apply("exp", Symbol("z", l, i)) for i in range(shape.sizes[l]))
        value = Quotient(exponentials[j], total(*exponentials))
    return value if shape.decimals is None else Rounded(value, shape.decimals)


# Loss ---------------------------------------------------------------------------------------------------------------


def _binary_cross_entropy(shape: Shape) -> Expression:
    L = shape.depth
    return total(
        *(
            Negative(
                Sum(
                    (
                        product(target(shape, j), Symbol("ln_a", L, j)),
                        product(complement(target(shape, j)), Symbol("ln_rest", L, j)),
                    )
                )
            )
            for j in range(shape.sizes[-1])
        )
    )


def _cross_entropy(shape: Shape) -> Expression:
    terms = (product(target(shape, j), Symbol("ln_a", shape.depth, j)) for j in range(shape.sizes[-1]))
    return Negative(total(*terms))


def _squares(shape: Shape) -> Expression:
    return total(*(Square(difference(shape, j)) for j in range(shape.sizes[-1])))


def _mean_of_squares(shape: Shape) -> Expression:
    return product(*per_output(shape, 1), _squares(shape))


def per_output(shape: Shape, above: int) -> tuple[Expression, ...]:
    """The factor above / n_L of a mean over the outputs; none where it is 1."""
    outputs = shape.sizes[-1]
    if outputs == above:
        return ()
    if outputs == 1:
        return (Number(above),)
    return (Quotient(Number(above), Number(outputs)),)


EXAMPLE_LOSS: Mapping[str, Callable[[Shape], Expression]] = {
    "binary_cross_entropy": _binary_cross_entropy,
    "cross_entropy": _cross_entropy,
    "half_squared_error": lambda shape: product(HALF, _squares(shape)),
    "mean_squared_error": _mean_of_squares,
}


# Backward -----------------------------------------------------------------------------------------------------------


def slope(shape: Shape, l: int, j: int) -> tuple[Expression, ...]:
    """g'(z) as a factor; no factor for identity, whose slope is 1."""
    return () if shape.activation(l) == "identity" else (Symbol("slope", l, j),)


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


def _loss_slope(shape: Shape, j: int) -> tuple[Expression, ...]:
    """dL_i/dy_hat of a squared error, as factors."""
    ahead = per_output(shape, 2) if shape.loss == "mean_squared_error" else ()
    return (*ahead, difference(shape, j))


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
    if LOSSES[shape.loss].error is not None:
        return difference(shape, j)
    if shape.activation(shape.depth) == "softmax":
        outputs = range(shape.sizes[-1])
        shares = (product(*_loss_slope(shape, i), y_hat(shape, i)) for i in outputs)
        own = product(*_loss_slope(shape, j))
        return product(y_hat(shape, j), Sum((own, *(Negative(share) for share in shares))))
    return product(*_loss_slope(shape, j), *story.slope(shape, shape.depth, j))


def why(shape: Shape, story: Story, j: int) -> Expression | None:
    """The chain rule behind y_hat - y: dL/dy_hat times dy_hat/dz, not yet simplified; none for a mistaken error."""
    if story.output_error is not output_error:
        return None
    a = y_hat(shape, j)
    if shape.loss == "binary_cross_entropy":
        return product(Quotient(difference(shape, j), product(a, complement(a))), product(a, complement(a)))
    if shape.loss != "cross_entropy":
        return None
    return Sum(
        tuple(
            product(
                Negative(Quotient(target(shape, i), y_hat(shape, i))),
                y_hat(shape, i),
                Sum((Number(int(i == j)), Negative(a))),
            )
            for i in range(shape.sizes[-1])
        )
    )


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
