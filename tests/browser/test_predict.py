"""Predict, then reveal, as a learner does it: by pointer, by keyboard, while it plays, without scripts."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, StartWalk
from tests.browser.test_accessibility import findings_in_either_theme
from tests.browser.walk import Walk

MARKS = ("#controls .step", "#timeline", "#net")


def begin(page: Page, lesson: str = "Two outputs, two paths") -> Walk:
    """A lesson, begun on the page: it asks."""
    page.goto("/")
    page.get_by_role("button", name=f"Start walking: {lesson}").click()
    page.wait_for_url("**/sessions/*")
    return Walk(page)


def choose(walk: Walk, sign: str) -> Walk:
    walk.page.click(f"label[for=sign-{sign}]")
    return walk.press("#answer")


def type_in(walk: Walk, guess: str) -> Walk:
    walk.page.fill("#guess", guess)
    return walk.press("#answer")


def boxes(page: Page) -> list[object]:
    return [page.locator(mark).bounding_box() for mark in MARKS]


def test_a_right_answer_is_told_with_what_decides_its_sign_and_nothing_jumps(page: Page) -> None:
    walk = begin(page).press("forward")
    before = boxes(page)
    walk.press("backward")
    expect(page.locator("#predict legend")).to_have_text("Is the error signal of output 2 positive, negative or zero?")
    assert boxes(page) == before
    choose(walk, "negative")
    assert boxes(page) == before
    type_in(walk, "-0,0396")
    assert boxes(page) == before
    expect(page.locator("#predict .outcome.right")).to_have_count(2)
    expect(page.locator("#predict")).to_contain_text("one negative factor, so negative")
    expect(page.locator("#predict")).to_contain_text("1 of 4 answered, 1 right.")
    expect(page.locator("#status")).to_contain_text("Right. You said negative.")
    expect(page.locator("#equation h2")).to_contain_text("Error signal")
    walk.press("#go-on")
    expect(page.locator("#predict")).to_be_empty()


def test_the_notebooks_own_number_is_named_for_its_mistake(page: Page) -> None:
    walk = begin(page)
    for _ in range(2):
        walk.press("backward").press("#skip")
    walk.press("backward")
    choose(walk, "positive")
    type_in(walk, "0.00847")
    told = page.locator("#predict")
    expect(told).to_contain_text("0.00847 is what you get with a row of W where the chain rule takes a column.")
    expect(told).to_contain_text("The answer is 0.00895.")
    page.reload()
    expect(told).to_contain_text("The notebook finds 0.00847 for the same reason.")


def test_no_click_passes_the_question(open_page: OpenPage) -> None:
    page = open_page(statuses=(422,))
    walk = begin(page).press("backward")
    place = walk.place
    for verb in ("step", "update", "play", "train"):
        walk.press(verb)
        expect(page.locator("#reply")).to_have_text("A question is open. Answer the question, or skip it.")
        assert walk.place == place
    expect(page.locator("#message")).to_be_empty()
    walk.press("back")
    assert walk.place == (place[0], place[1] - 1)
    walk.press("step")
    assert walk.place == place
    walk.press("#skip")
    assert walk.place == (place[0], place[1] + 1)


def test_all_of_it_can_be_done_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(statuses=(422,))
    walk = begin(page)
    walk.page.locator("#controls [formaction$='/backward']").focus()

    def press(key: str) -> None:
        before = page.evaluate("window.answers")
        page.keyboard.press(key)
        walk.answered(before)

    press("Enter")
    expect(page.locator("#sign-positive")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#sign-negative")).to_be_checked()
    press("Enter")
    expect(page.locator("#guess")).to_be_focused()
    place = walk.place
    page.keyboard.type("about a half")
    press("Enter")
    expect(page.locator("#reply")).to_contain_text("This is not a number.")
    assert walk.place == place
    page.locator("#guess").fill("")
    page.locator("#guess").focus()
    page.keyboard.type("-1/25")
    press("Enter")
    expect(page.locator("#go-on")).to_be_focused()
    expect(page.locator("#predict")).to_contain_text("You said -1/25. The answer is −0.03964.")
    assert walk.place == (place[0], place[1] + 1)
    press("Enter")
    expect(page.locator("#predict")).to_be_empty()


def test_play_stops_at_the_question_and_a_reload_keeps_it(page: Page) -> None:
    walk = begin(page)
    walk.page.select_option("[name=speed]", "500")
    walk.press("backward").press("back").press("back").press("play")
    expect(page.locator("#predict legend")).to_contain_text("output 2")
    expect(page.locator("#play")).to_contain_text("Play")
    expect(page.locator("#ticker")).to_be_empty()
    place = walk.place
    page.reload()
    expect(page.locator("#predict legend")).to_contain_text("output 2")
    assert walk.place == place


def test_the_switch_turns_it_off_and_on(page: Page) -> None:
    walk = begin(page).press("backward")
    before = page.evaluate("window.answers")
    page.select_option("#asking", "0")
    walk.answered(before)
    expect(page.locator("#predict")).to_be_empty()
    walk.press("backward")
    assert walk.state()["phase"] == "backward"
    before = page.evaluate("window.answers")
    page.select_option("#asking", "always")
    walk.answered(before)
    walk.press("update").press("update")
    expect(page.locator("#predict legend")).to_contain_text("output 1")


def test_without_scripts_the_same_forms_do_it(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    begin(page)
    page.click("#controls [formaction$='/backward']")
    page.click("label[for=sign-negative]")
    page.click("#answer")
    page.fill("#guess", "-0.0396")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions/*")
    expect(page.locator("#predict .outcome.right")).to_have_count(2)
    page.click("#go-on")
    expect(page.locator("#predict")).to_be_empty()
    page.select_option("#asking", "0")
    page.click(".asking button")
    expect(page.locator("#asking")).to_have_value("0")


def test_the_panel_fits_and_axe_finds_nothing(open_page: OpenPage) -> None:
    page = open_page(still=True)
    walk = begin(page).press("backward")
    look(page)
    choose(walk, "negative")
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
