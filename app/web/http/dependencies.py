"""What requests share: settings, store, templates; a session loaded, moved by a verb, and saved."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Self, TypeVar, cast

from fastapi import Depends, Header, Request

from app.engine.memory import MEGABYTE, MEMORY
from app.engine.network.errors import SetupError
from app.sessions.store.store import (
    Kept,
    ReadOnlyError,
    SessionStore,
    StaleRevisionError,
    UnknownSessionError,
    led_to,
    let_go,
    operation_key,
)
from app.sessions.walk.chunks import Reach, Verb, in_slices, is_large, is_small, undoing
from app.sessions.walk.session import TrainingSession
from app.settings import Settings
from app.web.http.draining import Drain
from app.web.http.processes import BEGUN, HERE, Elsewhere, WorkProcess
from app.web.http.rates import Buckets, Rate, address_of, is_at_the_machine
from app.web.http.request_log import request_id
from app.web.http.templating import Templates
from app.web.http.work import Lines, Pool, TooLongError, while_there

Result = TypeVar("Result")
Move = Callable[[TrainingSession], Awaitable[TrainingSession]]
SHARE = 1 / 4  # of the store, for one address
NEAR = 1  # iterations: a way that is gone at once
NOTE_BYTES = 300  # that it takes to note that a walk was worked with
LESS = "Ask for less at once."
SMALLER = "Take a smaller network or fewer examples."  # for what cannot be asked for in parts
TRIES = 20  # of a request that names no revision, while others move the session in between
SESSION_ID = re.compile(r"[\w-]{24}", re.ASCII)  # as stores make them: 18 random bytes
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,100}")
ONCE = Header(description="A key of your own, such as a UUID: a request sent again with it is not done again.")
REVISION = re.compile(r'(?:W/)?"?([0-9]{1,15})"?', re.ASCII)


@dataclass(frozen=True)
class Rates:
    """How often each session is read and changed, and new ones are begun, by one visitor and from one address.

    `stored` gives bytes of the store to each address: a share at once, and one more in a session's lifetime. `codes`
    counts codes of classes that were wrong.
    """

    reads: Buckets
    changes: Buckets
    visitors: Buckets
    addresses: Buckets
    stored: Buckets
    codes: Buckets

    @classmethod
    def of(cls, settings: Settings, clock: Callable[[], float]) -> Self:
        """As the settings have it."""
        one = Rate(settings.session_burst, settings.session_rate)
        many = Rate(settings.joining_burst, settings.joining_rate)
        share = ceil(SHARE * settings.max_store_megabytes * MEGABYTE)
        stored = Rate(share, share / (3600 * settings.session_hours))
        wrong = Rate(settings.failed_codes_burst, settings.failed_codes_rate)
        return cls(*(Buckets(rate, clock) for rate in (one, one, one, many, stored, wrong)))


@dataclass(frozen=True)
class Services:
    """The live objects, made in main.py."""

    settings: Settings
    store: SessionStore
    templates: Templates
    pool: Pool
    lines: Lines
    rates: Rates
    drain: Drain
    clock: Callable[[], float]
    work_process: WorkProcess | None = None  # that answers what takes long; without one the pool computes it here


def services(request: Request) -> Services:
    """The live objects of the application that answers this request."""
    return cast(Services, request.app.state.services)


@dataclass(frozen=True)
class Walk:
    """The session that a request is about; `expected` is the revision that its If-Match header names.

    `key` tells the request from all others, where it is not to be done twice; a GET may only look.
    """

    services: Services
    id: str
    expected: int | None
    key: str
    request: Request

    async def load(self, rev: int | None = None) -> Kept:
        """The session. StaleRevisionError where it has another revision than the request expects.

        ReadOnlyError where the request would change what it may only look at.
        """
        kept = await self._loaded()
        self._check(kept, rev)
        return kept

    async def _loaded(self) -> Kept:
        """The session. One with a large network is worked with elsewhere, if possible not even read here."""
        if is_known_as_large(self.id):
            pass_on(self.request)
        kept = await self.services.store.load(self.id)
        if is_large(kept.session) and self.services.work_process is not None:
            note_as_large(self.id)
            let_go(self.services.store, kept.id)  # all clicks of others would have to make room for it
            pass_on(self.request)
        return kept

    async def do(self, verb: Verb, rev: int | None = None) -> Kept:
        """Load, move by the verb, save."""
        return await self.change(lambda session: self.view(session, lambda: verb(session)), rev)

    async def compute(self, verb: Verb, rev: int | None = None) -> Kept:
        """The same by a verb that takes longer than others should wait: it computes in the pool."""
        return await self.change(lambda session: self.work(lambda: verb(session)), rev)

    async def go(self, verb: Verb, reach: Reach, rev: int | None = None) -> Kept:
        """The same by a verb that may lead far: a long way is gone in the pool, in turns with others.

        SetupError where it takes longer than one request may.
        """

        async def moved(session: TrainingSession) -> TrainingSession:
            return await self._gone(session, await self.view(session, lambda: reach(session)), verb)

        return await self.change(moved, rev)

    async def undo(self, rev: int | None = None) -> Kept:
        """The same, back to before the last edit or run."""

        async def moved(session: TrainingSession) -> TrainingSession:
            ready = undoing(session)
            return await self._gone(ready, ready.marks[-1].place.iteration, lambda walked: walked.undo())

        return await self.change(moved, rev)

    async def _gone(self, session: TrainingSession, iteration: int, verb: Verb) -> TrainingSession:
        if session.timeline.distance(iteration) <= NEAR:
            return await self.view(session, lambda: verb(session))
        return await self.in_turns(session, session, in_slices(session, iteration, verb, self.services.clock))

    async def train(self, measure: str, count: int, rev: int | None = None) -> Kept:
        """Load, train so many epochs or iterations, save. SetupError for too many."""

        def reach(walked: TrainingSession) -> int:
            per_epoch = walked.setup.iterations_per_epoch
            check_train(measure, count, per_epoch, self.services.settings)
            return walked.iteration + count * (per_epoch if measure == "epochs" else 1)

        return await self.go(lambda walked: walked.train(**{measure: count}), reach, rev)

    async def follow(self, session: TrainingSession, way: Iterator[None]) -> None:
        """Go along a walk, in turns with others. SetupError where that takes longer than one request may."""
        await self.in_turns(session, None, way, "Load the page again: it goes on from where it has come to.")

    async def in_turns(
        self, session: TrainingSession, start: Result, steps: Iterator[Result], remedy: str = LESS
    ) -> Result:
        """The last of the steps, or `start` where there is none, computed in the pool in turns with others.

        SetupError, with the remedy, where that takes longer than one request may.
        """
        pass_on(self.request)
        pool, address = self.services.pool, address_of(self.request.scope)
        return await _within(
            self.request, pool.run_in_slices(self.id, start, steps, address, is_small(session)), remedy
        )

    async def work(self, job: Callable[[], Result]) -> Result:
        """What a long computation returns, computed in the pool. SetupError as of `in_turns`."""
        pass_on(self.request)
        return await _within(
            self.request, self.services.pool.run(self.id, job, address_of(self.request.scope)), SMALLER
        )

    async def view(self, session: TrainingSession, job: Callable[[], Result]) -> Result:
        """What a click of this session needs: computed here where it is short for sure, else in a thread.

        It is short for a small network that was worked with lately, so that what does not change from click to click is
        found in memory.
        """
        if not is_small(session):
            return await self.work(job)
        if MEMORY.get((Walk, self.id)):
            return job()
        result = await soon(self.request, job)
        MEMORY.put((Walk, self.id), True, NOTE_BYTES)
        return result

    async def make(self, session: TrainingSession, job: Callable[[], Result]) -> Result:
        """What takes a few hundredths of a second and no click waits for: made by the process that computes, if there
        is one.
        """
        pass_on(self.request)
        return await (soon(self.request, job) if is_small(session) else self.work(job))

    async def change(self, move: Move, rev: int | None) -> Kept:
        """Load, move, save. What was done already is not done again: it is shown where it led to.

        A request that names no revision means the session wherever it stands, so it is tried again where another one
        was quicker.
        """
        tries = TRIES if rev is None and self.expected is None else 1
        while True:
            kept = await self._loaded()
            if led_to(kept.operations, self.key) is not None:
                return kept
            self._check(kept, rev)
            tries -= 1
            try:
                moved = await self.services.store.save(kept, await move(kept.session), self.key)
            except StaleRevisionError:
                if not tries:
                    raise
            else:
                if not self.key:
                    stay(self.request)
                return moved

    def _check(self, kept: Kept, rev: int | None) -> None:
        if kept.read_only and self.request.method != "GET":
            raise ReadOnlyError
        if any(wanted not in (None, kept.rev) for wanted in (rev, self.expected)):
            raise StaleRevisionError(kept)


# Where it is answered ------------------------------------------------------------------------------------------------


def pass_on(request: Request) -> None:
    """Let the process that computes answer the request, if there is one: nothing that follows is done here."""
    process = services(request).work_process
    if process is not None and HERE not in request.scope and process.is_ready():
        raise Elsewhere(process)


def stay(request: Request) -> None:
    """The request has changed something that must not be changed twice: it is answered here, whatever follows."""
    request.scope[HERE] = True


def is_rationed(request: Request) -> bool:
    """Whether it counts how often this is asked for: not by whoever sits at the machine, and not in the process that
    computes, as it was counted in the one that serves.
    """
    return BEGUN not in request.scope and not is_at_the_machine(request)


def note_as_large(session_id: str) -> None:
    """This walk is answered elsewhere."""
    MEMORY.put((Elsewhere, session_id), True, NOTE_BYTES)


def is_known_as_large(session_id: str) -> bool:
    """Whether that was noted lately."""
    return bool(MEMORY.get((Elsewhere, session_id)))


# ----------------------------------------------------------------------------------------------------------------------


async def before_a_walk(request: Request, job: Callable[[], Result], size: int = 0) -> Result:
    """What a request needs that is about no walk yet, computed in the line of its address; the job holds `size` bytes.

    BusyError where the line is too long, SetupError as of `Walk.in_turns`.
    """
    pass_on(request)
    return await _within(request, services(request).lines.run(address_of(request.scope), job, size), SMALLER)


async def soon(request: Request, job: Callable[[], Result]) -> Result:
    """What takes a few hundredths of a second, such as a page without a walk, computed in a thread for such."""
    pool, client = services(request).pool, request_id.get()
    return await while_there(request, pool.run_short(client, job, address_of(request.scope)))


async def _within(request: Request, work: Awaitable[Result], remedy: str) -> Result:
    try:
        return await while_there(request, work)
    except TooLongError as error:
        raise SetupError("", str(error), remedy) from error


async def walk(request: Request, session_id: str, idempotency_key: Annotated[str, ONCE] = "") -> Walk:
    """The walk that the address names; the request may have a key, so that it is not done twice."""
    key = idempotency_key
    if key:
        if IDEMPOTENCY_KEY.fullmatch(key) is None:
            raise SetupError("Idempotency-Key", "The key is not 1 to 100 letters and signs of ASCII.", "Send a UUID.")
        key = operation_key(key, request.scope["path"], await request.body())
    return walk_of(request, session_id, key)


def walk_of(request: Request, session_id: str, key: str = "") -> Walk:
    """The walk of this id, as this request expects it. TooFastError where too much is asked of it.

    UnknownSessionError for what cannot be an id, before anything is remembered of it.
    """
    if SESSION_ID.fullmatch(session_id) is None:
        raise UnknownSessionError
    the = services(request)
    if is_rationed(request):
        (the.rates.reads if request.method == "GET" else the.rates.changes).take(session_id)
    expected = request.headers.get("If-Match")
    return Walk(the, session_id, None if expected == "*" else revision(expected), key, request)


def revision(text: str | None) -> int | None:
    """A revision as a header or a form field gives it; None where it gives none. SetupError where it is no number."""
    if not text:
        return None
    match = REVISION.fullmatch(text)
    if match is None:
        raise SetupError("rev", "The revision is not a whole number.", "Send the rev of the state, or leave it out.")
    return int(match[1])


def check_train(measure: str, count: int, per_epoch: int, settings: Settings) -> None:
    """SetupError where a request asks for no iterations, or for more than this server makes in one.

    `measure` is epochs or iterations, `per_epoch` how many iterations an epoch has.
    """
    each = per_epoch if measure == "epochs" else 1
    most = settings.max_iterations_per_request
    if not 1 <= count * each <= most:
        raise SetupError(
            measure,
            f"One request trains 1 to {most:,} iterations; an epoch has {per_epoch:,} here.",
            f"Ask for 1 to {most // each:,}." if each <= most else "Train by iterations instead.",
        )


TheWalk = Annotated[Walk, Depends(walk)]
