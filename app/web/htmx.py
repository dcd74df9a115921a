"""The one file that spells an HX- header."""

from starlette.requests import Request

VARY = {"Vary": "HX-Request"}


def wants_fragment(request: Request) -> bool:
    """Whether htmx asks for the panels that changed; a page restored from history is asked for whole."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"
