"""A walk's network with other numbers, short enough to calculate with by hand: the same seed gives the same numbers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.engine.data.split import Examples
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.losses import LOSSES
from app.engine.setup import Parameters
from app.sessions.walk.session import TrainingSession

MOST_PARAMETERS = 60  # that somebody would write down
TENTHS = (-9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9)
DECIMALS = 2  # of an input and of a target
OWN_DECIMALS = 4  # of a parameter of the walk's own
TRIES, NEARLY_0 = 20, 1e-9


def check_by_hand(session: TrainingSession) -> None:
    """SetupError where the network has more numbers than one calculates with by hand."""
    if session.setup.network.size > MOST_PARAMETERS:
        raise SetupError(
            "network",
            f"This network has {session.setup.network.size:,} parameters, too many to calculate with by hand.",
            f"Take one of at most {MOST_PARAMETERS}.",
        )


def variant(session: TrainingSession, *seeds: int) -> TrainingSession:
    """The walk's network and method with weights and biases of whole tenths, none of them 0, and one example of its
    data, rounded; by the right rules, without rounding on the way, its first iteration walked to the end.

    Where all seeds are 0 it has the walk's own parameters and the example in focus, rounded. Else no sum in it is 0,
    where some activations have a corner. SetupError as of `check_by_hand`.
    """
    check_by_hand(session)
    network = session.current.before
    if not any(seeds):
        pairs = [(np.round(layer.W, OWN_DECIMALS), np.round(layer.b, OWN_DECIMALS)) for layer in network.layers]
        return _walked(session, pairs, session.example)
    rng, example = np.random.default_rng(seeds), seeds[0] % len(session.setup.examples[0])
    for _ in range(TRIES):
        pairs = [(_tenths(rng, layer.W.shape), _tenths(rng, layer.b.shape)) for layer in network.layers]
        walk = _walked(session, pairs, example)
        if all((abs(Z) > NEARLY_0).all() for Z in walk.current.forward.Z):
            break
    return walk


def _walked(session: TrainingSession, pairs: Sequence[tuple[Array, Array]], example: int) -> TrainingSession:
    X, Y = (array[[example]] for array in session.examples)
    fresh = replace(
        session.setup,
        data=Examples(np.round(X, DECIMALS) + 0.0, _rounded(Y, session.setup.loss)),
        start=Parameters(tuple(W for W, _ in pairs), tuple(b for _, b in pairs)),
        learning_rate=session.learning_rate,
        batch_size=None,
        shuffle_seed=None,
        decimals=None,
        mistakes=(),
        warm_up=(),
    )
    walk = TrainingSession.of_setup(fresh).step("iteration")
    return replace(walk, lesson=session.lesson)  # for its words and its notation


def _rounded(Y: Array, loss: str) -> Array:
    """Targets, as inputs are; shares add up to 1 all the same."""
    rounded = np.round(Y, DECIMALS) + 0.0
    if LOSSES[loss].targets == "shares":
        rounded[0, rounded.argmax()] += 1 - rounded.sum()
        rounded = np.round(rounded, DECIMALS)
    return rounded


def _tenths(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.asarray(rng.choice(TENTHS, shape) / 10)
