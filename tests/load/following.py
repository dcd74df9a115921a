"""A class that follows its teacher: all join, the teacher steps on all pages, all vote twice, the server is killed in
a vote: each is back on the same seat, with all that was acknowledged.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from tests.durability.client import HUNG_UP, Answer, connected
from tests.load.classroom import on_machine
from tests.load.figures import MEGABYTE, Bound, at, told
from tests.load.server import Server

JOINING, VOTING, STEPS, PACE = 10.0, 15.0, 30, 0.4  # seconds in which all join, and vote twice; steps, seconds apart
LESSON = {"lesson": "two-outputs-two-paths"}
HIDDEN_DELTA = 17  # equations in front of the one that is asked
ANSWERS = ("0.00895", "0.0179", "-0.00895", "0.0371", "0.0225", "7")
BACK = 10.0  # seconds after a kill


@dataclass(eq=False)
class Seat:
    """A learner's page: its key, what it heard when, and the answers that were acknowledged, by round."""

    port: int
    pause: float = 1.0  # seconds after which its page comes again where a stream has ended; then each time twice that
    key: str = ""
    heard: list[float] = field(default_factory=list)
    acknowledged: dict[int, str] = field(default_factory=dict)

    async def listen(self, page: str = "/seat/events") -> None:
        """Follow for ever; where the stream ends, come again, as the page does."""
        chance, pause = Random(self.key), self.pause
        while True:
            with suppress(*HUNG_UP, OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    lines = (
                        f"GET {page} HTTP/1.1",
                        "Host: localhost",
                        f"Cookie: seat={self.key}",
                        "Accept-Encoding: gzip",
                    )
                    writer.write("\r\n".join([*lines, "", ""]).encode())
                    status = (await reader.readuntil(b"\r\n\r\n")).split()[1]
                    assert status == b"200", status
                    pause = self.pause
                    while size := int(await reader.readuntil(b"\r\n"), 16):
                        await reader.readexactly(size + 2)
                        if size > LARGER_THAN_A_BEAT:
                            self.heard.append(monotonic())
                finally:
                    writer.close()
            await asyncio.sleep(pause * chance.uniform(0.7, 1.3))
            pause = 2 * self.pause

    async def vote(self, number: int, round: int, answer: str) -> float:
        """Answer as the page does; sent again until it is acknowledged. Returns the seconds of the last try."""
        key = f"{number}.{round}.{answer}"
        form = urlencode({"number": number, "round": round, "key": key, "answer": answer}).encode()
        headers = {
            "cookie": f"seat={self.key}",
            "content_type": "application/x-www-form-urlencoded",
            "sec_fetch_site": "same-origin",
            "HX_Request": "true",
        }
        while True:
            begun = monotonic()
            with suppress(*HUNG_UP, OSError):
                async with connected(self.port) as client:
                    got = await client.ask("POST", "/seat/vote", form, **headers)
                assert got.status == 200, got
                self.acknowledged[round] = answer
                return monotonic() - begun
            await asyncio.sleep(0.2)


LARGER_THAN_A_BEAT = 150  # bytes of a chunk


@dataclass
class Host:
    """Who steers, by JSON."""

    port: int
    path: str = ""
    key: str = ""

    async def open(self) -> None:
        """Open the class."""
        async with connected(self.port) as client:
            found = (await client.post("/api/classes", LESSON)).json()
        self.path, self.key = f"/api/classes/{found['code']}", found["host"]

    async def ask(self, verb: str = "", body: Any = None, key: str = "") -> Any:
        """The state after a verb, or as it is."""
        async with connected(self.port) as client:
            bearer = f"Bearer {key or self.key}"
            got: Answer = (
                await client.post(self.path + verb, body, authorization=bearer)
                if verb
                else await client.ask("GET", self.path, authorization=bearer)
            )
        assert got.status in (200, 201), got
        return json.loads(got.body)


def measured_following(options: argparse.Namespace) -> list[Bound]:
    """All of it, on a server of its own; prints what is found."""
    with tempfile.TemporaryDirectory() as data, closing(Server(Path(data), options.workers)) as server:
        return asyncio.run(following(server, options.joining, options.learners))


async def following(server: Server, joining: int, followers: int, hurry: float = 1.0) -> list[Bound]:
    """So many join and so many of them follow; then all do, and those vote. All takes `hurry` times less long."""
    host, before = Host(server.port), server.resident()
    await host.open()
    begun = monotonic()
    joins, seats = await joined(server.port, host, joining, JOINING / hurry, 1 / hurry)
    joined_in = monotonic() - begun
    print(told("joins", joins), f" in {joined_in:.1f} s", flush=True)
    pages = seats[:followers]
    listening = [asyncio.create_task(seat.listen()) for seat in pages]
    while not all(seat.heard for seat in pages):
        await asyncio.sleep(0.05)
    held, used = server.resident(), server.processor_seconds()
    seen = await stepped(host, pages, round(STEPS / hurry), PACE)
    used = server.processor_seconds() - used
    each = 1000 * used / max(1, round(STEPS / hurry)) / len(pages)
    print(
        told("steps", seen), f" CPU {each:.3f} ms a page and step; {(held - before) / MEGABYTE:.0f} MB more", flush=True
    )
    bounds = [
        Bound(f"{joining} joined", joined_in, "s", most=JOINING + 2),
        Bound(f"teacher's step on {len(pages)} pages, p95", at(0.95, seen), "ms", most=200),
        Bound("pages that missed a step", missed(seen, pages, round(STEPS / hurry)), "", most=0),
        Bound("memory a learner, about", (held - before) / len(seats) / 1000, "kB", most=300),
    ]
    listening += [asyncio.create_task(seat.listen()) for seat in seats[followers:]]
    while not all(seat.heard for seat in seats):
        await asyncio.sleep(0.05)
    bounds += await voted(server, host, seats, pages, VOTING / hurry)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    return bounds


async def joined(
    port: int, host: Host, count: int, seconds: float, pause: float = 1.0
) -> tuple[list[float], list[Seat]]:
    """All join, one after the other; how long each took."""
    took: list[float] = []
    seats = [Seat(port, pause) for _ in range(count)]

    async def join(i: int, seat: Seat) -> None:
        await asyncio.sleep(seconds * i / count)
        begun = monotonic()
        async with connected(port) as client:
            got = await client.post(f"{host.path}/seats", {})
        assert got.status == 201, got
        seat.key = got.json()["seat"]
        took.append(monotonic() - begun)

    await asyncio.gather(*(join(i, seat) for i, seat in enumerate(seats)))
    return took, seats


async def stepped(host: Host, pages: Sequence[Seat], steps: int, pace: float) -> list[float]:
    """From the teacher's click to each page, in seconds."""
    seen: list[float] = []
    await asyncio.sleep(1.0)  # the last who joined are told of
    for _ in range(steps):
        for seat in pages:
            seat.heard.clear()
        begun = monotonic()
        await host.ask("/move", {"verb": "step"})
        await asyncio.sleep(max(0.0, begun + pace - monotonic()))
        end = monotonic() + 2.0
        while not all(seat.heard for seat in pages) and monotonic() < end:
            await asyncio.sleep(0.01)
        seen += [seat.heard[0] - begun for seat in pages if seat.heard]
    return seen


def missed(seen: Sequence[float], pages: Sequence[Seat], steps: int) -> int:
    """How many pages did not show a step."""
    return len(pages) * steps - len(seen)


async def voted(server: Server, host: Host, seats: list[Seat], pages: list[Seat], seconds: float) -> list[Bound]:
    """Of all who follow these answer twice; in the middle of the second vote the server is killed."""
    chance, took, number = Random(3), list[float](), 1

    async def vote(seat: Seat, round: int, after: float) -> None:
        await asyncio.sleep(after)
        took.append(await seat.vote(number, round, chance.choice(ANSWERS)))

    async def all_vote(round: int) -> None:
        await asyncio.gather(*(vote(seat, round, chance.uniform(0, seconds / 2)) for seat in pages))

    await host.ask("/move", {"verb": "reset"})
    await host.ask("/ask", {"at": HIDDEN_DELTA})
    await host.ask("/next", {})
    await all_vote(1)
    for _ in range(2):
        await host.ask("/next", {})
    calm = list(took)
    print(told("votes", calm), flush=True)
    voting = asyncio.create_task(all_vote(2))
    await asyncio.sleep(seconds / 4)
    gone = monotonic()
    await on_machine(server.kill)
    for seat in seats:
        seat.heard.clear()
    await on_machine(server.start)
    while not all(seat.heard for seat in seats) and monotonic() < gone + 30:
        await asyncio.sleep(0.05)
    back = [heard for seat in seats for heard in seat.heard[:1] if heard < gone + BACK]
    print(f"killed; there again, the last of them after {max(back, default=gone) - gone:.1f} s", flush=True)
    await voting
    state = await host.ask()
    assert (state["phase"], state["seats"]) == ("second", len(seats)), state
    own = [(await host.ask(key=seat.key))["own"] for seat in pages]
    lost = sum(
        (told["first"], told["second"]) != (seat.acknowledged[1], seat.acknowledged[2])
        for seat, told in zip(pages, own, strict=True)
    )
    state = await host.ask("/next", {})
    counted = [sum(bar[f"count_{name}"] for bar in state["histogram"] or []) for name in ("first", "second")]
    return [
        Bound(f"votes, {2 * len(pages)} in {seconds:g} s, p95", at(0.95, calm), "ms", most=100),
        Bound(f"back within {BACK:g} s after a kill in a vote", len(back), f"of {len(seats)}", least=len(seats)),
        Bound("acknowledged votes lost", lost, "", most=0),
        Bound("votes counted", sum(counted), f"of {2 * len(pages)}", least=2 * len(pages), most=2 * len(pages)),
    ]
