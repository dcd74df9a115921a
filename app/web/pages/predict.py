"""Questions before the walk shows: the switch and the answers on the page, and both as JSON."""

from dataclasses import replace
from time import time
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.responses import Response

from app.engine.equations.trace import found_at, trace
from app.engine.network.errors import UnknownNameError
from app.sessions.predict import Question, Reply, answer, question_of
from app.sessions.setups.typed import NUMBER
from app.sessions.store.store import Kept
from app.sessions.walk.answers import Answer, Asking
from app.sessions.walk.session import TrainingSession
from app.views.formulas.formulas import text
from app.views.formulas.symbols import orientation_of
from app.web.api import schemas
from app.web.api.schemas import SESSION_ERRORS, Move, Number, says
from app.web.api.state import dumps, json_response
from app.web.http.dependencies import TheWalk
from app.web.pages.walk import WalkPages, WalkRequest

router = APIRouter(prefix="/api/sessions/{session_id}", responses=SESSION_ERRORS, tags=["one session"])
pages = WalkPages()
Part = Annotated[Literal["sign", "value", "factor"], says("What is asked: the sign, the value or a missing factor.")]
ASKINGS: dict[str, Asking] = {"0": "", "1": "chosen", "always": "always"}


# The page -----------------------------------------------------------------------------------------------------------


@pages.verb("/ask")
async def ask(the: WalkRequest) -> Kept:
    """Ask before showing, or not."""
    on = the.form.get("on", "")
    if on not in ASKINGS:
        raise UnknownNameError("on", tuple(ASKINGS))
    return await the.walk.do(lambda walked: walked.ask(ASKINGS[on]), the.rev)


@pages.verb("/answer")
async def answered(the: WalkRequest) -> Kept:
    """A sign, a number, or neither."""
    form = the.form
    shown = form.get("asked_at", "")  # when the question was
    seconds = time() - float(shown) if NUMBER.fullmatch(shown) else 0.0
    reply = Reply(form.get("sign", ""), form.get("guess", ""), "skip" in form, seconds, form.get("about", ""))
    return await the.walk.do(lambda walked: answer(walked, reply), the.rev)


# The API ------------------------------------------------------------------------------------------------------------


class AskedAnswer(schemas.Answer):
    """A question, or an answer, is about one equation. Layers count from 0 = input, units j and k from 0."""

    kind: Literal["z", "a", "loss", "delta", "dW", "db", "W", "b"]
    layer: int | None
    j: int | None
    k: int | None
    text: Annotated[str, says("In symbols, as plain text, by the right rule.")]


class QuestionAnswer(schemas.Answer):
    """What is asked before the next equation is shown."""

    iteration: Annotated[int, says("From 0.")]
    equation: AskedAnswer
    part: Part


class GivenAnswer(QuestionAnswer):
    """One answer of the learner's."""

    guess: Annotated[str, says("As typed; empty where the question was skipped.")]
    truth: Annotated[Number, says("By the chain rule.")]
    right: bool
    slip: Annotated[str | None, says('Finishes "that is what you get"; null where no mistake is known.')]
    seconds: Annotated[Number, says("How long it took; 0 where nobody measured.")]


class AnsweredAnswer(schemas.Answer):
    """What came of an answer, and what is asked next."""

    answer: GivenAnswer
    question: Annotated[QuestionAnswer | None, says("Null where the walk went on.")]
    rev: int


class Answering(Move):
    """An answer to the open question: give one of the three."""

    sign: Annotated[Literal["positive", "negative", "zero"] | None, Field(description="If the sign is asked.")] = None
    guess: Annotated[
        str | None, Field(description="A number as people write it: -0.0236, -0,0236, -1/42.", max_length=60)
    ] = None
    skip: Annotated[Literal[True] | None, Field(description="Pass on it; the walk goes on.")] = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if [self.sign, self.guess, self.skip].count(None) != 2:
            raise ValueError("Give sign, guess or skip, one of the three.")
        return self


@router.get("/question", response_model=QuestionAnswer | None)
async def question(walk: TheWalk) -> Response:
    """The question that is open; null where there is none. No verb of the API waits for its answer."""
    session = (await walk.load()).session

    def told() -> str:
        asked = question_of(session)
        return dumps(None if asked is None else _question(session, asked))

    return json_response(await walk.view(session, told))


@router.post("/answer", response_model=AnsweredAnswer)
async def answer_it(walk: TheWalk, said: Answering) -> Response:
    """Answer the open question. The walk goes on by one equation."""
    reply = Reply(said.sign or "", said.guess or "", bool(said.skip))
    kept = await walk.do(lambda walked: answer(walked, reply), said.rev)
    session = kept.session

    def told() -> str:
        asked = question_of(session)
        document = {
            "answer": _given(session, session.answers[-1]),
            "question": None if asked is None else _question(session, asked),
            "rev": kept.rev,
        }
        return dumps(document)

    return json_response(await walk.view(session, told))


@router.get("/answers", response_model=list[GivenAnswer])
async def given_answers(walk: TheWalk) -> Response:
    """Every answer of this session, the oldest first; those from before a reset too. At most 200 are kept."""
    session = (await walk.load()).session
    return json_response(await walk.work(lambda: dumps([_given(session, one) for one in session.answers])))


def _question(session: TrainingSession, asked: Question) -> dict[str, Any]:
    """A question, with the equation that it is about by the right rule."""
    shape = replace(session.setup.shape(len(session.setup.batch(asked.iteration))), mistakes=())
    equation = trace(shape)[found_at(shape)[asked.symbol]]
    of_unit = equation.kind != "loss"
    written = {
        "kind": equation.kind,
        "layer": asked.symbol.layer if of_unit else None,
        "j": asked.symbol.j if of_unit else None,
        "k": asked.symbol.k,
        "text": text(equation, shape, orientation_of(session)),
    }
    return {"iteration": asked.iteration, "equation": written, "part": asked.part}


def _given(session: TrainingSession, one: Answer) -> dict[str, Any]:
    return {
        **_question(session, Question(one.iteration, one.symbol, one.part)),
        "guess": one.guess,
        "truth": one.truth,
        "right": one.right,
        "slip": one.slip or None,
        "seconds": one.seconds,
    }
