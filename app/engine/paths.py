"""A gradient as the sum over its paths: every way from a weight, a bias or a unit to the loss, factor by factor.

The chain rule without its shortcut: a path's share is the product of all that lies on it, and the gradient is the sum
of the shares. Always by the right rules, whatever backward() of this iteration does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import prod
from operator import mul
from typing import NamedTuple

import numpy as np

from app.engine.learning.iteration import Iteration
from app.engine.memory import kept_with
from app.engine.network.activations import pull_through
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.engine.network.propagation import true_slope

KINDS = ("W", "b", "z", "a")  # whose gradient has paths: a weight, a bias, a unit's sum, a unit's activation
MOST_APART = 24  # paths that are looked at one by one; more are grouped by the next unit that they pass
MOST_PATHS = 512  # that are told at all

Unit = tuple[int, int]  # layer from 0 = input, unit from 0


class Factor(NamedTuple):
    """One factor of a path: W, a (what the weight carries), slope, delta (of an output), or da (dL/dy_hat)."""

    symbol: Symbol
    value: float


class Path(NamedTuple):
    """One way to the loss. `factors` and `own`, their product, are of the example in focus; `product` is the mean."""

    units: tuple[Unit, ...]
    factors: tuple[Factor, ...]
    own: float
    product: float

    @property
    def trail(self) -> tuple[float, ...]:
        """The running product, factor by factor."""
        return tuple(accumulate((factor.value for factor in self.factors), mul))

    def killer(self, flat: float) -> Factor | None:
        """The factor that leaves nothing of the path: the first 0, else the smallest slope that is below `flat`."""
        for factor in self.factors:
            if factor.value == 0:
                return factor
        slopes = [factor for factor in self.factors if factor.symbol.kind == "slope" and abs(factor.value) < flat]
        return min(slopes, key=lambda factor: abs(factor.value), default=None)


class Group(NamedTuple):
    """All paths through one unit of the next layer: how many, their sum (the mean over the batch), the focus's own."""

    unit: Unit
    paths: int
    sum: float
    own: float


@dataclass(frozen=True)
class Paths:
    """The gradient dL/d`symbol`, and those of its paths that pass the units of `via`, layer by layer.

    `units` is where they all begin. `paths` is empty where there are too many; `groups` are given above MOST_APART.
    `sum` and `own` are of these paths, `gradient` and `each` (every example's own) of all of them.
    """

    symbol: Symbol
    via: tuple[int, ...]
    units: tuple[Unit, ...]
    count: int
    paths: tuple[Path, ...]
    groups: tuple[Group, ...]
    sum: float
    own: float
    gradient: float
    each: tuple[float, ...]


class Head(NamedTuple):
    """A path up to a unit: units passed, the focus's factors, and the product of each example, shape (m,)."""

    units: tuple[Unit, ...]
    factors: tuple[Factor, ...]
    product: Array


