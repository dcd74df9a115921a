"""The referee of every gradient: central differences of the exact loss, by the forward pass and the loss alone.

One parameter is moved by h to either side, D(h) = (f(w + h) - f(w - h)) / 2h, and the slope is (4 D(h) - D(2h)) / 3:
four points, right to the fourth order (Fornberg 1988). How sure it is, is the same at twice the step, and by how much
rounding alone moves the loss.

No difference looks across a corner: each unit stays on the piece of its function on which it stands (0 or z of a ReLU).
Near where it stands that is the function itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.engine.network.arrays import Array
from app.engine.network.layers import Layer, Network
from app.engine.network.losses import Loss, Output
from app.engine.network.propagation import Forward, forward

STEPS = np.array([1.0, 2.0, 4.0])  # how far to look, in steps
BEND = 1 / 128  # how far a step may move a sum where its function bends
FLAT = 1 / 8  # of its size, where the function is made of straight pieces
PROBE = 2.0**-20  # how far a sum is moved to see what follows it
JITTERS, JITTER = 16, 2  # networks that measure the noise, and how many last digits their numbers are off
SURE = 6.0  # times the noise of a loss: that of the difference of four
WORK = 2**17  # numbers in one stack of arrays
EPSILON, TINY = float(np.finfo(float).eps), float(np.finfo(float).tiny)

Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]


class Estimate(NamedTuple):
    """What a referee says of a gradient: its value, and within how much of it the true one lies."""

    value: float
    uncertainty: float


@dataclass(frozen=True, eq=False)
class Behind:
    """P parameters of one layer, each to be moved alone: row j of [W | b], column k, where k = fan_in is the bias.

    `layers` are that layer and all that follow, `A` (m, fan_in) is what reaches it, `Z` their sums, (m, n) each, `Y`
    the targets. `right` says of every unit whether it is on the right piece of its function: (m, n), or (P, 1, m, n).
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
    def of_layer(cls, network: Network, there: Forward, Y: Array, loss: Loss, l: int) -> "Behind":
        """All parameters of layer l, row by row of [W | b]; `there` is the network's pass forward."""
        fan_out, fan_in = network.layers[l - 1].W.shape
        j, k = np.divmod(np.arange(fan_out * (fan_in + 1)), fan_in + 1)
        Z = there.Z[l - 1 :]
        return cls(network.layers[l - 1 :], there.A[l - 1], Z, Y, loss, tuple(part > 0 for part in Z), j, k)

    def __len__(self) -> int:
        return len(self.j)

    def only(self, places: Indices) -> "Behind":
        """Some of the parameters."""
        right = tuple(part[places] if part.ndim == 4 else part for part in self.right)
        return replace(self, right=right, j=self.j[places], k=self.k[places])

    @property
    def carried(self) -> Array:
        """What each parameter multiplies, (P, m): an input of its layer; 1 for a bias."""
        return np.column_stack([self.A, np.ones(len(self.A))])[:, self.k].T

    def moved(self, T: Array) -> tuple[list[Array], Array]:
        """With each parameter moved by its S offsets T (P, S): the sums of every layer behind it, (P, S, m, n), of the
        first the moved unit's alone, (P, S, m, 1); and the examples' losses, (P, S, m)."""
        first, P = self.layers[0], np.arange(len(self))
        rows = np.repeat(np.column_stack([first.W, first.b])[self.j, None], T.shape[1], axis=1)
        rows[P, :, self.k] += T
        z = rows @ np.column_stack([self.A, np.ones(len(self.A))]).T
        sums, Z = [z[..., None]], _with_unit(self.Z[0], z, self.j) if len(self.layers) == 1 else z
        A = Z if len(self.layers) == 1 else self._first_activations(z)
        for place in range(1, len(self.layers)):
            layer = self.layers[place]
            Z = (A.reshape(-1, A.shape[-1]) @ layer.W.T + layer.b).reshape(*z.shape, -1)
            sums.append(Z)
            A = Z if place == len(self.layers) - 1 else _on_pieces(layer, Z, self.right[place])
        own = self.loss.error is not None  # then the loss is found from Z alone
        return sums, self.loss.value(Output(Z, Z if own else _on_pieces(self.layers[-1], Z, self.right[-1])), self.Y)

    def _first_activations(self, z: Array) -> Array:
        """All units' activations, (P, S, m, n), of the first layer, the moved unit's from its own sums (P, S, m)."""
        first, base, right = self.layers[0], self.Z[0], self.right[0]
        own = right.T[self.j, None] if right.ndim == 2 else right[np.arange(len(self)), :, :, self.j]
        return _with_unit(_on_pieces(first, base, base > 0), _on_pieces(first, z, own), self.j)

    def beside(self, side: float) -> "Behind":
        """The same just beside the parameter's value: a unit on its corner is on the piece to which the move takes it.

        `side` is -1 or 1. What moves a unit is known once the units before it are: hence once for each layer.
        """
        there = self
        for _ in self.layers:
            (z, *later), _ = there.moved(side * self.probe[:, None])
            sums = (_with_unit(self.Z[0], z[..., 0], self.j), *later)
            pairs = zip(self.Z, sums, strict=True)
            there = replace(self, right=tuple(np.where(Z == 0, moved > 0, Z > 0) for Z, moved in pairs))
        return there

    def crosses(self, T: Array) -> bool:
        """Whether a move by one of the offsets T (P, S) takes a sum across a corner that it does not stand on."""
        (z, *later), _ = self.moved(T)
        sums = (_with_unit(self.Z[0], z[..., 0], self.j), *later)
        return any(
            layer.activation.pieces and bool((((moved > 0) != (Z > 0)) & (Z != 0)).any())
            for layer, Z, moved in zip(self.layers, self.Z, sums, strict=True)
        )

    @property
    def on_corner(self) -> bool:
        """Whether a sum is exactly 0 where its function has a corner."""
        return any(
            layer.activation.pieces and bool((Z == 0).any()) for layer, Z in zip(self.layers, self.Z, strict=True)
        )

    @property
    def probe(self) -> Array:
        """A move of each parameter that no sum of its layer feels by more than PROBE, (P,)."""
        carried = np.abs(self.carried).max(axis=1)
        return PROBE / np.where(carried > 0, carried, 1.0)


