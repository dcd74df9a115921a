"""The bug lab: its page, the score cards of its sets, and the verbs of a hunt."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from secrets import randbelow

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.engine.equations.mistakes import MISTAKES
from app.engine.impact import gradient_symbols
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.expressions import Symbol
from app.lessons.bug_lab import LEVELS, MOST_SEED, MOST_SET
from app.sessions.bug_lab import accused, begun, case_of, checked, put_right
from app.sessions.setups.typed import WHOLE
from app.sessions.store.store import Kept, UnknownSessionError
from app.sessions.walk.hunt import Accusation, Hunted
from app.sessions.walk.session import TrainingSession
from app.views.bug_lab.bug_lab import bug_lab_page, set_page
from app.views.paths.paths import Opened
from app.web.http.dependencies import before_a_walk, services, soon
from app.web.http.forms import Form, form_of
from app.web.http.htmx import VARY
from app.web.http.new_session import begun_walk, check_may_begin
from app.web.http.own_walks import HUNTS, forget, note_hunt, noted_hunts
from app.web.http.page import page_response, root_of
from app.web.pages.walk import WalkPages, WalkRequest

router = APIRouter(include_in_schema=False)
pages = WalkPages()
# Of what names a case, or a set of them.
BOUNDS = {"level": (LEVELS[0], LEVELS[-1]), "seed": (0, MOST_SEED), "number": (0, MOST_SET)}


@router.get("/bug-lab")
async def bug_lab(request: Request) -> Response:
    """What it is, its levels, what was solved in this browser, and the case that the address names."""
    case, given = None, request.query_params
    if given:
        level, seed = _whole(given, "level"), _whole(given, "seed")
        case = await before_a_walk(request, lambda: case_of(level, seed))
    hunts, gone = await _hunts(request)
    page = bug_lab_page(case, hunts, datetime.now(UTC).date())
    response = await soon(request, lambda: page_response(request, "bug_lab/page.html", page, "bug-lab"))
    forget(request, response, HUNTS, *gone)
    return response


@router.post("/bug-lab/sets")
async def find_set(request: Request) -> Response:
    """To the set of this number, or to any."""
    form = await form_of(request)
    number = _whole(form, "number") if form.get("number", "").strip() else randbelow(MOST_SET + 1)
    return RedirectResponse(f"{root_of(request)}/bug-lab/sets/{number}", 303, headers=VARY)


@router.get("/bug-lab/sets/{number}")
async def score_card(request: Request, number: str) -> Response:
    """The score card of a set of ten."""
    page = set_page(_whole({"number": number}, "number"), (await _hunts(request))[0])
    return await soon(request, lambda: page_response(request, "bug_lab/set.html", page, "bug-lab"))


async def _hunts(request: Request) -> tuple[tuple[Hunted, ...], tuple[str, ...]]:
    """The hunts that this browser keeps, without those that were let go of unsolved; what it may forget."""
    noted, store, gone = noted_hunts(request), services(request).store, set[str]()
    for hunt in noted[: HUNTS.most]:
        if hunt.score is None:
            try:
                await store.load(hunt.id)
            except UnknownSessionError:
                gone.add(hunt.id)
    there = tuple(hunt for hunt in noted[: HUNTS.most] if hunt.id not in gone)
    return there, (*gone, *(hunt.id for hunt in noted[HUNTS.most :]))


@router.post("/bug-lab")
async def begin(request: Request) -> Response:
    """Start a case: the one that the form names, or any of its level; `in_set` where it is one of its set."""
    form = await form_of(request)
    level = _whole(form, "level")
    seed = _whole(form, "seed") if form.get("seed", "").strip() else randbelow(MOST_SEED + 1)
    check_may_begin(request)
    return await begun_walk(request, await before_a_walk(request, lambda: begun(level, seed, "in_set" in form)))


def _whole(given: Mapping[str, str], field: str) -> int:
    (lowest, highest), text = BOUNDS[field], given.get(field, "").strip()
    if WHOLE.fullmatch(text) is None or not lowest <= int(text) <= highest:
        raise SetupError(
            field, f"The {field} is not a whole number from {lowest} to {highest}.", f"Give {field}={lowest}."
        )
    return int(text)


def _gradient(form: Form) -> Symbol:
    """The gradient that a form names, written dW-1-0-1 or db-1-0."""
    kind, *places = form.get("gradient", "").split("-")
    wanted = {"dW": 3, "db": 2}.get(kind)
    if wanted != len(places) or not all(WHOLE.fullmatch(place) for place in places):
        raise SetupError("gradient", "No gradient is chosen.", "Choose one of the list.")
    return Symbol(kind, *map(int, places))


def _still_chosen(form: Form, session: TrainingSession) -> Opened | None:
    """The gradient that was checked: its verdict is seen beside its name."""
    with suppress(SetupError):
        symbol = _gradient(form)
        if symbol in gradient_symbols(session.setup.sizes):
            return Opened(symbol._replace(kind=symbol.kind[1:]))
    return None


@pages.verb("/spend-check", opens=_still_chosen)
async def spend_check(the: WalkRequest) -> Kept:
    """One gradient against differences of the loss."""
    gradient = _gradient(the.form)
    return await the.walk.do(lambda walked: checked(walked, gradient), the.rev)


@pages.verb("/accuse", leaves=note_hunt)
async def accuse(the: WalkRequest) -> Kept:
    """Name layer, 0 where none is marked, and mistakes."""
    layer, named = the.form.get("layer", ""), [the.form.get(field, "") for field in ("mistake", "second_mistake")]
    for field, name in zip(("mistake", "second_mistake"), named, strict=True):
        if name and name not in MISTAKES:
            raise UnknownNameError(field, tuple(MISTAKES))
    accusation = Accusation(int(layer) if WHOLE.fullmatch(layer) else 0, tuple(filter(None, named)))
    return await the.walk.do(lambda walked: accused(walked, accusation), the.rev)


@pages.verb("/apply-rule")
async def apply_rule(the: WalkRequest) -> Kept:
    """Measure what the mistake does, against the right rule."""
    return await the.walk.compute(put_right, the.rev)
