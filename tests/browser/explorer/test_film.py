"""Cause, then effect: the film of a step, sampled on its way, shows no result before what it comes of has arrived."""

from typing import Any, cast

import pytest

from tests.browser.conftest import StartWalk
from tests.browser.driver.walk import BUTTON, Walk
from tests.browser.explorer.test_preferences import choose

# Clicks, holds the film when the answer is shown, moves it from start to end by hand, however slow the machine, and
# notes at each place: what travels, which results are seen, which cells of the tables are seen that were not there
# before, and which numbers of the drawing something travels over.
SAMPLED = """([button, parts]) => new Promise((done) => {
  const seen = (mark) => {
    let opacity = mark.checkVisibility() ? 1 : 0;
    for (let at = mark; at; at = at.parentElement) opacity *= getComputedStyle(at).opacity;
    return opacity > 0.03;
  };
  const box = (mark) => mark.getBoundingClientRect();
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom - 3, b.bottom - 3) - Math.max(a.top + 3, b.top + 3) > 2;
  const cells = () => [...document.querySelectorAll("#loss b, .below td")].filter(seen)
    .map((cell) => [cell.closest("tr")?.id, cell.cellIndex, cell.textContent].join(" "));
  const before = cells();
  document.addEventListener("htmx:finally:request", () => {
    const held = document.getAnimations(), film = document.getElementById("film");
    held.forEach((one) => one.pause());
    const length = Math.max(0, ...held.map((one) => one.effect.getComputedTiming().endTime));
    const words = "#equation :is(.res, .say)";
    const results = [...document.querySelectorAll([words, film.dataset.results].join())];
    const frames = [];
    for (let part = 0; part <= parts; part += 1) {
      held.forEach((one) => { one.currentTime = part / parts * length; });
      const moving = [...film.querySelectorAll(".chip, .dot")].filter(seen);
      const numbers = [...document.querySelectorAll("#net text:is(.v, .bl, .dl), #net .wl text")].filter(seen);
      frames.push({
        travels: moving.map((mark) => mark.textContent),
        cells: cells().filter((cell) => !before.includes(cell)),
        results: results.filter(seen).map((mark) => mark.closest("#equation") ? "formula" : "drawing"),
        over: moving.flatMap((mark) => numbers
          .filter((text) => !text.textContent.includes(mark.textContent) && over(box(mark), box(text)))
          .map((text) => `${mark.textContent} over ${text.textContent}`)),
      });
    }
    const properties = held.flatMap((one) => one.effect.getKeyframes().flatMap(Object.keys));
    held.forEach((one) => one.finish());
    done({length, frames, properties: [...new Set(properties)], end: results.filter(seen).length});
  }, {once: true});
  document.querySelector(button).click();
})"""
NO_PROPERTIES = {"offset", "computedOffset", "easing", "composite"}  # what else a keyframe has
# How many animations there are at once after a click on the button, and after what comes then.
AFTER = """([button, event]) => new Promise((done) => {
  document.addEventListener("htmx:finally:request", () => {
    const begun = document.getAnimations().length;
    if (event) document.body.dispatchEvent(new Event(event, {bubbles: true}));
    done([begun, document.getAnimations().length]);
  }, {once: true});
  document.querySelector(button).click();
})"""
PARTS = 20


TABLE = {"a": "data", "dW": "check", "db": "check"}  # in which its result stands; else in that of the parameters


def sampled(walk: Walk, **equation: Any) -> dict[str, Any]:
    """The film of the step to this equation, with the table in view that it comes to."""
    walk.go(walk.cursor_of(**equation) - 1)
    walk.page.locator(f"label[for=below-{TABLE.get(equation['kind'], 'parameters')}]").click()
    return cast(dict[str, Any], walk.page.evaluate(SAMPLED, [BUTTON["step"], PARTS]))


def begun(walk: Walk, button: str, event: str = "") -> list[int]:
    return cast(list[int], walk.page.evaluate(AFTER, [BUTTON.get(button, button), event]))


KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "z", "layer": 2, "j": 0},
    {"kind": "a", "layer": 2, "j": 1},
    {"kind": "loss"},
    {"kind": "delta", "layer": 2, "j": 1},
    {"kind": "delta", "layer": 1, "j": 0},
    {"kind": "dW", "layer": 2, "j": 0, "k": 1},
    {"kind": "db", "layer": 1, "j": 0},
    {"kind": "W", "layer": 1, "j": 0, "k": 0},
    {"kind": "b", "layer": 2, "j": 0},
)


@pytest.mark.parametrize("lesson", ["two-outputs-two-paths", "softmax-and-dead-units"])
def test_no_result_is_seen_before_its_cause_has_arrived(start: StartWalk, lesson: str) -> None:
    walk = start(lesson)
    walk.press("#check button")
    for equation in KINDS:
        film = sampled(walk, **equation)
        assert 0 < film["length"] <= 900, equation
        assert set(film["properties"]) <= NO_PROPERTIES | {"opacity", "transform"}, equation
        travelled = [i for i, frame in enumerate(film["frames"]) if frame["travels"]]
        there = [i for i, frame in enumerate(film["frames"]) if frame["results"]]
        assert there, equation
        assert set(film["frames"][there[0]]["results"]) == {"formula", "drawing"}, equation
        assert travelled or equation["kind"] == "a", equation
        assert max(travelled, default=0) < there[0], equation
        assert film["end"] == len(film["frames"][-1]["results"]), equation
        cells = [i for i, frame in enumerate(film["frames"]) if frame["cells"]]
        assert bool(cells) == (equation["kind"] not in ("z", "delta")), equation
        assert not cells or there[0] <= cells[0], equation


@pytest.mark.parametrize("lesson", ["two-outputs-two-paths", "softmax-and-dead-units"])
def test_what_travels_keeps_clear_of_numbers(start: StartWalk, lesson: str) -> None:
    walk = start(lesson)
    for equation in (one for one in KINDS if one["kind"] in ("z", "loss", "delta", "dW", "W")):
        frames = sampled(walk, **equation)["frames"]
        on_the_way = frames[int(0.15 * PARTS) : int(0.65 * PARTS)]  # neither leaving its own number nor going in
        assert [over for frame in on_the_way for over in frame["over"]] == [], equation


def test_a_click_or_a_key_completes_the_film_at_once(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    for event in ("click", "keydown"):
        moving, left = begun(walk, "step", event)
        assert moving > 3
        assert left == 0
    assert walk.place == (0, 2)


def test_a_film_is_shown_to_who_steps_onwards_alone(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("forward")
    assert begun(walk, "back") == [0, 0]
    assert begun(walk, "step")[0] > 0
    walk.page.reload()
    assert walk.page.evaluate("document.getAnimations().length") == 0


def test_it_takes_longer_at_slow_speed_and_a_layer_and_a_phase_have_one_film(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    choose(walk.page, "speed", "2000")
    walk.page.locator("label[for=by-layer]").click()
    film = walk.page.evaluate(SAMPLED, [BUTTON["step"], PARTS])
    assert film["length"] == 1500
    assert max(len(frame["travels"]) for frame in film["frames"]) == 4
    walk.page.locator("label[for=by-phase]").click()
    assert begun(walk, "step") == [0, 0]  # who has seen a part of it sees no film of all
    walk.start("two-outputs-two-paths").page.locator("label[for=by-phase]").click()
    wave = [len(frame["travels"]) for frame in walk.page.evaluate(SAMPLED, [BUTTON["step"], PARTS])["frames"]]
    assert max(wave[: PARTS // 3]) == max(wave[PARTS // 2 :]) == 4  # along the first layer, then along the second


def test_nothing_moves_with_reduced_motion(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths", still=True)
    assert begun(walk, "step") == [0, 0]


def test_reduced_motion_can_be_chosen_on_the_page(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    choose(walk.page, "motion", "reduced")
    assert begun(walk, "step") == [0, 0]
    choose(walk.page, "motion", "full")
    assert begun(walk, "step")[0] > 0
