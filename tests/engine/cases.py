"""Setups to test with: random values on networks of unequal sizes, every activation and every loss that fits."""

import os
from dataclasses import replace
from itertools import combinations, islice

import numpy as np
from hypothesis import strategies as st

from app.engine.data.split import Examples
from app.engine.equations.mistakes import MISTAKES
from app.engine.impact import iterations_of
from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import SCHEDULES, Schedule
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.arrays import Array
from app.engine.network.losses import LOSSES
from app.engine.setup import Parameters, Setup

HIDDEN = tuple(activation.name for activation in ACTIVATIONS.values() if not activation.couples)
# (output activation, loss): each that makes sense.
OWN_LOSS = tuple((loss.output, loss.name) for loss in LOSSES.values() if loss.output)  # with error signal y_hat - y
PAIRINGS = (
    *OWN_LOSS,
    *((output, loss.name) for loss in LOSSES.values() if not loss.output for output in ACTIVATIONS),
)
# Every way to make no mistake, one, or two: of those that stand in for the same factor only one at a time.
SINGLE = tuple((name,) for name in MISTAKES)
PAIRS = tuple(
    pair
    for pair in combinations(MISTAKES, 2)
    if not all(MISTAKES[name].replaces and MISTAKES[name].rule == "slope" for name in pair)
)
MANY = int(os.environ.get("MANY", "1"))  # so many times as many cases: MANY=20 for a long run by hand
KINKED = tuple(activation.name for activation in ACTIVATIONS.values() if activation.pieces)
Rng = np.random.Generator


def targets(rng: Rng, loss: str, shape: tuple[int, int]) -> Array:
    """Targets that the loss allows: probabilities, shares of 1, or any numbers; some of them 0 and 1."""
    if LOSSES[loss].targets == "shares":
        if rng.random() < 0.5:
            return np.asarray(rng.dirichlet(np.ones(shape[1]), shape[0]), np.float64)
        one_hot: Array = np.eye(shape[1])[rng.integers(0, shape[1], shape[0])]
        return one_hot
    if LOSSES[loss].targets == "probabilities":
        shares = rng.random(shape)
        return shares if rng.random() < 0.5 else np.round(shares)
    return rng.standard_normal(shape)


def random_setup(seed: int, sizes: tuple[int, ...], activations: tuple[str, ...], loss: str, examples: int) -> Setup:
    """A setup with every number drawn, no bias zero; all examples in one batch."""
    rng = np.random.default_rng(seed)
    pairs = list(zip(sizes[1:], sizes, strict=False))
    W = tuple(rng.standard_normal(pair) * 0.8 for pair in pairs)
    b = tuple(rng.choice([-1.0, 1.0], out) * rng.uniform(0.05, 0.6, out) for out, _ in pairs)
    X = rng.standard_normal((examples, sizes[0]))
    return Setup(sizes, Examples(X, targets(rng, loss, (examples, sizes[-1]))), activations, loss, Parameters(W, b))


def iteration_of(setup: Setup, number: int = 0) -> Iteration:
    """An iteration from the setup's starting network, on the batch of that number."""
    X, Y = setup.examples
    rows = list(setup.batch(number))
    return run_iteration(setup.method(setup.learning_rate), setup.network, X[rows], Y[rows])


def later_iteration(setup: Setup, number: int) -> Iteration:
    """The iteration of that number, after all before it."""
    return next(islice(iterations_of(setup), number, None))


def near_a_kink(iteration: Iteration, margin: float) -> bool:
    """Whether a sum stands so near to 0 under an activation with a corner there that differences would straddle it."""
    layers = zip(iteration.before.layers, iteration.forward.Z, strict=True)
    return any(layer.activation.name in KINKED and (np.abs(Z) < margin).any() for layer, Z in layers)


@st.composite
def setups(draw: st.DrawFn, square_from: int | None = None, own_loss: bool = False) -> Setup:
    """Setups of 1 to 4 layers with 1 to 4 units, mixed activations, 1 to 5 examples.

    `square_from`: all layers from this one on are alike; `own_loss`: the output's error signal is y_hat - y.
    """
    units = draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    if square_from is not None:
        units[square_from:] = [units[square_from]] * len(units[square_from:])
    output, loss = draw(st.sampled_from(OWN_LOSS if own_loss else PAIRINGS))
    hidden = draw(st.tuples(*[st.sampled_from(HIDDEN)] * (len(units) - 2)))
    seed, examples = draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, 5))
    return random_setup(seed, tuple(units), (*hidden, output), loss, examples)


@st.composite
def optimizers(draw: st.DrawFn) -> Optimizer:
    """Every kind, with settings of every size; with weight decay, clipping, both or neither."""
    momentum, decay, beta1, beta2 = draw(st.tuples(*[st.floats(0.0, 0.999)] * 4))
    return Optimizer(
        draw(st.sampled_from(list(OPTIMIZERS))),
        momentum,
        decay,
        beta1,
        beta2,
        epsilon=draw(st.sampled_from([1e-8, 1e-3])),
        weight_decay=draw(st.sampled_from([0.0, 0.01, 0.5])),
        clip_norm=draw(st.sampled_from([None, 0.1, 1.0, 100.0])),
    )


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Every kind, with changes within the first few iterations."""
    every, iterations = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    factor, minimum = draw(st.floats(0.01, 1.0)), draw(st.sampled_from([0.0, 0.01, 0.3]))
    return Schedule(draw(st.sampled_from(list(SCHEDULES))), every, factor, iterations, minimum)


@st.composite
def updated(draw: st.DrawFn) -> Setup:
    """Setups with any optimizer and schedule, any batch size, and at times a mistake."""
    setup = draw(mistaken(((), (), ("updated_weights",), ("wrong_sign",))))
    size = draw(st.sampled_from([1, max(1, len(setup.examples[0]) - 1), None]))
    return replace(setup, batch_size=size, optimizer=draw(optimizers()), schedule=draw(schedules()))


@st.composite
def mistaken(draw: st.DrawFn, among: tuple[tuple[str, ...], ...] = ((), *SINGLE, *PAIRS)) -> Setup:
    """Setups with no mistake, one or two, in a network in which they can be made."""
    mistakes = draw(st.sampled_from(among))
    made = [MISTAKES[name] for name in mistakes]
    square = min((mistake.square_from for mistake in made if mistake.square_from is not None), default=None)
    setup = draw(setups(square, any(mistake.needs_own_loss for mistake in made)))
    return replace(setup, mistakes=mistakes)
