"""One connection of a learner: requests one after the other, as fast as they are answered."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

HUNG_UP = (ConnectionError, asyncio.IncompleteReadError, EOFError)  # what a killed server leaves behind


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """A connection that stays open."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request. Header names are written with underscores."""
        given = {"host": "localhost", "content-length": str(len(body)), **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {text}" for name, text in given.items())]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        answered = {name.lower(): text for name, _, text in (line.partition(": ") for line in head[1:])}
        if answered.get("transfer-encoding") == "chunked":
            received = await self._chunks()
        else:
            received = await self.reader.readexactly(int(answered.get("content-length", "0")))
        return Answer(int(head[0].split()[1]), answered, received)

    async def _chunks(self) -> bytes:
        """A body whose length was not known when it began."""
        parts = []
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            parts.append((await self.reader.readexactly(size + 2))[:-2])
        await self.reader.readuntil(b"\r\n")
        return b"".join(parts)

    async def post(self, path: str, given: object, **headers: str) -> Answer:
        """JSON sent to the API."""
        return await self.ask("POST", path, json.dumps(given).encode(), content_type="application/json", **headers)

    async def begin(self, **given: object) -> Any:
        """The state of a new session."""
        answer = await self.post("/api/sessions", given or {"lesson": "softmax-and-dead-units"})
        assert answer.status == 201, answer
        return answer.json()

    async def state(self, session: str) -> Any:
        """Where a session stands."""
        answer = await self.ask("GET", f"/api/sessions/{session}")
        assert answer.status == 200, answer
        return answer.json()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    """A connection to a server of this machine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()