@kept_with(most=16)
def paths_of(
    iteration: Iteration, focus: int, symbol: Symbol, via: tuple[int, ...] = (), most: int = MOST_PATHS
) -> Paths:
    """Every path from `symbol` (W, b, z or a) to the loss that passes `via`; `focus` is a row of the batch.

    Beyond `most` paths only their groups are told.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        land = Land(iteration, focus)
        start = head = land.start(symbol)
        for j in via:
            head = land.onward(head, j)
        each, shares = land.total(start), land.total(head)
        count = prod(iteration.before.sizes[head.units[-1][0] + 1 :])
        ways = land.ways(head) if count <= most else ()
        return Paths(
            symbol=symbol,
            via=via,
            units=head.units,
            count=count,
            paths=tuple(Path(w.units, w.factors, float(w.product[focus]), float(np.mean(w.product))) for w in ways),
            groups=tuple(land.groups(head, count)) if count > MOST_APART else (),
            sum=float(np.mean(shares)),
            own=float(shares[focus]),
            gradient=float(np.mean(each)),
            each=tuple(each.tolist()),
        )


@dataclass(frozen=True, eq=False)
class Land:
    """What lies on the ways to the loss, for the whole batch; `focus` is the row that is told factor by factor."""

    iteration: Iteration
    focus: int

    @cached_property
    def loss_slope(self) -> Array:
        """dL_i/dy_hat, (m, n_L)."""
        return self.iteration.method.loss.gradient(self.iteration.forward.output.A, self.iteration.Y)

    @cached_property
    def passing(self) -> tuple[tuple[tuple[str, Array], ...], ...]:
        """For every layer l at index l-1: the factors of passing its units, as kinds with arrays (m, n_l); for the last
        the output's slope and the loss's own, one factor where they belong together."""
        it, layers = self.iteration, self.iteration.before.layers
        loss, output, last = it.method.loss, it.forward.output, layers[-1].activation
        *slopes, slope = (true_slope(layer.activation, it.forward.at(l)) for l, layer in enumerate(layers, start=1))
        end: tuple[tuple[str, Array], ...]
        if loss.error is not None:  # also where the loss's own slope is no number
            end = (("delta", loss.error(output, it.Y)),)
        elif last.couples:  # every share depends on every sum: the loss's slopes of all outputs come in
            end = (("delta", pull_through(last, slope, output.A, self.loss_slope)),)
        else:
            end = (("slope", slope), ("da", self.loss_slope))
        return (*((("slope", hidden),) for hidden in slopes), end)

    @cached_property
    def reach(self) -> tuple[Array, ...]:
        """For every layer l at index l-1: the sum over all ways on from each unit's z, for each example (m, n_l)."""
        sums = [prod_of(self.passing[-1])]
        for l in range(len(self.passing) - 1, 0, -1):
            sums.append(prod_of(self.passing[l - 1]) * (sums[-1] @ self.iteration.before.layers[l].W))
        return tuple(reversed(sums))

    def start(self, symbol: Symbol) -> Head:
        """Where all paths of the symbol begin."""
        kind, l, j, k = symbol
        head = Head(((l, j),), (), np.ones(len(self.iteration.X)))
        if kind == "a":
            return self._times(head, Symbol("da", l, j), self.loss_slope[:, j]) if l == len(self.passing) else head
        if k is not None:
            carried = self.iteration.forward.A[l - 1][:, k]
            head = self._times(Head(((l - 1, k), (l, j)), (), head.product), Symbol("a", l - 1, k), carried)
        return self._through(head)

    def onward(self, head: Head, j: int) -> Head:
        """One connection further, to unit j of the next layer and through it."""
        units, factors, product = head
        l, k = units[-1]
        weight = self.iteration.before.layers[l].W[j, k]
        further = Head((*units, (l + 1, j)), factors, product)
        return self._through(self._times(further, Symbol("W", l + 1, j, k), np.broadcast_to(weight, product.shape)))

    def _through(self, head: Head) -> Head:
        l, j = head.units[-1]
        for kind, numbers in self.passing[l - 1]:
            head = self._times(head, Symbol(kind, l, j), numbers[:, j])
        return head

    def _times(self, head: Head, symbol: Symbol, numbers: Array) -> Head:
        factor = Factor(symbol, float(numbers[self.focus]))
        return Head(head.units, (*head.factors, factor), head.product * numbers)

    def ways(self, head: Head) -> Iterator[Head]:
        """Every way on from here to the loss."""
        l = head.units[-1][0]
        if l == len(self.passing):
            yield head
            return
        for j in range(self.iteration.before.sizes[l + 1]):
            yield from self.ways(self.onward(head, j))

    def total(self, head: Head) -> Array:
        """The sum over all ways on from here, for each example (m,), without walking them."""
        l, j = head.units[-1]
        if l == len(self.passing):
            return head.product
        further: Array = head.product * (self.reach[l] * self.iteration.before.layers[l].W[:, j]).sum(axis=1)
        return further

    def groups(self, head: Head, count: int) -> Iterator[Group]:
        """The ways on from here by the next unit; none where they have arrived."""
        l, k = head.units[-1]
        units = self.iteration.before.sizes[l + 1] if l < len(self.passing) else 0
        for j in range(units):
            shares = head.product * self.iteration.before.layers[l].W[j, k] * self.reach[l][:, j]
            yield Group((l + 1, j), count // units, float(np.mean(shares)), float(shares[self.focus]))


def prod_of(parts: tuple[tuple[str, Array], ...]) -> Array:
    """The arrays of some factors, multiplied."""
    return prod((numbers for _, numbers in parts[1:]), start=parts[0][1])
