"""How much the server does at once, and for whom: long computations go to a few threads with a bounded queue, so that
clicks are answered meanwhile.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from time import perf_counter
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.http.rates import TooFastError, address_of

# Whose turn it is -----------------------------------------------------------------------------------------------------

Thing = TypeVar("Thing")


class InTurn(Generic[Thing]):
    """What waits, by address and by client: one address after the other, and of each one client after the other."""

    def __init__(self) -> None:
        self._addresses: OrderedDict[str, OrderedDict[str, deque[Thing]]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._addresses)

    def put(self, thing: Thing, address: str, client: str = "") -> None:
        """Let one more wait."""
        self._addresses.setdefault(address, OrderedDict()).setdefault(client, deque()).append(thing)

    def take(self) -> Thing:
        """The next one, which waits no more. KeyError where nothing waits."""
        address, clients = self._addresses.popitem(last=False)
        client, things = clients.popitem(last=False)
        thing = things.popleft()
        if things:
            clients[client] = things
        if clients:
            self._addresses[address] = clients
        return thing


AT_ONCE = 2  # requests that are begun in one pass of the event loop


class Turns:
    """Begins a few requests in each pass of the event loop, of one address after the other. Pure ASGI.

    So however many requests one address sends, those of another one wait for a few of them, not for all. A request that
    was begun holds no other one up: what takes long is computed elsewhere.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._begun = 0  # in this pass
        self._waiting: InTurn[asyncio.Future[None]] = InTurn()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._turn(address_of(scope))
        await self.app(scope, receive, send)

    async def _turn(self, address: str) -> None:
        loop = asyncio.get_running_loop()
        if not self._begun:
            loop.call_soon(self._pass)
        if self._begun < AT_ONCE and not self._waiting:
            self._begun += 1
        else:
            turn = loop.create_future()
            self._waiting.put(turn, address)
            await turn

    def _pass(self) -> None:
        """The next pass of the event loop has come."""
        self._begun = 0
        while self._waiting and self._begun < AT_ONCE:
            turn = self._waiting.take()
            if not turn.done():  # whoever waited for it may have been told to stop
                turn.set_result(None)
                self._begun += 1
        if self._begun:
            asyncio.get_running_loop().call_soon(self._pass)


FEW = 2  # requests that are begun however many bytes are held
LATER = 0.02  # seconds after which it is looked again whether one more can be begun: by then the last one holds its own


class WithinBytes:
    """Begins requests while this process holds no more than `most` bytes, as `held` tells them. Pure ASGI.

    A few are begun whatever it holds; the others wait, in turns by address: what waits holds little yet. BusyError
    where one waits longer than `seconds`.
    """

    def __init__(self, app: ASGIApp, most: int, seconds: float, held: Callable[[], int]) -> None:
        self.app, self._most, self._seconds, self._held = app, most, seconds, held
        self._begun = 0
        self._waiting: InTurn[asyncio.Future[None]] = InTurn()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._waiting or self._begun >= FEW:
            await self._turn(address_of(scope))
        else:
            self._begun += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._end()

    async def _turn(self, address: str) -> None:
        """Until it is begun."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_later(LATER, self._look)
        turn = loop.create_future()
        self._waiting.put(turn, address)
        try:
            async with asyncio.timeout(self._seconds):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if not turn.cancelled():  # its turn came when it was not waited for any more
                self._end()
            if isinstance(error, TimeoutError):
                raise BusyError from error
            raise

    def _end(self) -> None:
        self._begun -= 1
        self._begin_next()

    def _begin_next(self) -> None:
        """Let the next one begin, where there is room for it."""
        while self._waiting and (self._begun < FEW or self._held() <= self._most):
            turn = self._waiting.take()
            if not turn.done():
                self._begun += 1
                turn.set_result(None)
                break

    def _look(self) -> None:
        self._begin_next()
        if self._waiting:
            asyncio.get_running_loop().call_later(LATER, self._look)


# How much at once -----------------------------------------------------------------------------------------------------

Result = TypeVar("Result")
SLICE = 0.002  # seconds after which others in the queue get their turn at a thread
SHORT = 0.0005  # seconds of a slice between clicks; steps of at most four times that need no thread
PASSES = 4  # of the event loop between two short slices: a click that waits is answered in them
MOST_OF_ONE = 4  # jobs of one client at once
WAITING = 2  # times as long as a request may compute it may take altogether, waiting included


@dataclass(frozen=True)
class Slice(Generic[Result]):
    """The last step of a slice, whether there may be more, how many steps it had and how many seconds they took."""

    last: Result
    more: bool
    steps: int
    seconds: float


class BusyError(RuntimeError):
    """The queue is full; `wait` is how many seconds later it is worth another try."""

    wait = 2

    def __init__(self) -> None:
        super().__init__(
            f"The server is busy computing for others. Nothing was changed. Try again in {self.wait} seconds."
        )


class TooLongError(RuntimeError):
    """What was asked for takes longer than one request may compute."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"This takes more than the {seconds:g} seconds that one request may take.")


