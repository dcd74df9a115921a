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
WORK = 2**15  # numbers in one stack of arrays
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
        return cls(network.layers[l - 1 :], A, Z, np.asfortranarray(iteration.Y), iteration.method.loss, right, j, k)

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

    def moves(self, T: Array) -> tuple[Array, list[Array]]:
        """How far sums move with each parameter moved by its S offsets T (P, S): those of its own unit, (P, S, m), and
        of every layer behind, (P, S, m, n). What stands still moves by exactly 0.

        Other than in (m, n) a unit's numbers for all examples lie side by side in memory: few long rows take less time.
        """
        (first, *later), P = self.layers, np.arange(len(self.j))
        own = T[:, :, None] * self.carried[:, None]
        moves: list[Array] = []
        if later:  # of the first layer only one unit's activation is another
            right = np.broadcast_to(self.right[0], (len(P), 1, *self.Z[0].shape))[P, :, :, self.j]
            A = activations_moved(first, self.Z[0].T[self.j, None], own, right)
            moves.append(np.moveaxis(later[0].W[:, self.j, None, None] * A, 0, -1))
        for before, layer, Z, right in zip(later, later[1:], self.Z[1:], self.right[1:], strict=False):
            A = activations_moved(before, Z, moves[-1], right)
            moves.append(np.moveaxis(np.tensordot(layer.W, A, (1, -1)), 0, -1))
        return own, moves

    def losses(self, T: Array) -> Array:
        """The examples' losses with each parameter moved by its S offsets T (P, S): (P, S, m)."""
        own, later = self.moves(T)
        Z = self.Z[-1] + (later[-1] if later else self._in_layer(own))
        return self.loss.value(Output(Z, on_pieces(self.layers[-1], Z, self.right[-1])), self.Y)

    def sums(self, T: Array) -> tuple[Array, ...]:
        """With each parameter moved by its S offsets T (P, S): every layer's sums, (P, S, m, n)."""
        own, later = self.moves(T)
        return tuple(Z + move for Z, move in zip(self.Z, (self._in_layer(own), *later), strict=True))

    def _in_layer(self, own: Array) -> Array:
        """The moves of one unit, (P, S, m), as those of its whole layer, (P, S, m, n)."""
        units = np.zeros((len(self.layers[0].b), *own.shape))
        units[self.j, np.arange(len(self.j))] = own
        return np.moveaxis(units, 0, -1)

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


def activations_moved(layer: Layer, Z: Array, moves: Array, right: Flags) -> Array:
    """How far a layer's activations move with its sums."""
    moved = on_pieces(layer, Z + moves, right)
    moved -= on_pieces(layer, Z, right)
    return moved


def differences(near: Behind, noise: float) -> list[Estimate]:
    """The slope of the mean loss over each parameter; `noise` is how far rounding alone moves it."""
    widest, count = max((len(layer.b) for layer in near.layers[1:]), default=len(near.layers[0].b)), len(near.j)
    found: list[Estimate] = []
    size = max(1, WORK // (len(near.A) * widest * 2 * len(STEPS)))  # so many parameters' arrays fit a processor's cache
    for start in range(0, count, size):
        part = near.only(np.arange(start, min(start + size, count)))
        h = steps_of(part)
        losses = part.losses(h[:, None] * np.concatenate([STEPS, -STEPS]))
        rises = (losses[:, : len(STEPS)] - losses[:, len(STEPS) :]).mean(axis=-1)
        D = (rises / (2.0 * STEPS * h[:, None])).T
        fine, coarse = (4.0 * D[0] - D[1]) / 3.0, (4.0 * D[1] - D[2]) / 3.0
        unsure = np.abs(fine - coarse) + SURE * noise / h
        found += map(Estimate, fine.tolist(), unsure.tolist())
    return found


def steps_of(near: Behind) -> Array:
    """Each parameter's step h, (P,), seen from a small move: a power of two, so that h times an input is exact."""
    probe, shift = near.probe, np.zeros(len(near.j))
    own, later = near.moves(probe[:, None])
    before = (near.Z[0].T[near.j, None, :, None], *near.Z[1:])
    for layer, Z, moves in zip(near.layers, before, (own[..., None], *later), strict=True):
        seen = (Z + moves) - Z  # what is lost in the last digits of a huge sum tells nothing of a step's length
        fastest = np.abs(seen).max(axis=(1, 2, 3)) / probe
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
