"""The one file that spells an HX- header."""

from html import escape

from starlette.requests import Request

VARY = {"Vary": "HX-Request"}
REFRESH = {"HX-Refresh": "true", **VARY}  # the page is to load itself again


def wants_fragment(request: Request) -> bool:
    """Whether htmx asks for the panels that changed; a page restored from history is asked for whole."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def notice(text: str) -> str:
    """A sentence for a page that stays as it is; it goes when the page asks for something again."""
    return f'<hx-partial hx-target="#toast" hx-swap="innerHTML">{escape(text)}</hx-partial>'
