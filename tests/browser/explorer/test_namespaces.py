"""htmx's morph builds a new wrapper around known ids as HTML: SVG and MathML must survive every kind of swap."""

from tests.browser.conftest import StartWalk
from tests.browser.driver.walk import Walk

# Of the page as it stands: elements in a wrong namespace or without size, ids in MathML or twice, and each id's parent.
# Classes say how a mark stands now; the parent's tag and id say which element it is.
LOOKED = """() => {
  const SVG = "http://www.w3.org/2000/svg", MATHML = "http://www.w3.org/1998/Math/MathML";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const strays = (selector, namespace) => all(selector).filter((element) => element.namespaceURI !== namespace)
    .map((element) => `not in the namespace of ${selector}: ${element.outerHTML}`);
  const isEmpty = (box) => box.width + box.height === 0;
  const ids = all("[id]").map((element) => element.id);
  return {
    faults: [
      ...strays("#net, #net *", SVG), ...strays("math, math *", MATHML),
      ...all("#net .tone, #net .wire").filter((mark) => isEmpty(mark.getBoundingClientRect()))
        .map((mark) => `without size: ${mark.outerHTML}`),
      ...all("math [id]").map((element) => `an id in MathML: ${element.id}`),
      ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `twice: ${id}`),
    ],
    parents: Object.fromEntries(all("[id]").map(({id, parentElement: parent}) =>
      [id, parent ? `${parent.tagName}#${parent.id}` : ""])),
  };
}"""


class Guard:
    """What was seen of a page's ids, and the check after each swap."""

    def __init__(self, walk: Walk) -> None:
        self.page = walk.page
        self.parents: dict[str, str] = self.page.evaluate(LOOKED)["parents"]

    def faults(self) -> list[str]:
        """What the swaps since the last look did wrong."""
        looked = self.page.evaluate(LOOKED)
        parents: dict[str, str] = looked["parents"]
        moved = sorted(id for id in parents.keys() & self.parents.keys() if parents[id] != self.parents[id])
        self.parents |= parents
        return [*looked["faults"], *(f"moved: {id}" for id in moved)]

    def check(self, swap: str) -> None:
        """Assert that nothing is wrong."""
        assert self.faults() == [], swap


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
    walk.page.locator("label[for=by-equation]").click()
    walk.click("update").click("back")
    walk.page.fill("#eta", "0.2")
    walk.click("learning rate")
    guard.check("learning rate")
    walk.page.fill("#eta", "nothing")
    walk.click("learning rate")
    guard.check("a message")


def test_playing_and_pausing_leave_every_element_in_its_namespace_and_place(start: StartWalk) -> None:
    walk = start("two-outputs-two-paths").click("forward")
    guard = Guard(walk)
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
