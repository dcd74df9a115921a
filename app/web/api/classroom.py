"""Classes as JSON: open and join, steer, ask and vote; and the state as each role may see it, once or as it changes."""

from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Body, Depends, Header, Request
from pydantic import Field, model_validator
from starlette.responses import Response

from app.lessons import lesson_named
from app.sessions.classroom.classroom import Asked, Mode, NoKeyError, Phase, QuestionOpenError, Role, Tempo, seat_code
from app.sessions.classroom.labels import typed_code
from app.sessions.classroom.questions import is_sign, truth_of
from app.sessions.setups.setting import Strict
from app.sessions.store.classroom import UnknownClassError
from app.sessions.store.now import Now
from app.sessions.walk.chunks import ahead, behind
from app.sessions.walk.position import Measure
from app.sessions.walk.session import TrainingSession
from app.views.classroom.question import question_told
from app.web.api.schemas import ERRORS, Answer, Number, State, problem_answer, says
from app.web.api.state import dumps, json_response, state_texts
from app.web.http.broadcast import made_soon, stream
from app.web.http.classroom import (
    Joined,
    Member,
    ask,
    class_of,
    deleted,
    joined,
    member,
    next_phase,
    opened,
    results_of,
    say_tempo,
    taken_along,
    vote,
)
from app.web.http.dependencies import services, soon, walk_of
from app.web.http.new_session import check_may_begin
from app.web.http.page import base_of, prefix
from app.web.http.rates import address_of

PUBLIC_ERRORS: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    404: problem_answer("No class has this code, no session this id."),
    409: problem_answer("As the class stands, that cannot be done; nothing is changed."),
}
CLASS_ERRORS: dict[int | str, dict[str, Any]] = {
    **PUBLIC_ERRORS,
    401: problem_answer("The key is missing, or opens nothing in this class."),
    403: problem_answer("The key is not one for this, or the request comes from another site's page."),
}
router = APIRouter(prefix="/api/classes", tags=["classes"])
DIGITS = 5  # of numbers in sentences
Verb = Literal["step", "back", "forward", "backward", "update", "train", "reset"]


# What is given --------------------------------------------------------------------------------------------------------


class NewClass(Strict):
    """What the class is about: a lesson, or where a session stands now. Give one of the two."""

    lesson: Annotated[str | None, Field(description="The slug of a lesson.", max_length=80)] = None
    session: Annotated[str | None, Field(description="The id of a session.", max_length=24)] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.lesson is None) == (self.session is None):
            raise ValueError("Give lesson or session, one of the two.")
        return self


class NewSeat(Strict):
    """A new seat, or one that moves here from another device."""

    seat_code: Annotated[str | None, Field(description="The code of the seat that moves here.", max_length=20)] = None


class ClassMove(Strict):
    """A verb of the walk that the class follows."""

    verb: Verb = "step"
    by: Annotated[Measure, Field(description="Of step and back: how far.")] = "equation"
    iterations: Annotated[int, Field(description="Of train: how many updates.", ge=1)] = 1


class Switch(Strict):
    """On or off."""

    on: bool = True


class NewQuestion(Strict):
    """What to ask."""

    at: Annotated[
        int | None,
        Field(
            description="How many equations of this iteration come before the one that is asked; null: the next.", ge=0
        ),
    ] = None
    part: Annotated[
        Literal["sign", "value", "factor", "loss"] | None,
        Field(description="What of it; loss: which way the loss goes if this weight goes up. Null: what fits best."),
    ] = None


class Next(Strict):
    """The phase that is to end."""

    phase: Annotated[
        Phase | None, Field(description="Where the question stands elsewhere by now, nothing is done. Null: wherever.")
    ] = None


class NewVote(Strict):
    """An answer."""

    round: Annotated[Literal[1, 2], Field(description="Of the first vote, or the follow-up, 1; of the second, 2.")] = 1
    answer: Annotated[
        str, Field(description="A number as people write it, or positive, negative or zero.", max_length=60)
    ]
    key: Annotated[
        str, Field(description="A text of your own: sent again with it, it counts once.", min_length=1, max_length=60)
    ]
    question: Annotated[int | None, Field(description="The question that it answers; null: the last.", ge=1)] = None


class NewTempo(Strict):
    """How fast the class should go on."""

    tempo: Tempo


# What is answered -----------------------------------------------------------------------------------------------------


