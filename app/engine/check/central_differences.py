"""The referee of every gradient: central differences of the exact loss, by the forward pass and the loss alone.

One parameter is moved by h to either side: D(h) = (f(w + h) - f(w - h)) / 2h, and the slope is (4 D(h) - D(2h)) / 3,
from four points and right to the fourth order (Fornberg 1988). How far it may be off is seen from the same at twice
the step, and from how far rounding alone moves the loss.

No difference looks across a corner: each unit stays on the piece of its function on which it stands (a ReLU's 0 or z),
and near where it stands that is the function itself.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.engine.learning.iteration import Iteration
from app.engine.network.arrays import Array
from app.engine.network.layers import Layer, Network
from app.engine.network.losses import Loss, Output
from app.engine.network.propagation import forward

STEPS = np.array([1.0, 2.0, 4.0])  # how far it is looked, in steps
BEND = 1 / 128  # how far a step may move a sum where its function bends
FLAT = 1 / 8  # of its size, where the function is made of straight pieces
PROBE = 2.0**-20  # how far a sum is moved to see what follows it
JITTERS, JITTER = 16, 2  # networks that measure the noise, and how many last digits their numbers are off
SURE = 6.0  # times the noise of a loss: what a slope from four of them may be off
WORK = 2**17  # numbers in one stack of arrays
EPSILON, TINY = float(np.finfo(float).eps), float(np.finfo(float).tiny)

Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]


class Estimate(NamedTuple):
    """What a referee says of a gradient: its value, and by how much it may be off."""

    value: float
    uncertainty: float


@dataclass(frozen=True, eq=False)
class Behind:
    """P parameters of one layer, each to be moved alone: row j of [W | b], column k, where k = fan_in is the bias.

    `layers` are that layer and all that follow, `A` (m, fan_in + 1) is what reaches it, and 1 for the bias, `Z` their
    sums (m, n), `Y` the targets. `right` says of each unit whether it is on the right piece of its function: (m, n) per
    layer, or (P, 1, m, n) where that is another matter for each parameter.
    """

    layers: tuple[Layer, ...]
    A: Array
    Z: tuple[Array, ...]
    Y: Array
    loss: Loss
    right: tuple[Flags, ...]
    j: Indices
    k: Indices

    @classmethod
    def of(cls, iteration: Iteration, l: int) -> "Behind":
        """All parameters of layer l, row by row of [W | b], and what they move, without rounding."""
        network, there = iteration.before, iteration.forward
        if iteration.method.decimals is not None:
            there = forward(network, iteration.X)
        fan_out, fan_in = network.layers[l - 1].W.shape
        j, k = np.divmod(np.arange(fan_out * (fan_in + 1)), fan_in + 1)
        A, Z = np.column_stack([there.A[l - 1], np.ones(len(iteration.X))]), there.Z[l - 1 :]
        right = tuple(part > 0 for part in Z)
        return cls(network.layers[l - 1 :], A, Z, iteration.Y, iteration.method.loss, right, j, k)

    def only(self, places: Indices) -> "Behind":
        """Some of the parameters."""
        right = tuple(part[places] if part.ndim > 2 else part for part in self.right)
        return replace(self, right=right, j=self.j[places], k=self.k[places])

    @property
    def carried(self) -> Array:
        """What each parameter multiplies, (P, m): an input of its layer; 1 for a bias."""
        multiplied: Array = self.A[:, self.k].T
        return multiplied

    @property
    def probe(self) -> Array:
        """A move of each parameter, (P,), of which its unit's sums feel PROBE at most."""
        carried = np.abs(self.carried).max(axis=1)
        return PROBE / np.where(carried > 0, carried, 1.0)

    def moved(self, T: Array) -> tuple[list[Array], Array]:
        """With each parameter moved by its S offsets T (P, S): every layer's sums, (P, S, m, n), of the first layer
        those of the moved unit, (P, S, m, 1); and the examples' losses, (P, S, m)."""
        (first, *later), P = self.layers, np.arange(len(self.j))
        units = np.repeat(np.column_stack([first.W, first.b])[self.j, None], T.shape[1], axis=1)
        units[P, :, self.k] += T
        z = units @ self.A.T
        sums = [z[..., None]]
        if later:  # of this layer only the moved unit's activation is another
            own = np.broadcast_to(self.right[0], (len(P), 1, *self.Z[0].shape))[P, :, :, self.j]
            A = self._with_unit(on_pieces(first, self.Z[0], self.Z[0] > 0), on_pieces(first, z, own))
        else:
            Z = self._with_unit(self.Z[0], z)
            A = on_pieces(first, Z, self.right[0])
        for layer, right in zip(later, self.right[1:], strict=True):
            Z = np.tensordot(A, layer.W, (-1, 1)) + layer.b
            A = on_pieces(layer, Z, right)
            sums.append(Z)
        return sums, self.loss.value(Output(Z, A), self.Y)

    def sums(self, T: Array) -> tuple[Array, ...]:
        """With each parameter moved by its S offsets T (P, S): every layer's sums, (P, S, m, n)."""
        (z, *later), _ = self.moved(T)
        return (self._with_unit(self.Z[0], z[..., 0]), *later)

    def _with_unit(self, base: Array, column: Array) -> Array:
        """The base (m, n), for each parameter with its unit's column (P, S, m) put in: (P, S, m, n)."""
        whole = np.broadcast_to(base, (*column.shape, base.shape[-1])).copy()
        whole[np.arange(len(self.j)), :, :, self.j] = column
        return whole

    @property
    def on_corner(self) -> bool:
        """Whether a sum is exactly 0 where its function has a corner."""
        pairs = zip(self.layers, self.Z, strict=True)
        return any(layer.activation.pieces is not None and bool((Z == 0).any()) for layer, Z in pairs)

    def beside(self, side: float) -> "Behind":
        """The same just beside each parameter's value: a unit on its corner is on the piece to which the move takes it.

        `side` is -1 or 1. Where a move takes a unit is known once the pieces before it are: layer by layer.
        """
        there = self
        for _ in self.layers:
            sums = there.sums(side * self.probe[:, None])
            right = tuple(np.where(Z == 0, moved > 0, Z > 0) for Z, moved in zip(self.Z, sums, strict=True))
            there = replace(there, right=right)
        return there


