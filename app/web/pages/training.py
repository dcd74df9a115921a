"""Training on its page: a run is made in short requests, and each answers with how far it has come."""

from dataclasses import replace
from secrets import token_urlsafe

from starlette.responses import HTMLResponse, Response

from app.sessions.setups.typed import WHOLE
from app.sessions.store.store import Kept
from app.sessions.training import StoppedError, Stretch, begun_run, stopped_run, stretches
from app.sessions.walk.chunks import Verb
from app.sessions.walk.session import TrainingSession
from app.views.pictures.curves import curves
from app.views.pictures.pictures import chosen_picture, looked_over
from app.views.training.training import Asked, training
from app.web.http.dependencies import check_train
from app.web.http.forms import whole_in
from app.web.http.fragments import Panel, partials
from app.web.http.htmx import VARY, wants_fragment
from app.web.pages.pictures import pictures_response
from app.web.pages.walk import OP_BYTES, WalkPages, WalkRequest

OF_TRAINING = ("next", "op", "rev", "count", "measure", "until", "playing")  # the fields of the panel's own form
A_MOMENT, A_WHILE = 0.02, 0.15  # seconds of computing in the first request of a page that asks again, and in others
PATIENCE = 0.5  # the share of what one request may compute that is used for a page without scripts


async def view(the: WalkRequest, kept: Kept, message: str, status: int) -> Response:
    """The page, or for htmx its panels."""
    form, session, digits = the.form, kept.session, the.digits
    running = not message and ("until" in form or form.get("playing") == "1")
    asked = Asked(token_urlsafe(OP_BYTES), running, message, pressed=the.request.url.path.rsplit("/", 1)[1])
    count, measure = form.get("count", ""), form.get("measure", "")
    if WHOLE.fullmatch(count) and measure in ("epochs", "iterations"):
        asked = replace(asked, count=count, measure=measure)
    query = {name: value for name, value in form.items() if name not in OF_TRAINING}  # what the pictures show
    if not wants_fragment(the.request):
        return await pictures_response(the, kept, query, asked, status)

    def drawn() -> str:
        panel = training(session, asked, digits)
        panels: tuple[Panel, ...] = (
            panel,
            curves(session, query, digits, panel.running),
            chosen_picture(session, query.get("show", ""), query, digits, panel.running),
        )
        return partials(panels, the.panel)

    await the.walk.follow(session, looked_over(session, form.get("show", "")))
    return HTMLResponse(await the.walk.work(drawn), status, headers=VARY)


pages = WalkPages({"pictures": view})


@pages.verb("/run")
async def run(the: WalkRequest) -> Kept:
    """Begin to train: so many epochs or iterations, or until it is stopped."""

    def begun(walked: TrainingSession) -> TrainingSession:
        if "until" in the.form:
            return begun_run(walked, None)
        measure = "epochs" if the.form.get("measure") == "epochs" else "iterations"
        count, per_epoch = whole_in(the.form, "count"), walked.setup.iterations_per_epoch
        check_train(measure, count, per_epoch, the.walk.services.settings)
        return begun_run(walked, count * (per_epoch if measure == "epochs" else 1))

    return await _run(the, begun, A_MOMENT)


@pages.verb("/run/on")
async def run_on(the: WalkRequest) -> Kept:
    """Go on with the training that is under way."""
    return await _run(the, lambda walked: walked)


@pages.verb("/run/pause")
async def pause(the: WalkRequest) -> Kept:
    """Ask for no more for now: the walk stands where it has come to, and its training can go on."""
    return await the.walk.load()


@pages.verb("/run/stop")
async def stop(the: WalkRequest) -> Kept:
    """End the training where it has come to."""
    return await the.walk.do(stopped_run, the.rev)


async def _run(the: WalkRequest, begin: Verb, seconds: float = A_WHILE) -> Kept:
    """Train for so many seconds where the page asks again, else as long as it may wait.

    StoppedError where the numbers run away, with the walk kept as it stands just before.
    """
    services = the.walk.services
    if not wants_fragment(the.request):
        seconds = PATIENCE * services.settings.work_seconds
    stopped: list[StoppedError] = []

    async def trained(session: TrainingSession) -> TrainingSession:
        begun = await the.walk.view(session, lambda: begin(session))
        last = await the.walk.in_turns(begun, Stretch(begun), stretches(begun, seconds, services.clock))
        stopped[:] = [last.stopped] if last.stopped else []
        return last.session

    kept = await the.walk.change(trained, the.rev)
    for error in stopped:  # what was made until then is kept
        raise error
    return kept
