"""Classes as JSON: who may do what, what is followed, and how codes are guarded."""

import asyncio
import csv
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.web.api.classroom import ClassState
from tests.web.talk import BATCHES, LESSON, Json, begin


class AClass:
    """A class by its JSON."""

    def __init__(self, client: TestClient, what: Json = LESSON) -> None:
        self.client = client
        opened = client.post("/api/classes", json=what)
        assert opened.status_code == 201, opened.text
        self.code, self.host, self.present = (opened.json()[name] for name in ("code", "host", "present"))

    def ask(self, method: str, path: str, key: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.client.request(method, f"/api/classes/{self.code}{path}", json=body, headers=headers)

    def steer(self, path: str, body: Any = None) -> Json:
        response = self.ask("POST", path, self.host, body)
        assert response.status_code == 200, response.text
        ClassState.model_validate(response.json(), strict=True)
        state: Json = response.json()
        return state

    def state(self, key: str = "") -> Json:
        response = self.ask("GET", "", key or self.host)
        assert response.status_code == 200, response.text
        ClassState.model_validate(response.json(), strict=True)
        state: Json = response.json()
        return state

    def seat(self) -> Json:
        response = self.client.post(f"/api/classes/{self.code}/seats")
        assert response.status_code == 201, response.text
        seat: Json = response.json()
        return seat


@pytest.fixture
def room(client: TestClient) -> AClass:
    return AClass(client)


def test_a_class_is_opened_on_a_lesson_or_on_where_a_walk_stands(client: TestClient, room: AClass) -> None:
    assert room.state()["walk"]["lesson"] == LESSON["lesson"]
    walk = begin(client, BATCHES)
    client.post(f"/api/sessions/{walk['id']}/backward")
    copy = AClass(client, {"session": walk["id"]}).state()["walk"]
    assert copy["id"] != walk["id"]
    assert copy["backward"] is not None
    assert client.post("/api/classes", json={"session": "n" * 24}).status_code == 404
    assert client.post("/api/classes", json={}).status_code == 422


def test_each_role_sees_where_the_class_stands_and_only_the_host_the_walks_own_id(room: AClass) -> None:
    seat = room.seat()
    room.steer("/move", {"verb": "forward"})
    states = {key: room.state(key) for key in (room.host, room.present, seat["seat"])}
    assert {state["walk"]["cursor"] for state in states.values()} == {states[room.host]["walk"]["cursor"]} != {0}
    assert states[room.host]["labels"] == [seat["label"]]
    for key in (room.present, seat["seat"]):
        assert states[key]["walk"]["id"] == ""
        assert states[key]["labels"] is None
        assert states[room.host]["walk"]["id"] not in json.dumps(states[key])


HOST_ONLY = [
    ("POST", "/move", {"verb": "step"}),
    ("POST", "/follow", {"on": False}),
    ("POST", "/pause", {"on": True}),
    ("POST", "/lock", None),
    ("POST", "/admit", None),
    ("POST", "/rotate", None),
    ("POST", "/ask", None),
    ("POST", "/next", None),
    ("POST", "/insist", None),
    ("DELETE", "/seats/kind fox", None),
    ("DELETE", "", None),
]


@pytest.mark.parametrize(("method", "path", "body"), HOST_ONLY)
def test_only_the_host_steers(room: AClass, method: str, path: str, body: Any) -> None:
    seat = room.seat()["seat"]
    for key, status in (("", 401), ("n" * 40, 401), (room.host[:16] + "n" * 24, 401), (room.present, 403), (seat, 403)):
        answer = room.ask(method, path, key, body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_opens_its_own_class_alone(client: TestClient, room: AClass) -> None:
    other = AClass(client)
    assert other.ask("GET", "", room.host).status_code == 404


def test_a_new_seat_stands_where_the_class_does_in_a_walk_of_its_own(client: TestClient, room: AClass) -> None:
    room.steer("/move", {"verb": "backward"})
    seat = room.seat()
    own = client.get(f"/api/sessions/{seat['session']}").json()
    assert own["backward"] is not None
    assert seat["session"] != room.state()["walk"]["id"]


def test_a_class_takes_in_only_those_whom_the_teacher_lets_in(room: AClass) -> None:
    room.steer("/admit", {"on": True})
    seat = room.seat()
    assert not seat["admitted"]
    assert room.state()["waiting"] == [seat["label"]]
    room.steer("/ask")
    room.steer("/next")
    body = {"round": 1, "answer": "0.3", "key": "1"}
    assert room.ask("POST", "/vote", seat["seat"], body).status_code == 403
    assert room.steer("/admit")["seats"] == 1
    assert room.ask("POST", "/vote", seat["seat"], body).status_code == 200


def test_too_many_wrong_codes_are_refused_and_right_ones_cost_nothing(client: TestClient, room: AClass) -> None:
    for _ in range(60):
        room.seat()
    answers = [client.post("/api/classes/CCCCCC/seats").status_code for _ in range(40)]
    assert set(answers) == {404, 429}
    assert answers == sorted(answers)


@pytest.mark.parametrize("answer", ["", "abc", "1/0", "9" * 61, "nan"])
def test_what_is_no_answer_is_refused_with_a_remedy(room: AClass, answer: str) -> None:
    seat = room.seat()["seat"]
    room.steer("/ask")
    room.steer("/next")
    refused = room.ask("POST", "/vote", seat, {"round": 1, "answer": answer, "key": "1"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "answer"
    assert refused.json()["errors"][0]["remedy"]


def test_at_the_reveal_all_stand_at_the_equation_in_question(room: AClass) -> None:
    seat = room.seat()["seat"]
    at = 17
    assert room.steer("/ask", {"at": at})["walk"]["cursor"] == at
    for _ in range(3):
        room.steer("/next")
    assert room.state(seat)["walk"]["cursor"] == at
    assert room.steer("/next")["phase"] == "reveal"
    assert room.state(seat)["walk"]["cursor"] == at + 1


def test_a_learner_sees_what_became_of_the_own_answer_at_the_reveal(room: AClass) -> None:
    seat = room.seat()["seat"]
    room.steer("/ask", {"at": 17})
    room.steer("/next")
    vote = room.ask("POST", "/vote", seat, {"round": 1, "answer": "1", "key": "1"}).json()
    assert vote["own"] == {"first": "1", "second": None, "right": None, "slip": None}
    for _ in range(3):
        room.steer("/next")
    assert room.state(seat)["own"]["right"] is False
    assert room.state()["histogram"] is None  # one answer is no histogram
    assert room.steer("/insist")["histogram"][0]["count_first"] == 1


def test_the_host_alone_is_told_the_tempo_and_not_who_said_it(room: AClass) -> None:
    seat, other = room.seat(), room.seat()
    answer = room.ask("POST", "/tempo", seat["seat"], {"tempo": "faster"})
    assert (answer.status_code, answer.json()["tempo"]) == (200, None)
    assert room.ask("POST", "/tempo", room.host, {"tempo": "faster"}).status_code == 403
    assert room.ask("POST", "/tempo", other["seat"], {"tempo": "back"}).status_code == 422
    assert room.state()["tempo"] == {"slower": 0, "fine": 0, "faster": 1}
    room.steer("/move", {"verb": "forward"})
    assert room.state()["tempo"] == {"slower": 0, "fine": 0, "faster": 0}


def test_a_deleted_class_is_gone_with_the_walks_of_its_seats(client: TestClient, room: AClass) -> None:
    seat = room.seat()
    room.steer("/ask")
    assert room.ask("DELETE", "", room.host).status_code == 204
    assert client.get(f"/api/sessions/{seat['session']}").status_code == 404
    assert room.ask("GET", "", seat["seat"]).status_code == 404
    assert room.client.post(f"/api/classes/{room.code}/seats").status_code == 404


def test_whoever_comes_as_the_door_is_locked_leaves_no_walk_behind(
    room: AClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: Any = room.client.app
    store, begun = app.state.services.store, list[str]()
    create = store.create

    async def create_and_lock(*given: Any, **named: Any) -> Any:
        kept = await create(*given, **named)
        begun.append(kept.id)
        held = await store.classes.load(room.host[:16])
        await store.classes.save(held, held.classroom.lock(True))
        return kept

    monkeypatch.setattr(store, "create", create_and_lock)
    assert room.client.post(f"/api/classes/{room.code}/seats").status_code == 409
    assert len(begun) == 1
    assert room.client.get(f"/api/sessions/{begun[0]}").status_code == 404


def test_events_are_the_states_as_they_change(room: AClass) -> None:
    """Read as the server sends them: no client of a test reads a stream while it goes on."""
    seat = room.seat()["seat"]
    app: Any = room.client.app
    loop_states: list[Json] = []

    async def listened() -> None:
        moved, done = asyncio.Event(), asyncio.Event()
        sent = b""

        async def receive() -> dict[str, Any]:
            if not moved.is_set():
                moved.set()
                return {"type": "http.request", "body": b"", "more_body": False}
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            nonlocal sent
            sent += message.get("body", b"")
            events = [part for part in sent.split(b"\n\n") if part.startswith(b"id: ")]
            loop_states[:] = [json.loads(event.split(b"data: ", 1)[1]) for event in events]
            if len(loop_states) == 1:
                walk = room_walk["id"]
                kept = await app.state.services.store.load(walk)
                if kept.rev == 1:
                    await app.state.services.store.save(kept, kept.session.step())
            if len(loop_states) == 2:
                done.set()

        scope = {
            "type": "http", "method": "GET", "path": f"/api/classes/{room.code}/events", "root_path": "",
            "raw_path": b"", "query_string": b"", "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0"},
            "client": ("127.0.0.1", 1), "server": ("testserver", 80), "app": app,
            "headers": [(b"host", b"testserver"), (b"authorization", f"Bearer {seat}".encode())],
        }  # fmt: skip
        async with asyncio.timeout(20):
            await app(scope, receive, send)

    room_walk = room.state()["walk"]
    room.client.portal.call(listened)  # type: ignore[union-attr]
    assert [state["walk"]["cursor"] for state in loop_states] == [0, 1]
    assert all(ClassState.model_validate(state, strict=True) for state in loop_states)


def test_results_are_a_table_without_labels_of_what_is_closed_alone(client: TestClient) -> None:
    room = AClass(client, {"lesson": "two-outputs-two-paths"})
    seats = [room.seat() for _ in range(5)]
    room.steer("/ask", {"at": 17})
    room.steer("/next")
    for seat, answer in zip(seats, ("0.00895", "-0.00895", "-0.00895", "-0.00895", "7"), strict=True):
        room.ask("POST", "/vote", seat["seat"], {"round": 1, "answer": answer, "key": "1"})
    assert room.ask("GET", "/results.csv", room.host).text.count("\r\n") == 1, "an open question is told to nobody"
    for _ in range(2):
        room.steer("/next")
    for seat in seats[:4]:
        room.ask("POST", "/vote", seat["seat"], {"round": 2, "answer": "0.00895", "key": "1"})
    room.steer("/next")
    answer = room.ask("GET", "/results.csv", room.host)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [(row["right"], row["first_vote"], row["second_vote"]) for row in rows] == [
        ("yes", "1", "4"),
        ("no", "3", "0"),
        ("no", "1", "0"),
    ]
    assert "sign lost" in rows[1]["slip"]
    assert {row["normalised_gain"] for row in rows} == {"1.000"}
    assert not [seat["label"] for seat in seats if seat["label"] in answer.text]
    assert room.ask("GET", "/results.csv", seats[0]["seat"]).status_code == 403
