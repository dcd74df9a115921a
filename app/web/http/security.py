"""What is let in, and what every answer carries, errors included. Pure ASGI: it costs a few microseconds."""

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import UNNAMED_PROXY
from app.web.http.errors import on_http
from app.web.http.request_log import whole_paths

log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
NEVER_NEEDED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
# Without cross-origin-opener-policy: its change of process took a fifth of a first paint, and whoever opens one of our
# pages holds nothing by it: no frames, no messages, no address that another origin can read.
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{name}=()" for name in NEVER_NEEDED).encode()),
)
NO_STORE = (b"cache-control", b"no-store")
STAY_WITH_HTTPS = (b"strict-transport-security", b"max-age=31536000")


class Security:
    """Adds the security headers to every answer, and `no-store` where the answer says nothing of caching.

    `ancestors` are the origins whose pages may show ours in a frame; none where it is empty. On https browsers are told
    to stay with it, at a host of our own: below a path of another site that is for the site to say.
    """

    def __init__(self, app: ASGIApp, ancestors: Sequence[str] = (), own_host: bool = True) -> None:
        self.app = app
        policy = CONTENT_SECURITY_POLICY + (" ".join(ancestors) or "'none'")
        self._headers = ((b"content-security-policy", policy.encode()), *HEADERS)
        self._on_https = (STAY_WITH_HTTPS,) if own_host else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                kept = (NO_STORE,) if b"cache-control" not in dict(headers) else ()
                on_https = self._on_https if scope["scheme"] == "https" else ()
                message["headers"] = [*headers, *self._headers, *kept, *on_https]
            await send(message)

        await self.app(scope, receive, secured if scope["type"] == "http" else send)


class Head:
    """Answers HEAD wherever GET is answered, as GET, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def bare(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            await send({**message, "body": b"", "more_body": False})
            if message.get("more_body", False):
                raise OSError("Nobody waits for what follows")  # as where a client has hung up: a stream ends

        got = {**scope, "method": "GET"}
        with suppress(OSError):
            await self.app(got, receive, bare)
        scope["endpoint"] = got.get("endpoint")  # for the log


# Who may ask ----------------------------------------------------------------------------------------------------------

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
OURS = (b"same-origin", b"none")
CHECKS = ("/healthz", "/readyz")
HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::(?P<port>[0-9]{1,5}))?")


class HostAndOrigin:
    """Refuses what does not come from this program's own pages, or from a program that has no cookies.

    421: a host name that is not ours, so that nobody else's name can be made to lead here. 403: a change that
    another site asks for. 415: a body that is packed. A load balancer's check needs to name no host. `trusting`: some
    proxy's X-Forwarded headers are believed; where none is, the log says so once to whoever has forgotten it.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], trusting: bool = True) -> None:
        self.app = app
        self._hosts = hosts
        self._trusting = trusting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = self._refusal(scope) if scope["type"] == "http" else 0
        app = await on_http(Request(scope), HTTPException(status)) if status else self.app
        await app(scope, receive, send)

    def _refusal(self, scope: Scope) -> int:
        """The status to refuse with; 0 lets in."""
        headers = dict(scope["headers"])
        if not self._trusting and b"x-forwarded-for" in headers:
            self._trusting = True
            log.warning(UNNAMED_PROXY)
        if not is_ours(headers.get(b"host", b""), self._hosts) and not is_check(scope, headers):
            return 421
        if scope["method"] not in SAFE and not asked_by_ourselves(headers):
            return 403
        return 415 if headers.get(b"content-encoding", b"identity") != b"identity" else 0


def is_check(scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a load balancer looks after the program, without a Host as HTTP/1.0 has it."""
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    return scope["method"] == "GET" and path in CHECKS and b"host" not in headers


def is_ours(host: bytes, hosts: Collection[str]) -> bool:
    """Whether a Host header names this machine: localhost, an address in numbers, or one of `hosts`."""
    match = HOST.fullmatch(host.decode("latin-1").lower())
    if match is None or int(match["port"] or 0) > 65_535:
        return False
    if match["name"] == "localhost" or match["name"] in hosts:
        return True
    try:
        IPv6Address(match["six"]) if match["six"] else IPv4Address(match["name"])
    except ValueError:
        return False
    return True


def asked_by_ourselves(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a change was asked for by one of our pages, by the reader in person, or by a program.

    A program sends no cookies, or JSON: no other site can make a browser send that without asking us first.

    Browsers say so in Sec-Fetch-Site, but not on plain http at a name of the local network: there Origin must do.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in OURS
    origin = headers.get(b"origin")
    if origin is None:
        return b"cookie" not in headers or headers.get(b"content-type", b"").startswith(b"application/json")
    host = headers[b"host"].lower()
    return origin.lower() in (b"http://" + host, b"https://" + host)


# What they may call -------------------------------------------------------------------------------------------------
#
# There are no accounts: an address with an unguessable id in it is the only key.

SESSION = "{session_id}"
KEYS = (SESSION, "{code}", "{key}", "/seat")  # of a session, or of a class: its code leads no further than its key does
ANYONE = frozenset(
    (
        "GET /", "GET /lessons/{slug}", "GET /docs", "GET /openapi.json", "GET /static", "POST /preferences",
        "POST /sessions", "GET /build", "POST /build", "GET /walks", "GET /privacy",
        "GET /bug-lab", "POST /bug-lab", "POST /bug-lab/sets", "GET /bug-lab/sets/{number}",
        "GET /w/{link}", "POST /w/{link}", "POST /w",
        "GET /classroom", "POST /classroom", "GET /join", "POST /join",
        "GET /classroom/connection", "POST /classroom/connection", "GET /classroom/connection/time",
        "GET /classroom/connection/events", "GET /classroom/connection/clock",
        "GET /api/lessons", "POST /api/sessions", "POST /api/classes",
        "GET /healthz", "GET /readyz", "GET /metrics",
    )
)  # fmt: skip # shows and changes nobody's session


class UndeclaredRouteError(RuntimeError):
    """A route asks for no key and is not among those that anyone may call."""


def operations_of(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """Every method with its whole path, such as GET /docs."""
    for path, route in whole_paths(routes):
        methods: Any = getattr(route, "methods", None) or ("GET",)
        yield from (f"{method} {path}" for method in methods if method != "HEAD")


def check_access(routes: Iterable[BaseRoute]) -> None:
    """UndeclaredRouteError for the first operation that asks for no key and is not for anyone."""
    for operation in operations_of(routes):
        if not any(key in operation for key in KEYS) and operation not in ANYONE:
            raise UndeclaredRouteError(f"{operation} asks for no key. If anyone may call it, name it in ANYONE.")


# How much may be sent -------------------------------------------------------------------------------------------------


class BodyLimit:
    """Refuses a body of more than `limit` bytes with 413: counted while it is read, whether or not it says its length.

    `larger` has the paths that take more: those to which a whole table of examples is sent.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int]) -> None:
        self.app = app
        self.limit = limit
        self.larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        announced, read = int(length[:20]) if length.isdigit() else 0, 0
        limit = self.larger.get(scope["path"].removeprefix(scope.get("root_path", "")), self.limit)

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if max(read, announced) > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, limited, send)
