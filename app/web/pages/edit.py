"""Edits while walking: a parameter, an input or a target gets another value; undo leads back."""

import re
from contextlib import suppress

from fastapi import APIRouter
from starlette.responses import Response

from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.sessions.predict.questions import unless_asked
from app.sessions.walk.session import TrainingSession
from app.views.paths.paths import Opened
from app.web.api.answers import State
from app.web.api.documentation import SESSION_ERRORS
from app.web.api.schemas import Move
from app.web.api.sessions import MOVE, state_response
from app.web.http.dependencies import TheWalk
from app.web.http.forms import Form, number_in
from app.web.http.limits import check_magnitude
from app.web.pages.explorer import Explorer, WalkPages

router = APIRouter(prefix="/api/sessions/{session_id}", responses=SESSION_ERRORS, tags=["one session"])
pages = WalkPages()
VALUE = re.compile(r"([wbxy])-(\d{1,6})-(\d{1,6})(?:-(\d{1,6}))?", re.ASCII)  # as a panel's form names a value
TARGET = re.compile(r"y-(\d{1,6})", re.ASCII)  # as the diagram names what the example in focus should be


@pages.post("/edit")
async def edit(the: Explorer) -> Response:
    """Another value of what the form names; it stays open for the next one."""
    form, session = the.form, (await the.walk.load()).session
    opened = None
    with suppress(SetupError):  # which the verb meets again, and the page then tells
        opened = Opened(edited_in(form, session))

    def edited(walked: TrainingSession) -> TrainingSession:
        value = number_in(form, "step" if "step" in form else "value")
        check_magnitude("The value", value, the.walk.services.settings)
        return walked.edited(edited_in(form, walked), value)

    return await the.do(unless_asked(edited), opened=opened)


@pages.post("/undo")
async def undo(the: Explorer) -> Response:
    """Back to before the last edit or run."""
    return await the.do(lambda walked: walked.undo(), slow=True)


@router.post("/undo", response_model=State)
async def undo_by_api(walk: TheWalk, move: Move = MOVE) -> Response:
    """Back to where the walk stood before the last edit or training, with the values that it had."""
    return state_response(await walk.do(lambda walked: walked.undo(), move.rev, slow=True))


def edited_in(form: Form, session: TrainingSession) -> Symbol:
    """The value that a form or an address names. SetupError where it names none."""
    of, shape = form.get("of", ""), session.shape
    if TARGET.fullmatch(of):
        of = of.replace("-", f"-{session.example}-")
    match = VALUE.fullmatch(of)
    if match is None or (match[1] == "w") is not (match[4] is not None):
        raise SetupError("of", "There is no such value.", "Name one such as w-1-0-0, b-1-0, x-0-0 or y-0-0.")
    letter, first, second, third = match.groups()
    if letter in ("x", "y"):
        symbol = Symbol(letter, 0 if letter == "x" else shape.depth, int(first), int(second))
    else:
        symbol = Symbol({"w": "W", "b": "b"}[letter], int(first), int(second), None if third is None else int(third))
    session.edit_of(symbol, 1.0)  # SetupError where there is no such value; 1 is one that all can have
    return symbol