class ClassAnswer(Answer):
    """A new class, and the keys to it. They are told this once."""

    code: Annotated[str, says("By which others join.")]
    host: Annotated[str, says("The key of whoever steers.")]
    present: Annotated[str, says("The key of the screen on the wall.")]
    join: Annotated[str, says("The address at which others join.")]


class SeatAnswer(Answer):
    """A seat, and the key to it, told this once."""

    seat: Annotated[str, says("The key of the seat.")]
    label: Annotated[str, says("What the class calls it: two words by chance.")]
    session: Annotated[str, says("The seat's own walk, for when each walks alone.")]
    seat_code: Annotated[str, says("Moves the seat to another device.")]
    admitted: Annotated[bool, says("Whether it is let in, or waits for that.")]


class QuestionAnswer(Answer):
    """The question on the wall."""

    number: Annotated[int, says("From 1.")]
    text: str
    part: Literal["sign", "value", "factor", "loss"]
    answers: Annotated[list[str] | None, says("To choose from; null where a number is asked.")]
    follow_up: Annotated[bool, says("Whether it asks the one before once more, at another place.")]
    truth: Annotated[Number | str | None, says("From the reveal on.")]


class BarAnswer(Answer):
    """Answers that say the same."""

    value: Number | str
    count_first: int
    count_second: int
    slip: Annotated[str | None, says('Finishes "that is what you get"; null where none is known.')]
    right: bool


class OwnAnswer(Answer):
    """What this seat has answered."""

    first: str | None
    second: str | None
    right: Annotated[bool | None, says("Of the last one, from the reveal on.")]
    slip: Annotated[str | None, says("As of a bar, from the reveal on.")]


class ClassState(Answer):
    """A class as this role may see it. While a question is open nobody sees more of the answers than how many."""

    version: Annotated[str, says("A text of its own for each state.")]
    mode: Mode
    phase: Phase | None
    answered: Annotated[int, says("How many have answered in this round.")]
    seats: Annotated[int, says("How many sit in the class.")]
    walk: Annotated[
        State, says("Where all stand; while a question is open, in front of it. `id` is told to the host alone.")
    ]
    question: QuestionAnswer | None
    histogram: Annotated[
        list[BarAnswer] | None, says("From the reveal on, where five have answered or the host insists; else null.")
    ]
    own: Annotated[OwnAnswer | None, says("Of a seat: what it answered; null for others, and without a question.")]
    admitted: Annotated[bool, says("Of a seat: whether it is let in.")]
    labels: Annotated[list[str] | None, says("Who sits in the class; for the host alone.")]
    waiting: Annotated[list[str] | None, says("Who waits to be let in; for the host alone.")]
    tempo: Annotated[
        dict[Tempo, int] | None, says("How many want to go so fast in this phase of the walk; for the host alone.")
    ]
    locked: bool
    code: str


def told(now: Now, role: Role, label: str = "") -> str:
    """The state as JSON, as this role may see it."""
    classroom, question, tally = now.classroom, now.classroom.question, now.tally
    host = role == "host"
    walk = now.once(("walk", host), lambda: "".join(state_texts(now.walk if host else replace(now.walk, id=""))))
    shown = now.once("question", lambda: None if question is None else _question(now, question))
    bars = tally and [
        {
            "value": bar.value,
            "count_first": bar.first,
            "count_second": bar.second,
            "slip": bar.slip or None,
            "right": bar.right,
        }
        for bar in tally.bars
    ]
    document = {
        "version": now.version,
        "mode": classroom.mode,
        "phase": classroom.phase,
        "answered": now.answered,
        "seats": len(classroom.seated),
        "question": shown,
        "histogram": bars,
        "own": _own(now, label) if role == "seat" and question is not None else None,
        "admitted": role != "seat" or label in classroom.seated,
        "labels": list(classroom.seated) if host else None,
        "waiting": [seat.label for seat in classroom.waiting] if host else None,
        "tempo": now.tempo if host else None,
        "locked": classroom.locked,
        "code": classroom.code,
    }
    return f'{dumps(document)[:-1]},"walk":{walk}}}'


def _question(now: Now, asked: Asked) -> dict[str, Any]:
    walk = now.walk if now.asked is None else now.asked
    truth: float | str | None = None
    if now.asked is not None:
        truth = truth_of(asked, now.asked.session)
    return {
        "number": asked.number,
        "text": question_told(asked, walk.session, DIGITS).question,
        "part": asked.part,
        "answers": ["positive", "negative", "zero"] if is_sign(asked) else None,
        "follow_up": asked.follow_up,
        "truth": truth,
    }


