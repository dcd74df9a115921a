"""The chain rule told as its links: dL/dw = dL/dy_hat · dy_hat/dz · dz/dw, one product for each way to the loss.

Always by the right rules. Where many paths lead on, a way is all of them that pass one unit of the next layer: it
begins with that unit's error signal.
"""

from typing import NamedTuple

from app.engine.equations.rules import targets, y_hats
from app.engine.equations.shape import Shape
from app.engine.equations.trace import LOSS
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import Expression, Number, Symbol, difference, product
from app.engine.network.losses import LOSSES

KINDS = ("delta", "dW", "db")  # the gradients that have links


class Link(NamedTuple):
    """One factor: how much `above` grows with `below`, and what that is found from."""

    above: Symbol
    below: Symbol
    value: Expression


class Way(NamedTuple):
    """One product of links, from the loss down; `unit`, an activation or a sum, is what tells it from the others."""

    unit: Symbol | None
    links: tuple[Link, ...]


def links_of(shape: Shape, symbol: Symbol, from_error: bool = False) -> tuple[Way, ...]:
    """The ways of a gradient, delta, dW or db, for one example; their products add up to it.

    `from_error`: an output's part is not opened, and its error signal stands for it, as where a prediction is 0 or 1
    to the last bit. An output's own error signal then has no way.
    """
    kind, l, j, k = symbol
    z = Symbol("z", l, j)
    last: tuple[Link, ...] = ()
    if kind == "dW":
        last = (Link(z, Symbol("W", l, j, k), Symbol("a", l - 1, k or 0)),)
    elif kind == "db":
        last = (Link(z, Symbol("b", l, j), Number(1)),)
    if l == shape.depth:
        if not last:
            return () if from_error else _ways_of_output(shape, j)
        return (Way(None, (*_to_sum(shape, l, j, from_error), *last)),)
    a, several = Symbol("a", l, j), shape.sizes[l + 1] > 1
    through = Link(a, z, slope_at(shape, l, j))
    return tuple(
        Way(
            Symbol("z", l + 1, i) if several else None,
            (
                *_to_sum(shape, l + 1, i, from_error),
                Link(Symbol("z", l + 1, i), a, Symbol("W", l + 1, i, j)),
                through,
                *last,
            ),
        )
        for i in range(shape.sizes[l + 1])
    )


def slope_at(shape: Shape, l: int, j: int) -> Expression:
    """A unit's slope, as a symbol; from its activation where the loss was made for it, for there it has cancelled and
    no equation finds it."""
    formula = ACTIVATIONS[shape.activation(l)].slope_formula
    if l == shape.depth and LOSSES[shape.loss].error is not None and formula is not None:
        return formula(Symbol("a", l, j))
    return Symbol("slope", l, j)


def _to_sum(shape: Shape, l: int, j: int, from_error: bool) -> tuple[Link, ...]:
    """From the loss to a unit's sum: opened at an output that has but one way, else its error signal."""
    if l == shape.depth and not from_error and not ACTIVATIONS[shape.activation(l)].couples:
        return _ways_of_output(shape, j)[0].links
    return (Link(LOSS, Symbol("z", l, j), Symbol("delta", l, j)),)


def _ways_of_output(shape: Shape, j: int) -> tuple[Way, ...]:
    """Through the prediction of unit j; through all of them where each depends on every sum, as in softmax."""
    loss, y_hat, y, z = LOSSES[shape.loss], y_hats(shape), targets(shape), Symbol("z", shape.depth, j)

    def of_loss(i: int) -> Link:
        return Link(LOSS, y_hat[i], product(*loss.slope(y_hat, y, i)))

    if not ACTIVATIONS[shape.activation(shape.depth)].couples:
        return (Way(None, (of_loss(j), Link(y_hat[j], z, slope_at(shape, shape.depth, j)))),)
    return tuple(
        Way(a, (of_loss(i), Link(a, z, product(a, difference(Number(int(i == j)), y_hat[j])))))
        for i, a in enumerate(y_hat)
    )
