"""`python -m tests.benchmarks`: print each figure beside its bound. With --profile: where a step's time goes; with
--training: how fast the engine trains, alone; with --film: training on its page; with --steps: a click until its answer
is painted, and what it costs the browser; with --first-paint: the first paint, alone, and beside each page whose
address follows.
"""

import asyncio
import cProfile
import os
import pstats
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median, quantiles

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in the server, and before NumPy is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from app.web.http.work import SLICE
from tests.benchmarks.checking import check_seconds, iterations
from tests.benchmarks.exports import Exported, exports
from tests.benchmarks.film import films
from tests.benchmarks.first_page import first_page, own_javascript
from tests.benchmarks.greedy import beside_curves, beside_training
from tests.benchmarks.holds import longest_hold
from tests.benchmarks.in_browser import blank_clicks, clicks_to_paint, cold_starts, first_paints, step_costs
from tests.benchmarks.in_process import browser
from tests.benchmarks.longest import facts_seconds, paths_seconds, picture_seconds
from tests.benchmarks.memory import resident_after_rounds
from tests.benchmarks.pictures import Drawn, pictures
from tests.benchmarks.running import running
from tests.benchmarks.steps import LARGE, SMALL, Click, clicks
from tests.benchmarks.throughput import growth, notebook_ratios, plain_ratio

ITERATIONS = 6  # of each network, after one to warm up


@dataclass(frozen=True)
class Figure:
    """One line of the table; a bound of None is a figure that only informs. `at_least`: the bound is below."""

    name: str
    measured: float
    unit: str
    bound: float | None = None
    at_least: bool = False

    @property
    def missed(self) -> bool:
        """Whether it is beyond its bound."""
        if self.bound is None:
            return False
        return self.measured < self.bound if self.at_least else self.measured > self.bound

    def line(self) -> str:
        """The figure beside its bound."""
        if self.bound is None:
            return f"{self.name:<58}{self.measured:>10.2f} {self.unit}"
        bound = f"{'least' if self.at_least else 'bound'} {self.bound:>7g}"
        return f"{self.name:<58}{self.measured:>10.2f} {self.unit:<4} {bound}  {'MISSED' if self.missed else 'ok'}"


async def in_process() -> list[Figure]:
    """What the server does, without a network."""
    async with browser(Path(tempfile.mkdtemp())) as asking:
        walks = {}
        for name, given in (("small", SMALL), ("large", LARGE)):
            await clicks(asking, given)
            walks[name] = await clicks(asking, given, ITERATIONS)
        files = await first_page(asking)
        drawn = await pictures(asking)
        taken = await exports(asking)
    return [*costs(walks), *fragments(walks["small"]), *pages(files), *looks(drawn), *taken_away(taken)]


def costs(walks: dict[str, list[Click]]) -> list[Figure]:
    """Processor time of a step, the whole request."""
    small, large = ([1000 * click.seconds for click in walks[name]] for name in ("small", "large"))
    return [
        Figure("server CPU of a step, 2-4-2, mean", fmean(small), "ms", 1.5),
        Figure("server CPU of a step, 2-4-2, median", median(small), "ms"),
        Figure("server CPU of a step, 120 connections, mean", fmean(large), "ms", 3.0),
        Figure("server CPU of a step, 120 connections, median", median(large), "ms"),
    ]


def fragments(walk: list[Click]) -> list[Figure]:
    """Bytes of a step's answer."""
    served, unpacked = [click.served / 1000 for click in walk], [click.unpacked / 1000 for click in walk]
    return [
        Figure("fragment of a step, 2-4-2, compressed, median", median(served), "kB", 2.0),
        Figure("fragment of a step, 2-4-2, compressed, largest", max(served), "kB"),
        Figure("fragment of a step, 2-4-2, unpacked, median", median(unpacked), "kB"),
        Figure("fragment of a step, 2-4-2, unpacked, largest", max(unpacked), "kB"),
    ]


def pages(files: dict[str, int]) -> list[Figure]:
    """Bytes of the first page, with everything."""
    parts = [Figure(f"    {name}", size / 1000, "kB") for name, size in sorted(files.items())]
    whole = Figure("first page with everything, compressed", sum(files.values()) / 1000, "kB", 100.0)
    return [whole, *parts, Figure("own JavaScript, compressed", own_javascript(files) / 1000, "kB", 6.0)]


