"""How a reader wants pages to look, sent from any page."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.web.http.forms import form_of
from app.web.http.htmx import VARY
from app.web.http.preferences import local, remember
from app.web.http.prefix import root_of

router = APIRouter(include_in_schema=False)


@router.post("/preferences")
async def preferences(request: Request) -> Response:
    """Remember how the reader wants pages to look, and go back to where that was chosen."""
    form = await form_of(request)
    response = RedirectResponse(local(form.get("next", ""), root_of(request)), 303, headers=VARY)
    remember(request, response, form)
    return response
