"""A request about a class: whose key it has, how the class stands now, and how it is changed.

A key is the class's id and a secret; a code only leads to where one can join. Wrong codes are counted, each failure
against its address, so that a whole class behind one address can join and nobody can try them all.
"""

from asyncio import sleep
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from random import uniform
from secrets import token_urlsafe
from time import time

from starlette.requests import Request
from starlette.responses import Response

from app.engine.memory import MEMORY
from app.engine.network.errors import DivergedError, SetupError, UnknownNameError
from app.sessions.classroom.classroom import (
    ID_LENGTH,
    KEY_LENGTH,
    TEMPOS,
    Asked,
    Classroom,
    ClassroomError,
    ClosedError,
    MayNotError,
    NoKeyError,
    QuestionOpenError,
    Role,
    Seat,
    new_key,
)
from app.sessions.classroom.labels import typed_code
from app.sessions.classroom.questions import (
    checked_answer,
    follow_up_of,
    front_of,
    in_front_of,
    judged_answer,
    part_at,
    tally,
    tempo_round,
    with_mistake,
)
from app.sessions.store.classroom import Answers, KeptClass, StaleClassError, UnknownClassError, Vote
from app.sessions.store.now import Now
from app.sessions.store.store import Kept, UnknownSessionError
from app.sessions.walk.answers import Answer
from app.sessions.walk.position import Place
from app.sessions.walk.session import TrainingSession
from app.views.classroom.overview import Answered, Room
from app.views.classroom.results import Result, results_csv
from app.web.http.dependencies import TRIES, Services, Walk, before_a_walk, services, stay
from app.web.http.new_session import check_may_begin, kept_walk
from app.web.http.page import cookie_name
from app.web.http.rates import address_of

HOST = "host"  # the cookie by which the walk of a class leads back to its teacher's page
SEAT = "seat"  # the cookie that holds a learner's key
TEMPO_BYTES = 9  # of the key of one word about the tempo
ANSWER_BYTES = 2_000  # that one judged answer takes in memory, about
LET_GO_FIRST, MOST_DOUBLED = 0.002, 5  # seconds for which others are let go first, at most; doubled with each try


# Now ------------------------------------------------------------------------------------------------------------------


async def now_of(the: Services, id: str) -> Now:
    """How a class stands. UnknownClassError; UnknownSessionError where its walk is gone."""
    kept = await the.store.classes.load(id)
    classroom, question = kept.classroom, kept.classroom.question
    if question is None:
        walk = await the.store.load(classroom.seen)
        return Now(kept, walk, {}, {}, tempos=await _tempos(the, classroom, walk))
    first, second = [await _answers(the, classroom, f"{question.number}.{round}") for round in (1, 2)]
    asked = await the.store.load(question.walk)
    if classroom.is_open:
        return Now(kept, asked, first, second, tempos=await _tempos(the, classroom, asked))
    judged = await _judged(the, question, asked, {*first.values(), *second.values()})
    walk = await the.store.load(classroom.seen)
    return Now(kept, walk, first, second, asked, judged, await _tempos(the, classroom, walk))


async def _tempos(the: Services, classroom: Classroom, walk: Kept) -> Answers:
    return await _answers(the, classroom, tempo_round(walk.session))


async def _answers(the: Services, classroom: Classroom, round: str) -> Answers:
    """The last answers of a round; whoever was removed has given none."""
    given = await the.store.classes.answers(classroom.id, round)
    return {seat: answer for seat, answer in given.items() if seat in classroom.seated}


async def _judged(the: Services, question: Asked, asked: Kept, texts: set[str]) -> dict[str, Answer]:
    """What becomes of each text: worked out once, in a thread, for all who said it."""
    found = {text: MEMORY.get((judged_answer, asked.id, question.part, text)) for text in texts}
    for text in (text for text, answer in found.items() if answer is None):
        job = partial(judged_answer, question, asked.session, text)
        answer = found[text] = await the.pool.run_short(asked.id, job)
        MEMORY.put((judged_answer, asked.id, question.part, text), answer, ANSWER_BYTES)
    return found


