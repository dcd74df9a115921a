"""Those who stop the others, or would: each from one address, each as a few lines that are done again and again.

Some mean harm, some are a class like any other. They run in a process of their own, which gives way to the server's:
what is measured is what the server does to the others, not how fast this machine can attack.
"""

import asyncio
import os
import resource
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from urllib.parse import urlencode

from app.lessons.bug_lab import LEVELS
from app.views.take_away.forms import FORMS
from tests.durability.client import Answer, Client
from tests.load.learners import AWAY, FORM, LESSON
from tests.load.networks import json_bytes, large_network, table_of_most, table_text

GET = b"GET /docs HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /build HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
UNFINISHED = POST + b"Content-Length: 2000000\r\n\r\n" + b"a" * 1_500_000
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_-"
STRANGE = ("../../etc/passwd", "%2e%2e%2f", "%00", "<script>alert(1)</script>", "'%20OR%201=1--", "%F0%9F%92%A5")
CHARSETS = ("undefined", "idna", "punycode", "utf-7", "unicode_escape", "raw_unicode_escape", "rot13", "hex", "\xe9")
NICE, SPARE = 5, 100  # below the server; descriptors that are no connections
STUCK = 20.0  # seconds after which an attacker lets go of a connection that takes nothing
BUSY = (503, 507)  # may be said, with Retry-After


@dataclass
class Seen:
    """What came back: how many answers of each status, which of them no server may give, and seconds of what was
    asked for once.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)

    def note(self, asked: str, answer: Answer) -> None:
        """Count an answer; 5xx is a fault unless it says that the server is busy or full, and until when."""
        self.statuses[answer.status] += 1
        if answer.status >= 500 and not (answer.status in BUSY and "retry-after" in answer.headers):
            self.faults.append(f"{asked[:80]}: {answer.status} {answer.body[:80]!r}")


@dataclass
class Attacker:
    """One connection's worth of them; `walks` were prepared before."""

    port: int
    address: str
    chance: Random
    seen: Seen
    walks: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Client]:
        """A connection from its address, cut at the end."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=(self.address, 0), limit=65_536
        )
        try:
            yield Client(reader, writer)
        finally:
            writer.transport.abort()

    async def ask(self, client: Client, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request, whose answer is counted."""
        answer = await client.ask(method, path, body, **headers)
        self.seen.note(f"{method} {path} {headers or ''}", answer)
        return answer

    async def sent(self, client: Client, path: str, hx_request: str = "false", **form: str) -> Answer:
        """A form, as a browser sends it."""
        named = {"content_type": FORM, "sec_fetch_site": "same-origin", "hx_request": hx_request}
        return await self.ask(client, "POST", path, urlencode(form).encode(), **named)

    async def begun(self, client: Client, **given: object) -> str:
        """The id of a new walk; empty where it was refused."""
        answer = await self.ask(client, "POST", "/api/sessions", json_bytes(given), content_type="application/json")
        return str(answer.json()["id"]) if answer.status == 201 else ""


Attack = Callable[[Attacker], Awaitable[None]]


async def busy(the: Attacker) -> None:
    """Asks for nothing, and takes this machine's time: what the attackers of the other scenes take besides."""
    sum(range(10_000))


# Connections ----------------------------------------------------------------------------------------------------------


def raw(first: bytes, more: bytes, pause: float, reads: bool = True) -> Attack:
    """Sends bytes, and then more and more of them, or none, on one connection after the other."""

    async def sending(the: Attacker) -> None:
        async with the.connected() as client:
            if not reads:
                client.writer.transport.pause_reading()  # type: ignore[attr-defined]
            client.writer.write(first)
            while not (client.writer.transport.is_closing() or client.reader.at_eof()):
                async with asyncio.timeout(STUCK):
                    await client.writer.drain()
                await asyncio.sleep(pause)
                client.writer.write(more)

    return sending


# Requests -------------------------------------------------------------------------------------------------------------


async def large_networks(the: Attacker) -> None:
    """Begins a walk through a large network, none like the one before, looks at it, goes to its gradients and on."""
    async with the.connected() as client:
        if walk := await the.begun(client, **large_network(the.chance)):
            await the.ask(client, "GET", f"/sessions/{walk}", accept="text/html")
            await the.sent(client, f"/sessions/{walk}/backward")
            await the.sent(client, f"/sessions/{walk}/step")


