"""A training on its page beside a page that trains as TensorFlow Playground does: epochs and pictures a second.

That page stands for Playground's loop: one epoch of the same examples and batches, in the same network, per animation
frame; then the boundary on a canvas, a network's answer at each of 50 x 50 places.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.in_browser import Blank
from tests.browser.conftest import ARGUMENTS
from tests.browser.driver.chromium import find_chromium
from tests.browser.driver.server import running_server
from tests.browser.driver.walk import Walk

SPIRALS = {
    "sizes": [2, 8, 8, 1],
    "activations": ["tanh", "tanh", "sigmoid"],
    "data": {"dataset": "spirals", "examples": 250, "noise": 0.05},
    "optimizer": {"kind": "gradient_descent", "learning_rate": 0.03},
    "batch_size": 10,
}
LARGEST = {
    "sizes": [8, 32, 32, 32, 32, 32, 2],
    "data": {
        "X": [[(7 * i + 3 * k) % 19 / 10 - 0.9 for k in range(8)] for i in range(1000)],
        "Y": [[float(7 * i % 19 < 9), float(7 * i % 19 >= 9)] for i in range(1000)],
    },
    "optimizer": {"kind": "adam", "learning_rate": 0.001},
    "batch_size": 10,
}
EPOCHS, SECONDS = 1000, 4.0
SCREEN = {"width": 1280, "height": 720}
# Counts each time that picture or curves are another, as they are painted.
WATCHED = """() => {
  window.pictures = [];
  let last = "";
  const look = () => {
    const now = [...document.querySelectorAll("#picture .bands, #curves .lines")].map((one) => one.innerHTML).join();
    if (now !== last) pictures.push(performance.now());
    last = now;
    requestAnimationFrame(look);
  };
  look();
}"""
MADE = "() => parseInt(document.querySelector('#training .hint').textContent.replaceAll(',', ''))"
PLAYGROUND = b"""<!doctype html><title>One epoch a frame</title><canvas width="300" height="300"></canvas><script>
const sizes = [2, 8, 8, 1], rate = 0.03, batch = 10;
const random = () => Math.random() * 2 - 1;
// As Playground has it: objects for nodes and links, one example after the other, gradients added up over a batch.
const node = () => ({ bias: 0.1, inputs: [], outputs: [], z: 0, a: 0, delta: 0, db: 0 });
const layers = sizes.map((size) => Array.from({ length: size }, node));
layers.slice(1).forEach((layer, l) => layer.forEach((node) => layers[l].forEach((source) => {
  const link = { source, node, weight: random() * 0.5, dw: 0 };
  node.inputs.push(link);
  source.outputs.push(link);
})));
const output = layers.at(-1)[0];
const points = Array.from({ length: 250 }, (_, i) => {
  const turn = i % 2, r = Math.floor(i / 2) / 125 * 5, t = 1.75 * r / 5 * 2 * Math.PI + turn * Math.PI;
  return { x: r * Math.sin(t) + random() * 0.1, y: r * Math.cos(t) + random() * 0.1, label: turn ? 1 : -1 };
});
const forward = (x, y) => {
  layers[0][0].a = x;
  layers[0][1].a = y;
  for (const layer of layers.slice(1)) for (const node of layer) {
    node.z = node.bias;
    for (const link of node.inputs) node.z += link.weight * link.source.a;
    node.a = Math.tanh(node.z);
  }
  return output.a;
};
const backward = (label) => {
  output.delta = (output.a - label) * (1 - output.a * output.a);
  for (let l = layers.length - 1; l > 0; l--) for (const node of layers[l]) {
    if (node !== output) {
      node.delta = 0;
      for (const link of node.outputs) node.delta += link.weight * link.node.delta;
      node.delta *= 1 - node.a * node.a;
    }
    node.db += node.delta;
    for (const link of node.inputs) link.dw += node.delta * link.source.a;
  }
};
const update = () => {
  for (const layer of layers.slice(1)) for (const node of layer) {
    node.bias -= rate * node.db / batch;
    node.db = 0;
    for (const link of node.inputs) { link.weight -= rate * link.dw / batch; link.dw = 0; }
  }
};
const context = document.querySelector("canvas").getContext("2d"), DENSE = 50;
window.epochs = 0;
const frame = () => {
  points.forEach((point, i) => {
    forward(point.x, point.y);
    backward(point.label);
    if ((i + 1) % batch === 0) update();
  });
  window.loss = points.reduce((sum, { x, y, label }) => sum + (forward(x, y) - label) ** 2 / 2, 0) / points.length;
  const picture = context.createImageData(DENSE, DENSE);
  for (let j = 0; j < DENSE; j++) for (let i = 0; i < DENSE; i++) {
    const a = forward(i / DENSE * 12 - 6, 6 - j / DENSE * 12), at = 4 * (j * DENSE + i);
    picture.data.set(a > 0 ? [8, 119, 189, 255 * a] : [245, 147, 34, -255 * a], at);
  }
  context.putImageData(picture, 0, 0);
  window.epochs++;
  requestAnimationFrame(frame);
};
frame();
</script>"""


@dataclass(frozen=True)
class Film:
    """Epochs and pictures a second; seconds from the click to the last picture of so many epochs; bytes of a frame, as
    served, in the median and at most.
    """

    epochs: float
    pictures: float
    whole: float
    bytes: float
    most_bytes: float


class Playground(Blank):
    """Answers with the page that stands for Playground's loop."""

    page = PLAYGROUND


