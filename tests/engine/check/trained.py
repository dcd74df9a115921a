"""Networks on the way from their start to a loss of one in a million: where gradients are small and units saturated."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from app.engine.data.datasets import Dataset
from app.engine.data.split import Examples
from app.engine.equations.mistakes import MISTAKES, rules_of
from app.engine.fast.trainer import Batch, Trainer
from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.learning.optimizers import Optimizer
from app.engine.network.errors import DivergedError, SetupError
from app.engine.network.initializers import Initializer
from app.engine.network.layers import Network
from app.engine.setup import Setup
from tests.engine.cases import HIDDEN, OWN_LOSS, PAIRINGS

STAGES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
MOST, LOOK = 4_000, 100  # iterations in all, and between two looks
DATA = {
    "iris": Dataset("iris", 60, 0.0, 0),
    "digits": Dataset("digits", 40, 0.1, 1),
    "xor": Dataset("xor", 4, 0.0, 0),
    "spirals": Dataset("spirals", 30, 0.0, 3),
}
# (output, loss): those that learn to tell classes; any other pairing is trained as well.
LEARNING = (*OWN_LOSS, ("sigmoid", "half_squared_error"), ("softmax", "mean_squared_error"))


def drawn_case(rng: np.random.Generator) -> tuple[str, str, str, str]:
    """Any data, hidden activation, output and loss; half of the time such as learn to tell classes."""
    pairings = LEARNING if rng.random() < 0.5 else PAIRINGS
    output, loss = pairings[rng.integers(len(pairings))]
    return list(DATA)[rng.integers(len(DATA))], HIDDEN[rng.integers(len(HIDDEN))], output, loss


def setup_of(data: str, hidden: str, output: str, loss: str, seed: int) -> Setup:
    """A network of two hidden layers, of one for XOR, that learns the data with Adam."""
    X, Y = DATA[data].draw()
    if output == "softmax" and Y.shape[1] == 1:
        Y = np.hstack([Y, 1 - Y])
    X = (X - X.mean(axis=0)) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1.0)
    sizes = (X.shape[1], *((4,) if data == "xor" else (6, 5)), Y.shape[1])
    start = Initializer("he_normal" if hidden in ("relu", "leaky_relu") else "xavier_uniform", seed=seed)
    activations = (*(hidden,) * (len(sizes) - 2), output)
    return Setup(sizes, Examples(X, Y), activations, loss, start, 0.02, optimizer=Optimizer("adam")).completed()


def on_the_way(setup: Setup) -> Iterator[Network]:
    """The network at its start, whenever its loss has fallen to a tenth, and at its end."""
    X, Y = setup.examples
    trainer, batch, left = trainer_of(setup), Batch(X, Y, setup.learning_rate, True), list(STAGES)
    yield trainer.network
    for _ in range(0, MOST, LOOK):
        try:
            loss = trainer.run([batch] * LOOK)[-1]
        except DivergedError:
            return
        if loss < left[0]:
            yield trainer.network
            left = [stage for stage in left if stage < loss]
            if not left:
                return
    yield trainer.network


def trainer_of(setup: Setup) -> Trainer:
    """A trainer at the setup's start."""
    return Trainer(setup.method(setup.learning_rate), setup.network)


def iteration_with(setup: Setup, network: Network, mistakes: tuple[str, ...] = ()) -> Iteration:
    """An iteration of the network by rules with these mistakes."""
    method = setup.method(setup.learning_rate)
    return run_iteration(replace(method, rules=rules_of(mistakes, setup.learning_rate)), network, *setup.examples)


def possible(setup: Setup, mistakes: tuple[str, ...]) -> bool:
    """Whether these mistakes can be made in the network."""
    try:
        replace(setup, mistakes=mistakes).completed()
    except SetupError:
        return False
    return all(name in MISTAKES for name in mistakes)
