"""Small networks of unequal layer sizes, for walks in tests."""

import numpy as np

from app.engine.data.split import Examples
from app.engine.learning.iteration import Iteration
from app.engine.network.arrays import Array
from app.engine.network.initializers import Initializer
from app.engine.setup import Setup
from app.sessions.walk.session import TrainingSession

RNG = np.random.default_rng(7)
X = RNG.normal(size=(5, 2))
Y = RNG.normal(size=(5, 2))


def own(batch_size: int | None = 2, **more: object) -> TrainingSession:
    """A 2-3-2 network on five examples: with batches of two, an epoch has three iterations, the last of one."""
    setup = Setup(
        sizes=(2, 3, 2),
        data=Examples(X, Y),
        start=Initializer("xavier_normal", seed=3),
        batch_size=batch_size,
        learning_rate=0.3,
        **more,  # type: ignore[arg-type]
    )
    return TrainingSession.of_setup(setup)


def bits(session: TrainingSession) -> bytes:
    """Everything that a walk shows: its place, batch and learning rate, and every number of its iteration."""
    it = session.current
    place = repr((session.place, session.batch, session.learning_rate, session.epoch))
    return place.encode() + b"".join(array.tobytes() for array in arrays(it)) + session.network.flat().tobytes()


def arrays(it: Iteration) -> tuple[Array, ...]:
    """Every array of an iteration."""
    back = it.backward
    return (*it.forward.Z, *it.forward.A, it.losses, *back.delta, *back.dW, *back.db, it.before.flat(), it.after.flat())
