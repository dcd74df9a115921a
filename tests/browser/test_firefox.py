"""One lesson in Firefox too, where there is one: an iteration, click by click, and nothing goes wrong on the way."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.conftest import Options, blank_page
from tests.browser.firefox import REMEDY, find_firefox
from tests.browser.test_namespaces import Guard
from tests.browser.walk import Walk
from tests.browser.watch import Watch


@pytest.fixture
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """The system's Firefox, by the protocol that all browsers share (BiDi)."""
    program = find_firefox()
    if program is None:
        pytest.skip(REMEDY)
    browser = playwright.firefox.launch(channel="moz-firefox", executable_path=program)
    yield browser
    browser.close()


def test_an_iteration_is_walked_in_firefox(firefox: Browser, address: str) -> None:
    page, watch = blank_page(firefox, address, Options()), Watch(urlsplit(address).netloc)
    watch.over(page)
    walk = Walk(page).start("two-outputs-two-paths")
    guard = Guard(walk)
    for cursor in range(1, walk.equations + 1):
        assert walk.press("step").place == (0, cursor)
        guard.check(f"step {cursor}")
    expect(page.locator("#formula")).to_contain_text("←")
    assert walk.press("back").place == (0, walk.equations - 1)
    assert watch.faults == []
