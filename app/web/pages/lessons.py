"""The lessons: all of them, one to read before it is walked, and the walk that begins."""

from contextlib import suppress

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.engine.network.errors import DivergedError
from app.lessons import lesson_named
from app.sessions.store.store import UnknownSessionError
from app.sessions.walk.session import TrainingSession
from app.views.pages import lesson_page, lessons_page
from app.web.http.dependencies import services, soon
from app.web.http.forms import form_of
from app.web.http.new_session import begun_walk, check_may_begin, gone_to
from app.web.http.page import page_response
from app.web.http.work import TooLongError

router = APIRouter(include_in_schema=False)


@router.get("/")
async def lessons(request: Request) -> Response:
    """All lessons."""
    return await soon(request, lambda: page_response(request, "lessons/page.html", lessons_page(), "lessons"))


@router.get("/lessons/{slug}")
async def lesson(request: Request, slug: str) -> Response:
    """One lesson, to read before it is walked."""
    page = lesson_page(lesson_named(slug))
    return await soon(request, lambda: page_response(request, "lessons/lesson.html", page, "lessons"))


@router.post("/sessions")
async def begin(request: Request) -> Response:
    """Start a lesson that asks first, unless `ask` is 0; where `keep` names a walk, at its place, asking as it does."""
    form, the = await form_of(request), services(request)
    check_may_begin(request)
    lesson = lesson_named(form.get("lesson", ""))
    as_published = form.get("as_published", "true") != "false"
    begun = await soon(request, lambda: TrainingSession.of_lesson(lesson, as_published).at_first_example())
    begun = begun.ask("" if form.get("ask") == "0" else "chosen")
    if keep := form.get("keep"):
        with suppress(UnknownSessionError, DivergedError, TooLongError):  # cannot be found or reached: at its start
            other = (await the.store.load(keep)).session
            begun = begun.ask(other.asking)
            begun = await gone_to(request, begun, other.place.iteration, lambda new: new.moved_to(other.place))
    return await begun_walk(request, begun)
