"""Paths on the page: opened from the drawing, by keyboard and from the table, lit, opened further, closed by a step."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, StartWalk
from tests.browser.driver.walk import Walk

MANY = {
    "sizes": [2, 3, 5, 6],
    "activations": ["tanh", "relu", "tanh"],
    "loss": "half_squared_error",
    "data": {"X": [[0.5, -1.0], [1.0, 0.25]], "Y": [[0.1] * 6, [0.3] * 6]},
}
DEEP = {"sizes": [2, 3, 2, 1, 2, 6], "activations": ["tanh", "relu", "tanh", "sigmoid", "tanh"]}
ALIGHT = "() => [...new Set([...document.querySelectorAll('#net .on[data-ref]')].map((mark) => mark.dataset.ref))]"
PLACES = """() => ["#controls", "#timeline", "#net"].map((one) => {
  const box = document.querySelector(one).getBoundingClientRect();
  return [box.x, box.y + scrollY, box.width, box.height];
})"""
FIRST_PATH = {"w-1-0-0", "w-2-0-0", "u-0-0", "u-1-0", "u-2-0"}


@pytest.fixture
def walk(start: StartWalk) -> Walk:
    """Two outputs, two paths: every gradient is shown."""
    return start("two-outputs-two-paths", as_published=False).press("backward")


def opened(walk: Walk) -> str:
    return walk.page.locator("#opened").input_value()


@pytest.mark.parametrize(
    ("mark", "name"),
    [("#c-1-0-1", "W-1-0-1"), ("#u-1-0 .v, #u-1-0 .plate", "z-1-0-None"), ("#u-0-0 .n", "a-0-0-None")],
)
def test_a_click_in_the_drawing_opens_that_gradient(walk: Walk, mark: str, name: str) -> None:
    walk.click("forward")
    before = walk.page.evaluate("window.answers")
    walk.page.locator(mark).first.dispatch_event("click")
    walk.answered(before)
    assert opened(walk) == name
    expect(walk.page.locator("#equation")).to_be_hidden()


def test_a_click_on_a_bias_opens_the_bias(walk: Walk) -> None:
    walk.press("#u-1-1 .bl")
    assert opened(walk) == "b-1-1-None"


def test_a_row_of_the_table_opens_its_parameter(walk: Walk) -> None:
    walk.press("#row-w-2-1-0 button")
    assert opened(walk) == "W-2-1-0"
    expect(walk.page.locator("#paths h2")).to_contain_text("along its paths")


def test_enter_on_the_mark_in_focus_opens_it_and_the_focus_stays(walk: Walk) -> None:
    walk.page.locator("#c-1-0-0").focus()
    before = walk.page.evaluate("window.answers")
    walk.page.keyboard.press("Enter")
    walk.answered(before)
    assert opened(walk) == "W-1-0-0"
    assert walk.page.evaluate("document.activeElement.id") == "c-1-0-0"
    assert "0.000663 through output 1" in walk.text("[role=status]")


def test_the_loss_opens_nothing_and_a_target_no_paths_but_its_field(walk: Walk) -> None:
    asked: list[str] = []
    walk.page.on("request", lambda request: asked.append(request.url) if "/paths" in request.url else None)
    walk.page.locator("#u-loss circle").first.click(force=True)
    walk.page.wait_for_timeout(200)
    assert asked == []
    walk.press(".target >> nth=0")
    assert walk.page.locator("#paths").inner_html().strip() == ""
    assert walk.page.locator("#edited").is_visible()


def test_what_is_open_stays_lit_and_ahead_of_the_walk_no_number_of_it_is_told(walk: Walk) -> None:
    walk.press("reset").press("#row-w-1-0-0 button")
    walk.page.mouse.move(2, 2)
    walk.page.evaluate("document.activeElement.blur()")
    assert FIRST_PATH | {"w-2-1-0", "u-2-1", "loss"} == set(walk.page.evaluate(ALIGHT))
    assert walk.text("#paths .say").startswith("The walk has not come to this gradient yet.")


def test_pointing_at_a_path_lights_all_that_it_passes(walk: Walk) -> None:
    walk.press("#row-w-1-0-0 button")
    walk.page.locator("#ways .route").first.hover()
    assert set(walk.page.evaluate(ALIGHT)) == FIRST_PATH
    walk.page.locator("h1").hover()
    walk.page.evaluate("document.activeElement.blur()")
    assert set(walk.page.evaluate(ALIGHT)) > FIRST_PATH  # all of them


def test_arrow_keys_go_from_path_to_path_and_light_them(walk: Walk) -> None:
    walk.press("#row-w-1-0-0 button")
    walk.page.mouse.move(2, 2)
    walk.page.locator("#ways").focus()
    walk.page.keyboard.press("ArrowDown")
    assert set(walk.page.evaluate(ALIGHT)) == FIRST_PATH
    walk.page.keyboard.press("ArrowDown")
    assert "w-2-1-0" in walk.page.evaluate(ALIGHT)
    walk.page.keyboard.press("ArrowDown")
    assert "w-2-1-0" in walk.page.evaluate(ALIGHT)
    walk.page.keyboard.press("Shift+Tab")
    assert walk.page.evaluate("document.activeElement.id") == "ways"


def test_nothing_jumps_when_the_panel_opens_and_closes(walk: Walk) -> None:
    before = walk.page.evaluate(PLACES)
    for selector in ("#row-w-1-0-0 button", "#paths .cap a"):
        walk.press(selector)
        assert walk.page.evaluate(PLACES) == before, selector
    expect(walk.page.locator("#equation")).to_be_visible()
    expect(walk.page.locator("#paths")).to_be_hidden()


def test_the_next_step_closes_the_panel(walk: Walk) -> None:
    walk.press("#row-b-1-0 button")
    expect(walk.page.locator("#paths")).to_be_visible()
    walk.press("step")
    expect(walk.page.locator("#paths")).to_be_hidden()
    expect(walk.page.locator("#equation")).to_be_visible()


def test_another_gradient_replaces_the_one_that_is_open(walk: Walk) -> None:
    walk.press("#row-w-1-0-0 button").press("#row-w-1-1-0 button")
    assert opened(walk) == "W-1-1-0"
    walk.press("#paths .others a >> nth=0")
    assert opened(walk) == "z-1-1-None"


def test_many_paths_open_group_by_group(start: StartWalk) -> None:
    walk = start("hours-of-study").start_with(MANY)
    walk.press("backward").press("#row-w-1-0-0 button")
    expect(walk.page.locator("#ways .route")).to_have_count(5)
    walk.page.locator("#ways .route").nth(2).hover()
    assert "w-2-2-0" in walk.page.evaluate(ALIGHT)
    walk.press("#ways .route >> nth=2")
    expect(walk.page.locator("#ways .route")).to_have_count(6)
    assert opened(walk) == "W-1-0-0-2"
    walk.press("#paths .trail a >> nth=0")
    expect(walk.page.locator("#ways .route")).to_have_count(5)


def test_a_batch_tells_each_examples_own_gradient(start: StartWalk) -> None:
    walk = start("a-slope-too-many").press("backward")
    walk.press("#row-w-1-0-0 button")
    expect(walk.page.locator("#paths .strip")).to_be_visible()
    expect(walk.page.locator("#paths > .examples li")).to_have_count(12)
    walk.page.locator("#paths summary").click()
    expect(walk.page.locator("#paths details li").last).to_be_visible()


@pytest.mark.parametrize("width", [1440, 768, 360])
def test_paths_never_make_the_page_scroll_sideways(start: StartWalk, width: int) -> None:
    walk = start("hours-of-study", still=True, width=width).start_with(MANY | DEEP)
    walk.click("backward").click("#row-w-1-0-0 button")
    expect(walk.page.locator("#ways .route").first).to_be_attached()
    assert walk.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_without_javascript_a_row_leads_to_the_paths_and_close_leads_back(open_page: OpenPage) -> None:
    plain: Page = open_page(scripts=False)
    plain.goto("/")
    plain.get_by_role("button", name="Start walking: Two outputs, two paths").click()
    plain.wait_for_url("**/sessions/*")
    plain.request.post(f"/api{urlsplit(plain.url).path}/backward", data={})
    plain.locator("#row-w-1-0-0 button").click()
    plain.wait_for_url("**/paths?of=w-1-0-0")
    expect(plain.locator("#ways .route")).to_have_count(2)
    plain.get_by_role("link", name="error signal of hidden unit 1").click()
    expect(plain.locator("#opened")).to_have_value("z-1-0-None")
    plain.locator("#controls .step").click()
    plain.wait_for_url("**/sessions/*")
    expect(plain.locator("#paths")).to_be_hidden()
