"""A class by its pages, without JavaScript: open, join, follow, vote twice, reveal, walk alone, come back, delete."""

import time

import pytest
from bs4 import BeautifulSoup
from httpx2 import Response
from starlette.testclient import TestClient

from app.engine.equations.mistakes import MISTAKES
from app.sessions.bug_lab import case_of
from app.sessions.classroom.classroom import present_key
from app.views.qr import qr
from tests.web.pages.test_build import filled
from tests.web.reading import element, soup, words
from tests.web.talk import HTMX, hunt, walk_of

LESSON = "two-outputs-two-paths"


class Browser:
    """One reader: a client of the same server, with cookies of its own."""

    def __init__(self, client: TestClient) -> None:
        self.client, self.cookies = client, dict[str, str]()

    def get(self, path: str, **headers: str) -> BeautifulSoup:
        answer = self.client.get(path, headers=self._headers(headers))
        assert answer.status_code == 200, answer.text
        self._keep(answer)
        return BeautifulSoup(answer.text, "html5lib")

    def send(self, path: str, status: int = 303, **form: str) -> str:
        """What a form sends; where it leads, or what it answers."""
        answer = self.client.post(path, data=form, headers=self._headers({}))
        assert answer.status_code == status, answer.text
        self._keep(answer)
        return answer.headers["location"] if status == 303 else answer.text

    def _keep(self, answer: Response) -> None:
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.client.cookies.clear()

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return more | ({"Cookie": cookie, "Sec-Fetch-Site": "same-origin"} if cookie else {})


class Room:
    """A class and its teacher's browser."""

    def __init__(self, client: TestClient, session: str = "") -> None:
        self.client, self.teacher = client, Browser(client)
        self.host = self.teacher.send("/classroom", session=session, lesson=LESSON)
        self.present = f"/present/{present_key(self.host.rsplit('/', 1)[1])}"

    @property
    def code(self) -> str:
        return words(self.teacher.get(self.host), "#steering .class-code")

    def learner(self) -> Browser:
        browser = Browser(self.client)
        assert browser.send("/join", code=self.code.lower()) == "/seat"
        return browser

    def steer(self, verb: str, status: int = 303, **form: str) -> str:
        return self.teacher.send(f"{self.host}/{verb}", status, **form)

    def next(self) -> None:
        page = self.teacher.get(self.host)
        phase, number = (str(element(page, f"#steering [name={name}]")["value"]) for name in ("phase", "number"))
        self.steer("next", phase=phase, number=number)


@pytest.fixture
def room(client: TestClient) -> Room:
    return Room(client)


def vote(learner: Browser, answer: str) -> None:
    form = element(learner.get("/seat"), "#vote")
    hidden = {str(field["name"]): str(field["value"]) for field in form.select("[type=hidden]")}
    sent = learner.send(
        str(form["action"]), answer=answer, number=hidden["number"], round=hidden["round"], key=hidden["key"]
    )
    assert sent == "/seat"


def walk_at(room: Room) -> str:
    """The address of the walk that the class follows."""
    return str(element(room.teacher.get(room.host), "#walk")["action"]).removesuffix("/step")


def test_a_whole_class_without_javascript(room: Room) -> None:
    learners = [room.learner() for _ in range(6)]
    walk = walk_at(room)
    room.client.post(f"{walk}/backward", data={})
    assert "gradient" in words(learners[0].get("/seat"), "#status")
    assert learners[0].get("/seat").select("#controls, #nudging, #ask") == []
    room.client.post(f"{walk}/reset", data={})
    room.steer("ask", what="value-17")
    room.next()
    for learner, answer in zip(learners, ("0.00895", "0,009", "-0.00895", "-0.00895", "7.13", "7.13"), strict=True):
        vote(learner, answer)
    for page in (room.host, room.present):
        shown = room.teacher.get(page)
        assert words(shown, "#wall .counted") == "6 of 6 have answered"
        assert shown.select(".answers") == []
        assert "7.13" not in shown.get_text()
    room.next()
    assert words(learners[4].get("/seat"), "#own").startswith("You said 7.13.")
    room.next()
    vote(learners[4], "0.00895")
    room.next()
    shown = room.teacher.get(room.present)
    rows = [" ".join(row.get_text(" ").split()) for row in shown.select(".answers tbody tr")]
    assert rows[0] == "0.00895 right 2 1"
    assert rows[1].startswith("-0.00895") or rows[1].startswith("−0.00895")
    assert rows[1].endswith("2 0")
    assert words(shown, "#wall .hint") == "1 went from 7.13 to 0.00895."
    assert words(learners[4].get("/seat"), ".outcome").startswith("Right.")
    assert "sign lost" in words(learners[2].get("/seat"), "#own")
    assert "error signal" in words(learners[0].get("/seat"), "#equation").lower()


