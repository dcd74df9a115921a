"""Checkpoints: what an iteration begins with, kept at few places on a way, so that going back is quick."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from app.engine.learning.iteration import Past
from app.engine.network.arrays import Array
from app.engine.network.layers import Network
from app.engine.setup import Setup

RATIO = 8  # checkpoints are kept about 0, 1, 8, 64, 512, ... iterations ago: at most MOST_CHECKPOINTS
MOST_CHECKPOINTS = 8


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What an iteration begins with, before edits made for it: the parameters, as `Network.flat`, then each row of what
    the optimizer remembers."""

    iteration: int
    parameters: Array

    @classmethod
    def of(cls, network: Network, past: Past) -> Self:
        """Where an iteration with this past begins."""
        return cls(past.iteration, np.concatenate([network.flat(), past.memory.ravel()]))

    @classmethod
    def start(cls, setup: Setup) -> Self:
        """The very start."""
        network = setup.network
        return cls.of(network, Past(0, setup.optimizer.fresh(network.size)))

    def opened(self, setup: Setup) -> tuple[Network, Past]:
        """Network and past; the inverse of `of`, bit for bit."""
        w, *memory = self.parameters.reshape(-1, setup.network.size)
        return setup.network.from_flat(w), Past(self.iteration, np.array(memory).reshape(len(memory), len(w)))


def worth_keeping(start: int, target: int) -> list[int]:
    """The iterations after `start` at which to keep a checkpoint on the way to `target`, itself the last."""
    ages = (0, *(RATIO**power for power in range(MOST_CHECKPOINTS - 1)))
    return sorted(target - age for age in ages if target - age > start)


def thinned(checkpoints: list[Checkpoint], now: int) -> tuple[Checkpoint, ...]:
    """The oldest checkpoint of each class of ages, in order; none of iteration 0, which the setup holds.

    The classes are age 0, 1 to 7, 8 to 63, and so on, each eight times as long as the one before.
    """
    kept: dict[int, Checkpoint] = {}
    for checkpoint in sorted(checkpoints, key=lambda c: c.iteration):
        if checkpoint.iteration > 0:
            age_class = min(-(-(now - checkpoint.iteration).bit_length() // 3), MOST_CHECKPOINTS - 1)
            kept.setdefault(age_class, checkpoint)
    return tuple(kept.values())
