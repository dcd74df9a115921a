"""Whatever order joins, votes, closings, reloads, removals and late requests come in: what is counted is the last valid
vote of each seat, and nothing of an open question is told early, by no byte of what any role can read.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from starlette.testclient import TestClient

from app.sessions.classroom.classroom import NEXT, ROUNDS, Phase
from tests.redis_server import PROGRAM, RedisServer, redis_server, with_redis
from tests.web.conftest import unhurried
from tests.web.talk import HTMX, first_event, served

LESSON = {"lesson": "two-outputs-two-paths"}
HIDDEN_DELTA = 17  # equations that come before the first hidden unit's error signal
RIGHT = "0.0089515"
TRUTHS = (("0.00895155", ">0.00895<"), ("0.01129279", ">0.01129<"))  # of the question, and of its follow-up
ANSWERS = (RIGHT, "0,00895157", "-0.00895155", "7.1259314", "0.3391827", "0.3391828")
PICK = st.integers(0, 99)


@dataclass
class Chair:
    """A seat as it should be; what it voted in each round, by the key of each vote."""

    key: str
    label: str
    code: str
    last: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    there: bool = True


class AClass(RuleBasedStateMachine):
    """A class on two servers that share one store; each request goes to either, and either may be started anew."""

    @initialize(seats=st.integers(0, 7), led=st.integers(0, 4))
    def open(self, seats: int, led: int) -> None:
        """With so many seats, and led so far: no question, or one whose votes may be open."""
        self.stack = ExitStack()
        self.settings = unhurried(Path(self.stack.enter_context(tempfile.TemporaryDirectory())), self.store())
        self.servers = [self.started(), self.started()]
        opened = self.servers[0].post("/api/classes", json=LESSON).json()
        self.code, self.host, self.present = opened["code"], opened["host"], opened["present"]
        self.chairs: list[Chair] = []
        self.phase: Phase | None = None
        self.number, self.locked, self.turn, self.insisted = 0, False, 0, False
        self.follow_up = False
        for _ in range(seats):
            self.join()
        for move in (self.put_a_question, self.next, self.next, self.next)[:led]:
            move()

    def store(self) -> str:
        """The address of an empty store; where it is empty itself, that is a file."""
        return ""

    def started(self) -> TestClient:
        return self.stack.enter_context(served(self.settings))

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    def ask(self, method: str, path: str, key: str, body: Any = None, status: int = 200) -> Any:
        self.turn += 1
        response = self.servers[self.turn % 2].request(
            method, f"/api/classes/{self.code}{path}", json=body, headers={"Authorization": f"Bearer {key}"}
        )
        assert response.status_code == status, response.text
        return response.json() if status == 200 else None

    @property
    def round(self) -> str:
        return f"{self.number}.{ROUNDS[self.phase]}" if self.phase in ROUNDS else ""

    def chair(self, pick: int) -> Chair:
        return self.chairs[pick % len(self.chairs)]

    # What happens -----------------------------------------------------------------------------------------------------

    @rule()
    def join(self) -> None:
        response = self.servers[self.turn % 2].post(f"/api/classes/{self.code}/seats")
        assert response.status_code == (409 if self.locked else 201)
        if not self.locked:
            seat = response.json()
            self.chairs.append(Chair(seat["seat"], seat["label"], seat["seat_code"]))

    @rule()
    def lock_or_open(self) -> None:
        self.locked = not self.locked
        self.ask("POST", "/lock", self.host, {"on": self.locked})

    @rule()
    def rotate(self) -> None:
        self.code = self.ask("POST", "/rotate", self.host)["code"]

    @rule(mode=st.sampled_from(["follow", "free", "paused"]))
    def switch(self, mode: str) -> None:
        path, on = ("/pause", True) if mode == "paused" else ("/follow", mode == "follow")
        assert self.ask("POST", path, self.host, {"on": on})["mode"] == mode

    @precondition(lambda self: self.chairs)
    @rule(pick=PICK)
    def remove(self, pick: int) -> None:
        chair = self.chair(pick)
        self.ask("DELETE", f"/seats/{chair.label}", self.host, status=204 if chair.there else 409)
        chair.there = False

    @precondition(lambda self: self.chairs)
    @rule(pick=PICK)
    def move_to_another_device(self, pick: int) -> None:
        chair = self.chair(pick)
        response = self.servers[0].post(f"/api/classes/{self.code}/seats", json={"seat_code": chair.code})
        assert response.status_code == (201 if chair.there else 401), response.text
        if chair.there:
            seat, old = response.json(), chair.key
            assert seat["label"] == chair.label
            chair.key, chair.code = seat["seat"], seat["seat_code"]
            self.ask("GET", "", old, status=401)

    @precondition(lambda self: self.phase in (None, "reveal"))
    @rule()
    def put_a_question(self) -> None:
        self.ask("POST", "/move", self.host, {"verb": "reset"})
        self.ask("POST", "/ask", self.host, {"at": HIDDEN_DELTA})
        self.number, self.phase, self.insisted, self.follow_up = self.number + 1, "closed", False, False

    @precondition(lambda self: self.phase)
    @rule()
    def next(self) -> None:
        before = self.phase
        assert before is not None
        state = self.ask("POST", "/next", self.host, {"phase": before})
        if before == "reveal" and self.follow_up:
            self.phase = None
        else:
            self.phase = NEXT[before]
            if before == "reveal":
                self.number, self.insisted, self.follow_up = self.number + 1, False, True
        assert state["phase"] == self.phase
        self.ask("POST", "/next", self.host, {"phase": before})  # the same click again does nothing more

    @precondition(lambda self: self.phase == "reveal")
    @rule()
    def insist(self) -> None:
        self.ask("POST", "/insist", self.host)
        self.insisted = True

    @precondition(lambda self: self.round and self.chairs)
    @rule(answers=st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=6))
    def all_vote(self, answers: list[str]) -> None:
        for chair, answer in zip(self.chairs, cycle(answers), strict=False):
            self.vote_of(chair, answer, int(self.round[-1]), self.number)

    @precondition(lambda self: self.chairs)
    @rule(pick=PICK, answer=st.sampled_from(ANSWERS), round=st.sampled_from([1, 2]), question=st.integers(0, 1))
    def vote(self, pick: int, answer: str, round: int, question: int) -> None:
        self.vote_of(self.chair(pick), answer, round, max(1, self.number - question))

    def vote_of(self, chair: Chair, answer: str, round: int, number: int) -> None:
        name, key = f"{number}.{round}", str(self.turn)
        body = {"round": round, "answer": answer, "key": key, "question": number}
        taken = chair.there and self.round == name
        self.ask("POST", "/vote", chair.key, body, 200 if taken else 409 if chair.there else 401)
        if taken:
            chair.last[name] = answer
            chair.sent.append((name, key, answer))

    @precondition(lambda self: any(chair.sent for chair in self.chairs))
    @rule(pick=PICK, which=PICK)
    def send_again_late(self, pick: int, which: int) -> None:
        voters = [chair for chair in self.chairs if chair.sent]
        chair = voters[pick % len(voters)]
        name, key, answer = chair.sent[which % len(chair.sent)]
        number, round = name.split(".")
        body = {"round": int(round), "answer": answer, "key": key, "question": int(number)}
        self.ask("POST", "/vote", chair.key, body, 200 if chair.there else 401)

    @precondition(lambda self: self.phase in (None, "reveal"))
    @rule(verb=st.sampled_from(["step", "back", "forward", "reset"]))
    def walk(self, verb: str) -> None:
        self.ask("POST", "/move", self.host, {"verb": verb})

    @precondition(lambda self: self.phase not in (None, "reveal"))
    @rule()
    def walk_while_a_question_is_open(self) -> None:
        self.ask("POST", "/move", self.host, {"verb": "step"}, 409)

    @rule(which=st.integers(0, 1))
    def start_anew(self, which: int) -> None:
        """The other one serves on; this one was killed: nobody tells it to close anything."""
        self.servers[which] = self.started()

    # What must be true ------------------------------------------------------------------------------------------------

    @invariant()
    def what_is_counted_is_the_last_valid_vote_of_each_seat(self) -> None:
        if not hasattr(self, "chairs"):
            return
        state = self.ask("GET", "", self.host)
        there = [chair for chair in self.chairs if chair.there]
        assert (state["phase"], state["seats"]) == (self.phase, len(there))
        assert set(state["labels"]) == {chair.label for chair in there}
        first, second = ([c for c in there if f"{self.number}.{round}" in c.last] for round in (1, 2))
        if self.round:
            assert state["answered"] == len(second if self.phase == "second" else first)
        few = len({c.label for c in (*first, *second)}) < 5
        if self.phase != "reveal" or (few and not self.insisted):
            assert state["histogram"] is None
        else:
            bars = state["histogram"]
            assert [sum(bar[f"count_{name}"] for bar in bars) for name in ("first", "second")] == [
                len(first),
                len(second),
            ]
            right = [bar for bar in bars if bar["right"]]
            assert sum(bar["count_first"] for bar in right) == sum(self.is_right(c, 1) for c in first)
            assert sum(bar["count_second"] for bar in right) == sum(self.is_right(c, 2) for c in second)

    def is_right(self, chair: Chair, round: int) -> bool:
        return not self.follow_up and chair.last[f"{self.number}.{round}"] in ANSWERS[:2]

    @invariant()
    def nothing_is_told_early(self) -> None:
        if self.phase in (None, "reveal") or not self.number:
            return
        there = [chair for chair in self.chairs if chair.there]
        readers = [(self.host, None), (self.present, None), *((chair.key, chair) for chair in there[:2])]
        for key, own in readers:
            for text in self.all_that_can_be_read(key):
                said = {answer for chair in self.chairs if chair is not own for answer in chair.last.values()}
                mine = set(own.last.values()) if own else set[str]()
                secret = [each for each in (*TRUTHS[self.follow_up], *said) if not any(each in told for told in mine)]
                assert not [each for each in secret if each in text]
                if key != self.host:
                    others = {chair.label for chair in self.chairs if chair is not own}
                    assert not [label for label in others if label in text]

    def all_that_can_be_read(self, key: str) -> list[str]:
        server, headers = self.servers[0], {"Authorization": f"Bearer {key}"}
        page = {self.host: f"/host/{key}", self.present: f"/present/{key}"}.get(key, "/seat")
        cookie = {"Cookie": f"seat={key}"} if page == "/seat" else {}
        asked = [server.get(page, headers=cookie | more) for more in ({}, HTMX)]
        if key == self.host and self.number == 1:  # of closed questions these tell
            asked += [server.get(f"{page}/{more}") for more in ("overview", "overview?labels=1", "results.csv")]
        asked.append(server.get(api := f"/api/classes/{self.code}", headers=headers))
        assert {answer.status_code for answer in asked} == {200}
        events = [first_event(server, f"{at}/events", sent) for at, sent in ((api, headers), (page, cookie))]
        assert all("\nid: " in read for read in events), "each tells how the class stands"
        return [*(answer.text for answer in asked), *events]


TestAClass = AClass.TestCase
TestAClass.settings = settings(max_examples=7, stateful_step_count=30)


class InRedis(AClass):
    """The same on servers that share a Redis."""

    redis: RedisServer

    def store(self) -> str:
        with self.redis.client() as client:
            client.flushall()
        return self.redis.address


@pytest.fixture(scope="module", autouse=True)
def redis() -> Iterator[None]:
    if PROGRAM is None:
        yield
        return
    with redis_server() as InRedis.redis:
        yield


TestInRedis = with_redis(InRedis.TestCase)
TestInRedis.settings = settings(max_examples=3, stateful_step_count=30)
