"""My walks, with and without scripts, by mouse and by keyboard: each thing that cannot be undone is asked once more."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver.places import begun, looked_at, my_walks, shared


def more(page: Page, walk: str, what: str) -> None:
    """Choose what to do with a walk of the list."""
    card = page.locator(".walk", has_text=walk)
    card.locator("summary").click()
    card.get_by_role("link", name=what).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_walk_is_found_again_gone_on_with_named_copied_and_deleted(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts, statuses=(404,))
    first, second = begun(page), begun(page, "Hours of study")
    page.get_by_role("link", name="My walks").click()
    expect(page.locator(".walk h2")).to_have_text(["Hours of study", "Two outputs, two paths"])
    page.get_by_role("link", name="Continue: Two outputs").click()
    page.wait_for_url(first)
    page.goto("/walks")
    more(page, "Hours of study", "Rename")
    page.get_by_label("Name").fill("For Tuesday")
    page.get_by_role("button", name="Keep this name").click()
    page.locator(".walk", has_text="For Tuesday").locator("summary").click()
    page.get_by_role("button", name="Duplicate").locator("visible=true").click()
    names = ["For Tuesday (copy)", "For Tuesday", "Two outputs, two paths"]
    expect(page.locator(".walk h2")).to_have_text(names)
    more(page, "(copy)", "Delete")
    expect(page.locator("h1")).to_have_text("Delete this walk?")
    page.get_by_role("link", name="Keep it as it is").click()
    expect(page.locator(".walk")).to_have_count(3)
    more(page, "(copy)", "Delete")
    page.get_by_role("button", name="Delete the walk").click()
    more(page, "For Tuesday", "Delete")
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


CHANGES = """() => [...document.querySelectorAll("button, input[type=submit]")].filter((button) => {
  const leads = button.getAttribute("formaction") ?? button.form?.getAttribute("action") ?? "";
  const sent = (button.form?.method ?? "get") === "post" && /\\/sessions\\/./.test(leads);
  return sent && !button.matches(":disabled") && button.checkVisibility();
}).map((button) => button.outerHTML)"""


@pytest.mark.parametrize("scripts", [True, False])
def test_whoever_may_look_is_told_so_and_has_no_button_that_changes_the_walk(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page(scripts=scripts, statuses=(403,))
    looked_at(page)
    address = page.url
    expect(page.locator(".framed")).to_contain_text("this address shows it and changes nothing in it")
    for path in ("", "/compare", "/pictures", "/take-away", "/paths?of=w-1-0-0"):
        page.goto(address + path)
        assert page.evaluate(CHANGES) == [], path
    expect(page.locator("#timeline button").first).to_be_visible()
    if scripts:
        before = page.locator("#stage").inner_text()
        page.keyboard.press("s")
        expect(page.locator("#toast")).to_contain_text("This address shows the walk and changes nothing in it.")
        assert page.locator("#stage").inner_text() == before


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
    for key in ("Tab", "Enter", "Tab", "Tab", "Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("h1")).to_have_text("Delete this walk?")
    page.get_by_role("button", name="Delete the walk").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".walk")).to_have_count(2)
