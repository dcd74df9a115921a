"""A training loop in plain NumPy, as one would write it by hand for speed: no large array is made while it runs."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.engine.network.arrays import Array
from app.engine.setup import Setup


@dataclass(frozen=True, eq=False)
class Layer:
    """W as (fan_in, fan_out), b, their gradients; a batch's sums Z, activations A and errors delta, (m, fan_out)."""

    W: Array
    b: Array
    dW: Array
    db: Array
    Z: Array
    A: Array
    delta: Array


def by_hand(setup: Setup, iterations: int) -> list[float]:
    """The losses of ReLUs, then softmax with cross-entropy, by gradient descent on whole batches in order."""
    X, Y = setup.examples
    size = setup.batch_size or len(X)
    layers = list(_layers(setup, size))
    starts = [number * size % len(X) for number in range(iterations)]
    return [_iteration(layers, X[i : i + size], Y[i : i + size], setup.learning_rate) for i in starts]


def _layers(setup: Setup, size: int) -> Iterator[Layer]:
    for layer in setup.network.layers:
        W, b = layer.W.T.copy(), layer.b.copy()
        shape = (size, len(b))
        yield Layer(W, b, np.empty_like(W), np.empty_like(b), np.empty(shape), np.empty(shape), np.empty(shape))


def _iteration(layers: list[Layer], X: Array, Y: Array, learning_rate: float) -> float:
    _forward(layers, X)
    output = layers[-1].A
    loss = -float(np.log(output[Y == 1.0]).mean())
    np.subtract(output, Y, out=layers[-1].delta)
    np.divide(layers[-1].delta, len(X), out=layers[-1].delta)
    _backward(layers, X)
    for layer in layers:
        for part, gradient in ((layer.W, layer.dW), (layer.b, layer.db)):
            np.multiply(gradient, learning_rate, out=gradient)
            np.subtract(part, gradient, out=part)
    return loss


def _forward(layers: list[Layer], X: Array) -> None:
    A, last = X, layers[-1]
    for layer in layers:
        np.dot(A, layer.W, out=layer.Z)
        np.add(layer.Z, layer.b, out=layer.Z)
        if layer is not last:
            A = np.maximum(layer.Z, 0.0, out=layer.A)
    np.subtract(last.Z, last.Z.max(axis=1, keepdims=True), out=last.Z)
    np.exp(last.Z, out=last.A)
    np.divide(last.A, last.A.sum(axis=1, keepdims=True), out=last.A)


def _backward(layers: list[Layer], X: Array) -> None:
    for l in range(len(layers) - 1, -1, -1):
        layer = layers[l]
        np.dot((layers[l - 1].A if l else X).T, layer.delta, out=layer.dW)
        np.sum(layer.delta, axis=0, out=layer.db)
        if l:
            before = layers[l - 1]
            np.dot(layer.delta, layer.W.T, out=before.delta)
            np.multiply(before.delta, before.Z > 0, out=before.delta)
