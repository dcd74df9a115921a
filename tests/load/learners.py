"""A class: each learner a browser of their own that joins, clicks now and then, and clicks again after an outage."""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from secrets import token_hex
from time import monotonic
from urllib.parse import urlencode

from tests.durability.client import HUNG_UP, Answer, Client

FORM = "application/x-www-form-urlencoded"
LESSON = "softmax-and-dead-units"  # 2-4-2
AWAY = (*HUNG_UP, OSError)  # while the server is not there
AGAIN = 0.25  # seconds after which who got no answer clicks again
PATIENCE = 60.0  # seconds after which a learner clicks again
OURS = {"content_type": FORM, "sec_fetch_site": "same-origin"}


@dataclass
class Tally:
    """What was measured: seconds of each answer, `looks` being at pictures and what else computes; when answers came
    that had to wait for the server; errors.
    """

    joins: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Browser:
    """Whoever asks over one connection, from an address of this machine."""

    port: int
    address: str
    client: Client | None

    @property
    def is_connected(self) -> bool:
        """Whether the connection is there, as far as can be seen from here."""
        return self.client is not None and not self.client.reader.at_eof()

    async def connected(self) -> Client:
        """The connection; another one where it is gone."""
        if self.client is None or not self.is_connected:
            self.hang_up()
            connected = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(self.address, 0))
            self.client = Client(*connected)
        return self.client

    def hang_up(self) -> None:
        """Let go of the connection, if there is one."""
        if self.client is not None:
            self.client.writer.close()
        self.client = None


@dataclass
class Learner(Browser):
    """One learner; `rev` is the revision that the page shows."""

    port: int
    tally: Tally
    address: str = "127.0.0.1"
    path: str = ""
    rev: int = 0
    fresh: bool = True
    client: Client | None = None

    async def join(self) -> None:
        """Start a lesson and load its page."""
        async with self._answered(self.tally.joins):
            begun = await self.ask("POST", "/sessions", lesson=LESSON, ask="0")
            if begun.status != 303:
                self._wrong("no walk begun", begun)
                return
            self.path = begun.headers["location"]
            page = await self.ask("GET", self.path)
            found = re.search(rb'name="rev"[^>]*value="(\d+)"', gzip.decompress(page.body))
            self.rev = int(found[1]) if found else self._wrong("a page without a revision", page)

    async def step(self) -> None:
        """One click on Step; sent again as it was until it is answered."""
        form = {"rev": str(self.rev), "op": token_hex(6), "by": "equation"}
        while True:
            try:
                async with self._answered(self.tally.steps):
                    answer = await self.ask("POST", f"{self.path}/step", hx_request="true", **form)
                break
            except AWAY:
                self.hang_up()
                self.fresh = False
                await asyncio.sleep(AGAIN)
        if not self.fresh:
            self.tally.back.append(monotonic())
            self.fresh = True
        if answer.status == 200:
            self.rev += 1
        else:
            self._wrong(f"revision {self.rev}", answer)

    async def keep_stepping(self, until: float, pause: tuple[float, float], chance: Random) -> None:
        """Click, think for a moment, click, until a time of the clock."""
        while monotonic() < until:
            await asyncio.sleep(chance.uniform(*pause))
            await self.step()

    async def stands_where_it_stood(self) -> bool:
        """Whether the server has the walk at the revision that was answered last."""
        answer = await self.ask("GET", f"/api{self.path}")
        return answer.status == 200 and f'"rev":{self.rev},'.encode() in gzip.decompress(answer.body)

    async def look_around(self, until: float, pause: tuple[float, float], chance: Random) -> None:
        """Until a time of the clock: train for a while, look at pictures, compare; all of it is to be answered."""
        trained: dict[str, str] = {"epochs": "20"}
        looks: dict[str, str] = {}
        asks = (("POST", "/train", trained), ("GET", "/pictures", looks), ("GET", "/compare", looks))
        while monotonic() < until:
            for method, path, form in asks:
                await asyncio.sleep(chance.uniform(*pause))
                try:
                    async with self._answered(self.tally.looks):
                        answer = await self.ask(method, f"{self.path}{path}", **form)
                except AWAY as error:
                    self.tally.errors.append(f"{path}: {error!r}")
                    self.hang_up()
                    continue
                if answer.status not in (200, 303):
                    self._wrong(path, answer)

    async def ask(self, method: str, path: str, hx_request: str = "false", **form: str) -> Answer:
        """One request, as a browser sends it: where a connection that it had is gone, on another one."""
        used = self.is_connected
        body = urlencode(form).encode()
        while True:
            client = await self.connected()
            try:
                async with asyncio.timeout(PATIENCE):
                    return await client.ask(method, path, body, hx_request=hx_request, accept_encoding="gzip", **OURS)
            except HUNG_UP:
                self.hang_up()
                if not used:
                    raise
                used = False

    def _wrong(self, what: str, answer: Answer) -> int:
        self.tally.errors.append(f"{what}: {answer.status} {answer.body[:80]!r}")
        return 0

    @asynccontextmanager
    async def _answered(self, seconds: list[float]) -> AsyncIterator[None]:
        """Note how long it took, unless the server was away meanwhile."""
        start = monotonic()
        yield
        if self.fresh:
            seconds.append(monotonic() - start)
