"""What a browser must fetch before the first page stands: bytes as served."""

import json
import re
from posixpath import join

from tests.benchmarks.in_process import Browser
from tests.benchmarks.steps import unpacked

LINKED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
FROM_CSS = re.compile(r'url\("([^"]+)"\)')


async def first_page(browser: Browser) -> dict[str, int]:
    """Bytes of the explorer's page, and of every file that it brings with it, by address without version."""
    session = await browser.begin(json.dumps({"lesson": "two-outputs-two-paths"}).encode())
    page = await browser.ask("GET", f"/sessions/{session}", accept="text/html")
    found = {"page": len(page.body)}
    for address in set(LINKED.findall(unpacked(page).decode())):
        found |= await file(browser, address)
    return found


async def file(browser: Browser, address: str) -> dict[str, int]:
    """Bytes of one file, and of what it names itself: a stylesheet's fonts."""
    answer = await browser.ask("GET", address)
    assert answer.status == 200, address
    found = {address.partition("?")[0]: len(answer.body)}
    if ".css" in address:
        for name in FROM_CSS.findall(unpacked(answer).decode()):
            found |= await file(browser, join("/static", name))
    return found


def own_javascript(files: dict[str, int]) -> int:
    """Bytes of the scripts that are ours."""
    return sum(size for address, size in files.items() if address.endswith(".js") and "/vendor/" not in address)
