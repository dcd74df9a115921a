"""My walks: those begun in this browser; and what is done with a walk as a whole by whoever has its address: name it,
make another one like it, delete it, give it another address, let others look at it.
"""

import asyncio
import secrets
from contextlib import suppress
from time import time

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from app.engine.network.errors import SetupError
from app.sessions.setups.typed import clean_name
from app.sessions.store.store import ID_BYTES, UnknownSessionError
from app.views.walks.walks import (
    WalkCard,
    delete_page,
    name_of_copy,
    name_page,
    revoke_page,
    share_page,
    walk_card,
    walks_page,
)
from app.web.http.dependencies import SESSION_ID, services
from app.web.http.htmx import VARY
from app.web.http.new_session import check_may_begin, kept_walk
from app.web.http.own_walks import HUNTS, WALKS, forget, note, noted
from app.web.http.page import base_of, page_response, root_of
from app.web.pages.walk import WalkPages, WalkRequest

router = APIRouter(include_in_schema=False)
pages = WalkPages()


@router.get(WALKS.page)
async def walks(request: Request) -> Response:
    """The walks that were begun in this browser; it forgets those that are gone, or too many."""
    store, begun, now = services(request).store, noted(request), time()
    ids = tuple(begun)
    cards, gone = list[WalkCard](), list[str]()
    for session_id in ids[: WALKS.most]:
        since = max(0.0, now - begun[session_id]) if begun[session_id] > 1 else None
        try:
            kept = await store.load(session_id)
            cards.append(walk_card(kept.session, kept.id, bool(await store.shared(kept.id)), since))
        except UnknownSessionError:
            gone.append(session_id)
        await asyncio.sleep(0)  # others' turn: a list may be long
    response = page_response(request, "walks/page.html", walks_page(tuple(cards)), "walks")
    forget(request, response, WALKS, *gone, *ids[WALKS.most :])
    return response


async def _card(the: WalkRequest) -> WalkCard:
    """The walk; 404 for whoever may only look at it: there is nothing to ask them."""
    kept = await the.walk.load()
    if kept.read_only:
        raise HTTPException(404)
    return walk_card(kept.session, kept.id, bool(await the.walk.services.store.shared(kept.id)))


def _to_the_list(the: WalkRequest) -> RedirectResponse:
    return RedirectResponse(root_of(the.request) + WALKS.page, 303, headers=VARY)


# Named, and another one like it ---------------------------------------------------------------------------------------


@pages.route("/name")
async def asks_for_name(the: WalkRequest) -> Response:
    """A field with its name."""
    page = name_page(await _card(the), (await the.walk.load()).session)
    return page_response(the.request, "walks/name.html", page, "walks")


@pages.route("/name", "POST")
async def name(the: WalkRequest) -> Response:
    """Another name; the usual one where the field is empty."""
    await the.walk.load()
    given = the.form.get("name", "")
    cleaned = clean_name(given, "name") if given.strip() else ""
    await the.walk.do(lambda walked: walked.named(cleaned))
    return _to_the_list(the)


@pages.route("/duplicate", "POST")
async def duplicate(the: WalkRequest) -> Response:
    """Another walk, which stands where this one does and then goes its own way."""
    check_may_begin(the.request)
    session = (await the.walk.load()).session
    kept = await kept_walk(the.request, session.named(name_of_copy(session)))
    response = _to_the_list(the)
    note(the.request, response, kept)
    return response


# Deleted --------------------------------------------------------------------------------------------------------------


@pages.route("/delete")
async def asks_to_delete(the: WalkRequest) -> Response:
    """Asks once more."""
    return page_response(the.request, "walks/sure.html", delete_page(await _card(the)), "walks")


@pages.route("/delete", "POST")
async def delete(the: WalkRequest) -> Response:
    """The walk goes, and leaves the browser's list."""
    await the.walk.load()
    await the.walk.services.store.delete(the.walk.id)
    response = _to_the_list(the)
    forget(the.request, response, WALKS, the.walk.id)
    return response


# Its address revoked --------------------------------------------------------------------------------------------------


@pages.route("/revoke")
async def asks_to_revoke(the: WalkRequest) -> Response:
    """Asks once more. The page holds the next id: where the answer is lost, the form sent again leads to the same."""
    page = revoke_page(await _card(the), secrets.token_urlsafe(ID_BYTES))
    return page_response(the.request, "walks/sure.html", page, "walks")


@pages.route("/revoke", "POST")
async def revoke(the: WalkRequest) -> Response:
    """The walk gets another id, under which the browser's list has it then."""
    new_id = the.form.get("new_id", "")
    if SESSION_ID.fullmatch(new_id) is None:
        raise SetupError("new_id", "The form has no new address for the walk.", "Go back and load the page again.")
    with suppress(UnknownSessionError):  # it may be revoked already; the store knows
        await the.walk.load()
    await the.walk.services.store.revoke(the.walk.id, new_id)
    response = _to_the_list(the)
    for one in (WALKS, HUNTS):
        forget(the.request, response, one, the.walk.id)
    note(the.request, response, await the.walk.services.store.load(new_id))
    return response


# Shared to be looked at -----------------------------------------------------------------------------------------------


@pages.route("/share")
async def shares(the: WalkRequest) -> Response:
    """How others can look at the walk."""
    card = await _card(the)
    reader = await the.walk.services.store.shared(the.walk.id)
    link = f"{base_of(the.request)}/sessions/{reader}" if reader else ""
    return page_response(the.request, "walks/share.html", share_page(card, link), "walks")


@pages.route("/share", "POST")
async def share(the: WalkRequest) -> Response:
    """The walk gets a second address, to look by."""
    await the.walk.load()
    await the.walk.services.store.share(the.walk.id)
    return RedirectResponse(f"{the.at}/share", 303, headers=VARY)


@pages.route("/unshare", "POST")
async def unshare(the: WalkRequest) -> Response:
    """That address leads nowhere any more."""
    await the.walk.load()
    await the.walk.services.store.unshare(the.walk.id)
    return RedirectResponse(f"{the.at}/share", 303, headers=VARY)
