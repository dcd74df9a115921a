"""Which walks were begun in a browser, and how its hunts in the bug lab stand: the browser itself keeps this, nobody
else does.

Each walk is a cookie of its own, so that two tabs that begin walks at once lose none: it holds when the walk was begun;
a hunt's holds its case, and its score once it is solved. Browsers send them to the pages that list them alone, and let
go of the oldest where they become too many.
"""

from dataclasses import dataclass
from time import time

from starlette.requests import Request
from starlette.responses import Response

from app.sessions.store.store import Kept
from app.sessions.walk.hunt import Hunted, hunted, hunted_of
from app.web.http.dependencies import SESSION_ID
from app.web.http.page import YEAR, cookie_name, set_cookie


@dataclass(frozen=True)
class List:
    """One list: the page that browsers send it to, how its cookies' names begin, and how many of them it holds."""

    page: str
    name: str
    most: int


WALKS = List("/walks", "walk-", 50)
HUNTS = List("/bug-lab", "hunt-", 60)
FORGOTTEN = 20  # at once: a proxy takes few kB of headers
LONGEST = 15  # digits of a time


def is_browser(request: Request) -> bool:
    """Whether a request comes from a browser, which keeps cookies."""
    return "sec-fetch-site" in request.headers or "origin" in request.headers


def note(request: Request, response: Response, kept: Kept) -> None:
    """Let the browser keep this walk in its lists."""
    if is_browser(request):
        set_cookie(request, response, WALKS.name + kept.id, f"{time():.0f}", YEAR, WALKS.page)
    note_hunt(request, response, kept)


def note_hunt(request: Request, response: Response, kept: Kept) -> None:
    """Let the browser keep how a hunt stands, where the walk is one."""
    if kept.session.hunt and is_browser(request):
        text = hunted(kept.id, kept.session.hunt).text
        set_cookie(request, response, HUNTS.name + kept.id, text, YEAR, HUNTS.page)


def forget(request: Request, response: Response, of: List, *session_ids: str) -> None:
    """Let the browser drop these walks from a list; of many only the last ones, for now."""
    for session_id in session_ids[-FORGOTTEN:]:
        set_cookie(request, response, of.name + session_id, "", 0, of.page)


def noted(request: Request) -> dict[str, int]:
    """The walks in the list, the newest first: by their ids when they were begun, in seconds; 0 where that is lost."""
    times = _kept(request, WALKS).items()
    return {id: int(text) if text.isdecimal() and len(text) < LONGEST else 0 for id, text in times}


def noted_hunts(request: Request) -> tuple[Hunted, ...]:
    """The hunts in the list, the newest first."""
    return tuple(one for id, text in _kept(request, HUNTS).items() if (one := hunted_of(id, text)))


def _kept(request: Request, of: List) -> dict[str, str]:
    start = cookie_name(request, of.name, of.page)
    given = reversed(request.cookies.items())
    ids = ((name.removeprefix(start), value) for name, value in given if name.startswith(start))
    return {id: value for id, value in ids if SESSION_ID.fullmatch(id)}
