"""A class that does everything there is, at random, for a while: every tenth client means harm, and the server is
killed now and then and started again on the same data.
"""

import asyncio
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode

from app.engine.equations.mistakes import MISTAKES
from app.engine.learning.optimizers import OPTIMIZERS
from app.lessons import LESSONS
from app.lessons.bug_lab import LEVELS
from app.lessons.starting_points import STARTING_POINTS
from app.main import create_app
from app.sessions.take_away.link import link_of
from app.sessions.walk.position import MEASURES
from app.sessions.walk.session import TrainingSession
from app.settings import Settings
from app.views.pictures.pictures import PICTURES
from app.views.take_away.forms import FORMS as TAKEN_AWAY
from app.web.http.security import operations_of
from tests.durability.client import Answer, Client
from tests.load.attackers import LETTERS, Seen, hostile
from tests.load.beside import CLASS, measured
from tests.load.figures import MEGABYTE, Bound, at, told
from tests.load.learners import AGAIN, AWAY, FORM, PATIENCE, Browser
from tests.load.networks import any_network, json_bytes, table_text
from tests.load.server import Server

TRIES = 100  # to ask for what was acknowledged, of a server that is busy
PAUSE = (0.5, 2.0)  # seconds between two requests of one learner
HARM = 10  # one of so many means it
ANEW, STEPS = 0.03, 0.3  # shares of requests that begin another walk, and that are steps
AT_ONCE = 1.0  # seconds: what is refused so soon found the queue full, the others waited in it
MOST_BYTES = 256 * MEGABYTE
REVISION = re.compile(rb'name="rev"[^>]*value="(\d+)"|"rev": ?(\d+)')
Fields = dict[str, str]

# Everything there is: the API by its own document, the pages by what their forms and addresses hold -----------------


def _value(chance: Random) -> str:
    """A value of the diagram, as a form names it."""
    kind = chance.choice("wbxyu")
    return "-".join([kind, *(str(chance.randint(0, 3)) for _ in range(3 if kind == "w" else 2))])


def _run(chance: Random) -> Fields:
    if chance.random() < 0.3:
        return {"until": "1"}
    if chance.random() < 0.1:
        return {"count": "0.1", "measure": "loss"}
    return {"count": str(chance.choice((1, 10, 100, 1_000))), "measure": chance.choice(("epochs", "iterations"))}


def _built(chance: Random) -> Fields:
    do = chance.choice(("start", "start", "start", "add", "remove 1", "read", "set loss=cross_entropy", ""))
    layers = {f"units-{l}": str(chance.randint(1, 8)) for l in range(1, chance.randint(1, 5))}
    data = {"source": "table", "table": table_text(chance, chance.choice((5, 30, 1_000)))}
    return {**layers, **(data if chance.random() < 0.5 else {"data.dataset": "moons"}), "do": do}


def _fork(chance: Random) -> Fields:
    return chance.choice(
        (
            {"thing": "learning_rate", "value": str(chance.uniform(0.001, 1))},
            {"thing": "seed", "value": str(chance.randint(0, 99))},
            {"thing": "optimizer", "value": chance.choice(list(OPTIMIZERS))},
            {"thing": "activation", "value": chance.choice(("tanh", "relu", "gelu"))},
        )
    )


def _accused(chance: Random) -> Fields:
    return {
        "layer": str(chance.randint(0, 3)),
        "mistake": chance.choice(list(MISTAKES)),
    }


def _whole(name: str, most: int) -> Callable[[Random], Fields]:
    return lambda chance: {name: str(chance.randint(0, most))}


def _of(name: str, *values: str) -> Callable[[Random], Fields]:
    return lambda chance: {name: chance.choice(values)}


def _none(chance: Random) -> Fields:
    return {}


