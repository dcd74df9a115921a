"""Forward and backward through a network: frozen records of arrays for the whole batch.

Rumelhart, Hinton and Williams 1986, in the notation of a layer l with m examples as rows:
Z = A_prev @ W.T + b, A = g(Z); delta = dL/dZ, dW = delta.T @ A_prev, db = column sums of delta, dA_prev = delta @ W.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.engine.network.activations import Activation, pull_through
from app.engine.network.arrays import Array, times
from app.engine.network.layers import Network
from app.engine.network.losses import Loss, Output


@dataclass(frozen=True, eq=False)
class Forward:
    """Z[l-1] and A[l] of every layer l, each (m, n_l); A[0] is the input."""

    Z: tuple[Array, ...]
    A: tuple[Array, ...]
    decimals: int | None = None

    @property
    def output(self) -> Output:
        """The last layer's Z and A."""
        return self.at(len(self.Z))

    def at(self, layer: int) -> Output:
        """Z and A of one layer, 1 to L."""
        return Output(self.Z[layer - 1], self.A[layer], self.decimals is not None)


@dataclass(frozen=True, eq=False)
class Backward:
    """For every layer l at index l-1: delta = dL/dZ and slope = g'(Z) as used, (m, n_l); dW, db shaped as W, b.

    L is the mean over the batch, so delta carries 1/m; `own` is each example's own error signal, without it.
    """

    delta: tuple[Array, ...]
    slope: tuple[Array, ...]
    dW: tuple[Array, ...]
    db: tuple[Array, ...]

    @cached_property
    def own(self) -> tuple[Array, ...]:
        """Each example's own error signals dL_i/dZ, (m, n_l) for every layer."""
        return tuple(len(delta) * delta for delta in self.delta)


def rounded(A: Array, decimals: int) -> Array:
    """A to so many decimals, as np.round does it."""
    value: Array = np.rint(A * 10.0**decimals) / 10.0**decimals
    return value


def true_slope(activation: Activation, values: Output) -> Array:
    """g'(Z); from the rounded A where activations are rounded, as a calculation by hand does."""
    if values.rounded and activation.slope_from_a is not None:
        return activation.slope_from_a(values.A)
    return activation.g_prime(values.Z)


def bias_gradient(delta: Array, fan_in: int) -> Array:
    """dL/db of a layer, (n_l,)."""
    total: Array = delta[0] if len(delta) == 1 else np.dot(delta.T, np.ones(len(delta)))
    return total


def output_error(loss: Loss, slope: Array, activation: Activation, output: Output, Y: Array) -> Array:
    """Each example's own dL_i/dz at the output, (m, n_L); y_hat - y where the loss was made for the activation."""
    if loss.error is not None:
        return loss.error(output, Y)
    return pull_through(activation, slope, output.A, loss.gradient(output.A, Y))


@dataclass(frozen=True)
class Rules:
    """The rules that backward() applies, each open to the named mistakes of mistakes.py.

    `weights` gives the matrix (fan_out, fan_in) through which the error comes back: the one that carried the
    activations. `pulled_back` gives dL/dA of the layer before, (m, fan_in), summed over the units that each unit feeds;
    `carried` what the weights of a layer carried, (m, fan_in); `averaged` the examples' shares of a gradient, (m, n_l),
    to be added up: delta carries the mean's 1/m already.

    `learning_rate` serves the one mistake that updates weights before the error has come back through them.
    """

    output_error: Callable[[Loss, Array, Activation, Output, Array], Array] = output_error
    slope: Callable[[Activation, Output], Array] = true_slope
    weights: Callable[[Array, Array, float], Array] = lambda W, dW, learning_rate: W
    pulled_back: Callable[[Array, Array], Array] = times
    carried: Callable[[Array, Array], Array] = lambda A_prev, A: A_prev
    averaged: Callable[[Array], Array] = lambda delta: delta
    bias_gradient: Callable[[Array, int], Array] = bias_gradient
    learning_rate: float = 0.0


RIGHT = Rules()


def forward(network: Network, X: Array, decimals: int | None = None) -> Forward:
    """Every Z and A for X of shape (m, n_0); `decimals` rounds every activation as a hand calculation does.

    A stack of networks, W of shape (..., fan_out, fan_in) and b (..., fan_out), gives Z and A of shape (..., m, n).
    """
    Z: list[Array] = []
    A = [X]
    for layer in network.layers:
        Z.append(times(A[-1], layer.W.mT) + layer.b[..., None, :])
        activation = layer.activation.g(Z[-1])
        A.append(activation if decimals is None else rounded(activation, decimals))
    return Forward(tuple(Z), tuple(A), decimals)


def backward(network: Network, forward: Forward, Y: Array, loss: Loss, rules: Rules = RIGHT) -> Backward:
    """Every gradient of the batch's mean loss for targets Y of shape (m, n_L)."""
    layers, A = network.layers, forward.A
    outputs = [forward.at(l) for l in range(1, len(layers) + 1)]
    slopes = [rules.slope(layer.activation, output) for layer, output in zip(layers, outputs, strict=True)]
    delta = rules.output_error(loss, slopes[-1], layers[-1].activation, outputs[-1], Y) / len(Y)
    deltas, dW, db = [delta], [], []
    for l in range(len(layers) - 1, -1, -1):
        shares, W = rules.averaged(delta), layers[l].W
        dW.append(np.dot(shares.T, rules.carried(A[l], A[l + 1])))
        db.append(rules.bias_gradient(shares, W.shape[1]))
        if l:
            delta = rules.pulled_back(delta, rules.weights(W, dW[-1], rules.learning_rate)) * slopes[l - 1]
            deltas.append(delta)
    return Backward(tuple(deltas[::-1]), tuple(slopes), tuple(dW[::-1]), tuple(db[::-1]))
