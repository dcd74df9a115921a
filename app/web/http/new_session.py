"""A new walk begins: whether its visitor may, where it is kept, and the way to it."""

import re
import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse

from app.engine.network.errors import SetupError
from app.limits import Limits
from app.sessions.store.store import Kept, StoreFullError, grown_bytes
from app.sessions.take_away.link import Opened
from app.sessions.walk.chunks import Verb, in_slices, is_large
from app.sessions.walk.session import TrainingSession
from app.web.http.dependencies import before_a_walk, is_rationed, note_as_large, services, stay
from app.web.http.htmx import VARY
from app.web.http.own_walks import is_browser, note
from app.web.http.page import cookie_name, root_of, set_cookie
from app.web.http.processes import BEGUN, MAY_BEGIN, Begun
from app.web.http.rates import TooFastError, address_of
from app.web.http.work import TooLongError, while_there

VISITOR = "visitor"  # the cookie that tells one visitor from another
VISITOR_BYTES = 16
KNOWN_VISITOR = re.compile(r"[\w-]{22}", re.ASCII)


def check_may_begin(request: Request) -> None:
    """TooFastError where this visitor, or this address, begins more sessions than the limits allow.

    StoreFullError where those begun from this address take up its share of the store. It comes before all that may be
    passed on to the process that computes, which counts nothing.
    """
    request.scope.setdefault(MAY_BEGIN, BEGUN not in request.scope)
    if not is_rationed(request):
        return
    rates, visitor = services(request).rates, _visitor(request)
    if visitor:
        rates.visitors.take(visitor)
    address = address_of(request.scope)
    rates.addresses.take(address)
    try:
        rates.stored.take(address, 0)  # what a walk takes is known once it is kept
    except TooFastError as error:
        megabytes = services(request).settings.max_store_megabytes
        raise StoreFullError(megabytes, "this address", error.wait) from error


async def gone_to(request: Request, begun: TrainingSession, iteration: int, verb: Verb) -> TrainingSession:
    """What the verb makes of a walk that is not kept yet, far on its way: gone in turns with others.

    TooLongError where it takes longer than one request may, DivergedError as of the verb.
    """
    the, address = services(request), address_of(request.scope)
    way = in_slices(begun, iteration, verb, the.clock)
    return await while_there(request, the.pool.run_in_slices(address, begun, way, address))


async def linked_walk(request: Request, open_it: Callable[[Limits], Opened]) -> TrainingSession:
    """The walk of a link or a file, where it was made. SetupError says what is wrong with it, or that the way there
    takes longer than one request may; DivergedError where it leads nowhere.
    """
    opened = await before_a_walk(request, lambda: open_it(services(request).settings))
    try:
        return await gone_to(request, opened.start, opened.place.iteration, opened.there)
    except TooLongError as error:
        raise SetupError("link", str(error), "Ask for a link to an earlier iteration.") from error


async def kept_walk(request: Request, session: TrainingSession) -> Kept:
    """A new walk, kept; what it may come to take of the store is its address's."""
    the = services(request)
    if not request.scope.get(MAY_BEGIN):
        raise RuntimeError("Whether a walk may begin is to be checked before anything is passed on")
    kept = await the.store.create(session)
    stay(request)
    size = min(grown_bytes(kept), the.settings.max_session_bytes)
    begun = Begun(kept.id, is_large(session), size)
    if BEGUN in request.scope:
        request.scope[BEGUN].append(begun)
    else:
        count_begun(request, begun)
    return kept


def count_begun(request: Request, begun: Begun) -> None:
    """A walk was begun for this request, here or in the process that computes."""
    if is_rationed(request):
        services(request).rates.stored.spend(address_of(request.scope), begun.size)
    if begun.large:
        note_as_large(begun.id)


async def begun_walk(request: Request, session: TrainingSession, page: str = "") -> RedirectResponse:
    """Keep a new walk and lead to it, or to one of its pages such as /compare."""
    kept = await kept_walk(request, session)
    response = RedirectResponse(f"{root_of(request)}/sessions/{kept.id}{page}", 303, headers=VARY)
    if is_browser(request) and not _visitor(request):  # a program needs no number
        set_cookie(request, response, VISITOR, secrets.token_urlsafe(VISITOR_BYTES))
    note(request, response, kept)
    return response


def _visitor(request: Request) -> str:
    given = request.cookies.get(cookie_name(request, VISITOR), "")
    return given if KNOWN_VISITOR.fullmatch(given) else ""
