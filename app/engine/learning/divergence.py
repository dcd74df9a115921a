"""Where training leaves the finite numbers: what did so first in an iteration, and which parameter."""

from collections.abc import Iterable, Iterator
from itertools import chain
from math import isfinite

import numpy as np

from app.engine.learning.iteration import Iteration
from app.engine.network.arrays import Array
from app.engine.network.errors import DivergedError
from app.engine.network.expressions import Symbol

PARAMETERS = {"a gradient": "the gradient of {}", "an updated parameter": "{}"}  # what has a parameter to be named


def check_finite(iteration: Iteration) -> None:
    """DivergedError says what of an iteration left the finite numbers first, and which parameter."""
    what = first_not_finite(iteration)
    if what is not None:
        raise diverged(iteration, what)


def diverged(iteration: Iteration, what: str) -> DivergedError:
    """The error for what left the finite numbers; it names the first parameter that did so too, as the walk comes by
    it, by its gradient or else by its new value; else the largest."""
    gradients = zip(iteration.backward.dW, iteration.backward.db, strict=True)
    after = [(layer.W, layer.b) for layer in iteration.after.layers]
    number, in_order = iteration.past.iteration, chain(_from_the_last(gradients), _from_the_last(after))
    symbol = next((symbol for symbol, value in in_order if not isfinite(value)), None)
    if symbol is None:
        symbol, _ = max(_from_the_last(after), key=lambda one: abs(one[1]))
        return DivergedError(number, what, symbol, f"; the largest parameter is {in_words(symbol)}")
    if what in PARAMETERS:
        return DivergedError(number, PARAMETERS[what].format(in_words(symbol)), symbol)
    return DivergedError(number, what, symbol, f", and with it {in_words(symbol)}")


def first_not_finite(iteration: Iteration) -> str | None:
    """The name of what left the finite numbers first, in the order of the walk; None if nothing did."""
    gradients, after = iteration.backward, iteration.after.layers
    in_order: tuple[tuple[str, tuple[Array, ...]], ...] = (
        ("a weighted sum", iteration.forward.Z),
        ("an activation", iteration.forward.A),
        ("the loss", (iteration.losses, np.array(iteration.loss))),
        ("an error signal", gradients.delta),
        ("a gradient", gradients.dW + gradients.db),
        ("an updated parameter", tuple(part for layer in after for part in (layer.W, layer.b))),
    )
    return next((name for name, arrays in in_order if not all(np.isfinite(array).all() for array in arrays)), None)


def _from_the_last(pairs: Iterable[tuple[Array, Array]]) -> Iterator[tuple[Symbol, float]]:
    """Each weight and bias with its number in what is shaped as they are: layer L to 1, W row by row, then b."""
    for l, pair in reversed(list(enumerate(pairs, start=1))):
        for kind, part in zip("Wb", pair, strict=True):
            for place, value in np.ndenumerate(part):
                yield Symbol(kind, l, *place), float(value)


def in_words(symbol: Symbol) -> str:
    """The weight from input 1 to unit 2 of layer 1; the bias of unit 1 of layer 2."""
    _, l, j, k = symbol
    unit = f"unit {j + 1} of layer {l}"
    if k is None:
        return f"the bias of {unit}"
    return f"the weight from {'input' if l == 1 else 'unit'} {k + 1} to {unit}"