def _own(now: Now, label: str) -> dict[str, Any]:
    first, second = now.first.get(label), now.second.get(label)
    last = now.judged.get(second or first or "")
    return {
        "first": first,
        "second": second,
        "right": last and last.right,
        "slip": (last and last.slip) or None,
    }


# Whose key ------------------------------------------------------------------------------------------------------------

BEARER = Header(alias="Authorization", description="Bearer, and the key of host, present or a seat.")


async def bearer(request: Request, code: str, authorization: Annotated[str, BEARER] = "") -> Member:
    """Whoever has the key that the request brings. UnknownClassError for the code of another class, or of none."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer":
        await class_of(request, code)
        raise NoKeyError
    try:
        found = await member(request, key.strip())
    except NoKeyError:
        await class_of(request, code)
        raise
    if typed_code(code) not in found.kept.classroom.codes:
        services(request).rates.codes.spend(address_of(request.scope), 1)
        raise UnknownClassError
    return found


async def teacher(member: Annotated[Member, Depends(bearer)]) -> Member:
    """The same, who steers. MayNotError."""
    member.must_be("host")
    return member


Anyone = Annotated[Member, Depends(bearer)]
Host = Annotated[Member, Depends(teacher)]


async def _state(member: Member) -> Response:
    """How the class stands now, for this role."""
    found = await member.the.store.classes.load(member.id)
    now = await replace(member, kept=found).now()
    label = member.seat.label if member.seat else ""
    text = await made_soon(member.the, now, ("told", member.role, label), lambda: told(now, member.role, label))
    return json_response(text)


# Open and join --------------------------------------------------------------------------------------------------------


@router.post("", status_code=201, response_model=ClassAnswer, responses=PUBLIC_ERRORS)
async def open_class(request: Request, new: Annotated[NewClass, Body()]) -> Response:
    """Open a class on a lesson, or on where a session stands now."""
    check_may_begin(request)
    if new.lesson is not None:
        lesson = lesson_named(new.lesson)
        session = await soon(request, lambda: TrainingSession.of_lesson(lesson, not lesson.mistaken).at_first_example())
    else:
        session = (await walk_of(request, new.session or "").services.store.load(new.session or "")).session
    found = await opened(request, session)
    code = found.kept.classroom.code
    join = f"{base_of(request)}/join/{code}"
    document = {"code": code, "host": found.host, "present": found.present, "join": join}
    return json_response(dumps(document), 201, Location=f"{prefix.get()}/api/classes/{code}")


@router.post("/{code}/seats", status_code=201, response_model=SeatAnswer, responses=CLASS_ERRORS)
async def take_seat(request: Request, code: str, new: Annotated[NewSeat | None, Body()] = None) -> Response:
    """Take a seat, with a walk of its own that stands where the class does; or take one along from another device."""
    if new is not None and new.seat_code:
        found = await taken_along(request, code, new.seat_code)
    else:
        found = await joined(request, code)
    return json_response(dumps(_seat(found)), 201)


def _seat(found: Joined) -> dict[str, Any]:
    seat = found.seat
    return {
        "seat": found.key,
        "label": seat.label,
        "session": seat.walk,
        "seat_code": seat_code(found.key),
        "admitted": seat.admitted,
    }


# Follow ---------------------------------------------------------------------------------------------------------------


@router.get("/{code}", response_model=ClassState, responses=CLASS_ERRORS)
async def class_state(member: Anyone) -> Response:
    """How the class stands, as this role may see it."""
    return await _state(member)


EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "The same states."}
}


@router.get("/{code}/events", response_class=Response, responses={**CLASS_ERRORS, **EVENTS})
async def class_events(member: Anyone, authorization: Annotated[str, BEARER] = "") -> Response:
    """The state at once and whenever it changes, as server-sent events; each is followed by padding."""
    role, label = member.role, member.seat.label if member.seat else ""
    key = authorization.partition(" ")[2].strip()
    return stream(member, key, lambda now, _: told(now, role, label), ("json", role, label))


# Steer ----------------------------------------------------------------------------------------------------------------


@router.post("/{code}/move", response_model=ClassState, responses=CLASS_ERRORS)
async def move_class(host: Host, move: ClassMove) -> Response:
    """Move the walk that all follow. While a question is open all stay in front of it (409)."""
    if host.kept.classroom.is_open:
        raise QuestionOpenError
    walk, by = host.walk(), move.by
    match move.verb:
        case "step":
            await walk.go(lambda walked: walked.step(by), ahead(by))
        case "back":
            await walk.go(lambda walked: walked.back(by), behind(by))
        case "train":
            await walk.train("iterations", move.iterations)
        case "reset":
            await walk.do(lambda walked: walked.reset().at_first_example())
        case verb:
            await walk.do(lambda walked: getattr(walked, verb)())
    return await _state(host)


@router.post("/{code}/follow", response_model=ClassState, responses=CLASS_ERRORS)
async def follow(host: Host, switch: Switch) -> Response:
    """Take all along, or let each walk alone."""
    await host.change(lambda now: now.switched("follow" if switch.on else "free"))
    return await _state(host)


@router.post("/{code}/pause", response_model=ClassState, responses=CLASS_ERRORS)
async def pause(host: Host, switch: Switch) -> Response:
    """Blank the learners' pages to one calm sentence, or go on following."""
    await host.change(lambda now: now.switched("paused" if switch.on else "follow"))
    return await _state(host)


