"""Every page there is, and the typical places of a walk: what tests of looks and access go through."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.driver.walk import Walk

Visit = Callable[[Page], object]


def gradient_of_the_first_weight(page: Page) -> Walk:
    """The lesson with two paths, at the gradient of w^[1]_11: the fullest equation, and the pictures' place."""
    walk = Walk(page).start("two-outputs-two-paths", as_published=False)
    return walk.go(walk.cursor_of(kind="dW", layer=1, j=0, k=0))


def compared(page: Page) -> None:
    """The lesson with two paths beside its other way, at the gradient of w^[1]_11."""
    gradient_of_the_first_weight(page)
    Walk(page).go_on("Compare")
    page.wait_for_selector("#run .plot")


def act_two(page: Page) -> None:
    """Act two of the lesson with two paths, with what is behind it unfolded."""
    Walk(page).start("two-outputs-two-paths", as_published=False).go_on("Act two")
    page.locator(".why summary").click()


def forked(page: Page) -> None:
    """A walk beside its fork, trained."""
    Walk(page).start("hours-of-study")
    page.goto(f"{page.url}/compare")
    page.locator("#fork summary").click()
    page.locator("#fork-optimizer").select_option("momentum")
    page.get_by_role("button", name="Fork: change the optimizer").click()
    page.wait_for_selector("#outcomes .plot")
    page.locator("#go").click()
    page.locator(".where", has_text="iteration 100").wait_for()


def paused(page: Page) -> None:
    """A training without end, paused."""
    Walk(page).start("a-slope-too-many")
    page.goto(f"{page.url}/pictures")
    page.locator("#until").click()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").wait_for()


def two_moons(page: Page) -> None:
    """Two moons, trained until nearly all examples are on their side of the boundary."""
    moons = {"dataset": "moons", "examples": 200, "noise": 0.15, "test_share": 0.25}
    adam = {"kind": "adam", "learning_rate": 0.02}
    Walk(page).start_with(
        {"sizes": [2, 8, 8, 1], "data": moons, "optimizer": adam, "batch_size": 10, "shuffle_seed": 1}
    )
    page.goto(f"{page.url}/pictures")
    page.locator("#count").fill("60")
    page.locator("#go").click()
    page.locator("#training .hint", has_text="900 updates made").wait_for()


def with_overview(page: Page) -> None:
    """The keyboard overview, open."""
    page.goto("/")
    page.get_by_role("button", name="Keyboard overview").click()


def in_the_bug_lab(page: Page) -> None:
    """A case with a check spent and a wrong accusation."""
    page.goto("/bug-lab?level=3&seed=2")
    page.get_by_role("button", name="Start this case").click()
    page.wait_for_url("**/sessions/*")
    Walk(page).press("backward").press("#check-it")
    for field in ("layer", "mistake", "second_mistake"):
        page.locator(f"#accuse [name={field}]").select_option(index=1 if field != "second_mistake" else 2)
    Walk(page).press("#accuse button")


def score_card(page: Page) -> None:
    """A set of ten with its first case begun."""
    page.goto("/bug-lab/sets/17")
    page.get_by_role("button", name="Start: case 1").first.click()
    page.wait_for_url("**/sessions/*")
    page.goto("/bug-lab/sets/17")


def impossible(page: Page) -> None:
    """The page for building, with a table of one's own, a pairing that cannot be and a number that is none."""
    page.goto("/build?from=by-hand")
    page.select_option("#f-activation-1", "softmax")
    page.locator("#f-batch_size").fill("x")
    page.locator("#f-batch_size-wrong").wait_for()


def trained(page: Page) -> None:
    """The pictures of a short training, with its curves' numbers and the optimizer's settings open."""
    Walk(page).start("a-slope-too-many").send("train", iterations=100).go_on("Train and look")
    page.locator("#curves summary").first.click()
    page.locator("#training summary").click()


def begun(page: Page, lesson: str = "Two outputs, two paths") -> str:
    """The address of a walk that was begun on the first page, and so is in the browser's list."""
    page.goto("/")
    page.get_by_role("button", name=f"Start walking: {lesson}").click()
    page.wait_for_url("**/sessions/*")
    return page.url


def taken_away(page: Page) -> None:
    """All that can be taken away of a walk within its backward pass."""
    gradient_of_the_first_weight(page).go_on("Take away")


def my_walks(page: Page) -> None:
    """Three walks, one of them shared, what can be done with it unfolded."""
    shared(page)
    for lesson in ("Softmax and dead units", "Hours of study"):
        begun(page, lesson)
    page.goto("/walks")
    page.locator(".walk", has_text="Others can look at it.").locator("summary").click()


def shared(page: Page) -> str:
    """A walk that others may look at, and the address for them."""
    page.goto(f"{begun(page)}/share")
    page.get_by_role("button", name="Share to look at").click()
    return page.locator("a.link").inner_text()


def looked_at(page: Page) -> None:
    """A walk as those see it who may only look at it."""
    page.goto(shared(page))


