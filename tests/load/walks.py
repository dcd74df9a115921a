"""What a walk takes, by the size of its network: bytes in memory and in the store, processor time of a step."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

from app.sessions.store.sqlite import FILE
from tests.load.attackers import Attacker, Seen
from tests.load.figures import Bound
from tests.load.networks import rows
from tests.load.server import Server

SIZES = ((2, 4, 2), (2, 8, 8, 1), (8, 16, 16, 4), (8, 32, 32, 32, 32, 32, 1))
EXAMPLES = (4, 100)
WALKS, STEPS = 40, 10  # each through the same network, with weights and data of its own
MOST = {"EXPLORER_CACHE_MEGABYTES": "1000"}  # so that nothing goes while it is measured


Sizes = tuple[int, ...]


def measured_walks(networks: Sequence[Sizes] = SIZES, walks: int = WALKS, steps: int = STEPS) -> list[Bound]:
    """Each size on a server of its own; prints what is found. Nothing is bounded but that all was answered."""
    print("network, examples: kB of memory a walk, bytes in the store, processor ms a step")
    faults = 0
    for sizes in networks:
        for examples in EXAMPLES:
            with tempfile.TemporaryDirectory() as data, closing(Server(Path(data), settings=MOST)) as server:
                seen, resident, used = asyncio.run(_walked(server, sizes, examples, walks, steps))
                with closing(sqlite3.connect(Path(data) / FILE)) as store:
                    query = "SELECT avg(length(CAST(fixed AS BLOB)) + length(CAST(moving AS BLOB))) FROM session"
                    (stored,) = store.execute(query).fetchone()
            faults += sum(count for status, count in seen.statuses.items() if status >= 400)
            size, held = "-".join(map(str, sizes)), resident / walks / 1000
            print(f"{size}, {examples}: {held:.0f} kB, {stored:.0f}, {1000 * used:.1f} ms", flush=True)
    return [Bound("walks: requests refused", faults, most=0)]


async def _walked(server: Server, sizes: Sizes, examples: int, walks: int, steps: int) -> tuple[Seen, int, float]:
    """What came back, bytes of memory that all walks but the first have added, seconds of processor time a step."""
    chance, seen, used = Random(1), Seen(), 0.0
    the = Attacker(server.port, "127.0.0.1", chance, seen)
    async with the.connected() as client:
        for number in range(walks + 1):
            data = {"X": rows(chance, examples, sizes[0]), "Y": rows(chance, examples, sizes[-1])}
            start = {"kind": "xavier_uniform", "seed": number}
            walk = await the.begun(client, sizes=sizes, data=data, initializer=start)
            await the.ask(client, "GET", f"/sessions/{walk}", accept="text/html")
            await the.sent(client, f"/sessions/{walk}/forward")
            before = server.processor_seconds()
            for _ in range(steps):
                await the.sent(client, f"/sessions/{walk}/step", by="equation", hx_request="true")
            used += server.processor_seconds() - before
            if number == 0:
                first, used = server.resident(), 0.0
    return seen, server.resident() - first, used / (walks * steps)
