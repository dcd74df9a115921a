"""A learner walks, and every control does what it says."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartWalk
from tests.browser.driver.drawing import MOST_OFFERED, offered
from tests.browser.driver.walk import LESSONS, Walk
from tests.browser.explorer.test_preferences import choose


@pytest.mark.parametrize("lesson", LESSONS)
def test_going_on_after_going_back_over_the_end_of_an_iteration_shows_the_same_page(
    start: StartWalk, lesson: str
) -> None:
    walk = start(lesson).click("update")
    end = walk.texts()
    after = walk.click("step").texts()
    assert after != end
    assert walk.click("back").texts() == end
    assert walk.click("step").texts() == after


def test_the_page_reloaded_shows_what_the_swaps_had_shown(start: StartWalk) -> None:
    walk = start("softmax-and-dead-units").click("forward").click("step", 9)
    swapped = walk.texts()
    walk.page.reload()
    assert walk.texts() == swapped


def test_forward_backward_and_update_go_on_to_the_end_of_their_phase(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    ends = [walk.cursor_of(phase="loss") - 1, walk.cursor_of(phase="update") - 1, walk.equations]
    for verb, end in zip(("forward", "backward", "update"), ends, strict=True):
        assert walk.press(verb).place == (0, end)
    assert walk.press("forward").place == (1, ends[0])


def test_reset_goes_to_the_very_start_and_can_be_undone(start: StartWalk) -> None:
    walk = start("hours-of-study")
    before = walk.texts()
    there = walk.click("update").click("forward").texts()
    assert walk.press("reset").place == (0, 0)
    assert walk.texts() == before
    assert walk.press("#controls .undo").texts() == there
    assert walk.page.locator("#controls .undo").count() == 0


def test_at_the_very_start_back_and_reset_do_nothing_and_say_so(start: StartWalk) -> None:
    walk = start("hours-of-study")
    for verb in (".back", ".reset"):
        expect(walk.page.locator(f"#controls {verb}")).to_have_attribute("aria-disabled", "true")
    assert walk.click("back").place == (0, 0)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [("layer", "z"), ("phase", "forward"), ("iteration", "end"), ("epoch", "end of the epoch")],
)
def test_the_chosen_measure_decides_how_far_a_step_goes(start: StartWalk, measure: str, expected: str) -> None:
    walk = start("one-example-at-a-time")
    walk.page.locator(f"label[for=by-{measure}]").click()
    at = walk.press("step").state()
    places = {
        "z": at["equation"]["kind"] in ("z", "a") and at["equation"]["layer"] == 1 and at["cursor"] > 1,
        "forward": at["cursor"] == walk.cursor_of(phase="loss") - 1,
        "end": (at["iteration"], at["cursor"]) == (0, at["equations"]),
        "end of the epoch": at["iteration"] > 0 and at["cursor"] == at["equations"],
    }
    assert places[expected], at
    expect(walk.page.locator(f"#by-{measure}")).to_be_checked()
    assert walk.press("back").place == (0, 0)


def test_a_cell_of_the_timeline_is_a_jump(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    cell = "#timeline button:has-text('{}')".format
    walk.press(cell("error signals of layer 2"))
    equation = walk.state()["equation"]
    assert (equation["kind"], equation["layer"]) == ("delta", 2)
    expect(walk.page.locator("#timeline [aria-current=step]")).to_contain_text("δ")
    walk.press(cell("weighted sums of layer 1"))
    assert walk.state()["phase"] == "forward"


def test_clicking_an_example_of_the_batch_puts_it_in_focus(start: StartWalk) -> None:
    walk = start("softmax-and-dead-units").click("step")
    first = walk.text("#equation")
    walk.press("#data tbody tr:nth-child(4) .pick")
    assert walk.state()["example"] == 3
    expect(walk.page.locator("#data .pick[aria-current]")).to_have_text("4")
    assert walk.text("#equation") != first


def test_a_learning_rate_can_be_set_and_a_wrong_one_is_explained(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths", statuses=(422,)).click("update").click("back")
    walk.page.fill("#eta", "0.75")
    assert walk.press("learning rate").state()["setup"]["optimizer"]["learning_rate"] == 0.75
    walk.page.fill("#eta", "a lot")
    walk.press("learning rate")
    expect(walk.page.locator("#message")).to_contain_text("This is not a number")
    assert walk.state()["setup"]["optimizer"]["learning_rate"] == 0.75


def test_a_newcomer_walks_the_right_rule_first_and_then_finds_out_what_the_notebook_printed(
    open_page: OpenPage,
) -> None:
    walk = Walk(open_page())
    page = walk.page
    page.goto("/")
    seen = [offered(page)]
    page.get_by_role("button", name="Start walking: Two outputs, two paths").click()
    page.wait_for_url(re.compile("/sessions/[^/]+$"))
    seen.append(offered(page))
    assert walk.state()["setup"]["mistake"] is None
    expect(page.locator("#headline")).to_contain_text("after a published notebook; what it printed is act two")
    while walk.state()["cursor"] != walk.equations:
        walk.click("update")  # to a question, past it, and on to the end
        seen.append(offered(page))
    end = page.locator("#end")
    expect(end).to_contain_text("Iteration 1 is done")
    expect(end).to_contain_text(walk.text("#loss small").lstrip("→ "))
    assert end.locator("button, a").count() == 4
    place, url = walk.place, page.url
    end.get_by_role("link", name="Act two").click()
    expect(page.locator("h1")).to_have_text("The notebook printed 0.00847371, we found 0.00895156. Find out why.")
    assert page.locator(".side .found").all_text_contents() == ["0.00847", "0.00895"]
    for left, right in ((".maths .wrong", ".maths .right"), ("path.wrong", "path.right")):
        expect(page.locator(f".left {left}").first).to_be_visible()
        expect(page.locator(f".right {right}").first).to_be_visible()
    page.locator(".left .maths .wrong [data-ref]").first.hover()
    expect(page.locator(".left .rule path.wrong")).to_have_class(re.compile(r"\bon\b"))
    page.locator(".why summary").click()
    expect(page.locator(".why")).to_contain_text("a row of W where the chain rule takes a column")
    expect(page.locator("#run .curve")).to_have_count(2)
    seen.append(offered(page))
    assert max(seen) <= MOST_OFFERED, seen
    # The notebook's own rule is walked from there, at the same place.
    page.get_by_role("button", name="Walk by the notebook’s rule").click()
    page.wait_for_url(lambda now: now != url and not now.endswith("act-two"))
    assert walk.place == place
    assert walk.state()["setup"]["mistake"] == "untransposed_weights"


def test_the_equations_of_a_layer_stand_one_after_the_other_and_one_is_open(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    walk.press("#timeline button:has-text('gradients of the weights of layer 1')")
    summaries, opened = walk.page.locator("#equation summary"), walk.page.locator("#equation details[open]")
    assert (summaries.count(), opened.count()) == (4, 1)
    summaries.nth(2).click()
    expect(opened).to_have_count(1)
    expect(opened.locator("summary")).to_contain_text("Gradient of w[1]21")
    walk.press("#timeline button:has-text('error signals of layer 2')")
    expect(opened.locator("summary")).to_contain_text("Error signal δ[2]1")


def test_play_advances_by_itself_and_one_click_on_pause_stops_it(start: StartWalk) -> None:
    walk = start("one-example-at-a-time")
    choose(walk.page, "speed", "500")
    walk.press("play")
    expect(walk.page.locator("#play")).to_contain_text("Pause")
    before = walk.place
    walk.answered(walk.page.evaluate("window.answers") + 1)
    assert walk.place >= (0, before[1] + 2)
    walk.press("play")
    expect(walk.page.locator("#play")).to_contain_text("Play")
    rest = walk.place
    walk.page.wait_for_timeout(1100)
    assert walk.place == rest
    assert walk.press("step").place == (0, rest[1] + 1)


def test_a_bookmarked_address_shows_the_same_page_to_anyone(start: StartWalk, open_page: OpenPage) -> None:
    walk = start("hours-of-study").click("forward").click("step", 3)
    again = Walk(open_page())
    again.page.goto(walk.page.url)
    assert again.texts() == walk.texts()


def test_a_page_that_is_behind_is_brought_up_to_date_and_says_so(start: StartWalk, open_page: OpenPage) -> None:
    walk = start("hours-of-study")
    behind = Walk(open_page(statuses=(412,)))
    behind.page.goto(walk.page.url)
    walk.press("step")
    behind.press("step")
    expect(behind.page.locator("#message")).to_contain_text("nothing was changed")
    assert behind.texts() == walk.texts()
    assert behind.press("step").place == (0, 2)


def test_an_unknown_walk_gets_a_page_that_says_so_and_leads_to_a_new_start(open_page: OpenPage) -> None:
    page = open_page(statuses=(404,))
    page.goto("/sessions/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    expect(page.locator("h1")).to_have_text("This walk is no longer here")
    page.get_by_role("link", name="To the lessons").click()
    expect(page).to_have_url(re.compile("/$"))


def test_an_address_without_a_page_gets_a_friendly_one(open_page: OpenPage) -> None:
    page = open_page(statuses=(404,))
    page.goto("/lessons/nothing-of-this-name")
    expect(page.locator("h1")).to_have_text("This page does not exist")


def test_clicks_faster_than_the_answers_are_taken_one_at_a_time_and_never_warned_about(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    walk.page.evaluate("() => { for (let i = 0; i < 5; i++) document.querySelector('#controls .step').click(); }")
    walk.comes_to((0, 1))
    expect(walk.page.locator("#message")).to_be_empty()
    assert walk.click("step").place == (0, 2)
