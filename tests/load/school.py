"""How large a class one process serves, and how many a school needs, by a simulation of what was measured a moment ago.

A process answers one request after the other. Learners who walk alone come one by one, click, think, and click again;
each click is answered by the next process in turn. Classes follow their teachers: each step of one is read and drawn
once by every process that some of the class listen to, and sent to those. All have one store, which answers one after
the other, too.
"""

import argparse
import asyncio
import heapq
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from pathlib import Path
from random import Random
from time import sleep

from app.settings import Settings
from tests.durability.client import connected
from tests.load.figures import MEGABYTE, Bound, at
from tests.load.following import ANSWERS, HIDDEN_DELTA, Host, Seat, joined, stepped
from tests.load.learners import Learner, Tally
from tests.load.server import Server
from tests.redis_server import PROGRAM, RedisServer, redis_server

PAGES, CLICKS, STEPS, PACE = 200, 600, 60, 0.1  # what is measured; seconds between two steps of the teacher
AT_ONCE = 10  # learners who click on their own
SETTLED = 0.5  # seconds for which it uses none
HURRIED, CALM = (0.5, 2.0), (3.0, 12.0)  # seconds between two clicks of a learner: as in `class`, and reading meanwhile
TAUGHT = (5.0, 15.0)  # seconds between two steps of a teacher
BELL, COURSE = 120.0, 1_800.0  # seconds in which all come: to a lesson, and to a course on the net
LASTING = 30.0  # seconds that are simulated; the first third, in which queues fill, is not looked at
AT_MOST, ON_ALL_PAGES = 0.05, 0.2  # seconds, p95: of a learner's own step, and of a teacher's on all pages
CLASS = 25  # learners
STORE_BUSY = 0.7  # of its time, at most: beyond, one more is taken, for other learners
STREAMS = Settings().max_connections // 2  # of one process
TIMES = (1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4)  # as many processes as there are cores of work
CORES = 8  # of a machine: one is left for what takes long, and for the proxy


@dataclass(frozen=True)
class Costs:
    """Seconds of processor time: of a learner who joins, of a click on the own walk, of an answer, of a teacher's step,
    of drawing that for whoever follows, and of each page that it is sent to. `shape` are answers' times beside their
    mean; `store` is what the store needs for a click. Bytes of a process, with the one that computes beside it and all
    that it may keep, and of each who follows.
    """

    join: float
    step: float
    vote: float
    steer: float
    draw: float
    page: float
    shape: tuple[float, ...]
    store: float
    process: float
    stream: float

    def __str__(self) -> str:
        times = {"join": self.join, "step": self.step, "vote": self.vote, "teacher's step": self.steer}
        each = ", ".join(f"{name} {1000 * seconds:.2f}" for name, seconds in times.items())
        slow = sorted(self.shape)[int(0.95 * len(self.shape))]
        return (
            f"processor time in ms: {each}, {1000 * self.draw:.2f} to draw that, {1000 * self.page:.3f} for each page; "
            f"of twenty steps one takes {slow:.1f} times the mean; the store needs {1000 * self.store:.3f} for a step\n"
            f"memory: {self.process / MEGABYTE:.0f} MB a process, {self.stream / 1000:.0f} kB each who follows"
        )


def measured_school(options: argparse.Namespace) -> list[Bound]:
    """Measure, with a Redis where there is one here, then simulate; prints both."""
    with ExitStack() as stack:
        data, settings, stored = stack.enter_context(tempfile.TemporaryDirectory()), dict[str, str](), nothing
        if PROGRAM is not None:
            redis = stack.enter_context(redis_server("--appendonly", "yes"))
            settings, stored = {"EXPLORER_STORE": redis.address}, partial(seconds_of, redis)
        print("kept in a Redis" if settings else "kept in one file: without a Redis, all is of one machine")
        server = stack.enter_context(closing(Server(Path(data), settings=settings)))
        settle(server)
        costs = asyncio.run(measured(server, min(PAGES, options.learners), stored=stored))
    print(costs, flush=True)
    return told(costs)


def nothing() -> float:
    """What a file needs of its own."""
    return 0.0


def seconds_of(redis: RedisServer) -> float:
    """The processor time that a Redis has used."""
    with redis.client() as client:
        used = client.info("cpu")
    return float(used["used_cpu_user"] + used["used_cpu_sys"])


