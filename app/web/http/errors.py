"""What goes wrong, answered in the reader's form: problem+json under /api, a page elsewhere. Never an echo."""

import json
import logging
from asyncio import CancelledError
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.engine.network.errors import DivergedError, SetupError
from app.lessons import LESSONS, UnknownLessonError
from app.sessions.classroom.classroom import ClassroomError, MayNotError, NoKeyError
from app.sessions.setups.setting import MOST_ERRORS, Error, told
from app.sessions.store.classroom import UnknownClassError
from app.sessions.store.store import (
    DamagedSessionError,
    NotWritableError,
    ReadOnlyError,
    SessionTooLargeError,
    StoreAwayError,
    StoreFullError,
    UnknownSessionError,
)
from app.sessions.take_away.link import NotYetError
from app.views.pages import ProblemPage, broken, not_found, refused, session_gone
from app.views.take_away.forms import UnknownFormError
from app.web.http.htmx import VARY, notice, wants_fragment
from app.web.http.page import page_response, path_of, prefix
from app.web.http.rates import TooFastError
from app.web.http.request_log import request_id
from app.web.http.work import BusyError

log = logging.getLogger(__name__)
SENTENCES = {
    400: "The body cannot be read as JSON. Send one JSON object.",
    403: "This change was not asked for by a page of this program. Open the program's own page and use its buttons.",
    404: "There is nothing at this address. See /docs for what there is.",
    405: "This address does not take that method. See /docs for what it takes.",
    413: "The body is larger than this server takes. Send less.",
    415: "The body is packed. Send it as it is, without Content-Encoding.",
    421: "This server does not answer to this name. Use its address in numbers, or let ALLOWED_HOSTS name it.",
    500: "The program met a case that it does not know. The session is kept as it was.",
}

ENDING = "The program is being ended. Load the page again when it runs: nothing that was answered is lost."


def problem(kind: str, status: int, detail: str, errors: Sequence[Error] = (), state: str | None = None) -> Response:
    """An `application/problem+json` answer; `state` is JSON text."""
    body = {
        "type": f"{prefix.get()}/docs#{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": list(errors),
        "request": request_id.get(),
    }
    text = json.dumps(body, ensure_ascii=False)
    if state is not None:
        text = f'{text[:-1]}, "state": {state}}}'
    return Response(text, status, media_type="application/problem+json")


def answer(request: Request, page: ProblemPage, api: Response) -> Response:
    """The one that the reader can use."""
    if f"{path_of(request)}/".startswith("/api/"):
        return api
    return page_response(request, "problem.html", replace(page, request=request_id.get()), status=page.status)


async def on_setup_error(request: Request, error: SetupError) -> Response:
    """422: something that was given does not fit."""
    fields = [{"field": error.field, "problem": error.problem, "remedy": error.remedy}]
    return answer(request, refused(422, error.problem, error.remedy), problem("invalid", 422, str(error), fields))


async def on_invalid(request: Request, error: RequestValidationError) -> Response:
    """400 for a body that is no JSON; 422 for one that is, and does not fit."""
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return await on_http(request, HTTPException(400))
    fields = [told(one) for one in error.errors()[:MOST_ERRORS]]
    detail = " ".join(f"{one['field']}: {one['problem']}".removeprefix(": ") for one in fields[:3])
    return answer(request, refused(422, detail, fields[0]["remedy"]), problem("invalid", 422, detail, fields))


async def on_unknown_lesson(request: Request, error: UnknownLessonError) -> Response:
    """422 in a request's body; a page that is not there otherwise."""
    known = ", ".join(lesson.slug for lesson in LESSONS)
    fields = [{"field": "lesson", "problem": "There is no lesson of this name.", "remedy": f"Choose one of: {known}."}]
    return answer(request, not_found(), problem("invalid", 422, " ".join(list(fields[0].values())[1:]), fields))


async def on_unknown_session(request: Request, error: UnknownSessionError) -> Response:
    """404: unknown or expired."""
    return answer(request, session_gone(), problem("unknown-session", 404, str(error)))


async def on_diverged(request: Request, error: DivergedError) -> Response:
    """409: the numbers run away; nothing was changed."""
    return answer(request, refused(409, str(error), "Nothing was changed."), problem("diverged", 409, str(error)))


