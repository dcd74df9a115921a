"""Double click, two tabs, back button, reload, sleep: the page shows the step at which the walk stands."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartWalk
from tests.browser.driver.walk import Walk


def test_two_tabs_the_back_button_and_a_reload_show_the_same_step(start: StartWalk, open_page: OpenPage) -> None:
    walk = start("two-outputs-two-paths").click("step", 2)
    other = Walk(open_page())
    other.page.goto(walk.page.url)
    other.click("step")
    walk.page.goto("/docs")
    walk.page.go_back()
    walk.page.wait_for_load_state()
    assert walk.texts() == other.texts()
    walk.page.reload()
    assert walk.texts() == other.texts()
    assert walk.press("step").place == (0, 4)


def test_a_tab_that_slept_is_told_the_step_and_goes_on_from_there(start: StartWalk, open_page: OpenPage) -> None:
    walk = start("two-outputs-two-paths", statuses=(412,))
    other = Walk(open_page())
    other.page.goto(walk.page.url)
    other.click("step", 7)
    walk.press("step")
    expect(walk.page.locator("#message")).to_contain_text("This tab was behind")
    expect(walk.page.locator("#message")).to_contain_text("Here is step 7 of iteration 1")
    assert walk.texts() == other.texts()
    assert walk.press("step").place == (0, 8)


def test_a_double_click_is_one_step_without_scripts_too(start: StartWalk) -> None:
    for scripts in (True, False):
        walk = start("two-outputs-two-paths", scripts=scripts)
        walk.page.locator("#controls .step").dblclick()
        walk.page.wait_for_load_state()
        walk.comes_to((0, 1))
