"""How well a network does on its examples, in words: how many it classifies right, or how far off it is."""

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.propagation import forward
from app.sessions.walk.classes import classes_of
from app.sessions.walk.session import TrainingSession
from app.views.text.numbers import number


def predictions(session: TrainingSession, X: Array) -> Array:
    """What the network in force says of inputs X (m, n_0), in the units of the targets: (m, n_L)."""
    with np.errstate(over="ignore", invalid="ignore"):
        A = forward(session.network, X, session.setup.decimals).A[-1]
    return session.setup.ready.targets.undo(A)


def said_right(session: TrainingSession) -> str:
    """38 of 40 training examples right, and 9 of 10 test examples."""
    counts = []
    for X, Y in _kinds(session):
        counts.append((int((classes_of(predictions(session, X)) == classes_of(Y)).sum()), len(Y)))
    training, *test = (f"{right} of {total}" for right, total in counts)
    noun = "example" if counts[0][1] == 1 else "examples"
    return f"{training} training {noun} right" + "".join(f", and {text} test examples" for text in test)


def said_off(session: TrainingSession, output: int, digits: int) -> str:
    """off by 0.12 on average over the training examples, by 0.2 over the test examples."""
    off = []
    for X, Y in _kinds(session):
        wanted = session.setup.ready.targets.undo(Y)
        off.append(number(float(np.abs(predictions(session, X) - wanted)[:, output].mean()), digits))
    test = "".join(f", by {text} over the test examples" for text in off[1:])
    return f"off by {off[0]} on average over the training examples{test}"


def _kinds(session: TrainingSession) -> list[tuple[Array, Array]]:
    """The training examples, and the test examples if there are any."""
    test = session.setup.test_examples
    return [session.examples, *([test] if len(test[0]) else [])]
