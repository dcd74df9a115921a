"""A walk is forked, and both are stepped and trained together, by mouse, by keyboard and without scripts."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver.walk import Walk

NETWORK = {"sizes": [2, 3, 1], "data": {"dataset": "xor", "examples": 12}, "optimizer": {"learning_rate": 0.3}}


def forked(page: Page, thing: str = "optimizer") -> None:
    """From a network of one's own to its fork with Adam."""
    Walk(page).start_with(NETWORK)
    Walk(page).go_on("Compare")
    page.locator(f"#fork-{thing}").select_option("adam")
    page.get_by_role("button", name=f"Fork: change the {thing}").click()
    page.wait_for_selector("#outcomes .plot")


def test_a_fork_is_trained_beside_its_walk_with_both_losses_in_one_chart(open_page: OpenPage) -> None:
    page = open_page()
    forked(page)
    assert [page.locator(f".side.{side} h3").inner_text() for side in ("left", "right")] == ["gradient descent", "Adam"]
    walk = Walk(page)
    page.locator("#both-iterations").fill("150")
    page.locator("#go").click()
    expect(page.locator(".where")).to_contain_text("iteration 150")
    assert page.url.endswith("/compare")
    assert page.locator("#outcomes .plot .curve").count() == 4  # losses and accuracies
    assert page.locator("#outcomes .seen .map").count() == 2
    assert page.locator(".compared td.other").count() > 5
    walk.press("#comparison .back").press("#comparison .step")
    assert "equation 39 of 39" in walk.text(".where")
    page.locator("#fork summary").click()
    page.locator("#fork-units").fill("6")
    page.locator("#fork-units + button").click()
    expect(page.locator(".became tbody tr")).to_have_count(3)
    assert "iteration 150" in walk.text(".where")
    walk.press('.became [formaction$="/beside"]')
    assert walk.text(".side.right h3") == "Adam"
    walk.press('.became tr:last-child [formaction$="/drop"]')
    expect(page.locator(".became tbody tr")).to_have_count(2)


def test_a_fork_is_made_and_stepped_by_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    Walk(page).start_with(NETWORK)
    page.goto(f"{page.url}/compare")
    page.locator("#fork-learning_rate").focus()
    page.keyboard.type("0.05")
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcomes .plot")
    page.locator("#comparison .step").focus()
    before = page.evaluate("window.answers")
    page.keyboard.press("Enter")
    Walk(page).answered(before)
    assert "equation 1 of 39" in page.locator(".where").inner_text()


def test_a_fork_works_without_scripts(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    forked(page)
    page.locator("#go").click()
    assert "iteration 100" in page.locator(".where").inner_text()
