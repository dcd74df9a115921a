"""A learner looks at a training: points at curves, switches scale and picture; by mouse, keyboard, without scripts."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver.walk import Walk
from tests.browser.test_accessibility import findings_in_either_theme

MOONS: dict[str, Any] = {
    "sizes": [2, 4, 3, 1],
    "data": {"dataset": "moons", "examples": 60, "noise": 0.15, "seed": 1, "test_share": 0.25},
    "batch_size": 15,
    "optimizer": {"kind": "adam", "learning_rate": 0.02},
}
CLASSES: dict[str, Any] = {
    "sizes": [4, 3, 3],
    "data": {
        "X": [[i % 5, i % 3, i % 7, i % 2] for i in range(21)],
        "Y": [[float(i % 3 == c) for c in range(3)] for i in range(21)],
    },
}
SINE: dict[str, Any] = {"sizes": [1, 5, 1], "data": {"dataset": "sine", "examples": 40, "noise": 0.1, "seed": 1}}
STRAYS = """() => [...document.querySelectorAll("#main svg *, #main svg")]
  .filter((one) => !one.namespaceURI.endsWith("svg")).map((one) => one.outerHTML)"""
TWICE = """() => { const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  return ids.filter((id, i) => ids.indexOf(id) !== i); }"""
SMALL = """() => [...document.querySelectorAll("#main :is(button, a, select, .seg label, summary)")]
  .map((one) => [one.outerHTML, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 43.9 || box.width < 43.9)).map(([html]) => html)"""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
OUTSIDE = """() => [...document.querySelectorAll("#main svg.plot text")].filter((text) => {
  const own = text.getBoundingClientRect(), all = text.ownerSVGElement.getBoundingClientRect();
  return own.width && (own.left < all.left - 2 || own.right > all.right + 2 || own.top < all.top - 2
    || own.bottom > all.bottom + 2);
}).map((text) => text.textContent)"""


def look(page: Page, given: dict[str, Any] = MOONS, iterations: int = 60, show: str = "") -> Page:
    """The pictures of a walk that has gone so far."""
    session = page.request.post("/api/sessions", data=given).json()["id"]
    if iterations:
        page.request.post(f"/api/sessions/{session}/train", data={"iterations": iterations})
    page.goto(f"/sessions/{session}/pictures{show and '?show='}{show}")
    return page


def swapped(page: Page, act: Any) -> None:
    """Do something that htmx answers, and wait for the answer."""
    before = page.evaluate("window.answers")
    act()
    Walk(page).answered(before)
    assert page.evaluate(STRAYS) == []
    assert page.evaluate(TWICE) == []


def title(page: Page) -> str:
    return page.locator("#picture h2").first.text_content() or ""


def test_pointing_at_a_curve_reads_its_numbers(page: Page) -> None:
    look(page)
    plot = page.locator("#curves svg.plot").first
    box = plot.bounding_box()
    assert box
    reading = page.locator("#curves .reading text:visible")
    expect(reading).to_have_count(0)
    seen = []
    for share in (0.3, 0.6, 0.9):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        expect(reading).to_have_count(1)
        seen.append(reading.text_content() or "")
    assert len(set(seen)) == 3
    assert all(text.startswith("epoch ") and "training 0." in text and "test 0." in text for text in seen)
    assert page.evaluate(OUTSIDE) == []
    page.mouse.move(0, 0)
    expect(reading).to_have_count(0)


def test_every_picture_says_the_numbers_under_the_pointer_a_finger_and_the_arrow_keys(page: Page) -> None:
    look(page)
    said = page.locator("#picture :is(.cells span, .reading text):visible")
    for name in ("Boundary", "Hidden units", "Slope", "Contour", "Gradients", "Activations"):
        swapped(page, lambda name=name: page.locator(".tabs").get_by_role("link", name=name).click())
        page.mouse.move(0, 0)
        picture = page.locator("#picture .pointed").first
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        assert box
        middle = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5
        page.mouse.move(*middle)
        expect(said).to_have_count(1)
        page.mouse.click(*middle)  # as a finger does, and then it is gone
        page.mouse.move(0, 0)
        expect(said).to_have_count(1)
        before = said.text_content()
        page.keyboard.press("ArrowRight")
        expect(said).to_have_count(1)
        assert said.text_content() != before
    page.locator("#picture [data-roving] [tabindex='0']").first.focus()
    expect(said).to_have_count(1)


def test_the_log_switch_swaps_the_curves_alone(page: Page) -> None:
    look(page)
    page.evaluate("window.picture = document.querySelector('#picture svg')")
    page.evaluate("scrollTo(0, 60)")
    swapped(page, lambda: page.locator("label[for=scale-logarithmic]").click())
    expect(page.locator("#curves svg desc")).to_contain_text("logarithmic")
    assert page.evaluate("window.picture === document.querySelector('#picture svg')")
    assert page.evaluate("scrollY") == 60
    expect(page.locator("#scale-logarithmic")).to_be_checked()
    swapped(page, lambda: page.locator("label[for=scale-linear]").click())
    expect(page.locator("#curves svg desc")).to_have_count(0)


def test_tabs_swap_the_picture_alone_and_the_way_back_leads_back(page: Page) -> None:
    look(page)
    page.evaluate("window.curves = document.querySelector('#curves svg')")
    assert title(page).startswith("The boundary classifies")
    swapped(page, lambda: page.get_by_role("link", name="Hidden units").click())
    assert "show=units" in page.url
    assert title(page).startswith("Unit 1 of layer 1 gives")
    expect(page.locator(".tabs [aria-current]")).to_have_text("Hidden units")
    assert page.evaluate("window.curves === document.querySelector('#curves svg')")
    page.go_back()
    expect(page.locator("#picture h2").first).to_contain_text("The boundary classifies")
    page.reload()
    assert title(page).startswith("The boundary classifies")


def test_every_tab_swaps_without_harm_whatever_was_shown_before(page: Page) -> None:
    look(page)
    names = page.locator(".tabs a").all_text_contents()
    for name in [*names, *reversed(names)]:
        swapped(page, lambda name=name: page.locator(".tabs").get_by_role("link", name=name).click())
        expect(page.locator(".tabs [aria-current]")).to_have_text(name)
        assert title(page)


def test_a_unit_is_chosen_by_its_small_picture_and_from_the_list(page: Page) -> None:
    look(page, show="units")
    swapped(page, lambda: page.locator(".smalls a").nth(2).click())
    assert title(page).startswith("Unit 3 of layer 1")
    swapped(page, lambda: page.locator("select[name=unit]").select_option("1"))
    assert title(page).startswith("Unit 2 of layer 1")
    expect(page.locator(".smalls [aria-current]")).to_contain_text("Unit 2")
    swapped(page, lambda: page.locator("label[for=layer-2]").click())
    expect(page.locator(".smalls a")).to_have_count(3)


def test_among_many_features_and_classes_one_chooses(page: Page) -> None:
    look(page, CLASSES)
    expect(page.locator("#picture .hint")).to_contain_text("stay at their mean")
    swapped(page, lambda: page.locator("label[for=up-3]").click())
    expect(page.locator("#picture .what.y")).to_have_text("x4")
    swapped(page, lambda: page.locator("select[name=class]").select_option("2"))
    expect(page.locator(".keys")).to_contain_text("0.95 and more")
    expect(page.locator("#up-3")).to_be_checked()


def test_it_can_be_used_by_keyboard_alone(page: Page) -> None:
    look(page)
    page.locator("#scale-linear").focus()
    swapped(page, lambda: page.keyboard.press("ArrowRight"))
    assert page.evaluate("document.activeElement.id") == "scale-logarithmic"
    page.locator(".tabs a").nth(1).focus()
    swapped(page, lambda: page.keyboard.press("Enter"))
    assert title(page).startswith("Unit 1")
    summary = page.locator("#curves summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#curves table").first).to_be_visible()


def test_it_works_without_javascript(open_page: OpenPage) -> None:
    page = look(open_page(scripts=False), show="units")
    page.locator("label[for=layer-2]").click()
    page.locator("#picture .choices button").click()
    assert title(page).startswith("Unit 1 of layer 2")
    page.locator("label[for=scale-logarithmic]").click()
    page.locator("#curves form button").click()
    expect(page.locator("#curves svg desc")).to_contain_text("logarithmic")
    assert title(page).startswith("Unit 1 of layer 2")
    page.get_by_role("link", name="Boundary").click()
    assert title(page).startswith("The boundary classifies")
    box = page.locator("#curves svg.plot").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#curves .reading text:visible")).to_have_count(1)


def test_one_goes_from_the_walk_to_the_pictures_and_back(page: Page) -> None:
    walk = Walk(page).start("hours-of-study")
    walk.go_on("Train and look")
    expect(page.locator("#curves h2").first).to_contain_text("Before the first update")
    page.get_by_role("link", name="walk", exact=True).click()
    expect(page.locator("#net")).to_be_visible()
    assert walk.place == (0, 0)


@pytest.mark.parametrize("given", [MOONS, CLASSES, SINE], ids=["moons", "classes", "sine"])
def test_nothing_sticks_out_or_is_too_small_to_press_and_axe_finds_nothing(
    open_page: OpenPage, given: dict[str, Any]
) -> None:
    page = look(open_page(still=True), given)
    for name in ("Boundary", "Fit", "Hidden units"):
        tab = page.locator(".tabs").get_by_role("link", name=name)
        if tab.count():
            swapped(page, tab.click)
            for width in (360, 768, 1440):
                page.set_viewport_size({"width": width, "height": 900})
                assert not page.evaluate(SIDEWAYS), (name, width)
                assert page.evaluate(SMALL) == [], (name, width)
                assert page.evaluate(OUTSIDE) == [], (name, width)
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert findings_in_either_theme(page) == [], name
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = false; })")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.set_viewport_size({"width": 360, "height": 900})
    assert findings_in_either_theme(page) == []
