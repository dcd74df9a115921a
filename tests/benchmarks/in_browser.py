"""What a learner waits for: from the click on Step until the frame with the answer is painted; and the cold start.

And what a step costs the browser's main thread, to the end of its film, by Chromium's own counters.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.conftest import ARGUMENTS
from tests.browser.server import running_server
from tests.browser.walk import Walk
from tests.browser.watch import PRELUDE

CLICKS, STARTS, STEPS = 60, 3, 20
# A message posted from an animation frame arrives when that frame has been painted.
CLICKED = """(count) => new Promise((done) => {
  const times = [], button = () => document.querySelector("#controls .step");
  let from;
  const painted = new MessageChannel();
  painted.port1.onmessage = () => {
    times.push(performance.now() - from);
    if (times.length === count) done(times);
    else setTimeout(click, 150);
  };
  const click = () => { from = performance.now(); button().click(); };
  document.addEventListener("htmx:after:swap", () => requestAnimationFrame(() => painted.port2.postMessage("")));
  click();
})"""


# One step, to the end of its film and of the frame after it.
STEPPED = """() => new Promise((done) => {
  const rest = async () => {
    await Promise.all(document.getAnimations().map((one) => one.finished));
    setTimeout(done, 100);
  };
  document.addEventListener("htmx:finally:request", () => setTimeout(rest), {once: true});
  document.querySelector("#controls .step").click();
})"""


@dataclass(frozen=True)
class StepCost:
    """Of one step, in the median: milliseconds of the main thread's processor time, and how often it was laid out."""

    milliseconds: float
    layouts: float


def step_costs() -> dict[str, StepCost]:
    """With motion and without it, in a 2-4-2 network."""
    with running_server(Path(tempfile.mkdtemp())) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        costs = {
            "motion": _step_cost(chromium, address, "no-preference"),
            "motion off": _step_cost(chromium, address, "reduce"),
        }
        chromium.close()
    return costs


def _step_cost(chromium: Browser, address: str, motion: Literal["no-preference", "reduce"]) -> StepCost:
    size: ViewportSize = {"width": 1440, "height": 900}
    context = chromium.new_context(base_url=address, viewport=size, reduced_motion=motion)
    context.add_init_script(PRELUDE)
    page = Walk(context.new_page()).start("softmax-and-dead-units").page
    counters = context.new_cdp_session(page)
    counters.send("Performance.enable", {"timeDomain": "threadTicks"})

    def counted() -> tuple[float, float]:
        told = {one["name"]: one["value"] for one in counters.send("Performance.getMetrics")["metrics"]}
        return 1000 * told["TaskDuration"], told["LayoutCount"]

    costs = []
    for _ in range(STEPS):
        before = counted()
        page.evaluate(STEPPED)
        costs.append([after - at for after, at in zip(counted(), before, strict=True)])
    context.close()
    return StepCost(*map(median, zip(*costs, strict=True)))


def clicks_to_paint() -> list[float]:
    """Milliseconds of each click, a little apart, in a 2-4-2 network on loopback."""
    with running_server(Path(tempfile.mkdtemp())) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900})
        context.add_init_script(PRELUDE)
        walk = Walk(context.new_page()).start("softmax-and-dead-units")
        times: list[float] = walk.page.evaluate(CLICKED, CLICKS)
        chromium.close()
    return times


def cold_starts() -> list[float]:
    """Seconds from starting the program until it answers /healthz, several times."""
    return [cold_start() for _ in range(STARTS)]


def cold_start() -> float:
    """Seconds from starting the program until it answers /healthz."""
    data = Path(tempfile.mkdtemp())
    before = perf_counter()
    with running_server(data):
        return perf_counter() - before
