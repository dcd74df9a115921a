"""What takes longest of what a learner can ask for: processor time, at the bounds of what can be built."""

import asyncio
import json
from pathlib import Path
from time import process_time

import numpy as np

from app.engine.data.split import Examples
from app.engine.impact import impact_of, learners
from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.sessions.walk.session import TrainingSession
from app.views.paths.paths import Opened, paths_panel
from app.views.pictures.pictures import PICTURES
from tests.benchmarks.in_process import browser

UPDATES = 240


def facts_seconds() -> float:
    """All that is measured of a mistake for its page, none from the cache."""
    setup = Setup((2, 2, 2, 2), Examples(np.eye(2), np.eye(2)), mistakes=("untransposed_weights",)).completed()
    learners.cache_clear()
    start = process_time()
    impact_of(setup, UPDATES)
    return process_time() - start


def paths_seconds() -> float:
    """The 33,554,432 paths of a weight of the deepest network, opened."""
    rng = np.random.default_rng(5)
    data = Examples(rng.normal(size=(10, 8)), rng.normal(size=(10, 32)))
    setup = Setup((8, 32, 32, 32, 32, 32, 32), data, ("tanh",) * 6, "half_squared_error").completed()
    session = TrainingSession.of_setup(setup)
    start = process_time()
    paths_panel(session, Opened(Symbol("W", 1, 0, 0)), 5)
    return process_time() - start


def picture_seconds(data: Path) -> float:
    """The slowest picture of the largest network, with as many examples as a table may have."""
    return asyncio.run(_slowest(data))


async def _slowest(data: Path) -> float:
    X = [[((i * 7 + k * 3) % 19) / 19 for k in range(8)] for i in range(1000)]
    Y = [[float(i % 10 == j) for j in range(10)] for i in range(1000)]
    setup = {"sizes": [8, *[32] * 5, 10], "activations": [*["gelu"] * 5, "softmax"], "data": {"X": X, "Y": Y}}
    slowest = 0.0
    async with browser(data) as asking:
        session = await asking.begin(json.dumps(setup).encode())
        await asking.ask("POST", f"/api/sessions/{session}/backward", b"{}", content_type="application/json")
        for name in PICTURES:
            start = process_time()
            answer = await asking.ask("GET", f"/sessions/{session}/pictures/{name}", hx_request="true")
            assert answer.status == 200, answer.body
            slowest = max(slowest, process_time() - start)
    return slowest
