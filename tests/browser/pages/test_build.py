"""Building as a learner does it: the drawing follows what is typed, focus stays, the impossible is one click away from
the possible; by keyboard, without JavaScript, on a phone.
"""

from typing import cast

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver.walk import Walk
from tests.browser.test_accessibility import findings_in_either_theme
from tests.web.own_files import OWN_FILES

STRANGERS = """() => [...document.querySelectorAll(".sketch, .sketch *")]
  .filter((mark) => mark.namespaceURI !== "http://www.w3.org/2000/svg").length"""
SMALL = """() => [...document.querySelectorAll(
    "#build :is(button, select, input[inputmode], input[type=file], .seg label, .uses label, .fold > label), " +
    ".points :is(button, .button)")]
  .filter((target) => { const box = target.getBoundingClientRect(); return box.width && box.height < 43.9; })
  .map((target) => target.outerHTML)"""
OUTSIDE = """() => [...document.querySelectorAll("#build .card")].flatMap((card) => {
    const edge = card.getBoundingClientRect().right + 0.5;
    return [...card.querySelectorAll("button, select, input, textarea, p")]
      .filter((part) => !part.closest(".scroll") && part.getBoundingClientRect().right > edge)
      .map((part) => part.outerHTML);
  })"""
CLASSES = "width,height,kind\n1,2,a\n2,1,b\n3,3,a\n4,1,b\n5,2,c\n6,6,c\n"


@pytest.fixture
def build(page: Page) -> Page:
    page.goto("/build")
    return page


def focus(page: Page) -> str:
    return cast(str, page.evaluate("document.activeElement.id"))


def says(page: Page, text: str) -> None:
    """What the one status region says."""
    expect(page.locator("#build-status")).to_contain_text(text)


def unfold(page: Page, group: str) -> None:
    page.locator(f"label[for=build-{group}-more]").click()


def start(page: Page) -> None:
    page.locator("#build button.primary").click()
    page.wait_for_url("**/sessions/*")


def test_the_drawing_follows_what_is_typed_and_the_caret_stays(build: Page) -> None:
    units = build.locator("#f-units-1")
    units.click()
    build.keyboard.press("End")
    build.keyboard.type("3")  # 23
    says(build, "2 inputs, 23 tanh units")
    expect(build.locator(".sketch circle")).to_have_count(2 + 8 + 1)
    build.keyboard.press("Home")
    build.keyboard.press("Delete")
    says(build, "2 inputs, 3 tanh units, 1 sigmoid output: 13 parameters")
    assert focus(build) == "f-units-1"
    assert units.evaluate("field => field.selectionStart") == 0
    expect(build.locator(".sketch circle")).to_have_count(6)
    assert build.evaluate(STRANGERS) == 0


def test_layers_come_and_go_with_the_drawing(build: Page) -> None:
    for hidden in range(2, 6):
        build.locator("#add-layer").click()
        expect(build.locator(".layers li")).to_have_count(hidden + 2)
        assert build.evaluate(STRANGERS) == 0
        assert focus(build) == "add-layer"
    expect(build.locator("#add-layer")).to_have_attribute("aria-disabled", "true")
    build.locator("#f-units-2").fill("7")
    build.get_by_role("button", name="Remove layer 1").click()
    expect(build.locator(".layers li")).to_have_count(6)
    assert build.locator("#f-units-1").input_value() == "7"
    assert focus(build) == "add-layer"


def test_what_is_typed_right_before_a_click_is_not_lost(build: Page) -> None:
    build.locator("#f-units-1").fill("5")
    build.locator("#add-layer").click()
    says(build, "2 inputs, 5 tanh units, 3 tanh units")
    build.wait_for_timeout(500)  # longer than the pause after which typing counts
    says(build, "2 inputs, 5 tanh units, 3 tanh units")


def test_settings_follow_the_optimizer(build: Page) -> None:
    expect(build.locator("#f-optimizer-kind")).not_to_be_visible()
    unfold(build, "method")
    build.select_option("#f-optimizer-kind", "adam")
    expect(build.locator("#f-optimizer-beta2")).to_have_value("0.999")
    build.select_option("#f-optimizer-kind", "momentum")
    expect(build.locator("#f-optimizer-momentum")).to_have_value("0.9")
    expect(build.locator("#f-optimizer-beta2")).to_have_count(0)
    assert build.evaluate(STRANGERS) == 0


