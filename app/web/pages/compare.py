"""Walks side by side, as published and put right, or with a mistake and without; and forks, which begin them."""

from secrets import token_urlsafe

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from app.engine.network.errors import DivergedError, SetupError
from app.sessions.compare.counterpart import all_followed, pair_of, parting
from app.sessions.compare.forks import THINGS, begun_fork, forked, with_beside, with_fork, without_fork
from app.sessions.predict import posed_question
from app.sessions.setups.declaration import check_learning_rate, check_sizes
from app.sessions.store.store import Kept
from app.sessions.walk.session import Fork, TrainingSession
from app.views.compare.act_two import act_two_page
from app.views.compare.compare import Seen, changed, compare_page, filmed
from app.views.compare.outcomes import drawn_of
from app.views.compare.printed import run_of_notebook
from app.views.pages import room_of
from app.web.http.forms import number_in, whole_in
from app.web.http.fragments import partials
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.new_session import begun_walk, check_may_begin
from app.web.http.page import page_response
from app.web.pages.pictures import asked_of, film_response
from app.web.pages.walk import OP_BYTES, WalkPages, WalkRequest


async def view(the: WalkRequest, kept: Kept, message: str, status: int) -> Response:
    """The page, or for htmx what is another on it. The ways of the other walks may be long. 404 while they must not be
    seen.
    """
    session = _open(kept.session)
    films = wants_fragment(the.request) and "has" in the.form
    await the.walk.follow(session, all_followed(session, apart=not films))

    def shown() -> Response:
        asks = posed_question(session) is not None
        op, asked = token_urlsafe(OP_BYTES), asked_of(the, message, status)
        seen = Seen(kept.rev, the.digits, message, (), asks, op, asked)
        if films and (picture := filmed(session, seen, the.form["has"])):
            return film_response(the, picture)
        if wants_fragment(the.request):
            had = the.form.get("drawn") == drawn_of(session, the.digits)
            return HTMLResponse(partials(changed(session, seen, had), the.panel), status, headers=VARY)
        page = compare_page(session, kept.id, seen)
        return page_response(the.request, "compare/page.html", page, room_of(session), status, kept.read_only)

    return await the.walk.work(shown)


def _open(session: TrainingSession) -> TrainingSession:
    """The walk; 404 while its rules are hidden."""
    if session.hidden:
        raise HTTPException(404)
    return session


# Routes --------------------------------------------------------------------------------------------------------------

pages = WalkPages({"compare": view})


@pages.route("/compare")
async def compare(the: WalkRequest) -> Response:
    """The walk and its counterpart at the same place."""
    return await view(the, await the.walk.load(), "", 200)


@pages.route("/compare/run")
async def run(the: WalkRequest) -> Response:
    """The notebook's whole run: the panel for htmx, else the page with it."""
    kept = await the.walk.load()
    panel = await the.walk.work(lambda: run_of_notebook(kept.session, the.digits))
    if panel is None:
        raise HTTPException(404)
    return the.fragment(panel) if wants_fragment(the.request) else await view(the, kept, "", 200)


@pages.route("/act-two")
async def act_two(the: WalkRequest) -> Response:
    """Act two of the walk's lesson."""
    kept = await the.walk.load()
    if kept.session.lesson is None:
        raise HTTPException(404)

    def shown() -> Response:
        page = act_two_page(kept.session, kept.id, the.digits)
        return page_response(the.request, "compare/act-two.html", page, room_of(kept.session), 200, kept.read_only)

    return await the.walk.work(shown)


@pages.verb("/compare/first")
async def first(the: WalkRequest) -> Kept:
    """To the first equation, from the start, at which the two part; where they do not, nothing moves."""

    def at_first(walked: TrainingSession) -> TrainingSession:
        pair = pair_of(_open(walked))
        place = parting(*pair) if pair else None
        return walked if place is None else walked.moved_to(place)

    session = _open((await the.walk.load()).session)
    await the.walk.follow(session, all_followed(session))
    return await the.walk.compute(at_first, the.rev)


@pages.route("/fork", "POST")
async def fork(the: WalkRequest) -> Response:
    """A new walk from the start, and beside it one with one thing changed; this one stays as it is. A walk that is
    compared with forks already gets one more, where it stands.
    """
    check_may_begin(the.request)
    kept = await the.walk.load()
    if kept.session.hunt:
        raise HTTPException(404)
    if kept.session.fork:
        return await one_more(the)
    try:
        fork = await the.walk.work(lambda: begun_fork(kept.session, _asked(the, kept.session)))
    except (SetupError, DivergedError) as error:
        return await view(the, kept, str(error), 422)
    return await begun_walk(the.request, fork, "/compare")


def _asked(the: WalkRequest, session: TrainingSession) -> Fork:
    """The fork that a form asks for. SetupError where it cannot be, or is larger than this server takes."""
    name = the.form.get("thing", "")
    number = name in THINGS and not THINGS[name].names  # written in the way in which the page then calls it
    asked = Fork(name, f"{number_in(the.form, 'value'):.15g}" if number else the.form.get("value", "").strip())
    setup, limits = forked(session.setup, asked), the.walk.services.settings
    check_learning_rate("value", setup.learning_rate, limits)
    check_sizes("value", list(setup.sizes), limits)
    return asked


@pages.moves
async def one_more(the: WalkRequest) -> Kept:
    """One more walk in the comparison."""
    return await the.walk.compute(lambda walked: with_fork(walked, _asked(the, walked)), the.rev)


@pages.verb("/compare/beside")
async def beside(the: WalkRequest) -> Kept:
    """Another one of the walks that are compared stands beside this one."""
    return await the.walk.do(lambda walked: with_beside(_open(walked), whole_in(the.form, "which")), the.rev)


@pages.verb("/compare/drop")
async def drop(the: WalkRequest) -> Kept:
    """One walk fewer in the comparison."""
    return await the.walk.do(lambda walked: without_fork(_open(walked), whole_in(the.form, "which")), the.rev)
