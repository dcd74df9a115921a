"""A class: 300 join, step, are back after a restart; a few go as fast as they can; browsers that come all at once."""

import argparse
import asyncio
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from time import monotonic

from tests.load.figures import Bound, at, told
from tests.load.learners import Learner, Tally
from tests.load.server import Server

JOINING = 10.0  # seconds in which all come
PAUSE = (0.5, 2.0)  # seconds between two clicks
CONNECTIONS, HURRY = 25, 5.0  # that go as fast as they can, for so many seconds
UNLIMITED = {"EXPLORER_SESSION_BURST": "1000000", "EXPLORER_SESSION_RATE": "1000000"}
BROWSERS, WITHIN, PATIENCE = 300, 3.0, 60.0  # that come within so many seconds, and wait so long
PATHS = ("/", *["/static/style.css"] * 5)  # what each loads, over as many connections of its own


def measured_class(options: argparse.Namespace) -> list[Bound]:
    """All of it, each on a server of its own; prints what is found."""
    where = tempfile.TemporaryDirectory
    with where() as calm, where() as quick, where() as many:
        with closing(Server(Path(calm), options.workers)) as server:
            bounds = asyncio.run(classroom(server, options.learners, options.seconds))
        with closing(Server(Path(quick), options.workers, UNLIMITED)) as server:
            bounds += asyncio.run(hurry(server, min(HURRY, options.seconds)))
        with closing(Server(Path(many), options.workers)) as server:
            bounds += asyncio.run(crowd(server, BROWSERS))
    return bounds


async def classroom(server: Server, count: int, seconds: float) -> list[Bound]:
    """All join, all step, the server is restarted in the middle, and each learner is where they were."""
    tally, chance = Tally(), Random(1)
    learners = [Learner(server.port, tally) for _ in range(count)]
    joining = min(JOINING, seconds)
    await asyncio.gather(*(arriving(learner, joining * i / count) for i, learner in enumerate(learners)))
    print(told("joins", tally.joins), flush=True)
    before, end = server.processor_seconds(), monotonic() + seconds
    stepping = asyncio.gather(*(learner.keep_stepping(end, PAUSE, chance) for learner in learners))
    await asyncio.sleep(seconds / 2)
    used, steps, calm = server.processor_seconds() - before, len(tally.steps), list(tally.steps)
    print(told("steps", calm), f" server CPU {1000 * used / steps:.2f} ms a step", flush=True)
    gone = monotonic()
    await on_machine(server.end)
    await on_machine(server.start)
    away = monotonic() - gone
    await stepping
    back = max(tally.back, default=gone) - gone
    settled = tally.steps[steps:]
    print(told("after", settled), f" away {away:.1f} s, {len(tally.back)} clicked meanwhile", flush=True)
    print(f"memory {server.resident() / 1e6:.0f} MB; errors {tally.errors[:3]}", flush=True)
    lost = sum(not same for same in [await learner.stands_where_it_stood() for learner in learners])
    for learner in learners:
        learner.hang_up()
    return [
        Bound("step, p95", at(0.95, calm), "ms", most=50),
        Bound("step, p99", at(0.99, calm), "ms", most=100),
        Bound("errors", len(tally.errors), "", most=0),
        Bound("last learner back after the restart", back, "s", most=10),
        Bound("learners not on the step that they were on", lost, "", most=0),
    ]


async def arriving(learner: Learner, after: float) -> None:
    """Join so many seconds later."""
    await asyncio.sleep(after)
    await learner.join()


async def on_machine(work: Callable[[], object]) -> None:
    """Something that waits for processes, while learners go on."""
    await asyncio.get_running_loop().run_in_executor(None, work)


async def hurry(server: Server, seconds: float) -> list[Bound]:
    """A few connections, each clicking as soon as it is answered."""
    tally = Tally()
    learners = [Learner(server.port, tally) for _ in range(CONNECTIONS)]
    for learner in learners:
        await learner.join()
    before, end = server.processor_seconds(), monotonic() + seconds
    await asyncio.gather(*(learner.keep_stepping(end, (0.0, 0.0), Random(1)) for learner in learners))
    used = server.processor_seconds() - before
    for learner in learners:
        learner.hang_up()
    print(told("hurry", tally.steps), f" server CPU {1000 * used / len(tally.steps):.2f} ms a step", flush=True)
    return [
        Bound("errors in a hurry", len(tally.errors), "", most=0),
        Bound(f"steps per core-second, {CONNECTIONS} connections", len(tally.steps) / used, "", least=1_000),
    ]


async def crowd(server: Server, browsers: int) -> list[Bound]:
    """All open their browsers at once; each connection stays open until all have come."""
    asked = browsers * len(PATHS)
    found = await asyncio.gather(*(browser(server.port, WITHIN * i / browsers) for i in range(browsers)))
    return [Bound("connections answered that came at once", sum(found), f"of {asked}", least=asked)]


async def browser(port: int, after: float) -> int:
    """How many of one browser's requests are answered."""
    await asyncio.sleep(after)
    try:
        connections = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in PATHS))
    except OSError:
        return 0
    for (_, writer), path in zip(connections, PATHS, strict=True):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    try:
        async with asyncio.timeout(PATIENCE):
            lines = [await reader.readline() for reader, _ in connections]
    except (OSError, TimeoutError):
        return 0
    await asyncio.sleep(WITHIN - after)
    for _, writer in connections:
        writer.close()
    return sum(line.startswith(b"HTTP/1.1 200") for line in lines)
