"""A whole page as an answer: its view, dressed in what every page wears."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.views.pages import Chrome
from app.web.http.dependencies import services
from app.web.http.htmx import VARY
from app.web.http.preferences import preferences
from app.web.http.prefix import path_of, root_of


def page_response(request: Request, template: str, page: Any, current: str = "", status: int = 200) -> HTMLResponse:
    """The page as HTML; `current` names the room of the program that it belongs to."""
    chosen = preferences(request)
    chrome = Chrome.of(_way_back(request), current, chosen.theme, chosen.motion, chosen.digits)
    chrome = replace(chrome, framed=is_framed(request))
    text = services(request).templates.render(template, page=page, chrome=chrome)
    return HTMLResponse(text, status, headers=VARY)


def _way_back(request: Request) -> str:
    """Where a form on the page leads back to: this page, or the first one where this answers a form itself."""
    return root_of(request) + (path_of(request) if request.method == "GET" else "/")


def is_framed(request: Request) -> bool:
    """Whether this is shown inside of another page, and the browser keeps no cookies of ours there."""
    return request.headers.get("sec-fetch-dest") in ("iframe", "frame") and "cookie" not in request.headers
