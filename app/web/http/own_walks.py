"""Which walks were begun in a browser: the browser itself keeps the list, nobody else does.

Each walk is a cookie of its own, so that two tabs that begin walks at once lose none. Browsers send these to the page
of its walks alone, and let go of the oldest where they become too many.
"""

from starlette.requests import Request
from starlette.responses import Response

from app.web.http.dependencies import SESSION_ID
from app.web.http.page import YEAR, cookie_name, set_cookie

PAGE = "/walks"
NAME = "walk-"
MOST = 50  # walks of one list
FORGOTTEN = 20  # at once: a proxy takes few kB of headers


def note(request: Request, response: Response, session_id: str) -> None:
    """Let the browser keep this walk in its list."""
    set_cookie(request, response, NAME + session_id, "1", YEAR, PAGE)


def forget(request: Request, response: Response, *session_ids: str) -> None:
    """Let the browser drop these walks from its list; of many only the last ones, for now."""
    for session_id in session_ids[-FORGOTTEN:]:
        set_cookie(request, response, NAME + session_id, "", 0, PAGE)


def noted(request: Request) -> tuple[str, ...]:
    """The ids of the walks in the list, the newest first."""
    start = cookie_name(request, NAME, PAGE)
    ids = (name.removeprefix(start) for name in reversed(request.cookies) if name.startswith(start))
    return tuple(id for id in ids if SESSION_ID.fullmatch(id))
