"""The referee of every gradient: central differences of the exact loss, by forward() and the loss alone.

A parameter's step is as long as what it moves allows: every sum behind it moves by at most 1/128 where the function
bends, and never across a corner of a ReLU, for beyond it is another function. Where a corner is too near, the
difference looks away from it; where a sum stands on a corner, it looks both ways.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from app.engine.check.neighbours import (
    CORNERED,
    EPSILON,
    NUDGE,
    PIECEWISE_LINEAR,
    Neighbours,
    noise,
    nudged,
)
from app.engine.check.stencils import (
    CENTRAL,
    DOWNWARD,
    UPWARD,
    Stencil,
)
from app.engine.network.layers import Network
from app.engine.network.losses import Loss
from app.engine.network.propagation import Forward, forward
from app.engine.network.types import Array

PROBE = 2.0**-20  # how far a sum is moved to see what follows it
BEND = 1 / 128  # how far a sum may be moved where its function bends
FLAT = 1 / 8  # of its size, where the function is made of straight pieces
ON = 1e-9  # of a step: a corner nearer than this is stood on
ROOM = 5  # steps to the nearest corner: a one-sided stencil has four
NEAR = 1 / 256  # of the step: with a corner nearer than this, better look away from it
SURE = 4.0  # estimated errors are taken so many times
GOOD = 2e-7  # relative error of the method itself from which a smaller step is tried
SHRINK, TRIES = 1 / 4, 6
WORK = 2**17  # numbers in one stack of arrays

Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Differences:
    """What differences say of P parameters: slope, its uncertainty, and the slopes on either side, (P,) each.

    Where a sum stands on a corner, `slope` is the mean of the two sides, and below <= above hold every slope that a
    choice of sides could give; elsewhere both are the slope.
    """

    slope: Array
    uncertainty: Array
    below: Array
    above: Array
    cornered: Flags


@dataclass(frozen=True, eq=False)
class Steps:
    """For each of P parameters: the longest step, the distances to the nearest corners, whether it stands on one; how
    fast the sums behind it move where the function bends; how far the last digit of an output moves the slope."""

    h: Array
    below: Array
    above: Array
    on: Flags
    shift: Array
    digit: Array


def numerical_gradient(network: Network, X: Array, Y: Array, loss: Loss) -> tuple[list[Array], list[Array]]:
    """(dW, db) of every layer 1 to L, shaped as W and b: the slopes of the batch's mean loss."""
    dW, db = [], []
    for l, layer in enumerate(network.layers, start=1):
        fan_out, fan_in = layer.W.shape
        both = differences(network, X, Y, loss, l).slope.reshape(fan_out, fan_in + 1)
        dW.append(both[:, :-1])
        db.append(both[:, -1])
    return dW, db


def differences(
    network: Network, X: Array, Y: Array, loss: Loss, l: int, only: tuple[int, int] | None = None
) -> Differences:
    """Of every parameter of layer l, rows of [W | b] one after the other; or of one, in row and column of [W | b]."""
    with np.errstate(all="ignore"):
        found = _of_layer(network, X, Y, loss, l, only)
        if not found.cornered.any():
            return found
        left, right = (_of_layer(nudged(network, X, side), X, Y, loss, l, only).slope for side in (-1.0, 1.0))
    lowest, highest = np.minimum(left, right), np.maximum(left, right)
    margin = 100 * NUDGE * np.maximum(np.abs(lowest), np.abs(highest))
    below = np.where(found.cornered & (lowest < found.below - margin), lowest, found.below)
    above = np.where(found.cornered & (highest > found.above + margin), highest, found.above)
    return Differences(found.slope, found.uncertainty, below, above, found.cornered)


def _of_layer(network: Network, X: Array, Y: Array, loss: Loss, l: int, only: tuple[int, int] | None) -> Differences:
    fan_out, fan_in = network.layers[l - 1].W.shape
    j, k = np.divmod(np.arange(fan_out * (fan_in + 1)), fan_in + 1)
    near = Neighbours(network.layers[l - 1 :], forward(network, X).A[l - 1], Y, loss, j, k)
    if only is not None:
        near = near.only(np.array([only[0] * (fan_in + 1) + only[1]]))
    sigma = noise(network, X, Y, loss)
    found = [_measured(part, sigma) for part in _in_parts(near)]
    names = [field.name for field in fields(Differences)]
    return Differences(*(np.concatenate([getattr(one, name) for one in found]) for name in names))


