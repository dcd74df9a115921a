"""Activation functions, one record each: g and its slope g' on arrays, as formulas, and as lines of NumPy.

Functions work on an array of pre-activations Z of shape (m, n): m examples, n units of one layer. They are written in
few operations, with parts in common, because training repeats each of them (see fast/program).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine.network.arrays import Array, one_step, times
from app.engine.network.errors import UnknownNameError
from app.engine.network.expressions import (
    Apply,
    Expression,
    Number,
    Quotient,
    Square,
    Symbol,
    complement,
    product,
    total,
)

HIGHEST = 709.0  # e^z of a larger z overflows
LEAK = 0.01  # slope of leaky_relu below zero, as torch.nn.LeakyReLU has it


@dataclass(frozen=True)
class Code:
    """An activation in NumPy: g of {Z}, and its slope by {Z} or {A}, empty where it is no factor.

    `by_z` is the slope by {Z} alone, where `slope` is not that already; `before` is a line that comes before g's.
    """

    g: str
    slope: str
    by_z: str = ""
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class Activation:
    """All that the mathematics knows of one activation function: its value g(Z), its slope g'(Z), and what they are.

    `slope_from_a` serves calculations by hand, which round A and take the slope from the rounded A: a(1 - a), 1 - a^2.
    None where it is taken from z: a rounded ReLU of 0.004 is 0 and would pass for one that is off. `pieces` are the two
    smooth functions of which one with a corner at 0 is made, the left one up to 0 and there too, as g' has it; None
    without a corner. `straight`: it is made of straight pieces, and its slope at a is that at z. `bounds`: what a can
    be at all.

    `formula` tells g of a layer's z for its unit j; `slope_formula` tells g' by a, None where it stays g'(z).
    `work` is what a unit's activation costs, against the cheap ones.

    `couples` marks softmax: there every unit depends on all of its layer, so `g_prime` is only the diagonal and
    `pull_through` does the whole Jacobian.
    """

    name: str
    g: Callable[[Array], Array]
    g_prime: Callable[[Array], Array]
    slope_from_a: Callable[[Array], Array] | None
    pieces: tuple[Callable[[Array], Array], Callable[[Array], Array]] | None
    straight: bool
    bounds: tuple[float, float]
    formula: Callable[[tuple[Symbol, ...], int], Expression]
    slope_formula: Callable[[Symbol], Expression] | None
    code: Code
    work: int = 1
    couples: bool = False

    @property
    def saturates(self) -> bool:
        """Whether it is flat at both ends."""
        return math.isfinite(self.bounds[0]) and math.isfinite(self.bounds[1])

    @property
    def switches_off(self) -> bool:
        """Whether a unit gives 0 and lets nothing back where its sum is below 0."""
        return self.pieces is not None and self.pieces[0] is np.zeros_like

    @property
    def passes_on(self) -> bool:
        """Whether its slope is 1 everywhere, so that it is no factor."""
        return self.slope_formula is not None and self.slope_formula(Symbol("a")) == Number(1)


def sigmoid(Z: Array) -> Array:
    """e^z / (1 + e^z), which is 1 / (1 + e^-z): without overflow and exact in both tails."""
    e = np.exp(np.clip(Z, -math.inf, HIGHEST))
    value: Array = e / (1.0 + e)
    return value


def _sigmoid_slope(Z: Array) -> Array:
    """sigmoid(z) times what it lacks to 1, which is 1 / (1 + e^z): exact in both tails."""
    value: Array = sigmoid(Z) / (1.0 + np.exp(np.clip(Z, -math.inf, HIGHEST)))
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


@one_step
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
    value: Array = np.square(np.reciprocal(np.cosh(np.clip(Z, -HIGHEST, HIGHEST))))
    return value


# Formulas and lines ---------------------------------------------------------------------------------------------------


def _by_name(name: str) -> Callable[[tuple[Symbol, ...], int], Expression]:
    return lambda z, j: Apply(name, z[j])


def _share(z: tuple[Symbol, ...], j: int) -> Expression:
    """e^z_j over the sum of all."""
    exponentials = tuple(Apply("exp", part) for part in z)
    return Quotient(exponentials[j], total(*exponentials))


_PHI = "np.vectorize(math.erfc)(-{Z} / np.sqrt(2)) / 2"  # the normal distribution's share below z

_TABLE = (
    Activation(
        name="identity",
        g=lambda Z: Z,
        g_prime=np.ones_like,
        slope_from_a=np.ones_like,
        pieces=None,
        straight=True,
        bounds=(-math.inf, math.inf),
        formula=lambda z, j: z[j],
        slope_formula=lambda a: Number(1),
        code=Code("{Z}", ""),
    ),
    Activation(
        name="sigmoid",
        g=sigmoid,
        g_prime=_sigmoid_slope,
        slope_from_a=lambda A: A * (1.0 - A),
        pieces=None,
        straight=False,
        bounds=(0.0, 1.0),
        formula=_by_name("sigmoid"),
        slope_formula=lambda a: product(a, complement(a)),
        code=Code("1 / (1 + np.exp(-{Z}))", "{A} * (1 - {A})", by_z="np.exp(-{Z}) / (1 + np.exp(-{Z}))**2"),
    ),
    Activation(
        name="tanh",
        g=np.tanh,
        g_prime=_tanh_slope,
        slope_from_a=lambda A: 1.0 - A * A,
        pieces=None,
        straight=False,
        bounds=(-1.0, 1.0),
        formula=_by_name("tanh"),
        slope_formula=lambda a: complement(Square(a)),
        code=Code("np.tanh({Z})", "(1 - {A}**2)", by_z="(1 - np.tanh({Z})**2)"),
    ),
    Activation(
        name="relu",
        g=lambda Z: np.maximum(Z, 0.0),
        g_prime=_relu_slope,
        slope_from_a=None,
        pieces=(np.zeros_like, lambda Z: Z),
        straight=True,
        bounds=(0.0, math.inf),
        formula=_by_name("relu"),
        slope_formula=None,
        code=Code("np.maximum({Z}, 0)", "({Z} > 0)"),
    ),
    Activation(
        name="leaky_relu",
        g=lambda Z: np.maximum(Z, LEAK * Z),
        g_prime=lambda Z: np.maximum(_relu_slope(Z), LEAK),
        slope_from_a=None,
        pieces=(lambda Z: LEAK * Z, lambda Z: Z),
        straight=True,
        bounds=(-math.inf, math.inf),
        formula=_by_name("leaky_relu"),
        slope_formula=None,
        code=Code("np.where({Z} > 0, {Z}, 0.01 * {Z})", "np.where({Z} > 0, 1, 0.01)"),
    ),
    Activation(
        name="elu",
        g=_elu,
        g_prime=lambda Z: np.exp(np.minimum(Z, 0.0)),
        slope_from_a=None,
        pieces=(np.expm1, lambda Z: Z),
        straight=False,
        bounds=(-1.0, math.inf),
        formula=_by_name("elu"),
        slope_formula=None,
        code=Code("np.where({Z} > 0, {Z}, np.expm1({Z}))", "np.where({Z} > 0, 1, np.exp({Z}))"),
    ),
    Activation(
        name="softplus",
        g=lambda Z: np.logaddexp(0.0, Z),
        g_prime=sigmoid,
        slope_from_a=None,
        pieces=None,
        straight=False,
        bounds=(0.0, math.inf),
        formula=_by_name("softplus"),
        slope_formula=None,
        code=Code("np.logaddexp(0, {Z})", "1 / (1 + np.exp(-{Z}))"),
    ),
    # Hendrycks and Gimpel 2016: z times the normal distribution's share below z (exact, not the tanh fit).
    Activation(
        name="gelu",
        g=lambda Z: Z * _normal_cdf(Z),
        g_prime=lambda Z: _normal_cdf(Z) + Z * _normal_pdf(Z),
        slope_from_a=None,
        pieces=None,
        straight=False,
        bounds=(-0.17, math.inf),  # its least is -0.169971...
        formula=_by_name("gelu"),
        slope_formula=None,
        code=Code(f"{{Z}} * {_PHI}", f"({_PHI} + {{Z}} * np.exp(-{{Z}}**2 / 2) / np.sqrt(2 * np.pi))"),
        work=12,
    ),
    Activation(
        name="softmax",
        g=softmax,
        g_prime=lambda Z: softmax(Z) * softmax_from_others(Z),
        slope_from_a=lambda A: A * (1.0 - A),
        pieces=None,
        straight=False,
        bounds=(0.0, 1.0),
        formula=_share,
        slope_formula=None,
        code=Code(
            "E / E.sum(axis=1, keepdims=True)",
            "",
            before="E = np.exp({Z} - {Z}.max(axis=1, keepdims=True))",  # the same shares, without overflow
        ),
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