def looks(drawn: dict[str, Drawn]) -> list[Figure]:
    """What pictures of a 2-8-8-1 network with 200 examples cost; the boundary has its bounds."""
    found = []
    for name, one in drawn.items():
        milliseconds, kilobytes = (15.0, 12.0) if name == "boundary" else (None, None)
        found += [
            Figure(f"server CPU of the picture {name}", 1000 * one.seconds, "ms", milliseconds),
            Figure(f"fragment of the picture {name}, compressed", one.served / 1000, "kB", kilobytes),
        ]
    return found


def taken_away(taken: dict[str, Exported]) -> list[Figure]:
    """What each form of a walk of 2-4-2 costs; the walk as one file has its own bounds."""
    found = []
    for name, one in taken.items():
        milliseconds, kilobytes = (500.0, 300.0) if name == "walk.html" else (50.0, None)
        found += [
            Figure(f"server CPU of {name}, 2-4-2", 1000 * one.seconds, "ms", milliseconds),
            Figure(f"    {name}", one.size / 1000, "kB", kilobytes),
        ]
    return found


def checks() -> list[Figure]:
    """Processor time of checking every gradient, about 200, over a batch of 100."""
    return [
        Figure(f"gradient check, {name}, batch of 100", 1000 * check_seconds(iteration), "ms", 50.0)
        for name, iteration in iterations().items()
    ]


def longest() -> list[Figure]:
    """Processor time of what takes longest; each bound is some times what it takes."""
    return [
        Figure("all that is measured of a mistake", 1000 * facts_seconds(), "ms", 1000.0),
        Figure("33,554,432 paths, opened", 1000 * paths_seconds(), "ms", 1000.0),
        Figure("slowest picture of the largest network, 1,000 examples", picture_seconds(scratch()), "s", 10.0),
    ]


def held_at_one_time() -> list[Figure]:
    """What keeps the event loop from others."""
    return [Figure("the event loop held, largest network, longest", 1000 * longest_hold(scratch()), "ms", 5.0)]


def beside_one_who_is_greedy() -> list[Figure]:
    """What a calm click waits; one slice of the other's may be under way in a thread."""
    waits = {"training": beside_training(scratch()), "asking for curves": beside_curves(scratch())}
    return [
        Figure(f"a step, beside one {doing}, p95", 1000 * found.beside, "ms", 1000 * (2 * found.alone + SLICE))
        for doing, found in waits.items()
    ]


def scratch() -> Path:
    """A data directory of its own."""
    return Path(tempfile.mkdtemp())


def training() -> list[Figure]:
    """How fast the engine trains, losses recorded."""
    grown = growth()
    return [
        *(
            Figure(f"training, {name}, to its notebook's loop", of, "x", 3.0, True)
            for name, of in notebook_ratios().items()
        ),
        Figure("training, 784-128-64-10, to plain NumPy", plain_ratio(), "x", 0.95, True),
        Figure("training, an iteration without its weights", 1e6 * grown.fixed, "us"),
        Figure("training, an iteration, for each 1,000 weights more", 1e9 * grown.per_weight, "us"),
        Figure("training, farthest from growing so, 512 to 524,288 weights", 100 * grown.off, "%", 50.0),
    ]


def as_a_film() -> list[Figure]:
    """A training that moves, beside a page that makes one epoch a frame: 250 spirals, batches of 10, 2-8-8-1."""
    beside, spirals, largest = films()
    return [
        Figure("one epoch a frame, on a page beside, epochs a second", beside, ""),
        Figure("training on its page, epochs a second", spirals.epochs, ""),
        Figure("training on its page, to one epoch a frame", spirals.epochs / beside, "x", 10.0, True),
        Figure("training on its page, pictures a second", spirals.pictures, "", 10.0, True),
        Figure("training on its page, 1,000 epochs, click to last picture", spirals.whole, "s", 7.0),
        Figure("a picture of the film, compressed, median", spirals.bytes / 1000, "kB", 6.0),
        Figure("a picture of the film, compressed, largest", spirals.most_bytes / 1000, "kB", 6.0),
        Figure("training of 8-32x5-2 on its page, pictures a second", largest.pictures, "", 5.0, True),
    ]


def in_memory() -> list[Figure]:
    """What the server holds with 10,000 sessions stored and 300 learners at work, in rounds of other learners."""
    *_, before, last = resident_after_rounds(Path(tempfile.mkdtemp()))
    return [
        Figure("resident, 10,000 sessions stored, 300 live", last, "MB", 256.0),
        Figure("resident, growth in the last round", last - before, "MB", before / 10),
    ]


