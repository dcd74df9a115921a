"""The shape of a walk: all that decides which equations it has, and nothing that decides their values."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

MANY = 250  # weights; a network of so many has up to 2,000 equations, a kilobyte each


class Updating(NamedTuple):
    """How an update is told: the optimizer and the schedule, and whether weights decay and gradients are clipped."""

    optimizer: str = "gradient_descent"
    decays: bool = False
    clips: bool = False
    schedule: str = "constant"


PLAIN = Updating()


@dataclass(frozen=True)
class Shape:
    """Units per layer (the input first), names of activations, loss and mistakes, examples in a batch, rounding, and
    how an update is told.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    examples: int
    decimals: int | None = None
    mistakes: tuple[str, ...] = ()
    updating: Updating = PLAIN

    @cached_property
    def is_large(self) -> bool:
        """Whether it has so many weights that its equations take megabytes."""
        return sum(a * b for a, b in pairwise(self.sizes)) > MANY

    @property
    def depth(self) -> int:
        """The number of layers, the input not counted: L."""
        return len(self.activations)

    def activation(self, layer: int) -> str:
        """The name of the activation of layer 1 to L."""
        return self.activations[layer - 1]
