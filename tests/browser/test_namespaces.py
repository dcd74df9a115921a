"""htmx's morph builds a new wrapper around known ids as HTML: SVG and MathML must survive every kind of swap."""

from typing import Any, cast

import pytest

from tests.browser.conftest import StartWalk
from tests.browser.walk import LESSONS, Walk

STRAYS = """() => {
  const SVG = "http://www.w3.org/2000/svg", MATHML = "http://www.w3.org/1998/Math/MathML";
  const strays = (selector, namespace) => [...document.querySelectorAll(selector)]
    .filter((element) => element.namespaceURI !== namespace).map((element) => `${selector}: ${element.outerHTML}`);
  return [...strays("#net, #net *", SVG), ...strays("#pulses, #pulses *", SVG), ...strays("math, math *", MATHML)];
}"""
PARENTS = """() => Object.fromEntries([...document.querySelectorAll("[id]")].map((element) => {
  const parent = element.parentElement;
  return [element.id, parent ? `${parent.tagName}#${parent.id}.${parent.className.baseVal ?? parent.className}` : ""];
}))"""
IDS = "() => [...document.querySelectorAll('[id]')].map((element) => element.id)"
EMPTY = """() => [...document.querySelectorAll("#net .tone, #net .wire")].filter((mark) => {
  const box = mark.getBoundingClientRect();
  return box.width + box.height === 0;
}).map((mark) => mark.outerHTML)"""
IDS_IN_MATHML = "() => [...document.querySelectorAll('math [id]')].map((element) => element.id)"


class Guard:
    """What was seen of a page's ids, and the check after each swap."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.parents = self._parents()

    def _parents(self) -> dict[str, str]:
        # Classes say how a mark stands now; the parent's tag and id say which element it is.
        parents = cast(dict[str, str], self.walk.page.evaluate(PARENTS))
        return {id: parent.split(".")[0] for id, parent in parents.items()}

    def check(self, swap: str) -> None:
        evaluate: Any = self.walk.page.evaluate
        assert evaluate(STRAYS) == [], swap
        assert evaluate(EMPTY) == [], swap
        assert evaluate(IDS_IN_MATHML) == [], swap
        ids = evaluate(IDS)
        assert len(ids) == len(set(ids)), (swap, sorted(id for id in ids if ids.count(id) > 1))
        parents = self._parents()
        moved = {id for id in parents.keys() & self.parents.keys() if parents[id] != self.parents[id]}
        assert moved == set(), swap
        self.parents |= parents


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_step_of_an_iteration_leaves_every_element_in_its_namespace_and_place(
    start: StartWalk, lesson: str
) -> None:
    walk = start(lesson)
    guard = Guard(walk)
    for cursor in range(walk.equations + 1):
        guard.check(f"{lesson}, step from {cursor}")
        walk.click("step")


def test_every_verb_leaves_every_element_in_its_namespace_and_place(start: StartWalk) -> None:
    walk = start("softmax-and-dead-units", statuses=(412, 422))
    guard = Guard(walk)
    for verb in ("forward", "back", "backward", "step", "update", "forward", "reset"):
        walk.click(verb)
        guard.check(verb)
    for measure in ("layer", "phase", "iteration", "epoch"):
        walk.page.locator(f"label[for=by-{measure}]").click()
        for verb in ("step", "step", "back"):
            walk.click(verb)
            guard.check(f"{verb} by {measure}")
    walk.click("backward").click("#data tbody tr:nth-child(3) .pick")
    guard.check("focus")
    walk.click("#timeline li:nth-child(2) button")
    guard.check("go")
    walk.page.fill("#eta", "0.2")
    walk.click("learning rate")
    guard.check("learning rate")
    walk.page.fill("#iterations", "20")
    walk.click("train")
    guard.check("train")
    walk.page.fill("#eta", "nothing")
    walk.click("learning rate")
    guard.check("a message")


def test_playing_and_pausing_leave_every_element_in_its_namespace_and_place(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("forward")
    guard = Guard(walk)
    walk.page.select_option("#controls [name=speed]", label="quick")
    walk.click("play")
    guard.check("play")
    for tick in range(3):
        walk.answered(walk.page.evaluate("window.answers"))
        guard.check(f"tick {tick}")
    walk.click("play")
    guard.check("pause")


def test_a_deep_network_of_ones_own_keeps_its_elements_too(start: StartWalk) -> None:
    setup = {
        "sizes": [3, 5, 4, 2],
        "data": {"X": [[0.1, -0.4, 0.7], [0.5, 0.2, -0.3]], "Y": [[1, 0], [0, 1]]},
        "activations": ["relu", "tanh", "softmax"],
    }
    walk = Walk(start("hours-of-study").page).start_with(setup)
    guard = Guard(walk)
    for step in range(24):
        walk.click("step", 5)
        guard.check(f"step {5 * step}")
