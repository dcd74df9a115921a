"""Predict, then reveal, as a learner does it: by pointer, by keyboard, while it plays, without scripts."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, StartWalk
from tests.browser.driver.walk import BUTTON, Walk
from tests.browser.test_accessibility import findings_in_either_theme

MARKS = ("#controls .step", "#timeline", "#net")


def begin(page: Page) -> Walk:
    """The notebook with two outputs, as published, in a walk that asks."""
    return Walk(page).start_with({"lesson": "two-outputs-two-paths", "asking": True})


def choose(walk: Walk, sign: str) -> Walk:
    return walk.press(f"#predict [value={sign}]")


def type_in(walk: Walk, guess: str) -> Walk:
    walk.page.fill("#guess", guess)
    return walk.press("#answer")


def at_number(page: Page) -> Walk:
    """Where a hidden unit's error signal is asked for."""
    return begin(page).go(18).press("step")


def boxes(page: Page) -> list[object]:
    return [page.locator(mark).bounding_box() for mark in MARKS]


def corner(page: Page, panel: str) -> tuple[float, float]:
    """Where a panel begins."""
    box = page.locator(panel).bounding_box()
    assert box, panel
    return box["x"], box["y"]


def test_one_click_answers_where_the_equation_will_stand_and_the_verdict_stays_until_the_next_step(page: Page) -> None:
    walk = begin(page).press("forward")
    before, place = boxes(page), corner(page, "#equation")
    walk.press("backward")
    asks = page.locator("#predict .asks")
    expect(asks).to_have_text("Is the error signal of output 2 positive, negative or zero?")
    expect(page.locator("#equation")).to_be_hidden()
    assert page.locator("#predict :checked, #predict [aria-pressed=true], #predict .primary").count() == 0
    assert (boxes(page), corner(page, "#predict")) == (before, place)
    choose(walk, "negative")
    assert (boxes(page), corner(page, "#predict")) == (before, place)
    expect(page.locator("#predict .outcome.right")).to_have_count(1)
    expect(page.locator("#predict")).to_contain_text("one negative factor, so negative")
    expect(page.locator("#status")).to_contain_text("Right. You said negative.")
    expect(page.locator("#equation h2")).to_contain_text("Error signal")
    walk.press("step")
    expect(page.locator("#predict")).to_be_empty()
    expect(asks).to_have_count(0)


def test_a_number_is_asked_with_its_rule_and_the_notebooks_own_is_named_for_its_mistake(page: Page) -> None:
    walk, told = at_number(page), page.locator("#predict")
    expect(told).to_contain_text("The slope of the sigmoid is a(1 − a); here a is 0.5963.")
    type_in(walk, "0.00964")
    expect(told).to_contain_text("0.00964 is what you get with a row of W where the chain rule takes a column.")
    expect(told).to_contain_text("The answer is 0.01129.")
    page.reload()
    expect(told).to_contain_text("for the same reason.")


def test_at_an_open_question_every_step_means_show_me(page: Page) -> None:
    for verb in ("step", "play", "update"):
        walk = begin(page).press("backward")
        iteration, cursor = walk.place
        walk.press(verb)
        assert walk.place == (iteration, cursor + 1)
        expect(page.locator("#predict .outcome.shown")).to_contain_text("The answer is negative.")
        expect(page.locator("#predict .reasons")).to_contain_text("one negative factor, so negative")
        expect(page.locator("#ticker")).to_be_empty()
        expect(page.locator("#message")).to_be_empty()


def test_all_of_it_can_be_done_by_keyboard_with_the_focus_on_step(open_page: OpenPage) -> None:
    page = open_page(statuses=(422,))
    walk = begin(page).press("backward")
    step = page.locator("#controls .step")
    step.focus()

    def press(key: str) -> None:
        before = page.evaluate("window.answers")
        page.keyboard.press(key)
        walk.answered(before)

    place = walk.place
    press("-")
    expect(page.locator("#predict .outcome.right")).to_have_count(1)
    expect(step).to_be_focused()
    assert walk.place == (place[0], place[1] + 1)
    walk.go(18).press("step")
    step.focus()
    page.keyboard.type("-1/25")
    expect(page.locator("#guess")).to_have_value("-1/25")
    page.locator("#guess").fill("about a half")
    press("Enter")
    expect(page.locator("#reply")).to_contain_text("This is not a number.")
    page.locator("#guess").fill("-1/25")
    press("Enter")
    expect(page.locator("#predict")).to_contain_text("You said -1/25. The answer is 0.01129.")
    expect(step).to_be_focused()
    press("Enter")
    expect(page.locator("#predict")).to_be_empty()


def test_play_stops_at_the_question_and_a_reload_keeps_it(page: Page) -> None:
    walk = begin(page)
    walk.press("backward").press("back").press("play")
    expect(page.locator("#predict .asks")).to_contain_text("output 2")
    expect(page.locator("#play")).to_contain_text("Play")
    expect(page.locator("#ticker")).to_be_empty()
    place = walk.place
    page.reload()
    expect(page.locator("#predict .asks")).to_contain_text("output 2")
    assert walk.place == place


def test_the_switch_turns_it_off_and_on(page: Page) -> None:
    walk = begin(page).press("backward")
    walk.ask("0")
    expect(page.locator("#predict")).to_be_empty()
    walk.press("backward")
    assert walk.state()["phase"] == "backward"
    walk.ask("always").press("update").press("update")
    expect(page.locator("#predict .asks")).to_contain_text("output 2")


def test_without_scripts_the_same_forms_do_it(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    begin(page)
    page.click(BUTTON["backward"])
    page.click("#predict [value=negative]")
    page.wait_for_url("**/sessions/*")
    expect(page.locator("#predict .outcome.right")).to_have_count(1)
    page.click("#controls .step")
    expect(page.locator("#predict")).to_be_empty()
    page.get_by_role("button", name="Settings").click()
    page.select_option("#asking", "0")
    page.click(".asking button")
    expect(page.locator("#asking")).to_have_value("0")


def test_the_panel_fits_and_axe_finds_nothing(open_page: OpenPage) -> None:
    page = open_page(still=True)
    choose(begin(page).press("backward"), "negative")
    look(page)
    walk = at_number(page)
    look(page)
    type_in(walk, "0.0396")
    look(page)


def look(page: Page) -> None:
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert findings_in_either_theme(page) == [], width


def test_what_a_lesson_begun_through_the_api_shows_is_a_walk_without_questions(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").press("backward")
    assert walk.state()["backward"] is not None
    expect(walk.page.locator("#predict")).to_be_empty()
