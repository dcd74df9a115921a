"""Two walks side by side: as published and put right, or with a mistake and without."""

from secrets import token_urlsafe

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from app.lessons import lesson_named
from app.sessions.compare.counterpart import both_followed, pair_of, parting
from app.sessions.compare.notebook_run import is_quick
from app.sessions.predict.questions import asking_first, question_of
from app.sessions.store.store import Kept
from app.sessions.walk.session import TrainingSession
from app.views.compare.compare import (
    Comparison,
    Seen,
    compare_page,
    comparison_of,
)
from app.views.compare.printed import RunPanel, run_panel
from app.views.explorer.headings import room_of
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.page import page_response
from app.web.http.preferences import preferences
from app.web.pages.explorer import (
    ELSEWHERE,
    OP_BYTES,
    Explorer,
    WalkPages,
)

pages = WalkPages()


@pages.get("/compare")
async def compare(the: Explorer) -> Response:
    """The walk and its counterpart at the same place."""
    return await show_in_pool(the, await the.walk.load(), "", 200)


@pages.get("/compare/run")
async def run(the: Explorer) -> Response:
    """The notebook's whole run: the panel for htmx, else the page with it."""
    kept = await the.walk.load()
    panel = await the.walk.work(lambda: _run(the, kept.session))
    if wants_fragment(the.request):
        return _fragment(the, kept, panel)
    return await show_in_pool(the, kept, "", 200)


@pages.post("/compare/first")
async def first(the: Explorer) -> Response:
    """To the first equation, from the start, at which the two part; where they do not, nothing moves."""

    def to_first(walked: TrainingSession) -> TrainingSession:
        if walked.hidden:
            raise HTTPException(404)
        pair = pair_of(walked)
        place = parting(*pair) if pair else None
        return walked if place is None else walked.moved_to(place)

    return await the.do(asking_first(to_first), slow=True)


def show(the: Explorer, kept: Kept, message: str = "", status: int = 200) -> Response:
    """The page, or for htmx what moves on it."""
    panel = _compared(the, kept, message)
    if wants_fragment(the.request):
        return _fragment(the, kept, panel, status)
    page = compare_page(kept.session, kept.id, panel, _ready_run(the, kept.session))
    return page_response(the.request, "compare/page.html", page, room_of(kept.session), status)


async def show_in_pool(the: Explorer, kept: Kept, message: str, status: int) -> Response:
    """The same where the way of the other walk may be long."""
    if not kept.session.hidden:
        await the.walk.follow(both_followed(kept.session))
    return await the.walk.work(lambda: show(the, kept, message, status))


ELSEWHERE["compare"] = show_in_pool


def _compared(the: Explorer, kept: Kept, message: str) -> Comparison:
    """404 where the other walk must not be seen."""
    if kept.session.hidden:
        raise HTTPException(404)
    asks = question_of(kept.session) is not None
    seen = Seen(kept.rev, preferences(the.request).digits, message, (), asks, token_urlsafe(OP_BYTES))
    return comparison_of(kept.session, seen)


def _run(the: Explorer, session: TrainingSession) -> RunPanel:
    if session.lesson is None:
        raise HTTPException(404)
    return run_panel(lesson_named(session.lesson), preferences(the.request).digits)


def _ready_run(the: Explorer, session: TrainingSession) -> RunPanel | None:
    """The run where it is there, or almost; None where a second request is to fetch it."""
    if session.lesson is None or session.fork or not is_quick(lesson_named(session.lesson)):
        return None
    return _run(the, session)


def _fragment(the: Explorer, kept: Kept, panel: Comparison | RunPanel, status: int = 200) -> Response:
    templates = the.walk.services.templates
    text = templates.render(panel.template, panel=panel, at=f"{templates.root}/sessions/{kept.id}", session=kept.id)
    return HTMLResponse(text, status, headers=VARY)
