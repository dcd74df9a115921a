"""Edits while walking: a parameter, an input or a target gets another value; undo leads back."""

from fastapi import APIRouter
from starlette.responses import Response

from app.sessions.setups.declaration import check_magnitude
from app.sessions.store.store import Kept
from app.web.api.answers import State
from app.web.api.documentation import SESSION_ERRORS
from app.web.api.schemas import Move
from app.web.api.sessions import MOVE, state_response
from app.web.http.dependencies import TheWalk
from app.web.http.forms import edited_in, number_in
from app.web.pages.walk import WalkPages, WalkRequest

router = APIRouter(prefix="/api/sessions/{session_id}", responses=SESSION_ERRORS, tags=["one session"])
pages = WalkPages()


@pages.verb("/edit")
async def edit(the: WalkRequest) -> Kept:
    """Another value of what the form names."""
    value = number_in(the.form, "step" if "step" in the.form else "value")
    check_magnitude("The value", value, the.walk.services.settings)
    return await the.walk.do(lambda walked: walked.edited(edited_in(the.form, walked), value), the.rev)


@router.post("/undo", response_model=State)
async def undo_by_api(walk: TheWalk, move: Move = MOVE) -> Response:
    """Back to where the walk stood before the last edit or training, with the values that it had."""
    return state_response(await walk.compute(lambda walked: walked.undo(), move.rev))