async def joins(the: Attacker) -> None:
    """Begins walk after walk and walks none of them."""
    async with the.connected() as client:
        for _ in range(20):
            await the.begun(client, lesson=LESSON)


async def hostile_ids(the: Attacker) -> None:
    """Asks for walks that cannot be, each by a name of its own."""
    async with the.connected() as client:
        for _ in range(20):
            letters = "".join(the.chance.choices(LETTERS, k=the.chance.choice((24, 6_000))))
            name = the.chance.choice((letters, the.chance.choice(STRANGE) + letters[:20]))
            await the.ask(client, "GET", f"/sessions/{name}")
            await the.ask(client, "POST", f"/api/sessions/{name}/step", idempotency_key=name)
            await the.ask(client, "GET", f"/build?like={name}")
            await the.ask(client, "GET", "/", cookie=f"visitor={name}", if_match=name)


async def charsets(the: Attacker) -> None:
    """Sends forms in character sets that can do more than name letters, to hosts with strange names."""
    async with the.connected() as client:
        charset = the.chance.choice(CHARSETS)
        head = f'--x\r\nContent-Disposition: form-data; name="loss"\r\nContent-Type: text/plain; charset={charset}'
        body = head.encode() + b"\r\n\r\n\\u00e9+2AHcAA-\\x\xff\r\n--x--\r\n"
        for kind in (f"multipart/form-data; boundary=x; charset={charset}", f"multipart/form-data; charset={charset}"):
            await the.ask(client, "POST", "/build", body, content_type=kind)
        host = the.chance.choice(("[1.2.3.4]", "[::1", "a" * 2_000, "127.0.0.1:99999999", "[]", "%00"))
        await the.ask(client, "GET", "/", host=host)


# Computing ------------------------------------------------------------------------------------------------------------

TRAININGS = 66
LONG = {"sizes": [8, 32, 32, 2], "data": {"X": [[0.1] * 8] * 500, "Y": [[1, 0]] * 500}}
PATIENT = 0.05  # seconds until they hang up
PREPARED_WITHIN, ONCE_WITHIN = 90.0, 60.0


async def walks_to_train(the: Attacker) -> None:
    """Walks whose training takes long."""
    async with the.connected() as client:
        for _ in range(TRAININGS):
            if walk := await the.begun(client, **LONG):
                the.walks.append(walk)


async def abandoned(the: Attacker) -> None:
    """Asks for a long training, and hangs up."""
    if not the.walks:
        return
    async with the.connected() as client:
        path = f"/api/sessions/{the.chance.choice(the.walks)}/train"
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENT):
                await the.ask(client, "POST", path, b'{"iterations": 10000}', content_type="application/json")


async def dearest_walk(the: Attacker) -> None:
    """A walk through the largest network over the largest table that can be, trained 1,000 iterations."""
    async with the.connected() as client:
        the.walks.append(await the.begun(client, **table_of_most(the.chance)))
        for _ in range(50):  # 20 at a time, as a request may compute for some seconds only
            path = f"/api/sessions/{the.walks[0]}/train"
            await the.ask(client, "POST", path, b'{"iterations": 20}', content_type="application/json")


async def dear_views(the: Attacker) -> None:
    """Looks at it, page after page."""
    async with the.connected() as client:
        for walk in the.walks:
            for page in ("", "/pictures", "/paths?of=w-1-0-0", "/compare"):
                await the.ask(client, "GET", f"/sessions/{walk}{page}", accept="text/html")


OWN_TABLE = {
    **{"source": "table", "units-1": "3", "activation-1": "tanh", "output": "identity"},
    "loss": "mean_squared_error",
}


async def another_class(the: Attacker) -> None:
    """One learner of a class behind one address, who begins at the same moment as all the others: half of them a case
    of the bug lab, half a network over their own table. Once.
    """
    started = monotonic()
    async with the.connected() as client:
        if the.chance.random() < 0.5:
            begun = await the.sent(client, "/bug-lab", level=str(the.chance.choice(LEVELS)))
        else:
            begun = await the.sent(client, "/build", table=table_text(the.chance), do="start", **OWN_TABLE)
    if begun.status == 303:
        the.seen.begun.append(monotonic() - started)


