"""The application called without a network: ASGI in one event loop, its store a real SQLite file."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from app.main import create_app
from app.settings import Settings

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back; `body` as it goes over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def scope_of(method: str, path: str, body: bytes = b"", **headers: str) -> dict[str, Any]:
    """One request, as a server hands it over. Header names are written with underscores."""
    path, _, query = path.partition("?")
    given = {"host": "localhost", "accept-encoding": "gzip", "content-length": str(len(body)), **headers}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }


@dataclass(frozen=True)
class Browser:
    """Asks as a browser does that accepts gzip and keeps no cookies."""

    app: ASGIApp

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request. Header names are written with underscores."""
        scope = scope_of(method, path, body, **headers)
        sent: list[Message] = []

        incoming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            while not incoming:  # a browser that stays: it never disconnects
                await asyncio.sleep(3600)
            return incoming.pop()

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:]))

    async def begin(self, given: bytes) -> str:
        """The id of a new session, from what the API is given."""
        answer = await self.ask("POST", "/api/sessions", given, content_type="application/json")
        assert answer.status == 201, answer.body
        return answer.headers["location"].rsplit("/", 1)[1]

    async def step(self, session: str, rev: int, verb: str = "step") -> Answer:
        """One click, as htmx sends it."""
        form = urlencode({"rev": rev, "by": "equation"}).encode()
        return await self.ask("POST", f"/sessions/{session}/{verb}", form, content_type=FORM, hx_request="true")


def revision_of(page: str) -> int:
    """The revision that a page's forms send."""
    found = re.search(r'name="rev"[^>]*value="(\d+)"', page)
    assert found, page[:500]
    return int(found[1])


@asynccontextmanager
async def browser(data: Path) -> AsyncIterator[Browser]:
    """A browser of an application whose sessions are kept in `data`."""
    app = create_app(Settings(data_directory=data, session_burst=10_000))
    async with app.router.lifespan_context(app):
        yield Browser(app)
