"""Activation functions g with their slopes g', side by side.

Each works on an array of pre-activations Z of shape (m, n): m examples, n units of one layer. They are written in few
operations, with parts in common, because training repeats each of them (see recording.py).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine.fast.recording import guarded, recordable
from app.engine.network.errors import UnknownNameError
from app.engine.network.matrices import times
from app.engine.network.types import Array

HIGHEST = 709.0  # e^z of a larger z overflows
LEAK = 0.01  # slope of leaky_relu below zero, as torch.nn.LeakyReLU has it


@dataclass(frozen=True)
class Activation:
    """One activation function: its value g(Z), its slope g'(Z), and the slope told by the activation alone.

    `slope_from_a` serves calculations by hand, which round A and take the slope from the rounded A
    (None where A does not tell it). `couples` marks softmax: there every unit depends on all of its layer,
    so `g_prime` is only the diagonal and `pull_through` does the whole Jacobian. `pieces` are the two smooth functions
    of which one with a corner at 0 is made, the left one up to 0 and there too, as g' has it (None without a corner).
    """

    name: str
    g: Callable[[Array], Array]
    g_prime: Callable[[Array], Array]
    slope_from_a: Callable[[Array], Array] | None = None
    couples: bool = False
    pieces: tuple[Callable[[Array], Array], Callable[[Array], Array]] | None = None


def sigmoid(Z: Array) -> Array:
    """e^z / (1 + e^z), which is 1 / (1 + e^-z): without overflow and exact in both tails."""
    e = np.exp(guarded(Z, -math.inf, HIGHEST))
    value: Array = e / (1.0 + e)
    return value


def _sigmoid_slope(Z: Array) -> Array:
    """sigmoid(z) times what it lacks to 1, which is 1 / (1 + e^z): exact in both tails."""
    value: Array = sigmoid(Z) / (1.0 + np.exp(guarded(Z, -math.inf, HIGHEST)))
    return value


def softmax(Z: Array) -> Array:
    """e^z_j / sum over the row of e^z_i, shifted by the row's maximum. Shape (m, n), rows sum to 1."""
    e = np.exp(Z - Z.max(axis=-1, keepdims=True))
    value: Array = e / e.sum(axis=-1, keepdims=True)
    return value


def softmax_from_others(Z: Array) -> Array:
    """1 - softmax(Z) without cancellation: each unit's value is the sum of the others' shares."""
    shares, others = softmax(Z), 1.0 - np.eye(Z.shape[-1])
    value: Array = times(shares, others)
    return value


@recordable
def _normal_cdf(Z: Array) -> Array:
    tails = map(math.erfc, (-Z / math.sqrt(2.0)).ravel().tolist())
    value: Array = 0.5 * np.fromiter(tails, np.float64, Z.size).reshape(Z.shape)
    return value


def _normal_pdf(Z: Array) -> Array:
    value: Array = np.exp(-0.5 * Z * Z) / math.sqrt(2.0 * math.pi)
    return value


def _relu_slope(Z: Array) -> Array:
    """1 above 0, else 0."""
    value: Array = np.heaviside(Z, 0.0)
    return value


def _elu(Z: Array) -> Array:
    value: Array = np.maximum(Z, 0.0) + np.expm1(np.minimum(Z, 0.0))
    return value


def _tanh_slope(Z: Array) -> Array:
    """1 - tanh(z)^2 as 1 / cosh(z)^2, which stays exact where tanh has reached 1."""
    value: Array = np.square(np.reciprocal(np.cosh(guarded(Z, -HIGHEST, HIGHEST))))
    return value


# The last column is the slope in terms of A: the line that a hand calculation uses.
_TABLE = (
    Activation("identity", lambda Z: Z, np.ones_like, np.ones_like),
    Activation("sigmoid", sigmoid, _sigmoid_slope, lambda A: A * (1.0 - A)),
    Activation("tanh", np.tanh, _tanh_slope, lambda A: 1.0 - A * A),
    Activation(
        "relu",
        lambda Z: np.maximum(Z, 0.0),
        _relu_slope,
        _relu_slope,  # a is above 0 where z is
        pieces=(np.zeros_like, lambda Z: Z),
    ),
    Activation(
        "leaky_relu",
        lambda Z: np.maximum(Z, LEAK * Z),
        lambda Z: np.maximum(_relu_slope(Z), LEAK),
        lambda A: np.maximum(_relu_slope(A), LEAK),
        pieces=(lambda Z: LEAK * Z, lambda Z: Z),
    ),
    Activation(
        "elu",
        _elu,
        lambda Z: np.exp(np.minimum(Z, 0.0)),
        lambda A: np.minimum(A + 1.0, 1.0),
        pieces=(np.expm1, lambda Z: Z),
    ),
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