def test_the_teachers_walk_leads_back_to_the_teachers_page(room: Room) -> None:
    walk = walk_at(room)
    room.teacher.send(room.host + "/mode", mode="follow")
    assert room.teacher.send(f"{walk}/step") == walk
    answer = room.client.get(walk, headers=room.teacher._headers({}), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, room.host)
    assert "Weighted sum of hidden unit 1" in words(room.teacher.get(room.host), "#status")
    assert room.client.get(walk, headers=room.teacher._headers(HTMX)).status_code == 200, "a part of the page stays one"
    assert room.client.get(walk).status_code == 200, "nobody else is led there"
    room.steer("delete")
    assert room.client.get(walk, headers=room.teacher._headers({})).status_code == 404


def test_a_learners_own_walk_leads_back_to_the_seat(room: Room) -> None:
    learner = room.learner()
    room.steer("mode", mode="free")
    own = str(element(learner.get("/seat"), "#walk")["action"]).removesuffix("/step")
    assert learner.send(f"{own}/step") == own
    answer = room.client.get(own, headers=learner._headers({}), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/seat")
    assert "Weighted sum of hidden unit 1" in words(learner.get("/seat"), "#status")


def test_each_walks_alone_and_all_are_taken_back(room: Room) -> None:
    learner = room.learner()
    room.steer("mode", mode="free")
    page = learner.get("/seat")
    own = str(element(page, "#walk")["action"]).removesuffix("/step")
    assert own != walk_at(room)
    room.client.post(f"{own}/forward", data={})
    assert "Back to the teacher" in page.get_text()
    assert learner.get("/seat?shown=with").select("#controls") == []
    room.steer("mode", mode="follow")
    assert learner.get("/seat").select("#controls") == []
    room.steer("mode", mode="free")
    assert room.client.get(f"/api{own}").json()["forward"] is not None, "what was done alone is kept"
    assert str(element(learner.get("/seat"), "#walk")["action"]).removesuffix("/step") == own


def test_a_pause_is_one_sentence(room: Room) -> None:
    learner = room.learner()
    room.steer("mode", mode="pause")
    assert words(learner.get("/seat"), "#calm") == "Look up. The teacher has something to say."
    assert room.teacher.get(room.present).select_one("#calm h1") is None


def test_a_seat_stays_with_its_browser_and_moves_by_its_seat_code(room: Room) -> None:
    learner = room.learner()
    page = learner.get("/seat")
    label, code = words(page, ".seat-strip b"), words(page, ".seat-strip .class-code")
    assert words(learner.get("/seat"), ".seat-strip b") == label
    assert learner.send("/join", code=room.code) == "/seat"
    assert words(learner.get("/seat"), ".seat-strip b") == label, "who sits already sits down no second time"
    phone = Browser(room.client)
    assert "No seat has this seat code" in phone.send("/join", 404, code=room.code, seat_code="CCCCC-CCCCC")
    assert phone.send("/join", code=room.code, seat_code=code) == "/seat"
    assert words(phone.get("/seat"), ".seat-strip b") == label
    assert room.client.get("/seat", headers={"Cookie": f"seat={learner.cookies['seat']}"}).status_code == 401


def test_a_wrong_code_gets_a_sentence_on_the_page_where_it_is_typed(room: Room) -> None:
    page = Browser(room.client).send("/join", 404, code="CCCCCC")
    assert "look at the code on the wall" in page
    room.steer("lock")
    assert "The class is locked" in Browser(room.client).send("/join", 409, code=room.code)


def test_those_at_the_door_wait_until_they_are_let_in(room: Room) -> None:
    room.steer("door")
    learner = room.learner()
    assert words(learner.get("/seat"), "#calm").startswith("You are at the door.")
    room.steer("let-in", label="")
    assert learner.get("/seat").select_one("#calm h1") is None


def test_the_teacher_removes_a_seat_and_whoever_sat_there_can_join_again(room: Room) -> None:
    learner = room.learner()
    label = words(learner.get("/seat"), ".seat-strip b")
    assert label in words(room.teacher.get(room.host), ".labels")
    assert label not in room.teacher.get(room.present).get_text()
    room.steer("remove", label=label)
    assert room.client.get("/seat", headers={"Cookie": f"seat={learner.cookies['seat']}"}).status_code == 401
    assert learner.send("/join", code=room.code) == "/seat"


def test_what_cannot_be_done_is_said_on_the_teachers_page(room: Room) -> None:
    assert "Lead the question there first" in room.steer("insist", 409)
    assert "cannot be asked" in room.steer("ask", 422, what="factor")
    assert room.client.post(f"{room.host}/sing").status_code == 404


def test_learners_say_how_fast_to_go_on_and_nobody_is_told_who(room: Room) -> None:
    learners = [room.learner() for _ in range(3)]
    for learner, tempo in zip(learners, ("slower", "faster", "slower"), strict=True):
        assert element(learner.get("/seat"), "button[name=tempo]")
        assert learner.send("/seat/tempo", tempo=tempo) == "/seat"
    learners[1].send("/seat/tempo", tempo="slower")
    assert words(room.teacher.get(room.host), "#steering .hint") == "Tempo: 3 slower"
    assert "slower" not in room.teacher.get(room.present).get_text()
    assert "Choose one of" in learners[0].send("/seat/tempo", 422, tempo="back")
    said = room.client.post("/seat/tempo", data={"tempo": "fine"}, headers=learners[0]._headers(HTMX))
    assert said.text == "The teacher sees one more “fine”, and not whose."
    assert words(room.teacher.get(room.host), "#steering .hint") == "Tempo: 2 slower, 1 fine"
    room.client.post(f"{walk_at(room)}/forward", data={})
    assert room.teacher.get(room.host).select("#steering .hint") == [], "each phase begins anew"


def test_a_click_that_was_sent_twice_leads_on_once(room: Room) -> None:
    room.steer("ask", what="")
    for _ in range(2):
        room.steer("next", phase="closed", number="1")
    assert words(room.teacher.get(room.host), "#wall .phase") == "first vote"


def test_a_class_is_opened_on_where_a_walk_stands(client: TestClient) -> None:
    walk = walk_of(client, {"lesson": LESSON}, iterations=3)
    session = walk.rsplit("/", 1)[1]
    assert f'href="/classroom?session={session}"' in client.get(walk).text
    assert "The class begins where this walk stands" in client.get(f"/classroom?session={session}").text
    host = Browser(client).send("/classroom", session=session)
    assert "iteration 3" in words(soup(client, host), "#loss")


def test_a_class_is_opened_on_a_network_of_ones_own_with_its_data(client: TestClient) -> None:
    form = filled(client.get("/build", params={"from": "xor"}).text)
    table = "width,height,kind\n1,2,a\n2,1,b\n3,3,a\n4,1,c\n"
    form |= {"source": "table", "table": table, "output": "softmax", "loss": "cross_entropy"}
    built = client.post("/build", data=filled(client.post("/build", data=form).text) | {"do": "start"})
    walk = built.headers["Location"]
    room = Room(client, session=walk.rsplit("/", 1)[1])
    mine, theirs = (client.get(f"/api{address}").json() for address in (walk, walk_at(room)))
    assert theirs["id"] != mine["id"]
    assert theirs["setup"] == mine["setup"]
    assert theirs["setup"]["data"]["columns"] == ["width", "height"]
    learner = room.learner()
    assert "width" in words(learner.get("/seat"), "#network")
    room.steer("ask", what="")
    room.next()
    assert element(learner.get("/seat"), "#vote")
    room.steer("close")
    room.steer("mode", mode="free")
    own = str(element(learner.get("/seat"), "#walk")["action"]).removesuffix("/step")
    assert client.get(f"/api{own}").json()["setup"] == mine["setup"]


def test_a_class_is_opened_on_a_case_of_the_bug_lab(client: TestClient) -> None:
    case = hunt(client, 2, 17)
    session = case.rsplit("/", 1)[1]
    assert f'href="/classroom?session={session}"' in client.get(case).text
    room = Room(client, session=session)
    learner = room.learner()
    page = learner.get("/seat")
    assert words(page, "h1") == words(soup(client, case), "h1")
    room.client.post(f"{walk_at(room)}/forward", data={})
    assert words(learner.get("/seat"), "#status") != words(page, "#status")
    assert room.teacher.get(room.host).select("#what") == [], "its numbers are wrong: nothing is asked of them"
    assert "let the class hunt" in room.steer("ask", 409, what="")
    for shown in (learner.get("/seat"), room.teacher.get(room.present)):
        assert all(MISTAKES[name].title not in shown.get_text() for name in case_of(2, 17).setup.mistakes)
    room.steer("mode", mode="free")
    own = learner.get("/seat")
    assert str(element(own, "#walk")["action"]) != f"{walk_at(room)}/step"
    assert own.select("[action$='/accuse'], [formaction$='/accuse']"), "each can look for the bug alone"


def test_the_class_is_deleted_after_one_more_question(room: Room) -> None:
    learner = room.learner()
    assert "Nobody can bring them back" in room.teacher.get(f"{room.host}/delete").get_text()
    assert room.steer("delete") == "/classroom"
    assert room.client.get(room.host).status_code == 404
    assert room.client.get("/seat", headers={"Cookie": f"seat={learner.cookies['seat']}"}).status_code == 401


@pytest.mark.parametrize("page", ["host", "present"])
def test_an_address_of_one_role_is_none_of_another(room: Room, page: str) -> None:
    other = {"host": room.present, "present": room.host}[page].rsplit("/", 1)[1]
    assert room.client.get(f"/{page}/{other}").status_code == 404
    assert room.client.get(f"/{page}/{'n' * 40}").status_code == 404


def test_an_answer_is_acknowledged_in_place_and_what_is_none_too(room: Room) -> None:
    learner = room.learner()
    room.steer("ask", what="value-17")
    room.next()
    headers = learner._headers(HTMX)
    form = {"number": "1", "round": "1", "key": "k", "answer": "0.3"}
    said = room.client.post("/seat/vote", data=form, headers=headers)
    assert said.text == "Your answer is 0.3. The last one counts when the vote closes."
    refused = room.client.post("/seat/vote", data=form | {"answer": "abc", "key": "l"}, headers=headers)
    assert (refused.status_code, refused.text[:22]) == (422, "This is not a number. ")
    assert element(learner.get("/seat"), "#answer")["value"] == "0.3"


def test_a_qr_code_is_drawn_of_squares() -> None:
    found = qr("http://192.168.1.20:8000/join/CDFGHJ")
    assert found.size >= 25
    assert found.d.startswith("M2 2h7v1h-7z")


@pytest.mark.parametrize(
    ("host", "url"),
    [("192.168.1.20:8000", "http://192.168.1.20:8000/join"), ("testserver", "http://testserver/join")],
)
def test_the_address_on_the_wall_is_one_that_learners_reach(room: Room, host: str, url: str) -> None:
    page = BeautifulSoup(room.client.get(room.present, headers={"Host": host}).text, "html5lib")
    assert words(page, ".invitation b") == url
    assert element(page, ".qr")["aria-label"] == f"The address {url}/{room.code} as a QR code"


def test_on_this_machine_alone_there_is_no_qr_code_but_what_to_do(room: Room) -> None:
    page = BeautifulSoup(room.client.get(room.host, headers={"Host": "127.0.0.1:8000"}).text, "html5lib")
    assert page.select(".qr") == []
    assert "--host 0.0.0.0" in page.get_text() or "EXPLORER_PUBLIC_URL" in page.get_text()


def test_the_overview_tells_how_each_did_and_calls_nobody_by_a_label_unless_asked(room: Room) -> None:
    learners = [room.learner() for _ in range(3)]
    labels = [words(learner.get("/seat"), ".seat-strip b") for learner in learners]
    room.steer("ask", what="value-17")
    room.next()
    for learner, answer in zip(learners, ("0.00895", "-0.00895", "-0.00895"), strict=True):
        vote(learner, answer)
    assert "question 1" not in room.teacher.get(f"{room.host}/overview").get_text(), (
        "an open question is told to nobody"
    )
    room.next()
    room.next()
    vote(learners[2], "0.00895")
    room.next()
    page = room.teacher.get(f"{room.host}/overview")
    assert [words(row, "td:nth-of-type(2) [aria-hidden]") for row in page.select("tbody tr")] == ["A", "✓", "A✓"]
    assert [text.get_text() for text in page.select("#picture text.right, #picture text.wrong")] == ["A", "✓", "A", "✓"]
    assert words(page, "#picture ol li").endswith("1 of 3 right at first, 1 of 1 right then.")
    assert words(page, ".slips li").startswith("A 2 × what you get")
    assert not [label for label in labels if label in page.get_text()]
    named = room.teacher.get(f"{room.host}/overview?labels=1").get_text()
    assert all(label in named for label in labels)
    room.steer("close")
    room.steer("mode", mode="free")
    assert "iteration 1: " in room.teacher.get(f"{room.host}/overview").get_text()


def test_the_overview_is_sent_again_only_where_it_looks_different(room: Room) -> None:
    room.learner(), room.learner()
    page = room.teacher.get(f"{room.host}/overview")
    at = f"{room.host}/overview?version={element(page, '#overview-version')['value']}"
    assert room.client.get(at, headers=HTMX).status_code == 204
    room.client.post(f"{walk_at(room)}/forward", data={})
    changed = room.client.get(at, headers=HTMX)
    assert changed.status_code == 200
    assert "activation of output 2" in changed.text
    assert 'hx-target="#slips"' not in changed.text, "what looks the same is not sent"


def test_the_overview_tells_who_is_stuck(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    learners = [room.learner() for _ in range(2)]
    room.steer("mode", mode="free")
    later = time.time() + 200
    own = str(element(learners[1].get("/seat"), "#walk")["action"])

    def stuck() -> list[str]:
        return [words(row, "td") for row in room.teacher.get(f"{room.host}/overview").select("tbody tr")]

    assert not [told for told in stuck() if "stuck" in told]
    monkeypatch.setattr(time, "time", lambda: later)
    room.client.post(own, data={})
    monkeypatch.setattr("app.web.http.classroom.time", lambda: later)
    found = stuck()
    assert found[0].endswith("stuck for three minutes")
    assert "stuck" not in found[1]
    room.steer("mode", mode="follow")
    assert not [told for told in stuck() if "stuck" in told]


def test_a_slip_of_the_overview_is_shown_on_the_wall_until_it_is_taken_away(room: Room) -> None:
    learners = [room.learner() for _ in range(2)]
    room.steer("ask", what="value-17")
    room.next()
    assert "Lead it to the reveal" in room.steer("wall", 409, mistake="untransposed_weights", number="1")
    for learner in learners:
        vote(learner, "0.0084737")
    for _ in range(3):
        room.next()
    room.steer("close")
    form = element(room.teacher.get(f"{room.host}/overview"), ".slips form")
    hidden = {str(field["name"]): str(field["value"]) for field in form.select("[type=hidden]")}
    walk = room.teacher.send(f"{room.host}/show", mistake=hidden["mistake"], number=hidden["number"])
    assert room.client.get(f"/api{walk}").json()["setup"]["mistake"] == "untransposed_weights"
    room.steer("wall", mistake=hidden["mistake"], number=hidden["number"])
    for page in (learners[0].get("/seat"), room.teacher.get(room.present)):
        assert "0.00847" in words(page, "#equation")
    host = room.teacher.get(room.host)
    assert "0.00895" in words(host, "#equation"), "the teacher's own walk stays"
    assert "Take the mistake from the wall" in words(host, "#steering")
    room.steer("ours")
    assert "0.00895" in words(learners[0].get("/seat"), "#equation")
    room.steer("wall", 422, mistake="another", number="1")
    room.steer("wall", 409, mistake=hidden["mistake"], number="7")


def test_the_results_are_a_file(room: Room) -> None:
    answer = room.client.get(f"{room.host}/results.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.startswith("question,follow_up,")


def test_a_bar_opens_the_walk_in_which_its_mistake_is_computed(room: Room) -> None:
    learners = [room.learner() for _ in range(5)]
    room.steer("ask", what="value-17")
    room.next()
    for learner in learners:
        vote(learner, "0.0084737")  # the row of W₂ where the chain rule takes a column
    assert "Lead it to the reveal" in room.teacher.send(f"{room.host}/show", 409, mistake="untransposed_weights")
    for _ in range(3):
        room.next()
    bar = element(room.teacher.get(room.host), ".answers button[name=mistake]")
    assert bar["value"] == "untransposed_weights"
    walk = room.teacher.send(f"{room.host}/show", mistake=str(bar["value"]))
    state = room.client.get(f"/api{walk}").json()
    assert (state["cursor"], state["setup"]["mistake"]) == (18, "untransposed_weights")
    assert state["equation"]["value"] == pytest.approx(0.0084737, rel=1e-4)
    assert room.teacher.get(room.present).select("[name=mistake]") == []
    assert "Choose one of" in room.teacher.send(f"{room.host}/show", 422, mistake="another")
