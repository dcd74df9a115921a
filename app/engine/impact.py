"""What a mistake does to a training, measured: the losses, the wrong signs, and how many runs still learn XOR."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import numpy as np

from app.engine.data.datasets import Dataset
from app.engine.data.split import Examples
from app.engine.equations.mistakes import reason_against
from app.engine.fast.feed import Feed
from app.engine.fast.trainer import Trainer
from app.engine.learning.iteration import Iteration, Past, mean_loss, run_iteration
from app.engine.network.arrays import Array
from app.engine.network.errors import DivergedError
from app.engine.network.expressions import Symbol
from app.engine.network.initializers import Initializer
from app.engine.network.propagation import RIGHT, Backward, backward
from app.engine.setup import Setup

SEEDS = range(20)  # of the runs that try to learn XOR
UPDATES = 120  # of one such run
NO_SIGN = 1e-12  # of the largest gradient of an iteration: what is smaller has no sign to get wrong


@dataclass(frozen=True)
class Learned:
    """How many of `runs` runs learn XOR in the network of `sizes`, with the mistakes and without."""

    sizes: tuple[int, ...]
    runs: int
    mistaken: int
    right: int


@dataclass(frozen=True)
class Impact:
    """Of one run: the share of gradients with the wrong sign; the mean loss over all examples, before and after.

    `right_end` is where the same run ends with the right rules; `xor` is about other runs, in a network of its own.
    """

    wrong_signs: float
    start: float
    end: float
    right_end: float
    xor: Learned

    @property
    def falls(self) -> bool:
        """Whether the loss ends below its start."""
        return self.end < self.start


def impact_of(setup: Setup, iterations: int) -> Impact:
    """What the setup's mistakes do to its run of so many iterations, and to learning XOR. Under a second."""
    mistaken = losses_of(setup, iterations)
    right = losses_of(replace(setup, mistakes=()), iterations)
    return Impact(wrong_signs(setup, iterations), mistaken[0], mistaken[-1], right[-1], learned_xor(setup.mistakes))


# One run ------------------------------------------------------------------------------------------------------------


def iterations_of(setup: Setup) -> Iterator[Iteration]:
    """The run of a setup, without end."""
    X, Y = setup.examples
    network, past = setup.network, Past(0, setup.optimizer.fresh(setup.network.size))
    while True:
        batch = list(setup.batch(past.iteration))
        method = setup.method(setup.learning_rate, past.iteration)
        iteration = run_iteration(method, network, X[batch], Y[batch], past)
        yield iteration
        network, past = iteration.after, iteration.next


def losses_of(setup: Setup, iterations: int) -> tuple[float, ...]:
    """The mean loss over all examples before each epoch of so many iterations, and after the last."""
    X, Y = setup.examples
    method, epoch = setup.method(setup.learning_rate), setup.iterations_per_epoch
    trainer, feed, networks = Trainer(method, setup.network), Feed(setup, X, Y), [setup.network]
    try:
        for start in range(0, iterations - epoch + 1, epoch):
            trainer.run(feed.batches(start, start + epoch, setup.learning_rate))
            networks.append(trainer.network)
    except DivergedError:  # the quick way ends there
        networks = [it.before for it in islice(iterations_of(setup), 0, iterations + 1, epoch)]
    with np.errstate(over="ignore", invalid="ignore"):
        return tuple(mean_loss(method, network, X, Y) for network in networks)


def gradients(back: Backward) -> Array:
    """Every dW, row by row, then every db, in one vector."""
    return np.concatenate([part.ravel() for part in (*back.dW, *back.db)])


def gradient_symbols(sizes: tuple[int, ...]) -> tuple[Symbol, ...]:
    """What the numbers of `gradients` are the gradients of, in the same order."""
    layers = range(1, len(sizes))
    weights = (Symbol("dW", l, j, k) for l in layers for j in range(sizes[l]) for k in range(sizes[l - 1]))
    return (*weights, *(Symbol("db", l, j) for l in layers for j in range(sizes[l])))


def right_backward(iteration: Iteration) -> Backward:
    """What the right rules give for the same batch at the same parameters."""
    return backward(iteration.before, iteration.forward, iteration.Y, iteration.method.loss, RIGHT)


def wrong_signs(setup: Setup, iterations: int) -> float:
    """The share of gradients, over a run, whose sign is not that of the right gradient at the same parameters.

    Those that are 0 by the right rules, but for rounding, have no sign and do not count.
    """
    wrong = counted = 0
    for iteration in islice(iterations_of(setup), iterations):
        found, right = gradients(iteration.backward), gradients(right_backward(iteration))
        signed = np.abs(right) > NO_SIGN * np.abs(right).max()
        counted += int(signed.sum())
        wrong += int((np.sign(found) != np.sign(right))[signed].sum())
    return wrong / counted if counted else 0.0


# XOR ------------------------------------------------------------------------------------------------------------------

_X, _Y = Dataset("xor", examples=4, noise=0.0).draw()
_XOR = Setup((2, 4, 1), Examples(_X, _Y), ("tanh", "sigmoid"), "binary_cross_entropy", learning_rate=2.0)
_TWO_OUTPUTS = Examples(_X, np.hstack([1.0 - _Y, _Y]))
XOR_SETUPS = (
    _XOR,
    replace(_XOR, sizes=(2, 4, 2), data=_TWO_OUTPUTS),
    replace(_XOR, sizes=(2, 2, 2), data=_TWO_OUTPUTS),
)


def xor_setup(mistakes: tuple[str, ...]) -> Setup:
    """The first network of `XOR_SETUPS` in which each of the mistakes can be made and changes something, with them."""
    able = (setup for setup in XOR_SETUPS if reason_against(mistakes, setup.sizes, setup.loss) is None)
    return next(replace(setup, mistakes=mistakes) for setup in able if all(_matters(setup, name) for name in mistakes))


def _matters(setup: Setup, mistake: str) -> bool:
    first = next(iterations_of(replace(setup, mistakes=(mistake,))))
    return not np.allclose(gradients(first.backward), gradients(right_backward(first)))


def learned_xor(mistakes: tuple[str, ...]) -> Learned:
    """How many of 20 seeded runs learn XOR with the mistakes, and with the right rules in the same network."""
    setup = xor_setup(mistakes)
    return Learned(setup.sizes, len(SEEDS), learners(setup.sizes, mistakes), learners(setup.sizes, ()))


@lru_cache(maxsize=256)
def learners(sizes: tuple[int, ...], mistakes: tuple[str, ...]) -> int:
    """How many of the seeded runs learn XOR in the network of these sizes, one of `XOR_SETUPS`."""
    setup = next(setup for setup in XOR_SETUPS if setup.sizes == sizes)
    starts = (Initializer("xavier_uniform", seed) for seed in SEEDS)
    return sum(learns(replace(setup, mistakes=mistakes, start=start)) for start in starts)


def learns(setup: Setup) -> bool:
    """Whether a network, after its updates, stands on the right side of a half for every example and output."""
    last = next(islice(iterations_of(setup), UPDATES, None))
    return bool(((last.forward.output.A > 0.5) == (last.Y > 0.5)).all())
