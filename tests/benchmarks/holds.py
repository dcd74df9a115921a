"""How long the event loop is held at one time: processor time of its thread between two looks at what else is asked."""

import asyncio
import json
from asyncio import Handle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import thread_time

from app.engine.memory import MEMORY
from tests.benchmarks.in_process import FORM, browser

LARGEST = {
    "sizes": [8, 32, 32, 32, 32, 32, 32],
    "data": {
        "X": [[(7 * i + 3 * k) % 19 / 100 for k in range(8)] for i in range(1000)],
        "Y": [[(5 * i + 3 * k) % 17 / 100 for k in range(32)] for i in range(1000)],
    },
    "optimizer": {"kind": "adam", "learning_rate": 0.001},
    "batch_size": 10,
}
PAGES = ("", "/pictures", "/paths?kind=W&layer=1&j=0&k=0")
VERBS = ("step", "backward", "update", "back", "reset")


def longest_hold(data: Path) -> float:
    """Seconds, of the largest network's beginning, for which 400 kB are read, of its pages and verbs; with what is kept
    in memory and without.
    """
    held: list[float] = []
    largest = json.dumps(LARGEST).encode()

    async def ask() -> None:
        async with browser(data) as asking:
            await asking.begin(largest)  # what is made at the first request is made once
            await asyncio.sleep(0)
            held.clear()
            walk = await asking.begin(largest)
            for forgets in (True, False):
                for page in PAGES:
                    answer = await asking.ask("GET", f"/sessions/{walk}{page}")
                    assert answer.status == 200, answer.body
                for verb in VERBS:
                    await asking.ask("POST", f"/sessions/{walk}/{verb}", b"", content_type=FORM, hx_request="true")
                    if forgets:
                        await asyncio.to_thread(MEMORY.bound, MEMORY.most)

    with _noted(held):
        asyncio.run(ask())
    return max(held)


@contextmanager
def _noted(held: list[float]) -> Iterator[None]:
    """Notes how long each callback of the event loop takes."""
    run = Handle._run

    def noted(handle: Handle) -> None:
        start = thread_time()
        run(handle)
        held.append(thread_time() - start)

    Handle._run = noted  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Handle._run = run  # type: ignore[method-assign]
