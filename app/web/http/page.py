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
    """The page as HTML; `current` names the room of the program that it belongs to.

    Inside of another page, where the browser keeps no cookies of ours, it is shown as framed.
    """
    chosen = preferences(request)
    back = root_of(request) + (path_of(request) if request.method == "GET" else "/")  # where a form on the page leads
    framed = request.headers.get("sec-fetch-dest") in ("iframe", "frame") and "cookie" not in request.headers
    chrome = replace(Chrome.of(back, current, chosen.theme, chosen.motion, chosen.digits), framed=framed)
    text = services(request).templates.render(template, page=page, chrome=chrome)
    return HTMLResponse(text, status, headers=VARY)
