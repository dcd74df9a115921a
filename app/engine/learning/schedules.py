"""Learning-rate schedules: from the rate that was chosen to the rate in force in an iteration.

An iteration counts from 0, as `torch.optim.lr_scheduler` counts its steps. Cosine: Loshchilov and Hutter 2017, without
restarts; from its last iteration on the rate stays at its minimum.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi


@dataclass(frozen=True)
class Schedule:
    """step: times `factor` after every so many iterations; cosine: down to `minimum` within `iterations`."""

    kind: str = "constant"
    every: int = 100
    factor: float = 0.5
    iterations: int = 1_000
    minimum: float = 0.0

    def rate(self, base: float, iteration: int) -> float:
        """The learning rate of an iteration, from 0, where `base` is the rate that was chosen."""
        return SCHEDULES[self.kind].rate(self, base, iteration)

    def decays(self, iteration: int) -> int:
        """step: how often the rate has been multiplied by the factor."""
        return iteration // self.every

    def share(self, iteration: int) -> float:
        """cosine: how much of the way to its minimum lies behind, 0 to 1."""
        return min(iteration, self.iterations) / self.iterations


def _cosine(schedule: Schedule, base: float, iteration: int) -> float:
    low = schedule.minimum
    return low + (base - low) * (1.0 + cos(pi * schedule.share(iteration))) / 2.0


@dataclass(frozen=True)
class Course:
    """One kind of schedule: the settings that it has, and the rate that it makes of the chosen one in an iteration."""

    settings: tuple[str, ...]
    rate: Callable[[Schedule, float, int], float]


SCHEDULES = {
    "constant": Course((), lambda schedule, base, iteration: base),
    "step": Course(
        ("every", "factor"), lambda schedule, base, iteration: base * schedule.factor ** schedule.decays(iteration)
    ),
    "cosine": Course(("iterations", "minimum"), _cosine),
}
CONSTANT = Schedule()
