"""A whole page as an answer: its view, dressed in what every page wears."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.views import Chrome
from app.web.dependencies import services
from app.web.htmx import VARY
from app.web.preferences import preferences


def page_response(request: Request, template: str, page: Any, current: str = "", status: int = 200) -> HTMLResponse:
    """The page as HTML; `current` names the room of the program that it belongs to."""
    chosen = preferences(request)
    chrome = Chrome.of(_way_back(request), current, chosen.theme, chosen.motion, chosen.digits)
    text = services(request).templates.render(template, page=page, chrome=chrome)
    return HTMLResponse(text, status, headers=VARY)


def _way_back(request: Request) -> str:
    """Where a form on the page leads back to: this page, or the first one where this answers a form itself."""
    return request.url.path if request.method == "GET" else "/"