SLUGS = [lesson.slug for lesson in LESSONS]
BEGINNINGS: Mapping[str, Callable[[Random], Fields]] = {
    "POST /sessions": lambda chance: {"lesson": chance.choice(SLUGS), "ask": chance.choice("01")},
    "POST /bug-lab": lambda chance: {"level": str(chance.choice(LEVELS))},
    "POST /build": _built,
}
BEGUN_BY_API = "POST /api/sessions"
OF_A_WALK: Mapping[str, Callable[[Random], Fields]] = {
    "GET ": _none,
    "POST /step": _of("by", *MEASURES),
    "POST /back": _of("by", *MEASURES),
    "POST /forward": _none,
    "POST /backward": _none,
    "POST /update": _none,
    "POST /train": lambda chance: {chance.choice(("epochs", "iterations")): str(chance.choice((1, 20, 300)))},
    "POST /reset": _none,
    "POST /edit": lambda chance: {"of": _value(chance), "value": str(round(chance.uniform(-2, 2), 3))},
    "POST /undo": _none,
    "POST /go": _whole("cursor", 60),
    "POST /cell": _whole("cursor", 60),
    "POST /focus": _whole("example", 9),
    "POST /learning-rate": lambda chance: {
        "learning_rate": str(round(chance.uniform(0.001, 0.5), 3)),
        **chance.choice(({}, {"beta1": "0.5"}, {"momentum": "0.5"})),
    },
    "POST /check": _whole("on", 1),
    "GET /paths": lambda chance: {"of": _value(chance)},
    "POST /ask": _of("on", "0", "1", "always"),
    "POST /answer": lambda chance: chance.choice(({"sign": "positive"}, {"guess": "0.5"}, {"skip": "1"})),
    "GET /pictures": _of("show", *PICTURES),
    "GET /pictures/curves": _none,
    "GET /pictures/{name}.svg": _none,
    "GET /pictures/{name}": _whole("epoch", 60),
    "POST /run": _run,
    "POST /run/on": _of("has", "", "x"),
    "POST /run/pause": _none,
    "POST /run/stop": _none,
    "POST /run/calmer": _none,
    "POST /run/past": _whole("epoch", 60),
    "GET /nudge": _of("by", "0.01", "-0.001", "3"),
    "GET /compare": _none,
    "GET /act-two": _none,
    "GET /compare/run": _none,
    "POST /compare/first": _none,
    "POST /compare/beside": _whole("which", 3),
    "POST /compare/drop": _whole("which", 3),
    "POST /fork": _fork,
    "POST /spend-check": lambda chance: {"gradient": f"dW-{chance.randint(1, 3)}-0-{chance.randint(0, 2)}"},
    "POST /accuse": _accused,
    "POST /apply-rule": _none,
    "GET /name": _none,
    "POST /name": _of("name", "", "mine", "\u202e"),
    "POST /duplicate": _none,
    "GET /share": _none,
    "POST /share": _none,
    "POST /unshare": _none,
    "GET /revoke": _none,
    "POST /revoke": lambda chance: {"new_id": "".join(chance.choices(LETTERS, k=24))},
    "GET /delete": _none,
    "POST /delete": _none,
    "GET /take-away": _none,
    "GET /link": _none,
    "GET /export/{form}": _none,
}
WITHOUT_A_WALK: Mapping[str, Callable[[Random], Fields]] = {
    "GET /": _none,
    "GET /lessons/{slug}": _none,
    "GET /bug-lab": lambda chance: {"level": str(chance.choice(LEVELS)), "seed": str(chance.randint(0, 99))},
    "POST /bug-lab/sets": _whole("number", 99),
    "GET /bug-lab/sets/{number}": _none,
    "GET /build": _of("from", *(point.name for point in STARTING_POINTS)),
    "GET /docs": _none,
    "GET /openapi.json": _none,
    "GET /healthz": _none,
    "GET /readyz": _none,
    "GET /walks": _none,
    "GET /w/{link}": _none,
    "POST /w/{link}": _none,
    "POST /w": _none,
    "POST /preferences": _of("theme", "dark", "light"),
}
OF_A_CLASS: Mapping[str, Callable[[Random], Fields]] = {
    "GET /classroom": _none,
    "POST /classroom": lambda chance: {"lesson": chance.choice(SLUGS)},
    "GET /classroom/connection": _none,
    "POST /classroom/connection": _none,
    "GET /classroom/connection/time": _whole("round", 9),
    "GET /classroom/connection/clock": _of("key", "1790000000000", "x"),
    "GET /join": _none,
    "GET /join/{code}": _none,
    "POST /join": _of("code", "CCCCCC", "more"),
    "GET /seat": _none,
    "POST /seat/tempo": _of("tempo", "slower", "fine", "warp"),
    "POST /seat/vote": _of("answer", "0.5", "more"),
    "GET /present/{key}": _none,
    "GET /host/{key}": _none,
    "GET /host/{key}/overview": _whole("labels", 1),
    "GET /host/{key}/results.csv": _none,
    "GET /host/{key}/delete": _none,
    "POST /host/{key}/delete": _none,
    "POST /host/{key}/show": _of("mistake", *MISTAKES),
    "POST /host/{key}/{verb}": _of("what", "", "sign", "value-3"),
    "GET /privacy": _none,
}
STEERED = ("ask", "next", "close", "insist", "lock", "unlock", "rotate", "let-in", "door", "remove", "mode")
AT = "/sessions/{session_id}"
GIVEN_UP = (  # then the walk has another address, or none
    *(f"POST {AT}/revoke", f"POST {AT}/delete"),
    *(f"POST /api{AT}/revoke", f"DELETE /api{AT}"),
)
FORMS = {
    **BEGINNINGS,
    **WITHOUT_A_WALK,
    **OF_A_CLASS,
    **{operation.replace(" ", f" {AT}", 1): fields for operation, fields in OF_A_WALK.items()},
}


