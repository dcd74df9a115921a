"""Theme, digits and motion: as the system has them at first, then as the reader chose, over reloads."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, StartWalk
from tests.browser.driver.walk import Walk

LIGHT, DARK = "rgb(251, 250, 247)", "rgb(20, 22, 27)"


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def choose(page: Page, name: str, value: str) -> None:
    page.get_by_role("button", name="Settings").click()
    with page.expect_navigation():
        page.select_option(f"#preferences [name={name}]", value)


@pytest.mark.parametrize(("dark", "colour"), [(False, LIGHT), (True, DARK)])
def test_the_theme_follows_the_system_at_first(open_page: OpenPage, dark: bool, colour: str) -> None:
    page = open_page(dark=dark, still=True)
    page.goto("/")
    assert ground(page) == colour
    page.emulate_media(color_scheme="light" if dark else "dark")
    assert ground(page) == ({LIGHT, DARK} - {colour}).pop()


@pytest.mark.parametrize(("dark", "theme", "colour"), [(False, "dark", DARK), (True, "light", LIGHT)])
def test_a_chosen_theme_wins_and_is_remembered(open_page: OpenPage, dark: bool, theme: str, colour: str) -> None:
    page = open_page(dark=dark, still=True)
    page.goto("/")
    choose(page, "theme", theme)
    assert ground(page) == colour
    for path in ("/lessons/hours-of-study", "/docs"):
        page.goto(path)
        assert ground(page) == colour
    choose(page, "theme", "")
    page.reload()
    assert ground(page) == ({LIGHT, DARK} - {colour}).pop()


@pytest.mark.parametrize("digits", [2, 4, 8])
def test_the_number_of_digits_is_remembered_and_holds_in_swaps(start: StartWalk, digits: int) -> None:
    walk = start("two-outputs-two-paths")
    choose(walk.page, "digits", str(digits))
    walk.page.reload()
    walk.click("forward").click("step")
    loss = walk.text("#loss b")
    assert re.fullmatch(rf"0\.\d{{{max(2, digits - 1)},{digits}}}", loss), loss


def test_digits_chosen_in_the_middle_of_a_walk_keep_the_place(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("backward")
    place, url = walk.place, walk.page.url
    choose(walk.page, "digits", "3")
    assert (walk.page.url, walk.place) == (url, place)
    walk.page.go_back()
    walk.page.reload()
    assert walk.page.locator("[name=digits]").input_value() == "3"


def test_preferences_are_one_readers_own(start: StartWalk, open_page: OpenPage) -> None:
    walk = start("two-outputs-two-paths")
    choose(walk.page, "theme", "dark")
    other = open_page(still=True)
    other.goto(walk.page.url)
    assert ground(other) == LIGHT
    expect(Walk(other).page.locator("html")).not_to_have_attribute("data-theme", "dark")
