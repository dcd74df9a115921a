"""Two walks side by side: as published and put right, or with a mistake and without."""

from dataclasses import replace
from secrets import token_urlsafe

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from app.engine.network.errors import DivergedError
from app.lessons import lesson_named
from app.sessions.compare.counterpart import both_followed, counterpart, parting
from app.sessions.compare.notebook_run import is_quick
from app.sessions.predict import question_of, up_to_question
from app.sessions.store.store import Kept
from app.sessions.walk.session import TrainingSession
from app.views.compare.compare import (
    Comparison,
    Names,
    Seen,
    alone,
    comparison,
)
from app.views.compare.forks import both_losses, names_of_fork
from app.views.compare.page import compare_page
from app.views.compare.printed import RunPanel, printed_here, run_panel
from app.views.explorer.headings import room_of
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.page import page_response
from app.web.http.preferences import preferences
from app.web.pages.walk import OP_BYTES, WalkPages, WalkRequest


def show(the: WalkRequest, kept: Kept, message: str = "", status: int = 200) -> Response:
    """The page, or for htmx what moves on it."""
    panel = _compared(the, kept, message)
    if wants_fragment(the.request):
        return _fragment(the, kept, panel, status)
    page = compare_page(kept.session, kept.id, panel, _ready_run(the, kept.session))
    return page_response(the.request, "compare/page.html", page, room_of(kept.session), status)


async def view(the: WalkRequest, kept: Kept, message: str, status: int) -> Response:
    """The same where the way of the other walk may be long."""
    if not kept.session.hidden:
        await the.walk.follow(both_followed(kept.session))
    return await the.walk.work(lambda: show(the, kept, message, status))


pages = WalkPages({"compare": view})


@pages.get("/compare")
async def compare(the: WalkRequest) -> Response:
    """The walk and its counterpart at the same place."""
    return await view(the, await the.walk.load(), "", 200)


@pages.get("/compare/run")
async def run(the: WalkRequest) -> Response:
    """The notebook's whole run: the panel for htmx, else the page with it."""
    kept = await the.walk.load()
    panel = await the.walk.work(lambda: _run(the, kept.session))
    if wants_fragment(the.request):
        return _fragment(the, kept, panel)
    return await view(the, kept, "", 200)


@pages.verb("/compare/first")
async def first(the: WalkRequest) -> Kept:
    """To the first equation, from the start, at which the two part; where they do not, nothing moves."""
    return await the.walk.compute(_at_first, the.rev)


def _at_first(walked: TrainingSession) -> TrainingSession:
    pair = _pair(walked)
    place = parting(*pair) if pair else None
    return walked if place is None else up_to_question(walked, walked.moved_to(place))


def _compared(the: WalkRequest, kept: Kept, message: str) -> Comparison:
    session, digits = kept.session, preferences(the.request).digits
    seen = Seen(kept.rev, digits, message, (), question_of(session) is not None, token_urlsafe(OP_BYTES))
    names = _names(session)
    name = names.left if session.as_published else names.right
    try:
        pair = _pair(session)
    except DivergedError as error:
        return alone(session, name, replace(seen, message=f"The other walk cannot be followed to here. {error}"))
    if pair is None:
        return alone(session, name, seen)
    notes = () if session.lesson is None or session.fork else printed_here(lesson_named(session.lesson), pair[0])
    panel = comparison(*pair, names, replace(seen, notes=notes))
    return replace(panel, curves=both_losses(*pair, names, digits)) if session.fork else panel


def _pair(session: TrainingSession) -> tuple[TrainingSession, TrainingSession] | None:
    """The walk that was forked, as published, or with its mistake, then the other; None where there is none yet.

    404 where it must not be seen.
    """
    if session.hidden:
        raise HTTPException(404)
    other = counterpart(session)
    if other is None:
        return None
    return (session, other) if session.as_published or session.fork else (other, session)


def _names(session: TrainingSession) -> Names:
    if session.fork is not None:
        return names_of_fork(session, session.fork)
    if session.lesson is not None:
        return Names(orientation=lesson_named(session.lesson).orientation)
    return Names("with the mistake", "with the right rule") if session.setup.mistakes else Names("this walk", "")


def _run(the: WalkRequest, session: TrainingSession) -> RunPanel:
    if session.lesson is None:
        raise HTTPException(404)
    return run_panel(lesson_named(session.lesson), preferences(the.request).digits)


def _ready_run(the: WalkRequest, session: TrainingSession) -> RunPanel | None:
    """The run where it is there, or almost; None where a second request is to fetch it."""
    if session.lesson is None or session.fork or not is_quick(lesson_named(session.lesson)):
        return None
    return _run(the, session)


def _fragment(the: WalkRequest, kept: Kept, panel: Comparison | RunPanel, status: int = 200) -> Response:
    templates = the.walk.services.templates
    text = templates.render(panel.template, panel=panel, at=f"{templates.root}/sessions/{kept.id}", session=kept.id)
    return HTMLResponse(text, status, headers=VARY)
