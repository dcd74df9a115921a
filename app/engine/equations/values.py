"""Values: the number that a symbol stands for in one iteration, for one example or over the batch."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from app.engine.equations.evaluation import evaluate_each
from app.engine.equations.expressions import Expression, Symbol
from app.engine.equations.update_values import (
    OF_PARAMETERS,
    SHARED,
    biases_of,
    weights_of,
)
from app.engine.learning.iteration import Iteration
from app.engine.network.losses import sigmoid_logs, softmax_logs
from app.engine.network.types import Array

Source = Callable[[Iteration, int], Array]


def _log_y_hat(it: Iteration, layer: int) -> Array:
    output = it.forward.output
    return softmax_logs(output) if it.method.loss.output == "softmax" else sigmoid_logs(output)[0]


def _alone(number: Callable[[Iteration], float]) -> Source:
    return lambda it, layer: np.array([float(number(it))])


# What differs from example to example: kind -> array (m, units of the layer).
OF_EXAMPLES: dict[str, Source] = {
    "z": lambda it, layer: it.forward.Z[layer - 1],
    "a": lambda it, layer: it.forward.A[layer],
    "y": lambda it, layer: it.Y,
    "delta": lambda it, layer: it.backward.own[layer - 1],
    "slope": lambda it, layer: it.backward.slope[layer - 1],
    "slope_at_a": lambda it, layer: it.backward.slope[layer - 1],
    "own_loss": lambda it, layer: it.losses[:, None],
    "ln_a": _log_y_hat,
    "ln_rest": lambda it, layer: sigmoid_logs(it.forward.output)[1],
}
# What is the same for all of them: kind -> array indexed by j, or by j and k.
OF_BATCH: dict[str, Source] = {
    "W": lambda it, layer: it.before.layers[layer - 1].W,
    "b": lambda it, layer: it.before.layers[layer - 1].b,
    "new_W": lambda it, layer: it.after.layers[layer - 1].W,
    "new_b": lambda it, layer: it.after.layers[layer - 1].b,
    "dW": lambda it, layer: it.backward.dW[layer - 1],
    "db": lambda it, layer: it.backward.db[layer - 1],
    "loss": lambda it, layer: np.array([it.loss]),
    **{name: _alone(number) for name, number in SHARED.items()},
    **{f"{name}_W": weights_of(name) for name in OF_PARAMETERS},
    **{f"{name}_b": biases_of(name) for name in OF_PARAMETERS},
}


@dataclass(frozen=True, eq=False)
class BatchValues:
    """Every example's number at once: arrays of shape (m,); one number where it is the same for all."""

    iteration: Iteration

    def __getitem__(self, symbol: Symbol) -> Array:
        kind, layer, j, k = symbol
        if kind in OF_EXAMPLES:
            return OF_EXAMPLES[kind](self.iteration, layer)[:, j]
        numbers = OF_BATCH[kind](self.iteration, layer)
        return np.asarray(numbers[j] if k is None else numbers[j, k])


@dataclass(frozen=True, eq=False)
class Values:
    """The numbers of one iteration for the example in focus: row `focus` of the batch, from 0."""

    iteration: Iteration
    focus: int = 0
    found: dict[Any, dict[Any, Any]] = field(default_factory=dict)  # what was worked out about them
    _numbers: dict[tuple[str, int], Any] = field(default_factory=dict)  # arrays already read, as lists

    def __getitem__(self, symbol: Symbol) -> float:
        kind, layer, j, k = symbol
        numbers = self._numbers.get((kind, layer))
        if numbers is None:
            numbers = self._numbers[kind, layer] = self._read(kind, layer)
        number: float = numbers[j] if k is None else numbers[j][k]
        return number

    def _read(self, kind: str, layer: int) -> list[Any]:
        if kind in OF_EXAMPLES:
            numbers = OF_EXAMPLES[kind](self.iteration, layer)[self.focus]
        else:
            numbers = OF_BATCH[kind](self.iteration, layer)
        return list(numbers.tolist())

    @cached_property
    def batch(self) -> BatchValues:
        """The same symbols over the whole batch."""
        return BatchValues(self.iteration)

    def each(self, expression: Expression) -> list[float]:
        """One example's expression for every example of the batch, in its order."""
        return evaluate_each(expression, self.batch, len(self.iteration.X))
