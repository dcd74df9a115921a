"""A page that shows a walk, driven as a learner drives it, and read panel by panel."""

from typing import Any, Self, cast

from playwright.sync_api import Page

LESSONS = (
    "one-example-at-a-time",
    "two-outputs-two-paths",
    "softmax-and-dead-units",
    "a-slope-too-many",
    "hours-of-study",
)
PANELS = ("headline", "loss", "timeline", "network", "equation", "parameters", "data")
BUTTON = {
    "step": "#controls .step",
    "back": "#controls .back",
    "reset": "#controls .reset",
    "play": "#play",
    "learning rate": "#eta + button",
    "forward": '#timeline [formaction$="/forward"]',
    "backward": '#timeline [formaction$="/backward"]',
    "update": '#timeline [formaction$="/update"]',
}
BELOW = "(one) => one.closest('.below > .card')?.id ?? ''"  # the tab under which it lies

ANSWERED = """before => new Promise((done) => {
  const look = () => (window.answers > before ? done() : setTimeout(look, 2));
  look();
})"""
CLICKED = """async (selector) => {
  const before = window.answers;
  document.querySelector(selector).click();
  while (window.answers === before) await new Promise((done) => setTimeout(done, 2));
}"""
# The film is no part of what a panel says: it tells of the way there.
TEXTS = """panels => Object.fromEntries(panels.map((id) => {
  const panel = document.getElementById(id).cloneNode(true);
  panel.querySelector("#film")?.remove();
  const states = [...panel.querySelectorAll("li[id^=cell], #net [class]")].map((mark) => mark.getAttribute("class"));
  const words = panel.textContent.split(/\\s+/).join(" ");
  return [id, [words, ...states].join(" | ")];
}))"""


def told_by(page: Page, address: str) -> Any:
    """What the API tells at the address. Asks again where a kept connection was just being closed."""
    return page.request.get(address, max_retries=2).json()


class Walk:
    """One learner's page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def start(self, lesson: str, as_published: bool = True) -> Self:
        """Begin a lesson and show it, without the way through the lessons page."""
        given = {"lesson": lesson, "as_published": as_published}
        return self.start_with(given)

    def start_with(self, given: dict[str, Any]) -> Self:
        """Begin what the API is given, and show it."""
        answer = self.page.request.post("/api/sessions", data=given)
        assert answer.status == 201, answer.text()
        self.page.goto(f"/sessions/{answer.json()['id']}")
        return self

    # What a learner does ----------------------------------------------------------------------------------------

    def press(self, selector: str) -> Self:
        """Click the button (by its verb, or a selector), and wait for the answer. Under a tab: that one first."""
        button = self.page.locator(BUTTON.get(selector, selector))
        if tab := button.evaluate(BELOW):
            self.open(tab)
        before = self.page.evaluate("window.answers")
        button.click()
        return self.answered(before)

    def open(self, tab: str) -> Self:
        """Choose a tab below the drawing, by the id of what it shows."""
        self.page.locator(f"label[for=below-{tab}]").click()
        return self

    def go_on(self, way: str) -> None:
        """Follow a link to what else can be done with a walk."""
        if self.page.locator("label[for=below-go-on]").is_visible():  # without scripts all of it is open
            self.open("go-on")
        self.page.locator("#go-on").get_by_role("link", name=way).click()

    def spot(self, selector: str) -> tuple[float, float]:
        """Where to point at a button: its left part, whatever its words."""
        box = self.page.locator(BUTTON.get(selector, selector)).bounding_box()
        assert box, selector
        return box["x"] + 12, box["y"] + box["height"] / 2

    def press_at(self, spot: tuple[float, float]) -> Self:
        """Press the mouse there, without looking what is there, and wait for the answer."""
        before = self.page.evaluate("window.answers")
        self.page.mouse.click(*spot)
        return self.answered(before)

    def answered(self, before: int) -> Self:
        """Wait until more requests than `before` are answered and shown."""
        self.page.evaluate(ANSWERED, before)
        return self

    def click(self, selector: str, times: int = 1) -> Self:
        """The same without a pointer: for long walks in which clicking is not what is tested."""
        for _ in range(times):
            self.page.evaluate(CLICKED, BUTTON.get(selector, selector))
        return self

    def ask(self, when: str) -> Self:
        """Choose in the settings when the walk asks first."""
        self.page.get_by_role("button", name="Settings").click()
        before = self.page.evaluate("window.answers")
        self.page.select_option("#asking", when)
        self.answered(before)
        self.page.keyboard.press("Escape")
        return self

    def go(self, cursor: int) -> Self:
        """To a place in this iteration, as a cell of the timeline goes there."""
        return self.send("go", cursor=cursor)

    def send(self, verb: str, **given: float) -> Self:
        """What a form sends, and the page that it leads back to."""
        state = self.state()
        form: dict[str, str | float | bool] = {"rev": str(state["rev"]), **given}
        self.page.request.post(f"/sessions/{state['id']}/{verb}", form=form, max_redirects=0)
        self.page.reload()
        return self

    # What there is to read ---------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """The session as the API tells it."""
        session = self.page.url.rstrip("/").rsplit("/", 1)[1]
        return cast(dict[str, Any], told_by(self.page, f"/api/sessions/{session}"))

    def trace(self) -> list[dict[str, Any]]:
        """Every equation of this iteration, as the API tells it."""
        return cast(list[dict[str, Any]], told_by(self.page, f"/api/sessions/{self.state()['id']}/trace"))

    @property
    def equations(self) -> int:
        """How many one iteration has."""
        return cast(int, self.state()["equations"])

    def comes_to(self, place: tuple[int, int]) -> None:
        """Wait until the walk stands there, and a moment longer: it stays there."""
        while self.place < place:
            self.page.wait_for_timeout(20)
        self.page.wait_for_timeout(500)
        assert self.place == place

    @property
    def place(self) -> tuple[int, int]:
        """Iteration and cursor."""
        state = self.state()
        return state["iteration"], state["cursor"]

    def cursor_of(self, **wanted: Any) -> int:
        """The cursor at which the equation of this phase, kind, layer, j and k is shown."""
        found = (e["index"] for e in self.trace() if all(e[name] == value for name, value in wanted.items()))
        return int(next(found)) + 1

    def texts(self) -> dict[str, str]:
        """Every panel's words, with the state of each cell and mark."""
        return cast(dict[str, str], self.page.evaluate(TEXTS, PANELS))

    def text(self, selector: str) -> str:
        """The words of one element."""
        return " ".join((self.page.locator(selector).text_content() or "").split())