def test_an_impossible_pairing_is_mended_by_keyboard_and_the_walk_starts(build: Page) -> None:
    build.locator("#f-activation-1").focus()
    build.keyboard.press("End")  # the last of the list: softmax
    offer = build.get_by_role("button", name="Use tanh in this layer")
    expect(offer).to_be_visible()
    says(build, "Softmax stands in a hidden layer")
    build.keyboard.press("Tab")
    expect(offer).to_be_focused()
    build.keyboard.press("Enter")
    expect(build.locator("#f-activation-1")).to_have_value("tanh")
    expect(build.locator("#f-activation-1")).to_be_focused()
    build.locator("#build button.primary").press("Enter")
    build.wait_for_url("**/sessions/*")
    expect(build.locator("#headline h1")).to_have_text("A network of your own")


def test_a_button_fills_fields_in_which_everything_was_chosen_before(build: Page) -> None:
    chosen = build.locator("#f-activation-1")
    for name, spoken in (("relu", "ReLU"), ("tanh", "tanh"), ("softmax", "Softmax stands in a hidden layer")):
        chosen.select_option(name)
        says(build, spoken)
    build.get_by_role("button", name="Use tanh in this layer").click()
    says(build, "2 tanh units")
    expect(chosen).to_have_value("tanh")
    expect(chosen).to_be_focused()
    assert build.evaluate(STRANGERS) == 0


def test_the_noise_follows_the_data_set_until_one_is_typed(build: Page) -> None:
    noise, dataset = build.locator("#f-data-noise"), build.locator("#f-data-dataset")
    dataset.select_option("moons")
    expect(noise).to_have_value("0.1")
    dataset.select_option("iris")
    expect(noise).to_have_value("0")
    expect(dataset).to_be_focused()
    dataset.select_option("moons")
    expect(noise).to_have_value("0.1")
    noise.fill("0.2")
    noise.press("Tab")
    dataset.select_option("iris")
    expect(build.locator("#f-units-1")).to_have_value("6")
    expect(noise).to_have_value("0.2")


def test_enter_in_a_field_looks_at_the_form_and_starts_nothing(build: Page) -> None:
    build.locator("#f-units-1").fill("4")
    build.keyboard.press("Enter")
    says(build, "4 tanh units")
    assert build.url.endswith("/build")
    assert focus(build) == "f-units-1"


def test_a_refused_walk_leads_to_its_field(open_page: OpenPage) -> None:
    page = open_page(statuses=(422,))
    page.goto("/build")
    page.locator("#f-optimizer-learning_rate").fill("1000")
    with page.expect_navigation():
        page.locator("#build button.primary").click()
    expect(page.locator("#build-found")).to_be_focused()
    page.get_by_role("link", name="Learning rate").click()
    assert focus(page) == "f-optimizer-learning_rate"
    expect(page.locator("#f-optimizer-learning_rate")).to_have_value("1000")


def test_a_pasted_table_is_shown_and_walked(build: Page) -> None:
    build.locator("label[for=f-source-table]").click()
    build.locator("#f-table").fill(CLASSES)
    expect(build.locator("#build-table tbody td").first).to_have_text("1")
    says(build, "2 inputs, 6 tanh units, 3 softmax outputs")
    with_advice(build)
    build.get_by_role("button", name="Use softmax and cross-entropy").press("Enter")
    expect(build.locator("#f-output")).to_be_focused()
    expect(build.locator("#f-loss")).to_have_value("cross_entropy")
    says(build, "2 inputs, 6 tanh units, 3 softmax outputs")
    start(build)


def with_advice(page: Page) -> None:
    """Of three classes a sigmoid for each: what does not fit is mended first, what fits less well is advised."""
    page.select_option("#f-output", "sigmoid")
    page.get_by_role("button", name="Use binary cross-entropy instead").click()
    says(page, "Each target is one of three classes")


def test_four_files_become_walks_in_at_most_four_clicks(page: Page) -> None:
    for name, own in OWN_FILES.items():
        page.goto("/build")
        page.locator("label[for=f-source-table]").click()
        page.locator("#f-file").set_input_files({"name": "own.csv", "mimeType": "text/csv", "buffer": own.content})
        for field, value in own.chosen:
            expect(page.locator(f"#f-{field}")).to_be_visible()
            page.select_option(f"#f-{field}", value)
        says(page, f"{own.sizes[0]} inputs, {own.sizes[1]} tanh units, {own.sizes[2]} {own.output} output")
        start(page)
        assert 2 + len(own.chosen) + 1 <= 4, name
        expect(page.locator("#headline h1")).to_have_text("A network of your own")


def test_a_bad_file_says_where_and_why_and_a_good_one_takes_its_place(build: Page) -> None:
    build.locator("label[for=f-source-table]").click()
    build.locator("#f-table").fill(CLASSES)
    says(build, "3 softmax outputs")
    upload = build.locator("#f-file")
    upload.focus()
    upload.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": b"x,y\n1,2\n3,zz\n"})
    expect(build.locator("#f-file-wrong")).to_contain_text("Row 3, column 2")
    build.wait_for_timeout(500)
    expect(build.locator("#f-file-wrong")).to_contain_text("Row 3, column 2")
    assert build.locator("#f-table").input_value() == CLASSES
    upload.set_input_files({"name": "good.csv", "mimeType": "text/csv", "buffer": b"x,y\n1,0\n3,1\n4,0\n"})
    expect(build.locator("#f-table")).to_have_value("x,y\n1,0\n3,1\n4,0\n")
    expect(build.locator("#f-file-wrong")).to_have_text("")
    start(build)


