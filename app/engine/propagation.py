"""Forward and backward through a network: frozen records of arrays for the whole batch.

Rumelhart, Hinton and Williams 1986, in the notation of a layer l with m examples as rows:
Z = A_prev @ W.T + b, A = g(Z); delta = dL/dZ, dW = delta.T @ A_prev, db = column sums of delta, dA_prev = delta @ W.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine.activations import Activation, pull_through
from app.engine.losses import Loss, Output
from app.engine.network import Network
from app.engine.types import Array


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

    L is the mean over the batch, so delta carries 1/m; m * delta is each example's own error signal.
    """

    delta: tuple[Array, ...]
    slope: tuple[Array, ...]
    dW: tuple[Array, ...]
    db: tuple[Array, ...]


def true_slope(activation: Activation, values: Output) -> Array:
    """g'(Z); from the rounded A where activations are rounded, as a calculation by hand does."""
    if values.rounded and activation.slope_from_a is not None:
        return activation.slope_from_a(values.A)
    return activation.g_prime(values.Z)


def pulled_back(delta: Array, W: Array) -> Array:
    """dL/dA of the layer before, (m, fan_in): what reaches each unit, summed over the units it feeds."""
    return delta @ W


def output_error(loss: Loss, slope: Array, activation: Activation, output: Output, Y: Array) -> Array:
    """Each example's own dL_i/dz at the output, (m, n_L); y_hat - y where the loss was made for the activation."""
    if loss.error is not None:
        return loss.error(output, Y)
    return pull_through(activation, slope, output.A, loss.gradient(output.A, Y))


@dataclass(frozen=True)
class Rules:
    """The rules that backward() applies, each replaceable by a named mistake of the same signature."""

    output_error: Callable[[Loss, Array, Activation, Output, Array], Array] = output_error
    slope: Callable[[Activation, Output], Array] = true_slope
    pulled_back: Callable[[Array, Array], Array] = pulled_back


RIGHT = Rules()


def forward(network: Network, X: Array, decimals: int | None = None) -> Forward:
    """Every Z and A for X of shape (m, n_0); `decimals` rounds every activation as a hand calculation does."""
    Z: list[Array] = []
    A = [X]
    for layer in network.layers:
        Z.append(A[-1] @ layer.W.T + layer.b)
        activation = layer.activation.g(Z[-1])
        A.append(activation if decimals is None else np.round(activation, decimals))
    return Forward(tuple(Z), tuple(A), decimals)


def backward(network: Network, forward: Forward, Y: Array, loss: Loss, rules: Rules = RIGHT) -> Backward:
    """Every gradient of the batch's mean loss for targets Y of shape (m, n_L)."""
    layers = network.layers
    slopes = [rules.slope(layer.activation, forward.at(l)) for l, layer in enumerate(layers, start=1)]
    last = layers[-1].activation
    deltas = [rules.output_error(loss, slopes[-1], last, forward.output, Y) / len(Y)]
    for l in range(len(layers) - 1, 0, -1):
        deltas.append(rules.pulled_back(deltas[-1], layers[l].W) * slopes[l - 1])
    deltas.reverse()
    dW = tuple(delta.T @ A for delta, A in zip(deltas, forward.A, strict=False))
    return Backward(tuple(deltas), tuple(slopes), dW, tuple(delta.sum(axis=0) for delta in deltas))
