"""How weights start: from fan_in, fan_out and a random generator. Biases start at zero."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.errors import UnknownNameError

Draw = Callable[[np.random.Generator, tuple[int, int], float], Array]


def _uniform(rng: np.random.Generator, shape: tuple[int, int], half_width: float) -> Array:
    return rng.uniform(-half_width, half_width, shape)


@dataclass(frozen=True, kw_only=True)
class InitializerKind:
    """One way to draw W of shape (fan_out, fan_in); `amount` names the number that it takes, if any, and `usual` is it.

    The number comes last in `draw`, and counts for nothing where `amount` is None.
    """

    name: str
    draw: Draw
    amount: str | None = None
    usual: float = 1.0


# Glorot and Bengio 2010 (xavier), He et al. 2015 (he).
_TABLE = (
    InitializerKind(
        name="constant",
        draw=lambda rng, shape, value: np.full(shape, value),
        amount="value",
        usual=0.1,
    ),
    InitializerKind(
        name="normal",
        draw=lambda rng, shape, scale: rng.standard_normal(shape) * scale,
        amount="scale",
        usual=0.1,
    ),
    InitializerKind(name="uniform", draw=_uniform, amount="scale", usual=0.1),
    InitializerKind(
        name="xavier_uniform",
        draw=lambda rng, shape, _: _uniform(rng, shape, sqrt(6.0 / (shape[0] + shape[1]))),
    ),
    InitializerKind(
        name="xavier_normal",
        draw=lambda rng, shape, _: rng.standard_normal(shape) * sqrt(2.0 / (shape[0] + shape[1])),
    ),
    InitializerKind(
        name="he_normal",
        draw=lambda rng, shape, _: rng.standard_normal(shape) * sqrt(2.0 / shape[1]),
    ),
)
INITIALIZERS = {kind.name: kind for kind in _TABLE}


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
        rng, draw = np.random.default_rng(self.seed), INITIALIZERS[self.kind].draw
        return tuple(draw(rng, (fan_out, fan_in), self.amount) for fan_in, fan_out in pairwise(sizes))
