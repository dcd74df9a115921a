"""A calculation by hand: every number that is found is rounded, and what follows is found from the rounded ones."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor, isfinite, log, log10

import numpy as np

from app.engine.equations.values import Batch, Values, evaluate
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession

FEWEST_DIGITS = 3  # that a number keeps, however small it is; of two decimals two, as numbers are written


def rounded(value: float, decimals: int) -> float:
    """To so many decimals, but to as many digits at least, three at most; a 5 up. A number that is not finite stays."""
    if not value or not isfinite(value):
        return value
    places = max(decimals, min(FEWEST_DIGITS, decimals) - 1 - floor(log10(abs(value))))
    written = Decimal(f"{value:.13g}")  # what float64 adds in its last digits is no part of a calculation by hand
    return float(written.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


@dataclass(frozen=True, eq=False)
class ByHand(Values):
    """The numbers of an iteration as somebody finds them who rounds each to `decimals`."""

    decimals: int = 4
    found: dict[Symbol, float] = field(default_factory=dict)

    def __getitem__(self, symbol: Symbol) -> float:
        if symbol in self.found:
            return self.found[symbol]
        kind, layer, j, _ = symbol
        if kind in ("slope", "slope_at_a"):
            return rounded(self._slope(layer, j), self.decimals)
        if kind in ("ln_a", "ln_rest"):
            a = self[Symbol("a", layer, j)]
            inside = a if kind == "ln_a" else 1 - a
            if inside > 0:  # a prediction that was rounded to 0 or 1 has no logarithm: the exact one is taken
                return rounded(log(inside), self.decimals)
        return super().__getitem__(symbol)

    def _slope(self, layer: int, j: int) -> float:
        """By the rounded a where a calculation by hand takes it there, else by the rounded z."""
        activation = ACTIVATIONS[self.iteration.before.layers[layer - 1].activation.name]
        if activation.slope_from_a is not None:
            return float(activation.slope_from_a(np.array([self[Symbol("a", layer, j)]]))[0])
        return float(activation.g_prime(np.array([self[Symbol("z", layer, j)]]))[0])


@dataclass(frozen=True, eq=False)
class _Written:
    """The same numbers as they are written, so that what adds up to 0 by hand is 0, and not what float64 leaves."""

    values: ByHand

    def __getitem__(self, symbol: Symbol) -> float:
        value = self.values[symbol]
        return Fraction(str(value)) if isfinite(value) else value  # type: ignore[return-value]  # is added as a float

    @property
    def batch(self) -> Batch:
        return self.values.batch


def by_hand(walk: TrainingSession, decimals: int) -> ByHand:
    """All numbers of the iteration in which a walk of one example stands, each rounded as it is found."""
    values = ByHand(walk.current, walk.focus_row, decimals=decimals)
    written = _Written(values)
    for equation in walk.equations:
        values.found[equation.symbol] = rounded(evaluate(equation.expression, written), decimals)
    return values
