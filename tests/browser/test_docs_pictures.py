"""The pictures of the README are taken of the real page: UPDATE_PICTURES=1 takes them anew."""

import os
import struct
from pathlib import Path

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.driver.places import Visit, gradient_of_the_first_weight, on_the_wall, taken_away, two_moons

DOCS = Path(__file__).parents[2] / "docs"


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height, from the first chunk of a PNG file."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


TAKEN: dict[str, Visit] = {
    "explorer": gradient_of_the_first_weight,
    "training": two_moons,
    "classroom": on_the_wall,
    "take-away": taken_away,
}
PICTURES = [(name, "light") for name in TAKEN] + [("explorer", "dark")]


@pytest.mark.parametrize(("name", "theme"), PICTURES)
def test_the_pictures_can_be_taken_and_the_kept_ones_have_their_size(
    open_page: OpenPage, name: str, theme: str
) -> None:
    page = open_page(dark=theme == "dark", still=True)
    TAKEN[name](page)
    page.evaluate("document.fonts.ready")
    picture, kept = page.screenshot(), DOCS / f"{name}-{theme}.png"
    if os.environ.get("UPDATE_PICTURES"):
        DOCS.mkdir(exist_ok=True)
        kept.write_bytes(picture)
    assert size_of(picture) == (1440, 900)
    assert size_of(kept.read_bytes()) == size_of(picture)
