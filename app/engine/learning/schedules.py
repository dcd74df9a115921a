"""Learning-rate schedules, one record each: from the rate that was chosen to the rate in force in an iteration.

An iteration counts from 0, as `torch.optim.lr_scheduler` counts its steps. Cosine: Loshchilov and Hutter 2017, without
restarts; from its last iteration on the rate stays at its minimum.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import cos, inf, pi

from app.engine.learning.settings import Bounds, setting
from app.engine.network.expressions import Apply, Expression, Negative, Number, Power, Quotient, Sum, Symbol, product

_COUNT = Bounds(ge=1, problem="{name} counts no iteration.", remedy="Give 1 or more.")


@dataclass(frozen=True)
class Schedule:
    """step: times `factor` after every so many iterations; cosine: down to `minimum` within `iterations`."""

    kind: str = "constant"
    every: int = setting(100, _COUNT)
    factor: float = setting(0.5, Bounds(gt=0, le=1, problem="The factor lies outside of 0 to 1.", remedy="Try 0.5."))
    iterations: int = setting(1_000, _COUNT)
    minimum: float = setting(
        0.0, Bounds(ge=0, lt=inf, problem="The smallest learning rate is below 0.", remedy="Try 0.")
    )

    def rate(self, base: float, iteration: int) -> float:
        """The learning rate of an iteration, from 0, where `base` is the rate that was chosen."""
        return SCHEDULES[self.kind].rate(self, base, iteration)

    def decays(self, iteration: int) -> int:
        """step: how often the rate has been multiplied by the factor."""
        return iteration // self.every

    def passed(self, iteration: int) -> int:
        """cosine: how many of its iterations lie behind."""
        return min(iteration, self.iterations)


@dataclass(frozen=True, kw_only=True)
class ScheduleKind:
    """One kind of schedule: its settings, by name, and the rate that it makes of the chosen one in an iteration.

    `told` tells the rate, of eta_0 and the settings, and `code` is its line of NumPy; None where the rate stays.
    `counts` are the numbers besides, by name, that change from iteration to iteration.
    """

    name: str
    settings: tuple[str, ...]
    rate: Callable[[Schedule, float, int], float]
    told: Expression | None
    code: str
    counts: Mapping[str, Callable[[Schedule, int], int]]


ETA_0, FACTOR, DECAYS = map(Symbol, ("eta_0", "factor", "decays"))
PI, PASSED, ITERATIONS, LOWEST = map(Symbol, ("pi", "passed", "iterations", "minimum"))
_HALF_WAVE = Quotient(Sum((Number(1), Apply("cos", product(PI, Quotient(PASSED, ITERATIONS))))), Number(2))


def _cosine(schedule: Schedule, base: float, iteration: int) -> float:
    low, share = schedule.minimum, schedule.passed(iteration) / schedule.iterations
    return low + (base - low) * (1.0 + cos(pi * share)) / 2.0


_TABLE = (
    ScheduleKind(
        name="constant",
        settings=(),
        rate=lambda schedule, base, iteration: base,
        told=None,
        code="",
        counts={},
    ),
    ScheduleKind(
        name="step",
        settings=("every", "factor"),
        rate=lambda schedule, base, iteration: base * schedule.factor ** schedule.decays(iteration),
        told=product(ETA_0, Power(FACTOR, DECAYS)),
        code="eta = eta0 * factor**((t - 1) // every)",
        counts={"decays": Schedule.decays},
    ),
    ScheduleKind(
        name="cosine",
        settings=("iterations", "minimum"),
        rate=_cosine,
        told=Sum((LOWEST, product(Sum((ETA_0, Negative(LOWEST))), _HALF_WAVE))),
        code="eta = minimum + (eta0 - minimum) * (1 + np.cos(np.pi * min(t - 1, iterations) / iterations)) / 2",
        counts={"passed": Schedule.passed},
    ),
)
SCHEDULES = {kind.name: kind for kind in _TABLE}
CONSTANT = Schedule()
