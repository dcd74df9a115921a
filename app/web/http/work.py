"""What may be asked of the server: how often, and how much at once.

Each key has a bucket of tokens, for so many requests at once and then so many a second. Long computations go to a few
threads with a bounded queue, so that clicks are answered meanwhile.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv6Address
from math import ceil
from time import monotonic, perf_counter
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

# How often ------------------------------------------------------------------------------------------------------------
#
# Whoever sits at the machine itself is not held up: nobody else waits for it.

LOCAL_CLIENTS = ("127.0.0.1", "::1")
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
MOST_BYTES, BUCKET_BYTES = 4_000_000, 200  # of a table of buckets, and of each bucket
MOST_BUCKETS = MOST_BYTES // BUCKET_BYTES


class TooFastError(RuntimeError):
    """Asked for again too soon; `wait` is how many whole seconds later it is granted."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, ceil(wait))
        seconds = "1 second" if self.wait == 1 else f"{self.wait} seconds"
        super().__init__(f"That was more than this server takes at once. Wait {seconds}, then go on.")


def is_at_the_machine(request: Request) -> bool:
    """Whether the request comes from the machine that serves, by a name of its own: not through a proxy on it."""
    client: tuple[str, int] | None = request.scope["client"]
    if client is None or client[0] not in LOCAL_CLIENTS:
        return False
    return URL(scheme="http", netloc=request.headers.get("host", "")).hostname in LOCAL_NAMES


def address_of(scope: Scope) -> str:
    """Whom a request comes from. Who has one IPv6 address has 2**64 of them: they count as one."""
    address: str = scope["client"][0] if scope["client"] else ""
    if ":" not in address:
        return address
    try:
        six = IPv6Address(address)
    except ValueError:  # whatever a proxy calls it
        return address
    return str(six.ipv4_mapped or IPv6Address(int(six) >> 64 << 64))


@dataclass(frozen=True)
class Rate:
    """So many at once, refilled by so many a second."""

    burst: int
    per_second: float


class Buckets:
    """A token bucket per key, kept as one number: the time at which the bucket is full again. `clock` gives seconds.

    A key is kept as its hash, whatever its length, so that the table's bytes are bounded by the number of its keys.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = monotonic) -> None:
        self._each, self._depth, self._clock = 1 / rate.per_second, rate.burst / rate.per_second, clock
        self._full_at: dict[int, float] = {}

    def take(self, key: Hashable, count: int = 1) -> None:
        """So many tokens of the key's bucket. TooFastError where it does not hold them."""
        now = self._clock()
        full_at = max(self._full_at.get(hash(key), now), now) + count * self._each
        if full_at - now > self._depth + 1e-9:
            raise TooFastError(full_at - now - self._depth)
        self._fill(key, full_at, now)

    def spend(self, key: Hashable, count: int) -> None:
        """So many tokens of the key's bucket, and of what will flow into it, for what is there already."""
        now = self._clock()
        self._fill(key, max(self._full_at.get(hash(key), now), now) + count * self._each, now)

    def _fill(self, key: Hashable, full_at: float, now: float) -> None:
        self._full_at[hash(key)] = full_at
        if len(self._full_at) > MOST_BUCKETS:  # those go that are full again; where nearly none is, all
            waiting = {name: full_at for name, full_at in self._full_at.items() if full_at > now}
            self._full_at = waiting if len(waiting) < MOST_BUCKETS // 2 else {}


# How much at once -----------------------------------------------------------------------------------------------------

Result = TypeVar("Result")
SLICE = 0.002  # seconds after which others in the queue get their turn at a thread
SHORT = 0.0005  # seconds of a slice between clicks; steps of at most four times that need no thread
PASSES = 4  # of the event loop between two short slices: a click that waits is answered in them
MOST_OF_ONE = 4  # jobs of one client at once


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


class Pool:
    """Runs up to `threads` jobs at once; `queue` more may wait. A job is known by the client that it is for.

    A job in slices may compute for `seconds` altogether, as `clock` tells them.
    """

    def __init__(self, threads: int, queue: int, seconds: float, clock: Callable[[], float] = perf_counter) -> None:
        self._places = threads + queue
        self._seconds, self._clock = seconds, clock
        self._clients: Counter[str] = Counter()
        self._turn = asyncio.Lock()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="work")

    async def run(self, client: str, job: Callable[[], Result]) -> Result:
        """What the job returns. BusyError where the queue is full, TooFastError where this client fills it."""
        with self._place(client):
            return await self._in_thread(job)

    async def run_in_slices(self, client: str, start: Result, steps: Iterator[Result]) -> Result:
        """The last of the steps, or `start` where there is none; in turns with other jobs.

        Errors as of `run`; TooLongError where it computes longer than a request may.
        """
        with self._place(client):
            part, left = await self._in_thread(partial(_slice, start, steps, 0.0, self._clock)), self._seconds
            while part.more:
                short = part.seconds <= 4 * SHORT * part.steps
                part = await (self._between_clicks if short else self._in_thread)(
                    partial(_slice, part.last, steps, SHORT if short else SLICE, self._clock)
                )
                left -= part.seconds
                if left < 0 and part.more:
                    raise TooLongError(f"This takes more than the {self._seconds:g} seconds that one request may take.")
            return part.last

    def close(self) -> None:
        """Let go of the threads; what waits is not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _between_clicks(self, job: Callable[[], Result]) -> Result:
        """What a short job returns, here: a thread would take the interpreter from the clicks for much longer."""
        async with self._turn:
            result = job()
            for _ in range(PASSES):
                await asyncio.sleep(0)
            return result

    async def _in_thread(self, job: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, job)

    @contextmanager
    def _place(self, client: str) -> Iterator[None]:
        if self._clients[client] >= MOST_OF_ONE:
            raise TooFastError(1)
        if self._clients.total() >= self._places:
            raise BusyError
        self._clients[client] += 1
        try:
            yield
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]


def _slice(last: Result, steps: Iterator[Result], most: float, clock: Callable[[], float]) -> Slice[Result]:
    """As many steps as fit into so many seconds, at least one."""
    start = clock()
    count = 0
    for count, last in enumerate(steps, start=1):
        seconds = clock() - start
        if seconds > most:
            return Slice(last, True, count, seconds)
    return Slice(last, False, count, clock() - start)


# In a line ------------------------------------------------------------------------------------------------------------

LONGEST_WAIT = 60.0  # seconds


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


# Whose turn it is -----------------------------------------------------------------------------------------------------

AT_ONCE = 2  # requests that are begun in one pass of the event loop


class Turns:
    """Begins a few requests in each pass of the event loop, of one address after the other. Pure ASGI.

    So however many requests one address sends, those of another one wait for a few of them, not for all. A request that
    was begun holds no other one up: what takes long is computed elsewhere.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._begun = 0  # in this pass
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

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
            self._waiting.setdefault(address, deque()).append(turn)
            await turn

    def _pass(self) -> None:
        """The next pass of the event loop has come."""
        self._begun = 0
        while self._waiting and self._begun < AT_ONCE:
            address, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[address] = turns
            if not turn.done():  # whoever waited for it may have been told to stop
                turn.set_result(None)
                self._begun += 1
        if self._begun:
            asyncio.get_running_loop().call_soon(self._pass)