async def answered_in(host: "Member") -> list[Answered]:
    """All questions whose votes are closed, with what became of them."""
    host.must_be("host")
    the, classroom, found = host.the, host.kept.classroom, list[Answered]()
    for asked in classroom.asked[: len(classroom.asked) - classroom.is_open]:
        first, second = [await _answers(the, classroom, f"{asked.number}.{round}") for round in (1, 2)]
        await sleep(0)  # others have their turn
        walk = await the.store.load(asked.walk)
        judged = await _judged(the, asked, walk, {*first.values(), *second.values()})
        found.append(Answered(asked, walk.session, first, second, judged))
    return found


async def results_of(host: "Member") -> Response:
    """What came of them, as a file."""
    answered = await answered_in(host)
    results = [Result(one.asked, one.walk, tally(one.first, one.second, one.judged)) for one in answered]
    text = await host.the.pool.run_short(host.id, lambda: results_csv(results))
    return Response(text, media_type="text/csv", headers={"Content-Disposition": 'attachment; filename="class.csv"'})


async def own_walks(host: "Member") -> dict[str, Kept | None]:
    """The own walk of each seat, by its label; None of those who follow the class."""
    host.must_be("host")
    classroom, found = host.kept.classroom, dict[str, Kept | None]()
    for label, seat in classroom.seated.items():
        found[label] = None
        if classroom.alone:
            await sleep(0)  # others have their turn
            with suppress(UnknownSessionError):
                found[label] = await host.the.store.load(seat.walk)
    return found


async def room_of(host: "Member") -> Room:
    """Who sits in the class now and where each stands; what was answered comes later."""
    kept = await host.the.store.load(host.kept.classroom.walk)
    since, now = host.kept.classroom.alone_since, time()
    stuck = 60 * host.the.settings.stuck_minutes
    return Room(kept, (), await own_walks(host), lambda walk: now - max(walk.moved, since), stuck)


# Whose request --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """A request of somebody who belongs to a class: in which role, on which seat."""

    request: Request
    kept: KeptClass
    role: Role
    seat: Seat | None

    @property
    def the(self) -> Services:
        """The live objects."""
        return services(self.request)

    @property
    def id(self) -> str:
        """The class's id."""
        return self.kept.classroom.id

    def must_be(self, *roles: Role) -> None:
        """MayNotError for any other role."""
        if self.role not in roles:
            raise MayNotError

    async def now(self) -> Now:
        """How the class stands."""
        return await now_of(self.the, self.id)

    async def change(self, move: Callable[[Classroom], Classroom]) -> KeptClass:
        """The class as `move` makes it of whatever state it is in then."""
        kept = await changed(self.the, self.id, move)
        stay(self.request)
        return kept

    def walk(self, key: str = "") -> Walk:
        """The walk that the class follows, for whoever steers it. MayNotError."""
        self.must_be("host")
        return Walk(self.the, self.kept.classroom.walk, None, key, self.request)


async def changed(the: Services, id: str, move: Callable[[Classroom], Classroom]) -> KeptClass:
    """The class after a change, tried again where another process was quicker."""
    async with the.store.classes.turn(id):
        for tries in range(TRIES):
            kept = await the.store.classes.load(id)
            after = move(kept.classroom)
            if after is kept.classroom:
                return kept
            if after.alone and not kept.classroom.alone:
                after = replace(after, alone_since=time())
            with suppress(StaleClassError):
                return await the.store.classes.save(kept, after)
            await sleep(uniform(0, LET_GO_FIRST * 2 ** min(tries, MOST_DOUBLED)))
        raise StaleClassError


async def member(request: Request, key: str) -> Member:
    """Whoever has this key. NoKeyError where it opens nothing."""
    if len(key) != KEY_LENGTH:
        raise NoKeyError
    try:
        kept = await services(request).store.classes.load(key[:ID_LENGTH])
    except UnknownClassError as error:
        raise NoKeyError from error
    role, seat = kept.classroom.role_of(key)
    return Member(request, kept, role, seat)


async def page_in_class(request: Request, walk: str) -> str:
    """Where this browser sees this walk in its class: on the teacher's page, or on the learner's; else empty."""
    for name, page in ((HOST, f"/sessions/{walk}"), (SEAT, "/")):
        with suppress(NoKeyError):
            key = request.cookies.get(cookie_name(request, name, page), "")
            found = await member(request, key)
            if found.role == "host" and found.kept.classroom.walk == walk:
                return f"/host/{key}"
            if found.seat is not None and found.seat.walk == walk:
                return "/seat"
    return ""


