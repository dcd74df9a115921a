"""axe finds nothing anywhere; the keyboard reaches everything; focus stays; each step is spoken."""

import random
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, StartWalk
from tests.browser.driver.places import PAGES
from tests.browser.driver.walk import BUTTON, LESSONS, Walk
from tests.browser.explorer.test_preferences import choose

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
REPORT = """async (only) => (await axe.run(document, {resultTypes: ["violations"], ...only})).violations
  .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`))"""
FOCUS = """() => {
  const at = document.activeElement;
  return at.id || at.closest("#net [id]")?.id || at.getAttribute("aria-label")
    || (at.name ? `${at.name}=${at.value}` : "") || at.dataset.ref || at.getAttribute("formaction") || at.tagName;
}"""
# Focuses what is this share of the way through all that can have the focus and does not go with its equation; names it.
FOCUS_ON = f"""(share) => {{
  const all = [...document.querySelectorAll(
    "#stage :is(button, select, input:not([type=hidden]), [tabindex])")];
  const things = all.filter((thing) =>
    !thing.closest("math, .checked, .rate, .nudge, #end") && thing.checkVisibility());
  things[Math.floor(share * things.length)].focus();
  return ({FOCUS})();
}}"""  # but for what goes with its equation
SMALL = """([selector, least]) => [...document.querySelectorAll(selector)].filter((target) => {
  const box = target.getBoundingClientRect();
  return box.width && (box.width < least - 0.1 || box.height < least - 0.1);
}).map((target) => target.outerHTML)"""
MAIN_TARGETS = (
    "#controls button, #controls label, .rate button, .rate input, .below > label, #go-on a, "
    ".top a, .top button, .top label"
)
DENSE_TARGETS = "#timeline button, #data .pick"
FOCUS_MARK = """(id) => {
  const mark = document.getElementById(id);
  (mark.matches("[tabindex]") ? mark : mark.querySelector("[tabindex]")).focus();
}"""
STOPS = "() => document.querySelectorAll('#net [tabindex=\"0\"]').length"


SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def findings(page: Page, only: Mapping[str, Any] = MappingProxyType({})) -> list[str]:
    """What axe finds on the page as it stands, by all of its rules or by some."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(f"() => {{ {AXE.read_text()} }}")
    return cast(list[str], page.evaluate(REPORT, dict(only)))


def findings_in_either_theme(page: Page) -> list[str]:
    """What axe finds in the light, and of colours in the dark: the themes differ in nothing else."""
    found = []
    for theme, only in (("light", {}), ("dark", COLOURS)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found += [f"{theme}: {one}" for one in findings(page, only)]
    return found


def focus(walk: Walk) -> str:
    return cast(str, walk.page.evaluate(FOCUS))


def press_key(walk: Walk, key: str) -> None:
    before = walk.page.evaluate("window.answers")
    walk.page.keyboard.press(key)
    walk.answered(before)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_either_theme_at_either_width_and_no_page_scrolls_sideways(
    open_page: OpenPage, name: str
) -> None:
    page = open_page(still=True, statuses=(404,))
    PAGES[name](page)
    for width, find in ((768, None), (360, findings), (1440, findings_in_either_theme)):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SIDEWAYS) <= 0, width
        assert find is None or find(page) == [], width


@pytest.mark.parametrize("width", [1440, 360])
def test_main_controls_are_44_pixels_and_dense_ones_24(start: StartWalk, width: int) -> None:
    walk = start("softmax-and-dead-units", width=width).click("forward")
    assert walk.page.evaluate(SMALL, [MAIN_TARGETS, 44]) == []
    assert walk.page.evaluate(SMALL, [DENSE_TARGETS, 24]) == []


def test_tab_enters_the_diagram_once_and_leaves_it(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("forward")
    walk.page.locator("#all-numbers").focus()
    inside = []
    for _ in range(2):
        walk.page.keyboard.press("Tab")
        inside.append(walk.page.evaluate("Boolean(document.activeElement.closest('#net'))"))
    assert inside == [True, False]


def test_arrow_keys_move_along_the_diagram(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("forward")
    walk.page.locator("#u-0-0 [tabindex]").focus()
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        walk.page.keyboard.press(key)
        seen.append(focus(walk))
        assert walk.page.evaluate(STOPS) == 1
    assert len(set(seen)) >= 4
    assert all(ref.startswith(("u-", "c-", "o-")) for ref in seen), seen


def test_every_mark_of_the_diagram_can_be_reached_by_arrow_keys(start: StartWalk) -> None:
    walk = start("softmax-and-dead-units")
    marks = set(
        walk.page.evaluate("[...document.querySelectorAll('#net [tabindex]')].map((it) => it.closest('[id]').id)")
    )
    reached, frontier = {"u-0-0"}, ["u-0-0"]
    while frontier:
        at = frontier.pop()
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
            walk.page.evaluate(FOCUS_MARK, at)
            walk.page.keyboard.press(key)
            if (there := focus(walk)) not in reached:
                reached.add(there)
                frontier.append(there)
    assert marks - reached == set()


def test_single_keys_walk_from_anywhere_and_keep_the_focus(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    walk.page.locator("#u-1-1 [tabindex]").focus()
    for cursor in (1, 2, 3):
        press_key(walk, "s")
        assert (walk.place, focus(walk)) == ((0, cursor), "u-1-1")
    walk.page.evaluate("document.activeElement.blur()")
    press_key(walk, "b")
    assert walk.place == (0, 2)
    for name in ("Pause", "Play"):
        press_key(walk, "k")
        expect(walk.page.locator("#play")).to_contain_text(name)


def test_a_letter_that_is_typed_is_no_step_and_none_is_where_keys_are_off(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("update").click("back")
    place = walk.place
    walk.page.locator("#eta").focus()
    walk.page.keyboard.type("s?bkp")
    choose(walk.page, "keys", "off")
    walk.page.keyboard.type("s?bkp")
    assert walk.place == place
    expect(walk.page.locator("#keys")).to_be_hidden()
    expect(walk.page.locator("#present")).not_to_be_checked()


def test_a_presenters_remote_walks_while_it_is_presented(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths", width=1280, height=720)
    walk.page.keyboard.press("p")
    expect(walk.page.locator("#present")).to_be_checked()
    for key, cursor in (("PageDown", 1), ("ArrowRight", 2), ("PageUp", 1), ("ArrowLeft", 0)):
        press_key(walk, key)
        assert walk.place == (0, cursor)
    walk.page.get_by_text("Leave", exact=True).click()
    expect(walk.page.locator("#controls .reset")).to_be_visible()


def test_the_question_mark_opens_the_overview_and_escape_closes_it(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    walk.page.locator(BUTTON["step"]).focus()
    walk.page.keyboard.press("?")
    expect(walk.page.get_by_role("dialog", name="Keyboard overview")).to_be_visible()
    walk.page.keyboard.press("Escape")
    expect(walk.page.locator("#keys")).to_be_hidden()


def test_a_whole_iteration_can_be_walked_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    walk = Walk(page)
    tab_until(walk, "Start walking: Hours of study")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state()
    walk.ask("0")
    tab_until(walk, "/step")
    for _ in range(walk.equations):
        press_key(walk, "Enter")
        assert focus(walk).endswith("/step")
    assert walk.place == (0, walk.equations)
    page.keyboard.press("Shift+Tab")
    press_key(walk, "Enter")
    assert walk.place == (0, walk.equations - 1)


def tab_until(walk: Walk, ending: str) -> None:
    for _ in range(60):
        walk.page.keyboard.press("Tab")
        if focus(walk).endswith(ending):
            return
    raise AssertionError(f"Tab never came to {ending}")


@pytest.mark.parametrize("seed", range(4))
def test_focus_stays_on_the_same_thing_over_random_steps(start: StartWalk, seed: int) -> None:
    walk = start(LESSONS[seed + 1])
    chance = random.Random(seed)
    for step in range(50):
        before = walk.page.evaluate(FOCUS_ON, chance.random())
        verb = chance.choice(["step", "step", "step", "back", "forward", "backward", "update"])
        walk.click(verb)
        assert focus(walk) == before, f"{verb}, step {step} of seed {seed}"


@pytest.mark.parametrize("part", ["formula", "code"])
def test_focus_in_the_equation_is_not_lost_by_any_step_of_an_iteration(start: StartWalk, part: str) -> None:
    walk = start("two-outputs-two-paths").click("step")
    walk.page.locator(f"#{part}").focus()
    for cursor in range(2, walk.equations + 1):
        assert focus(walk.click("step")) == part, cursor


def test_arrow_keys_go_from_term_to_term_of_the_formula(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("step")
    walk.page.locator("#formula").focus()
    seen: list[Any] = []
    for _ in range(4):
        walk.page.keyboard.press("ArrowRight")
        seen.append(walk.page.evaluate("document.activeElement.dataset.ref"))
    assert all(seen)
    assert len(set(seen)) >= 3, seen


def test_where_a_button_goes_the_focus_goes_back_to_what_had_it_and_never_to_the_page(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("backward")
    page = walk.page

    def press_from(before: str, *buttons: str) -> str:
        page.locator(before).focus()
        for button in buttons:
            page.locator(button).focus()
            press_key(walk, "Enter")
        return focus(walk)

    page.locator("label[for=below-check]").click()
    assert press_from(BUTTON["step"], "#check [name=on]") != "BODY"
    assert press_from("#formula", "#check [name=on]") != "BODY"
    assert press_from("#formula", "#c-1-0-0", "#paths a.button") == "c-1-0-0"
    page.locator("label[for=below-parameters]").click()
    assert press_from("#u-1-1 [tabindex]", "#row-w-1-0-0 button", "#edit-more", "#edit .edits button") != "BODY"