def on_pieces(layer: Layer, Z: Array, right: Flags) -> Array:
    """A layer's activations, where its function has two pieces by those that `right` names."""
    pieces = layer.activation.pieces
    return layer.activation.g(Z) if pieces is None else np.where(right, pieces[1](Z), pieces[0](Z))


def differences(near: Behind, noise: float) -> list[Estimate]:
    """The slope of the mean loss over each parameter; `noise` is how far rounding alone moves it."""
    widest, count = max(len(layer.b) for layer in near.layers), len(near.j)
    found: list[Estimate] = []
    size = max(1, WORK // (len(near.A) * widest * 2 * len(STEPS)))  # so many parameters' arrays fit a processor's cache
    for start in range(0, count, size):
        part = near.only(np.arange(start, min(start + size, count)))
        h = steps_of(part)
        _, losses = part.moved(h[:, None] * np.concatenate([STEPS, -STEPS]))
        rises = (losses[:, : len(STEPS)] - losses[:, len(STEPS) :]).mean(axis=-1)
        D = (rises / (2.0 * STEPS * h[:, None])).T
        fine, coarse = (4.0 * D[0] - D[1]) / 3.0, (4.0 * D[1] - D[2]) / 3.0
        unsure = np.abs(fine - coarse) + SURE * noise / h
        found += map(Estimate, fine.tolist(), unsure.tolist())
    return found


def steps_of(near: Behind) -> Array:
    """Each parameter's step h, (P,), seen from a small move of it: a power of two, so that w + h is exact."""
    probe, shift = near.probe, np.zeros(len(near.j))
    sums, _ = near.moved(probe[:, None] * np.array([0.0, 1.0]))
    for layer, Z, moved in zip(near.layers, near.Z, sums, strict=True):
        fastest = np.abs(moved[:, 1] - moved[:, 0]).max(axis=(1, 2)) / probe
        straight = BEND / (FLAT * max(1.0, float(np.abs(Z).max())))
        shift = np.maximum(shift, fastest * (straight if layer.activation.straight else 1.0))
    longest = np.where(shift > 0, BEND / np.where(shift > 0, shift, 1.0), 1.0)
    return np.exp2(np.floor(np.log2(longest)))


def noise_of(near: Behind) -> float:
    """How far rounding alone moves the mean loss: measured on networks that differ in their last digits."""
    rng = np.random.default_rng(0)

    def jittered(part: Array, *stack: int) -> Array:
        value: Array = part * (1.0 + EPSILON * rng.integers(-JITTER, JITTER + 1, (*stack, *part.shape)))
        return value

    pairs = [(jittered(layer.W, JITTERS), jittered(layer.b, JITTERS)) for layer in near.layers]
    there = forward(Network(near.layers).with_parameters(pairs), near.A[:, :-1])
    means = near.loss.value(Output(there.Z[-1], jittered(there.A[-1])), near.Y).mean(axis=-1)
    return float(np.std(means)) + EPSILON * float(np.abs(means).max()) + TINY