def _in_parts(near: Neighbours) -> Iterator[Neighbours]:
    """Parts whose arrays fit a processor's cache."""
    widest = max(len(layer.b) for layer in near.layers)
    size = max(1, WORK // (len(near.A) * widest * len(CENTRAL.offsets)))
    for start in range(0, len(near), size):
        yield near.only(np.arange(start, min(start + size, len(near))))


def _measured(near: Neighbours, sigma: float) -> Differences:
    steps = steps_of(near)
    slope, uncertainty = _best(near, steps, sigma)
    below, above = slope.copy(), slope.copy()
    on = np.flatnonzero(steps.on)
    if len(on):
        there = _some(steps, on)
        below[on], under = _refined(near.only(on), there, DOWNWARD, sigma)
        above[on], over = _refined(near.only(on), there, UPWARD, sigma)
        slope[on], uncertainty[on] = (below[on] + above[on]) / 2, np.maximum(under, over)
        below, above = np.minimum(below, above), np.maximum(below, above)
    return Differences(slope, uncertainty, below, above, steps.on)


def _best(near: Neighbours, steps: Steps, sigma: float) -> tuple[Array, Array]:
    """Each parameter by the stencil that fits between its corners."""
    nearest = np.minimum(steps.below, steps.above)
    aside = nearest < NEAR * ROOM * steps.h
    choices = ((CENTRAL, ~aside), (UPWARD, aside & (steps.above >= steps.below)), (DOWNWARD, aside))
    slope, uncertainty, left = np.zeros(len(near)), np.zeros(len(near)), ~steps.on
    for stencil, fits in choices:
        chosen = np.flatnonzero(fits & left)
        left = left & ~fits
        if len(chosen):
            some = _some(steps, chosen)
            slope[chosen], uncertainty[chosen] = _refined(near.only(chosen), some, stencil, sigma)
    return slope, uncertainty


def _some(steps: Steps, chosen: Indices) -> Steps:
    return Steps(*(getattr(steps, field.name)[chosen] for field in fields(Steps)))


# Steps --------------------------------------------------------------------------------------------------------------


def steps_of(near: Neighbours) -> Steps:
    """How far each parameter may be moved, seen from a small move of each."""
    carried = near.carried
    probe = PROBE / np.where(carried > 0, carried, 1.0)
    there = near.forward(probe[:, None])
    shift = np.zeros(len(near))
    below, above = np.full(len(near), np.inf), np.full(len(near), np.inf)
    roots = []
    for layer, Z, moved in near.sums(there):
        speed = (moved[:, 0] - Z[:, 0]) / probe[:, None, None]
        fastest = np.abs(speed).max(axis=(1, 2))
        straight = BEND / (FLAT * max(1.0, float(np.abs(Z).max())))
        shift = np.maximum(shift, fastest * (straight if layer.activation.name in PIECEWISE_LINEAR else 1.0))
        if layer.activation.name in CORNERED:
            roots.append(_roots(Z[:, 0], speed))
    most = np.where(shift > 0, BEND / np.where(shift > 0, shift, 1.0), 1.0)
    on = np.zeros(len(near), bool)
    for root in roots:
        here = np.abs(root) <= ON * most[:, None]
        on |= here.any(axis=1)
        above = np.minimum(above, np.where((root > 0) & ~here, root, np.inf).min(axis=1))
        below = np.minimum(below, np.where((root < 0) & ~here, -root, np.inf).min(axis=1))
    largest = max(float(np.abs(near.unmoved.A[-1]).max()), float(np.abs(near.Y).max()))
    return Steps(most, below, above, on, shift, EPSILON * largest * fastest)


def _roots(Z: Array, speed: Array) -> Array:
    """How far a parameter moves until each sum is 0: (P, m * n), with signs; infinite where it never will be."""
    moving = speed != 0
    roots = np.where(moving, -Z / np.where(moving, speed, 1.0), np.inf)
    return roots.reshape(len(speed), -1)


def step_of(network: Network, X: Array, Y: Array, loss: Loss, l: int, parameter: tuple[int, int]) -> float:
    """The step to either side with which a parameter's check begins: row and column of [W | b] of layer l."""
    j, k = np.array([parameter]).T
    near = Neighbours(network.layers[l - 1 :], forward(network, X).A[l - 1], Y, loss, j, k)
    with np.errstate(all="ignore"):
        return float(_allowed(steps_of(near), CENTRAL)[0])


def _allowed(steps: Steps, stencil: Stencil) -> Array:
    """The longest step that stays on this side of the corners: a power of two, so that w + h is exact."""
    room = np.full(len(steps.h), np.inf)
    if stencil.offsets[0] < 0:
        room = np.minimum(room, steps.below)
    if stencil.offsets[-1] > 0:
        room = np.minimum(room, steps.above)
    longest = np.minimum(steps.h if stencil is CENTRAL else steps.h / 2, room / ROOM)
    return np.exp2(np.floor(np.log2(longest)))


# Slopes -------------------------------------------------------------------------------------------------------------


def _refined(near: Neighbours, steps: Steps, stencil: Stencil, sigma: float) -> tuple[Array, Array]:
    """Slopes and their uncertainties; where the method's own error is not small, by smaller and smaller steps."""
    h = _allowed(steps, stencil)
    slope, uncertainty = np.full(len(h), np.nan), np.full(len(h), np.inf)
    left = np.arange(len(h))
    for _ in range(TRIES):
        found, error = _slopes(near.only(left), h[left], steps.shift[left], stencil)
        rounding = SURE * (stencil.gain * sigma / h[left] + steps.digit[left])
        better = left[error + rounding < uncertainty[left]]
        chosen = np.isin(left, better)
        slope[better], uncertainty[better] = found[chosen], (error + rounding)[chosen]
        left = left[~(error <= np.maximum(GOOD * np.abs(found), rounding))]
        h[left] *= SHRINK
        if not len(left):
            break
    return slope, uncertainty


def _slopes(near: Neighbours, h: Array, speed: Array, stencil: Stencil) -> tuple[Array, Array]:
    """(slope, estimated error of the method), (P,) each; `speed` is how fast sums move where the function bends."""
    there = near.forward(stencil.offsets * h[:, None])
    rises = near.rises(there).mean(axis=-1)
    slope, lower, curl = (
        (rises * weights).sum(axis=-1) / h for weights in (stencil.fourth, stencil.second, stencil.curl)
    )
    shift = speed * h
    trust = np.minimum(1.0, stencil.ratio * shift**2)
    error = SURE * trust * np.abs(slope - lower) + np.minimum(1.0, shift) * np.abs(curl) / 20
    error[_crossed(near, there)] = np.inf
    return slope, error


def _crossed(near: Neighbours, there: Forward) -> Flags:
    """Whether a move takes a sum across a corner that it does not stand on."""
    crossed = np.zeros(len(near), bool)
    for layer, Z, moved in near.sums(there):
        if layer.activation.name in CORNERED:
            off = ((Z > 0) != (moved > 0)) & (np.abs(Z) > ON)
            crossed |= off.any(axis=(1, 2, 3))
    return crossed
