"""A class on one server, measured: 300 join, step for a minute, are back after a restart; 25 go as fast as they can.
300 browsers come at once, with six connections each.

`make load`; OPTIONS="--learners 100 --seconds 20 --workers 2" for other classes. The learners run on the same machine,
so what is printed is an upper bound of what a class would see.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic

from tests.load import browsers
from tests.load.learners import Learner, Tally
from tests.load.server import Server

JOINING = 10.0  # seconds in which all come
PAUSE = (0.5, 2.0)  # seconds between two clicks
CONNECTIONS, HURRY = 25, 5.0  # that go as fast as they can, for so many seconds
UNLIMITED = {"EXPLORER_SESSION_BURST": "1000000", "EXPLORER_SESSION_RATE": "1000000"}


@dataclass(frozen=True)
class Bound:
    """A figure and what it must be."""

    name: str
    value: float
    unit: str
    most: float = float("inf")
    least: float = float("-inf")

    @property
    def holds(self) -> bool:
        """Whether it is within its bounds."""
        return self.least <= self.value <= self.most

    def __str__(self) -> str:
        wanted = f"at most {self.most:g}" if self.most < float("inf") else f"at least {self.least:g}"
        sign = "" if self.holds else "  <-- does not hold"
        return f"{self.name:<44}{self.value:>10.4g} {self.unit:<10}({wanted}){sign}"


def at(share: float, seconds: Sequence[float]) -> float:
    """The quantile, in milliseconds."""
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))]


def told(name: str, seconds: Sequence[float]) -> str:
    """Count and quantiles on a line."""
    quantiles = "  ".join(f"p{round(100 * share)} {at(share, seconds):.1f}" for share in (0.5, 0.95, 0.99))
    return f"{name:<8}{len(seconds):>7}  {quantiles}  ms"


async def on_machine(work: Callable[[], object]) -> None:
    """Something that waits for processes, while learners go on."""
    await asyncio.get_running_loop().run_in_executor(None, work)


async def classroom(server: Server, options: argparse.Namespace) -> list[Bound]:
    """All join, all step, the server is restarted in the middle, and each learner is where they were."""
    tally, chance = Tally(), Random(1)
    learners = [Learner(server.port, tally) for _ in range(options.learners)]
    await asyncio.gather(*(arriving(learner, JOINING * i / len(learners)) for i, learner in enumerate(learners)))
    print(told("joins", tally.joins), flush=True)
    before, end = server.processor_seconds(), monotonic() + options.seconds
    stepping = asyncio.gather(*(learner.keep_stepping(end, PAUSE, chance) for learner in learners))
    await asyncio.sleep(options.seconds / 2)
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


async def hurry(server: Server) -> list[Bound]:
    """A few connections, each clicking as soon as it is answered."""
    tally = Tally()
    learners = [Learner(server.port, tally) for _ in range(CONNECTIONS)]
    for learner in learners:
        await learner.join()
    before, end = server.processor_seconds(), monotonic() + HURRY
    await asyncio.gather(*(learner.keep_stepping(end, (0.0, 0.0), Random(1)) for learner in learners))
    used = server.processor_seconds() - before
    print(told("hurry", tally.steps), f" server CPU {1000 * used / len(tally.steps):.2f} ms a step", flush=True)
    return [
        Bound("errors in a hurry", len(tally.errors), "", most=0),
        Bound(f"steps per core-second, {CONNECTIONS} connections", len(tally.steps) / used, "", least=1_000),
    ]


async def crowd(server: Server) -> list[Bound]:
    """All open their browsers at once."""
    asked = browsers.BROWSERS * browsers.CONNECTIONS
    return [
        Bound("connections answered that came at once", await browsers.answered(server), f"of {asked}", least=asked)
    ]


def main() -> int:
    """Print the figures; 0 where all bounds hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--learners", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before this began")
    where = tempfile.TemporaryDirectory
    with where() as calm, where() as quick, where() as many:
        with closing(Server(Path(calm), options.workers)) as server:
            bounds = asyncio.run(classroom(server, options))
        with closing(Server(Path(quick), options.workers, UNLIMITED)) as server:
            bounds += asyncio.run(hurry(server))
        with closing(Server(Path(many), options.workers)) as server:
            bounds += asyncio.run(crowd(server))
    print(*bounds, sep="\n")
    return 0 if all(bound.holds for bound in bounds) else 1


if __name__ == "__main__":
    sys.exit(main())
