"""What a calm click waits beside one who asks for as much as a request may compute, in one process."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from tests.benchmarks.in_process import Browser, browser

ROUNDS, CLICKS, PAUSE = 6, 40, 0.005  # rounds in turns; clicks of each; seconds between two
JSON = "application/json"


@dataclass(frozen=True)
class Waited:
    """The p95 of a click in seconds, alone and beside another one: the best of some rounds."""

    alone: float
    beside: float


def beside_training(data: Path) -> Waited:
    """Beside one who trains by the API."""
    return asyncio.run(_in_turns(data, _training))


def beside_curves(data: Path) -> Waited:
    """Beside one who asks for the curves of long ways that nobody has followed."""
    return asyncio.run(_in_turns(data, _asking_for_curves))


async def _in_turns(data: Path, greedy: Callable[[Browser], Coroutine[Any, Any, None]]) -> Waited:
    alone, beside = [], []
    async with browser(data) as asking:
        for _ in range(ROUNDS):
            alone.append(await _stepping(asking))
            other = asyncio.create_task(greedy(asking))
            await asyncio.sleep(0.05)
            beside.append(await _stepping(asking))
            assert not other.done()
            other.cancel()
            await asyncio.sleep(0.05)
    return Waited(min(alone), min(beside))


async def _stepping(asking: Browser) -> float:
    session = await asking.begin(b'{"lesson": "one-example-at-a-time"}')
    took = []
    for rev in range(1, CLICKS + 1):
        start = perf_counter()
        answer = await asking.ask("POST", f"/api/sessions/{session}/step", b'{"rev": %d}' % rev, content_type=JSON)
        assert answer.status == 200, answer.body
        took.append(perf_counter() - start)
        await asyncio.sleep(PAUSE)
    return quantiles(took, n=20)[-1]


async def _training(asking: Browser) -> None:
    session = await asking.begin(b'{"lesson": "one-example-at-a-time"}')
    while True:
        await asking.ask("POST", f"/api/sessions/{session}/train", b'{"iterations": 10000}', content_type=JSON)


async def _asking_for_curves(asking: Browser) -> None:
    for seed in range(1_000_000):
        start = b'{"kind": "he_normal", "seed": %d}' % seed
        body = b'{"sizes": [2, 3, 1], "data": {"dataset": "moons"}, "batch_size": 10, "initializer": %b}' % start
        session = await asking.begin(body)
        train = b'{"iterations": 10000}'
        await asking.ask("POST", f"/api/sessions/{session}/train", train, content_type=JSON)
        answer = await asking.ask("GET", f"/sessions/{session}/pictures/curves", hx_request="true")
        assert answer.status == 200, answer.body
