"""The pages of a class: the way in, the teacher's, the one on the wall, and a learner's.

Host and wall have addresses with a key in them; a learner's key is a cookie. All are whole pages without JavaScript;
with it they change as the class does.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.engine.memory import MEMORY
from app.engine.network.errors import DivergedError, SetupError, UnknownNameError
from app.lessons import lesson_named
from app.sessions.classroom.classroom import (
    ClassroomError,
    Mode,
    NoKeyError,
    Seat,
    present_key,
    seat_code,
)
from app.sessions.classroom.questions import PARTS
from app.sessions.setups.typed import WHOLE
from app.sessions.store.classroom import UnknownClassError
from app.sessions.store.now import Now
from app.sessions.walk.session import TrainingSession
from app.views.classroom.classroom import (
    FollowPage,
    FreePage,
    HostPage,
    JoinPage,
    SurePage,
    calm,
    classroom_page,
    followed,
    host_panels,
    title_of,
    walks_alone,
)
from app.views.classroom.overview import OverviewPage, overview_page
from app.views.classroom.question import Own, counted_seats, own, saved, wall
from app.views.explorer.explorer import ExplorerPage, Look, explorer
from app.views.pages import heading_of
from app.views.qr import qr
from app.web.http.broadcast import TURN, stream
from app.web.http.classroom import (
    HOST,
    SEAT,
    Joined,
    Member,
    Spot,
    answered_in,
    ask,
    deleted,
    joined,
    member,
    mistaken,
    next_phase,
    opened,
    results_of,
    room_of,
    say_tempo,
    show,
    taken_along,
    vote,
)
from app.web.http.dependencies import services, soon
from app.web.http.forms import Form, form_of
from app.web.http.fragments import Panel, Part, fragment
from app.web.http.htmx import REFRESH, VARY, wants_fragment
from app.web.http.new_session import begun_walk, check_may_begin
from app.web.http.page import cookie_name, page_response, preferences, root_of, set_cookie
from app.web.http.rates import TooFastError
from app.web.http.reachable import reachable
from app.web.http.templating import Templates

router = APIRouter(include_in_schema=False)
KEY_BYTES = 9  # of a vote's key
MOST_KEY = 60
OVERVIEW_BYTES = 3_000  # that one learner takes in it in memory, at most about
ALONE, WITH_TEACHER = "free", "with"  # what a learner looks at while each walks alone


@dataclass(frozen=True)
class Drawing:
    """Draws panels by their templates; `at` is the address of what they can change, empty where they change nothing."""

    templates: Templates
    at: str
    session: str = ""

    def panel(self, panel: Panel) -> str:
        """A panel's content."""
        return self.templates.render(panel.template, panel=panel, at=self.at, session=self.session)

    def part(self, part: Part) -> str:
        """One part of a panel."""
        return self.templates.part(part.template, part, self.at)