async def takes_away(the: Attacker) -> None:
    """One learner of a class, who takes an iteration away as a file at the same moment as all the others, each in some
    form. Once.
    """
    started = monotonic()
    async with the.connected() as client:
        walk = await the.begun(client, lesson=LESSON)
        whole = b'{"by": "iteration"}'
        await the.ask(client, "POST", f"/api/sessions/{walk}/step", whole, content_type="application/json")
        file = await the.ask(client, "GET", f"/sessions/{walk}/export/{the.chance.choice(list(FORMS))}")
    if file.status == 200:
        the.seen.begun.append(monotonic() - started)


# The scenes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """So many connections that do the same; what is prepared before; whether each asks only once, and is to get it."""

    attack: Attack
    connections: int
    prepare: Attack | None = None
    once: bool = False


SCENES = {
    "a busy core and no attack": Scene(busy, 1),
    "large networks, none like another": Scene(large_networks, 2),
    "headers without end": Scene(raw(GET + b"X: ", b"a" * 65_536, 0), 50),
    "headers line by line": Scene(raw(GET, b"X: y\r\n", 1), 3_000),
    "bodies that do not end": Scene(raw(UNFINISHED, b"a", 1), 400),
    "tiny chunks": Scene(raw(CHUNKED, b"1\r\na\r\n" * 2_000, 0), 50),
    "answers that nobody reads": Scene(raw((GET + b"\r\n") * 20, b"", 1, reads=False), 1_000),
    "connections that do nothing": Scene(raw(b"", b"", 1), 6_000),
    "joins from one address": Scene(joins, 20),
    "trainings that were abandoned": Scene(abandoned, 10, walks_to_train),
    "a class behind one address": Scene(another_class, 300, once=True),
    "a class that exports at once": Scene(takes_away, 300, once=True),
    "the dearest page": Scene(dear_views, 4, dearest_walk),
    "ids that cannot be": Scene(hostile_ids, 20),
    "character sets": Scene(charsets, 20),
}


def prepared(port: int, address: str, name: str, seconds: float = PREPARED_WITHIN) -> list[str]:
    """In a process of its own: the walks that a scene needs before it begins, as far as it gets in so many seconds."""
    the, prepare = Attacker(port, address, Random(1), Seen()), SCENES[name].prepare
    if prepare is not None:
        asyncio.run(_for_a_while(seconds, [prepare(the)]))
    return the.walks


def attacked(port: int, address: str, name: str, connections: int, seconds: float, walks: list[str]) -> Seen:
    """In a process of its own: a scene for so many seconds, with so many connections; what came back."""
    give_way()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    seen = Seen()
    attackers = [
        Attacker(port, address, Random(number), seen, walks) for number in range(min(connections, hard - SPARE))
    ]
    scene = SCENES[name]
    if scene.once:
        asyncio.run(_for_a_while(ONCE_WITHIN, [scene.attack(the) for the in attackers]))
    else:
        asyncio.run(_for_a_while(seconds, [_again_and_again(the, scene.attack) for the in attackers]))
    return seen


def hostile(port: int, addresses: Sequence[str], seconds: float) -> Seen:
    """In a process of its own: at each address one who does a little of each scene."""
    give_way()
    seen = Seen()
    attackers = [Attacker(port, address, Random(number), seen) for number, address in enumerate(addresses)]
    asyncio.run(_for_a_while(seconds, [_a_little_of_each(the) for the in attackers]))
    return seen


def give_way() -> None:
    """To the server, on a machine of few cores."""
    os.nice(max(0, NICE - os.nice(0)))


async def _for_a_while(seconds: float, ways: Sequence[Awaitable[None]]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.gather(*ways)


async def _again_and_again(the: Attacker, attack: Attack) -> None:
    while True:
        with suppress(*AWAY):
            await attack(the)
        await asyncio.sleep(0 if attack is busy else 0.02)


async def _a_little_of_each(the: Attacker) -> None:
    while True:
        scene = SCENES[the.chance.choice(list(SCENES))]
        with suppress(*AWAY):
            async with asyncio.timeout(the.chance.uniform(2, 10)):
                the.walks = []
                if scene.prepare is not None:
                    await scene.prepare(the)
                while True:
                    await scene.attack(the)
                    await asyncio.sleep(the.chance.uniform(0, 0.2))
