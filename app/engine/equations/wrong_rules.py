"""How each mistake computes and how it is told: each takes a rule of backward() and gives the wrong one made of it.

`x` changes a rule of `propagation.Rules`, `tell_x` the rule of the same name in `told.Story`. Because each changes what
it is given instead of replacing it, several mistakes go into one backward().
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.equations.expressions import (
    BatchSum,
    Expression,
    Negative,
    Number,
    Product,
    Quotient,
    Sum,
    Symbol,
    product,
    substituted,
    symbols_in,
)
from app.engine.equations.rules import (
    complement,
    difference,
    target,
    y_hat,
)
from app.engine.equations.shape import Shape
from app.engine.network.activations import Activation
from app.engine.network.losses import Output
from app.engine.network.types import Array

Rule = Callable[..., Array]
Tale = Callable[..., Any]


# weights: the matrix through which the error comes back ---------------------------------------------------------------


def untransposed(weights: Rule) -> Rule:
    return lambda W, dW, learning_rate: weights(W, dW, learning_rate).T


def tell_untransposed(weights: Tale) -> Tale:
    return lambda l, j, k: weights(l, k, j)


def updated(weights: Rule) -> Rule:
    return lambda W, dW, learning_rate: weights(W - learning_rate * dW, dW, learning_rate)


def tell_updated(weights: Tale) -> Tale:
    def tell(l: int, j: int, k: int) -> Expression:
        w: Symbol = weights(l, j, k)
        return Sum((w, Negative(product(Symbol("eta"), w._replace(kind="dW")))))

    return tell


# slope ----------------------------------------------------------------------------------------------------------------


def sigmoid_slope(slope: Rule) -> Rule:
    return lambda activation, values: values.A * (1.0 - values.A)


def tell_sigmoid_slope(slope: Tale) -> Tale:
    def tell(shape: Shape, l: int, j: int) -> tuple[Expression, ...]:
        a = Symbol("a", l, j)
        return a, complement(a)

    return tell


def missing_slope(slope: Rule) -> Rule:
    return lambda activation, values: np.ones_like(values.A)


def tell_missing_slope(slope: Tale) -> Tale:
    return lambda shape, l, j: ()


def slope_at_a(slope: Rule) -> Rule:
    def wrong(activation: Activation, values: Output) -> Array:
        return activation.g_prime(values.A)

    return wrong


def tell_slope_at_a(slope: Tale) -> Tale:
    return lambda shape, l, j: () if shape.activation(l) == "identity" else (Symbol("slope_at_a", l, j),)


# output_error ---------------------------------------------------------------------------------------------------------


def halved(output_error: Rule) -> Rule:
    return lambda *given: 0.5 * output_error(*given)


def tell_halved(output_error: Tale) -> Tale:
    """Half of the error signal, with the 2 of a squared error's slope cancelled."""

    def tell(shape: Shape, right: Expression) -> Expression:
        told: Expression = output_error(shape, right)
        factors = told.factors if isinstance(told, Product) else (told,)
        if factors[0] == Number(2):
            return product(*factors[1:])
        return product(Quotient(Number(1), Number(2)), *factors)

    return tell


def turned_round(output_error: Rule) -> Rule:
    return lambda *given: -output_error(*given)


def tell_turned_round(output_error: Tale) -> Tale:
    def tell(shape: Shape, right: Expression) -> Expression:
        units = range(shape.sizes[-1])
        turned: dict[Symbol | Sum, Expression] = {
            difference(shape, j): Sum((target(shape, j), Negative(y_hat(shape, j)))) for j in units
        }
        return substituted(output_error(shape, right), turned)

    return tell


def slope_again(output_error: Rule) -> Rule:
    return lambda loss, slope, activation, output, Y: (
        output_error(loss, slope, activation, output, Y) * output.A * (1.0 - output.A)
    )


def tell_slope_again(output_error: Tale) -> Tale:
    def tell(shape: Shape, right: Expression) -> Expression:
        j = next(symbol.j for symbol in symbols_in(right) if symbol.kind == "y")
        a = y_hat(shape, j)
        return product(output_error(shape, right), a, complement(a))

    return tell


# pulled_back, carried, averaged, bias_gradient ------------------------------------------------------------------------


def last_path(pulled_back: Rule) -> Rule:
    return lambda delta, W: pulled_back(delta[:, -1:], W[-1:])


def tell_last_path(pulled_back: Tale) -> Tale:
    return lambda ways: pulled_back(ways)[-1:]


def own_layer(carried: Rule) -> Rule:
    return lambda A_prev, A: A


def tell_own_layer(carried: Tale) -> Tale:
    return lambda l, k: Symbol("a", l, k)


def summed(averaged: Rule) -> Rule:
    return lambda delta: len(delta) * averaged(delta)


def tell_summed(averaged: Tale) -> Tale:
    return lambda shape, own: own if shape.examples == 1 else BatchSum(own, shape.examples)


def once_per_input(bias_gradient: Rule) -> Rule:
    return lambda delta, fan_in: fan_in * bias_gradient(delta, fan_in)


def tell_once_per_input(bias_gradient: Tale) -> Tale:
    def tell(own: Expression, fan_in: int) -> Expression:
        told: Expression = bias_gradient(own, fan_in)
        return told if fan_in == 1 else product(Number(fan_in), told)

    return tell
