"""What stands between a device and a class: a page that tries it, and says what to do where something is in the way."""

import asyncio
import re
from collections.abc import AsyncIterator
from time import gmtime, strftime, time

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from app.sessions.setups.typed import WHOLE
from app.views.classroom.connection import CLICKED, EVENTS_COME, NO_TIME, clock, connection_page, latency
from app.views.qr import qr
from app.web.http.broadcast import BEAT, HEARTBEAT, Frames, Rooms, message
from app.web.http.dependencies import services, soon
from app.web.http.fragments import partials
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.page import page_response, root_of
from app.web.http.reachable import reachable

router = APIRouter(include_in_schema=False)
ADDRESS = "/classroom/connection"
MILLISECONDS = re.compile(r"\d{1,15}", re.ASCII)
ROUNDS = 4  # of asking, to tell how long one takes
LONGEST = 60.0  # seconds that the page is sent events


@router.get(ADDRESS)
async def connection(request: Request) -> Response:
    """The page; what it tries itself needs scripts."""
    there = await reachable(request)
    picture = qr(there.url + ADDRESS) if there.url else None
    clicked = request.query_params.get("clicked") == "1"
    says = strftime("%H:%M:%S UTC", gmtime())
    address = there.url + ADDRESS if there.url else ""
    page = connection_page(request.url.hostname or "", says, address, there.advice, picture)
    page = page.after_a_click() if clicked else page
    return await soon(request, lambda: page_response(request, "classroom/connection.html", page, "classroom"))


@router.post(ADDRESS)
async def clicked(request: Request) -> Response:
    """A form has come through."""
    if wants_fragment(request):
        return HTMLResponse(CLICKED, headers=VARY)
    return RedirectResponse(f"{root_of(request)}{ADDRESS}?clicked=1", 303, headers=VARY)


@router.get(f"{ADDRESS}/time")
async def measured(request: Request) -> Response:
    """Asked several times, one after the other: by this clock, how long it takes to hear from the page again."""
    asked, now = request.query_params, round(1000 * time())
    since, round_ = asked.get("since", ""), asked.get("round", "")
    begun = int(since) if MILLISECONDS.fullmatch(since) else now
    count = min(int(round_), ROUNDS) if WHOLE.fullmatch(round_) else 0
    if count >= ROUNDS:
        return HTMLResponse(latency((now - begun) / ROUNDS), headers=VARY)
    address = f"{root_of(request)}{ADDRESS}/time?since={begun}&amp;round={count + 1}"
    return HTMLResponse(f'<span hx-get="{address}" hx-trigger="load" hx-swap="outerHTML">…</span>', headers=VARY)


@router.get(f"{ADDRESS}/clock")
async def compared(request: Request) -> Response:
    """How far the device's clock, in milliseconds as `key` tells it, is from this one."""
    key = request.query_params.get("key", "")
    told = clock(int(key) / 1000 - time()) if MILLISECONDS.fullmatch(key) else NO_TIME
    return HTMLResponse(told, headers=VARY)


@router.get(f"{ADDRESS}/events")
async def events(request: Request) -> Response:
    """One event, and then beats, for a while."""
    frames, drain = Frames(request), services(request).drain
    rooms: Rooms = request.app.state.rooms
    rooms.check()

    async def beats() -> AsyncIterator[bytes]:
        with rooms.counted():
            yield frames.head() + frames.frame(message("1", partials([EVENTS_COME], lambda panel: panel.text)))
            for _ in range(round(LONGEST / HEARTBEAT)):
                await asyncio.sleep(HEARTBEAT)
                if drain.asked:
                    return
                yield frames.frame(BEAT)

    return StreamingResponse(beats(), headers=frames.headers, media_type="text/event-stream")