async def class_of(request: Request, code: str) -> str:
    """The id of the class that this code leads to. UnknownClassError, TooFastError after too many of those."""
    the, address = services(request), address_of(request.scope)
    the.rates.codes.take(address, 0)
    try:
        return await the.store.classes.id_of(typed_code(code))
    except UnknownClassError:
        the.rates.codes.spend(address, 1)
        raise


# Open and join --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A new class, and the keys to it, which nobody can tell again."""

    kept: KeptClass
    host: str
    present: str


async def opened(request: Request, session: TrainingSession) -> Opened:
    """A new class that follows a walk of its own, which stands where `session` does."""
    the = services(request)
    walk = await kept_walk(request, session.ask(""))
    for _ in range(TRIES):
        classroom, host, present = Classroom.opened(walk.id)
        with suppress(StaleClassError):  # another class has this code
            return Opened(await the.store.classes.open(classroom), host, present)
    raise StaleClassError


@dataclass(frozen=True)
class Joined:
    """A seat, and the key to it."""

    id: str
    seat: Seat
    key: str


async def joined(request: Request, code: str) -> Joined:
    """A new seat in the class of this code, with a walk of its own that stands where the class does."""
    the, id = services(request), await class_of(request, code)
    check_may_begin(request)
    classroom = (await the.store.classes.load(id)).classroom
    key = new_key(id)
    classroom.joined(key, "", the.settings.max_seats)  # LockedError before anything is kept
    session = (await the.store.load(classroom.walk)).session
    walk = await kept_walk(request, session)
    seats: list[Seat] = []

    def join(now: Classroom) -> Classroom:
        after, seat = now.joined(key, walk.id, the.settings.max_seats)
        seats[:] = [seat]
        return after

    try:
        await changed(the, id, join)
    except (ClassroomError, UnknownClassError):  # it was locked or deleted meanwhile
        await the.store.delete(walk.id)
        raise
    return Joined(id, seats[0], key)


async def taken_along(request: Request, code: str, seat_code: str) -> Joined:
    """The seat of a seat code, now on this device. NoKeyError, counted as a wrong code."""
    the, id = services(request), await class_of(request, code)
    key, seats = new_key(id), list[Seat]()

    def move(now: Classroom) -> Classroom:
        after, seat = now.taken_along(typed_code(seat_code), key)
        seats[:] = [seat]
        return after

    try:
        await changed(the, id, move)
    except NoKeyError:
        the.rates.codes.spend(address_of(request.scope), 1)
        raise
    return Joined(id, seats[0], key)


async def deleted(host: Member) -> None:
    """The class goes, with its votes and all of its walks: those of its seats, of its questions, and the one it had."""
    host.must_be("host")
    the, classroom = host.the, host.kept.classroom
    await the.store.classes.delete(classroom.id)
    for walk in classroom.walks:
        with suppress(UnknownSessionError):
            await the.store.delete(walk)


# The question ---------------------------------------------------------------------------------------------------------


async def ask(host: Member, at: int | None = None, part: str = "") -> KeptClass:
    """Put a question to the class: about the equation that comes next, or the one after the first `at` of this
    iteration. The walk goes to stand in front of it.
    """
    walk = host.walk()
    check_may_begin(host.request)

    def there(session: TrainingSession) -> TrainingSession:
        found = in_front_of(session, session.cursor if at is None else at)
        part_at(found, part)
        return found

    kept = await walk.do(there)
    asked = await kept_walk(host.request, kept.session)
    symbol, chosen = kept.session.equations[kept.session.cursor].symbol, part_at(kept.session, part)
    return await host.change(lambda now: now.ask(asked.id, kept.session.iteration, symbol, chosen))


async def next_phase(host: Member, phase: str | None = None, number: int | None = None) -> KeptClass:
    """The next phase of the question. Where the host's page showed another `phase` of the question of this `number`, it
    has gone on already: nothing more is done.
    """
    host.must_be("host")
    now = host.kept.classroom
    if phase is not None and (now.phase != phase or number != len(now.asked)):
        return host.kept
    follow_up = await _follow_up(host, now) if now.phase == "reveal" else None

    def move(classroom: Classroom) -> Classroom:
        same = (classroom.phase, len(classroom.asked)) == (now.phase, len(now.asked))
        return classroom.next(follow_up) if same else classroom

    kept = await host.change(move)
    if kept.classroom.phase == "reveal" and now.phase != "reveal":
        await _show_asked(host, kept.classroom.asked[-1])
    return kept


