"""The page that trains: by mouse, by keyboard and without scripts; its curve grows while it runs."""

from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.driver.walk import Walk, told_by
from tests.web.pages.test_training import RUNAWAY

MOONS = {
    "sizes": [2, 4, 1],
    "data": {"dataset": "moons", "examples": 60, "test_share": 0.25},
    "optimizer": {"kind": "adam", "learning_rate": 0.02},
    "batch_size": 5,
}
LONG = {  # 1,111 epochs take many requests
    "sizes": [2, 32, 32, 32, 1],
    "data": {"dataset": "moons", "examples": 1000},
    "batch_size": None,
}
MADE = "() => parseInt(document.querySelector('#training .hint').textContent.replace(',', ''))"
CURVE = "#curves .curve.first"


def training(page: Page, given: object = MOONS) -> str:
    """The page of a new network, and the address of its state."""
    walk = Walk(page).start_with(given)  # type: ignore[arg-type]
    state = f"/api{page.url[page.url.index('/sessions') :]}"
    page.goto(f"{page.url}/pictures")
    assert walk.page is page
    return state


def told(page: Page, text: str) -> None:
    """Wait until the panel tells it, to those who see it."""
    page.locator("#training .hint", has_text=text).wait_for()


def updates(page: Page, state: str) -> int:
    told = told_by(page, state)
    return int(told["iteration"] + (told["cursor"] == told["equations"]))


def test_a_run_is_watched_paused_gone_on_with_and_stopped(open_page: OpenPage) -> None:
    page = open_page()
    state = training(page)
    before = page.locator(CURVE).first.get_attribute("d")
    page.locator("#until").click()
    page.wait_for_selector("progress")
    page.wait_for_function("before => document.querySelector('#curves .curve.first').getAttribute('d') !== before",
                           arg=before)  # fmt: skip
    page.locator("#go").click()
    page.get_by_role("button", name="Go on").wait_for()
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    paused = updates(page, state)
    assert paused > 0
    page.wait_for_timeout(900)
    assert updates(page, state) == paused
    assert page.evaluate("document.activeElement.id") == "go"
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.locator("#stop").click()
    page.get_by_role("button", name="Train", exact=True).wait_for()
    assert updates(page, state) > paused


def test_a_run_comes_to_its_end_leads_back_by_its_pictures_and_by_undo(open_page: OpenPage) -> None:
    page = open_page()
    state = training(page)
    page.locator("#count").fill("20")
    page.locator("#go").click()
    told(page, "180 updates made")
    assert updates(page, state) == 20 * 9
    now = page.locator("#picture .bands").inner_html()
    page.locator("#epoch").focus()
    for key in ("Home", "ArrowRight"):
        page.keyboard.press(key)
    page.locator("output", has_text="1 of 20").wait_for()
    assert page.locator("#picture .bands").inner_html() != now
    assert page.evaluate("document.activeElement.id") == "epoch"
    assert page.locator("#loss-curve-at").get_attribute("d")
    page.get_by_role("button", name="Walk on from here").click()
    page.wait_for_selector("#stage")
    assert updates(page, state) == 9
    page.goto(f"{page.url}/pictures")
    page.get_by_role("button", name="Undo the way back").click()
    told(page, "180 updates made")
    page.locator("#undo").click()
    told(page, "Nothing is trained yet")
    assert updates(page, state) == 0


def test_a_lost_connection_goes_on_a_hidden_page_rests_and_settings_change_meanwhile(open_page: OpenPage) -> None:
    page = open_page(statuses=(503,))
    state = training(page)
    lost = iter(range(1))
    page.route("**/run/on", lambda route: route.fulfill(status=503) if next(lost, None) == 0 else route.continue_())
    made = "parseInt(document.querySelector('#training .hint').textContent.replaceAll(',', ''))"
    with page.expect_response(lambda answer: answer.status == 503):
        page.locator("#until").click()
    page.wait_for_function(f"(before) => {made} > before", arg=page.evaluate(made))
    page.locator("#training summary").click()
    page.get_by_label("beta 1").fill("0.5")
    page.keyboard.press("Enter")
    told(page, "Beta 1 is 0.5 from iteration")
    assert page.get_by_role("button", name="Pause").is_visible()
    assert told_by(page, state)["setup"]["optimizer"]["beta1"] == 0.5
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { get: () => window.away, configurable: true });
      window.away = true;
    }""")
    page.wait_for_timeout(500)  # what was under way comes to its end
    resting = updates(page, state)
    page.wait_for_timeout(300)
    assert updates(page, state) == resting
    page.evaluate("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }")
    page.wait_for_function(f"() => ({MADE})() > {resting}")
    page.locator("#stop").click()
    page.get_by_role("button", name="Train", exact=True).wait_for()


def test_it_is_trained_by_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    state = training(page)
    page.locator("#count").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    told(page, "27 updates made")
    assert updates(page, state) == 27


def test_the_picture_that_was_chosen_follows_the_training(open_page: OpenPage) -> None:
    page = open_page()
    training(page)
    page.get_by_role("link", name="Activations").click()
    page.locator("#picture h2", has_text="").first.wait_for()
    page.locator('#shown[value="activations"]').wait_for(state="attached")
    before = page.locator("#picture").inner_html()
    page.locator("#count").fill("30")
    page.locator("#go").click()
    told(page, "270 updates made")
    assert page.locator("#shown").get_attribute("value") == "activations"
    assert page.locator("#picture").inner_html() != before


def test_a_run_that_leaves_the_finite_numbers_says_where_and_stands_before(open_page: OpenPage) -> None:
    page = open_page(statuses=(409,))
    state = training(page, RUNAWAY)
    page.locator("#count").fill("2000")
    page.locator("#go").click()
    page.locator("#training .warning", has_text="just before").wait_for()
    assert updates(page, state) > 0
    assert page.locator("#undo").is_visible()
    page.locator("#calmer", has_text=": 6").click()
    told(page, "Nothing is trained yet")
    assert page.locator("#training summary").inner_text() == "η = 6"


def test_it_trains_without_scripts(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    state = training(page)
    page.locator("#count").fill("10")
    page.locator("#go").click()
    assert "90 updates made" in page.locator("#training").inner_text()
    page.locator("#undo").click()
    assert updates(page, state) == 0


def test_the_focus_stays_in_the_panel_and_what_was_asked_stands_in_its_form(open_page: OpenPage) -> None:
    page = open_page()
    training(page, LONG)
    page.locator("#count").fill("1111")
    page.locator("#count").press("Enter")
    for name in ("Pause", "Train"):
        button = page.get_by_role("button", name=name, exact=True)
        button.wait_for()
        page.wait_for_function("() => document.activeElement.id === 'go'")
        if name == "Pause":
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")  # Stop
    assert page.locator("#count").input_value() == "1111"
    page.locator("#undo").focus()
    page.keyboard.press("Enter")
    page.locator("#undo").wait_for(state="detached")
    page.wait_for_function("() => document.activeElement.id === 'go'")
