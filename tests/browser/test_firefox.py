"""One lesson in Firefox too, where there is one: an iteration, click by click, and nothing goes wrong on the way."""

import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.browser.driver.firefox import REMEDY, find_firefox, running_firefox
from tests.browser.explorer.test_namespaces import LOOKED

AT = """(rev) => document.querySelector("#revision [name=rev]").value === String(rev)"""
WRITTEN = """() => document.querySelector("#equation").textContent"""


def test_an_iteration_is_walked_in_firefox(address: str, tmp_path: Path) -> None:
    program = find_firefox()
    if program is None:
        pytest.skip(REMEDY)
    state = told(f"{address}/api/sessions", {"lesson": "two-outputs-two-paths"})
    rev, equations = state["rev"], state["equations"]
    with running_firefox(program, tmp_path) as firefox:
        firefox.ask("WebDriver:Navigate", url=f"{address}/sessions/{state['id']}")
        for step in range(1, equations + 1):
            firefox.click("#controls .step")
            firefox.until(AT, rev + step)
            assert firefox.run(LOOKED)["faults"] == [], step
        assert "←" in firefox.run(WRITTEN)
        firefox.click("#controls .back")
        firefox.until(AT, rev + equations + 1)
        assert told(f"{address}/api/sessions/{state['id']}")["cursor"] == equations - 1
        assert firefox.complaints(address) == []


def told(address: str, given: object = None) -> Any:
    """What the API answers."""
    body = None if given is None else json.dumps(given).encode()
    with urlopen(Request(address, body, {"content-type": "application/json"})) as answer:
        return json.load(answer)