def _with_unit(base: Array, column: Array, j: Indices) -> Array:
    """The base (m, n), for each of P parameters with unit j's column, (P, S, m), put in: (P, S, m, n)."""
    whole = np.broadcast_to(base, (*column.shape, base.shape[-1])).copy()
    whole[np.arange(len(column)), :, :, j] = column
    return whole


def _on_pieces(layer: Layer, Z: Array, right: Flags) -> Array:
    """A layer's activations, each unit's by the piece of its function that `right` names."""
    pieces = layer.activation.pieces
    return layer.activation.g(Z) if pieces is None else np.where(right, pieces[1](Z), pieces[0](Z))


def differences(near: Behind, noise: float) -> list[Estimate]:
    """The slope of the mean loss over each parameter; `noise` is how far rounding alone moves it."""
    parts = (_measured(near.only(part), noise) for part in _in_parts(near))
    return [Estimate(*pair) for part in parts for pair in zip(*part, strict=True)]


def _in_parts(near: Behind) -> Sequence[Indices]:
    """Parts whose arrays fit a processor's cache."""
    widest = max(len(layer.b) for layer in near.layers)
    size = max(1, WORK // (len(near.A) * widest * 2 * len(STEPS)))
    return [np.arange(start, min(start + size, len(near))) for start in range(0, len(near), size)]


def _measured(near: Behind, noise: float) -> tuple[list[float], list[float]]:
    h = steps_of(near)
    losses = near.moved(h[:, None] * np.concatenate([STEPS, -STEPS]))[1]
    rises = (losses[:, :3] - losses[:, 3:]).mean(axis=-1)
    D = (rises / (2.0 * STEPS * h[:, None])).T
    fine, coarse = (4.0 * D[0] - D[1]) / 3.0, (4.0 * D[1] - D[2]) / 3.0
    return fine.tolist(), (np.abs(fine - coarse) + SURE * noise / h).tolist()


def steps_of(near: Behind) -> Array:
    """Each parameter's step, seen from a small move of it: a power of two, so that w + h is exact."""
    probe = near.probe
    sums, _ = near.moved(probe[:, None])
    shift = np.zeros(len(near))
    for place, (layer, Z) in enumerate(zip(near.layers, near.Z, strict=True)):
        before = Z if place else Z.T[near.j, None, :, None]
        fastest = np.abs(sums[place] - before).max(axis=(1, 2, 3)) / probe
        straight = BEND / (FLAT * max(1.0, float(np.abs(Z).max())))
        shift = np.maximum(shift, fastest * (straight if layer.activation.straight else 1.0))
    return np.exp2(np.floor(np.log2(np.where(shift > 0, BEND / np.where(shift > 0, shift, 1.0), 1.0))))


def noise_of(near: Behind) -> float:
    """How far rounding alone moves the mean loss: measured on networks that differ in their last digits."""
    rng = np.random.default_rng(0)

    def jittered(part: Array, *stack: int) -> Array:
        value: Array = part * (1.0 + EPSILON * rng.integers(-JITTER, JITTER + 1, (*stack, *part.shape)))
        return value

    layers = (Layer(jittered(layer.W, JITTERS), jittered(layer.b, JITTERS), layer.activation) for layer in near.layers)
    there = forward(Network(tuple(layers)), near.A)
    means = near.loss.value(Output(there.Z[-1], jittered(there.A[-1])), near.Y).mean(axis=-1)
    return float(np.std(means)) + EPSILON * float(np.abs(means).max()) + TINY
