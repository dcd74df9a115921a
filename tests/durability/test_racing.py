"""Two servers on one file, and many tabs on one walk: of all that click at once exactly one moves it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from tests.durability.client import Answer, Client, connected
from tests.durability.learners import LESSON, place_after
from tests.durability.server import server

TABS = 40
ROUNDS = 300  # 12,000 clicks


async def tabs(stack: AsyncExitStack, ports: list[int]) -> list[Client]:
    """Connections, by turns to each server."""
    return [await stack.enter_async_context(connected(ports[i % len(ports)])) for i in range(TABS)]


async def race(clients: list[Client], session: str, rev: int) -> list[Answer]:
    path = f"/api/sessions/{session}/step"
    return await asyncio.gather(*(client.post(path, {"rev": rev}) for client in clients))


async def races(ports: list[int]) -> None:
    async with AsyncExitStack() as stack:
        clients = await tabs(stack, ports)
        session = (await clients[0].begin(lesson=LESSON))["id"]
        for rev in range(1, ROUNDS + 1):
            answers = await race(clients, session, rev)
            assert sorted(answer.status for answer in answers) == [200] + (TABS - 1) * [412], rev
            states = [answer.json().get("state") or answer.json() for answer in answers]
            assert {(state["rev"], state["iteration"], state["cursor"]) for state in states} == {
                (rev + 1, *place_after(rev))
            }
        assert (await clients[1].state(session))["rev"] == ROUNDS + 1


def test_of_40_clicks_at_once_over_two_servers_exactly_one_wins_in_all_300_rounds(tmp_path: Path) -> None:
    with server(tmp_path) as one, server(tmp_path) as other:
        asyncio.run(races([one.port, other.port]))


async def steps_without_revision(ports: list[int], each: int) -> int:
    """All tabs step `each` times, wherever the walk stands; returns the revision at the end."""
    async with AsyncExitStack() as stack:
        clients = (await tabs(stack, ports))[:8]
        session = (await clients[0].begin(lesson=LESSON))["id"]

        async def keep_clicking(client: Client) -> None:
            for _ in range(each):
                answer = await client.post(f"/api/sessions/{session}/step", {})
                assert answer.status == 200, answer

        await asyncio.gather(*map(keep_clicking, clients))
        return int((await clients[0].state(session))["rev"])


def test_clicks_that_name_no_revision_all_count(tmp_path: Path) -> None:
    with server(tmp_path) as one, server(tmp_path) as other:
        assert asyncio.run(steps_without_revision([one.port, other.port], each=25)) == 1 + 8 * 25
