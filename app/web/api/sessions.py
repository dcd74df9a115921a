"""The JSON API: input, verb, state. Numbers are full float64, units and layers count from 0."""

import asyncio
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from json import loads
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.routing import APIRoute
from starlette.responses import Response, StreamingResponse

from app.engine.network.errors import SetupError
from app.lessons import LESSONS, lesson_named
from app.sessions.setups.declaration import TableGiven, check_learning_rate, check_limits, check_magnitude
from app.sessions.setups.document import setup_of
from app.sessions.setups.draft import examples_given
from app.sessions.store.store import ID_BYTES, Kept, StaleRevisionError, UnknownSessionError
from app.sessions.take_away.link import opened
from app.sessions.walk.chunks import ahead, behind
from app.sessions.walk.session import TrainingSession
from app.settings import Settings
from app.views.pages import stale
from app.web.api.schemas import (
    ERRORS,
    SESSION_ERRORS,
    Edit,
    EquationAnswer,
    HistoryAnswer,
    LessonAnswer,
    Move,
    NewLesson,
    NewLinked,
    NewSession,
    NewSetup,
    ReaderAnswer,
    State,
    Step,
    Train,
)
from app.web.api.state import dumps, json_response, state_texts, trace_texts
from app.web.http.dependencies import TheWalk, Walk, before_a_walk, services, soon, stay
from app.web.http.errors import Handlers, answer, problem
from app.web.http.new_session import check_may_begin, kept_walk, linked_walk
from app.web.http.page import prefix
from app.web.http.rates import TooFastError
from app.web.http.work import PIECE, BusyError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
SECRET = 22  # letters and signs of a key by which an id is made: 128 bits and more
LONG_BODY = 16 * 1024  # bytes; shorter ones take a few tenths of a millisecond


class Read(Request):
    """A request whose long body is read where others are not held up."""

    async def json(self) -> Any:
        body = await self.body()
        return await soon(self, lambda: loads(body)) if len(body) > LONG_BODY else loads(body)


class Reading(APIRoute):
    """A route of such requests."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def read(request: Request) -> Response:
            return await handle(Read(request.scope, request.receive))

        return read


router = APIRouter(prefix="/api", route_class=Reading)
MOVE, STEP = Move(), Step()
Compute = Callable[[Callable[[], str]], Awaitable[str]]  # works something out where others are not held up


async def _told(walk: Walk, kept: Kept, status: int = 200) -> Response:
    """The state, with its revision as entity tag."""
    headers = {"ETag": f'"{kept.rev}"', "Location": f"{prefix.get()}/api/sessions/{kept.id}"}
    return await _streamed(partial(walk.view, kept.session), state_texts(kept), status, **headers)


async def _streamed(compute: Compute, texts: Iterator[str], status: int = 200, **headers: str) -> Response:
    """The texts as one JSON answer, worked out piece by piece as it is read: a long one is never held whole."""
    first = await compute(lambda: _piece(texts))
    if len(first) < PIECE:
        return json_response(first, status, **headers)
    return StreamingResponse(_pieces(first, compute, texts), status, headers, "application/json")


async def _pieces(piece: str, compute: Compute, texts: Iterator[str]) -> AsyncIterator[str]:
    """This one and all that follow. What has begun is not refused any more: where the server is busy, it waits."""
    while piece:
        yield piece
        piece = await _patient(compute, texts)


async def _patient(compute: Compute, texts: Iterator[str]) -> str:
    while True:
        try:
            return await compute(lambda: _piece(texts))
        except (BusyError, TooFastError) as error:
            await asyncio.sleep(error.wait)


def _piece(texts: Iterator[str]) -> str:
    """The next texts, as many as make a piece; empty where there are no more."""
    piece, size = [], 0
    for text in texts:
        piece.append(text)
        size += len(text)
        if size >= PIECE:
            break
    return "".join(piece)


async def _on_stale(request: Request, error: StaleRevisionError) -> Response:
    """412, with the state as it is now."""
    kept = error.current
    walk = Walk(services(request), kept.id, None, "", request)
    state = await walk.view(kept.session, lambda: "".join(state_texts(kept)))
    return answer(request, stale(), problem("stale", 412, str(error), state=state))


HANDLERS: Handlers = {StaleRevisionError: _on_stale}


# Lessons and new sessions -------------------------------------------------------------------------------------------


@router.get("/lessons", response_model=list[LessonAnswer], tags=["lessons"])
async def lessons() -> Response:
    """All lessons, in teaching order."""
    words = [name for name in LessonAnswer.model_fields if name != "sizes"]
    told = [{name: getattr(one, name) for name in words} | {"sizes": one.published.sizes} for one in LESSONS]
    return json_response(dumps(told))


@router.post("/sessions", status_code=201, response_model=State, responses=ERRORS, tags=["sessions"])
async def create(request: Request, new: Annotated[NewSession, Body()]) -> Response:
    """Start a lesson, or a network of one's own."""
    the = services(request)
    check_may_begin(request)

    if isinstance(new, NewLesson):
        lesson = lesson_named(new.lesson)
        begun = await soon(request, lambda: TrainingSession.of_lesson(lesson, new.as_published))
    elif isinstance(new, NewLinked):
        begun = await linked_walk(request, lambda limits: opened(new.link, limits))
    else:
        begun = await before_a_walk(request, lambda: _own(new, the.settings))
    if not isinstance(new, NewLinked):
        begun = begun.ask("chosen" if new.asking else "")
    kept = await kept_walk(request, begun)
    return await _told(Walk(the, kept.id, None, "", request), kept, 201)


