"""A long training on its page beside a learner who steps: its first sign of progress, and what the other one waits."""

import asyncio
import gzip
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import quantiles
from time import monotonic, perf_counter
from urllib.parse import urlencode

from tests.durability.client import Client
from tests.load.learners import OURS, Learner, Tally
from tests.load.server import Server

ITERATIONS = 10_000
LESSON = {"lesson": "a-slope-too-many"}  # a batch of 100
ROUNDS, CALM, PAUSE = 4, 3.0, (0.02, 0.06)  # rounds in turns; seconds of each; seconds between clicks
TICK = 0.4  # seconds between two requests of the page
BACKGROUND = 30  # runs one after the other, so that the training lasts as long as a round


@dataclass(frozen=True)
class Ran:
    """Seconds until the first progress and until the end of one run, and the p95 of a step alone and beside runs."""

    first: float
    whole: float
    alone: float
    beside: float


def running() -> Ran:
    """Measured over a real server, on loopback, in turns: alone, beside, alone, beside, ..."""
    server = Server(Path(tempfile.mkdtemp()))
    try:
        return asyncio.run(_measured(server.port))
    finally:
        server.close()


async def _measured(port: int) -> Ran:
    first, whole = await _run(port)
    alone, beside = Tally(), Tally()
    for _ in range(ROUNDS):
        await _stepping(port, alone)
        trainer = asyncio.create_task(_training(port))
        await _stepping(port, beside)
        trainer.cancel()
        await asyncio.sleep(TICK)
    assert not alone.errors + beside.errors, (alone.errors, beside.errors)
    return Ran(first, whole, _p95(alone), _p95(beside))


async def _stepping(port: int, tally: Tally) -> None:
    learner = Learner(port, tally)
    await learner.join()
    await learner.keep_stepping(monotonic() + CALM, PAUSE, Random(1))


async def _training(port: int) -> None:
    for _ in range(BACKGROUND):
        await _run(port)


async def _run(port: int) -> tuple[float, float]:
    """Seconds until the first progress is answered, and until the run is done, as the page asks for it."""
    client = Client(*await asyncio.open_connection("127.0.0.1", port))
    begun = await client.ask("POST", "/api/sessions", json.dumps(LESSON).encode(), content_type="application/json")
    at = f"/sessions/{json.loads(begun.body)['id']}"
    start = perf_counter()
    done = await _asked(client, f"{at}/run", count=str(ITERATIONS), measure="iterations")
    first = perf_counter() - start
    assert 0 < done <= ITERATIONS
    while done < ITERATIONS:
        await asyncio.sleep(TICK)
        done = await _asked(client, f"{at}/run/on")
    client.writer.close()
    return first, perf_counter() - start


async def _asked(client: Client, path: str, **form: str) -> int:
    """How many updates the answer says are made."""
    body = urlencode({"next": "pictures", "playing": "1", **form}).encode()
    answer = await client.ask("POST", path, body, hx_request="true", accept_encoding="gzip", **OURS)
    assert answer.status == 200, answer.body[:200]
    found = re.search(rb"([\d,]+) updates made", gzip.decompress(answer.body))
    assert found is not None
    return int(found[1].replace(b",", b""))


def _p95(tally: Tally) -> float:
    return quantiles(tally.steps, n=20)[-1]
