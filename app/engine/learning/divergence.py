"""Where training leaves the finite numbers: what did so first in an iteration, and which parameter."""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from app.engine.learning.iteration import Iteration
from app.engine.network.arrays import Array
from app.engine.network.errors import DivergedError
from app.engine.network.expressions import Symbol
from app.engine.network.layers import Network

PARAMETERS = {"a gradient": "the gradient of {}", "an updated parameter": "{}"}  # what has a parameter to be named


def check_finite(iteration: Iteration) -> None:
    """DivergedError says what of an iteration left the finite numbers first, and which parameter."""
    what = first_not_finite(iteration)
    if what is not None:
        raise diverged(iteration, what)


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


def diverged(iteration: Iteration, what: str) -> DivergedError:
    """The error for what left the finite numbers; it names the parameter that did too, else the largest."""
    number, symbol = iteration.past.iteration, first_parameter(iteration)
    if symbol is None:
        symbol = largest_parameter(iteration.after)
        return DivergedError(number, what, symbol, f"; the largest parameter is {in_words(symbol)}")
    if what in PARAMETERS:
        return DivergedError(number, PARAMETERS[what].format(in_words(symbol)), symbol)
    return DivergedError(number, what, symbol, f", and with it {in_words(symbol)}")


def first_parameter(iteration: Iteration) -> Symbol | None:
    """The first weight or bias, as the walk comes by it, whose gradient is not finite, else whose new value is not."""
    gradients, after = iteration.backward, iteration.after.layers
    left = chain(
        _not_finite(zip(gradients.dW, gradients.db, strict=True)),
        _not_finite((layer.W, layer.b) for layer in after),
    )
    return next(left, None)


def _not_finite(pairs: Iterable[tuple[Array, Array]]) -> Iterator[Symbol]:
    """The parameters, layer L to 1, W row by row, then b, that are not finite in what is shaped as they are."""
    for kind, l, part in _from_the_last(pairs):
        for place in np.argwhere(~np.isfinite(part)).tolist():
            yield Symbol(kind, l, *place)


def _from_the_last(pairs: Iterable[tuple[Array, Array]]) -> Iterator[tuple[str, int, Array]]:
    """W, then b, with kind and layer, from the last layer to the first."""
    for l, (W, b) in reversed(list(enumerate(pairs, start=1))):
        yield "W", l, W
        yield "b", l, b


def largest_parameter(network: Network) -> Symbol:
    """The weight or bias of the largest size."""
    found = []
    for kind, l, part in _from_the_last((layer.W, layer.b) for layer in network.layers):
        place = np.unravel_index(np.argmax(np.abs(part)), part.shape)
        found.append((float(np.abs(part[place])), Symbol(kind, l, *map(int, place))))
    return max(found, key=lambda one: one[0])[1]


def in_words(symbol: Symbol) -> str:
    """The weight from input 1 to unit 2 of layer 1; the bias of unit 1 of layer 2."""
    _, l, j, k = symbol
    unit = f"unit {j + 1} of layer {l}"
    if k is None:
        return f"the bias of {unit}"
    return f"the weight from {'input' if l == 1 else 'unit'} {k + 1} to {unit}"