def settle(server: Server) -> None:
    """Return when the process that computes is there too, and has done with starting."""
    used = -1.0
    while len(server.pids()) < 2 or server.processor_seconds() > used:
        used = server.processor_seconds()
        sleep(SETTLED)


# Measured -------------------------------------------------------------------------------------------------------------


async def measured(
    server: Server, pages: int, clicks: int = CLICKS, steps: int = STEPS, stored: Callable[[], float] = nothing
) -> Costs:
    """A class of so many joins, follows its teacher through so many steps, votes; then one walks alone, then a few do.

    `stored` tells the processor time of the store, in seconds, where that is a process of its own.
    """
    host, warm = Host(server.port), Learner(server.port, Tally())
    await host.open()
    await clicked(warm, 20)
    process, before = server.resident() + Settings().cache_megabytes * MEGABYTE, server.processor_seconds()
    _, seats = await joined(server.port, host, pages, pages / 50)
    for seat in seats:
        async with connected(server.port) as client:
            await client.ask("GET", "/seat", cookie=f"seat={seat.key}", accept_encoding="gzip")
    join, there = (server.processor_seconds() - before) / pages, server.resident()
    steer, one, all_of_them = [await taught(server, host, some, steps) for some in ([], seats[:1], seats)]
    stream = max(0, server.resident() - there) / pages
    await host.ask("/ask", {"at": HIDDEN_DELTA})
    await host.ask("/next", {})
    before = server.processor_seconds()
    for seat in seats:
        await seat.vote(1, 1, ANSWERS[0])
    vote = (server.processor_seconds() - before) / pages
    calm, many = Learner(server.port, Tally()), [Learner(server.port, Tally()) for _ in range(AT_ONCE)]
    await clicked(calm, clicks // 4)
    for learner in many:
        await learner.join()
    before, store = server.processor_seconds(), stored()
    await asyncio.gather(*(clicked(learner, clicks // AT_ONCE, joins=False) for learner in many))
    done = clicks // AT_ONCE * AT_ONCE
    step, store = (server.processor_seconds() - before) / done, (stored() - store) / done
    took = calm.tally.steps
    shape = tuple(seconds * len(took) / sum(took) for seconds in took)
    page = max(0.0, (all_of_them - one) / max(1, pages - 1))
    return Costs(join, step, vote, steer, max(0.0, one - steer - page), page, shape, store, process, stream)


async def clicked(learner: Learner, clicks: int, joins: bool = True) -> None:
    """One who joins and clicks without a pause."""
    if joins:
        await learner.join()
    for _ in range(clicks):
        await learner.step()
    learner.hang_up()


async def taught(server: Server, host: Host, pages: list[Seat], steps: int) -> float:
    """Seconds of processor time of a teacher's step on these pages, which follow as long as this lasts."""
    listening = [asyncio.create_task(seat.listen()) for seat in pages]
    while not all(seat.heard for seat in pages):
        await asyncio.sleep(0.02)
    await host.ask("/move", {"verb": "reset"})
    before = server.processor_seconds()
    await stepped(host, pages, steps, PACE)
    used = server.processor_seconds() - before
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    return used / steps


# Simulated ------------------------------------------------------------------------------------------------------------


def answered(costs: Costs, crowd: "Crowd", processes: int) -> list[float]:
    """Seconds until each click of learners who walk alone was answered, while others come."""
    chance, thinking = Random(1), sum(crowd.thinking) / 2
    clicks = [chance.uniform(0, thinking) for _ in range(crowd.learners)]
    heapq.heapify(clicks)
    free, store, turn, took = [0.0] * processes, 0.0, 0, list[float]()
    while (now := clicks[0]) < LASTING:
        turn = (turn + 1) % processes
        coming = costs.join if chance.random() < thinking / crowd.coming else 0.0
        free[turn] = max(now, free[turn]) + coming + costs.step * chance.choice(costs.shape)
        store = max(now, store) + costs.store
        done = max(free[turn], store)
        if now > LASTING / 3:
            took.append(done - now)
        heapq.heapreplace(clicks, done + chance.uniform(*crowd.thinking))
    return took


def shown(costs: Costs, learners: int, size: int, processes: int) -> list[float]:
    """Seconds until each step of a teacher stood on all pages of a class of this size; so many learners are in all."""
    chance, listened, turn = Random(1), min(size, processes), 0
    steps = [(chance.uniform(0, sum(TAUGHT) / 2), teacher) for teacher in range(max(1, learners // size))]
    heapq.heapify(steps)
    free, store, seen = [0.0] * processes, 0.0, list[float]()
    while (now := steps[0][0]) < 10 * LASTING:
        teacher, turn = steps[0][1], (turn + 1) % processes
        store = max(now, store) + costs.store * (1 + listened)
        free[turn] = moved = last = max(now, free[turn]) + costs.steer
        for one in range(listened):
            at_process = (teacher * listened + one) % processes
            free[at_process] = max(moved, free[at_process]) + costs.draw + costs.page * size / listened
            last = max(last, free[at_process])
        last = max(last, store)
        seen.append(last - now)
        heapq.heapreplace(steps, (last + chance.uniform(*TAUGHT), teacher))
    return seen


@dataclass(frozen=True)
class Crowd:
    """So many learners at once, who come within so many seconds and think for so long between two clicks."""

    name: str
    learners: int
    coming: float
    thinking: tuple[float, float]

    def load(self, costs: Costs) -> float:
        """Seconds of processor time that they want in a second, each on a walk of their own."""
        return self.learners * (costs.step / (sum(self.thinking) / 2) + costs.join / self.coming)

    def stores(self, costs: Costs) -> int:
        """How many stores they want: on walks of their own, or as classes whose pages are drawn by many processes."""
        clicks = self.learners / (sum(self.thinking) / 2)
        looks = self.learners / CLASS / (sum(TAUGHT) / 2) * (1 + CLASS)
        return max(1, ceil(max(clicks, looks) * costs.store / STORE_BUSY))


SCHOOL = Crowd("a school of 5,000", 5_000, BELL, CALM)
ONLINE = Crowd("an online course, 100,000 at once", 100_000, COURSE, CALM)


def most(holds: Callable[[int], bool], step: int) -> int:
    """The most learners for whom this holds, to within `step`."""
    few, many = 0, step
    while holds(many):
        few, many = many, 2 * many
    while many - few > step:
        middle = (few + many) // 2
        few, many = (middle, many) if holds(middle) else (few, middle)
    return few


def told(costs: Costs, crowds: Sequence[Crowd] = (SCHOOL, ONLINE)) -> list[Bound]:
    """What one process serves, and how many processes and machines these crowds want; prints p95 by their number."""

    def steps_within(learners: int) -> bool:
        return at(0.95, answered(costs, Crowd("", learners, BELL, HURRIED), 1)) <= 1000 * AT_MOST

    def shown_within(learners: int) -> bool:
        return at(0.95, shown(costs, learners, learners, 1)) <= 1000 * ON_ALL_PAGES

    usual = at(0.95, answered(costs, Crowd("", 300, BELL, HURRIED), 1))
    print(f"one process, 300 learners who click as in `class`: p95 {usual:.0f} ms")
    for whole in crowds:
        stores = whole.stores(costs)
        crowd = replace(whole, learners=ceil(whole.learners / stores))
        print(f"{whole.name}: {stores} times a store and its processes for {crowd.learners:,} of them; there")
        print(f"p95 of a step on one's own, and of a teacher's on all pages of a class of {CLASS}:")
        enough, load = 0, crowd.load(costs)
        for processes in sorted({ceil(load * times) for times in TIMES}):
            own = at(0.95, answered(costs, crowd, processes))
            pages = at(0.95, shown(costs, crowd.learners, CLASS, processes))
            listening = min(1, STREAMS * processes / crowd.learners)
            shares = f"{load / processes:.0%} busy; events for {listening:.0%} of the learners"
            print(f"{processes:>8} processes{own:>9.0f} ms{pages:>9.0f} ms  {shares}", flush=True)
            enough = processes
            if own <= 1000 * AT_MOST and pages <= 1000 * ON_ALL_PAGES and listening == 1:
                break
        machines, each = ceil(enough * stores / (CORES - 1)), crowd.learners / enough
        memory = (CORES - 1) * (costs.process + each * costs.stream) / MEGABYTE
        print(f"{machines:>8} machines of {CORES} cores and {memory:,.0f} MB", flush=True)
    alone, pages = most(steps_within, 10), most(shown_within, 50)
    return [
        Bound(f"simulated: one process, a step's p95 {1000 * AT_MOST:g} ms", alone, "learners", least=300),
        Bound(f"simulated: one process, on all pages p95 {1000 * ON_ALL_PAGES:g} ms", pages, "learners", least=500),
    ]
