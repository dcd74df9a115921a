"""Two walks side by side, as published and put right, or with a mistake and without; and forks, which begin them."""

from secrets import token_urlsafe

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from app.engine.network.errors import DivergedError, SetupError
from app.sessions.compare.counterpart import both_followed, pair_of, parting
from app.sessions.compare.forks import begun_fork, forked
from app.sessions.predict import question_of, up_to_question
from app.sessions.setups.declaration import check_learning_rate
from app.sessions.store.store import Kept
from app.sessions.walk.session import Fork, TrainingSession
from app.settings import Settings
from app.views.compare.compare import Comparison, Seen, compare_page, comparison_of
from app.views.compare.printed import RunPanel, run_of_notebook
from app.views.explorer.headings import room_of
from app.web.http.forms import Form, number_in
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.new_session import begun_walk, check_may_begin
from app.web.http.page import page_response
from app.web.pages.walk import OP_BYTES, Markup, WalkPages, WalkRequest

NUMBERS = ("learning_rate", "seed")  # what the form of a fork gives as a number


async def view(the: WalkRequest, kept: Kept, message: str, status: int) -> Response:
    """The page, or for htmx what moves on it. The way of the other walk may be long. 404 while it must not be seen."""
    await the.walk.follow(both_followed(_open(kept.session)))
    return await the.walk.work(lambda: _shown(the, kept, message, status))


def _shown(the: WalkRequest, kept: Kept, message: str, status: int) -> Response:
    asks = question_of(kept.session) is not None
    panel = comparison_of(kept.session, Seen(kept.rev, the.digits, message, (), asks, token_urlsafe(OP_BYTES)))
    if wants_fragment(the.request):
        return _fragment(the, kept, panel, status)
    page = compare_page(kept.session, kept.id, panel)
    return page_response(the.request, "compare/page.html", page, room_of(kept.session), status)


def _fragment(the: WalkRequest, kept: Kept, panel: Comparison | RunPanel, status: int = 200) -> Response:
    return HTMLResponse(Markup(the.walk.services.templates, kept.id).panel(panel), status, headers=VARY)


def _open(session: TrainingSession) -> TrainingSession:
    """The walk; 404 while its rules are hidden."""
    if session.hidden:
        raise HTTPException(404)
    return session


# Routes --------------------------------------------------------------------------------------------------------------

pages = WalkPages({"compare": view})


@pages.get("/compare")
async def compare(the: WalkRequest) -> Response:
    """The walk and its counterpart at the same place."""
    return await view(the, await the.walk.load(), "", 200)


@pages.get("/compare/run")
async def run(the: WalkRequest) -> Response:
    """The notebook's whole run: the panel for htmx, else the page with it."""
    kept = await the.walk.load()
    panel = await the.walk.work(lambda: run_of_notebook(kept.session, the.digits))
    if panel is None:
        raise HTTPException(404)
    return _fragment(the, kept, panel) if wants_fragment(the.request) else await view(the, kept, "", 200)


@pages.verb("/compare/first")
async def first(the: WalkRequest) -> Kept:
    """To the first equation, from the start, at which the two part; where they do not, nothing moves."""
    return await the.walk.compute(_at_first, the.rev)


def _at_first(walked: TrainingSession) -> TrainingSession:
    pair = pair_of(_open(walked))
    place = parting(*pair) if pair else None
    return walked if place is None else up_to_question(walked, walked.moved_to(place))


@pages.post("/fork")
async def fork(the: WalkRequest) -> Response:
    """A new walk from the start, and beside it one with one thing changed; this one stays as it is."""
    kept = await the.walk.load()
    if kept.session.hunt:
        raise HTTPException(404)
    check_may_begin(the.request)
    try:
        begun = await the.walk.work(lambda: _forked(kept.session, fork_in(the.form), the.walk.services.settings))
    except (SetupError, DivergedError) as error:
        return await view(the, kept, str(error), 422)
    return await begun_walk(the.request, begun, "/compare")


def fork_in(form: Form) -> Fork:
    """What a form asks for; a number in the way in which the page then calls it. SetupError for what is none."""
    thing = form.get("thing", "")
    return Fork(thing, f"{number_in(form, 'value'):.15g}" if thing in NUMBERS else form.get("value", "").strip())


def _forked(session: TrainingSession, beside: Fork, settings: Settings) -> TrainingSession:
    """SetupError where what is to be beside it cannot be."""
    check_learning_rate("value", forked(session.setup, beside).learning_rate, settings)
    return begun_fork(session, beside)
