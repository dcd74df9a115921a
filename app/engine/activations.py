"""Activation functions g with their slopes g', side by side.

Each works on an array of pre-activations Z of shape (m, n): m examples, n units of one layer.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine.errors import UnknownNameError
from app.engine.types import Array

LEAK = 0.01  # slope of leaky_relu below zero, as torch.nn.LeakyReLU has it


@dataclass(frozen=True)
class Activation:
    """One activation function: its value g(Z), its slope g'(Z), and the slope told by the activation alone.

    `slope_from_a` serves calculations by hand, which round A and take the slope from the rounded A
    (None where A does not tell it). `couples` marks softmax: there every unit depends on all of its layer,
    so `g_prime` is only the diagonal and `pull_through` does the whole Jacobian.
    """

    name: str
    g: Callable[[Array], Array]
    g_prime: Callable[[Array], Array]
    slope_from_a: Callable[[Array], Array] | None = None
    couples: bool = False


def sigmoid(Z: Array) -> Array:
    """1 / (1 + e^-z), without overflow and exact in both tails."""
    e = np.exp(-np.abs(Z))
    value: Array = np.where(Z >= 0, 1.0, e) / (1.0 + e)
    return value


def softmax(Z: Array) -> Array:
    """e^z_j / sum over the row of e^z_i, shifted by the row's maximum. Shape (m, n), rows sum to 1."""
    e = np.exp(Z - Z.max(axis=-1, keepdims=True))
    value: Array = e / e.sum(axis=-1, keepdims=True)
    return value


def softmax_from_others(Z: Array) -> Array:
    """1 - softmax(Z) without cancellation: each unit's value is the sum of the others' shares."""
    others: Array = softmax(Z) @ (1.0 - np.eye(Z.shape[-1]))
    return others


def _normal_cdf(Z: Array) -> Array:
    tails = map(math.erfc, (-Z / math.sqrt(2.0)).ravel().tolist())
    value: Array = 0.5 * np.fromiter(tails, np.float64, Z.size).reshape(Z.shape)
    return value


def _normal_pdf(Z: Array) -> Array:
    value: Array = np.exp(-0.5 * Z * Z) / math.sqrt(2.0 * math.pi)
    return value


def _elu(Z: Array) -> Array:
    return np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0.0)))


def _tanh_slope(Z: Array) -> Array:
    """1 - tanh(z)^2 as 4 e^-2|z| / (1 + e^-2|z|)^2, which stays exact where tanh has reached 1."""
    e = np.exp(-2.0 * np.abs(Z))
    value: Array = 4.0 * e / (1.0 + e) ** 2
    return value


# The last column is the slope in terms of A: the line that a hand calculation uses.
_TABLE = (
    Activation("identity", lambda Z: Z * 1.0, np.ones_like, np.ones_like),
    Activation("sigmoid", sigmoid, lambda Z: sigmoid(Z) * sigmoid(-Z), lambda A: A * (1.0 - A)),
    Activation("tanh", np.tanh, _tanh_slope, lambda A: 1.0 - A * A),
    Activation(
        "relu",
        lambda Z: np.maximum(Z, 0.0),
        lambda Z: np.where(Z > 0, 1.0, 0.0),
        lambda A: np.where(A > 0, 1.0, 0.0),
    ),
    Activation(
        "leaky_relu",
        lambda Z: np.where(Z > 0, Z, LEAK * Z),
        lambda Z: np.where(Z > 0, 1.0, LEAK),
        lambda A: np.where(A > 0, 1.0, LEAK),
    ),
    Activation("elu", _elu, lambda Z: np.exp(np.minimum(Z, 0.0)), lambda A: np.where(A > 0, 1.0, A + 1.0)),
    Activation("softplus", lambda Z: np.logaddexp(0.0, Z), sigmoid, lambda A: -np.expm1(-A)),
    # Hendrycks and Gimpel 2016: z times the normal distribution's share below z (exact, not the tanh fit).
    Activation("gelu", lambda Z: Z * _normal_cdf(Z), lambda Z: _normal_cdf(Z) + Z * _normal_pdf(Z)),
    Activation(
        "softmax",
        softmax,
        lambda Z: softmax(Z) * softmax_from_others(Z),
        lambda A: A * (1.0 - A),
        couples=True,
    ),
)
ACTIVATIONS = {activation.name: activation for activation in _TABLE}


def activation_named(name: str, field: str = "activations") -> Activation:
    """The activation of this name; UnknownNameError lists the names that exist."""
    if name not in ACTIVATIONS:
        raise UnknownNameError(field, tuple(ACTIVATIONS))
    return ACTIVATIONS[name]


def pull_through(activation: Activation, slope: Array, A: Array, dA: Array) -> Array:
    """From dL/dA to dL/dZ, both (m, n): times the slope, or through softmax's Jacobian a_i (1[i=j] - a_j)."""
    if activation.couples:
        coupled: Array = A * (dA - (dA * A).sum(axis=1, keepdims=True))
        return coupled
    return dA * slope