@router.post("/{code}/lock", response_model=ClassState, responses=CLASS_ERRORS)
async def lock(host: Host, switch: Annotated[Switch | None, Body()] = None) -> Response:
    """Let nobody join any more, or again whoever has the code."""
    await host.change(lambda now: now.lock(switch is None or switch.on))
    return await _state(host)


@router.post("/{code}/admit", response_model=ClassState, responses=CLASS_ERRORS)
async def admit(host: Host, switch: Annotated[Switch | None, Body()] = None) -> Response:
    """Let those who join from now on wait, or not; without a body, let in all that wait."""
    await host.change(lambda now: now.admitted() if switch is None else now.admit(switch.on))
    return await _state(host)


@router.post("/{code}/rotate", response_model=ClassState, responses=CLASS_ERRORS)
async def rotate(host: Host) -> Response:
    """Give the class another code to join by. Who is in stays in, and calls the class by either."""
    await host.change(lambda now: now.rotated())
    return await _state(host)


@router.delete("/{code}/seats/{label}", status_code=204, responses=CLASS_ERRORS)
async def remove_seat(host: Host, label: str) -> Response:
    """Take a seat away. That is no ban: whoever sat there can join again."""
    await host.change(lambda now: now.removed(label))
    return Response(status_code=204)


CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "A line for each answer."}
}


@router.get("/{code}/results.csv", response_class=Response, responses={**CLASS_ERRORS, **CSV})
async def results(host: Host) -> Response:
    """What came of all questions that are closed, without who said what."""
    return await results_of(host)


@router.delete("/{code}", status_code=204, responses=CLASS_ERRORS)
async def delete_class(host: Host) -> Response:
    """Delete the class, its votes, and the walks of all its seats, now."""
    await deleted(host)
    return Response(status_code=204)


# Ask and answer -------------------------------------------------------------------------------------------------------


@router.post("/{code}/ask", response_model=ClassState, responses=CLASS_ERRORS)
async def ask_class(host: Host, new: Annotated[NewQuestion | None, Body()] = None) -> Response:
    """Put a question on the wall, closed as yet."""
    await ask(host, new.at if new else None, (new.part if new else None) or "")
    return await _state(host)


@router.post("/{code}/next", response_model=ClassState, responses=CLASS_ERRORS)
async def next_of_class(host: Host, ended: Annotated[Next | None, Body()] = None) -> Response:
    """Lead the question on: closed, first vote, discuss, second vote, reveal, follow-up, its reveal, off the wall."""
    phase = ended.phase if ended else None
    await next_phase(host, phase, len(host.kept.classroom.asked) if phase else None)
    return await _state(host)


@router.post("/{code}/insist", response_model=ClassState, responses=CLASS_ERRORS)
async def insist(host: Host) -> Response:
    """Show the histogram of the revealed question, however few have answered."""
    await host.change(lambda now: now.insist())
    return await _state(host)


@router.post("/{code}/vote", response_model=ClassState, responses=CLASS_ERRORS)
async def vote_in_class(seat: Anyone, new: NewVote) -> Response:
    """Answer. Of a seat the last answer counts that came before the round was closed."""
    await vote(seat, new.round, new.answer, new.key, new.question)
    return await _state(seat)


@router.post("/{code}/tempo", response_model=ClassState, responses=CLASS_ERRORS)
async def tempo_of_class(seat: Anyone, new: NewTempo) -> Response:
    """Say how fast the class should go on. Of a seat the last word counts, until the walk comes to another phase."""
    await say_tempo(seat, new.tempo)
    return await _state(seat)
