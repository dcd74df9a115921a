"""Forks: a new walk beside one with one thing changed."""

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.engine.network.errors import DivergedError, SetupError
from app.sessions.compare.forks import forked
from app.sessions.walk.session import Fork, TrainingSession
from app.settings import Settings
from app.web.http.forms import Form, number_in
from app.web.http.limits import check_learning_rate
from app.web.http.new_session import begun_walk, check_may_begin
from app.web.pages.compare import show_in_pool
from app.web.pages.explorer import Explorer, WalkPages

pages = WalkPages()
NUMBERS = ("learning_rate", "seed")  # what a form gives as a number


@pages.post("/fork")
async def fork(the: Explorer) -> Response:
    """A new walk from the start, and beside it one with one thing changed; this one stays as it is."""
    kept = await the.walk.load()
    if kept.session.hunt:
        raise HTTPException(404)
    check_may_begin(the.request)
    try:
        beside = fork_in(the.form)
        begun = await the.walk.work(lambda: _forked(kept.session, beside, the.walk.services.settings))
    except (SetupError, DivergedError) as error:
        return await show_in_pool(the, kept, str(error), 422)
    return await begun_walk(the.request, begun, "/compare")


def fork_in(form: Form) -> Fork:
    """What a form asks for; a number in the way in which the page then calls it. SetupError for what is none."""
    thing = form.get("thing", "")
    return Fork(thing, f"{number_in(form, 'value'):.15g}" if thing in NUMBERS else form.get("value", "").strip())


def _forked(session: TrainingSession, beside: Fork, settings: Settings) -> TrainingSession:
    """The walk at its start. SetupError where what is to be beside it cannot be."""
    other = forked(session.setup, beside)
    check_learning_rate("value", other.learning_rate, settings)
    return replace(session.reset(), fork=beside, answers=(), asking="")
