"""Training on its page: a run is made in short requests, and each answers with how far it has come."""

from dataclasses import replace
from secrets import token_urlsafe

from starlette.responses import HTMLResponse, Response

from app.sessions.predict import check_not_asked
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
from app.web.pages.walk import OP_BYTES, Markup, WalkPages, WalkRequest

OF_TRAINING = ("next", "op", "rev", "count", "measure", "until", "playing")  # the fields of the panel's own form
A_MOMENT, A_WHILE = 0.02, 0.15  # seconds of computing in the first request of a page that asks again, and in others
PATIENCE = 0.5  # the share of what one request may compute that is used for a page without scripts


async def view(the: WalkRequest, kept: Kept, message: str, status: int) -> Response:
    """The page, or for htmx its panels."""
    running = not message and ("until" in the.form or the.form.get("playing") == "1")
    asked = replace(_asked(the), running=running, message=message)
    if not wants_fragment(the.request):
        return await pictures_response(the, kept, _of_pictures(the), asked, status)
    await the.walk.follow(looked_over(kept.session, the.form.get("show", "")))
    text = await the.walk.work(lambda: _panels(the, kept, asked))
    return HTMLResponse(text, status, headers=VARY)


def _asked(the: WalkRequest) -> Asked:
    """What was pressed, and how long a run the form asks for."""
    count, measure = the.form.get("count", ""), the.form.get("measure", "")
    asked = Asked(token_urlsafe(OP_BYTES), pressed=the.request.url.path.rsplit("/", 1)[1])
    known = WHOLE.fullmatch(count) and measure in ("epochs", "iterations")
    return replace(asked, count=count, measure=measure) if known else asked


def _panels(the: WalkRequest, kept: Kept, asked: Asked) -> str:
    """All that a training changes on the page."""
    session, query, digits = kept.session, _of_pictures(the), the.digits
    panels: tuple[Panel, ...] = (
        training(session, asked, digits),
        curves(session, query, digits),
        chosen_picture(session, query.get("show", ""), query, digits),
    )
    return partials(panels, Markup(the.walk.services.templates, kept.id).panel)


def _of_pictures(the: WalkRequest) -> dict[str, str]:
    """What the form says of the pictures beside it: which is shown, and what is chosen of it."""
    return {name: value for name, value in the.form.items() if name not in OF_TRAINING}


# Routes --------------------------------------------------------------------------------------------------------------

pages = WalkPages({"pictures": view})


@pages.verb("/run")
async def run(the: WalkRequest) -> Kept:
    """Begin to train: so many epochs or iterations, or until it is stopped."""
    return await _run(the, lambda walked: begun_run(walked, _updates_in(the, walked)), A_MOMENT)


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


def _updates_in(the: WalkRequest, walked: TrainingSession) -> int | None:
    """How many updates the form asks for; None for as many as there will be. SetupError for none, or too many."""
    if "until" in the.form:
        return None
    measure = "epochs" if the.form.get("measure") == "epochs" else "iterations"
    count, per_epoch = whole_in(the.form, "count"), walked.setup.iterations_per_epoch
    check_train(measure, count, per_epoch, the.walk.services.settings)
    return count * (per_epoch if measure == "epochs" else 1)


async def _run(the: WalkRequest, begin: Verb, seconds: float = A_WHILE) -> Kept:
    """Train for so many seconds where the page asks again, else as long as it may wait.

    StoppedError where the numbers run away, with the walk kept as it stands just before.
    """
    services = the.walk.services
    if not wants_fragment(the.request):
        seconds = PATIENCE * services.settings.work_seconds
    stopped: list[StoppedError] = []

    async def trained(session: TrainingSession) -> TrainingSession:
        check_not_asked(session)
        begun = begin(session)
        last = await the.walk.in_turns(Stretch(begun), stretches(begun, seconds, services.clock))
        stopped[:] = [last.stopped] if last.stopped else []
        return last.session

    kept = await the.walk.change(trained, the.rev)
    for error in stopped:  # what was made until then is kept
        raise error
    return kept
