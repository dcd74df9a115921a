"""The bug lab: its page, and the verbs of a hunt."""

from collections.abc import Mapping
from secrets import randbelow

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.engine.equations.mistakes import MISTAKES
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.expressions import Symbol
from app.lessons.bug_lab import LEVELS, MOST_SEED
from app.sessions.bug_lab import Case, accused, begun, case_of, checked, put_right
from app.sessions.setups.typed import WHOLE
from app.sessions.store.store import Kept
from app.sessions.walk.bug_lab import Accusation
from app.views.bug_lab.start import bug_lab_page
from app.web.http.dependencies import services
from app.web.http.forms import Form, form_of
from app.web.http.new_session import begun_walk, check_may_begin
from app.web.http.page import page_response
from app.web.pages.walk import WalkPages, WalkRequest

router = APIRouter(include_in_schema=False)
pages = WalkPages()


@router.get("/bug-lab")
async def bug_lab(request: Request) -> Response:
    """What it is, its levels, and the case that the address names."""
    case = await _case(request, request.query_params) if request.query_params else None
    return page_response(request, "bug_lab/page.html", bug_lab_page(case), "bug-lab")


async def _case(request: Request, given: Mapping[str, str]) -> Case:
    level, seed = level_in(given), seed_in(given)
    return await services(request).pool.run(client_of(request), lambda: case_of(level, seed))


def client_of(request: Request) -> str:
    """Whom a computation is for, before there is a session."""
    return request.client.host if request.client else ""


@router.post("/bug-lab")
async def begin(request: Request) -> Response:
    """Start a case: the one that the form names, or any of its level."""
    form, the = await form_of(request), services(request)
    level = level_in(form)
    seed = seed_in(form) if form.get("seed", "").strip() else randbelow(MOST_SEED + 1)
    check_may_begin(request)
    return await begun_walk(request, await the.pool.run(client_of(request), lambda: begun(level, seed)))


def level_in(given: Mapping[str, str]) -> int:
    """The level that a form or an address names; SetupError where there is none of that number."""
    return _whole(given, "level", LEVELS[0], LEVELS[-1])


def seed_in(given: Mapping[str, str]) -> int:
    """The number of a case; SetupError where it is none."""
    return _whole(given, "seed", 0, MOST_SEED)


def _whole(given: Mapping[str, str], field: str, lowest: int, highest: int) -> int:
    text = given.get(field, "").strip()
    if WHOLE.fullmatch(text) is None or not lowest <= int(text) <= highest:
        raise SetupError(
            field, f"The {field} is not a whole number from {lowest} to {highest}.", f"Give {field}={lowest}."
        )
    return int(text)


# The verbs of a hunt --------------------------------------------------------------------------------------------------


@pages.verb("/spend-check")
async def spend_check(the: WalkRequest) -> Kept:
    """One gradient against differences of the loss."""
    gradient = gradient_in(the.form)
    return await the.walk.do(lambda walked: checked(walked, gradient), the.rev)


@pages.verb("/accuse")
async def accuse(the: WalkRequest) -> Kept:
    """Name layer, rule and mistake."""
    accusation, rules = accusation_in(the.form), rules_in(the.form)
    return await the.walk.do(lambda walked: accused(walked, accusation, rules), the.rev)


@pages.verb("/apply-rule")
async def apply_rule(the: WalkRequest) -> Kept:
    """Measure what the mistake does, against the right rule."""
    return await the.walk.compute(put_right, the.rev)


def gradient_in(form: Form) -> Symbol:
    """The gradient that is chosen, written dW-1-0-1 or db-1-0; SetupError for anything else."""
    kind, *places = form.get("gradient", "").split("-")
    wanted = {"dW": 3, "db": 2}.get(kind)
    if wanted != len(places) or not all(WHOLE.fullmatch(place) for place in places):
        raise SetupError("gradient", "No gradient is chosen.", "Choose one of the list.")
    return Symbol(kind, *map(int, places))


def accusation_in(form: Form) -> Accusation:
    """The marked layer, 0 where none is marked, and the mistakes that are named."""
    layer = form.get("layer", "")
    ticked = tuple(name for name in MISTAKES if f"mistake-{name}" in form)
    named = (form["mistake"],) if form.get("mistake") else ()
    if named and named[0] not in MISTAKES:
        raise UnknownNameError("mistake", tuple(MISTAKES))
    return Accusation(int(layer) if WHOLE.fullmatch(layer) else 0, (*named, *ticked))


def rules_in(form: Form) -> tuple[str, ...]:
    """The rules that are marked as wrong."""
    return tuple(form[name] for name in ("rule", "second_rule") if form.get(name))