class AClass:
    """A class that has been asked a question, by its JSON, with some who answer."""

    def __init__(self, page: Page, answers: tuple[str, ...] = ()) -> None:
        self.page = page
        opened = page.request.post("/api/classes", data={"lesson": "two-outputs-two-paths"}).json()
        self.code, self.host, self.present = opened["code"], opened["host"], opened["present"]
        self.seats = [page.request.post(f"/api/classes/{self.code}/seats").json()["seat"] for _ in answers]
        self.steer("ask", {"at": 17})
        self.steer("next")
        self.vote(1, answers)

    def vote(self, round: int, answers: tuple[str, ...]) -> None:
        """The seats answer."""
        for seat, answer in zip(self.seats, answers, strict=False):
            self.steer("vote", {"round": round, "answer": answer, "key": "1"}, seat)

    def steer(self, verb: str, body: object = None, key: str = "") -> None:
        """One request of the host, or of whoever has this key."""
        headers = {"Authorization": f"Bearer {key or self.host}"}
        answer = self.page.request.post(f"/api/classes/{self.code}/{verb}", data=body, headers=headers)
        assert answer.ok, answer.text()


ANSWERS = ("0.00895", "0.00895", "0.0084737", "-0.00895", "0.0084737", "0.0371", "0.0084737", "0.1987")
AFTERWARDS = ("0.00895", "0.00895", "0.00895", "0.00895", "0.0084737", "0.00895", "0,009", "0.1987")


def taught(page: Page) -> None:
    """The teacher's page while a vote is open, all of it unfolded."""
    page.goto(f"/host/{AClass(page, ANSWERS[:2]).host}")
    page.get_by_text("Join, wall, seats").click()
    page.get_by_text("Who is here").click()


def seated(page: Page) -> None:
    """A learner's page while a vote is open."""
    page.goto(f"/join/{AClass(page).code}")
    page.get_by_role("button", name="Take a seat").click()
    page.locator("#vote").wait_for()


def on_the_wall(page: Page) -> None:
    """The wall at the reveal, after two votes."""
    room = AClass(page, ANSWERS)
    for _ in range(2):
        room.steer("next")
    room.vote(2, AFTERWARDS)
    room.steer("next")
    page.goto(f"/present/{room.present}")


def connected(page: Page) -> None:
    """The page that tries the way, when it has."""
    page.goto("/classroom/connection")
    page.get_by_text("An answer takes").wait_for()


def overviewed(page: Page) -> None:
    """The teacher's overview after a question."""
    room = AClass(page, ANSWERS)
    for _ in range(3):
        room.steer("next")
    page.goto(f"/host/{room.host}/overview")


PAGES: dict[str, Visit] = {
    "class overview": overviewed,
    "connection": connected,
    "classroom": lambda page: page.goto("/classroom"),
    "join": lambda page: page.goto("/join/CDFGHJ"),
    "privacy": lambda page: page.goto("/privacy"),
    "taught": taught,
    "seated": seated,
    "wall": on_the_wall,
    "my walks": my_walks,
    "no walks": lambda page: page.goto("/walks"),
    "take away": taken_away,
    "named": lambda page: page.goto(f"{begun(page)}/name"),
    "sure": lambda page: page.goto(f"{begun(page)}/revoke"),
    "shared": shared,
    "looked at": looked_at,
    "build": lambda page: page.goto("/build?from=iris"),
    "impossible": impossible,
    "bug lab": lambda page: page.goto("/bug-lab?level=2&seed=17"),
    "hunt": in_the_bug_lab,
    "score card": score_card,
    "lessons": lambda page: page.goto("/"),
    "lesson": lambda page: page.goto("/lessons/a-slope-too-many"),
    "documentation": lambda page: page.goto("/docs"),
    "not found": lambda page: page.goto("/nothing-here"),
    "no such walk": lambda page: page.goto("/sessions/AAAAAAAAAAAAAAAAAAAAAAAA"),
    "settings": lambda page: (
        Walk(page).start("one-example-at-a-time").page.get_by_role("button", name="Settings").click()
    ),
    "presented": lambda page: Walk(page).start("softmax-and-dead-units").click("backward").page.keyboard.press("p"),
    "start": lambda page: Walk(page).start("one-example-at-a-time"),
    "forward": lambda page: Walk(page).start("softmax-and-dead-units").press("#cell-a-1 button"),
    "backward": gradient_of_the_first_weight,
    "batch backward": lambda page: Walk(page).start("softmax-and-dead-units").click("backward"),
    "end": lambda page: Walk(page).start("hours-of-study").click("update"),
    "long data": lambda page: Walk(page).start("a-slope-too-many").click("backward"),
    "act two": act_two,
    "comparison": compared,
    "pictures": trained,
    "paths": lambda page: Walk(page).start("two-outputs-two-paths").press("#row-w-1-0-0 button"),
    "check": lambda page: Walk(page).start("two-outputs-two-paths").click("backward").press("#check button"),
    "question": lambda page: (
        Walk(page).start_with({"lesson": "two-outputs-two-paths", "asking": True}).press("backward")
    ),
    "edit": lambda page: Walk(page).start("two-outputs-two-paths").press("#row-w-1-0-0 button").press("#edit-more"),
    "fork": forked,
    "training": paused,
    "overview": with_overview,
}
