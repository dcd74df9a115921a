"""Values: the number that a symbol stands for in one iteration, for one example or over the batch."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.engine.expressions import Expression, Symbol, evaluate_each
from app.engine.iteration import Iteration
from app.engine.losses import sigmoid_logs, softmax_logs
from app.engine.types import Array

Rows = int | slice


def _log_y_hat(it: Iteration, s: Symbol, rows: Rows) -> Array:
    output = it.forward.output
    logs = softmax_logs(output) if it.method.loss.output == "softmax" else sigmoid_logs(output)[0]
    return logs[rows, s.j]


# kind -> its number(s); `rows` is one example's row, or a slice for all of the batch. Parameters are the same for all.
_MEANING: dict[str, Callable[[Iteration, Symbol, Rows], Array | float]] = {
    "z": lambda it, s, rows: it.forward.Z[s.layer - 1][rows, s.j],
    "a": lambda it, s, rows: it.forward.A[s.layer][rows, s.j],
    "y": lambda it, s, rows: it.Y[rows, s.j],
    "W": lambda it, s, rows: it.before.layers[s.layer - 1].W[s.j, s.k],
    "b": lambda it, s, rows: it.before.layers[s.layer - 1].b[s.j],
    "new_W": lambda it, s, rows: it.after.layers[s.layer - 1].W[s.j, s.k],
    "new_b": lambda it, s, rows: it.after.layers[s.layer - 1].b[s.j],
    "dW": lambda it, s, rows: it.backward.dW[s.layer - 1][s.j, s.k],
    "db": lambda it, s, rows: it.backward.db[s.layer - 1][s.j],
    "delta": lambda it, s, rows: it.backward.delta[s.layer - 1][rows, s.j] * len(it.X),
    "slope": lambda it, s, rows: it.backward.slope[s.layer - 1][rows, s.j],
    "loss": lambda it, s, rows: it.loss,
    "own_loss": lambda it, s, rows: it.losses[rows],
    "eta": lambda it, s, rows: it.method.optimizer.learning_rate,
    "ln_a": _log_y_hat,
    "ln_rest": lambda it, s, rows: sigmoid_logs(it.forward.output)[1][rows, s.j],
}


@dataclass(frozen=True, eq=False)
class BatchValues:
    """Every example's number at once: arrays of shape (m,); one number where it is the same for all."""

    iteration: Iteration

    def __getitem__(self, symbol: Symbol) -> Array:
        return np.asarray(_MEANING[symbol.kind](self.iteration, symbol, slice(None)))


@dataclass(frozen=True, eq=False)
class Values:
    """The numbers of one iteration for the example in focus: row `focus` of the batch, from 0."""

    iteration: Iteration
    focus: int = 0

    def __getitem__(self, symbol: Symbol) -> float:
        return float(_MEANING[symbol.kind](self.iteration, symbol, self.focus))

    @cached_property
    def batch(self) -> BatchValues:
        """The same symbols over the whole batch."""
        return BatchValues(self.iteration)

    def each(self, expression: Expression) -> list[float]:
        """One example's expression for every example of the batch, in its order."""
        return evaluate_each(expression, self.batch, len(self.iteration.X))
