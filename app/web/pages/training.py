"""Training on its page: a run is made in short requests, and each answers with how far it has come."""

from starlette.responses import HTMLResponse, Response

from app.sessions.compare.counterpart import all_followed, others_of
from app.sessions.store.store import Kept
from app.sessions.training import StoppedError, back_to, begun_run, calmer, stopped_run, stretches
from app.sessions.walk.chunks import Verb
from app.sessions.walk.history import points_followed
from app.sessions.walk.session import TrainingSession
from app.views.pictures.curves import curves
from app.views.pictures.film import frame
from app.views.pictures.pictures import chosen_picture, looked_over
from app.views.training.training import training
from app.web.http.dependencies import pass_on
from app.web.http.forms import number_in, whole_in
from app.web.http.fragments import Panel, partials
from app.web.http.htmx import VARY, wants_fragment
from app.web.pages.compare import view as compare_view
from app.web.pages.pictures import asked_of, film_response, pictures_response
from app.web.pages.walk import WalkPages, WalkRequest

OF_TRAINING = (
    "next",
    "op",
    "rev",
    "count",
    "measure",
    "pace",
    "until",
    "playing",
    "has",
    "epoch",
)  # of the panel and of the slider
A_FRAME, AN_EPOCH = 0.035, 0.15  # seconds of computing for a picture of the film: as many epochs as fit, or one
PATIENCE = 0.5  # the share of what one request may compute that is used for a page without scripts


async def view(the: WalkRequest, kept: Kept, message: str, status: int) -> Response:
    """The page; for htmx its panels, and for its film what is another since the last picture of it."""
    form, session, digits = the.form, kept.session, the.digits
    asked = asked_of(the, message, status)
    query = {name: value for name, value in form.items() if name not in OF_TRAINING}  # what the pictures show
    if not wants_fragment(the.request):
        return await pictures_response(the, kept, query, asked, status)

    def drawn() -> Response:
        panel = training(session, asked, digits)
        if panel.running and "has" in form:
            return film_response(the, frame(session, panel, query, digits, form["has"]))
        panels: tuple[Panel, ...] = (
            panel,
            curves(session, query, digits, panel.running),
            chosen_picture(session, query.get("show", ""), query, digits, panel.running),
        )
        return HTMLResponse(partials(panels, the.panel), status, headers=VARY)

    await the.walk.follow(session, looked_over(session, form.get("show", "")))
    return await the.walk.work(drawn)


pages = WalkPages({"pictures": view, "compare": compare_view})


@pages.verb("/run")
async def run(the: WalkRequest) -> Kept:
    """Begin to train: so many epochs or iterations, until the loss is below a number, or until it is stopped."""

    def begun(walked: TrainingSession) -> TrainingSession:
        if "until" in the.form:
            return begun_run(walked, None)
        if the.form.get("measure") == "loss":
            return begun_run(walked, None, below=number_in(the.form, "count"))
        each = 1 if the.form.get("measure") == "iterations" else walked.setup.iterations_per_epoch
        return begun_run(walked, whole_in(the.form, "count") * each)

    return await _run(the, begun)


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


@pages.verb("/run/calmer")
async def calmer_run(the: WalkRequest) -> Kept:
    """Back to before the training that ran away, or made the loss larger, with a smaller learning rate."""
    return await the.walk.compute(calmer, the.rev)


@pages.verb("/run/past")
async def past(the: WalkRequest) -> Kept:
    """Back on the way of the training, to the end of an epoch: from there it is walked on."""
    epoch = whole_in(the.form, "epoch")
    return await the.walk.compute(lambda walked: back_to(walked, epoch), the.rev)


async def _run(the: WalkRequest, begin: Verb) -> Kept:
    """Train for one picture of the film where the page asks again, else as long as it may wait.

    StoppedError where the numbers run away, with the walk kept as it stands just before.
    """
    pass_on(the.request)  # before the walk is read: each picture finds it changed elsewhere
    services, one_epoch = the.walk.services, the.form.get("pace") == "slow"
    seconds = AN_EPOCH if one_epoch else A_FRAME
    if not wants_fragment(the.request):
        seconds, one_epoch = PATIENCE * services.settings.work_seconds, False
    stopped: list[StoppedError] = []

    async def trained(session: TrainingSession) -> TrainingSession:
        begun = await the.walk.view(session, lambda: begin(session))
        compared = the.form.get("next") == "compare"
        await the.walk.follow(begun, all_followed(begun, apart=False) if compared else points_followed(begun))
        beside = others_of(begun) if compared else ()
        steps = stretches(begun, seconds, services.clock, one_epoch, beside)
        last = await the.walk.in_turns(begun, None, steps)
        stopped[:] = [last.stopped] if last and last.stopped else []
        return last.session if last else begun

    kept = await the.walk.change(trained, the.rev)
    for error in stopped:  # what was made until then is kept
        raise error
    return kept
