"""Each character that the pages can show has a glyph in the fonts that hatch_build.py cuts."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

import hatch_build

ROOT = Path(__file__).parent.parent.parent
WRITERS = [
    path
    for folder in ("templates", "app/engine", "app/lessons", "app/views", "app/web", "app/sessions")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".html", ".svg"}
]


def glyphs(font: str) -> set[str]:
    return {chr(code) for code in TTFont(ROOT / hatch_build.VENDOR / font).getBestCmap()}


@pytest.fixture(scope="module")
def drawable() -> set[str]:
    return set().union(*map(glyphs, hatch_build.FONTS))


@pytest.mark.parametrize("font", hatch_build.FONTS)
def test_a_font_has_each_glyph_that_was_asked_of_it(font: str) -> None:
    assert set(hatch_build.FONTS[font].glyphs) - glyphs(font) == set()


@pytest.mark.parametrize("path", WRITERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_that_writes_text_uses_drawable_characters_only(path: Path, drawable: set[str]) -> None:
    assert set(path.read_text()) - drawable - {"\n"} == set()


def test_the_fonts_together_leave_room_on_the_first_page() -> None:
    assert sum((ROOT / hatch_build.VENDOR / font).stat().st_size for font in hatch_build.FONTS) <= 62_000


def test_the_maths_font_still_stretches_its_brackets() -> None:
    font = TTFont(ROOT / hatch_build.VENDOR / "stix-two-math.woff2")
    assert font["MATH"].table.MathVariants.VertGlyphConstruction
