"""The server is killed in the middle of a vote: no acknowledged answer is lost, none is counted twice."""

import asyncio
from pathlib import Path
from random import Random
from typing import Any

from tests.durability.client import HUNG_UP, connected
from tests.durability.server import server, started

KILLS, VOTERS = 4, 30


class Voter:
    """A seat, and the answers that were acknowledged in each round."""

    def __init__(self, key: str) -> None:
        self.key, self.acknowledged, self.unanswered, self.votes = key, "", "", 0

    async def vote(self, port: int, path: str) -> None:
        """Answer on and on until the server hangs up; the last answer may or may not have been taken."""
        try:
            async with connected(port) as client:
                while True:
                    self.votes += 1
                    answer = self.unanswered = f"{self.votes}.5"
                    body = {"round": 1, "answer": answer, "key": answer}
                    got = await client.post(f"{path}/vote", body, authorization=f"Bearer {self.key}")
                    assert got.status == 200, got
                    self.acknowledged, self.unanswered = answer, ""
                    await asyncio.sleep(0.02)
        except HUNG_UP:
            pass


async def told(port: int, path: str, key: str, verb: str = "", body: Any = None) -> Any:
    async with connected(port) as client:
        if verb:
            answer = await client.post(path + verb, body, authorization=f"Bearer {key}")
        else:
            answer = await client.ask("GET", path, authorization=f"Bearer {key}")
        assert answer.status in (200, 201), answer
        return answer.json()


def test_no_acknowledged_vote_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    random = Random(7)
    with server(tmp_path) as first:

        async def begun() -> tuple[str, str, list[Voter]]:
            async with connected(first.port) as client:
                found = (await client.post("/api/classes", {"lesson": "two-outputs-two-paths"})).json()
                path = f"/api/classes/{found['code']}"
                seats = [(await client.post(f"{path}/seats", {})).json() for _ in range(VOTERS)]
            for verb in ("/ask", "/next"):
                await told(first.port, path, found["host"], verb, {})
            return path, found["host"], [Voter(seat["seat"]) for seat in seats]

        path, host, voters = asyncio.run(begun())
    for _ in range(KILLS):
        running = started(tmp_path)

        async def killed() -> None:
            voting = [asyncio.create_task(voter.vote(running.port, path)) for voter in voters]  # noqa: B023
            await asyncio.sleep(random.uniform(0.2, 0.8))
            running.process.kill()  # noqa: B023
            await asyncio.gather(*voting)

        asyncio.run(killed())
        running.process.join()
        with server(tmp_path) as again:
            for voter in voters:
                own = asyncio.run(told(again.port, path, voter.key))["own"]
                assert own["first"] in (voter.acknowledged or None, voter.unanswered), vars(voter)
                voter.acknowledged = own["first"] or ""
            answered = asyncio.run(told(again.port, path, host))["answered"]
            assert answered == sum(bool(voter.acknowledged) for voter in voters)
    assert any(voter.votes > KILLS for voter in voters)