@cache
def document() -> dict[str, Any]:
    """What the API says of itself."""
    return create_app(Settings()).openapi()


@cache
def operations() -> frozenset[str]:
    """All that the program answers: each is asked for."""
    return frozenset(operations_of(create_app(Settings()).router.routes))


def documented(operation: str) -> dict[str, Any] | None:
    """What the API's document says of an operation; None where it is a page."""
    method, path = operation.split(" ", 1)
    found: dict[str, Any] | None = document()["paths"].get(path, {}).get(method.lower())
    return found


@cache
def by_document() -> tuple[str, ...]:
    """The API's operations, but for streams."""
    return tuple(operation for operation in operations() - streams() if documented(operation))


@cache
def streams() -> frozenset[str]:
    """What goes on as long as somebody listens: the part that follows a class asks for that."""
    return frozenset(operation for operation in operations() if operation.endswith("/events"))


def sampled(schema: Mapping[str, Any], chance: Random) -> Any:
    """A value of a schema of the document, as it may come."""
    if "$ref" in schema:
        return sampled(document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], chance)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return chance.choice(schema["enum"])
    for either in ("anyOf", "oneOf"):
        if either in schema:
            return sampled(chance.choice(schema[either]), chance)
    match schema["type"]:
        case "object":
            parts, needed = schema["properties"], schema.get("required", ())
            return {n: sampled(part, chance) for n, part in parts.items() if n in needed or chance.random() < 0.3}
        case "array":
            fewest = schema.get("minItems", 0)
            return [sampled(schema["items"], chance) for _ in range(chance.randint(fewest, fewest + 2))]
        case "integer":
            least = round(schema.get("minimum", 0))
            return chance.randint(least, min(round(schema.get("maximum", least + 9)), least + 9))
        case "number":
            least = schema.get("minimum", schema.get("exclusiveMinimum", -1))
            return chance.uniform(least, schema.get("maximum", schema.get("exclusiveMaximum", least + 2)))
        case "boolean":
            return chance.random() < 0.5
        case "null":
            return None
    return chance.choice(("", "0.5", "-1/3", "more"))


# Who asks for it ------------------------------------------------------------------------------------------------------


