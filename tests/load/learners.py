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
OURS = {"content_type": FORM, "sec_fetch_site": "same-origin"}


@dataclass
class Tally:
    """What was measured: seconds of each answer, when answers that had to wait for the server came, and errors."""

    joins: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class Learner:
    """One learner; `rev` is the revision that the page shows."""

    port: int
    tally: Tally
    path: str = ""
    rev: int = 0
    fresh: bool = True
    client: Client | None = None

    async def join(self) -> None:
        """Start a lesson and load its page."""
        async with self._answered(self.tally.joins):
            begun = await self._ask("POST", "/sessions", lesson=LESSON, ask="0")
            self.path = begun.headers["location"]
            page = await self._ask("GET", self.path)
            found = re.search(rb'name="rev"[^>]*value="(\d+)"', gzip.decompress(page.body))
            self.rev = int(found[1]) if found else self._wrong("a page without a revision", page)

    async def step(self) -> None:
        """One click on Step; sent again as it was until it is answered."""
        form = {"rev": str(self.rev), "op": token_hex(6), "by": "equation", "speed": "1000"}
        while True:
            try:
                async with self._answered(self.tally.steps):
                    answer = await self._ask("POST", f"{self.path}/step", hx_request="true", **form)
                break
            except AWAY:
                self._hang_up()
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
        answer = await self._ask("GET", f"/api{self.path}")
        return answer.status == 200 and f'"rev":{self.rev},'.encode() in gzip.decompress(answer.body)

    async def _ask(self, method: str, path: str, hx_request: str = "false", **form: str) -> Answer:
        if self.client is None or self.client.reader.at_eof():  # the server closes what was idle for some seconds
            self.client = await self._connected()
        body = urlencode(form).encode()
        return await self.client.ask(method, path, body, hx_request=hx_request, accept_encoding="gzip", **OURS)

    async def _connected(self) -> Client:
        self._hang_up()
        return Client(*await asyncio.open_connection("127.0.0.1", self.port))

    def _hang_up(self) -> None:
        if self.client is not None:
            self.client.writer.close()
        self.client = None

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