@dataclass(frozen=True)
class Spot:
    """Where a mistake is to be shown: at the question of this `number`, else `at` this equation of the class's walk,
    else at the question that was asked last.
    """

    number: int | None = None
    at: int | None = None


async def mistaken(host: Member, spot: Spot, name: str) -> TrainingSession:
    """A walk at this spot, with this mistake. QuestionOpenError unless the answers of its question were revealed."""
    host.must_be("host")
    classroom, at = host.kept.classroom, spot.at
    if spot.number is None and at is not None:
        if classroom.is_open:
            raise QuestionOpenError
        walk = (await host.the.store.load(classroom.walk)).session
        return await before_a_walk(host.request, lambda: with_mistake(*front_of(walk, at), name))
    number = len(classroom.asked) if spot.number is None else spot.number
    if not 1 <= number <= len(classroom.asked) - classroom.is_open:
        raise QuestionOpenError
    asked = classroom.asked[number - 1]
    walk = (await host.the.store.load(asked.walk)).session
    return await before_a_walk(host.request, lambda: with_mistake(asked, walk, name))


async def show(host: Member, spot: Spot, name: str) -> KeptClass:
    """Let all see that walk, until the teacher's is to be seen again."""
    if host.kept.classroom.is_open:
        raise QuestionOpenError
    check_may_begin(host.request)
    walk = await kept_walk(host.request, await mistaken(host, spot, name))
    return await host.change(lambda now: now if now.is_open else now.show(walk.id))


async def _follow_up(host: Member, now: Classroom) -> Asked | None:
    """The follow-up of the question that is revealed; None where it is one itself, or there is no other place."""
    asked = now.asked[-1]
    if asked.follow_up:
        return None
    check_may_begin(host.request)
    kept = await host.the.store.load(asked.walk)
    try:
        there, question = await host.walk().view(kept.session, lambda: follow_up_of(asked, kept.session))
    except (SetupError, DivergedError):
        return None
    walk = await kept_walk(host.request, there)
    return Asked(asked.number + 1, walk.id, question.iteration, question.symbol, asked.part, follow_up=True)


async def _show_asked(host: Member, asked: Asked) -> None:
    """The teacher's walk goes to the equation that was asked, so that all see it."""
    question = (await host.the.store.load(asked.walk)).session
    place = Place(asked.iteration, question.cursor + 1)
    with suppress(DivergedError):
        await host.walk().do(lambda walked: walked if walked.place == place else walked.moved_to(place))


async def say_tempo(voter: Member, tempo: str) -> None:
    """How fast the class should go on, for this seat, until the walk comes to another phase. UnknownNameError."""
    voter.must_be("seat")
    if tempo not in TEMPOS:
        raise UnknownNameError("tempo", TEMPOS)
    if voter.seat is None or voter.seat.label not in voter.kept.classroom.seated:
        raise MayNotError
    round = tempo_round((await voter.now()).walk.session)
    with suppress(ClosedError):  # who has said so a hundred times is heard
        await voter.the.store.classes.vote(voter.id, Vote(round, voter.seat.label, token_urlsafe(TEMPO_BYTES), tempo))


async def vote(voter: Member, round: int, text: str, key: str, number: int | None = None) -> None:
    """An answer of this seat to the question of this `number`, or the last one: taken once. ClosedError where none is.

    MayNotError for whoever waits to be let in; SetupError for what is no answer.
    """
    voter.must_be("seat")
    classroom, seat = voter.kept.classroom, voter.seat
    if seat is None or seat.label not in classroom.seated:
        raise MayNotError
    number = len(classroom.asked) if number is None else number
    if not 1 <= number <= len(classroom.asked):
        raise ClosedError
    answer = checked_answer(classroom.asked[number - 1], text)
    await voter.the.store.classes.vote(voter.id, Vote(f"{number}.{round}", seat.label, key, answer))