def _own(new: NewSetup, settings: Settings) -> TrainingSession:
    check_limits(new, settings)
    if isinstance(new.data, TableGiven):
        new = new.model_copy(update={"data": examples_given(new.data, settings)})
        check_limits(new, settings)
    return TrainingSession.of_setup(setup_of(new.model_dump(exclude_none=True)))


# One session --------------------------------------------------------------------------------------------------------

session = APIRouter(prefix="/api/sessions/{session_id}", responses=SESSION_ERRORS, tags=["one session"])


@session.get("", response_model=State)
async def state(walk: TheWalk) -> Response:
    """Where the session stands."""
    return await _told(walk, await walk.load())


@session.patch("", response_model=State)
async def edit(walk: TheWalk, edit: Edit) -> Response:
    """Change the learning rate, a parameter, an input or target, the example in focus, or whether the page asks."""
    settings = walk.services.settings
    if edit.learning_rate is not None:
        check_learning_rate("learning_rate", edit.learning_rate, settings)
    for name in ("parameter", "input", "target"):
        if (given := getattr(edit, name)) is not None:
            check_magnitude(f"{name}.value", given.value, settings)
    return await _told(walk, await walk.do(lambda walked: _edited(walked, edit), edit.rev))


def _edited(walked: TrainingSession, edit: Edit) -> TrainingSession:
    if edit.asking is not None:
        walked = walked.ask("chosen" if edit.asking else "")
    if edit.example is not None:
        walked = walked.focus(edit.example)
    if edit.parameter is not None:
        walked = walked.with_parameter(**edit.parameter.model_dump())
    if edit.input is not None:
        walked = walked.with_input(**edit.input.model_dump())
    if edit.target is not None:
        walked = walked.with_target(**edit.target.model_dump())
    if edit.learning_rate is not None:
        walked = walked.with_learning_rate(edit.learning_rate)
    return walked


@session.post("/step", response_model=State)
async def step(walk: TheWalk, move: Step = STEP) -> Response:
    """One equation, layer, phase, iteration or epoch further."""
    return await _told(walk, await walk.go(lambda walked: walked.step(move.by), ahead(move.by), move.rev))


@session.post("/back", response_model=State)
async def back(walk: TheWalk, move: Step = STEP) -> Response:
    """One equation, layer, phase, iteration or epoch back, to the very start; it undoes exactly."""
    return await _told(walk, await walk.go(lambda walked: walked.back(move.by), behind(move.by), move.rev))


@session.post("/forward", response_model=State)
async def forward(walk: TheWalk, move: Move = MOVE) -> Response:
    """On to the end of the forward phase, of the next iteration where this one is already there."""
    return await _told(walk, await walk.do(lambda walked: walked.forward(), move.rev))


