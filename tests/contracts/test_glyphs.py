"""Each character that the pages can show has a glyph in the fonts that hatch_build.py cuts."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from fontTools.ttLib import TTFont

import hatch_build
from app.engine.equations.trace import trace
from app.engine.equations.values import Values
from app.engine.setup import Setup
from app.lessons import LESSONS
from app.views.formulas.formulas import formula, maths
from tests.engine.cases import HIDDEN, PAIRINGS, later_iteration, random_setup
from tests.views.mathml import parsed
from tests.views.updates import VARIANTS, varied

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


SETUPS = [
    *(setup for lesson in LESSONS for setup in (lesson.published, lesson.right)),
    *(random_setup(1, (2, 2, 3), (hidden, "identity"), "half_squared_error", 2) for hidden in HIDDEN),
    *(random_setup(1, (2, 2), (output,), loss, 1) for output, loss in PAIRINGS),
    *(varied(*variant, examples=examples) for variant in VARIANTS for examples in (1, 2)),
]


def printed(element: Element) -> Iterator[str]:
    """The characters that a browser draws for MathML."""
    text = (element.text or "").strip()
    yield from (italic(text) if element.tag == "mi" and "mathvariant" not in element.attrib else text)
    for child in element:
        yield from printed(child)


def italic(letter: str) -> str:
    """A letter alone is drawn by another character, a letter of mathematics."""
    for first, last, drawn in (("a", "z", 0x1D44E), ("A", "Z", 0x1D434), ("α", "ω", 0x1D6FC)):
        if len(letter) == 1 and first <= letter <= last:
            return "ℎ" if letter == "h" else chr(drawn + ord(letter) - ord(first))
    return letter


def formulas_of(setup: Setup) -> Iterator[str]:
    """All that is shown of each equation of the second iteration, in MathML."""
    iteration = later_iteration(setup, 1)
    shape, values = setup.shape(len(iteration.X)), Values(iteration)
    for equation in trace(shape):
        for _, markup in maths(formula(equation, shape, values, "fan_out_fan_in", 5)):
            yield markup


def test_the_maths_font_draws_whatever_mathml_prints() -> None:
    drawn = {char for setup in SETUPS for markup in formulas_of(setup) for char in printed(parsed(markup))}
    assert drawn >= {"←", "𝑤", "𝛿", "ℒ", "−"}
    assert drawn - glyphs("stix-two-math.woff2") == set()


def test_the_fonts_together_leave_room_on_the_first_page() -> None:
    assert sum((ROOT / hatch_build.VENDOR / font).stat().st_size for font in hatch_build.FONTS) <= 62_000


def test_the_maths_font_still_stretches_its_brackets() -> None:
    font = TTFont(ROOT / hatch_build.VENDOR / "stix-two-math.woff2")
    assert font["MATH"].table.MathVariants.VertGlyphConstruction
