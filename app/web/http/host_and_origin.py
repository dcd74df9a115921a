"""Who is let in: hosts that are ours, changes that our own pages ask for, bodies as they are. Pure ASGI."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from ipaddress import ip_address

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.http.errors import on_http

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
OURS = (b"same-origin", b"none")
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
JSON = b"application/json"
Headers = Mapping[bytes, bytes]


class HostAndOrigin:
    """Refuses what does not come from this program's own pages, or from a program that has no cookies.

    421: a host name that is not ours, so that nobody else's name can be made to lead here. 403: a change that
    another site asks for. 415: a body that is packed.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app = app
        self._ours = lru_cache(maxsize=256)(lambda host: is_ours(host, hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = self._refusal(scope) if scope["type"] == "http" else 0
        if status:
            response = await on_http(Request(scope), HTTPException(status))
            await response(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> int:
        """The status to refuse with; 0 lets in."""
        headers = dict(scope["headers"])
        if not self._ours(headers.get(b"host", b"")):
            return 421
        if scope["method"] not in SAFE and not asked_by_ourselves(headers):
            return 403
        return 415 if headers.get(b"content-encoding", b"identity") != b"identity" else 0


def is_ours(host: bytes, hosts: Collection[str]) -> bool:
    """Whether a Host header names this machine: localhost, an address in numbers, or one of `hosts`."""
    match = HOST.fullmatch(host.decode("latin-1").lower())
    if match is None:
        return False
    name = match[1]
    return name == "localhost" or name in hosts or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name[1:-1] if name.startswith("[") else name)
    except ValueError:
        return False
    return True


def asked_by_ourselves(headers: Headers) -> bool:
    """Whether a change was asked for by one of our pages, by the reader in person, or by a program.

    A program sends no cookies, or JSON: no other site can make a browser send that without asking us first.

    Browsers say so in Sec-Fetch-Site, but not on plain http at a name of the local network: there Origin must do.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in OURS
    origin = headers.get(b"origin")
    if origin is None:
        return b"cookie" not in headers or headers.get(b"content-type", b"").startswith(JSON)
    host = headers[b"host"].lower()
    return origin.lower() in (b"http://" + host, b"https://" + host)
