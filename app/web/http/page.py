"""A whole page as an answer: the path below which it stands, what its reader chose, and what every page wears."""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.views.pages import Chrome
from app.web.http.dependencies import services
from app.web.http.htmx import VARY

# Below which path -----------------------------------------------------------------------------------------------------

prefix: ContextVar[str] = ContextVar("prefix", default="")  # for what does not see the request


def root_of(request: Request) -> str:
    """The path below which the program is shown, such as /explorer; empty where it has a host of its own."""
    scope = request.scope
    root: str = scope.get("app_root_path", scope.get("root_path", ""))
    return root


def base_of(request: Request) -> str:
    """The program's whole address as this request has it, without a / at its end."""
    return str(request.base_url).rstrip("/")


def path_of(request: Request) -> str:
    """The path that was asked for, as the program itself calls it."""
    path: str = request.scope["path"]
    return path.removeprefix(root_of(request))


class Prefixed:
    """Takes the path with the prefix or without: some proxies pass it on, some cut it off. Pure ASGI."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self.app = app
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            prefix.set(self._root)
            path = scope["path"]
            whole = path if f"{path}/".startswith(f"{self._root}/") else self._root + path
            scope = {**scope, "path": whole, "root_path": self._root}
        await self.app(scope, receive, send)


# What a reader chose --------------------------------------------------------------------------------------------------
#
# Theme, motion, digits, the speed of Play and whether single keys walk are kept in cookies; one more, with a random
# number, tells one visitor from another. None of them opens a session: the key to a session is its address. The
# addresses of the walks that were begun in a browser are cookies too, which it sends to the page of its walks alone
# (own_walks.py). On https a cookie is bound to this host and kept off plain http; on plain http, as in a classroom, it
# has its plain name.

CHOICES = {
    "theme": ("light", "dark"),
    "motion": ("full", "reduced"),
    "digits": tuple(str(digits) for digits in range(2, 9)),
    "speed": ("2000", "500"),
    "keys": ("off",),
}
DEFAULT_DIGITS = 5
YEAR = 365 * 24 * 3600
LOCAL_PATH = re.compile(r"/(?![/\\])[\w\-./~%?=&]*", re.ASCII)


@dataclass(frozen=True)
class Preferences:
    """Empty theme or motion: as the reader's system has it; the speed in milliseconds a step; empty keys: on."""

    theme: str = ""
    motion: str = ""
    digits: int = DEFAULT_DIGITS
    speed: int = 1000
    keys: str = ""


def preferences(request: Request) -> Preferences:
    """The reader's choices; a cookie with another value counts as none."""
    if "cookie" not in request.headers:
        return Preferences()
    chosen = _known({name: request.cookies.get(cookie_name(request, name), "") for name in CHOICES})
    numbers = {name: int(chosen.pop(name)) for name in ("digits", "speed") if name in chosen}
    return Preferences(**chosen, **numbers)  # type: ignore[arg-type]


def remember(request: Request, response: Response, form: Mapping[str, str]) -> None:
    """Set a cookie for each choice that the form makes; one that is not known (system, empty) forgets."""
    chosen = _known(form)
    for name in CHOICES:
        if name in chosen:
            set_cookie(request, response, name, chosen[name], YEAR)
        elif name in form:
            set_cookie(request, response, name, "", 0)


def local(path: str, root: str = "") -> str:
    """The path if it stays with this program, which is shown below `root`, else the first page."""
    ours = LOCAL_PATH.fullmatch(path) and path.startswith(f"{root}/")
    return path if ours else f"{root}/"


def _known(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given[name] for name, values in CHOICES.items() if given.get(name) in values}


def cookie_name(request: Request, name: str, page: str = "/") -> str:
    """The name as browsers keep it: on plain http without a prefix, and `__Host-` only where the path is /."""
    if request.url.scheme != "https":
        return name
    return f"__Secure-{name}" if root_of(request) + page != "/" else f"__Host-{name}"


def set_cookie(
    request: Request, response: Response, name: str, value: str, max_age: int | None = None, page: str = "/"
) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send along; 0 seconds forget it.

    It is sent to what lies below `page` alone.
    """
    key, path, secure = cookie_name(request, name, page), root_of(request) + page, request.url.scheme == "https"
    response.set_cookie(key, value, max_age, path=path, secure=secure, httponly=True, samesite="lax")


# The page -------------------------------------------------------------------------------------------------------------


def page_response(
    request: Request, template: str, page: Any, current: str = "", status: int = 200, read_only: bool = False
) -> HTMLResponse:
    """The page as HTML; `current` names the room of the program that it belongs to; `read_only`: it shows a walk that
    its reader may only look at.

    Inside of another page, where the browser keeps no cookies of ours, it is shown as framed.
    """
    chrome = replace(chrome_of(request, current), read_only=read_only)
    return HTMLResponse(services(request).templates.render(template, page=page, chrome=chrome), status, headers=VARY)


def chrome_of(request: Request, current: str = "") -> Chrome:
    """What the page that this request gets wears."""
    chosen = preferences(request)
    back = root_of(request) + (path_of(request) if request.method == "GET" else "/")  # where a form on the page leads
    framed = request.headers.get("sec-fetch-dest") in ("iframe", "frame") and "cookie" not in request.headers
    chrome = Chrome.of(back, current, chosen.theme, chosen.motion, chosen.digits, chosen.speed, chosen.keys)
    return replace(chrome, framed=framed)
