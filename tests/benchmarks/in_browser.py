"""What a learner waits for: the first paint, from the click on Step until the answer is painted, and the cold start.

And what a step costs the browser's main thread, to the end of its film, by Chromium's own counters.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter
from typing import Any, Literal

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.conftest import ARGUMENTS
from tests.browser.server import running_server
from tests.browser.walk import Walk
from tests.browser.watch import PRELUDE

CLICKS, STARTS, STEPS, VISITS = 60, 3, 20, 9
SCREEN: ViewportSize = {"width": 1440, "height": 900}
LESSON = {"lesson": "two-outputs-two-paths"}
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

# The same on a page without anything: its button asks the server, and a word of it changes.
ANSWERED_AND_PAINTED = """() => new Promise((done) => {
  const from = performance.now(), painted = new MessageChannel();
  painted.port1.onmessage = () => { const took = performance.now() - from; setTimeout(() => done(took), 100); };
  fetch("/").then((answer) => answer.text()).then((text) => {
    document.querySelector("p").textContent = text.length + from;
    requestAnimationFrame(() => painted.port2.postMessage(""));
  });
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
    """Of one step, in the median: milliseconds of the main thread's processor time, and how often it was laid out.

    `most`: the milliseconds of the step that took most.
    """

    milliseconds: float
    layouts: float
    most: float


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
    context = chromium.new_context(base_url=address, viewport=SCREEN, reduced_motion=motion)
    context.add_init_script(PRELUDE)
    cost = _cost(Walk(context.new_page()).start("softmax-and-dead-units").page, STEPPED)
    context.close()
    return cost


def _cost(page: Page, script: str) -> StepCost:
    """Of what the script does, once the page rests again."""
    counters = page.context.new_cdp_session(page)
    counters.send("Performance.enable", {"timeDomain": "threadTicks"})

    def counted() -> tuple[float, float]:
        told = {one["name"]: one["value"] for one in counters.send("Performance.getMetrics")["metrics"]}
        return 1000 * told["TaskDuration"], told["LayoutCount"]

    costs = []
    for _ in range(STEPS):
        before = counted()
        page.evaluate(script)
        costs.append([after - at for after, at in zip(counted(), before, strict=True)])
    milliseconds, layouts = zip(*costs[1:], strict=True)  # the first one warms up
    return StepCost(median(milliseconds), median(layouts), max(milliseconds))


def clicks_to_paint() -> list[float]:
    """Milliseconds of each click, a little apart, in a 2-4-2 network on loopback."""
    with running_server(Path(tempfile.mkdtemp())) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        context = chromium.new_context(base_url=address, viewport=SCREEN)
        context.add_init_script(PRELUDE)
        walk = Walk(context.new_page()).start("softmax-and-dead-units")
        times: list[float] = walk.page.evaluate(CLICKED, CLICKS)
        chromium.close()
    return times


def blank_clicks() -> tuple[list[float], StepCost]:
    """The same of a page that asks the server and shows a word: milliseconds of each click, and its cost."""
    with blank_page() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = chromium.new_page(viewport=SCREEN)
        page.goto(address)
        times = [float(page.evaluate(ANSWERED_AND_PAINTED)) for _ in range(CLICKS)]
        cost = _cost(page, ANSWERED_AND_PAINTED)
        chromium.close()
    return times, cost


def cold_starts() -> list[float]:
    """Seconds from starting the program until it answers /healthz, several times."""
    return [cold_start() for _ in range(STARTS)]


def cold_start() -> float:
    """Seconds from starting the program until it answers /healthz."""
    data = Path(tempfile.mkdtemp())
    before = perf_counter()
    with running_server(data):
        return perf_counter() - before


# First paint ---------------------------------------------------------------------------------------------------------

PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
SETTLED = 400  # milliseconds after which nothing of a page is under way
OPENED = 800  # and nothing of a window: Chromium fills its own fields with pages, which take a processor each
SLOW = 0.5  # of a page's objects: a layout of as many is a full one


@dataclass(frozen=True)
class Visit:
    """Until a page's contents are first painted, and until it rests: milliseconds, and counters of Chromium's own."""

    paint: float
    main_thread: float
    full_layouts: float


def first_paints(beside: Mapping[str, str]) -> dict[str, Visit]:
    """Medians of a blank page, of the explorer's first page at a first and at a second visit, and of pages `beside`.

    All in one Chromium, one after the other and again, each first visit without anything kept.
    """
    with blank_page() as blank, running_server(Path(tempfile.mkdtemp())) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        session = playwright.request.new_context(base_url=address).post("/api/sessions", data=LESSON).json()["id"]
        pages = {"a blank page": blank, "the explorer": f"{address}/sessions/{session}", **beside}
        seen: dict[str, list[Visit]] = {}
        for _ in range(1 + VISITS):  # the first one warms up
            for name, page in pages.items():
                first, second = two_visits(chromium, page)
                seen.setdefault(name, []).append(first)
                seen.setdefault(f"{name}, second visit", []).append(second)
        chromium.close()
    return {name: in_the_middle(visits[1:]) for name, visits in seen.items()}


def in_the_middle(visits: list[Visit]) -> Visit:
    """The median of each figure."""
    paints, threads, layouts = zip(*((v.paint, v.main_thread, v.full_layouts) for v in visits), strict=True)
    return Visit(median(paints), median(threads), median(layouts))


def two_visits(chromium: Browser, address: str) -> tuple[Visit, Visit]:
    """As somebody who has never been here, and once more."""
    context = chromium.new_context(viewport=SCREEN)
    page = context.new_page()
    page.wait_for_timeout(OPENED)
    counters = context.new_cdp_session(page)
    counters.send("Performance.enable", {"timeDomain": "threadTicks"})
    tracer = chromium.new_browser_cdp_session()
    first = visit(page, counters, tracer, address)
    page.goto("about:blank")
    second = visit(page, counters, tracer, address)
    context.close()
    return first, second


def visit(page: Page, counters: CDPSession, tracer: CDPSession, address: str) -> Visit:
    """One visit, until the page rests."""
    events: list[dict[str, Any]] = []
    ended: list[object] = []
    tracer.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    tracer.on("Tracing.tracingComplete", lambda data: ended.append(data))
    tracer.send("Tracing.start", {"categories": "devtools.timeline", "transferMode": "ReportEvents"})
    before = task_time(counters)
    page.goto(address)
    page.wait_for_timeout(SETTLED)
    tracer.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(10)
    after = task_time(counters)  # begins anew where the page came into a new process
    layouts = [
        event["args"]["beginData"] for event in events if event["name"] == "Layout" and "beginData" in event["args"]
    ]
    most = max((layout["totalObjects"] for layout in layouts), default=0)
    full = sum(layout["dirtyObjects"] >= SLOW * most for layout in layouts)
    return Visit(page.evaluate(PAINTED), after - before if after > before else after, full)


def task_time(counters: CDPSession) -> float:
    """Milliseconds of its processor's time that the page's main thread has had."""
    told = {one["name"]: one["value"] for one in counters.send("Performance.getMetrics")["metrics"]}
    return 1000 * float(told["TaskDuration"])


class Blank(BaseHTTPRequestHandler):
    """Answers with a page that holds one word."""

    page = b"<!doctype html><title>Blank</title><p>Blank"

    def do_GET(self) -> None:
        body = self.page
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing of it."""


@contextmanager
def blank_page() -> Iterator[str]:
    """The address of a page that takes as little as a page can."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Blank) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
