"""A learner looks at the loss over parameters, at gradients and activations: by mouse, keyboard, without scripts."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.pages.test_pictures import MOONS, OUTSIDE, SIDEWAYS, SMALL, look, swapped, title
from tests.browser.test_accessibility import findings_in_either_theme

NAMES = ("Slope", "Contour", "Gradients", "Activations")
TOWER: dict[str, Any] = {
    "sizes": [2, 4, 4, 4, 4, 4, 1],
    "activations": ["sigmoid"] * 6,
    "loss": "binary_cross_entropy",
    "data": {"dataset": "circles", "examples": 60, "noise": 0.1, "seed": 1},
    "batch_size": 20,
}
DEAD: dict[str, Any] = {"lesson": "softmax-and-dead-units"}
WRONG: dict[str, Any] = {"lesson": "a-slope-too-many"}
WALKS = {"moons": MOONS, "tower": TOWER, "dead": DEAD, "wrong": WRONG}
LABELS = """() => {
  const boxes = [...document.querySelectorAll("#picture svg.plot text")]
    .map((text) => [text.textContent, text.getBoundingClientRect(), text.ownerSVGElement])
    .filter(([, box]) => box.width);
  const over = ([, a], [, b]) => a.left < b.right - 2 && b.left < a.right - 2
    && a.top < b.bottom - 4 && b.top < a.bottom - 4;
  return boxes.flatMap((one, i) => boxes.slice(i + 1).filter((other) => one[2] === other[2] && over(one, other))
    .map((other) => `${one[0]} / ${other[0]}`));
}"""


def open_tab(page: Page, name: str) -> None:
    swapped(page, lambda: page.locator(".tabs").get_by_role("link", name=name).click())


def test_the_tangent_comes_with_the_gradient_and_the_arrow_with_the_update(page: Page) -> None:
    look(page, {"lesson": "hours-of-study"}, 0, "landscape")
    expect(page.locator("#picture .curve")).to_have_count(1)
    expect(page.locator("#picture path.tangent")).to_have_count(0)
    page.get_by_role("link", name="Walk on to the gradient").click()
    session = page.url.rsplit("/", 1)[-1]
    for verb, tangents, arrows in (("backward", 1, 0), ("update", 1, 1)):
        page.request.post(f"/api/sessions/{session}/{verb}", data={})
        page.goto(f"/sessions/{session}/pictures?show=landscape&of=w-2-0-1")
        expect(page.locator("#picture path.tangent")).to_have_count(tangents)
        expect(page.locator("#picture .arrow")).to_have_count(arrows)


def test_another_parameter_and_another_look_are_chosen(page: Page) -> None:
    look(page, WRONG, show="landscape")
    swapped(page, lambda: page.locator("select[name=of]").select_option("w-1-2-1"))
    assert "weight from input 2 to hidden unit 3" in title(page)
    expect(page.locator("#picture")).to_contain_text("The tangent misses the curve.")
    swapped(page, lambda: page.locator("select[name=look]").select_option("update"))
    expect(page.locator("#picture .arrow")).to_have_count(1)
    assert "weight from input 2 to hidden unit 3" in title(page)


def test_the_parameters_of_the_contour_are_chosen_by_keyboard_alone(page: Page) -> None:
    look(page, WRONG, show="contour")
    first = page.locator("select[name=of]")
    before = first.input_value()
    first.focus()
    swapped(page, lambda: page.keyboard.press("ArrowDown"))
    assert page.evaluate("document.activeElement.name") == "of"
    assert first.input_value() != before
    assert first.input_value() != page.locator("select[name=and]").input_value()
    expect(page.locator("#picture .way-taken")).to_have_count(1)
    summary = page.locator("#picture summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="1", exact=True).first).to_be_visible()


def test_dead_units_and_vanishing_gradients_are_named(page: Page) -> None:
    look(page, DEAD, 200, "activations")
    assert title(page) == "Four hidden units are dead"
    expect(page.locator("#picture")).to_contain_text("Hidden units 1, 2, 3 and 4 are dead")
    look(page, TOWER, 30, "gradients")
    assert title(page).startswith("Gradients vanish on the way back")
    expect(page.locator("#picture svg.plot")).to_have_count(2)


def test_it_works_without_javascript(open_page: OpenPage) -> None:
    page = look(open_page(scripts=False), WRONG, show="contour")
    page.locator("select[name=of]").select_option("w-1-0-0")
    page.locator("select[name=and]").select_option("w-2-0-3")
    page.locator("#picture .choices button").click()
    expect(page.locator("#picture .what").first).to_have_text("weight from input 1 to hidden unit 1")
    expect(page.locator("#picture .what.y")).to_have_text("weight from hidden unit 4 to the output")
    page.get_by_role("link", name="Slope").click()
    expect(page.locator("#picture path.tangent")).to_have_count(1)


@pytest.mark.parametrize("given", WALKS.values(), ids=WALKS.keys())
def test_nothing_sticks_out_lies_over_another_or_is_too_small_to_press(
    open_page: OpenPage, given: dict[str, Any]
) -> None:
    page = look(open_page(), given)
    for name in NAMES:
        open_tab(page, name)
        for width in (360, 768, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert not page.evaluate(SIDEWAYS), (name, width)
            assert page.evaluate(SMALL) == [], (name, width)
            assert page.evaluate(OUTSIDE) == [], (name, width)
            assert page.evaluate(LABELS) == [], (name, width)


@pytest.mark.parametrize("given", [TOWER, DEAD], ids=["tower", "dead"])
def test_axe_finds_nothing(open_page: OpenPage, given: dict[str, Any]) -> None:
    page = look(open_page(still=True), given)
    for name in NAMES:
        open_tab(page, name)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert findings_in_either_theme(page) == [], (name, width)
