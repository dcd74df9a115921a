"""Twins light each other: a term of the formula, its mark in the diagram, its row in the table."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartWalk
from tests.browser.driver.places import gradient_of_the_first_weight
from tests.browser.driver.walk import Walk

ALIGHT = "() => [...new Set([...document.querySelectorAll('.on[data-ref]')].map((mark) => mark.dataset.ref))]"


@pytest.fixture
def walk(open_page: OpenPage) -> Walk:
    """At the gradient of w^[1]_11."""
    return gradient_of_the_first_weight(open_page())


def alight(walk: Walk) -> list[str]:
    return list(walk.page.evaluate(ALIGHT))


@pytest.mark.parametrize("ref", ["u-1-0", "u-0-0"])
def test_pointing_at_a_term_lights_its_mark(walk: Walk, ref: str) -> None:
    walk.page.locator(f"math [data-ref='{ref}']").first.hover()
    assert alight(walk) == [ref]
    expect(walk.page.locator(f"#{ref}")).to_contain_class("on")
    walk.page.locator("h1").hover()
    assert alight(walk) == []


def test_pointing_at_a_weight_in_the_formula_lights_its_connection_and_its_row(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("step")
    walk.page.locator("math [data-ref='w-1-0-1']").first.hover()
    for twin in ("#c-1-0-1", "#row-w-1-0-1", "#labels [data-ref='w-1-0-1']"):
        expect(walk.page.locator(twin)).to_contain_class("on")


def test_focus_on_a_connection_lights_its_row_and_its_terms(walk: Walk) -> None:
    walk.page.locator("#c-1-0-0").focus()
    expect(walk.page.locator("#row-w-1-0-0")).to_contain_class("on")
    assert alight(walk) == ["w-1-0-0"]
    walk.page.locator("#controls .step").focus()
    assert alight(walk) == []


def test_pointing_at_a_unit_lights_its_terms(walk: Walk) -> None:
    walk.page.locator("#u-1-0").hover()
    assert walk.page.locator("math .on[data-ref='u-1-0']").count() >= 1


def test_pointing_at_a_row_lights_its_connection(walk: Walk) -> None:
    walk.open("parameters").page.locator("#row-w-2-0-1").hover()
    expect(walk.page.locator("#c-2-0-1")).to_contain_class("on")


def test_what_is_lit_stays_lit_over_a_step(walk: Walk) -> None:
    walk.open("parameters").page.locator("#row-w-2-0-1").hover()
    walk.click("step")
    expect(walk.page.locator("#c-2-0-1")).to_contain_class("on")


def test_a_mark_without_room_for_its_numbers_tells_them_below_the_drawing(start: StartWalk) -> None:
    walk = start("softmax-and-dead-units").click("forward")
    walk.page.locator("#c-1-2-1").focus()
    expect(walk.page.locator("#readout")).to_contain_text("weight from x2 to h3")


# WCAG's contrast of each line with the card that it lies on, as it is blended there.
CONTRASTS = """() => {
  const read = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (rgb) => rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const card = read(getComputedStyle(document.querySelector("#network")).backgroundColor);
  return [...document.querySelectorAll("#connections .wire")].map((wire) => {
    const { stroke, opacity } = getComputedStyle(wire);
    const seen = read(stroke).map((c, i) => opacity * c + (1 - opacity) * card[i]);
    const [less, more] = [light(card), light(seen)].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  });
}"""


@pytest.mark.parametrize("dark", [False, True])
def test_every_line_of_the_drawing_stands_out_at_rest(start: StartWalk, dark: bool) -> None:
    walk = start("softmax-and-dead-units", dark=dark, still=True)
    for verb in ("step", "backward", "step"):
        contrasts = walk.click(verb).page.evaluate(CONTRASTS)
        assert len(contrasts) == 18
        assert min(contrasts) >= 3, verb
