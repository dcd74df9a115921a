"""My walks, with and without scripts, by mouse and by keyboard: each thing that cannot be undone is asked once more."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.places import begun, looked_at, my_walks, shared


def more(page: Page, walk: str, what: str) -> None:
    """Choose what to do with a walk of the list."""
    card = page.locator(".walk", has_text=walk)
    card.locator("summary").click()
    card.get_by_role("link", name=what).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_walk_is_found_again_gone_on_with_and_deleted(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts, statuses=(404,))
    first, second = begun(page), begun(page, "Hours of study")
    page.get_by_role("link", name="My walks").click()
    expect(page.locator(".walk h2")).to_have_text(["Hours of study", "Two outputs, two paths"])
    page.get_by_role("link", name="Continue: Two outputs").click()
    page.wait_for_url(first)
    page.goto("/walks")
    more(page, "Hours of study", "Delete")
    expect(page.locator("h1")).to_have_text("Delete this walk?")
    page.get_by_role("link", name="Keep it as it is").click()
    expect(page.locator(".walk")).to_have_count(2)
    more(page, "Hours of study", "Delete")
    page.get_by_role("button", name="Delete the walk").click()
    expect(page.locator(".walk h2")).to_have_text(["Two outputs, two paths"])
    page.goto(second)
    expect(page.locator("main")).to_contain_text("it was deleted")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_revoked_address_leads_nowhere_and_the_list_to_the_new_one(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts, statuses=(404,))
    old = begun(page)
    page.goto("/walks")
    more(page, "Two outputs", "Revoke its address")
    page.get_by_role("button", name="Revoke the address").click()
    page.get_by_role("link", name="Continue: Two outputs").click()
    page.wait_for_url("**/sessions/*")
    assert page.url != old
    expect(page.locator("h1")).to_have_text("Two outputs, two paths")
    page.goto(old)
    expect(page.locator("main")).to_contain_text("has another address now")


def test_whoever_may_look_is_told_and_a_click_moves_nothing(open_page: OpenPage) -> None:
    page = open_page(statuses=(403,))
    looked_at(page)
    expect(page.locator(".framed")).to_contain_text("this address shows it and changes nothing in it")
    before = page.locator("#stage").inner_text()
    page.locator("#controls .step").click()
    expect(page.locator("#toast")).to_contain_text("This address shows the walk and changes nothing in it.")
    assert page.locator("#stage").inner_text() == before


def test_without_scripts_a_click_of_whoever_may_look_is_answered_by_a_page(open_page: OpenPage) -> None:
    page = open_page(scripts=False, statuses=(403,))
    looked_at(page)
    with page.expect_navigation():
        page.locator("#controls .step").click(force=True)
    expect(page.locator("main")).to_contain_text("This address shows the walk and changes nothing in it.")


def test_sharing_is_stopped_where_it_was_begun(open_page: OpenPage) -> None:
    page = open_page(scripts=False, statuses=(404,))
    link = shared(page)
    page.get_by_role("button", name="Stop sharing").click()
    expect(page.get_by_role("button", name="Share to look at")).to_be_visible()
    page.goto(link)
    expect(page.locator("h1")).to_have_text("This walk is no longer here")


def test_the_keyboard_alone_deletes_a_walk(page: Page) -> None:
    my_walks(page)
    page.locator(".walk", has_text="Others can look at it.").locator("summary").click()  # folded again
    page.get_by_role("link", name="Continue: Hours of study").focus()
    for key in ("Tab", "Enter", "Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("h1")).to_have_text("Delete this walk?")
    page.get_by_role("button", name="Delete the walk").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".walk")).to_have_count(2)
