"""The bounds that no clock decides: bytes."""

import asyncio
from pathlib import Path
from statistics import median

from tests.benchmarks.first_page import first_page, own_javascript
from tests.benchmarks.in_process import browser
from tests.benchmarks.pictures import pictures
from tests.benchmarks.steps import LARGE, SMALL, Click, clicks


def walked(data: Path, given: object) -> list[Click]:
    async def walk() -> list[Click]:
        async with browser(data) as asking:
            return await clicks(asking, given)

    return asyncio.run(walk())


def fetched(data: Path) -> dict[str, int]:
    async def fetch() -> dict[str, int]:
        async with browser(data) as asking:
            return await first_page(asking)

    return asyncio.run(fetch())


def test_a_step_of_a_small_network_answers_in_two_kilobytes(tmp_path: Path) -> None:
    served = [click.served for click in walked(tmp_path, SMALL)]
    assert median(served) <= 2_000
    assert max(served) <= 5_000, served.index(max(served))


def test_a_step_of_120_connections_stays_small_too(tmp_path: Path) -> None:
    served = [click.served for click in walked(tmp_path, LARGE)]
    assert median(served) <= 8_000


def test_the_first_page_with_everything_is_within_100_kilobytes(tmp_path: Path) -> None:
    files = fetched(tmp_path)
    assert {"page", "/static/style.css", "/static/vendor/inter.woff2", "/static/vendor/htmx.min.js"} <= files.keys()
    assert sum(files.values()) <= 100_000, files


def test_our_own_javascript_is_within_5_kilobytes(tmp_path: Path) -> None:
    assert 0 < own_javascript(fetched(tmp_path)) <= 5_000


def test_a_decision_boundary_is_within_12_kilobytes_with_the_numbers_under_the_pointer(tmp_path: Path) -> None:
    """At rest; what a training's film sends of it is held to 6 kilobytes in tests/web/pages/test_training.py."""

    async def draw() -> int:
        async with browser(tmp_path) as asking:
            return (await pictures(asking, ("boundary",)))["boundary"].served

    assert asyncio.run(draw()) <= 12_000