@session.post("/backward", response_model=State)
async def backward(walk: TheWalk, move: Move = MOVE) -> Response:
    """On to the end of the backward phase, of the next iteration where this one is already there."""
    return await _told(walk, await walk.do(lambda walked: walked.backward(), move.rev))


@session.post("/update", response_model=State)
async def update(walk: TheWalk, move: Move = MOVE) -> Response:
    """On to the end of the update, of the next iteration where this one is already there."""
    return await _told(walk, await walk.do(lambda walked: walked.update(), move.rev))


@session.post("/train", response_model=State)
async def train(walk: TheWalk, train: Train) -> Response:
    """Finish an iteration that is under way, make so many more updates, and stand at the end of the last."""
    measure, count = ("iterations", train.iterations) if train.epochs is None else ("epochs", train.epochs)
    return await _told(walk, await walk.train(measure, count or 0, train.rev))


@session.post("/reset", response_model=State)
async def reset(walk: TheWalk, move: Move = MOVE) -> Response:
    """Back to the very start, without what was changed on the way."""
    return await _told(walk, await walk.do(lambda walked: walked.reset(), move.rev))


@session.post("/undo", response_model=State)
async def undo_by_api(walk: TheWalk, move: Move = MOVE) -> Response:
    """Back to where the walk stood before the last edit or training, with the values that it had."""
    return await _told(walk, await walk.undo(move.rev))


@session.get("/trace", response_model=list[EquationAnswer])
async def trace(walk: TheWalk) -> Response:
    """Every equation of this iteration, with the numbers of those that have been shown."""
    session = (await walk.load()).session
    return await _streamed(walk.work, trace_texts(session))


@session.get("/history", response_model=HistoryAnswer)
async def history(walk: TheWalk) -> Response:
    """The losses of all iterations so far, each taken before its update, and the means of whole epochs."""
    session = (await walk.load()).session
    losses = await walk.in_turns(session, [], session.losses_in_slices())
    return await walk.work(lambda: json_response(dumps(vars(session.by_epochs(losses)))))


# The session as a whole ---------------------------------------------------------------------------------------------


@session.delete("", status_code=204)
async def delete(walk: TheWalk) -> Response:
    """Delete the session: its id, and the one to look by, lead nowhere any more."""
    await walk.load()
    await walk.services.store.delete(walk.id)
    return Response(status_code=204)


def _id_of(old_id: str, key: str) -> str:
    """The id that a session gets by this key, again and again: as good a secret as the key is."""
    return urlsafe_b64encode(blake2b(f"{old_id}\n{key}".encode(), digest_size=ID_BYTES).digest()).decode()


@session.post("/revoke", response_model=State)
async def revoke(walk: TheWalk) -> Response:
    """Give the session another id; the old one leads nowhere any more. The answer alone has the new one: note it.

    Sent again with the same Idempotency-Key, which nobody else can guess, it answers the same.
    """
    key = walk.request.headers.get("Idempotency-Key", "")
    if key and len(key) < SECRET:
        raise SetupError(
            "Idempotency-Key", f"The key of a new id has less than {SECRET} letters and signs.", "Send a UUID."
        )
    new_id = _id_of(walk.id, key) if key else secrets.token_urlsafe(ID_BYTES)
    with suppress(UnknownSessionError):  # it may be revoked already; the store knows
        await walk.load()
    await walk.services.store.revoke(walk.id, new_id)
    stay(walk.request)
    renamed = Walk(walk.services, new_id, None, "", walk.request)
    return await _told(renamed, await renamed.load())


@session.post("/share", response_model=ReaderAnswer)
async def share(walk: TheWalk) -> Response:
    """A second id, by which others look at the session and change nothing; the same one until it is unshared."""
    await walk.load()
    return json_response(dumps({"id": await walk.services.store.share(walk.id)}))


@session.post("/unshare", status_code=204)
async def unshare(walk: TheWalk) -> Response:
    """That id leads nowhere any more."""
    await walk.load()
    await walk.services.store.unshare(walk.id)
    return Response(status_code=204)
