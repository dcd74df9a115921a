"""Values are edited on the drawing and in the tables, by mouse and by keyboard, and undone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, StartWalk
from tests.browser.driver.walk import Walk

LESSON = "two-outputs-two-paths"


def weight(walk: Walk) -> float:
    return float(walk.state()["network"]["layers"][0]["W"][0][0])


def field(page: Page) -> str:
    return page.locator("#edited").input_value()


def test_a_weight_is_edited_by_clicking_its_connection(start: StartWalk) -> None:
    walk = start(LESSON)
    box = walk.press("forward").page.locator("#c-1-0-0").bounding_box()
    assert box
    walk.press_at((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    assert field(walk.page) == "0.15"
    walk.press("#edit-more")
    assert (field(walk.page), weight(walk)) == ("0.16", 0.16)
    walk.press("#edit-less").press("#edit-less")
    assert (field(walk.page), weight(walk)) == ("0.14", 0.14)
    assert "is 0.14 from iteration 1 on" in walk.text("#edit")
    assert "0.14" in walk.text("#status")
    assert "0.14" in walk.text("#l-c-1-0-0")


def test_a_number_is_typed_and_enter_sets_it_with_the_focus_kept(start: StartWalk) -> None:
    walk = start(LESSON)
    walk.press("#row-b-2-1 button")
    walk.page.locator("#edited").fill("-0.25")
    before = walk.page.evaluate("window.answers")
    walk.page.locator("#edited").press("Enter")
    walk.answered(before)
    assert walk.state()["network"]["layers"][1]["b"][1] == -0.25
    assert walk.page.evaluate("document.activeElement.id") == "edited"


def test_the_walk_goes_on_from_the_edited_state_and_undo_leads_back(start: StartWalk) -> None:
    walk = start(LESSON)
    before = walk.click("backward").texts()
    walk.press("#row-w-1-0-0 button").press("#edit-more")
    walk.press("step").press("back")
    assert walk.texts() != before
    walk.press('#edit [formaction$="/undo"]')
    assert walk.texts() == before
    assert walk.page.locator("#edit").inner_text().strip() == ""


@pytest.mark.parametrize(
    ("selector", "value", "where"),
    [
        (".target >> nth=1", "0.99", ("Y", 1)),
        ("#u-0-0", "0.05", ("X", 0)),
        ("#data td .value >> nth=1", "0.1", ("X", 1)),
    ],
)
def test_inputs_and_targets_are_edited_where_they_stand(
    start: StartWalk, selector: str, value: str, where: tuple[str, int]
) -> None:
    walk = start(LESSON)
    walk.press(selector)
    assert field(walk.page) == value
    walk.page.locator("#edited").fill("0.5")
    walk.press("#edit-set").click("forward")
    kind, column = where
    if kind == "X":
        assert walk.state()["forward"]["A"][0][0][column] == 0.5
    assert "0.5" in walk.text("#data")


def test_all_of_it_works_by_keyboard(start: StartWalk) -> None:
    walk = start(LESSON)
    page = walk.page
    page.locator('#net [tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.closest('[id]').id").startswith(("c-", "u-"))
    page.locator("#c-1-0-0").focus()
    for presses in (["Enter"], ["Tab"]):
        before = page.evaluate("window.answers")
        for key in presses:
            page.keyboard.press(key)
        if presses == ["Enter"]:
            walk.answered(before)
    page.get_by_role("button", name="target of o2: 0.99").focus()
    before = page.evaluate("window.answers")
    page.keyboard.press(" ")
    walk.answered(before)
    expect(page.locator(".edit label")).to_contain_text("target 2 of example 1")
    page.locator("#c-1-0-0").focus()
    before = page.evaluate("window.answers")
    page.keyboard.press("Enter")
    walk.answered(before)
    page.locator("#edited").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "edit-more"
    before = page.evaluate("window.answers")
    page.keyboard.press("Enter")
    walk.answered(before)
    assert weight(walk) == 0.16


def test_what_cannot_be_is_told_and_changes_nothing(start: StartWalk) -> None:
    walk = start(LESSON, statuses=(422,))
    walk.press("#row-w-1-0-0 button")
    walk.page.locator("#edited").fill("much")
    walk.press("#edit-set")
    assert "not a number" in walk.text("#message")
    assert weight(walk) == 0.15


def test_edits_and_undo_work_without_scripts(open_page: OpenPage, start: StartWalk) -> None:
    page = open_page(scripts=False)
    walk = Walk(page).start(LESSON)
    page.locator("#row-w-1-0-0 button").click()
    page.locator("#edit-more").click()
    assert field(page) == "0.16"
    page.locator('#edit [formaction$="/undo"]').click()
    assert page.locator("#edited").count() == 0
    assert weight(walk) == 0.15


def test_a_message_moves_nothing_is_seen_from_everywhere_and_is_spoken(start: StartWalk) -> None:
    walk = start(LESSON, statuses=(422,))
    walk.press("#row-w-1-0-0 button")
    walk.page.locator("#edited").fill("1e9")
    set_at = walk.spot("#edit-set")
    walk.press("#edit-set")
    assert walk.spot("#edit-set") == set_at
    assert "The value holds a number beyond 1,000,000" in walk.text("#status")
    message = walk.page.locator("#message .warning").bounding_box()
    assert message
    assert 0 <= message["y"] < message["y"] + message["height"] <= 900


def test_at_the_end_of_an_iteration_the_field_says_from_when_on_it_counts(start: StartWalk) -> None:
    walk = start(LESSON)
    walk.press("#row-w-1-0-0 button")
    assert walk.page.locator("#edit-hint").count() == 0
    walk.click("update").press("#row-w-1-0-0 button")
    assert walk.text("#edit-hint") == "Counts from iteration 2 on."


@pytest.mark.parametrize("value", ["#row-w-1-0-0 button", "#data td .value >> nth=0"])
def test_from_a_table_the_focus_goes_to_the_field_and_it_is_seen(start: StartWalk, value: str) -> None:
    walk = start(LESSON)
    for _ in range(2):  # as well where it is open already
        walk.press(value)
        assert walk.page.evaluate("document.activeElement.id") == "edited"
        assert walk.page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        walk.page.locator("#below-go-on").focus()