@dataclass
class Record:
    """What came back; how many changes were acknowledged, and how many of these are gone; seconds of each answer, and
    by its operation of each that said that the server is busy; what was not answered although the server was there.
    """

    seen: Seen = field(default_factory=Seen)
    acknowledged: int = 0
    lost: int = 0
    seconds: list[float] = field(default_factory=list)
    busy: list[tuple[str, float]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    there: bool = True


@dataclass
class Wanderer(Browser):
    """A learner who does anything; `rev` is the revision of the walk that was answered last."""

    port: int
    address: str
    chance: Random
    record: Record
    walk: str = ""
    rev: int = 0
    code: str = "CCCCCC"
    host: str = "n" * 40
    client: Client | None = None

    async def wander(self, until: float, least: int, pause: tuple[float, float]) -> None:
        """One thing after the other, until a time of the clock, and at least so many are answered."""
        order, answered = self._operations(), 0
        while answered < least or monotonic() < until:
            answered += await self.do(next(order))
            await asyncio.sleep(self.chance.uniform(*pause))
        self.hang_up()

    async def do(self, operation: str) -> bool:
        """One request; whether it was answered. What was acknowledged is remembered."""
        method, path, body, headers = self._request(operation)
        if operation in GIVEN_UP:
            self.walk = ""
        start = monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await (await self.connected()).ask(method, path, body, **headers)
        except AWAY as error:
            self.hang_up()
            if self.record.there:
                self.record.unanswered.append(f"{operation}: {error!r}")
            await asyncio.sleep(AGAIN)
            return False
        self.record.seconds.append(monotonic() - start)
        if answer.status == 503:
            self.record.busy.append((operation, self.record.seconds[-1]))
        self.record.seen.note(f"{method} {path}", answer)
        self._remember(operation, answer)
        return True

    async def lost(self) -> int:
        """How many acknowledged changes the walk does not hold."""
        walk, rev = self.walk, self.rev
        for _ in range(TRIES if walk else 0):
            with suppress(*AWAY):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(self.address, 0))
                with closing(writer):
                    answer = await Client(reader, writer).ask("GET", f"/api/sessions/{walk}")
                if answer.status == 200:
                    return max(0, rev - int(answer.json()["rev"]))
                if answer.status not in (429, 503):
                    return rev if self.walk == walk else 0  # it may have given the walk up meanwhile
            await asyncio.sleep(AGAIN)
        return rev if walk else 0

    def _operations(self) -> Iterator[str]:
        """All that there are in an order of its own, again and again; in between many steps, and beginnings."""
        everything, begins = [*FORMS, *by_document()], [*BEGINNINGS, BEGUN_BY_API]
        while True:
            for operation in self.chance.sample(everything, len(everything)):
                if anew := not self.walk or self.chance.random() < ANEW:
                    yield self.chance.choice(begins)
                if anew or self.chance.random() < STEPS:
                    yield self.chance.choice((f"POST {AT}/step", f"POST /api{AT}/step"))
                yield operation

    def _request(self, operation: str) -> tuple[str, str, bytes, dict[str, str]]:
        method, path = operation.split(" ", 1)
        path = path.replace("{session_id}", self.walk or "none").replace("{slug}", self.chance.choice(SLUGS))
        path = path.replace("{name}", self.chance.choice(list(PICTURES)))
        path = path.replace("{form}", self.chance.choice(list(TAKEN_AWAY)))
        path = path.replace("{link}", link_of(TrainingSession.of_lesson(self.chance.choice(LESSONS))))
        path = path.replace("{code}", self.code).replace("{key}", self.host).replace("{label}", "kind%20fox")
        path = path.replace("{verb}", self.chance.choice(STEERED)).replace("{number}", str(self.chance.randint(0, 99)))
        if operation == BEGUN_BY_API:
            own = self.chance.random() < 0.7
            given = any_network(self.chance) if own else {"lesson": self.chance.choice(SLUGS)}
            return method, path, json_bytes(given), {"content_type": "application/json"}
        described = documented(operation)
        if described is None:
            return self._of_form(method, path, FORMS[operation](self.chance))
        asked = [one for one in described.get("parameters", ()) if one["in"] == "query"]
        query = {one["name"]: sampled(one["schema"], self.chance) for one in asked}
        query = {name: value for name, value in query.items() if value is not None}
        path = f"{path}?{urlencode(query)}" if query else path
        bearer = {"authorization": f"Bearer {self.host}"} if "/classes/" in path else {}
        if "requestBody" not in described:
            return method, path, b"", bearer
        given = sampled(described["requestBody"]["content"]["application/json"]["schema"], self.chance)
        if given and self.chance.random() < 0.8:
            given.pop("rev", None)
        return method, path, json_bytes(given), {"content_type": "application/json", **bearer}

    def _of_form(self, method: str, path: str, fields: Fields) -> tuple[str, str, bytes, dict[str, str]]:
        headers = {"accept": "text/html", "sec_fetch_site": "same-origin"}
        if self.chance.random() < 0.7:
            headers["hx_request"] = "true"
        if method == "GET":
            return method, f"{path}?{urlencode(fields, quote_via=quote)}" if fields else path, b"", headers
        rev = {"rev": str(self.rev)} if self.rev and self.chance.random() < 0.5 else {}
        return method, path, urlencode({**rev, **fields}).encode(), {**headers, "content_type": FORM}

    def _remember(self, operation: str, answer: Answer) -> None:
        if operation == "POST /api/classes" and answer.status == 201:
            opened = answer.json()
            self.code, self.host = opened["code"], opened["host"]
        found = re.fullmatch(r"(?:/api)?/sessions/([\w-]+)(?:/compare)?", answer.headers.get("location", ""))
        if found and found[1] != self.walk:  # another walk has begun
            self.walk, self.rev = found[1], 1
            return
        revision = REVISION.search(answer.body) if "{session_id}" in operation and answer.status < 400 else None
        if revision:
            rev = int(revision[1] or revision[2])
            self.record.acknowledged += max(0, rev - self.rev)
            self.rev = max(rev, self.rev)


