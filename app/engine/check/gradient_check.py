"""The gradient check: every gradient that backward() found against central differences of the exact loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np

from app.engine.check.central_differences import Differences, differences
from app.engine.check.rounding import right_rules
from app.engine.equations.expressions import Symbol
from app.engine.learning.iteration import Iteration
from app.engine.memory import kept_with
from app.engine.network.propagation import Backward
from app.engine.network.types import Array

TOLERANCE = 1e-6  # relative error from which a gradient is not right
SAME = 1e-9  # relative error within which two computations of one rule agree
CORNER = 1e-5  # of the slopes beside a corner: how near to them counts as between them

Verdicts = ("wrong", "kink", "rounding", "")  # the one that tells most comes first


@dataclass(frozen=True)
class Checked:
    """One gradient, as backward() found it and as differences of the loss give it.

    `relative_error` is their difference against the larger of the two, or against a million times what differences
    can tell apart where that is more: near zero and where units are saturated doubles hold no more. `because` says
    why they differ: "rounding" of activations, a "kink" (a sum stands on the corner of a ReLU: the gradient lies
    between the slopes on either side, `sides`), or "wrong"; "" where they agree.
    """

    symbol: Symbol
    analytic: float
    numeric: float
    relative_error: float
    because: str = ""
    sides: tuple[float, float] | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.because != "wrong"


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """Every parameter's gradient checked, in the order of the backward pass: layer L to 1, W row by row, then b."""

    parameters: tuple[Checked, ...]

    @cached_property
    def ok(self) -> bool:
        """Whether no gradient is wrong."""
        return all(checked.ok for checked in self.parameters)

    @cached_property
    def max_relative_error(self) -> float:
        """The largest of all, those by rounding included."""
        return max(checked.relative_error for checked in self.parameters)

    @cached_property
    def layers(self) -> dict[int, str]:
        """For each layer, from L to 1, what tells most of its gradients: "wrong", "kink", "rounding", or ""."""
        found: dict[int, str] = {}
        for checked in self.parameters:
            layer = checked.symbol.layer
            found[layer] = min(found.get(layer, ""), checked.because, key=Verdicts.index)
        return found

    @cached_property
    def first_wrong_layer(self) -> int | None:
        """Where gradients first go wrong on the way back from the output; None where they never do."""
        return next((layer for layer, verdict in self.layers.items() if verdict == "wrong"), None)

    @cached_property
    def by_symbol(self) -> dict[Symbol, Checked]:
        """Each gradient by its symbol, dW or db."""
        return {checked.symbol: checked for checked in self.parameters}


@kept_with(most=1)
def check_gradients(iteration: Iteration) -> GradientCheck:
    """All gradients of an iteration, whatever rules and rounding its backward() used. Kept while it is walked."""
    depth = len(iteration.before.layers)
    return GradientCheck(tuple(checked for l in range(depth, 0, -1) for checked in _of_layer(iteration, l)))


@kept_with(most=256)
def check_one(iteration: Iteration, symbol: Symbol) -> Checked:
    """One gradient, dW or db (or W or b, the parameter that it belongs to)."""
    kind, l, j, k = symbol
    column = iteration.before.layers[l - 1].W.shape[1] if k is None else k
    found = _differences(iteration, l, (j, column))
    return _checked(iteration, Symbol(f"d{kind.removeprefix('d')}", l, j, k), found, 0)


def _differences(iteration: Iteration, l: int, only: tuple[int, int] | None = None) -> Differences:
    return differences(iteration.before, iteration.X, iteration.Y, iteration.method.loss, l, only)


def _of_layer(iteration: Iteration, l: int) -> Iterator[Checked]:
    found = _differences(iteration, l)
    fan_out, fan_in = iteration.before.layers[l - 1].W.shape
    for j in range(fan_out):
        for k in range(fan_in):
            yield _checked(iteration, Symbol("dW", l, j, k), found, j * (fan_in + 1) + k)
    for j in range(fan_out):
        yield _checked(iteration, Symbol("db", l, j), found, j * (fan_in + 1) + fan_in)


def _checked(iteration: Iteration, symbol: Symbol, found: Differences, place: int) -> Checked:
    analytic = _gradient(iteration.backward, symbol)
    numeric, slack = float(found.slope[place]), float(found.uncertainty[place])
    sides = (float(found.below[place]), float(found.above[place]))
    error = relative_error(analytic, numeric, slack)
    if error < TOLERANCE:
        return Checked(symbol, analytic, numeric, error)
    if found.cornered[place] and between(analytic, sides, slack):
        return Checked(symbol, analytic, numeric, 0.0, "kink", sides)
    return Checked(symbol, analytic, numeric, error, _why(iteration, symbol, numeric, slack))


def _gradient(found: Backward, symbol: Symbol) -> float:
    kind, l, j, k = symbol
    arrays: tuple[Array, ...] = found.dW if kind == "dW" else found.db
    return float(arrays[l - 1][j] if k is None else arrays[l - 1][j, k])


def _why(iteration: Iteration, symbol: Symbol, numeric: float, slack: float) -> str:
    """Rounding alone, where the right rule on rounded activations is what was found, and without rounding is right."""
    if iteration.method.decimals is None:
        return "wrong"
    rounded, exact = (_gradient(found, symbol) for found in right_rules(iteration))
    same = relative_error(_gradient(iteration.backward, symbol), rounded) < SAME
    return "rounding" if same and relative_error(exact, numeric, slack) < TOLERANCE else "wrong"


def relative_error(a: float, b: float, slack: float = 0.0) -> float:
    """|a - b| against the larger of both, or against what `slack` can tell apart; infinite where b is no number."""
    if not isfinite(b):
        return float("inf")
    size = max(abs(a), abs(b), slack / TOLERANCE)
    return abs(a - b) / size if size > 0 else 0.0


def between(analytic: float, sides: tuple[float, float], slack: float) -> bool:
    """Whether a gradient lies between the slopes on either side of a corner, or as good as on one of them."""
    margin = slack + CORNER * float(np.abs(sides).max())
    return sides[0] - margin <= analytic <= sides[1] + margin
