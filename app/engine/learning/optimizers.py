"""Optimizers: gradients move the parameters, and what an optimizer remembers of earlier gradients.

Each as `torch.optim` defines it, on flat vectors of all P parameters in the order of `Network.flat`. Polyak 1964
(momentum), Nesterov 1983, Tieleman and Hinton 2012 (RMSProp), Kingma and Ba 2015 (Adam), Loshchilov and Hutter 2019
(AdamW), Pascanu et al. 2013 (clipping by norm).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from app.engine.network.types import Array

CLIP_EPSILON = 1e-6  # in the divisor, as torch.nn.utils.clip_grad_norm_ has it

Move = Callable[[Array, int, float], None]  # gradient (P,), which is used up; t, from 1; the learning rate in force


@dataclass(frozen=True)
class Rule:
    """One kind of optimizer: what it remembers, a name for each row of its memory, and which settings it has.

    `bound` gives its Move for parameters (P,) and memory (slots, P), which it changes in place. `decouples`: weight
    decay shrinks the weights themselves instead of adding to the gradient.
    """

    slots: tuple[str, ...]
    settings: tuple[str, ...]
    bound: "Callable[[Optimizer, Array, Array], Move]"
    decouples: bool = False


@dataclass(frozen=True)
class Optimizer:
    """A kind with its settings; those that the kind does not have count for nothing.

    `weight_decay` adds so much of each parameter to its gradient (L2); for adamw see Rule. `clip_norm`: gradients
    together longer than this are shortened to it, before weight decay.
    """

    kind: str = "gradient_descent"
    momentum: float = 0.9
    decay: float = 0.99
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    clip_norm: float | None = None

    @property
    def rule(self) -> Rule:
        """What its kind does."""
        return OPTIMIZERS[self.kind]

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the rows of its memory."""
        return self.rule.slots

    @property
    def adds_decay(self) -> bool:
        """Whether weight decay is added to the gradients."""
        return self.weight_decay > 0 and not self.rule.decouples

    def fresh(self, parameters: int) -> Array:
        """Its memory before the first update: zeros, (slots, P)."""
        return np.zeros((len(self.slots), parameters))

    def bound(self, w: Array, memory: Array) -> Move:
        """Moves w (P,) and memory (slots, P), in place, by one update at a time."""
        move = self.rule.bound(self, w, memory)
        if self.clip_norm is None and not self.adds_decay:
            return move

        def taken(g: Array, t: int, rate: float) -> None:
            self.take(g, w)
            move(g, t, rate)

        return taken

    def take(self, g: Array, w: Array) -> None:
        """The gradient g (P,) as the update takes it, in place: shortened, then with weight decay."""
        if self.clip_norm is not None:
            np.multiply(g, self.clip(norm(g)), g)
        if self.adds_decay:
            np.add(g, self.weight_decay * w, g)

    def clip(self, length: float) -> float:
        """The factor, at most 1, for gradients that together are so long; 1 where nothing is clipped."""
        return 1.0 if self.clip_norm is None else min(1.0, self.clip_norm / (length + CLIP_EPSILON))

    def correction(self, beta: float, t: int) -> float:
        """1 - beta^t: what a running mean that began at 0 is divided by after t updates."""
        return 1.0 - beta**t


def norm(g: Array) -> float:
    """The length of a vector of gradients."""
    return sqrt(float(np.dot(g, g)))


def _gradient_descent(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(g, rate, g)
        np.subtract(w, g, w)

    return move


def _momentum(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    (velocity,), momentum = memory, optimizer.momentum

    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(velocity, momentum, velocity)
        np.add(velocity, g, velocity)
        np.multiply(velocity, rate, g)
        np.subtract(w, g, w)

    return move


def _nesterov(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    (velocity,), momentum, ahead = memory, optimizer.momentum, np.empty_like(w)

    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(velocity, momentum, velocity)
        np.add(velocity, g, velocity)
        np.multiply(velocity, momentum, ahead)
        np.add(g, ahead, g)
        np.multiply(g, rate, g)
        np.subtract(w, g, w)

    return move


def _running_mean(mean: Array, share: float, new: Array, scratch: Array) -> None:
    """mean <- share * mean + (1 - share) * new, in place; `scratch` may be `new` itself."""
    np.multiply(mean, share, mean)
    np.multiply(new, 1.0 - share, scratch)
    np.add(mean, scratch, mean)


def _rmsprop(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    (v,), decay, epsilon, scratch = memory, optimizer.decay, optimizer.epsilon, np.empty_like(w)

    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(g, g, scratch)
        _running_mean(v, decay, scratch, scratch)
        np.sqrt(v, scratch)
        np.add(scratch, epsilon, scratch)
        np.divide(g, scratch, g)
        np.multiply(g, rate, g)
        np.subtract(w, g, w)

    return move


def _adam(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    (m, v), scratch = memory, np.empty_like(w)
    beta1, beta2, epsilon = optimizer.beta1, optimizer.beta2, optimizer.epsilon

    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(g, g, scratch)
        _running_mean(v, beta2, scratch, scratch)
        _running_mean(m, beta1, g, g)
        np.divide(v, optimizer.correction(beta2, t), scratch)
        np.sqrt(scratch, scratch)
        np.add(scratch, epsilon, scratch)
        np.divide(m, optimizer.correction(beta1, t), g)
        np.divide(g, scratch, g)
        np.multiply(g, rate, g)
        np.subtract(w, g, w)

    return move


def _adamw(optimizer: Optimizer, w: Array, memory: Array) -> Move:
    adam = _adam(optimizer, w, memory)

    def move(g: Array, t: int, rate: float) -> None:
        np.multiply(w, 1.0 - rate * optimizer.weight_decay, w)
        adam(g, t, rate)

    return move


OPTIMIZERS: dict[str, Rule] = {
    "gradient_descent": Rule((), (), _gradient_descent),
    "momentum": Rule(("velocity",), ("momentum",), _momentum),
    "nesterov": Rule(("velocity",), ("momentum",), _nesterov),
    "rmsprop": Rule(("v",), ("decay", "epsilon"), _rmsprop),
    "adam": Rule(("m", "v"), ("beta1", "beta2", "epsilon"), _adam),
    "adamw": Rule(("m", "v"), ("beta1", "beta2", "epsilon"), _adamw, decouples=True),
}
