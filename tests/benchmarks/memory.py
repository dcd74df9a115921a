"""What the server holds in memory: thousands of sessions stored, hundreds of learners at work, round after round."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

from app.lessons import LESSONS
from app.sessions.store.sqlite import FILE, SqliteStore
from app.sessions.walk.session import TrainingSession
from tests.durability.client import Client, connected
from tests.durability.server import UNLIMITED, server

STORED, LIVE, AT_ONCE = 10_000, 300, 25
COPIES = """
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
INSERT INTO session (id, rev, fixed, moving, touched)
SELECT printf('session-%016d', n), rev, fixed, moving, touched FROM number, session WHERE id = ?
"""


def resident_after_rounds(data: Path, rounds: int = 5, steps: int = 10) -> list[float]:
    """Megabytes that the server holds after each round, in which 300 other learners look at their page and step."""
    asyncio.run(fill(data))
    with server(data) as running:
        found = []
        for number in range(rounds):
            learners = [f"session-{1 + number * LIVE + i:016}" for i in range(LIVE)]
            asyncio.run(walk(running.port, learners, steps))
            found.append(resident(running.pid))
    return found


async def fill(data: Path) -> None:
    """10,000 stored sessions: copies of one that has walked a while."""
    store = SqliteStore(data)
    kept = await store.create(TrainingSession.of_lesson(LESSONS[2]).train(iterations=20))
    await store.close()
    with closing(sqlite3.connect(data / FILE)) as connection, connection:
        connection.execute(COPIES, (STORED, kept.id))


async def walk(port: int, learners: list[str], steps: int) -> None:
    """Every learner's clicks, a class's worth of connections at once."""
    waiting = iter(learners)

    async def one_after_the_other() -> None:
        async with connected(port) as client:
            for session in waiting:
                await clicks(client, session, steps)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))


async def clicks(client: Client, session: str, steps: int) -> None:
    """The page, then steps as htmx asks for them."""
    page = await client.ask("GET", f"/sessions/{session}", accept="text/html")
    found = re.search(rb'name="rev"[^>]*value="(\d+)"', page.body)
    assert found, page
    for rev in range(int(found[1]), int(found[1]) + steps):
        form = f"rev={rev}&by=equation".encode()
        answer = await client.ask("POST", f"/sessions/{session}/step", form, **HTMX)
        assert answer.status == 200, answer


HTMX = {
    "content_type": "application/x-www-form-urlencoded",
    "hx_request": "true",
    "sec_fetch_site": "same-origin",
}


def resident_over_shapes(data: Path, walks: int, own: Callable[[Random], list[int]], megabytes: int) -> list[float]:
    """Megabytes that the server holds at the start and after each walk through a network of one's own, none like the
    one before, where caches may hold so many.
    """
    random = Random(1)
    with server(data, {**UNLIMITED, "EXPLORER_CACHE_MEGABYTES": str(megabytes)}) as running:

        async def each() -> list[float]:
            async with connected(running.port) as client:
                await client.ask("GET", "/", accept="text/html")
                found = [resident(running.pid)]
                for _ in range(walks):
                    await walk_own(client, own(random), random)
                    found.append(resident(running.pid))
                return found

        return asyncio.run(each())


async def walk_own(client: Client, sizes: list[int], random: Random) -> None:
    """Begin, look at the page, go to the gradients, and a step further."""
    X = [[random.uniform(-1, 1) for _ in range(sizes[0])] for _ in range(4)]
    begun = await client.begin(sizes=sizes, data={"X": X, "Y": [[0.0], [1.0], [1.0], [0.0]]})
    for method, path in (("GET", ""), ("POST", "/backward"), ("POST", "/step")):
        form = {} if method == "GET" else HTMX
        answer = await client.ask(method, f"/sessions/{begun['id']}{path}", b"", accept="text/html", **form)
        assert answer.status == 200, answer


def resident(pid: int) -> float:
    """Megabytes of a process in memory, as Linux counts them."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS"))
    return int(kilobytes) / 1000
