"""Networks that differ from one network in a single parameter: their losses, by forward() and the loss alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.engine.network.activations import Activation, activation_named
from app.engine.network.layers import Layer, Network
from app.engine.network.losses import Loss
from app.engine.network.propagation import Forward, forward
from app.engine.network.types import Array

EPSILON = float(np.finfo(float).eps)
NUDGE = 1e-7  # how far a network is moved off its corners, against its sums
TOUCHES = 1e-11  # a sum this near to 0, against its layer's sums, is on the corner
JITTERS, JITTER = 16, 2  # networks that measure the noise, and how many last digits their parameters are off
PIECEWISE_LINEAR = ("identity", "relu", "leaky_relu")
STEPPED = ("relu", "leaky_relu")  # a slope on the left of 0 and another on its right
CORNERED = ("relu", "leaky_relu", "elu")  # elu's slope has no step at 0, but its curvature has


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Parameters of one layer, each to be moved alone: row j of [W | b] and column k, where k = fan_in is the bias.

    `layers` are that layer and all that follow, `A` (m, fan_in) is what reaches it, `Y` the targets (m, n_L).
    """

    layers: tuple[Layer, ...]
    A: Array
    Y: Array
    loss: Loss
    j: NDArray[np.intp]
    k: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.j)

    @property
    def carried(self) -> Array:
        """The largest |input| that each parameter multiplies, (P,); 1 for a bias."""
        largest: Array = np.append(np.abs(self.A).max(axis=0), 1.0)[self.k]
        return largest

    def only(self, chosen: NDArray[np.intp]) -> "Neighbours":
        """Some of the parameters."""
        return Neighbours(self.layers, self.A, self.Y, self.loss, self.j[chosen], self.k[chosen])

    def forward(self, T: Array) -> Forward:
        """Every Z and A, (P, S, m, n), with each parameter moved by its S offsets: T of shape (P, S).

        Only the last layer's Z holds all units where it is the first too; else the first Z is that of unit j alone.
        """
        units = np.broadcast_to(self._both[self.j, None], (*T.shape, self._both.shape[1])).copy()
        units[np.arange(len(self)), :, self.k] += T
        first, base, last = self._alone(units), self.unmoved, len(self.layers) == 1
        Z = _with_column(base.Z[0], first.Z[0], self.j) if last else first.Z[0]
        if self.layers[0].activation.couples:
            return self._onward(Z, _coupled(self.layers[0], Z))
        return self._onward(Z, _with_column(base.A[1], first.A[1], self.j))

    def sums(self, there: Forward) -> Iterator[tuple[Layer, Array, Array]]:
        """Each layer with its sums before and there, of shapes that fit each other: (P, S, m, n)."""
        first, *later = self.unmoved.Z
        if later:
            first = first[0, 0].T[self.j, None, :, None]
        yield from zip(self.layers, (first, *later), there.Z, strict=True)

    @cached_property
    def unmoved(self) -> Forward:
        """The network itself, computed as its neighbours are: what does not depend on a parameter cancels exactly."""
        first = self._alone(self._both[:, None])
        Z, A = (np.moveaxis(part[..., 0], 0, -1)[None] for part in (first.Z[0], first.A[1]))
        return self._onward(Z, _coupled(self.layers[0], Z) if self.layers[0].activation.couples else A)

    @cached_property
    def _both(self) -> Array:
        """[W | b] of the first layer, (fan_out, fan_in + 1)."""
        return np.column_stack([self.layers[0].W, self.layers[0].b])

    def _alone(self, units: Array) -> Forward:
        """Single units of the first layer, rows of [W | b] of shape (P, S, fan_in + 1): Z and A of (P, S, m, 1)."""
        return forward(Network((Layer(units[..., None, :-1], units[..., -1:], self._function),)), self.A)

    @property
    def _function(self) -> Activation:
        """The first layer's activation; where it couples units, they get theirs together."""
        own = self.layers[0].activation
        return activation_named("identity") if own.couples else own

    def _onward(self, Z: Array, A: Array) -> Forward:
        there = forward(Network(self.layers[1:]), A)
        return Forward((Z, *there.Z), (self.A, *there.A))

    @cached_property
    def losses(self) -> Array:
        """Each example's own loss, (m,)."""
        own: Array = self.loss.value(self.unmoved.output, self.Y)[0, 0]
        return own

    def rises(self, there: Forward) -> Array:
        """By how much each example's loss is higher there, (P, S, m)."""
        rise: Array = self.loss.value(there.output, self.Y) - self.losses
        return rise


def _with_column(base: Array, column: Array, j: NDArray[np.intp]) -> Array:
    """The base (1, 1, m, n), for each of P parameters with unit j's column put in: (P, S, m, 1) -> (P, S, m, n)."""
    whole = np.broadcast_to(base, (*column.shape[:-1], base.shape[-1])).copy()
    whole[np.arange(len(column)), :, :, j] = column[..., 0]
    return whole


def _coupled(layer: Layer, Z: Array) -> Array:
    """A layer's activations from all of its sums."""
    n = Z.shape[-1]
    return forward(Network((Layer(np.eye(n), np.zeros(n), layer.activation),)), Z).A[1]


def noise(network: Network, X: Array, Y: Array, loss: Loss) -> float:
    """How far rounding alone moves the mean loss: measured on networks that differ in their last digits."""
    rng = np.random.default_rng(0)

    def jittered(part: Array) -> Array:
        ulps = rng.integers(-JITTER, JITTER + 1, (JITTERS, *part.shape))
        value: Array = part * (1.0 + EPSILON * ulps)
        return value

    stack = network.with_parameters((jittered(layer.W), jittered(layer.b)) for layer in network.layers)
    means = loss.value(forward(stack, X).output, Y).mean(axis=-1)
    return float(np.std(means)) + EPSILON * float(np.abs(means).max())


def nudged(network: Network, X: Array, side: float) -> Network:
    """The network with biases moved a little, so that each sum on a corner is left (-1) or right (+1) of it."""
    before, A, layers = forward(network, X), X, list(network.layers)
    for place, layer in enumerate(network.layers):
        Z, size = before.Z[place], max(1.0, float(np.abs(before.Z[place]).max()))
        on = (np.abs(Z) <= TOUCHES * size) & (layer.activation.name in STEPPED)
        now = forward(Network((layer,)), A).Z[0]
        behind = np.where(on, NUDGE * size - side * now, 0.0).max(axis=0, initial=0.0)
        layers[place] = Layer(layer.W, layer.b + side * behind, layer.activation)
        A = forward(Network((layers[place],)), A).A[1]
    return Network(tuple(layers))
