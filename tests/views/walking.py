"""Sessions to draw: lessons, and networks whose numbers are long."""

import numpy as np

from app.engine.data.split import Examples
from app.engine.setup import Parameters, Setup
from app.lessons import lesson_named
from app.sessions.walk.session import TrainingSession


def walk(sizes: tuple[int, ...], largest: float = 12.0) -> TrainingSession:
    """A network whose numbers are long: many digits, large and small, of both signs."""
    random = np.random.default_rng(7)
    pairs = list(zip(sizes[1:], sizes, strict=False))
    scales = 10.0 ** random.uniform(-5, np.log10(largest), len(pairs))
    parameters = Parameters(
        tuple(-random.uniform(0.3, 1.0, pair) * scale for pair, scale in zip(pairs, scales, strict=True)),
        tuple(-random.uniform(0.1, 0.9, out) for out, _ in pairs),
    )
    data = Examples(random.normal(size=(3, sizes[0])), random.normal(size=(3, sizes[-1])))
    tanh = ("tanh",) * (len(sizes) - 2)
    return TrainingSession.of_setup(
        Setup(sizes, data, (*tanh, "identity"), "mean_squared_error", parameters, learning_rate=0.0123)
    )


def at(session: TrainingSession, kind: str, l: int, j: int = 0, k: int | None = None) -> TrainingSession:
    """The session at the equation that finds this."""
    found = next(e for e in session.equations if e.kind == kind and e.symbol[1:] == (l, j, k))
    return session.go(found.index + 1)


def lesson(slug: str, as_published: bool = False) -> TrainingSession:
    return TrainingSession.of_lesson(lesson_named(slug), as_published)


def one_tanh(z: float, decimals: int | None) -> TrainingSession:
    """1-1-1: a hidden tanh whose sum is z, its activation rounded to so many decimals."""
    start = Parameters((np.array([[z]]), np.array([[0.5]])), (np.zeros(1), np.zeros(1)))
    data = Examples(np.array([[1.0]]), np.array([[1.0]]))
    setup = Setup((1, 1, 1), data, ("tanh", "identity"), "half_squared_error", start, decimals=decimals)
    return TrainingSession.of_setup(setup.completed())