@dataclass(eq=False)
class Job:
    """One job of a client; `turn` is what it waits for, where it waits."""

    client: str
    address: str
    turn: asyncio.Future[None] | None = None


class Slots:
    """So many jobs at once; the others wait, in turns by address and client."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: InTurn[asyncio.Future[None]] = InTurn()

    async def take(self, job: Job) -> None:
        """Wait until it is the job's turn; whoever has taken one frees one. BusyError as the job's turn has it."""
        if self._free:
            self._free -= 1
            return
        turn = job.turn = asyncio.get_running_loop().create_future()
        self._waiting.put(turn, job.address, job.client)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None:  # it came when it was not waited for any more
                self.free()
            raise
        finally:
            job.turn = None

    def free(self) -> None:
        """Let the next one have it."""
        while self._waiting:
            turn = self._waiting.take()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


class Threads:
    """So many threads for jobs; `seconds` is how long somebody waits for one that has begun.

    `stuck` is called where a job has not ended in twice that time, although nobody waits for it any more.
    """

    def __init__(self, count: int, name: str, seconds: float, stuck: Callable[[], object]) -> None:
        self._slots, self._seconds, self._stuck = Slots(count), seconds, stuck
        self._threads = ThreadPoolExecutor(count, thread_name_prefix=name)

    async def run(self, job: Job, work: Callable[[], Result]) -> Result:
        """What the work returns, when it is the job's turn. Its thread is another one's when it has ended, whoever
        still waits for it. TooLongError where that takes too long.
        """
        await self._slots.take(job)
        loop = asyncio.get_running_loop()
        running, late = loop.run_in_executor(self._threads, work), loop.call_later(WAITING * self._seconds, self._stuck)

        def ended(_: asyncio.Future[Result]) -> None:
            late.cancel()
            self._slots.free()

        running.add_done_callback(ended)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.shield(running)
        except TimeoutError as error:
            raise TooLongError(self._seconds) from error

    def close(self) -> None:
        """Let go of them; what waits is not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Pool:
    """Runs up to `threads` jobs at once; `queue` more may wait. A job is known by its client, such as a walk, and by
    the address that it is for: where one has more jobs than others, and all places are taken, its last ones give way.

    A job may compute for `seconds` altogether, as `clock` tells them of one in slices, and wait as long for the others.
    Whoever is cancelled is not computed for any more: a job that has not begun does not begin, one in slices ends. One
    that cannot be cut ends when it has its result: `stuck` is called where that takes twice as long as it may.
    """

    def __init__(
        self,
        threads: int,
        queue: int,
        seconds: float,
        clock: Callable[[], float] = perf_counter,
        stuck: Callable[[], object] = lambda: None,
    ) -> None:
        self._places = threads + queue
        self._seconds, self._clock = seconds, clock
        self._jobs: dict[str, list[Job]] = {}  # by address
        self._threads, self._for_short = Threads(threads, "work", seconds, stuck), Threads(1, "short", seconds, stuck)
        self._between_clicks = Slots(1)

    async def run(self, client: str, job: Callable[[], Result], address: str = "") -> Result:
        """What the job returns. BusyError where the queue is full, TooFastError where this client fills it.

        TooLongError where it computes longer than a request may.
        """
        async with self._place(client, address) as place:
            return await self._threads.run(place, job)

    async def run_short(self, client: str, job: Callable[[], Result], address: str = "") -> Result:
        """What a job returns that takes a few hundredths of a second: it waits for others of its kind alone."""
        return await self._for_short.run(Job(client, address or client), job)

    async def run_in_slices(
        self, client: str, start: Result, steps: Iterator[Result], address: str = "", here: bool = True
    ) -> Result:
        """The last of the steps, or `start` where there is none; in turns with other jobs. Errors as of `run`.

        `here`: after a short step come others as short, so that they need no thread.
        """
        async with self._place(client, address) as place:
            way, left = Way(steps, self._clock), self._seconds
            try:
                part = await self._threads.run(place, partial(way.slice, start, 0.0))
                while part.more:
                    short = here and part.seconds <= 4 * SHORT * part.steps
                    part = await (self._here if short else self._threads.run)(
                        place, partial(way.slice, part.last, SHORT if short else SLICE)
                    )
                    left -= part.seconds
                    if left < 0 and part.more:
                        raise TooLongError(self._seconds)
                return part.last
            finally:
                way.end()

    def close(self) -> None:
        """Let go of the threads; what waits is not begun."""
        self._threads.close()
        self._for_short.close()

    async def _here(self, place: Job, job: Callable[[], Result]) -> Result:
        """What a short job returns, here: a thread would take the interpreter from the clicks for much longer."""
        await self._between_clicks.take(place)
        try:
            result = job()
            for _ in range(PASSES):
                await asyncio.sleep(0)
            return result
        finally:
            self._between_clicks.free()

    @asynccontextmanager
    async def _place(self, client: str, address: str) -> AsyncIterator[Job]:
        job = Job(client, address or client)
        jobs = self._jobs.get(job.address, [])
        if sum(other.client == client for other in jobs) >= MOST_OF_ONE:
            raise TooFastError(1)
        if sum(map(len, self._jobs.values())) >= self._places:
            self._make_room(len(jobs) + 1)
        self._jobs.setdefault(job.address, []).append(job)
        try:
            async with asyncio.timeout(WAITING * self._seconds):
                yield job
        except TimeoutError as error:
            raise BusyError from error
        finally:
            self._jobs[job.address].remove(job)
            if not self._jobs[job.address]:
                del self._jobs[job.address]

    def _make_room(self, most: int) -> None:
        """Let the last job that waits, of the address that has most, give way; BusyError where none has more."""
        jobs = max(self._jobs.values(), key=len)
        waiting = (job.turn for job in reversed(jobs) if job.turn is not None and not job.turn.done())
        turn = next(waiting, None) if len(jobs) > most else None
        if turn is None:
            raise BusyError
        turn.set_exception(BusyError())


