"""A new walk begins: whether its visitor may, where it is kept, and the way to it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse

from app.sessions.walk.session import TrainingSession
from app.web.http.cookies import check_joining, know_visitor
from app.web.http.dependencies import services
from app.web.http.htmx import VARY
from app.web.http.prefix import root_of


def check_may_begin(request: Request) -> None:
    """TooFastError where this visitor, or this address, begins too many."""
    rates = services(request).rates
    check_joining(request, rates.visitors, rates.addresses)


async def begun_walk(request: Request, session: TrainingSession, page: str = "") -> RedirectResponse:
    """Keep a new walk and lead to it, or to one of its pages such as /compare."""
    kept = await services(request).store.create(session)
    response = RedirectResponse(f"{root_of(request)}/sessions/{kept.id}{page}", 303, headers=VARY)
    know_visitor(request, response)
    return response
