"""The page fits its window, nothing lies over anything else, and what the pointer is on stays where it is."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import StartWalk
from tests.browser.driver.drawing import boxes, overlaps, readable
from tests.browser.driver.places import gradient_of_the_first_weight

OWN = [[1, 1], [2, 3, 1], [3, 5, 4, 2], [4, 2, 5, 3, 2], [2, 2, 2, 2, 2, 2, 2], [8, 10, 4], [2, 20, 2]]
BOTTOMS = """(selector) => Math.max(...[...document.querySelectorAll(selector)]
  .map((mark) => mark.getBoundingClientRect().bottom))"""

BETWEEN = """() => {
  const box = (selector) => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector(selector));
    return range.getBoundingClientRect();
  };
  return box("#equation .rate label").left - box("#equation h2").right;
}"""

MOVED = """(towards) => {
  const text = document.querySelector("#labels .wl:first-child text"), other = document.querySelector(towards);
  for (const label of [text, other]) label.closest(".wl")?.classList.add("on"); // or there is nothing to see of them
  const box = other.getBBox();
  text.setAttribute("x", box.x + box.width / 2);
  text.setAttribute("y", box.y + box.height / 2);
}"""


@pytest.mark.parametrize("sizes", OWN, ids=lambda sizes: "-".join(map(str, sizes)))
def test_no_label_lies_over_another_or_a_unit_in_a_network_of_ones_own(start: StartWalk, sizes: list[int]) -> None:
    data = {"X": [[-0.123456 * (k + 1) for k in range(sizes[0])]], "Y": [[0.5] * sizes[-1]]}
    setup = {"sizes": sizes, "data": data, "activations": ["tanh"] * (len(sizes) - 1), "loss": "half_squared_error"}
    walk = start("hours-of-study", still=True).start_with(setup)
    for verb in ("", "forward", "backward", "update"):
        if verb:
            walk.click(verb)
        assert overlaps(walk.page) == [], verb or "start"
        assert readable(walk.page), verb or "start"


def test_drawing_equation_and_step_are_on_one_screen_from_school_to_hall(page: Page) -> None:
    gradient_of_the_first_weight(page)
    for width, height in ((1280, 720), (1366, 657), (1100, 800), (820, 1106), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(BOTTOMS, "#net, #controls .step, #equation :is(.maths, .code, .nudge)") <= height, width
    page.keyboard.press("p")
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080


def test_on_a_phone_drawing_and_equation_stand_above_the_bar_with_step(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths", width=390, height=844).click("backward")
    bar = walk.page.locator("#controls .btns").bounding_box()
    assert bar
    assert bar["y"] + bar["height"] == 844
    assert walk.page.evaluate(BOTTOMS, "#net, #equation math:first-of-type .res") <= bar["y"]
    now = walk.page.locator("#timeline .now").bounding_box()
    assert now
    assert 0 <= now["x"] < now["x"] + now["width"] <= 390
    walk.start("softmax-and-dead-units").click("backward")  # the names of links once, above the links of all paths
    tops = [y for _, y, _, _ in boxes(walk.page, "#equation h2, #equation .links tr")]
    assert tops == sorted(tops)
    walk.click("update")  # the longest row of an update: what it comes to goes on below, and nothing is cut
    assert walk.page.evaluate("formula.scrollWidth <= formula.clientWidth")
    walk.page.set_viewport_size({"width": 360, "height": 740})
    walk.start("softmax-and-dead-units", as_published=False)
    walk.go(walk.cursor_of(kind="dW", layer=1, j=1, k=1))  # the longest step
    assert (bar := walk.page.locator("#controls .btns").bounding_box())
    assert walk.page.evaluate(BOTTOMS, "#equation .maths .res") <= bar["y"]
    assert walk.page.evaluate("formula.scrollWidth <= formula.clientWidth")
    walk.page.set_viewport_size({"width": 390, "height": 844})
    assert (bar := walk.page.locator("#controls .btns").bounding_box())
    assert walk.page.evaluate(BOTTOMS, "#equation .nudge button") <= bar["y"]


@pytest.mark.parametrize("width", [1100, 1280])
def test_the_learning_rate_stands_beside_the_heading_of_a_whole_layers_update(start: StartWalk, width: int) -> None:
    page = start("a-slope-too-many", as_published=False, width=width, height=800).page
    page.locator("#timeline button", has_text="update of the weights").first.click()
    page.locator("#equation .rate input").wait_for()
    assert page.evaluate(BETWEEN) > 4


def test_the_scroll_stays_where_it_is_over_a_step(start: StartWalk) -> None:
    walk = start("softmax-and-dead-units", width=320, height=740).click("step", 6)
    assert walk.page.evaluate("document.documentElement.scrollWidth") <= 320
    walk.page.mouse.wheel(0, 200)
    walk.page.wait_for_function("() => scrollY > 150")
    before = walk.page.evaluate("scrollY")
    walk.press("step")
    assert walk.page.evaluate("scrollY") == before


@pytest.mark.parametrize(
    ("towards", "found"),
    [("#u-1-0 .tone", "circle u-1-0"), ("#labels [data-ref=w-2-1-1] text", "c-2-1-1"), (".target rect", "target y-0")],
)
def test_the_check_itself_finds_a_label_that_was_moved(start: StartWalk, towards: str, found: str) -> None:
    walk = start("two-outputs-two-paths", still=True)
    walk.page.evaluate(MOVED, towards)
    assert any(found in overlap for overlap in overlaps(walk.page)), overlaps(walk.page)