def on_its_page() -> list[Figure]:
    """Eight who train on their pages, and a learner who steps beside them."""
    ran = running()
    return [
        Figure("a step, alone, p95", 1000 * ran.alone, "ms"),
        Figure("a step, beside eight who train, p95", 1000 * ran.beside, "ms"),
        Figure("a step, beside eight who train, p95 to alone", ran.beside / ran.alone, "x", 2.0),
        Figure("pictures a second of each of the eight", ran.pictures, ""),
    ]


def first_seen(beside: tuple[str, ...] = ()) -> list[Figure]:
    """How soon the explorer is seen, beside a page that takes as little as a page can."""
    seen = first_paints({address: address for address in beside})
    blank, first = seen["a blank page"], seen["the explorer"]
    again = seen["the explorer, second visit"]
    rows = [
        (f"{what} of {name}", value, unit)
        for name, visit in seen.items()
        for what, value, unit in (
            ("first paint", visit.paint, "ms"),
            ("    main thread", visit.main_thread, "ms"),
            ("    full layouts", visit.full_layouts, ""),
        )
    ]
    return [
        *(Figure(*row) for row in rows),
        Figure("first paint of the explorer to a blank page's", first.paint / blank.paint, "x", 2.8),
        Figure("full layouts of the explorer, first visit", first.full_layouts, "", 1),
        Figure("first paint of the explorer, second visit", again.paint, "ms", 200.0),
        *(
            Figure(f"first paint of the explorer to that of {address}", first.paint / seen[address].paint, "x", 0.5)
            for address in beside
        ),
    ]


def stepping() -> list[Figure]:
    """What a click on Step waits for and costs, beside a click on a page that takes as little as a page can."""
    times, costs, bounds = clicks_to_paint(), step_costs(), {"motion": 35.0, "motion off": 20.0}
    waits, cost = blank_clicks()
    return [
        *(
            Figure(f"main thread of a step to the end of its film, {name}", cost.milliseconds, "ms", bounds[name])
            for name, cost in costs.items()
        ),
        *(Figure(f"    of the step that takes most, {name}", cost.most, "ms") for name, cost in costs.items()),
        *(Figure(f"    layouts of a step, {name}", cost.layouts, "") for name, cost in costs.items()),
        Figure("click to painted frame on loopback, p50", median(times), "ms"),
        Figure("click to painted frame on loopback, p95", quantiles(times, n=20)[-1], "ms", 50.0),
        Figure("    main thread of a click on a blank page", cost.milliseconds, "ms"),
        Figure("    click to painted frame on a blank page, p50", median(waits), "ms"),
        Figure("    click to painted frame on a blank page, p95", quantiles(waits, n=20)[-1], "ms"),
    ]


def in_chromium() -> list[Figure]:
    """What a learner waits for."""
    return [
        *stepping(),
        *first_seen(),
        Figure("cold start to the first answer, median of three", median(cold_starts()), "s", 2.0),
    ]


async def profiled() -> None:
    """Where the time of a step goes, for both networks."""
    async with browser(Path(tempfile.mkdtemp())) as asking:
        for given in (SMALL, LARGE):
            await clicks(asking, given)
            profile = cProfile.Profile()
            profile.enable()
            await clicks(asking, given, ITERATIONS)
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(15)


def everything() -> list[Figure]:
    """Every figure."""
    return [
        *asyncio.run(in_process()),
        *checks(),
        *longest(),
        *held_at_one_time(),
        *beside_one_who_is_greedy(),
        *training(),
        *on_its_page(),
        *as_a_film(),
        *in_memory(),
        *in_chromium(),
    ]


def main() -> int:
    """Print the table; the exit code is 1 where a bound is missed."""
    if "--profile" in sys.argv[1:]:
        asyncio.run(profiled())
        return 0
    asked = sys.argv[1:]
    if "--film" in asked:
        figures = [*as_a_film(), *on_its_page()]
    elif "--steps" in asked:
        figures = stepping()
    elif "--first-paint" in asked:
        figures = first_seen(tuple(asked[asked.index("--first-paint") + 1 :]))
    else:
        figures = training() if "--training" in asked else everything()
    print("\n".join(figure.line() for figure in figures))
    return int(any(figure.missed for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
