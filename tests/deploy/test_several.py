"""One class on two processes that share a store, behind one proxy: each request goes to the next of the two, and one of
them may be killed.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.deploy.proxies import caddy, messages, nginx
from tests.durability.client import HUNG_UP, Client, connected
from tests.redis_server import redis_server, with_redis
from tests.test_serving import Server, serving

LEARNERS, CLICKS, CHANGES = 8, 6, 4  # so many clicks of each in their own walk, and answers of each to the question
WHO_ONLY_JOIN = 20  # all at once
BEFORE = 25  # of all those, and one process is killed
LESSON, HIDDEN_DELTA = "two-outputs-two-paths", 17
ANSWERS = ("0.00895", "0.0179", "-0.00895", "0.0371", "7")
FORM = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin", "hx_request": "true"}


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=with_redis)])
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Server]]:
    """Two processes that share a store: a file, or a Redis."""
    settings = {"FORWARDED_ALLOW_IPS": "127.0.0.1", "EXPLORER_METRICS": "1"}
    with ExitStack() as stack:
        if request.param == "redis":
            settings["EXPLORER_STORE"] = stack.enter_context(redis_server()).address
        yield [stack.enter_context(serving(tmp_path, **settings)) for _ in range(2)]


def answered(server: Server) -> float:
    """How many requests a process has answered."""
    lines = server.ask("GET", "/metrics")[1].splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("explorer_requests_total"))


@dataclass
class Learner:
    """Whoever sits in a class: where it stands, as events have told, and what was acknowledged of their own."""

    port: int
    path: str  # of the class
    key: str
    walk: str
    told: dict[str, Any] = field(default_factory=dict)
    rev: int = 1
    votes: list[str] = field(default_factory=list)
    refused: int = 0  # times that a proxy knew no answer

    async def listen(self) -> None:
        """Follow for ever; where a stream ends, come again."""
        while True:
            try:
                async for message in messages(self.port, f"{self.path}/events", self.key):
                    if message.startswith("id: "):
                        self.told = json.loads(message.partition("data: ")[2])
            except HUNG_UP:
                await asyncio.sleep(0.05)

    async def step(self) -> None:
        """Click in the own walk, as its page does, and again."""
        for number in range(CLICKS):
            form = {"rev": self.rev, "op": f"{self.walk}-{number}", "by": "equation"}
            await self._sent(f"/sessions/{self.walk}/step", form)
            self.rev += 1

    async def vote(self, answers: list[str]) -> None:
        """Answer, as the page of the class does, and change one's mind."""
        for number, answer in enumerate(answers):
            await self._sent("/seat/vote", {"number": 1, "round": 1, "key": number, "answer": answer})
            self.votes.append(answer)

    async def _sent(self, path: str, form: dict[str, Any]) -> None:
        """A form; once more, as it was, where no answer came, or half of one."""
        status = 0
        while status != 200:
            with suppress(*HUNG_UP):
                async with connected(self.port) as client:
                    headers = {"cookie": f"seat={self.key}", **FORM}
                    status = (await client.ask("POST", path, urlencode(form).encode(), **headers)).status
                assert status in (200, 502)
                self.refused += status == 502

    @property
    def acknowledged(self) -> int:
        """How many clicks and answers."""
        return self.rev - 1 + len(self.votes)


@dataclass
class Teacher:
    """Whoever steers it, on one connection."""

    client: Client
    path: str
    key: str

    async def steers(self, verb: str, /, **given: object) -> Any:
        """The class after a verb."""
        return await state(self.client, "POST", self.path + verb, self.key, given)


async def state(client: Client, method: str, path: str, key: str, given: object = None) -> Any:
    """How the class stands for whoever has this key."""
    body = b"" if given is None else json.dumps(given).encode()
    got = await client.ask(method, path, body, authorization=f"Bearer {key}", content_type="application/json")
    assert got.status in (200, 201), got
    return got.json()


async def joined(port: int, path: str) -> Learner:
    """A learner who has just sat down."""
    async with connected(port) as client:
        seat = await state(client, "POST", f"{path}/seats", "", {})
        return Learner(port, path, seat["seat"], seat["session"])


async def until(happened: Callable[[], bool]) -> None:
    """Return as soon as it has."""
    async with asyncio.timeout(60):
        while not happened():
            await asyncio.sleep(0.002)


async def goes_on(servers: list[Server], port: int) -> int:
    """A class joins, follows, walks and votes; meanwhile the first of the two processes is killed. Returns how many
    times the proxy knew no answer.
    """
    async with connected(port) as client:
        opened = await state(client, "POST", "/api/classes", "", {"lesson": LESSON})
        teacher = Teacher(client, f"/api/classes/{opened['code']}", opened["host"])
        await asyncio.gather(*(joined(port, teacher.path) for _ in range(WHO_ONLY_JOIN)))
        learners = await asyncio.gather(*(joined(port, teacher.path) for _ in range(LEARNERS)))
        following = [asyncio.create_task(learner.listen()) for learner in learners]
        for _ in range(3):
            await teacher.steers("/move", verb="step")
        await until(lambda: all(learner.told and learner.told["walk"]["cursor"] == 3 for learner in learners))
        await teacher.steers("/ask", at=HIDDEN_DELTA)
        await teacher.steers("/next")
        assert min(map(answered, servers)) > LEARNERS // 2  # both, and streams are not counted before they end

        await killed_meanwhile(servers[0], learners)
        assert [learner.acknowledged for learner in learners] == [CLICKS + CHANGES] * LEARNERS
        for _ in range(3):
            shown = await teacher.steers("/next")
        await until(lambda: all(learner.told["phase"] == "reveal" for learner in learners))
        counts = {round(bar["value"], 5): bar["count_first"] for bar in shown["histogram"]}
        last = [float(learner.votes[-1]) for learner in learners]
        assert counts == {value: last.count(value) for value in counts}
        assert sum(counts.values()) == LEARNERS
        for learner in learners:
            assert (await client.state(learner.walk))["rev"] == learner.rev
            assert (await state(client, "GET", teacher.path, learner.key))["own"]["first"] == learner.votes[-1]
        assert not any(stream.done() for stream in following), following
        for stream in following:
            stream.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        return sum(learner.refused for learner in learners)


async def killed_meanwhile(server: Server, learners: list[Learner]) -> None:
    """All walk and vote at once, so that requests wait in either process; in the middle this one is killed."""
    chance = Random(1)
    work = [learner.step() for learner in learners]
    work += [learner.vote(chance.choices(ANSWERS, k=CHANGES)) for learner in learners]
    working = asyncio.gather(*work)
    await until(lambda: sum(learner.acknowledged for learner in learners) >= BEFORE)
    server.process.kill()
    await working


def test_a_class_behind_nginx_does_not_notice_that_one_of_two_processes_is_killed_in_a_vote(
    tmp_path: Path, servers: list[Server]
) -> None:
    with nginx(tmp_path, *(server.port for server in servers), secure=False) as port:
        assert asyncio.run(goes_on(servers, port)) == 0


@pytest.mark.parametrize("servers", ["sqlite"], indirect=True)
def test_a_class_behind_caddy_goes_on_where_one_of_two_processes_is_killed_in_a_vote(
    tmp_path: Path, servers: list[Server]
) -> None:
    with caddy(tmp_path, *(server.port for server in servers)) as port:
        asyncio.run(goes_on(servers, port))
