"""How weights start: from fan_in, fan_out and a random generator. Biases start at zero."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np

from app.engine.network.errors import UnknownNameError
from app.engine.network.types import Array

Draw = Callable[[np.random.Generator, tuple[int, int], float], Array]


def _uniform(rng: np.random.Generator, shape: tuple[int, int], half_width: float) -> Array:
    return rng.uniform(-half_width, half_width, shape)


# Each draws W of shape (fan_out, fan_in). Glorot and Bengio 2010 (xavier), He et al. 2015 (he).
INITIALIZERS: dict[str, Draw] = {
    "constant": lambda rng, shape, value: np.full(shape, value),
    "normal": lambda rng, shape, scale: rng.standard_normal(shape) * scale,
    "uniform": _uniform,
    "xavier_uniform": lambda rng, shape, _: _uniform(rng, shape, sqrt(6.0 / (shape[0] + shape[1]))),
    "xavier_normal": lambda rng, shape, _: rng.standard_normal(shape) * sqrt(2.0 / (shape[0] + shape[1])),
    "he_normal": lambda rng, shape, _: rng.standard_normal(shape) * sqrt(2.0 / shape[1]),
}


@dataclass(frozen=True)
class Initializer:
    """A named way to draw weights; `amount` is constant's value, normal's standard deviation, uniform's half width."""

    kind: str
    seed: int = 0
    amount: float = 1.0

    def weights(self, sizes: tuple[int, ...]) -> tuple[Array, ...]:
        """One W of shape (fan_out, fan_in) per layer, drawn layer by layer from one generator."""
        if self.kind not in INITIALIZERS:
            raise UnknownNameError("initializer.kind", tuple(INITIALIZERS))
        rng, draw = np.random.default_rng(self.seed), INITIALIZERS[self.kind]
        return tuple(draw(rng, (fan_out, fan_in), self.amount) for fan_in, fan_out in pairwise(sizes))
