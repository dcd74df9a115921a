"""The landscape that an iteration stands in: its batch's mean loss over one or two parameters, all others at rest.

By forward() and the loss alone, as in the numerical check, whose secant is here too. Where a walk rounds its
activations, the loss is taken without rounding: a rounded loss is a staircase.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.check.central_differences import Behind, steps_of
from app.engine.check.gradient_check import row_of
from app.engine.learning.iteration import Iteration
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.engine.network.layers import Layer, Network
from app.engine.network.propagation import forward

WORK = 2**17  # numbers in one stack of arrays
MOST_WORK = 80_000_000  # activations in all that one picture may take, of a function that costs 1
REACHES: Array = np.exp2(np.arange(-6.0, 4.0))  # how far to look to either side, the shortest first
BENT = 1 / 2  # how much of a curve's rise its bend makes, from which its shape is seen
ROOM = 5  # steps to the nearest corner
MOST_HALVINGS = 64
LEVEL = 1e-9  # of the loss: what bends less is level


@dataclass(frozen=True)
class Secant:
    """Through the losses `step` to either side of a parameter's value, `low` and `high`."""

    step: float
    low: float
    high: float
    slope: float


def losses_at(iteration: Iteration, moved: Sequence[Symbol], places: Array) -> Array:
    """The mean loss, (n,), with the parameters W or b that are `moved` at each row of `places`, (n, len(moved)).

    Infinite or NaN where numbers overflow.
    """
    network, widest = iteration.before, max(len(layer.b) for layer in iteration.before.layers)
    size = max(1, WORK // (len(iteration.X) * widest))
    loss = iteration.method.loss
    with np.errstate(all="ignore"):
        stacks = (_stack(network, moved, places[start : start + size]) for start in range(0, len(places), size))
        parts = [loss.value(forward(stack, iteration.X).output, iteration.Y) for stack in stacks]
        means: Array = np.concatenate([part.mean(axis=-1) for part in parts])
    return means


def losses_along(iteration: Iteration, symbol: Symbol, values: Array) -> Array:
    """The mean loss for each value, (n,), of one parameter."""
    return losses_at(iteration, (symbol,), values[:, None])


def losses_over(iteration: Iteration, moved: tuple[Symbol, Symbol], first: Array, second: Array) -> Array:
    """The mean loss over a grid, (len(second), len(first)): columns by the first parameter, rows by the second."""
    grid = np.stack([axis.ravel() for axis in np.meshgrid(first, second)], axis=-1)
    return losses_at(iteration, moved, grid).reshape(len(second), len(first))


def affordable(iteration: Iteration, moved: Sequence[Symbol], wanted: int) -> int:
    """How many places may be looked at, at most as many as wanted: fewer where each is much work."""
    first = min(symbol.layer for symbol in moved)
    each = sum(len(layer.b) * layer.activation.work for layer in iteration.before.layers[first - 1 :])
    return min(wanted, MOST_WORK // (each * len(iteration.X)))


def reach(iteration: Iteration, symbol: Symbol) -> float:
    """How far to either side of a parameter's value to look for its curve to show a shape, from 1/64 to 8.

    The shortest way on which the bend makes half of what the slope makes; the longest of all where none does.
    """
    here = value_of(iteration.before, symbol)
    places = np.concatenate([[here], here - REACHES, here + REACHES])
    middle, left, right = np.split(losses_along(iteration, symbol, places), [1, 1 + len(REACHES)])
    finite = np.isfinite(left) & np.isfinite(right)
    with np.errstate(invalid="ignore"):
        bend, rise = np.abs(left / 2 + right / 2 - middle), np.abs(right / 2 - left / 2)
    bent = finite & (bend > LEVEL * np.abs(middle)) & (bend >= BENT * rise)
    if bent.any():
        return float(REACHES[bent][0])
    return float(REACHES[finite][-1] if finite.any() else REACHES[0])


def secant(iteration: Iteration, symbol: Symbol) -> Secant:
    """The secant of the step with which the numerical check begins at a parameter W or b."""
    step = step_of(iteration, symbol)
    here = value_of(iteration.before, symbol)
    low, high = losses_along(iteration, symbol, np.array([here - step, here + step])).tolist()
    return Secant(step, low, high, (high - low) / (2 * step))


def step_of(iteration: Iteration, symbol: Symbol) -> float:
    """The check's step for a parameter W or b; halved until the loss itself has no corner within ROOM of it."""
    near = Behind.of(iteration, symbol.layer).only(row_of(iteration, symbol))
    with np.errstate(all="ignore"):
        h = steps_of(near)
        for _ in range(MOST_HALVINGS):
            sums = near.sums(ROOM * h[:, None] * np.array([-1.0, 1.0]))
            if not any(
                layer.activation.pieces is not None and bool((((moved > 0) != (Z > 0)) & (Z != 0)).any())
                for layer, Z, moved in zip(near.layers, near.Z, sums, strict=True)
            ):
                break
            h /= 2
    return float(h[0])


def value_of(network: Network, symbol: Symbol) -> float:
    """The value of a parameter W or b."""
    layer = network.layers[symbol.layer - 1]
    return float(layer.b[symbol.j] if symbol.k is None else layer.W[symbol.j, symbol.k])


def place_of(network: Network, symbol: Symbol) -> int:
    """Where a parameter W or b stands in `Network.flat`."""
    counted = network.parts(np.arange(network.size, dtype=float))
    W, b = counted[symbol.layer - 1]
    return int(b[symbol.j] if symbol.k is None else W[symbol.j, symbol.k])


def _stack(network: Network, moved: Sequence[Symbol], places: Array) -> Network:
    """One network for each row; layers of which nothing is moved are the same for all, and computed once as far as
    the first that is not."""
    layers = list(network.layers)
    for layer in {symbol.layer for symbol in moved}:
        old = layers[layer - 1]
        layers[layer - 1] = Layer(
            np.repeat(old.W[None], len(places), axis=0), np.repeat(old.b[None], len(places), axis=0), old.activation
        )
    for symbol, values in zip(moved, places.T, strict=True):
        layer_now = layers[symbol.layer - 1]
        if symbol.k is None:
            layer_now.b[:, symbol.j] = values
        else:
            layer_now.W[:, symbol.j, symbol.k] = values
    return Network(tuple(layers))
