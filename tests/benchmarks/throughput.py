"""How fast the engine trains, losses recorded: against the notebooks' own loops, against plain NumPy, and by size.

Two runs are compared in one process, turn by turn, and the median of their ratios counts: what slows the machine for a
while slows both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import numpy as np

from app.engine.data.split import Examples
from app.engine.network.initializers import Initializer
from app.engine.setup import Setup
from app.lessons import lesson_named
from app.sessions.walk.timeline import Timeline
from tests.benchmarks.by_hand import by_hand
from tests.benchmarks.notebooks import LOOPS

Run = Callable[[int], list[float]]  # the losses of so many iterations
TURNS = 15
WIDTHS = (16, 32, 64, 128, 256, 512)  # of the networks by which growth is measured


@dataclass(frozen=True)
class Growth:
    """Seconds an iteration as fixed + per_weight * weights; `off` is the largest share by which one is beside it."""

    fixed: float
    per_weight: float
    off: float


def notebook_ratios() -> dict[str, float]:
    """For each lesson: iterations a second of the engine, for one of its notebook's loop."""
    return {slug: _of_notebook(slug, iterations=2_000) for slug in LOOPS}


def _of_notebook(slug: str, iterations: int) -> float:
    setup, loop = lesson_named(slug).published, LOOPS[slug]
    return ratio(lambda n: loop(setup, n), trained(setup), iterations)


def plain_ratio() -> float:
    """The same of a 784-128-64-10 network in batches of 32, against plain NumPy that makes no arrays either."""
    setup = images()
    return ratio(lambda n: by_hand(setup, n), trained(setup), iterations=40)


def images() -> Setup:
    """A 784-128-64-10 network and 320 examples like images of digits."""
    rng = np.random.default_rng(0)
    X, Y = rng.random((320, 784)), np.eye(10)[rng.integers(0, 10, 320)]
    names = ("relu", "relu", "softmax")
    start = Initializer("he_normal", seed=1)
    return Setup((784, 128, 64, 10), Examples(X, Y), names, "cross_entropy", start, 0.01, batch_size=32).completed()


def growth() -> Growth:
    """How the time of an iteration grows with the weights, on a batch of 32: least squares of relative errors."""
    weights, seconds = (np.array(found) for found in zip(*map(_of_width, WIDTHS), strict=True))
    design = np.column_stack([np.ones(len(weights)), weights]) / seconds[:, None]
    (fixed, per_weight), *_ = np.linalg.lstsq(design, np.ones(len(weights)), rcond=None)
    off = np.abs((fixed + per_weight * weights) / seconds - 1.0).max()
    return Growth(float(fixed), float(per_weight), float(off))


def _of_width(n: int) -> tuple[int, float]:
    """(weights, seconds an iteration) of a network of three layers of n units."""
    rng = np.random.default_rng(0)
    data = Examples(rng.standard_normal((32, n)), rng.standard_normal((32, n)))
    start = Initializer("xavier_normal", seed=1)
    setup = Setup((n, n, n), data, ("tanh", "identity"), "mean_squared_error", start, 1e-3).completed()
    run, iterations = trained(setup), max(30, 300_000 // n**2)
    run(iterations)
    return 2 * n * n, min(_seconds(run, iterations) for _ in range(TURNS)) / iterations


def trained(setup: Setup) -> Run:
    """The engine's run, as sessions train."""
    return lambda iterations: [x for leg in Timeline(setup).legs([iterations]) for x in leg.losses.tolist()]


def ratio(slow: Run, quick: Run, iterations: int) -> float:
    """How many times as many iterations a second the second makes."""
    for run in (slow, quick):
        run(iterations)  # warm
    return median(_seconds(slow, iterations) / _seconds(quick, iterations) for _ in range(TURNS))


def _seconds(run: Run, iterations: int) -> float:
    before = perf_counter()
    run(iterations)
    return perf_counter() - before
