"""A visitor without JavaScript: waits until the server answers, starts a lesson, presses Step."""

import re
import time
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.container.sandbox import Server

STEPS = 12  # of the first lesson: forward, the loss, and on into the backward phase
WITHIN = 30.0  # seconds


def ready(server: Server) -> float:
    """Seconds from the start until /readyz answered 200."""
    while time.monotonic() - server.started < WITHIN:
        try:
            with urlopen(f"{server.address}/readyz", timeout=1):
                return time.monotonic() - server.started
        except OSError:  # refused, or slow
            time.sleep(0.02)
    raise TimeoutError("The container does not answer.")


def walk(address: str) -> str:
    """Walk a lesson's first steps; the walk's path."""
    lessons, _ = page(address, "/")
    slug = re.search(r'name="lesson" value="([a-z-]+)"', lessons)
    assert slug, lessons
    shown, path = page(address, "/sessions", lesson=slug[1], ask="0")
    for _ in range(STEPS):
        revision = re.search(r'name="rev"[^>]*value="(\d+)"', shown)
        assert revision, shown
        shown, _ = page(address, f"{path}/step", rev=revision[1], by="equation")
    assert step_of(address, path) == STEPS
    return path


def step_of(address: str, path: str) -> int:
    """Which step of its iteration a walk stands at."""
    with urlopen(f"{address}/api{path}", timeout=10) as answer:
        found = re.search(rb'"cursor": ?(\d+)', answer.read())
    assert found
    return int(found[1])


def page(address: str, path: str, **form: str) -> tuple[str, str]:
    """The page that a GET, or a form with these fields, leads to; and its path."""
    body = urlencode(form).encode() if form else None
    with urlopen(Request(address + path, body, {"Origin": address}), timeout=10) as answer:
        return answer.read().decode(), answer.url.removeprefix(address)
