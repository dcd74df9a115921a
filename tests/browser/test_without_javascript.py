"""Without JavaScript every button is a form that leads back to the page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver.walk import BUTTON, Walk


@pytest.fixture
def plain(open_page: OpenPage) -> Page:
    """A page whose browser runs no scripts."""
    return open_page(scripts=False)


def begin(page: Page, lesson: str) -> Walk:
    page.goto("/")
    page.get_by_role("button", name=f"Start walking: {lesson}").click()
    page.wait_for_url("**/sessions/*")
    page.get_by_role("button", name="Settings").click()
    page.select_option("#asking", "0")  # walks on without being asked
    submit(page, ".asking button")
    return Walk(page)


def submit(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(BUTTON.get(selector, selector)).click(force=True)


def shown(page: Page) -> str:
    return " ".join(page.locator("#stage").inner_text().split())


def test_a_whole_iteration_by_form_posts_and_back_again(plain: Page) -> None:
    data = {"X": [[0.6], [-0.2]], "Y": [[1], [0]]}
    walk = Walk(plain).start_with({"sizes": [1, 1, 1], "data": data, "activations": ["tanh", "sigmoid"]})
    equations = walk.equations
    forward = [shown(plain)]
    for _ in range(equations):
        submit(plain, "step")
        forward.append(shown(plain))
    assert walk.place == (0, equations)
    assert len(set(forward)) == equations + 1
    for cursor in range(equations - 1, -1, -1):
        submit(plain, "back")
        assert shown(plain) == forward[cursor]
    assert walk.place == (0, 0)


def test_the_other_verbs_the_timeline_and_the_measure_work_as_forms(plain: Page) -> None:
    walk = begin(plain, "Softmax and dead units")
    submit(plain, "forward")
    submit(plain, "backward")
    assert walk.state()["phase"] == "backward"
    submit(plain, "#timeline li button >> nth=0")
    assert walk.state()["equation"]["kind"] == "z"
    submit(plain, "#data tbody tr:nth-child(2) .pick")
    assert walk.state()["example"] == 1
    plain.locator("label[for=by-phase]").click()
    submit(plain, "step")
    assert walk.state()["equation"]["kind"] == "a"
    submit(plain, "reset")
    assert walk.place == (0, 0)
    submit(plain, "#controls .undo")
    assert walk.state()["equation"]["kind"] == "a"


def test_the_chosen_measure_is_still_chosen_on_the_next_page(plain: Page) -> None:
    begin(plain, "Two outputs, two paths")
    plain.locator("label[for=by-layer]").click()
    submit(plain, "step")
    expect(plain.locator("#by-layer")).to_be_checked()


def test_play_takes_one_step_where_nothing_can_tick(plain: Page) -> None:
    walk = begin(plain, "Two outputs, two paths")
    submit(plain, "play")
    assert walk.place == (0, 1)
    expect(plain.locator("#play")).to_contain_text("Play")


def test_digits_and_theme_are_applied_by_a_button(plain: Page) -> None:
    walk = begin(plain, "Two outputs, two paths")
    submit(plain, "forward")
    plain.get_by_role("button", name="Settings").click()
    plain.select_option("[name=digits]", "3")
    plain.select_option("[name=theme]", "dark")
    submit(plain, "#preferences .unscripted")
    assert plain.url.endswith(f"/sessions/{walk.state()['id']}")
    expect(plain.locator("html")).to_have_attribute("data-theme", "dark")
    expect(plain.locator("[name=digits]")).to_have_value("3")
    assert re.fullmatch(r"0\.\d{1,3}", walk.text("#u-2-0 .v"))


def test_a_learning_rate_is_set_by_a_form_and_a_wrong_one_is_explained(open_page: OpenPage) -> None:
    plain = open_page(scripts=False, statuses=(422,))
    walk = begin(plain, "Two outputs, two paths")
    submit(plain, "update")
    submit(plain, "back")
    plain.fill("#eta", "0.25")
    submit(plain, "learning rate")
    assert walk.state()["setup"]["optimizer"]["learning_rate"] == 0.25
    plain.fill("#eta", "much")
    submit(plain, "learning rate")
    expect(plain.locator("#message")).to_contain_text("not a number")