# The soak -------------------------------------------------------------------------------------------------------------


def soak(clients: int, seconds: float, kills: int, workers: int = 1, memory: int | None = None) -> list[Bound]:
    """So many clients for so many seconds; prints what is found. `memory` bounds the server's address space."""
    with tempfile.TemporaryDirectory() as data, closing(Server(Path(data), workers, memory=memory)) as server:
        return asyncio.run(soaked(server, clients, seconds, kills))


async def soaked(
    server: Server, clients: int, seconds: float, kills: int, least: int = 1, pause: tuple[float, float] = PAUSE
) -> list[Bound]:
    """All of them on one server; each asks at least `least` times."""
    by_document()  # before the clock runs
    record, end = Record(), monotonic() + seconds
    wanderers = [  # half of them behind one address
        Wanderer(
            server.port, CLASS if number % 2 else f"127.1.{number // 250}.{1 + number % 250}", Random(number), record
        )
        for number in range(clients - clients // HARM)
    ]
    addresses = [f"127.2.0.{1 + number}" for number in range(clients // HARM)]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        harm = asyncio.get_running_loop().run_in_executor(pool, hostile, server.port, addresses, seconds)
        everything = asyncio.gather(
            _killed(server, record, wanderers, seconds / (kills + 1), kills),
            *(wanderer.wander(end, least, pause) for wanderer in wanderers),
        )
        _, most = await measured(server, everything)
        meant = await harm
    ended = 0 if server.alive else 1
    record.lost += sum(await asyncio.gather(*(wanderer.lost() for wanderer in wanderers)))
    for name, seen in (("learners", record.seen), ("those who mean harm", meant)):
        print(f"{name}: " + " ".join(f"{status}:{count}" for status, count in sorted(seen.statuses.items())))
    print(told("answers", record.seconds), f"max {at(1, record.seconds):.0f} ms")
    at_once = sum(seconds < AT_ONCE for _, seconds in record.busy)
    print(f"{len(record.busy)} times 503, {at_once} of them at once", *record.busy[:3])
    print(f"{len(record.unanswered)} not answered while it was there", *record.unanswered[:3], sep="\n    ")
    print(*(record.seen.faults + meant.faults)[:5], sep="\n", flush=True)
    return [
        Bound("soak: 5xx but 503 and 507 with Retry-After", len(record.seen.faults) + len(meant.faults), most=0),
        Bound("soak: largest resident memory", most / MEGABYTE, "MB", most=MOST_BYTES / MEGABYTE),
        Bound("soak: ended by itself", ended, most=0),
        Bound("soak: acknowledged changes", record.acknowledged, least=1),
        Bound(f"soak: acknowledged changes lost over {kills} kill -9", record.lost, most=0),
    ]


async def _killed(server: Server, record: Record, wanderers: list[Wanderer], every: float, kills: int) -> None:
    """Kill it, start it again, and ask for all that was acknowledged, so many times."""
    loop = asyncio.get_running_loop()
    for _ in range(kills):
        await asyncio.sleep(every)
        record.there = False
        await loop.run_in_executor(None, server.kill)
        await loop.run_in_executor(None, server.start)
        record.there = True
        record.lost += sum(await asyncio.gather(*(wanderer.lost() for wanderer in wanderers)))
