"""Calm learners beside each of those who stop the others, or would: their steps alone and beside, on one server."""

import asyncio
import re
import tempfile
from collections.abc import Awaitable
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import monotonic
from typing import TypeVar

from tests.load.attackers import PREPARED_WITHIN, SCENES, Seen, attacked, prepared
from tests.load.figures import MEGABYTE, Bound, at
from tests.load.learners import Learner, Tally
from tests.load.server import Server

CALM, CURIOUS = 60, 3  # learners who step; who train, look at pictures and compare
PAUSE = (0.5, 2.0)  # seconds between two clicks
CLASS, ATTACK, LATER = "127.0.0.9", "127.0.0.2", "127.0.0.8"  # of the calm ones; of the others; of who comes last
ALONE = 0.5  # of the time that is measured beside the others, so long alone before
AT_FIRST = 0.1  # the share of a scene in which it only begins
TIMES, MOST_BYTES, BEGUN_WITHIN = 2.0, 256 * MEGABYTE, 10.0
Result = TypeVar("Result")


@dataclass(frozen=True)
class Found:
    """What came of a scene: how many of the others were to begin a walk; the calm ones alone and beside, what the
    others got, bytes of memory at most and at the end, and whether who was away and who is new were let in.
    """

    to_begin: int
    alone: Tally
    beside: Tally
    seen: Seen
    most: int
    end: int
    back: bool
    new: bool

    @property
    def errors(self) -> list[str]:
        """Of the calm ones: what was not answered as it should be, and what had to be asked for twice."""
        return self.beside.errors + ["a click that was not answered at once"] * len(self.beside.back)

    def bounds(self, name: str) -> list[Bound]:
        """The figures that are bounded."""
        ratio = at(0.95, self.beside.steps) / at(0.95, self.alone.steps)
        bounds = [
            Bound(f"{name}: p95 beside / alone", ratio, most=TIMES),
            Bound(f"{name}: errors of calm learners", len(self.errors), most=0),
            Bound(f"{name}: back on an own walk, and new", self.back + self.new, "of 2", least=2),
            Bound(f"{name}: 5xx that no server may give", len(self.seen.faults), most=0),
            Bound(f"{name}: memory at the end", self.end / MEGABYTE, "MB", most=MOST_BYTES / MEGABYTE),
        ]
        if self.to_begin:
            bounds += [
                Bound(f"{name}: begun", len(self.seen.begun), "", least=self.to_begin),
                Bound(f"{name}: the last one begun", max(self.seen.begun, default=0), "s", most=BEGUN_WITHIN),
            ]
        return bounds

    def told(self, name: str) -> str:
        """The figures on a line."""
        steps, looks = self.beside.steps, self.beside.looks
        statuses = " ".join(f"{status}:{count}" for status, count in sorted(self.seen.statuses.items())) or "nothing"
        lines = [
            f"{name}: {len(steps)} steps p50 {at(0.5, steps):.1f} p95 {at(0.95, steps):.1f} max {at(1, steps):.0f} ms "
            f"(alone p50 {at(0.5, self.alone.steps):.1f} p95 {at(0.95, self.alone.steps):.1f}); "
            f"{len(looks)} looks p95 {at(0.95, looks):.0f} (alone {at(0.95, self.alone.looks):.0f}); "
            f"they got {statuses}; memory {self.most / MEGABYTE:.0f}, at the end {self.end / MEGABYTE:.0f} MB",
            *(f"    {error}" for error in (self.errors + self.seen.faults)[:3]),
        ]
        return "\n".join(lines)


def beside(seconds: float, workers: int, only: str = "") -> list[Bound]:
    """Every scene, each on a server of its own, for so many seconds; prints what is found."""
    bounds: list[Bound] = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for name in SCENES:
            if re.search(only, name):
                with tempfile.TemporaryDirectory() as data, closing(Server(Path(data), workers)) as server:
                    found = asyncio.run(played(server, pool, name, Play(seconds)))
                print(found.told(name), flush=True)
                bounds += found.bounds(name)
    return bounds


@dataclass(frozen=True)
class Play:
    """How long a scene is, and how many are in it; fewer and shorter where the scenes themselves are tested."""

    seconds: float
    calm: int = CALM
    pause: tuple[float, float] = PAUSE
    connections: int = 10_000  # at most
    preparing: float = PREPARED_WITHIN


async def played(server: Server, pool: Executor, name: str, play: Play) -> Found:
    """A scene on a server; the others do their part in `pool`."""
    scene, seconds, loop = SCENES[name], play.seconds, asyncio.get_running_loop()
    away, *learners = [Learner(server.port, Tally(), CLASS) for _ in range(play.calm + 1)]
    for learner in (away, *learners):
        await learner.join()
    walks = await loop.run_in_executor(pool, prepared, server.port, ATTACK, name, play.preparing)
    alone, _ = await measured(server, clicked(learners, ALONE * seconds, play.pause))
    connections, whole = min(scene.connections, play.connections), (1 + AT_FIRST) * seconds
    attack = loop.run_in_executor(pool, attacked, server.port, ATTACK, name, connections, whole, walks)
    await asyncio.sleep(AT_FIRST * seconds)
    tally, most = await measured(server, clicked(learners, seconds, play.pause))
    seen = await attack
    late = Learner(server.port, Tally(), LATER)
    await late.join()
    back, new = await away.stands_where_it_stood(), late.rev > 0
    for learner in (away, late, *learners):
        learner.hang_up()
    return Found(connections if scene.once else 0, alone, tally, seen, most, server.resident(), back, new)


async def clicked(learners: list[Learner], seconds: float, pause: tuple[float, float]) -> Tally:
    """All step for so many seconds, a few of them look around."""
    chance = Random(1)
    tally, end = Tally(), monotonic() + seconds
    for learner in learners:
        learner.tally = tally
    curious, calm = learners[:CURIOUS], learners[CURIOUS:]
    await asyncio.gather(
        *(learner.look_around(end, pause, chance) for learner in curious),
        *(learner.keep_stepping(end, pause, chance) for learner in calm),
    )
    return tally


async def measured(server: Server, work: Awaitable[Result]) -> tuple[Result, int]:
    """What it comes to, and the most bytes of memory meanwhile."""
    most, doing = 0, asyncio.ensure_future(work)
    while not doing.done():
        most = max(most, server.resident())
        await asyncio.wait([doing], timeout=0.2)
    return await doing, most
