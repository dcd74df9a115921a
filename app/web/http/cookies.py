"""Cookies by scheme: on https bound to this host and kept off plain http; on plain http, as in a classroom, by name.

There are two kinds: what a reader chose for all pages, and a random number that tells one visitor from another.
No cookie opens a session: the key to a session is its address.
"""

from starlette.requests import Request
from starlette.responses import Response

from app.web.http.prefix import root_of


def cookie_name(request: Request, name: str) -> str:
    """The name as browsers keep it: on plain http without a prefix, and `__Host-` only where the path is /."""
    if request.url.scheme != "https":
        return name
    return f"__Secure-{name}" if root_of(request) else f"__Host-{name}"


def set_cookie(request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send along; 0 seconds forget it."""
    key, path, secure = cookie_name(request, name), f"{root_of(request)}/", request.url.scheme == "https"
    response.set_cookie(key, value, max_age, path=path, secure=secure, httponly=True, samesite="lax")
