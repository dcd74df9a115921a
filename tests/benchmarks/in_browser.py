"""What a learner waits for: from the click on Step until the frame with the answer is painted; and the cold start."""

import tempfile
from pathlib import Path
from time import perf_counter

from playwright.sync_api import sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.conftest import ARGUMENTS
from tests.browser.server import running_server
from tests.browser.walk import Walk
from tests.browser.watch import PRELUDE

CLICKS, STARTS = 60, 3
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
