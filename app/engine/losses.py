"""Losses with their gradients, side by side: one number per example, from predictions y_hat and targets Y.

All arrays are (m, n_L). The two cross-entropies belong to one output activation each, whose slope cancels:
there dL/dz = y_hat - y, and both loss and error signal come from z where y_hat has saturated.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine.activations import sigmoid, softmax_from_others
from app.engine.errors import UnknownNameError
from app.engine.types import Array

SATURATED = 4.0  # beyond |z| = 4 a logarithm of y_hat would lose digits that z still has


@dataclass(frozen=True)
class Output:
    """What the last layer says: Z and A, both (m, n_L); `rounded` if A was rounded as by hand."""

    Z: Array
    A: Array
    rounded: bool = False


@dataclass(frozen=True)
class Loss:
    """One loss: `value` per example, shape (m,); `gradient` dL_i/dy_hat, shape (m, n_L).

    `output` names the activation it needs, if any; then `error` gives dL_i/dz directly, shape (m, n_L).
    """

    name: str
    value: Callable[[Output, Array], Array]
    gradient: Callable[[Array, Array], Array]
    output: str | None = None
    error: Callable[[Output, Array], Array] | None = None


def sigmoid_logs(output: Output) -> tuple[Array, Array]:
    """(ln y_hat, ln(1 - y_hat)) of a sigmoid output, finite for every finite z."""
    z, tail = output.Z, np.log1p(np.exp(-np.abs(output.Z)))
    direct = (output.A > 0) & (output.A < 1) & (output.rounded | (np.abs(z) <= SATURATED))
    y_hat = np.where(direct, output.A, 0.5)
    return (
        np.where(direct, np.log(y_hat), np.minimum(z, 0.0) - tail),
        np.where(direct, np.log(1.0 - y_hat), -np.maximum(z, 0.0) - tail),
    )


def softmax_logs(output: Output) -> Array:
    """ln y_hat of a softmax output by log-sum-exp, finite for every finite z."""
    shifted = output.Z - output.Z.max(axis=-1, keepdims=True)
    exact: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    if not output.rounded:
        return exact
    return np.where(output.A > 0, np.log(np.where(output.A > 0, output.A, 1.0)), exact)


def _binary_cross_entropy(output: Output, Y: Array) -> Array:
    ln_y_hat, ln_rest = sigmoid_logs(output)
    value: Array = -(Y * ln_y_hat + (1.0 - Y) * ln_rest).sum(axis=-1)
    return value


def _cross_entropy(output: Output, Y: Array) -> Array:
    value: Array = -(Y * softmax_logs(output)).sum(axis=-1)
    return value


def _sigmoid_error(output: Output, Y: Array) -> Array:
    """y_hat - y, written (1-y) y_hat - y (1-y_hat) so that nothing cancels when y_hat is 1 to the last bit."""
    if output.rounded:
        return output.A - Y
    return np.where(np.abs(output.Z) <= SATURATED, output.A - Y, (1.0 - Y) * output.A - Y * sigmoid(-output.Z))


def _softmax_error(output: Output, Y: Array) -> Array:
    """y_hat - y, from the other units' shares where y_hat is near 1."""
    if output.rounded:
        return output.A - Y
    exact = (1.0 - Y) * output.A - Y * softmax_from_others(output.Z)
    return np.where(output.A < 0.5, output.A - Y, exact)


_TABLE = (
    Loss(
        "binary_cross_entropy",
        _binary_cross_entropy,
        lambda y_hat, Y: (y_hat - Y) / (y_hat * (1.0 - y_hat)),
        "sigmoid",
        _sigmoid_error,
    ),
    Loss("cross_entropy", _cross_entropy, lambda y_hat, Y: -Y / y_hat, "softmax", _softmax_error),
    Loss(
        "half_squared_error",
        lambda output, Y: 0.5 * ((output.A - Y) ** 2).sum(axis=-1),
        lambda y_hat, Y: y_hat - Y,
    ),
    Loss(
        "mean_squared_error",
        lambda output, Y: ((output.A - Y) ** 2).sum(axis=-1) / Y.shape[-1],
        lambda y_hat, Y: 2.0 * (y_hat - Y) / Y.shape[-1],
    ),
)
LOSSES = {loss.name: loss for loss in _TABLE}


def loss_named(name: str) -> Loss:
    """The loss of this name; UnknownNameError lists the names that exist."""
    if name not in LOSSES:
        raise UnknownNameError("loss", tuple(LOSSES))
    return LOSSES[name]
