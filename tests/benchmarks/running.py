"""Learners who train as their pages do, beside one who steps: what the step waits, and what the trainings come to."""

import asyncio
import gzip
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import quantiles
from time import monotonic, perf_counter
from urllib.parse import urlencode

from tests.benchmarks.film import SPIRALS
from tests.durability.client import Answer, Client
from tests.load.learners import OURS, Learner, Tally
from tests.load.server import Server

TRAINERS = 8
ROUNDS, CALM, PAUSE = 4, 3.0, (0.02, 0.06)  # rounds in turns; seconds of each; seconds between clicks
PACE = 0.05  # seconds from one question of the page to its next, at least


@dataclass(frozen=True)
class Ran:
    """The p95 of a step in seconds, alone and beside the trainings; pictures a second of each of these."""

    alone: float
    beside: float
    pictures: float


def running() -> Ran:
    """Measured over a real server, on loopback, in turns: alone, beside, alone, beside, ..."""
    server = Server(Path(tempfile.mkdtemp()))
    try:
        return asyncio.run(_measured(server.port))
    finally:
        server.close()


async def _measured(port: int) -> Ran:
    alone, beside, drawn = Tally(), Tally(), [0]
    for _ in range(ROUNDS):
        await _stepping(port, alone)
        trainers = [asyncio.create_task(_training(port, drawn)) for _ in range(TRAINERS)]
        await _stepping(port, beside)
        for trainer in trainers:
            trainer.cancel()
        for ended in await asyncio.gather(*trainers, return_exceptions=True):
            assert isinstance(ended, asyncio.CancelledError), ended
        await asyncio.sleep(0.5)
    assert not alone.errors + beside.errors, (alone.errors, beside.errors)
    return Ran(_p95(alone), _p95(beside), drawn[0] / (ROUNDS * CALM * TRAINERS))


async def _stepping(port: int, tally: Tally) -> None:
    learner = Learner(port, tally)
    await learner.join()
    await learner.keep_stepping(monotonic() + CALM, PAUSE, Random(1))


async def _training(port: int, drawn: list[int]) -> None:
    """Until it is stopped, as the page's script asks for picture after picture."""
    client = Client(*await asyncio.open_connection("127.0.0.1", port))
    try:
        body = json.dumps(SPIRALS).encode()
        begun = await client.ask("POST", "/api/sessions", body, content_type="application/json")
        at, has = f"/sessions/{json.loads(begun.body)['id']}", ""
        await _asked(client, f"{at}/run", until="1", count="")
        while True:
            start = perf_counter()
            answer = await _asked(client, f"{at}/run/on", playing="1", has=has)
            has = json.loads(gzip.decompress(answer.body))["has"]
            drawn[0] += 1
            await asyncio.sleep(max(0.0, start + PACE - perf_counter()))
    finally:
        client.writer.close()


async def _asked(client: Client, path: str, **form: str) -> Answer:
    body = urlencode({"next": "pictures", **form}).encode()
    answer = await client.ask("POST", path, body, hx_request="true", accept_encoding="gzip", **OURS)
    assert answer.status == 200, answer.body[:200]
    return answer


def _p95(tally: Tally) -> float:
    return quantiles(tally.steps, n=20)[-1]
