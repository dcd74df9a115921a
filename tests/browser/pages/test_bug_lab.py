"""A learner finds mistakes in the bug lab: by clicking, by keyboard alone, and without JavaScript."""

from playwright.sync_api import Page, expect

from app.engine.equations.mistakes import MISTAKES
from app.sessions.bug_lab import case_of, study_of
from tests.browser.conftest import OpenPage
from tests.browser.driver.walk import Walk


def begin(page: Page, level: int, seed: int) -> Walk:
    """By the link that fixes the case, as it is shared."""
    page.goto(f"/bug-lab?level={level}&seed={seed}")
    page.get_by_role("button", name="Start this case").click()
    page.wait_for_url("**/sessions/*")
    return Walk(page)


def mark(page: Page, level: int, seed: int) -> None:
    """Fill in the accusation that holds."""
    setup = case_of(level, seed).setup
    if level != 1:
        page.locator("#accuse [name=layer]").select_option(label=f"layer {study_of(setup).layer}")
    for field, name in zip(("mistake", "second_mistake"), setup.mistakes, strict=False):
        page.locator(f"#accuse [name={field}]").select_option(label=MISTAKES[name].title)


def test_drawing_equation_and_case_stand_side_by_side_so_that_a_step_shows_something(page: Page) -> None:
    walk = begin(page, 2, 5)
    for name in ("network", "equation", "bug-lab", "checks"):
        box = page.locator(f"#{name}").bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 900, name
    walk.press("backward")
    chosen = page.locator("#spend select").input_value()
    page.locator("#net [data-ref=w-1-0-0] .reach").first.dispatch_event("click")
    page.wait_for_selector("#of-dW-1-0-0")
    assert chosen != "dW-1-0-0"
    walk.press("#check-it")
    expect(page.locator(".spent tbody tr").first).to_have_attribute("data-ref", "w-1-0-0")
    expect(page.locator("#check-it")).to_be_focused()


def test_a_case_of_level_1_is_solved_by_clicking_and_its_run_put_right(page: Page) -> None:
    walk = begin(page, 1, 3)
    expect(page.locator("#bug-lab")).to_contain_text("first go wrong in layer")
    walk.press("backward")
    expect(page.locator("#equation")).to_contain_text("The rule of the textbook, in symbols")
    walk.press("#check-it")
    expect(page.locator("#bug-lab .score")).to_have_text("score 96")
    mark(page, 1, 3)
    walk.press("#accuse button")
    expect(page.locator("#bug-lab .solved")).to_contain_text("Solved.")
    assert page.locator("#equation #code").count() == 1
    walk.press("#bug-lab [action$=apply-rule] button")
    expect(page.locator("#bug-lab .facts li")).to_have_count(3)
    assert page.locator("#bug-lab path.curve:visible").count() == 2
    page.goto("/bug-lab?level=1&seed=3")
    expect(page.locator(".ready")).to_contain_text("Solved, 96 points.")


def test_a_case_of_level_3_is_solved_by_clicking_after_a_wrong_accusation(page: Page) -> None:
    walk = begin(page, 3, 2)
    setup = case_of(3, 2).setup
    mark(page, 3, 2)
    layers = [l for l in range(1, len(setup.sizes)) if l != study_of(setup).layer]
    page.locator("#accuse [name=layer]").select_option(label=f"layer {layers[0]}")
    walk.press("#accuse button")
    expect(page.locator("#bug-lab .wrong li")).to_have_count(1)
    expect(page.locator("#bug-lab .wrong li")).to_contain_text("in iteration 1")
    expect(page.locator("#bug-lab .score")).to_have_text("score 85")
    page.locator("#accuse [name=layer]").select_option(label=f"layer {study_of(setup).layer}")
    walk.press("#accuse button")
    expect(page.locator("#bug-lab .solved")).to_contain_text("one wrong accusation")


def test_what_is_marked_stays_marked_while_the_walk_goes_on(page: Page) -> None:
    walk = begin(page, 3, 2)
    mark(page, 3, 2)
    for verb in ("step", "backward", "update", "step"):
        walk.press(verb)
    chosen = [page.locator(f"#accuse [name={field}]").input_value() for field in ("mistake", "second_mistake")]
    assert chosen == list(case_of(3, 2).setup.mistakes)


def test_a_case_is_solved_by_keyboard_alone(page: Page) -> None:
    walk = begin(page, 1, 3)
    setup = case_of(1, 3).setup
    page.locator("#accuse [name=mistake]").focus()
    page.keyboard.type(MISTAKES[setup.mistakes[0]].title)
    page.keyboard.press("Tab")
    before = page.evaluate("window.answers")
    page.keyboard.press("Enter")
    walk.answered(before)
    expect(page.locator("#bug-lab .solved")).to_contain_text("Solved.")


def test_a_case_is_solved_without_javascript(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    begin(page, 2, 5)
    with page.expect_navigation():
        page.locator("#check-it").click()
    expect(page.locator("#bug-lab .score")).to_have_text("score 96")
    mark(page, 2, 5)
    with page.expect_navigation():
        page.locator("#accuse button").click()
    expect(page.locator("#bug-lab .solved")).to_contain_text("Solved.")
    with page.expect_navigation():
        page.get_by_role("button", name="Apply the right rule").click()
    expect(page.locator("#bug-lab .facts li")).to_have_count(3)
    with page.expect_navigation():
        page.get_by_role("button", name="Next case").click()
    expect(page.locator("#bug-lab")).to_contain_text("Level 2, case")
    page.goto("/bug-lab")
    expect(page.locator(".lab")).to_contain_text("One case solved in this browser, with 96 points")
