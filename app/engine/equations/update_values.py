"""The numbers of an update: what the symbols of told_update stand for in an iteration."""

from collections.abc import Callable
from math import pi

from app.engine.learning.iteration import Iteration
from app.engine.network.arrays import Array

# What all parameters share.
SHARED: dict[str, Callable[[Iteration], float]] = {
    "eta": lambda it: it.method.learning_rate,
    "eta_0": lambda it: it.method.base_rate,
    "factor": lambda it: it.method.schedule.factor,
    "every": lambda it: it.method.schedule.every,
    "decays": lambda it: it.method.schedule.decays(it.past.iteration),
    "minimum": lambda it: it.method.schedule.minimum,
    "iterations": lambda it: it.method.schedule.iterations,
    "passed": lambda it: min(it.past.iteration, it.method.schedule.iterations),
    "pi": lambda it: pi,
    "norm": lambda it: it.update.norm,
    "clip": lambda it: it.update.clip,
    "clip_norm": lambda it: it.method.optimizer.clip_norm or 0.0,
    "weight_decay": lambda it: it.method.optimizer.weight_decay,
    "momentum": lambda it: it.method.optimizer.momentum,
    "decay": lambda it: it.method.optimizer.decay,
    "beta1": lambda it: it.method.optimizer.beta1,
    "beta2": lambda it: it.method.optimizer.beta2,
    "epsilon": lambda it: it.method.optimizer.epsilon,
    "t": lambda it: it.past.iteration + 1,
    "correction_m": lambda it: it.method.optimizer.correction(it.method.optimizer.beta1, it.past.iteration + 1),
    "correction_v": lambda it: it.method.optimizer.correction(it.method.optimizer.beta2, it.past.iteration + 1),
}


def _slot(memory: Array, it: Iteration, name: str) -> Array:
    """The row of a memory (slots, P) that has this name."""
    row: Array = memory[it.method.optimizer.slots.index(name)]
    return row


# What each parameter has of its own: a vector (P,), in the order of `Network.flat`.
OF_PARAMETERS: dict[str, Callable[[Iteration], Array]] = {
    "g": lambda it: it.update.taken,
    "velocity": lambda it: _slot(it.past.memory, it, "velocity"),
    "new_velocity": lambda it: _slot(it.update.memory, it, "velocity"),
    "m": lambda it: _slot(it.past.memory, it, "m"),
    "new_m": lambda it: _slot(it.update.memory, it, "m"),
    "v": lambda it: _slot(it.past.memory, it, "v"),
    "new_v": lambda it: _slot(it.update.memory, it, "v"),
    "m_hat": lambda it: _slot(it.update.memory, it, "m") / SHARED["correction_m"](it),
    "v_hat": lambda it: _slot(it.update.memory, it, "v") / SHARED["correction_v"](it),
}


def weights_of(name: str) -> Callable[[Iteration, int], Array]:
    """That vector's numbers for the weights of a layer, shaped as W."""
    return lambda it, layer: it.before.parts(OF_PARAMETERS[name](it))[layer - 1][0]


def biases_of(name: str) -> Callable[[Iteration, int], Array]:
    """That vector's numbers for the biases of a layer, shaped as b."""
    return lambda it, layer: it.before.parts(OF_PARAMETERS[name](it))[layer - 1][1]
