"""One server and one browser for all browser tests; for each a new learner, at a browser that knows the files."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.driver.chromium import find_chromium
from tests.browser.driver.server import running_server
from tests.browser.driver.walk import Walk
from tests.browser.driver.watch import PRELUDE, Watch

HERE = Path(__file__).parent
FAILURES = HERE / "failures"
FAILED = pytest.StashKey[bool]()
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=SpareRendererForSitePerProcess",
]
PATIENCE = 60_000  # milliseconds that one action may take on a busy machine
expect.set_options(timeout=PATIENCE)

StartWalk = Callable[..., Walk]  # takes a lesson, as_published, and the fields of Options by name
OpenPage = Callable[..., Page]  # takes the fields of Options by name


@dataclass(frozen=True)
class Options:
    """What kind of reader opens the page; `statuses` are the errors that the test brings about on purpose."""

    width: int = 1440
    height: int = 900
    dark: bool = False
    still: bool = False
    scripts: bool = True
    statuses: tuple[int, ...] = ()


class Readers:
    """Readers who have never been here. A browser that one left, without its cookies, is the next one's."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self._chromium, self._address = chromium, address
        self._left: dict[bool, list[BrowserContext]] = {True: [], False: []}  # with scripts, and without
        self._scripts: dict[BrowserContext, bool] = {}

    def blank_page(self, options: Options) -> Page:
        """A page of another reader."""
        left = self._left[options.scripts]
        page = (left.pop() if left else self._another(options.scripts)).new_page()
        page.set_viewport_size({"width": options.width, "height": options.height})
        page.emulate_media(
            color_scheme="dark" if options.dark else "light",
            reduced_motion="reduce" if options.still else "no-preference",
        )
        return page

    def leave(self, page: Page) -> None:
        """Its reader closes it."""
        context = page.context
        for one in context.pages[1:]:
            one.close()
        context.clear_cookies()
        self._left[self._scripts[context]].append(context)

    def _another(self, scripts: bool) -> BrowserContext:
        context = self._chromium.new_context(base_url=self._address, java_script_enabled=scripts)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(PRELUDE)
        context.new_page()  # stays, so that the browser keeps what it has loaded
        self._scripts[context] = scripts
        return context


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's event loop stays with this thread, and others run one of their own."""
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test itself failed, for the screenshot."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the server of this test run answers."""
    with running_server(tmp_path_factory.mktemp("data")) as address:
        yield address


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers of this test run."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The browser of this test run."""
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def readers(chromium: Browser, address: str) -> Readers:
    """Who opens the pages of this test run."""
    return Readers(chromium, address)


@pytest.fixture
def open_page(readers: Readers, address: str, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens pages; at the end none of them may have had a fault."""
    opened: list[tuple[Page, Watch]] = []

    def open_one(**options: Any) -> Page:
        chosen = Options(**options)
        page, watch = readers.blank_page(chosen), Watch(urlsplit(address).netloc, chosen.statuses)
        watch.over(page)
        opened.append((page, watch))
        return page

    yield open_one
    if request.node.stash.get(FAILED, False):
        keep_pictures(request.node.name, [page for page, _ in opened])
    for page, _ in opened:
        readers.leave(page)
    assert [fault for _, watch in opened for fault in watch.faults] == []


def keep_pictures(name: str, pages: list[Page]) -> None:
    """What the pages of a failed test looked like."""
    FAILURES.mkdir(exist_ok=True)
    for i, page in enumerate(pages):
        page.screenshot(path=FAILURES / f"{name.replace('/', '-')}-{i}.png")


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A blank page at 1440x900."""
    return open_page()


@pytest.fixture
def start(open_page: OpenPage) -> StartWalk:
    """Starts a walk of a lesson in a page of its own; options as for `open_page`."""

    def start_one(lesson: str, as_published: bool = True, **options: Any) -> Walk:
        return Walk(open_page(**options)).start(lesson, as_published)

    return start_one