@dataclass(frozen=True)
class Told:
    """How an error that says itself what to do is answered; `in_place`: to htmx as a notice on a page that stays."""

    status: int
    kind: str
    in_place: bool = False


TOLD = {
    ReadOnlyError: Told(403, "read-only", in_place=True),
    TooFastError: Told(429, "too-fast", in_place=True),
    BusyError: Told(503, "busy"),
    StoreFullError: Told(507, "store-full", in_place=True),
    StoreAwayError: Told(503, "store-away"),
    NotWritableError: Told(507, "not-writable", in_place=True),
    DamagedSessionError: Told(404, "unknown-session"),
    NotYetError: Told(409, "not-yet"),
    UnknownFormError: Told(404, "request"),
    UnknownClassError: Told(404, "unknown-class"),
    NoKeyError: Told(401, "no-key"),
    MayNotError: Told(403, "may-not", in_place=True),
    ClassroomError: Told(409, "class", in_place=True),
}


async def on_told(request: Request, error: Exception) -> Response:
    """The error's own sentences, and when to try again where it says that."""
    told = next(TOLD[kind] for kind in type(error).__mro__ if kind in TOLD)
    if told.in_place and wants_fragment(request):
        response: Response = HTMLResponse(notice(str(error)), told.status, headers=VARY)
    else:
        response = _said(request, told.status, told.kind, str(error))
    wait = getattr(error, "wait", None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    if told.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, DamagedSessionError):
        log.warning("A walk's record is damaged: %s", type(error.__cause__).__name__)
    return response


def _said(request: Request, status: int, kind: str, sentence: str) -> Response:
    """What happened, in the first sentence, and what to do about it, in those that follow."""
    happened, _, remedy = sentence.partition(". ")
    return answer(request, refused(status, f"{happened}.", remedy), problem(kind, status, sentence))


async def on_too_large(request: Request, error: SessionTooLargeError) -> Response:
    """422: more than a store keeps of one session."""
    return await on_setup_error(request, SetupError("session", error.problem, error.remedy))


async def on_http(request: Request, error: HTTPException) -> Response:
    """No such address, no such method, too large, not readable."""
    status = error.status_code
    sentence = SENTENCES.get(status, HTTPStatus(status).phrase + ".")
    if status == 404:
        response = answer(request, not_found(), problem("request", status, sentence))
    else:
        response = _said(request, status, "request", sentence)
    response.headers.update(error.headers or {})
    return response


# Putting it in place -------------------------------------------------------------------------------------------------

Handlers = dict[type[Exception], Any]
HANDLERS: Handlers = {
    SetupError: on_setup_error,
    RequestValidationError: on_invalid,
    UnknownLessonError: on_unknown_lesson,
    UnknownSessionError: on_unknown_session,
    DivergedError: on_diverged,
    SessionTooLargeError: on_too_large,
    HTTPException: on_http,
    **dict.fromkeys(TOLD, on_told),
}


class Unexpected:
    """Answers 500 for what nobody expected, inside of the security headers, and logs it; 503 where the program ends."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except CancelledError:  # the server has waited long enough
            if not started:
                response = _said(Request(scope), 503, "busy", ENDING)
                response.headers["Retry-After"] = str(BusyError.wait)
                await response(scope, receive, send)
        except (HTTPException, BusyError) as error:  # of what stands between this and the routes
            if started:
                raise
            told: Any = on_http if isinstance(error, HTTPException) else on_told
            response = await told(Request(scope), error)
            await response(scope, receive, send)
        except Exception:
            if started or scope["type"] != "http":
                raise
            log.exception("A request failed")
            try:
                response = answer(Request(scope), broken(), problem("failed", 500, SENTENCES[500]))
            except Exception:
                log.exception("The page that says so failed too")
                response = HTMLResponse(SENTENCES[500], 500)  # in plain words
            await response(scope, receive, send)


def add_error_handlers(app: FastAPI, more: Handlers) -> None:
    """Every error gets its answer; `more` are those that tell what the API tells."""
    for error, handler in (HANDLERS | more).items():
        app.add_exception_handler(error, handler)