class Way(Generic[Result]):
    """Steps that are made slice by slice, and ended at once where they lead no further: they may leave something behind
    for the next one, which is no work for whenever the memory happens to be tidied.
    """

    def __init__(self, steps: Iterator[Result], clock: Callable[[], float]) -> None:
        self._steps, self._clock = steps, clock
        self._going, self._over = Lock(), False

    def slice(self, last: Result, most: float) -> Slice[Result]:
        """As many steps as fit into so many seconds, at least one."""
        with self._going:
            made = self._made(last, most)
        if self._over:  # meanwhile
            self.end()
        return made

    def end(self) -> None:
        """No more of them; where one is being made, after it."""
        self._over = True
        if isinstance(self._steps, Generator) and self._going.acquire(blocking=False):
            self._steps.close()
            self._going.release()

    def _made(self, last: Result, most: float) -> Slice[Result]:
        start, count = self._clock(), 0
        for count, last in enumerate(self._steps, start=1):
            seconds = self._clock() - start
            if seconds > most:
                return Slice(last, True, count, seconds)
        return Slice(last, False, count, self._clock() - start)


# In a line ------------------------------------------------------------------------------------------------------------

LONGEST_WAIT = 30.0  # seconds


@dataclass(eq=False)
class Line:
    """Those of one address: how many there are, and how many bytes they hold; the first of them has the turn."""

    length: int = 0
    held: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Lines:
    """Lines in front of a pool, one for each address: for what is computed before there is a walk to count it by.

    The first of each line is in the pool. A class behind one address waits for one another: none of it is refused, and
    it takes no more of the pool than whoever is alone. `longest` is how many may stand in a line, and `most_bytes` how
    much those of one may hold; all together hold at most twice that.
    """

    def __init__(self, pool: Pool, longest: int, most_bytes: int) -> None:
        self._pool, self._longest, self._most_bytes, self._held = pool, longest, most_bytes, 0
        self._lines: WeakValueDictionary[str, Line] = WeakValueDictionary()  # each goes with its last

    async def run(self, address: str, job: Callable[[], Result], size: int = 0) -> Result:
        """What the job, which holds so many bytes, returns. BusyError where too many wait, or one waits too long."""
        with self._place(address, size) as line:
            try:
                async with asyncio.timeout(LONGEST_WAIT), line.turn:
                    return await self._pool.run(address, job)
            except TimeoutError as error:
                raise BusyError from error

    @contextmanager
    def _place(self, address: str, size: int) -> Iterator[Line]:
        line = self._lines.setdefault(address, Line())
        if line.length >= self._longest or line.held + size > self._most_bytes:
            raise BusyError
        if self._held + size > 2 * self._most_bytes:
            raise BusyError
        self._count(line, 1, size)
        try:
            yield line
        finally:
            self._count(line, -1, -size)

    def _count(self, line: Line, one: int, size: int) -> None:
        line.length, line.held, self._held = line.length + one, line.held + size, self._held + size


# How much of an answer ------------------------------------------------------------------------------------------------

PIECE = 64 * 1024  # bytes of an answer that are packed at a time


class Pieces:
    """Hands a long answer on in pieces, and lets others go first between them: packing takes its time. Pure ASGI."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def in_pieces(message: Message) -> None:
            body, start = message.get("body", b""), 0
            while start + PIECE < len(body):
                await send({"type": message["type"], "body": body[start : start + PIECE], "more_body": True})
                await asyncio.sleep(0)
                start += PIECE
            await send({**message, "body": body[start:]} if start else message)

        await self.app(scope, receive, in_pieces if scope["type"] == "http" else send)


# For whom -------------------------------------------------------------------------------------------------------------


async def while_there(request: Request, work: Awaitable[Result]) -> Result:
    """What is worked out for a request, whose body is read; ClientDisconnect as soon as nobody waits for it."""
    worked, left = asyncio.ensure_future(work), asyncio.ensure_future(_left(request.receive))
    try:
        await asyncio.wait((worked, left), return_when=asyncio.FIRST_COMPLETED)
        if worked.done():
            return worked.result()
        left.result()
        raise ClientDisconnect
    finally:
        worked.cancel()
        left.cancel()


async def _left(receive: Receive) -> None:
    """Ends when the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass
