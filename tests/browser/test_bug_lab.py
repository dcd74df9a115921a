"""A learner finds mistakes in the bug lab: by clicking, by keyboard alone, and without JavaScript."""

from playwright.sync_api import Page, expect

from app.engine.equations.mistakes import MISTAKES
from app.lessons.bug_lab import RULES
from app.sessions.bug_lab import case_of, study_of
from tests.browser.conftest import OpenPage
from tests.browser.walk import Walk


def begin(page: Page, level: int, seed: int) -> Walk:
    """By the link that fixes the case, as it is shared."""
    page.goto(f"/bug-lab?level={level}&seed={seed}")
    page.get_by_role("button", name="Start this case").click()
    page.wait_for_url("**/sessions/*")
    return Walk(page)


def mark(page: Page, level: int, seed: int) -> None:
    """Fill in the accusation that holds."""
    setup = case_of(level, seed).setup
    page.locator(".accuse summary").click()
    if level > 1:
        page.locator(".accuse select[name=layer]").select_option(label=f"layer {study_of(setup).layer}")
    for field, name in zip(("rule", "second_rule"), setup.mistakes, strict=False):
        page.locator(f".accuse select[name={field}]").select_option(label=RULES[MISTAKES[name].rule])
    for name in setup.mistakes:
        page.get_by_label(MISTAKES[name].title, exact=True).check()


def test_a_case_of_level_1_is_solved_by_clicking_and_its_run_put_right(page: Page) -> None:
    walk = begin(page, 1, 3)
    expect(page.locator("#bug-lab")).to_contain_text("first go wrong in layer")
    walk.press("backward")
    expect(page.locator("#equation")).to_contain_text("The rule of the textbook, in symbols")
    walk.press(".spend button")
    expect(page.locator("#bug-lab .score")).to_have_text("score 96")
    mark(page, 1, 3)
    walk.press(".accuse button")
    expect(page.locator("#bug-lab .solved")).to_contain_text("Solved.")
    assert page.locator("#equation #code").count() == 1
    walk.press("#bug-lab .btns button")
    expect(page.locator("#bug-lab .facts li")).to_have_count(3)
    assert page.locator("#bug-lab .curve").count() == 2


def test_a_case_of_level_3_is_solved_by_clicking_after_a_wrong_accusation(page: Page) -> None:
    walk = begin(page, 3, 2)
    setup = case_of(3, 2).setup
    mark(page, 3, 2)
    layers = [l for l in range(1, len(setup.sizes)) if l != study_of(setup).layer]
    page.locator(".accuse select[name=layer]").select_option(label=f"layer {layers[0]}")
    walk.press(".accuse button.primary")
    expect(page.locator("#bug-lab .wrong li")).to_have_count(1)
    expect(page.locator("#bug-lab .wrong li")).to_contain_text("in iteration 1")
    expect(page.locator("#bug-lab .score")).to_have_text("score 85")
    page.locator(".accuse select[name=layer]").select_option(label=f"layer {study_of(setup).layer}")
    walk.press(".accuse button.primary")
    expect(page.locator("#bug-lab .solved")).to_contain_text("one wrong accusation")


def test_what_is_marked_stays_marked_while_the_walk_goes_on(page: Page) -> None:
    walk = begin(page, 3, 2)
    mark(page, 3, 2)
    for verb in ("step", "backward", "update", "step"):
        walk.press(verb)
    assert page.locator(".accuse input:checked").count() == 2
    expect(page.locator(".accuse")).to_have_attribute("open", "")


def test_a_case_is_solved_by_keyboard_alone(page: Page) -> None:
    walk = begin(page, 1, 3)
    setup = case_of(1, 3).setup
    page.locator(".accuse summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(RULES[MISTAKES[setup.mistakes[0]].rule])
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(list(MISTAKES).index(setup.mistakes[0])):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    before = page.evaluate("window.answers")
    page.keyboard.press("Enter")
    walk.answered(before)
    expect(page.locator("#bug-lab .solved")).to_contain_text("Solved.")


def test_a_case_is_solved_without_javascript(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    begin(page, 2, 5)
    with page.expect_navigation():
        page.locator(".spend button").click()
    expect(page.locator("#bug-lab .score")).to_have_text("score 96")
    mark(page, 2, 5)
    with page.expect_navigation():
        page.locator(".accuse button.primary").click()
    expect(page.locator("#bug-lab .solved")).to_contain_text("Solved.")
    with page.expect_navigation():
        page.locator("#bug-lab .btns button").click()
    expect(page.locator("#bug-lab .facts li")).to_have_count(3)
