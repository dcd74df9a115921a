"""Cookies by scheme: on https bound to this host and kept off plain http; on plain http, as in a classroom, by name.

There are two kinds: what a reader chose for all pages, and a random number that tells one visitor from another.
No cookie opens a session: the key to a session is its address.
"""

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from app.web.http.prefix import root_of
from app.web.http.rates import Buckets, is_at_the_machine

VISITOR = "visitor"
VISITOR_BYTES = 16
KNOWN_VISITOR = re.compile(r"[\w-]{22}", re.ASCII)


def cookie_name(request: Request, name: str) -> str:
    """The name as browsers keep it: on plain http without a prefix, and `__Host-` only where the path is /."""
    if request.url.scheme != "https":
        return name
    return f"__Secure-{name}" if root_of(request) else f"__Host-{name}"


def set_cookie(request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send along; 0 seconds forget it."""
    key, path, secure = cookie_name(request, name), f"{root_of(request)}/", request.url.scheme == "https"
    response.set_cookie(key, value, max_age, path=path, secure=secure, httponly=True, samesite="lax")


def check_joining(request: Request, visitors: Buckets, addresses: Buckets) -> None:
    """TooFastError where this visitor, or this address, begins more sessions than the limits allow."""
    if is_at_the_machine(request):
        return
    visitor = _visitor(request)
    if visitor:
        visitors.take(visitor)
    addresses.take(request.client.host if request.client else "")


def know_visitor(request: Request, response: Response) -> None:
    """Give a browser a number; a program, which sends neither of the headers that browsers send, needs none."""
    is_browser = "sec-fetch-site" in request.headers or "origin" in request.headers
    if is_browser and not _visitor(request):
        set_cookie(request, response, VISITOR, secrets.token_urlsafe(VISITOR_BYTES))


def _visitor(request: Request) -> str:
    given = request.cookies.get(cookie_name(request, VISITOR), "")
    return given if KNOWN_VISITOR.fullmatch(given) else ""
