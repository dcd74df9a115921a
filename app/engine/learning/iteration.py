"""One iteration: forward, loss, backward and update of one batch, as one frozen record."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from app.engine.learning.optimizers import Optimizer, norm
from app.engine.learning.schedules import CONSTANT, Schedule
from app.engine.network.arrays import Array
from app.engine.network.layers import Network, flattened
from app.engine.network.losses import Loss
from app.engine.network.propagation import RIGHT, Backward, Forward, Rules, backward, forward


@dataclass(frozen=True)
class Method:
    """How an iteration is done: the loss, the optimizer and the learning rate in force, the rounding, the rules of
    backward().

    `base_rate` is the rate that was chosen, from which `schedule` has made the one in force.
    """

    loss: Loss
    optimizer: Optimizer
    learning_rate: float
    base_rate: float
    decimals: int | None = None
    rules: Rules = field(default=RIGHT)
    schedule: Schedule = CONSTANT


@dataclass(frozen=True, eq=False)
class Past:
    """What an iteration has behind it: its number, from 0, and what the optimizer remembers, (slots, P)."""

    iteration: int
    memory: Array


@dataclass(frozen=True, eq=False)
class Update:
    """One update: the `norm` of all gradients, what it takes of them, (P,), and what the optimizer remembers after it.

    `taken` is the gradient, shortened by the factor `clip` and with weight decay, where there is any.
    """

    norm: float
    clip: float
    taken: Array
    memory: Array


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
    past: Past
    update: Update
    after: Network
    found: dict[Any, dict[Any, Any]] = field(default_factory=dict, repr=False)  # what was worked out about it

    @cached_property
    def loss(self) -> float:
        """The mean of the examples' losses, before the update."""
        with np.errstate(over="ignore"):
            return float(np.mean(self.losses))

    @property
    def next(self) -> Past:
        """What the iteration after this one has behind it."""
        return Past(self.past.iteration + 1, self.update.memory)

    @cached_property
    def loss_after(self) -> float:
        """The same batch's loss with the updated parameters."""
        return mean_loss(self.method, self.after, self.X, self.Y)


def mean_loss(method: Method, network: Network, X: Array, Y: Array) -> float:
    """The mean over the batch of the examples' losses."""
    return float(np.mean(method.loss.value(forward(network, X, method.decimals).output, Y)))


def run_iteration(method: Method, network: Network, X: Array, Y: Array, past: Past | None = None) -> Iteration:
    """Forward, loss, backward and update; without a past it is the first iteration. Numbers that overflow become
    infinite, not errors."""
    past = past or Past(0, method.optimizer.fresh(network.size))
    with np.errstate(over="ignore", invalid="ignore"):
        there = forward(network, X, method.decimals)
        losses = method.loss.value(there.output, Y)
        back = backward(network, there, Y, method.loss, method.rules)
        update, after = updated(method, network, back, past)
    return Iteration(
        method=method,
        before=network,
        X=X,
        Y=Y,
        forward=there,
        losses=losses,
        backward=back,
        past=past,
        update=update,
        after=after,
    )


def updated(method: Method, network: Network, gradients: Backward, past: Past) -> tuple[Update, Network]:
    """What the optimizer makes of the gradients."""
    optimizer, w = method.optimizer, network.flat()
    g, memory = flattened(zip(gradients.dW, gradients.db, strict=True)), past.memory.copy()
    length = norm(g)
    optimizer.take(g, w)
    update = Update(length, optimizer.clip(length), g.copy(), memory)
    optimizer.rule.bound(optimizer, w, memory)(g, past.iteration + 1, method.learning_rate)
    return update, network.from_flat(w)