@contextmanager
def playground() -> Iterator[str]:
    """The address of the page that trains one epoch a frame."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Playground) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def films() -> tuple[float, Film, Film]:
    """Epochs a second of the page beside, and the films of spirals and of the largest network: in one Chromium."""
    with playground() as beside, running_server(Path(tempfile.mkdtemp())) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        epochs = median([_beside(chromium, beside) for _ in range(3)])
        found = epochs, _film(chromium, address, SPIRALS), _film(chromium, address, LARGEST, whole=False)
        chromium.close()
    return found


def _beside(chromium: Browser, address: str) -> float:
    page = chromium.new_page(viewport=SCREEN)  # type: ignore[arg-type]
    page.goto(address)
    rate = _per_second(page, "() => window.epochs")
    page.close()
    return rate


def _film(chromium: Browser, address: str, given: dict[str, Any], whole: bool = True) -> Film:
    page = chromium.new_context(base_url=address, viewport=SCREEN).new_page()  # type: ignore[arg-type]
    sizes: list[int] = []
    walk = Walk(page).start_with(given)
    page.goto(f"{page.url}/pictures")
    page.evaluate(WATCHED)
    took = _until_over(page) if whole else 0.0
    page.on("response", lambda one: sizes.append(int(one.headers["content-length"])) if _is_frame(one) else None)
    page.locator("#until").click()
    page.wait_for_selector("#train[data-film]")
    page.wait_for_timeout(500)
    first = page.evaluate("pictures.length")
    start = perf_counter()
    updates = _per_second(page, MADE)
    pictures = (page.evaluate("pictures.length") - first) / (perf_counter() - start)
    page.locator("#stop").click()
    page.get_by_role("button", name="Train", exact=True).wait_for()
    assert walk.page is page
    page.context.close()
    examples = 1000 if given is LARGEST else 250
    return Film(updates * given["batch_size"] / examples, pictures, took, median(sizes), max(sizes))


def _is_frame(response: Any) -> bool:
    return response.url.endswith("/run/on") and "content-length" in response.headers


def _until_over(page: Page) -> float:
    """Seconds from the click to the last picture."""
    page.locator("#count").fill(str(EPOCHS))
    start = perf_counter()
    page.locator("#go").click()
    page.wait_for_selector("#train[data-film]")
    page.get_by_role("button", name="Train", exact=True).wait_for()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return perf_counter() - start


def _per_second(page: Page, count: str) -> float:
    """How much a count grows a second."""
    page.wait_for_timeout(300)
    before, start = page.evaluate(count), perf_counter()
    page.wait_for_timeout(1000 * SECONDS)
    return float(page.evaluate(count) - before) / (perf_counter() - start)
