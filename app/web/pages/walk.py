"""The pages. Every form works without JavaScript: htmx gets the panels that changed, a plain form goes back."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.engine.network.errors import DivergedError
from app.lessons import UnknownLessonError, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.predict.questions import asking_first, check_not_asked, unless_asked
from app.sessions.store.store import Kept, UnknownSessionError
from app.sessions.training import StoppedError, before_divergence
from app.sessions.walk.chunks import epoch_back, epoch_on, in_slices
from app.sessions.walk.session import TrainingSession
from app.views.api_docs import api_docs
from app.views.pages import lesson_page, lessons_page
from app.web.http.dependencies import Services, services
from app.web.http.forms import (
    form_of,
    measure_in,
    number_in,
    whole_in,
)
from app.web.http.htmx import VARY
from app.web.http.limits import check_learning_rate
from app.web.http.new_session import begun_walk, check_may_begin
from app.web.http.page import page_response
from app.web.http.preferences import local, remember
from app.web.http.prefix import root_of
from app.web.http.work import TooLongError
from app.web.pages.explorer import Explorer, WalkPages

router = APIRouter(include_in_schema=False)
pages = WalkPages()


@router.get("/")
async def lessons(request: Request) -> Response:
    """The five lessons."""
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


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The API's documentation as a page."""
    return page_response(request, "docs.html", api_docs(request.app.openapi()), "api")


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The API's documentation for programs."""
    root = root_of(request)
    return JSONResponse({**request.app.openapi(), **({"servers": [{"url": root}]} if root else {})})


@router.post("/preferences")
async def preferences(request: Request) -> Response:
    """Remember how the reader wants pages to look, and go back to where that was chosen."""
    form = await form_of(request)
    response = RedirectResponse(local(form.get("next", ""), root_of(request)), 303, headers=VARY)
    remember(request, response, form)
    return response


# Sessions -----------------------------------------------------------------------------------------------------------


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


@pages.get("")
async def explorer(the: Explorer) -> Response:
    """The explorer."""
    return the.show(await the.walk.load())


@pages.post("/step")
async def step(the: Explorer) -> Response:
    """One measure further."""
    epoch = the.form.get("by") == "epoch"
    asked = unless_asked if epoch else asking_first
    return await the.do(asked(lambda walked: walked.step(measure_in(the.form))), epoch_on if epoch else False)


@pages.post("/back")
async def back(the: Explorer) -> Response:
    """One measure back."""
    far = epoch_back if the.form.get("by") == "epoch" else False
    return await the.do(lambda walked: walked.back(measure_in(the.form)), far)


@pages.post("/forward")
async def forward(the: Explorer) -> Response:
    """On to the end of the forward phase."""
    return await the.do(asking_first(lambda walked: walked.forward()))


@pages.post("/backward")
async def backward(the: Explorer) -> Response:
    """On to the end of the backward phase."""
    return await the.do(asking_first(lambda walked: walked.backward()))


@pages.post("/update")
async def update(the: Explorer) -> Response:
    """On to the end of the update."""
    return await the.do(asking_first(lambda walked: walked.update()))


@pages.post("/train")
async def train(the: Explorer) -> Response:
    """Many updates at once; where the numbers run away, those until just before."""
    measure = "epochs" if "epochs" in the.form else "iterations"

    async def trained(rev: int | None) -> Kept:
        check_not_asked((await the.walk.load(rev)).session)
        try:
            return await the.walk.train(measure, whole_in(the.form, measure), rev)
        except DivergedError as error:
            stopped = error
        kept = await the.walk.do(lambda walked: before_divergence(walked.marked("run"), stopped), rev, slow=True)
        raise StoppedError(stopped, kept.session.updates)

    return await the.after(trained)


@pages.post("/reset")
async def reset(the: Explorer) -> Response:
    """Back to the very start."""
    return await the.do(lambda walked: walked.reset())


@pages.post("/go")
async def go(the: Explorer) -> Response:
    """A place in this iteration."""
    return await the.do(unless_asked(lambda walked: walked.go(whole_in(the.form, "cursor"))))


@pages.post("/focus")
async def focus(the: Explorer) -> Response:
    """Another example of the batch."""
    return await the.do(lambda walked: walked.focus(whole_in(the.form, "example")))


@pages.post("/learning-rate")
async def learning_rate(the: Explorer) -> Response:
    """Another learning rate."""

    def changed(walked: TrainingSession) -> TrainingSession:
        rate = number_in(the.form, "learning_rate")
        check_learning_rate("learning_rate", rate, the.walk.services.settings)
        return walked.with_learning_rate(rate)

    return await the.do(changed)