def _to(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(root_of(request) + path, 303, headers=VARY)


# The way in -----------------------------------------------------------------------------------------------------------


@router.get("/classroom")
async def classroom(request: Request) -> Response:
    """What a class is; opens one on a lesson, or on the walk that `session` names."""
    session = request.query_params.get("session", "")
    walk = heading_of((await services(request).store.load(session)).session).title if session else ""
    page = classroom_page(session, walk, bool(await _seated(request)))
    return await soon(request, lambda: page_response(request, "classroom/page.html", page, "classroom"))


@router.post("/classroom")
async def open_class(request: Request) -> Response:
    """Open a class on a lesson, or on where a walk stands now."""
    form = await form_of(request)
    check_may_begin(request)
    if form.get("session"):
        session = (await services(request).store.load(form["session"])).session
    else:
        lesson = lesson_named(form.get("lesson", ""))
        session = await soon(request, lambda: TrainingSession.of_lesson(lesson, not lesson.mistaken).at_first_example())
    return _to(request, f"/host/{(await opened(request, session)).host}")


@router.get("/join")
async def join_page(request: Request) -> Response:
    """Where a code is typed."""
    return _join_page(request)


@router.get("/join/{code}")
async def join_page_of(request: Request, code: str) -> Response:
    """The same with the code filled in. Nobody sits down by following an address."""
    return _join_page(request, code[:20])


def _join_page(request: Request, code: str = "", problem: str = "", status: int = 200) -> Response:
    return page_response(request, "classroom/join.html", JoinPage("Join a class", code, problem), "classroom", status)


@router.post("/join")
async def join(request: Request) -> Response:
    """Take a seat, or the one of a seat code; where this browser has a seat in that class already, go to it."""
    form = await form_of(request)
    code, of_seat = form.get("code", ""), form.get("seat_code", "").strip()
    try:
        seated = await _seated(request)
        if seated is not None and not of_seat and seated.kept.classroom.code == code.strip().upper():
            return _to(request, "/seat")
        found = await (taken_along(request, code, of_seat) if of_seat else joined(request, code))
    except (UnknownClassError, NoKeyError, ClassroomError, TooFastError) as error:
        status = {UnknownClassError: 404, NoKeyError: 404, TooFastError: 429}.get(type(error), 409)
        reason = "No seat has this seat code. Look at it on the other device." if of_seat else str(error)
        return _join_page(request, code[:20], str(error) if status == 429 else reason, status)
    return _sit_down(request, found)


def _sit_down(request: Request, found: Joined) -> Response:
    response = _to(request, "/seat")
    set_cookie(request, response, SEAT, found.key, _class_seconds(request))
    return response


def _class_seconds(request: Request) -> int:
    """For how long a class is kept."""
    return round(3600 * services(request).settings.class_hours)


# A learner's page -----------------------------------------------------------------------------------------------------


def _key(request: Request) -> str:
    return request.cookies.get(cookie_name(request, SEAT), "")


async def _seated(request: Request) -> Member | None:
    """Whoever has a seat, by the cookie."""
    with suppress(NoKeyError):
        found = await member(request, _key(request))
        return found if found.seat is not None else None
    return None


async def _learner(request: Request) -> tuple[Member, Seat]:
    """The learner whose cookie it is. NoKeyError."""
    found = await _seated(request)
    if found is None or found.seat is None:
        raise NoKeyError
    return found, found.seat


@router.get("/seat")
async def seat(request: Request) -> Response:
    """The class as this learner sees it: where all stand, or the own walk while each walks alone."""
    try:
        learner, seat = await _learner(request)
    except NoKeyError:
        if wants_fragment(request):
            return Response(headers=REFRESH)
        return _join_page(request, problem="This browser has no seat any more. Join again with the code.", status=401)
    now, asked = await learner.now(), request.query_params
    alone, shown = walks_alone(now.classroom, seat.label), asked.get("shown", "")
    if wants_fragment(request) and (shown == ALONE or alone != (shown == WITH_TEACHER)):
        return Response(status_code=204) if alone and shown == ALONE else Response(headers=REFRESH)
    if alone and shown != WITH_TEACHER:
        return await _own_walk(learner, seat)
    return await soon(request, lambda: _followed(request, now, seat))


def _followed(request: Request, now: Now, seat: Seat) -> Response:
    digits, root = preferences(request).digits, root_of(request)
    answer = own(now, seat.label, digits, token_urlsafe(KEY_BYTES))
    panels = (*_seen(now, digits, counts=False), calm(now.classroom, seat), answer)
    if wants_fragment(request):
        return HTMLResponse(fragment(_drawing(request), None, panels), headers=VARY)
    free = walks_alone(now.classroom, seat.label)
    shown = f"?shown={WITH_TEACHER}" if free else ""
    code = seat_code(_key(request))
    page = FollowPage(title_of(now), f"{root}/seat", shown, panels, seat.label, f"{code[:5]}-{code[5:]}", free)
    return page_response(request, "classroom/follow.html", page, "classroom")


def _drawing(request: Request) -> Drawing:
    return Drawing(services(request).templates, "")


def _seen(now: Now, digits: int, counts: bool) -> Any:
    """What all see alike who see so many digits: worked out once."""
    return now.once(("seen", digits, counts), lambda: followed(now, digits, wall(now, digits, counts)))


async def _own_walk(learner: Member, seat: Seat) -> Response:
    request, kept = learner.request, await learner.the.store.load(seat.walk)
    look = Look(preferences(request).digits, op=token_urlsafe(KEY_BYTES))

    def drawn() -> Response:
        page = explorer(kept.session, kept.id, kept.rev, look)
        free = FreePage(page.title, page.session, page.hunting, page.panels, seat.label)
        return page_response(request, "classroom/free.html", free, "classroom")

    return await soon(request, drawn)


@router.get("/seat/events")
async def seat_events(request: Request) -> Response:
    """What changes on this learner's page; where it has to show something else altogether, that it is to turn."""
    learner, seat = await _learner(request)
    shown, digits, drawing = request.query_params.get("shown", ""), preferences(request).digits, _drawing(request)

    def draw(now: Now, sent: Now | None) -> str:
        return fragment(drawing, _seen(sent, digits, False) if sent else None, _seen(now, digits, False))

    def mine(now: Now, sent: Now | None) -> str:
        alone, label = walks_alone(now.classroom, seat.label), seat.label
        if alone != (shown in (ALONE, WITH_TEACHER)):
            return TURN
        if shown == ALONE:
            return ""
        panels: list[Panel] = [calm(now.classroom, seat)]
        if sent is None or _asked(sent) != _asked(now):
            panels.append(own(now, label, digits, token_urlsafe(KEY_BYTES)))
        return fragment(drawing, [calm(sent.classroom, seat)] if sent else None, panels)

    nothing = shown == ALONE
    shared = ("nothing",) if nothing else ("seat", digits)
    return stream(learner, _key(request), (lambda *_: "") if nothing else draw, shared, mine)


def _asked(now: Now) -> tuple[Any, ...]:
    return now.classroom.phase, len(now.classroom.asked), len(now.judged) if now.asked else 0


@router.post("/seat/vote")
async def seat_vote(request: Request) -> Response:
    """An answer; the last one counts when the vote closes."""
    learner, _ = await _learner(request)
    form, asked = await form_of(request), learner.kept.classroom.asked
    services(request).rates.changes.take(_key(request))
    number, round, key = form.get("number", ""), form.get("round", ""), form.get("key", "")[:MOST_KEY]
    try:
        if not (WHOLE.fullmatch(number) and round in ("1", "2") and key):
            raise SetupError("answer", "The form is not whole.", "Load the page again.")
        await vote(learner, int(round), form.get("answer", ""), key, int(number))
    except SetupError as error:
        if wants_fragment(request):
            return HTMLResponse(escape(str(error)), 422, headers=VARY)
        raise
    if not wants_fragment(request):
        return _to(request, "/seat")
    return HTMLResponse(escape(saved(asked[int(number) - 1], form["answer"].strip())), headers=VARY)


@router.post("/seat/tempo")
async def seat_tempo(request: Request) -> Response:
    """How fast the class should go on: the teacher is told how many say so, and not who."""
    learner, _ = await _learner(request)
    form = await form_of(request)
    services(request).rates.changes.take(_key(request))
    tempo = form.get("tempo", "")
    await say_tempo(learner, tempo)
    if not wants_fragment(request):
        return _to(request, "/seat")
    return HTMLResponse(escape(f"The teacher sees one more “{tempo}”, and not whose."), headers=VARY)


# On the wall ----------------------------------------------------------------------------------------------------------


@router.get("/present/{key}")
async def present(request: Request, key: str) -> Response:
    """The class for the wall: large, nothing private, nothing of the answers before the reveal."""
    screen = await _screen(request, key)
    now, digits, root = await screen.now(), preferences(request).digits, root_of(request)
    there, code = await reachable(request), now.classroom.code

    def drawn() -> Response:
        panels = (*_seen(now, digits, counts=True), calm(now.classroom, None), Own())
        if wants_fragment(request):
            return HTMLResponse(fragment(_drawing(request), None, panels), headers=VARY)
        at = f"{root}/present/{key}"
        picture = qr(f"{there.short}/{code}") if there.url else None
        address = there.short if there.url else ""
        page = FollowPage(title_of(now), at, "", panels, code=code, address=address, qr=picture)
        return page_response(request, "classroom/follow.html", page, "classroom")

    return await soon(request, drawn)


@router.get("/present/{key}/events")
async def present_events(request: Request, key: str) -> Response:
    """What changes there."""
    screen, digits, drawing = await _screen(request, key), preferences(request).digits, _drawing(request)

    def draw(now: Now, sent: Now | None) -> str:
        if sent is not None and sent.classroom.code != now.classroom.code:
            return TURN
        return fragment(drawing, _seen(sent, digits, True) if sent else None, _seen(now, digits, True))

    return stream(screen, key, draw, ("present", digits))


async def _screen(request: Request, key: str) -> Member:
    return await _by_address(request, key, "present")


async def _by_address(request: Request, key: str, role: str) -> Member:
    """Whoever has this address. HTTPException 404 where it leads nowhere."""
    try:
        found = await member(request, key)
    except NoKeyError as error:
        raise HTTPException(404) from error
    if found.role != role:
        raise HTTPException(404)
    return found


# The teacher's --------------------------------------------------------------------------------------------------------


@router.get("/host/{key}")
async def host(request: Request, key: str) -> Response:
    """The teacher's page: the walk that all follow, and the class above it."""
    teacher = await _by_address(request, key, "host")
    return await _host_page(teacher, key)


async def _host_page(teacher: Member, key: str, message: str = "", status: int = 200) -> Response:
    request, there = teacher.request, await reachable(teacher.request)
    now, digits = await teacher.now(), preferences(request).digits
    kept = await teacher.the.store.load(now.classroom.walk)

    def drawn() -> Response:
        panels = host_panels(now, digits, message)
        if wants_fragment(request):
            room = Drawing(services(request).templates, f"{root_of(request)}/host/{key}")
            return HTMLResponse(fragment(room, None, panels), headers=VARY)
        page = explorer(kept.session, kept.id, kept.rev, Look(digits, op=token_urlsafe(KEY_BYTES)))
        code = now.classroom.code
        picture = qr(f"{there.short}/{code}") if there.url else None
        whole = HostPage(
            *(page.title, page.session, page.hunting, page.panels, key, present_key(key)),
            *(there.short if there.url else "", there.advice, picture, panels),
        )
        response = page_response(request, "classroom/host.html", whole, "classroom", status)
        set_cookie(request, response, HOST, key, _class_seconds(request), f"/sessions/{kept.id}")
        return response

    return await soon(request, drawn)


@router.get("/host/{key}/events")
async def host_events(request: Request, key: str) -> Response:
    """What changes of the class on the teacher's page."""
    teacher, digits = await _by_address(request, key, "host"), preferences(request).digits
    drawing = Drawing(services(request).templates, f"{root_of(request)}/host/{key}")

    def draw(now: Now, sent: Now | None) -> str:
        if sent is not None and sent.classroom.code != now.classroom.code:
            return TURN
        return fragment(drawing, host_panels(sent, digits) if sent else None, host_panels(now, digits))

    return stream(teacher, key, draw, ("host", digits))


@router.get("/host/{key}/overview")
async def overview(request: Request, key: str) -> Response:
    """How each did at each question, and where each walks; without labels unless they are asked for."""
    teacher, query = await _by_address(request, key, "host"), request.query_params
    labels, room = query.get("labels") == "1", await room_of(teacher)
    version = f"{teacher.kept.rev}.{room.version()}"
    if wants_fragment(request) and query.get("version") == version:
        return Response(status_code=204)
    held: OverviewPage | None = MEMORY.get((overview, teacher.id, labels))
    before = held.panels if held is not None and held.picture.version == query.get("version") else None
    if held is None or held.picture.version != version:
        whole = replace(room, answered=await answered_in(teacher))
        page = await soon(request, lambda: overview_page(key, labels, whole, version))
        MEMORY.put((overview, teacher.id, labels), page, OVERVIEW_BYTES * (1 + len(room.walks)))
    else:
        page = held

    def drawn() -> Response:
        if wants_fragment(request):
            drawing = Drawing(services(request).templates, f"{root_of(request)}/host/{key}")
            return HTMLResponse(fragment(drawing, before, page.panels), headers=VARY)
        return page_response(request, "classroom/overview.html", page, "classroom")

    return await soon(request, drawn)


@router.get("/host/{key}/results.csv")
async def results(request: Request, key: str) -> Response:
    """What came of the questions, to keep."""
    return await results_of(await _by_address(request, key, "host"))


@router.post("/host/{key}/show")
async def show_mistake(request: Request, key: str) -> Response:
    """A walk of the teacher's own that stands where a wrong answer comes from, with its mistake."""
    teacher, form = await _by_address(request, key, "host"), await form_of(request)
    check_may_begin(request)
    return await begun_walk(request, await mistaken(teacher, _spot(form), form.get("mistake", "")))


@router.get("/host/{key}/delete")
async def asks_to_delete(request: Request, key: str) -> Response:
    """Asks once more."""
    teacher = await _by_address(request, key, "host")
    page = SurePage("Delete this class?", key, counted_seats(len(teacher.kept.classroom.seated)))
    return page_response(request, "classroom/sure.html", page, "classroom")


@router.post("/host/{key}/delete")
async def delete(request: Request, key: str) -> Response:
    """The class goes, and all of its walks."""
    await deleted(await _by_address(request, key, "host"))
    return _to(request, "/classroom")


Verb = Callable[[Member, Form], Awaitable[Any]]
MODES: dict[str, Mode] = {"follow": "follow", "free": "free", "pause": "paused"}


async def _ask(teacher: Member, form: Form) -> None:
    part, _, cursor = form.get("what", "").partition("-")
    if part not in ("", *PARTS):
        raise UnknownNameError("what", PARTS)
    await ask(teacher, int(cursor) if WHOLE.fullmatch(cursor) else None, part)


async def _next(teacher: Member, form: Form) -> None:
    await next_phase(teacher, form.get("phase", ""), _number(form) or 0)


def _number(form: Form, name: str = "number") -> int | None:
    """The number of the question that a form is about, if it says one."""
    number = form.get(name, "")
    return int(number) if WHOLE.fullmatch(number) else None


def _spot(form: Form) -> Spot:
    return Spot(_number(form), _number(form, "at"))


VERBS: dict[str, Verb] = {
    "ask": _ask,
    "next": _next,
    "close": lambda teacher, _: teacher.change(lambda now: now.without_question()),
    "insist": lambda teacher, _: teacher.change(lambda now: now.insist()),
    "wall": lambda teacher, form: show(teacher, _spot(form), form.get("mistake", "")),
    "ours": lambda teacher, _: teacher.change(lambda now: now.show("")),
    "lock": lambda teacher, _: teacher.change(lambda now: now.lock(True)),
    "unlock": lambda teacher, _: teacher.change(lambda now: now.lock(False)),
    "rotate": lambda teacher, _: teacher.change(lambda now: now.rotated()),
    "let-in": lambda teacher, form: teacher.change(lambda now: now.admitted(form.get("label", ""))),
    "door": lambda teacher, _: teacher.change(lambda now: now.admit(not now.admitting)),
    "remove": lambda teacher, form: teacher.change(lambda now: now.removed(form.get("label", ""))),
    "mode": lambda teacher, form: teacher.change(lambda now: now.switched(MODES.get(form.get("mode", ""), now.mode))),
}
MOVING = ("ask", "next")  # verbs that may lead the walk elsewhere


@router.post("/host/{key}/{verb}")
async def steer(request: Request, key: str, verb: str) -> Response:
    """What the teacher does with the class; it is shown as it stands then, and why where that cannot be."""
    if verb not in VERBS:
        raise HTTPException(404)
    teacher, form = await _by_address(request, key, "host"), await form_of(request)
    message, status = "", 200
    try:
        await VERBS[verb](teacher, form)
    except (SetupError, ClassroomError, DivergedError) as error:
        message, status = str(error), 422 if isinstance(error, SetupError) else 409
    teacher = await _by_address(request, key, "host")
    if not wants_fragment(request):
        return await _host_page(teacher, key, message, status) if message else _to(request, f"/host/{key}")
    now, digits = await teacher.now(), preferences(request).digits
    kept = await teacher.the.store.load(now.classroom.walk)
    templates, root = services(request).templates, root_of(request)

    def drawn() -> Response:
        room = Drawing(templates, f"{root}/host/{key}")
        text = fragment(room, None, host_panels(now, digits, message))
        if verb in MOVING and not message:
            page: ExplorerPage = explorer(kept.session, kept.id, kept.rev, Look(digits, op=token_urlsafe(KEY_BYTES)))
            text += fragment(Drawing(templates, f"{root}/sessions/{kept.id}", kept.id), None, page.panels)
        return HTMLResponse(text, status, headers=VARY)

    return await soon(request, drawn)
