"""The explorer: the walk as it stands, the verbs that move it, and edits while walking.

Every form works without JavaScript: htmx gets the panels that changed, a plain form goes back.
"""

from starlette.responses import RedirectResponse, Response

from app.engine.network.errors import DivergedError
from app.sessions.predict import or_shown, up_to_question
from app.sessions.setups.declaration import check_learning_rate, check_magnitude
from app.sessions.store.store import Kept
from app.sessions.training import StoppedError, before_divergence
from app.sessions.walk.chunks import ahead, behind
from app.sessions.walk.edits import SETTINGS
from app.views.explorer.nudge import check_nudge
from app.web.http.classroom import page_in_class
from app.web.http.forms import edited_in, measure_in, number_in, whole_in
from app.web.http.htmx import VARY, wants_fragment
from app.web.http.page import root_of
from app.web.pages import compare, training
from app.web.pages.paths import still_open
from app.web.pages.walk import WalkPages, WalkRequest, show

pages = WalkPages({"compare": compare.view, "pictures": training.view})


@pages.route("")
async def explorer(the: WalkRequest) -> Response:
    """The explorer; for whoever has this walk in a class, its page there."""
    if not wants_fragment(the.request) and (page := await page_in_class(the.request, the.walk.id)):
        return RedirectResponse(root_of(the.request) + page, 303, headers=VARY)
    return await show(the, await the.walk.load())


@pages.route("/nudge")
async def nudge(the: WalkRequest) -> Response:
    """The explorer, and what the loss does when the parameter of the gradient in view is moved; it stays as it is."""
    kept, by = await the.walk.load(), number_in(the.request.query_params, "by")
    check_nudge(kept.session, by)
    return await show(the, kept, nudged=by)


@pages.verb("/step")
async def step(the: WalkRequest) -> Kept:
    """One measure further, to the first question on the way, which an epoch passes; where one is open, what it asks."""
    by = measure_in(the.form)
    stop = or_shown if by == "epoch" else up_to_question
    return await the.walk.go(lambda walked: stop(walked, walked.step(by)), ahead(by), the.rev)


@pages.verb("/back")
async def back(the: WalkRequest) -> Kept:
    """One measure back."""
    by = measure_in(the.form)
    return await the.walk.go(lambda walked: walked.back(by), behind(by), the.rev)


@pages.verb("/forward")
async def forward(the: WalkRequest) -> Kept:
    """On to the end of the forward phase."""
    return await the.walk.do(lambda walked: up_to_question(walked, walked.forward()), the.rev)


@pages.verb("/backward")
async def backward(the: WalkRequest) -> Kept:
    """On to the end of the backward phase."""
    return await the.walk.do(lambda walked: up_to_question(walked, walked.backward()), the.rev)


@pages.verb("/update")
async def update(the: WalkRequest) -> Kept:
    """On to the end of the update."""
    return await the.walk.do(lambda walked: up_to_question(walked, walked.update()), the.rev)


@pages.verb("/train")
async def train(the: WalkRequest) -> Kept:
    """Many updates at once; where the numbers run away, those until just before."""
    measure = "epochs" if "epochs" in the.form else "iterations"
    count, rev = whole_in(the.form, measure), the.rev
    try:
        return await the.walk.train(measure, count, rev)
    except DivergedError as error:
        stopped = error
    until = max(0, stopped.iteration - 1)
    kept = await the.walk.go(lambda walked: before_divergence(walked.marked("run"), stopped), lambda _: until, rev)
    raise StoppedError(stopped, kept.session.updates)


@pages.verb("/reset")
async def reset(the: WalkRequest) -> Kept:
    """Back to the very start."""
    return await the.walk.do(lambda walked: walked.reset().at_first_example(), the.rev)


@pages.verb("/edit")
async def edit(the: WalkRequest) -> Kept:
    """Another value of what the form names."""
    value = number_in(the.form, "step" if "step" in the.form else "value")
    check_magnitude("The value", value, the.walk.services.settings)
    return await the.walk.do(lambda walked: walked.edited(edited_in(the.form, walked), value), the.rev)


@pages.verb("/undo")
async def undo(the: WalkRequest) -> Kept:
    """Back to before the last edit or run."""
    return await the.walk.undo(the.rev)


@pages.verb("/go")
async def go(the: WalkRequest) -> Kept:
    """A place in this iteration."""
    cursor = whole_in(the.form, "cursor")
    return await the.walk.do(lambda walked: walked.go(cursor), the.rev)


@pages.verb("/cell")
async def cell(the: WalkRequest) -> Kept:
    """A cell of the timeline, all of it shown."""
    cursor = whole_in(the.form, "cursor")
    return await the.walk.do(lambda walked: walked.cell(cursor), the.rev)


@pages.verb("/focus", still_open)
async def focus(the: WalkRequest) -> Kept:
    """Another example of the batch."""
    example = whole_in(the.form, "example")
    return await the.walk.do(lambda walked: walked.focus(example), the.rev)


@pages.verb("/learning-rate")
async def learning_rate(the: WalkRequest) -> Kept:
    """Another learning rate, and other settings of the optimizer where the form has them."""
    rate, limits = number_in(the.form, "learning_rate"), the.walk.services.settings
    check_learning_rate("learning_rate", rate, limits)
    others = {name: number_in(the.form, name) for name in SETTINGS if name in the.form}
    check_magnitude("A setting", list(others.values()), limits)
    return await the.walk.do(lambda walked: walked.adjusted({"eta": rate, **others}), the.rev)
