"""Every lesson is walked once, forward by the mouse and back again; all that must hold at every place is asked here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Options, Readers
from tests.browser.driver.drawing import CONTROLS, MOST_OFFERED, boxes, offered, overlaps, readable
from tests.browser.driver.walk import LESSONS, Walk
from tests.browser.driver.watch import Watch
from tests.browser.explorer.test_namespaces import Guard

TITLES = dict(
    zip(
        LESSONS,
        (
            "One example at a time",
            "Two outputs, two paths",
            "Softmax and dead units",
            "A slope too many",
            "Hours of study",
        ),
        strict=True,
    )
)
STILL = """() => document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).forEach((one) => one.finish())"""
STOPS = "() => document.querySelectorAll('#net [tabindex=\"0\"]').length"
# How many pixels of the drawing or the equation lie below the window or are scrolled away.
UNSEEN = """() => {
  const [column, net] = [document.querySelector(".column"), document.querySelector("#net")];
  return Math.max(column.scrollHeight - column.clientHeight, column.getBoundingClientRect().bottom - innerHeight,
    net.getBoundingClientRect().bottom - innerHeight);
}"""
# How wide a drawing is on a phone of this width; resized by itself, it costs no new layout of the page.
DRAWN = {390: 343, 360: 313, 320: 273}
RESIZED = "(width) => { document.querySelector('.net').style.width = width ? `${width}px` : ''; }"
# On a phone: a formula that has to be scrolled, and a result that lies behind the bar with Step.
HIDDEN = """() => {
  const bar = document.querySelector("#controls .btns").getBoundingClientRect().top;
  const results = [...document.querySelectorAll("#end:empty ~ #equation .res")];
  const cut = [...document.querySelectorAll("#equation .maths")].filter((one) => one.scrollWidth > one.clientWidth);
  return [...cut.map(() => "formula cut"),
    ...results.filter((one) => one.getBoundingClientRect().bottom > bar).map((one) => `${one.textContent} hidden`)];
}"""
# What each status region says; nothing of one that was not there from the start.
SPOKEN = """() => [...document.querySelectorAll("[role=status]")].map((region) => {
  window.region ??= region;
  return region === window.region ? region.textContent.split(/\\s+/).join(" ").trim() : "";
})"""


@dataclass(frozen=True)
class Place:
    """What was seen at one place of a walk; the boxes are x, y, width and height in pixels of the page."""

    texts: dict[str, str]
    faults: Sequence[str]
    overlaps: Sequence[str]
    controls: Sequence[Sequence[float]]
    diagram: Sequence[Sequence[float]]
    stops: int
    unseen: float
    offered: int
    spoken: Sequence[str]
    said: str


@dataclass(frozen=True)
class Survey:
    """An iteration of a lesson: every place at 1280x720 on the way forward, on a phone on the way back.

    `narrow`: what is wrong there of each place, by the width of the window; 0: in its formula.
    """

    forward: Sequence[Place]
    back: Sequence[dict[str, str]]
    narrow: Sequence[dict[int, list[str]]]
    ends: Sequence[tuple[int, int]]
    faults: Sequence[str]


@pytest.fixture(scope="module", params=LESSONS)
def survey(request: pytest.FixtureRequest, readers: Readers, address: str) -> Iterator[Survey]:
    """Begin the lesson as a learner does, press Step without moving the mouse, and go back."""
    page, watch = readers.blank_page(Options(1280, 720)), Watch(urlsplit(address).netloc)
    watch.over(page)
    walk = begin_by_clicking(page, request.param)
    pointer, guard = walk.spot("step"), Guard(walk)
    forward = [seen(walk, guard)]
    for _ in range(walk.equations):
        forward.append(seen(walk.press_at(pointer), guard))
    end = walk.place
    page.set_viewport_size({"width": 390, "height": 844})
    back, narrow = [], []
    for _ in forward[1:]:
        narrow.append(narrow_faults(page))
        back.append(walk.click("back").texts())
    yield Survey(forward, back, narrow, (end, walk.place), watch.faults)
    readers.leave(page)


def begin_by_clicking(page: Page, lesson: str) -> Walk:
    page.goto("/")
    page.get_by_role("button", name=f"Start walking: {TITLES[lesson]}").click()
    expect(page.locator("h1")).to_have_text(TITLES[lesson])
    page.wait_for_load_state()  # sooner, the form is sent as one without scripts, and the count begins anew
    return Walk(page).ask("0")  # walks on without being asked


def seen(walk: Walk, guard: Guard) -> Place:
    """What there is to see now; what moves is brought to its end before anything is measured."""
    page, faults = walk.page, guard.faults()
    page.evaluate(STILL)
    return Place(
        walk.texts(),
        faults,
        overlaps(page),
        boxes(page, CONTROLS),
        boxes(page, "#net, #timeline, .below"),
        page.evaluate(STOPS),
        page.evaluate(UNSEEN),
        offered(page),
        page.evaluate(SPOKEN),
        walk.text("#equation .say"),
    )


def narrow_faults(page: Page) -> dict[int, list[str]]:
    """On a phone, and in drawings as small as on a smaller one: numbers that meet or are too small, what is cut."""
    faults: dict[int, list[str]] = {0: page.evaluate(HIDDEN)}
    for width, drawn in DRAWN.items():
        page.evaluate(RESIZED, drawn)
        faults[width] = [*overlaps(page), *([] if readable(page) else ["too small"])]
    page.evaluate(RESIZED, None)
    return {width: found for width, found in faults.items() if found}


def test_each_step_shows_something_else_and_the_last_is_the_end_of_the_iteration(survey: Survey) -> None:
    steps = len(survey.forward) - 1
    assert len({place.texts["equation"] for place in survey.forward}) == steps + 1
    assert survey.ends == ((0, steps), (0, 0))


def test_going_back_shows_the_same_page_at_each_place(survey: Survey) -> None:
    way_there = [place.texts for place in survey.forward[-2::-1]]
    differing = [i for i, (there, back) in enumerate(zip(way_there, survey.back, strict=True)) if there != back]
    assert differing == []


def test_every_element_stays_in_its_namespace_and_place(survey: Survey) -> None:
    assert {cursor: place.faults for cursor, place in enumerate(survey.forward) if place.faults} == {}


def test_no_label_lies_over_another_or_a_unit(survey: Survey) -> None:
    assert {cursor: place.overlaps for cursor, place in enumerate(survey.forward) if place.overlaps} == {}


def test_nor_on_a_phone(survey: Survey) -> None:
    assert {-place: faults for place, faults in enumerate(survey.narrow) if faults} == {}


def test_the_controls_never_move(survey: Survey) -> None:
    assert [cursor for cursor, place in enumerate(survey.forward) if place.controls != survey.forward[0].controls] == []


def test_there_is_never_much_to_choose_from(survey: Survey) -> None:
    assert max(place.offered for place in survey.forward) <= MOST_OFFERED


def test_drawing_and_equation_are_seen_whole_without_scrolling(survey: Survey) -> None:
    assert {cursor: place.unseen for cursor, place in enumerate(survey.forward) if place.unseen > 0} == {}


def test_the_diagram_and_the_timeline_never_jump(survey: Survey) -> None:
    assert [cursor for cursor, place in enumerate(survey.forward) if place.diagram != survey.forward[0].diagram] == []


def test_the_diagram_is_one_tab_stop(survey: Survey) -> None:
    assert {place.stops for place in survey.forward} == {1}


def test_each_step_is_spoken_by_the_one_status_region(survey: Survey) -> None:
    assert [cursor for cursor, place in enumerate(survey.forward) if len(place.spoken) != 1] == []
    spoken = [place.spoken[0] for place in survey.forward]
    assert all(before != after for before, after in pairwise(spoken))
    assert [place.said for place in survey.forward[1:] if place.said not in place.spoken[0]] == []


def test_nothing_is_logged_forbidden_or_asked_elsewhere(survey: Survey) -> None:
    assert survey.faults == []
