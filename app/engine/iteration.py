"""One iteration: forward, loss, backward and update of one batch, as one frozen record."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from app.engine.losses import Loss
from app.engine.network import Network
from app.engine.optimizers import GradientDescent
from app.engine.propagation import RIGHT, Backward, Forward, Rules, backward, forward
from app.engine.types import Array


@dataclass(frozen=True)
class Method:
    """How iterations are done: the loss, the optimizer, the rounding, and the rules of backward()."""

    loss: Loss
    optimizer: GradientDescent
    decimals: int | None = None
    rules: Rules = field(default=RIGHT)


@dataclass(frozen=True, eq=False)
class Iteration:
    """A batch X (m, n_0) with targets Y (m, n_L), the network before and after its update, and all in between."""

    method: Method
    before: Network
    X: Array
    Y: Array
    forward: Forward
    losses: Array
    backward: Backward
    after: Network
    found: dict[Any, dict[Any, Any]] = field(default_factory=dict, repr=False)  # what was worked out about it

    @cached_property
    def loss(self) -> float:
        """The mean of the examples' losses, before the update."""
        return float(np.mean(self.losses))

    @cached_property
    def loss_after(self) -> float:
        """The same batch's loss with the updated parameters."""
        return mean_loss(self.method, self.after, self.X, self.Y)


def mean_loss(method: Method, network: Network, X: Array, Y: Array) -> float:
    """The mean over the batch of the examples' losses."""
    return float(np.mean(method.loss.value(forward(network, X, method.decimals).output, Y)))


def run_iteration(method: Method, network: Network, X: Array, Y: Array) -> Iteration:
    """Forward, loss, backward and update; numbers that overflow become infinite, not errors."""
    with np.errstate(over="ignore", invalid="ignore"):
        there = forward(network, X, method.decimals)
        losses = method.loss.value(there.output, Y)
        back = backward(network, there, Y, method.loss, method.rules)
        after = method.optimizer.update(network, back)
    return Iteration(method, network, X, Y, there, losses, back, after)


def first_not_finite(iteration: Iteration) -> str | None:
    """The name of what left the finite numbers first, in the order of the walk; None if nothing did."""
    for name, arrays in _in_order(iteration):
        for array in arrays:
            if not np.isfinite(array).all():
                return name
    return None


def _in_order(iteration: Iteration) -> tuple[tuple[str, tuple[Array, ...]], ...]:
    gradients, after = iteration.backward, iteration.after.layers
    return (
        ("a weighted sum", iteration.forward.Z),
        ("an activation", iteration.forward.A),
        ("the loss", (iteration.losses,)),
        ("an error signal", gradients.delta),
        ("a gradient", gradients.dW + gradients.db),
        ("an updated parameter", tuple(part for layer in after for part in (layer.W, layer.b))),
    )
