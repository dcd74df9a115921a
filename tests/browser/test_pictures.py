"""The pictures of the README are taken of the real page: UPDATE_PICTURES=1 takes them anew."""

import os
import struct
from pathlib import Path

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.places import gradient_of_the_first_weight

DOCS = Path(__file__).parents[2] / "docs"


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height, from the first chunk of a PNG file."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_of_the_explorer_can_be_taken_and_the_kept_one_has_its_size(
    open_page: OpenPage, theme: str
) -> None:
    page = open_page(dark=theme == "dark", still=True)
    gradient_of_the_first_weight(page)
    page.evaluate("document.fonts.ready")
    picture, kept = page.screenshot(), DOCS / f"explorer-{theme}.png"
    if os.environ.get("UPDATE_PICTURES"):
        DOCS.mkdir(exist_ok=True)
        kept.write_bytes(picture)
    assert size_of(picture) == (1440, 900)
    assert size_of(kept.read_bytes()) == size_of(picture)
