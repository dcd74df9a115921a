"""The gradient check: every gradient that backward() found against central differences of the exact loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np

from app.engine.check.central_differences import TINY, Behind, Estimate, Indices, differences, noise_of
from app.engine.check.path_products import along_paths
from app.engine.learning.iteration import Iteration
from app.engine.memory import kept_with
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.engine.network.propagation import Backward, backward, forward

TOLERANCE = 1e-6  # relative error from which a gradient is not right
SAME = 1e-9  # relative error within which two computations of one rule agree
SMALLEST = 1e10 * TINY  # nearer to 0 doubles hold fewer digits

VERDICTS = ("wrong", "too_small", "kink", "rounding", "")  # the one that tells most comes first


@dataclass(frozen=True)
class Checked:
    """One gradient, as backward() found it and as a referee gives it.

    `relative_error` is their difference against the larger of the two. `because` is the verdict: "" where they agree;
    "wrong" where they are further apart than the referee can be wrong; "rounding" where rounding the activations is
    all that parts them; "kink" where a sum stands on the corner of a ReLU (the loss then has a slope to the left of the
    parameter's value and another to the right, `sides`, and `numeric` is their mean; the gradient is right if g'(0) is
    taken as the slope to the left of the corner); "too_small" where no referee can tell.

    `referee` is "differences", or "paths" where differences cannot tell and the products along the paths can.
    """

    symbol: Symbol
    analytic: float
    numeric: float
    relative_error: float
    because: str = ""
    sides: tuple[float, float] | None = None
    referee: str = "differences"

    @property
    def ok(self) -> bool | None:
        """Whether it is not wrong; None where that cannot be told."""
        return None if self.because == "too_small" else self.because != "wrong"


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """Every parameter's gradient checked, in the order of the backward pass: layer L to 1, W row by row, then b."""

    parameters: tuple[Checked, ...]

    @cached_property
    def ok(self) -> bool | None:
        """Whether no gradient is wrong; None where none is and of some it cannot be told."""
        each = {checked.ok for checked in self.parameters}
        return False if False in each else None if None in each else True

    @cached_property
    def max_relative_error(self) -> float:
        """The largest of all that could be told, those by rounding included."""
        return max((checked.relative_error for checked in self.parameters if checked.ok is not None), default=0.0)

    @cached_property
    def layers(self) -> dict[int, str]:
        """For each layer, from L to 1, the verdict that tells most of its gradients."""
        found: dict[int, str] = {}
        for checked in self.parameters:
            layer = checked.symbol.layer
            found[layer] = min(found.get(layer, ""), checked.because, key=VERDICTS.index)
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


def check_one(iteration: Iteration, symbol: Symbol) -> Checked:
    """One gradient, dW or db (or W or b, the parameter that it belongs to)."""
    return next(_of_layer(iteration, symbol.layer, row_of(iteration, symbol)))


def behind(iteration: Iteration, l: int) -> Behind:
    """All parameters of a layer, and what they move, without rounding."""
    network, X = iteration.before, iteration.X
    there = iteration.forward if iteration.method.decimals is None else forward(network, X)
    return Behind.of_layer(network, there, iteration.Y, iteration.method.loss, l)


def row_of(iteration: Iteration, symbol: Symbol) -> Indices:
    """Where the parameter of a symbol stands among those of its layer, (1,)."""
    _, l, j, k = symbol
    fan_in = iteration.before.layers[l - 1].W.shape[1]
    return np.array([j * (fan_in + 1) + (fan_in if k is None else k)])


def _of_layer(iteration: Iteration, l: int, only: Indices | None = None) -> Iterator[Checked]:
    """Weights row by row, then biases; or those at some places of [W | b]."""
    with np.errstate(all="ignore"):
        near = behind(iteration, l)
        noise, fan_in = noise_of(near), near.A.shape[1]
        near = near.only(np.argsort(near.k == fan_in, kind="stable") if only is None else only)
        estimates = differences(near, noise)
        sides = [differences(near.beside(side), noise) if near.on_corner else estimates for side in (-1.0, 1.0)]
        rules = _rules(iteration, l)[:, near.j, near.k].T.tolist()
        unsure = [i for i, one in enumerate(estimates) if judged(rules[i][1], one) == "too_small"]
        along = dict(zip(unsure, along_paths(near.only(np.array(unsure, int))), strict=True))
    for i, (j, k) in enumerate(zip(near.j.tolist(), near.k.tolist(), strict=True)):
        symbol = Symbol("db", l, j) if k == fan_in else Symbol("dW", l, j, k)
        analytic, ruled = rules[i]
        estimate, referee = _telling(estimates[i], along.get(i), ruled)
        because = judged(ruled, estimate)
        if because == "" and judged(analytic, estimate) != "":
            because = "rounding"
        error = relative_error(analytic, estimate.value)
        if because == "" and (beside := _corner(estimate, sides[0][i], sides[1][i])):
            yield Checked(symbol, analytic, sum(beside) / 2, error, "kink", beside, referee)
        else:
            yield Checked(symbol, analytic, estimate.value, error, because, None, referee)


def _telling(by_differences: Estimate, along: Estimate | None, ruled: float) -> tuple[Estimate, str]:
    """The referee that can tell, differences first; 0 for certain, where both find it, is differences' word too."""
    if along is None or judged(ruled, along) == "too_small":
        return by_differences, "differences"
    return along, "differences" if along == (by_differences.value, 0.0) else "paths"


def _corner(there: Estimate, left: Estimate, right: Estimate) -> tuple[float, float] | None:
    """The slopes to the left and to the right, where they are not one and the same."""
    values, unsure = zip(there, left, right, strict=True)
    apart = max(values) - min(values) > max(unsure) + TOLERANCE * max(map(abs, values))
    return (left.value, right.value) if apart else None


def judged(gradient: float, estimate: Estimate) -> str:
    """The verdict: wrong where the two are clearly apart, "" where they agree and the estimate is sure enough."""
    value, unsure = estimate
    if not isfinite(value) or not isfinite(unsure):
        return "too_small"
    apart, size = abs(gradient - value), max(abs(gradient), abs(value))
    if not apart <= unsure + TOLERANCE * size + SMALLEST:
        return "wrong"
    return "" if max(apart, unsure) <= TOLERANCE * size else "too_small"


def relative_error(a: float, b: float) -> float:
    """|a - b| against the larger of both; infinite where b is no number."""
    if not isfinite(b):
        return float("inf")
    size = max(abs(a), abs(b))
    return abs(a - b) / size if size > 0 else 0.0


def _rules(iteration: Iteration, l: int) -> Array:
    """A layer's gradients as [dW | db], (2, fan_out, fan_in + 1): as they were found, and what the rule that found them
    gives without rounding. Where it is not the right rule, the two are the same.
    """
    found = _together(iteration.backward, l)
    if iteration.method.decimals is None:
        return np.stack([found, found])
    network, X, loss = iteration.before, iteration.X, iteration.method.loss
    by_rounded = _together(backward(network, iteration.forward, iteration.Y, loss), l)
    exact = _together(backward(network, forward(network, X), iteration.Y, loss), l)
    same = np.abs(found - by_rounded) <= SAME * np.maximum(np.abs(found), np.abs(by_rounded))
    return np.stack([found, np.where(same, exact, found)])


def _together(found: Backward, l: int) -> Array:
    return np.column_stack([found.dW[l - 1], found.db[l - 1]])
