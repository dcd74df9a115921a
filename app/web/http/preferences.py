"""What a reader chose for all pages: theme, motion, number of digits; and the cookies that keep it.

Besides there is one cookie with a random number that tells one visitor from another. None opens a session: the key to a
session is its address. On https a cookie is bound to this host and kept off plain http; on plain http, as in a
classroom, it has its plain name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from app.web.http.prefix import root_of

CHOICES = {
    "theme": ("light", "dark"),
    "motion": ("full", "reduced"),
    "digits": tuple(str(digits) for digits in range(2, 9)),
}
DEFAULT_DIGITS = 5
YEAR = 365 * 24 * 3600
LOCAL_PATH = re.compile(r"/(?![/\\])[\w\-./~%?=&]*", re.ASCII)


@dataclass(frozen=True)
class Preferences:
    """Empty theme or motion: as the reader's system has it."""

    theme: str = ""
    motion: str = ""
    digits: int = DEFAULT_DIGITS


def preferences(request: Request) -> Preferences:
    """The reader's choices; a cookie with another value counts as none."""
    if "cookie" not in request.headers:
        return Preferences()
    chosen = _known({name: request.cookies.get(cookie_name(request, name), "") for name in CHOICES})
    return Preferences(chosen.get("theme", ""), chosen.get("motion", ""), int(chosen.get("digits", DEFAULT_DIGITS)))


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


def cookie_name(request: Request, name: str) -> str:
    """The name as browsers keep it: on plain http without a prefix, and `__Host-` only where the path is /."""
    if request.url.scheme != "https":
        return name
    return f"__Secure-{name}" if root_of(request) else f"__Host-{name}"


def set_cookie(request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send along; 0 seconds forget it."""
    key, path, secure = cookie_name(request, name), f"{root_of(request)}/", request.url.scheme == "https"
    response.set_cookie(key, value, max_age, path=path, secure=secure, httponly=True, samesite="lax")
