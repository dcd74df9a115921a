"""What each form costs that a walk is taken away in: processor time of the whole request, and bytes unpacked."""

from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any

from app.views.take_away.forms import FORMS
from tests.benchmarks.in_process import Browser

LESSON = b'{"lesson": "softmax-and-dead-units"}'  # 2-4-2
TIMES = 9
UNPACKED: dict[str, Any] = {"accept-encoding": "identity"}


@dataclass(frozen=True)
class Exported:
    """One form: seconds of processor time, the median of several, and bytes."""

    seconds: float
    size: int


async def exports(browser: Browser) -> dict[str, Exported]:
    """Each form of a walk that is 20 iterations on, at the end of one."""
    session = await browser.begin(LESSON)
    await browser.ask("POST", f"/api/sessions/{session}/train", b'{"iterations": 20}', content_type="application/json")
    await browser.ask("POST", f"/api/sessions/{session}/step", b'{"by": "iteration"}', content_type="application/json")
    return {form: await _exported(browser, f"/sessions/{session}/export/{form}") for form in FORMS}


async def _exported(browser: Browser, address: str) -> Exported:
    seconds, size = [], 0
    for _ in range(TIMES):
        before = process_time()
        answer = await browser.ask("GET", address, **UNPACKED)
        seconds.append(process_time() - before)
        assert answer.status == 200, address
        size = len(answer.body)
    return Exported(median(seconds), size)