def test_columns_are_chosen_as_inputs_by_keyboard_and_another_file_begins_anew(build: Page) -> None:
    build.locator("label[for=f-source-table]").click()
    build.locator("#f-table").fill("name,a,b,y\nx,1,2,0.5\nz,3,4,0.25\nz,3,4,0.75\n")
    says(build, "3 inputs, 4 tanh units")
    name = build.get_by_role("checkbox", name="input name")
    name.focus()
    build.keyboard.press("Space")
    expect(name).to_be_focused()
    says(build, "2 inputs, 4 tanh units")
    build.select_option("#f-target", "2")
    expect(build.get_by_role("checkbox", name="input b")).to_have_count(0)
    expect(name).not_to_be_checked()
    build.locator("#f-file").set_input_files(
        {"name": "good.csv", "mimeType": "text/csv", "buffer": b"m,n,y\n1,0,1\n3,1,0\n4,0,1\n"}
    )
    expect(build.get_by_role("checkbox", name="input m")).to_be_checked()
    expect(build.get_by_role("checkbox", name="input n")).to_be_checked()
    start(build)


def test_a_walk_leads_back_to_its_network(build: Page) -> None:
    build.get_by_role("button", name="Start walking: A vanishing gradient").click()
    build.wait_for_url("**/sessions/*")
    Walk(build).go_on("Change this network")
    expect(build.locator("#f-units-5")).to_have_value("4")
    expect(build.locator("#build")).to_be_in_viewport()


def test_everything_works_without_javascript(open_page: OpenPage) -> None:
    page = open_page(scripts=False, statuses=(422,))
    page.goto("/build")
    page.get_by_role("link", name="Change it first: Iris flowers").click()
    unfold(page, "method")
    page.select_option("#f-optimizer-kind", "rmsprop")
    page.get_by_role("button", name="Update the drawing").first.click()
    expect(page.locator("#f-optimizer-decay")).to_have_value("0.99")
    page.locator("#add-layer").click()
    page.select_option("#f-activation-2", "softmax")
    page.locator("#build button.primary").click()
    expect(page.locator("#build-found")).to_contain_text("Softmax stands in a hidden layer")
    page.get_by_role("button", name="Use tanh in this layer").click()
    page.locator("label[for=f-source-table]").click()
    page.locator("#f-file").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": CLASSES.encode()})
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator("#f-table")).to_have_value(CLASSES)
    page.get_by_role("checkbox", name="input height").uncheck()
    page.locator("#f-batch_size").fill("2")
    start(page)
    expect(page.locator("#headline")).to_be_visible()
    expect(page.locator("#net [id^=u-0-]")).to_have_count(1)


def test_a_wide_table_scrolls_within_its_card(page: Page) -> None:
    page.goto("/build")
    page.locator("label[for=f-source-table]").click()
    page.locator("#f-table").fill(f"{','.join(f'measure {k}' for k in range(9))}\n{'1234.5678,' * 8}2.5\n")
    expect(page.locator("#build-table .facts")).to_contain_text("all 1234.57")
    for group in ("preparation", "start", "method"):
        unfold(page, group)
    expect(page.locator("#f-optimizer-kind")).to_be_visible()
    nothing_is_cramped_or_cut(page)


def nothing_is_cramped_or_cut(page: Page) -> None:
    """At any width."""
    for width in (1440, 768, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL) == [], width
        assert page.evaluate(OUTSIDE) == [], width


def test_axe_finds_nothing_on_a_table_with_advice(open_page: OpenPage) -> None:
    page = open_page(still=True)
    page.goto("/build")
    page.locator("label[for=f-source-table]").click()
    page.locator("#f-table").fill(f"{CLASSES},5,c\n7,,\n")
    says(page, "3 softmax outputs")
    with_advice(page)
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert findings_in_either_theme(page) == [], width
        assert page.evaluate(SMALL) == [], width


@pytest.mark.parametrize("name", ["tower", "by-hand", "digits"])
def test_nothing_is_cramped_or_cut_at_any_width(page: Page, name: str) -> None:
    page.goto(f"/build?from={name}")
    page.select_option("#f-activation-1", "softmax")
    expect(page.get_by_role("button", name="Use tanh in this layer")).to_be_visible()
    nothing_is_cramped_or_cut(page)
