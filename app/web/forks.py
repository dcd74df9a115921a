"""Forks: a new walk beside one with one thing changed."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.engine import DivergedError, SetupError
from app.sessions import Fork, TrainingSession, forked
from app.settings import Settings
from app.web.beginning import begun_walk, check_may_begin
from app.web.comparison import show_in_pool
from app.web.explorer import Explorer
from app.web.limits import check_learning_rate
from app.web.routes import walk_route

router = APIRouter()


@walk_route("POST", "/fork")
async def fork(the: Explorer) -> Response:
    """A new walk from the start, and beside it one with one thing changed; this one stays as it is."""
    kept = await the.walk.load()
    if kept.session.hunt:
        raise HTTPException(404)
    check_may_begin(the.request)
    beside = Fork(the.form.get("thing", ""), the.form.get("value", "").strip())
    try:
        begun = await the.walk.work(lambda: _forked(kept.session, beside, the.walk.services.settings))
    except (SetupError, DivergedError) as error:
        return await show_in_pool(the, kept, str(error), 422)
    return await begun_walk(the.request, begun, "/compare")


def _forked(session: TrainingSession, beside: Fork, settings: Settings) -> TrainingSession:
    """The walk at its start. SetupError where what is to be beside it cannot be."""
    other = forked(session.setup, beside)
    check_learning_rate("value", other.learning_rate, settings)
    return replace(session.reset(), fork=beside, answers=(), asking="")
