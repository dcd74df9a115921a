"""A learner checks gradients by clicking: the notebooks' mistakes are found, in the layer that has them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import StartWalk
from tests.browser.driver.walk import Walk
from tests.browser.test_accessibility import findings

FOUND = {
    "two-outputs-two-paths": (1, {2: "rounding only", 1: "wrong"}),
    "a-slope-too-many": (1, {2: "right", 1: "wrong"}),
    "hours-of-study": (2, {2: "wrong", 1: "wrong"}),
}
CHECK_ALL = "#check button:has-text('Check every gradient')"


def backward(walk: Walk) -> Walk:
    """All gradients shown, and no question on the way."""
    return unasked(walk).press("backward")


def unasked(walk: Walk) -> Walk:
    """The same walk, without questions."""
    answer = walk.page.request.patch(f"/api/sessions/{walk.state()['id']}", data={"asking": False})
    assert answer.status == 200, answer.text()
    walk.page.reload()
    return walk


def words_of(walk: Walk, selector: str) -> list[str]:
    return [" ".join(text.split()) for text in walk.page.locator(selector).all_inner_texts()]


@pytest.mark.parametrize("lesson", FOUND)
def test_the_mistake_of_a_notebook_is_found_and_its_layer_named(start: StartWalk, lesson: str) -> None:
    walk, (first, layers) = backward(start(lesson)), FOUND[lesson]
    walk.press(CHECK_ALL)
    verdict = walk.page.locator("#check .verdict")
    expect(verdict).to_contain_text(f"Gradients first go wrong in layer {first}")
    for layer, words in layers.items():
        expect(verdict).to_contain_text(re.compile(f"layer {layer}: {words}", re.IGNORECASE))
    assert "✗ wrong" in words_of(walk, "#check .look")
    assert any("wrong by" in text for text in words_of(walk, "#equation .checked"))


@pytest.mark.parametrize("lesson", ["one-example-at-a-time", "softmax-and-dead-units"])
def test_a_right_notebook_passes(start: StartWalk, lesson: str) -> None:
    walk = backward(start(lesson)).press(CHECK_ALL)
    expect(walk.page.locator("#check .verdict")).to_contain_text("gradients agree with central differences")
    assert set(words_of(walk, "#check .look")) == {"✓ agrees"}


@pytest.mark.parametrize("lesson", FOUND)
def test_put_right_nothing_is_wrong(start: StartWalk, lesson: str) -> None:
    walk = backward(start(lesson, as_published=False)).press(CHECK_ALL)
    assert "wrong" not in " ".join(words_of(walk, "#check .look"))


def test_the_equation_of_a_gradient_says_what_its_check_finds(start: StartWalk) -> None:
    walk = backward(start("one-example-at-a-time")).press(CHECK_ALL)
    expect(walk.page.locator("#equation .checked")).to_contain_text("They agree to")
    expect(walk.page.locator("#parameters thead").first).to_contain_text("by differences")
    walk.press("update").press("backward")
    expect(walk.page.locator("#equation .checked")).to_contain_text("They agree to")
    walk.press("#check button:has-text('Stop checking')")
    expect(walk.page.locator("#equation .checked")).to_have_count(0)
    assert walk.page.locator("#check table").count() == 0


def test_numbers_of_the_check_come_with_the_walk_row_by_row(start: StartWalk) -> None:
    walk = unasked(start("two-outputs-two-paths")).press(CHECK_ALL).press("forward")
    assert set(words_of(walk, "#check td.num:nth-of-type(2)")) == {"—"}
    walk.press("backward").press("back")
    shown = words_of(walk, "#check td.num:nth-of-type(2)")
    assert shown.count("—") == 1
    assert len(shown) == 12


@pytest.mark.parametrize("width", [360, 1440])
def test_the_check_does_not_widen_the_page(start: StartWalk, width: int) -> None:
    walk = backward(start("softmax-and-dead-units", width=width)).press(CHECK_ALL)
    assert walk.page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_the_check_works_too(start: StartWalk) -> None:
    page = start("hours-of-study", scripts=False).page
    page.locator(CHECK_ALL).click()
    expect(page.locator("#check .verdict")).to_contain_text("first go wrong in layer 2")
    page.locator("#check button:has-text('Stop checking')").click()
    expect(page.locator(CHECK_ALL)).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1440, True)])
def test_axe_finds_nothing_in_the_check(start: StartWalk, width: int, dark: bool) -> None:
    walk = start("two-outputs-two-paths", width=width, dark=dark, still=True)
    assert findings(walk.page) == []
    backward(walk).press(CHECK_ALL)
    assert findings(walk.page) == []
