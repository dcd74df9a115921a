"""What a reader chose for all pages, kept in cookies: theme, motion, number of digits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

THEMES = ("light", "dark")
MOTIONS = ("full", "reduced")
DIGITS = tuple(str(digits) for digits in range(2, 9))
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
    chosen = _known(request.cookies)
    return Preferences(chosen.get("theme", ""), chosen.get("motion", ""), int(chosen.get("digits", DEFAULT_DIGITS)))


def remember(response: Response, form: Mapping[str, str]) -> None:
    """Set a cookie for each choice that the form makes; one that is not known (system, empty) forgets."""
    chosen = _known(form)
    for name in ("theme", "motion", "digits"):
        if name in chosen:
            response.set_cookie(name, chosen[name], max_age=YEAR, samesite="lax")
        elif name in form:
            response.delete_cookie(name, samesite="lax")


def local(path: str) -> str:
    """The path if it stays on this server, else the first page."""
    return path if LOCAL_PATH.fullmatch(path) else "/"


def _known(given: Mapping[str, str]) -> dict[str, str]:
    allowed = {"theme": THEMES, "motion": MOTIONS, "digits": DIGITS}
    return {name: given[name] for name, values in allowed.items() if given.get(name) in values}
