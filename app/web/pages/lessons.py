"""The lessons: all of them, one to read before it is walked, and the walk that begins."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.engine.network.errors import DivergedError
from app.lessons import UnknownLessonError, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.store.store import UnknownSessionError
from app.sessions.walk.chunks import in_slices
from app.sessions.walk.session import TrainingSession
from app.views.pages import lesson_page, lessons_page
from app.web.http.dependencies import Services, services
from app.web.http.forms import form_of
from app.web.http.new_session import begun_walk, check_may_begin
from app.web.http.page import page_response
from app.web.http.work import TooLongError

router = APIRouter(include_in_schema=False)


@router.get("/")
async def lessons(request: Request) -> Response:
    """All lessons."""
    return page_response(request, "lessons/page.html", lessons_page(), "lessons")


@router.get("/lessons/{slug}")
async def lesson(request: Request, slug: str) -> Response:
    """One lesson, to read before it is walked."""
    return page_response(request, "lessons/lesson.html", lesson_page(_lesson(slug)), "lessons")


def _lesson(slug: str) -> Lesson:
    try:
        return lesson_named(slug)
    except UnknownLessonError as error:
        raise HTTPException(404) from error


@router.post("/sessions")
async def begin(request: Request) -> Response:
    """Start a lesson that asks first, unless `ask` is 0; at the place of the session that `keep` names, if any."""
    form, the = await form_of(request), services(request)
    check_may_begin(request)
    begun = TrainingSession.of_lesson(_lesson(form.get("lesson", "")), form.get("as_published", "true") != "false")
    begun = begun.ask("" if form.get("ask") == "0" else "chosen")
    if form.get("keep"):
        begun = await _at_place_of(form["keep"], begun, the)
    return await begun_walk(request, begun)


async def _at_place_of(session_id: str, begun: TrainingSession, the: Services) -> TrainingSession:
    """The new walk, moved to where another stands, asking as it does; where that cannot be found or reached, at its
    start."""
    try:
        other = (await the.store.load(session_id)).session
        begun = begun.ask(other.asking)
        ways = in_slices(begun, other.place.iteration, lambda new: new.moved_to(other.place), the.clock)
        return await the.pool.run_in_slices(session_id, begun, ways)
    except (UnknownSessionError, DivergedError, TooLongError):
        return begun
