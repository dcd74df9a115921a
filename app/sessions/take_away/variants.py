"""A walk's network with other numbers, short enough to calculate with by hand: the same seed gives the same numbers."""

from dataclasses import replace

import numpy as np

from app.engine.data.split import Examples
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.setup import Parameters
from app.sessions.walk.session import TrainingSession

MOST_PARAMETERS = 60  # that somebody would write down
TENTHS = (-9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9)
DECIMALS = 2  # of an input
OWN_DECIMALS = 4  # of a parameter of the walk's own


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
    data, the inputs rounded; by the right rules, without rounding on the way, its first iteration walked to the end.

    Where all seeds are 0 it has the walk's own parameters and the example in focus, rounded. SetupError as of
    `check_by_hand`.
    """
    check_by_hand(session)
    setup, network = session.setup, session.current.before
    rng = np.random.default_rng(seeds)
    if any(seeds):
        pairs = [(_tenths(rng, layer.W.shape), _tenths(rng, layer.b.shape)) for layer in network.layers]
        example = seeds[0] % len(setup.examples[0])
    else:
        pairs = [(np.round(layer.W, OWN_DECIMALS), np.round(layer.b, OWN_DECIMALS)) for layer in network.layers]
        example = session.example
    X, Y = (array[[example]] for array in session.examples)
    fresh = replace(
        setup,
        data=Examples(np.round(X, DECIMALS) + 0.0, Y),
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


def _tenths(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.asarray(rng.choice(TENTHS, shape) / 10)
