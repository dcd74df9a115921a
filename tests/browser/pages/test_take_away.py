"""What is taken away, in a real browser: a link opened, slides from disk, a sheet on paper, and a drawing by itself."""

import re
import struct
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver.places import begun

SHEETS = ("A4", "Letter")
PAPER_WIDTH = 680  # pixels of 180 mm, what a sheet leaves between its margins
MARGINS: Any = dict.fromkeys(("top", "right", "bottom", "left"), "12mm")
CUT = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1);
}).map((one) => one.outerHTML.slice(0, 99))"""
MARKS = """() => [...document.querySelectorAll("#net [id]")].map((mark) => [mark.id, mark.textContent])"""


def stepped(page: Page, steps: int = 12) -> str:
    """The address of a walk after so many steps."""
    at = begun(page)
    for _ in range(steps):
        page.request.post(f"{at}/step", headers={"Sec-Fetch-Site": "same-origin"})
    return at


def saved(page: Page, address: str, file: Path) -> Path:
    """What is at an address, kept as a file."""
    answer = page.request.get(address)
    assert answer.status == 200, answer.text()
    file.write_bytes(answer.body())
    return file


def test_a_link_leads_another_reader_to_the_same_step(open_page: OpenPage) -> None:
    page = open_page()
    at = stepped(page)
    page.goto(f"{at}/take-away")
    link = page.locator("[data-link]")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    page.goto(link.input_value())
    expect(page.get_by_text(re.compile("At step 1. of 37 in iteration 1."))).to_be_visible()
    page.get_by_role("button", name="Start walking").click()
    page.wait_for_url("**/sessions/*")
    assert page.url != at
    shown = page.locator("#equation h2").inner_text()
    page.goto(at)
    assert page.locator("#equation h2").inner_text() == shown


def test_slides_walk_forward_and_back_from_disk_and_ask_nobody(
    open_page: OpenPage, chromium: Browser, tmp_path: Path
) -> None:
    page = open_page()
    at = begun(page, "Softmax and dead units")
    file = saved(page, f"{at}/export/walk.html", tmp_path / "walk.html")
    assert file.stat().st_size <= 300_000
    slides = chromium.new_page()
    met: list[str] = []
    slides.on("console", lambda message: met.append(message.text))
    slides.on("pageerror", lambda error: met.append(str(error)))
    slides.on("request", lambda request: None if request.url.startswith(file.as_uri()) else met.append(request.url))
    slides.goto(file.as_uri())
    expect(slides.locator("#heading")).to_have_text("Ready to start")
    start = slides.evaluate(MARKS)
    for key in ["ArrowRight"] * 5 + ["PageDown", " "]:
        slides.keyboard.press(key)
    expect(slides.locator("#count")).to_have_text("7 of 63")
    slides.keyboard.press("End")
    expect(slides.locator("#phase")).to_have_text("update")
    slides.get_by_role("button", name="Back").click()
    expect(slides.locator("#count")).to_have_text("62 of 63")
    slides.keyboard.press("Home")
    assert slides.evaluate(MARKS) == start
    assert met == []
    slides.close()


def test_a_sheet_and_its_key_print_on_whole_pages(open_page: OpenPage, chromium: Browser, tmp_path: Path) -> None:
    page = open_page()
    at = begun(page)
    whole = page.request.post("/api/sessions", data={"lesson": "softmax-and-dead-units"}).json()["id"]
    page.request.post(f"/api/sessions/{whole}/step", data={"by": "iteration"})
    paper = chromium.new_page(viewport={"width": PAPER_WIDTH, "height": 1000})
    sheets = (
        (at, "worksheet", "level=4", 5), (at, "key", "level=4", 8), (at, "worksheet", "seed=3&comma=1", 5),
        (f"/sessions/{whole}", "summary", "", 1),
    )  # fmt: skip
    for walk, name, query, most in sheets:
        file = saved(page, f"{walk}/export/{name}.html?{query}", tmp_path / f"{name}.html")
        paper.goto(file.as_uri())
        paper.emulate_media(media="print")
        assert paper.evaluate(CUT) == []
        for size in SHEETS:
            printed = paper.pdf(format=size)
            assert min(2, most) <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= most
    paper.close()


def test_the_explorer_prints_a_small_walk_on_one_page(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(stepped(page, 18))
    for size in SHEETS:
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=size, margin=MARGINS))) == 1
    page.emulate_media(media="print")
    for part in ("#network", "#equation", "#parameters", "#data"):
        expect(page.locator(part)).to_be_visible()
    for part in ("#controls", "#check", ".top", ".nudge"):
        expect(page.locator(part)).not_to_be_visible()


def test_a_drawing_by_itself_has_its_colours(open_page: OpenPage, chromium: Browser, tmp_path: Path) -> None:
    page, picture = open_page(), chromium.new_page()
    at = stepped(page, 4)
    for theme, ink in (("light", "rgb(29, 36, 48)"), ("dark", "rgb(232, 234, 239)")):
        file = saved(page, f"{at}/export/drawing.svg?theme={theme}", tmp_path / "drawing.svg")
        assert "var(" not in file.read_text()
        picture.goto(file.as_uri())
        assert picture.evaluate("() => getComputedStyle(document.querySelector('#net text')).fill") == ink
        line = picture.evaluate("() => getComputedStyle(document.querySelector('.edge .wire')).stroke")
        assert line.startswith("rgb(")
    picture.close()


def test_a_drawing_and_a_picture_are_had_as_png_and_a_walk_is_opened_where_it_is_dropped(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page()
    at = stepped(page)
    for address, name in ((f"{at}/take-away", "drawing"), (f"{at}/pictures?show=landscape", "landscape")):
        page.goto(address)
        if name == "landscape":
            page.get_by_text("The curve as numbers").click()
        with page.expect_download() as had:
            page.locator(f"[data-png*='{name}.svg']").click()
        assert had.value.suggested_filename == f"{name}.png"
        width, height = struct.unpack(">II", Path(had.value.path()).read_bytes()[16:24])  # of the PNG's first chunk
        assert width > 1000
        assert height > 500

    text = page.request.get(f"{at}/export/again.walk.json").text()
    page.goto("/")
    dropped = page.evaluate_handle(
        """(text) => {
        const held = new DataTransfer();
        held.items.add(new File([text], "again.walk.json", { type: "application/json" }));
        return held;
        }""",
        text,
    )
    page.dispatch_event("h1", "drop", {"dataTransfer": dropped})
    page.wait_for_url("**/sessions/*")
    assert page.url != at
    expect(page.locator("#timeline .now")).to_have_count(1)
