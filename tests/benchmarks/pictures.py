"""What pictures cost: processor time of the whole request, and bytes as served."""

import json
from dataclasses import dataclass
from statistics import median
from time import process_time

from tests.benchmarks.in_process import Browser

SETUP = {
    "sizes": [2, 8, 8, 1],
    "data": {"dataset": "moons", "examples": 200, "noise": 0.15, "seed": 1, "test_share": 0.25},
    "optimizer": {"kind": "adam", "learning_rate": 0.01},
    "batch_size": 25,
}
TRAINED, TIMES = 300, 9


@dataclass(frozen=True)
class Drawn:
    """One picture as htmx asks for it: seconds of processor time, the median of several, and bytes compressed."""

    seconds: float
    served: int


async def pictures(browser: Browser, names: tuple[str, ...] = ("boundary", "units", "curves")) -> dict[str, Drawn]:
    """Pictures of a trained 2-8-8-1 network with 200 examples: its boundary over a grid of 48 x 48, and others."""
    session = await browser.begin(json.dumps(SETUP).encode())
    trained = json.dumps({"iterations": TRAINED}).encode()
    await browser.ask("POST", f"/api/sessions/{session}/train", trained, content_type="application/json")
    return {name: await _drawn(browser, f"/sessions/{session}/pictures/{name}") for name in names}


async def _drawn(browser: Browser, address: str) -> Drawn:
    seconds = []
    for _ in range(TIMES):
        before = process_time()
        answer = await browser.ask("GET", address, hx_request="true")
        seconds.append(process_time() - before)
        assert answer.status == 200, address
    return Drawn(median(seconds), len(answer.body))
