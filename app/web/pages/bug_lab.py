"""The bug lab: its page, and the verbs of a hunt."""

from collections.abc import Mapping
from secrets import randbelow

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.engine.equations.mistakes import MISTAKES
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.expressions import Symbol
from app.lessons.bug_lab import LEVELS, MOST_SEED
from app.sessions.bug_lab import accused, begun, case_of, checked, put_right
from app.sessions.setups.typed import WHOLE
from app.sessions.store.store import Kept
from app.sessions.walk.bug_lab import Accusation
from app.views.bug_lab.bug_lab import bug_lab_page
from app.web.http.dependencies import before_a_walk, soon
from app.web.http.forms import form_of
from app.web.http.new_session import begun_walk, check_may_begin
from app.web.http.page import page_response
from app.web.pages.walk import WalkPages, WalkRequest

router = APIRouter(include_in_schema=False)
pages = WalkPages()
BOUNDS = {"level": (LEVELS[0], LEVELS[-1]), "seed": (0, MOST_SEED)}  # of what names a case


@router.get("/bug-lab")
async def bug_lab(request: Request) -> Response:
    """What it is, its levels, and the case that the address names."""
    case, given = None, request.query_params
    if given:
        level, seed = _whole(given, "level"), _whole(given, "seed")
        case = await before_a_walk(request, lambda: case_of(level, seed))
    return await soon(request, lambda: page_response(request, "bug_lab/page.html", bug_lab_page(case), "bug-lab"))


@router.post("/bug-lab")
async def begin(request: Request) -> Response:
    """Start a case: the one that the form names, or any of its level."""
    form = await form_of(request)
    level = _whole(form, "level")
    seed = _whole(form, "seed") if form.get("seed", "").strip() else randbelow(MOST_SEED + 1)
    check_may_begin(request)
    return await begun_walk(request, await before_a_walk(request, lambda: begun(level, seed)))


def _whole(given: Mapping[str, str], field: str) -> int:
    (lowest, highest), text = BOUNDS[field], given.get(field, "").strip()
    if WHOLE.fullmatch(text) is None or not lowest <= int(text) <= highest:
        raise SetupError(
            field, f"The {field} is not a whole number from {lowest} to {highest}.", f"Give {field}={lowest}."
        )
    return int(text)


@pages.verb("/spend-check")
async def spend_check(the: WalkRequest) -> Kept:
    """One gradient, written dW-1-0-1 or db-1-0, against differences of the loss."""
    kind, *places = the.form.get("gradient", "").split("-")
    wanted = {"dW": 3, "db": 2}.get(kind)
    if wanted != len(places) or not all(WHOLE.fullmatch(place) for place in places):
        raise SetupError("gradient", "No gradient is chosen.", "Choose one of the list.")
    gradient = Symbol(kind, *map(int, places))
    return await the.walk.do(lambda walked: checked(walked, gradient), the.rev)


@pages.verb("/accuse")
async def accuse(the: WalkRequest) -> Kept:
    """Name layer, 0 where none is marked, mistakes and rules."""
    form = the.form
    layer, named = form.get("layer", ""), form.get("mistake", "")
    if named and named not in MISTAKES:
        raise UnknownNameError("mistake", tuple(MISTAKES))
    ticked = tuple(name for name in MISTAKES if f"mistake-{name}" in form)
    accusation = Accusation(int(layer) if WHOLE.fullmatch(layer) else 0, (named, *ticked) if named else ticked)
    rules = tuple(form[name] for name in ("rule", "second_rule") if form.get(name))
    return await the.walk.do(lambda walked: accused(walked, accusation, rules), the.rev)


@pages.verb("/apply-rule")
async def apply_rule(the: WalkRequest) -> Kept:
    """Measure what the mistake does, against the right rule."""
    return await the.walk.compute(put_right, the.rev)
