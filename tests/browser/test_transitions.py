"""What moves really moves: computed styles sampled along the way lie between start and end."""

from typing import cast

import pytest

from tests.browser.conftest import StartWalk
from tests.browser.test_preferences import choose
from tests.browser.walk import BUTTON, Walk

# Clicks, holds whatever begins to move when the answer is shown, moves it from start to end by hand, however slow the
# machine, and notes a computed style of the elements at each place; the first entry is from before the click.
SAMPLED = """([button, selector, property]) => new Promise((done) => {
  const look = () => [...document.querySelectorAll(selector)].map((mark) => getComputedStyle(mark)[property]);
  const frames = [look()];
  const hold = () => document.getAnimations().map((one) => { one.pause(); return one; });
  document.addEventListener("htmx:after:settle", hold);
  document.addEventListener("htmx:finally:request", () => {
    const moving = hold();
    for (let part = 0; part <= 8; part += 1) {
      moving.forEach((one) => { one.currentTime = part / 8 * one.effect.getComputedTiming().endTime; });
      frames.push(look());
    }
    moving.forEach((one) => one.finish());
    frames.push(look());
    document.removeEventListener("htmx:after:settle", hold);
    done(frames);
  }, {once: true});
  document.querySelector(button).click();
})"""
# How many pulses there are, and how many of their animations were not there when this was asked last.
BEGUN = """() => {
  const now = document.getElementById("pulses").getAnimations({subtree: true});
  const begun = now.filter((one) => !(window.seen ?? []).includes(one));
  window.seen = now;
  return [now.length, begun.length];
}"""
PULSES = """() => [...document.querySelectorAll("#pulses .pulse")].map((pulse) => {
  const [start, end] = [0, pulse.getTotalLength()].map((far) => pulse.getPointAtLength(far).x);
  const frames = pulse.getAnimations()[0]?.effect.getKeyframes() ?? [];
  const offsets = frames.map((frame) => parseFloat(frame.strokeDashoffset)).filter((offset) => !Number.isNaN(offset));
  // A dash starts at minus its offset along the path: falling offsets go from start to end.
  return {start, end, along: offsets.length ? Math.sign(offsets[0] - offsets[offsets.length - 1]) : 0};
})"""


def sampled(walk: Walk, button: str, selector: str, style: str) -> list[list[str]]:
    """Per element: the values that the style took, each once, in order."""
    frames = walk.page.evaluate(SAMPLED, [BUTTON.get(button, button), selector, style])
    return [list(dict.fromkeys(values)) for values in zip(*frames, strict=True)]


def most_values(walk: Walk, button: str, selector: str, style: str) -> list[str]:
    """The values of the element that took the most."""
    return max(sampled(walk, button, selector, style), key=len)


def numbers(values: list[str]) -> list[float]:
    return [float(value.removesuffix("px")) for value in values]


def between(values: list[float]) -> list[float]:
    low, high = sorted((values[0], values[-1]))
    return [value for value in values if low < value < high]


def to_the_update_of_a_large_step(walk: Walk) -> Walk:
    walk.send("learning-rate", learning_rate=20).click("backward")
    walk.page.locator("label[for=by-layer]").click()
    return walk


def test_a_unit_fills_while_its_activation_appears(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("step", 2)
    values = numbers(most_values(walk, "step", "#u-1-0 .tone", "fillOpacity"))
    assert values[0] == 0
    assert len(between(values)) >= 3


def test_a_unit_turns_from_one_colour_to_the_other(start: StartWalk) -> None:
    walk = start("softmax-and-dead-units").click("forward")
    colours = max((most_values(walk, "step", "#units .tone", "fill") for _ in range(3)), key=len)
    assert len(colours) >= 5, colours


def test_a_connection_grows_or_shrinks_while_its_weight_is_updated(start: StartWalk) -> None:
    walk = to_the_update_of_a_large_step(start("two-outputs-two-paths"))
    values = numbers(most_values(walk, "step", "#connections .wire", "strokeWidth"))
    assert len(between(values)) >= 3, values


def test_a_cell_of_the_timeline_changes_its_background_gradually(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    colours = most_values(walk, "forward", "#timeline li button", "backgroundColor")
    assert len(colours) >= 5, colours


def test_with_reduced_motion_everything_is_at_its_end_at_once(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths", still=True)
    moving = (
        ("#units .tone", "fillOpacity"),
        ("#connections .wire", "opacity"),
        ("#timeline li button", "backgroundColor"),
    )
    for verb, (selector, style) in zip(("forward", "backward", "update"), moving, strict=True):
        taken = sampled(walk, verb, selector, style)
        assert max(map(len, taken)) == 2, taken


def test_reduced_motion_can_be_chosen_on_the_page(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    choose(walk.page, "motion", "reduced")
    assert max(map(len, sampled(walk, "forward", "#units .tone", "fillOpacity"))) == 2
    choose(walk.page, "motion", "full")
    assert max(map(len, sampled(walk, "reset", "#units .tone", "fillOpacity"))) > 4


def pulses(walk: Walk) -> list[dict[str, float]]:
    return cast(list[dict[str, float]], walk.page.evaluate(PULSES))


def expected_column(walk: Walk, layer: int) -> tuple[float, float]:
    """x of the units of the layer before and of the layer."""
    x = [walk.page.locator(f"#u-{l}-0 .tone").get_attribute("cx") for l in (layer - 1, layer)]
    return float(x[0] or "nan"), float(x[1] or "nan")


def run_between(marks: list[dict[str, float]], left: float, right: float) -> bool:
    return all(left <= min(mark["start"], mark["end"]) < max(mark["start"], mark["end"]) <= right for mark in marks)


@pytest.mark.parametrize("layer", [1, 2])
def test_forward_pulses_run_to_the_right_along_the_active_layer_alone(start: StartWalk, layer: int) -> None:
    walk = start("two-outputs-two-paths")
    walk.go(walk.cursor_of(kind="z", layer=layer, j=0) - 1).click("step")
    marks = pulses(walk)
    assert len(marks) == 2
    assert run_between(marks, *expected_column(walk, layer))
    assert all((mark["end"] - mark["start"]) * mark["along"] > 0 for mark in marks), marks


@pytest.mark.parametrize(("kind", "layer", "count"), [("delta", 1, 2), ("dW", 2, 1), ("dW", 1, 1)])
def test_gradients_run_to_the_left(start: StartWalk, kind: str, layer: int, count: int) -> None:
    walk = start("two-outputs-two-paths")
    walk.go(walk.cursor_of(kind=kind, layer=layer, j=0) - 1).click("step")
    marks = pulses(walk)
    assert len(marks) == count
    assert run_between(marks, *expected_column(walk, layer + 1 if kind == "delta" else layer))
    assert all((mark["end"] - mark["start"]) * mark["along"] < 0 for mark in marks), marks


def test_the_same_kind_of_pulse_runs_again_at_each_step(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    for _ in range(2):
        walk.click("step")
        assert walk.page.evaluate(BEGUN) == [2, 2]


def test_nothing_travels_with_reduced_motion(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths", still=True).click("step")
    assert [mark["along"] for mark in pulses(walk)] == [0, 0]


def test_nothing_travels_where_nothing_is_carried(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths")
    for kind in ("a", "db", "W", "b"):
        walk.go(walk.cursor_of(kind=kind, layer=1)).page.locator("#pulses").wait_for(state="attached")
        assert pulses(walk) == [], kind
