"""A learner compares a notebook as published with what it is put right, without losing the place."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, StartWalk
from tests.browser.driver.walk import LESSONS, Walk

PARTS_AT = {
    "one-example-at-a-time": "Weighted sum",
    "two-outputs-two-paths": "Error signal",
    "softmax-and-dead-units": "Weighted sum",
    "a-slope-too-many": "Error signal",
    "hours-of-study": "Error signal",
}
SPACES = """() => [...document.querySelectorAll("#comparison *, #run *")].filter((one) => {
  const name = one.localName, own = one.closest("svg") ? "svg" : one.closest("math") ? "MathML" : "xhtml";
  return !one.namespaceURI.toLowerCase().endsWith(own === "MathML" ? "mathml" : own) && name !== "annotation";
}).map((one) => one.outerHTML)"""


def compare(walk: Walk) -> Page:
    """From the explorer to the comparison, as a learner goes there."""
    walk.go_on("Compare")
    expect(walk.page.locator(".pair")).to_be_visible()
    walk.page.wait_for_load_state()  # before that a click is answered by another page
    return walk.page


def press(page: Page, selector: str) -> None:
    before = page.evaluate("window.answers")
    page.locator(selector).click()
    Walk(page).answered(before)


def place(page: Page) -> str:
    return " ".join((page.locator(".where").text_content() or "").split())


@pytest.mark.parametrize("lesson", LESSONS)
def test_both_sides_stand_at_the_same_equation_and_the_way_to_where_they_part_leads_there(
    start: StartWalk, lesson: str
) -> None:
    page = compare(start(lesson).click("backward"))
    press(page, ".step")
    expect(page.locator(".side .maths")).to_have_count(2)
    press(page, '.partings [formaction$="/first"]')
    expect(page.locator("#compared-heading")).to_contain_text(PARTS_AT[lesson])
    assert "iteration 1 " in place(page)
    expect(page.locator(".verdict .sign")).to_have_text("≠")
    found = page.locator(".side .found").all_text_contents()
    assert found[0] != found[1]
    expect(page.locator(".partings")).to_contain_text("You are there.")


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_run_shows_two_curves_and_what_the_notebook_printed(start: StartWalk, lesson: str) -> None:
    page = compare(start(lesson))
    expect(page.locator("#run .curve")).to_have_count(2)
    assert page.locator("#run .key").all_text_contents() == ["as published", "put right"]
    assert page.locator("#run tbody tr").count() > 5
    assert page.evaluate(SPACES) == []


def test_the_place_is_kept_from_the_explorer_to_the_comparison_to_the_other_way(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").go(18)
    page = compare(walk)
    assert "equation 18 of 37" in place(page)
    press(page, ".step")
    page.get_by_role("button", name="put right").click()
    page.wait_for_url(re.compile(r"/sessions/[^/]+$"))
    assert Walk(page).place == (0, 19)
    compare(Walk(page))
    assert "equation 19 of 37" in place(page)
    page.get_by_role("link", name="put right").click()
    page.wait_for_url(re.compile(r"/sessions/[^/]+$"))
    assert Walk(page).place == (0, 19)


def test_steps_by_any_measure_morph_the_page_and_keep_focus_and_scroll(start: StartWalk) -> None:
    page = compare(start("softmax-and-dead-units"))
    page.evaluate("scrollTo(0, 120)")
    page.locator(".step").focus()
    for measure in ("equation", "layer", "phase", "iteration"):
        page.evaluate("(id) => { document.getElementById(id).checked = true; }", f"by-{measure}")
        before = page.evaluate("window.answers")
        page.keyboard.press("Enter")
        Walk(page).answered(before)
        assert page.evaluate("scrollY") == 120
        assert page.evaluate("document.activeElement.classList.contains('step')")
        assert page.evaluate(SPACES) == []
    press(page, ".back")
    assert "iteration 1 " in place(page)


def test_a_term_of_one_side_lights_its_twins_on_the_other(start: StartWalk) -> None:
    page = compare(start("two-outputs-two-paths").go(18))
    page.locator(".side.left [data-ref]").first.hover()
    assert page.locator(".side.right .on").count() >= 1


@pytest.mark.parametrize("lesson", LESSONS)
def test_it_works_without_javascript(open_page: OpenPage, lesson: str) -> None:
    walk = Walk(open_page(scripts=False)).start(lesson).go(3)
    page = walk.page
    page.get_by_role("link", name="Compare").click()
    assert "equation 3 of" in place(page)
    page.locator(".step").click()
    assert page.url.endswith("/compare")
    assert "equation 4 of" in place(page)
    page.locator('.partings [formaction$="/first"]').click()
    expect(page.locator("#compared-heading")).to_contain_text(PARTS_AT[lesson])
    link = page.locator("#run a")
    if link.count():
        link.click()
    expect(page.locator("#run .curve")).to_have_count(2)


@pytest.mark.parametrize("width", [1440, 768, 360])
def test_no_lesson_scrolls_sideways_and_targets_are_large(start: StartWalk, width: int) -> None:
    page = compare(start("a-slope-too-many", width=width).click("backward"))
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    small = page.evaluate(
        """() => [...document.querySelectorAll("#main :is(button, .seg a, .seg label, summary):not(#timeline button)")]
        .map((one) => one.getBoundingClientRect()).filter((box) => box.width && (box.height < 43.9 || box.width < 43.9))
        .length"""
    )
    assert small == 0
