"""What one click on Step costs the server: processor time, and bytes on the wire."""

import gzip
import json
from dataclasses import dataclass
from time import process_time

from tests.benchmarks.in_process import Answer, Browser, revision_of

SMALL = {"lesson": "softmax-and-dead-units"}
LARGE = {  # 8-10-4: 120 connections
    "sizes": [8, 10, 4],
    "data": {"X": [[0.1 * (k - 3) for k in range(8)]], "Y": [[1, 0, 0, 0]]},
    "activations": ["tanh", "softmax"],
}


@dataclass(frozen=True)
class Click:
    """One answer to Step: processor seconds, and bytes as served and unpacked."""

    seconds: float
    served: int
    unpacked: int


async def clicks(browser: Browser, given: object, iterations: int = 1) -> list[Click]:
    """Walk whole iterations click by click, as a page does that shows each answer."""
    session = await browser.begin(json.dumps(given).encode())
    state = json.loads(unpacked(await browser.ask("GET", f"/api/sessions/{session}")))
    page = unpacked(await browser.ask("GET", f"/sessions/{session}", accept="text/html"))
    revision = revision_of(page.decode())
    found = []
    for _ in range(iterations * state["equations"]):
        before = process_time()
        answer = await browser.step(session, revision)
        seconds = process_time() - before
        assert answer.status == 200, answer.body
        found.append(Click(seconds, len(answer.body), len(unpacked(answer))))
        revision += 1
    return found


def unpacked(answer: Answer) -> bytes:
    """The body as the browser reads it."""
    return gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body
