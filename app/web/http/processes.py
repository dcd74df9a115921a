"""Requests that take long are answered by a process of their own, whose computing takes no turns with the clicks.

The process that serves begins every request. Where it comes to what takes long, before anything was changed, it passes
the whole request on to another process, which runs the same program on the same store and sends its answer back. So
what crosses between them is a request and an answer, and nothing else has to know of it. The process that computes
gives way to all others of the machine, is started when it is needed first and again when it has died, and ends with
the one that it was started by.
"""

import asyncio
import gc
import logging
import multiprocessing
import os
import pickle
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from struct import Struct
from time import monotonic
from typing import Any, NamedTuple, Protocol

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.engine.memory import MEMORY, tidy
from app.web.http.request_log import request_id
from app.web.http.work import BusyError

log = logging.getLogger(__name__)
NICE = 10  # below the process that serves: that one has nine times its weight where both want to compute
SILENT = 10.0  # seconds without a sign of life after which it is ended
ASKED = 5  # times meanwhile whether it lives
ENDS_WITHIN = 1.0  # seconds, when it is told to
AGAIN, AT_MOST = 1.0, 60.0  # seconds until it is started again; longer where it dies again before it is ready
TIDYING = 1 / 10  # of its time at most, while it computes: what pages leave behind is large
OUT_OF_MEMORY = Path("/proc/self/oom_score_adj")
STUCK = 75  # the exit code where something computes that cannot be ended otherwise
PASSED = (
    "type", "asgi", "http_version", "method", "scheme", "path", "raw_path", "query_string", "root_path",
    "headers", "client", "server", "may_begin",
)  # fmt: skip
LENGTH = Struct("!I")
GO = b"!"  # to a process that waits
STANDARD = 3  # descriptors: input, output, errors
MAY_BEGIN = "may_begin"  # in the scope of a request of which the process that serves found that it may begin a walk
BEGUN = "begun"  # in the scope of a request that was passed on: the walks that it began
Frame = tuple[int, Any]  # the number of a request, and what is said about it; 0: about the process itself
Target = Callable[..., None]  # what the process does; its last argument is its end of the connection
HERE = "here"  # in the scope of a request that is not passed on any more


class Elsewhere(Exception):  # noqa: N818 - no error: the request goes on
    """The request that comes to this is to be answered by this process."""

    def __init__(self, process: "WorkProcess") -> None:
        super().__init__()
        self.process = process


class LostError(BusyError):
    """The process that computed has died."""

    def __init__(self) -> None:
        RuntimeError.__init__(
            self, "What computed this has ended before it was done. Load the page again: what was answered is not lost."
        )


class Begun(NamedTuple):
    """A walk that the other process has begun, to be counted here: its id, whether it is large, and its bytes."""

    id: str
    large: bool
    size: int


class Head(NamedTuple):
    """The head of an answer, with what the process that serves is to know besides."""

    message: Message
    begun: list[Begun]
    kept: int  # bytes that the other process keeps of what it worked out


# In the process that serves -------------------------------------------------------------------------------------------


class Process(Protocol):
    """What the one that serves does with the process that computes."""

    @property
    def exitcode(self) -> int | None: ...
    def join(self, timeout: float | None = None) -> None: ...
    def kill(self) -> None: ...


Start = Callable[[], tuple[Process, socket.socket]]  # the process, and this end of the connection to it


def forked(target: Target, *given: Any) -> Start:
    """What starts a process that does so, with its end of the connection.

    The first one is a copy of this process as it is now, before it has begun anything: what both have read in takes its
    memory once. It waits until it is started. Those that replace it are spawned.
    """
    gc.collect()
    gc.freeze()  # collections write nothing into what both have
    first, again = [_started("fork", _once_told, target, given)], spawned(target, *given)

    def start() -> tuple[Process, socket.socket]:
        if not first:
            return again()
        process, connection = first.pop()
        with suppress(ConnectionError):  # it has died: that is noticed
            connection.send(GO)
        return process, connection

    return start


def spawned(target: Target, *given: Any) -> Start:
    """What starts a process that does so, with its end of the connection: one that has read in nothing."""
    return partial(_started, "spawn", target, *given)


def _started(how: str, target: Target, *given: Any) -> tuple[Process, socket.socket]:
    ours, theirs = socket.socketpair()
    with theirs:
        context: Any = multiprocessing.get_context(how)
        process: BaseProcess = context.Process(target=target, args=(*given, theirs), daemon=True)
        process.start()
    return process, ours


def _once_told(target: Target, given: tuple[Any, ...], connection: socket.socket) -> None:
    """In a copy of a process: hold nothing of what that one has open, and do what is to be done when it is told so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    mine = connection.fileno()
    os.closerange(STANDARD, mine)
    os.closerange(mine + 1, os.sysconf("SC_OPEN_MAX"))
    if connection.recv(len(GO)):
        target(*given, connection)
    os._exit(0)


@dataclass(eq=False)
class Work:
    """One process that computes: what it is asked is known by numbers, and each has a queue of what is to be sent."""

    process: Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    asked: dict[int, asyncio.Queue[Any]] = field(default_factory=dict)
    heard: float = field(default_factory=monotonic)

    def say(self, number: int, thing: Any) -> None:
        """Tell it something; where it has died, whoever reads from it notices."""
        if not self.writer.is_closing():
            self.writer.write(framed(number, thing))


class WorkProcess:
    """The process that computes, from the side of the one that serves.

    The bound of what is worked out and kept is that of both together: what the other one keeps, this one does not.
    `count_begun` counts a walk that the other one has begun for a request. Where it gives no sign of life for `silent`
    seconds although it is asked for something, it is ended.
    """

    def __init__(self, start: Start, count_begun: Callable[[Request, Begun], None], silent: float = SILENT) -> None:
        self._start, self._count_begun, self._silent = start, count_begun, silent
        self._numbers = count(1)
        self._work: Work | None = None
        self._running: asyncio.Task[None] | None = None
        self._most = MEMORY.most

    def is_ready(self) -> bool:
        """Whether requests can be passed on; where it does not run, it is started for those that come later."""
        if self._running is None:
            self._running = asyncio.create_task(self._run(), context=Context())  # it is of no request
        return self._work is not None

    async def answer(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Have a request answered, whose body is read. BusyError where the process dies before it answers.

        ClientDisconnect where nobody waits for it any more: it is told so.
        """
        work = self._work
        if work is None:
            raise LostError
        number, said = next(self._numbers), asyncio.Queue[Any]()
        work.asked[number] = said
        passed = {name: scope[name] for name in PASSED if name in scope}
        left = asyncio.ensure_future(_left(receive, said))
        started = over = False
        try:
            work.say(number, (passed, body, request_id.get()))
            with suppress(ConnectionError):  # it has died: that is said, too
                await work.writer.drain()
            while not over:
                message = await said.get()
                if message is None:
                    raise LostError if not started else ConnectionError("The process that computed an answer has died")
                if isinstance(message, Head):
                    started = True
                    for one in message.begun:
                        self._count_begun(Request(scope), one)
                    MEMORY.most = self._most - message.kept
                    message = message.message
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                await send(message)
                over = message["type"] == "http.response.body" and not message.get("more_body", False)
                if not over and message["type"] == "http.response.body":
                    work.say(number, True)
        finally:
            left.cancel()
            del work.asked[number]
            if not over:
                work.say(number, False)

    @asynccontextmanager
    async def open(self, soon: float) -> AsyncIterator[None]:
        """While this lasts it runs: from so many seconds on, or as soon as it is needed."""
        starting = asyncio.get_running_loop().call_later(soon, self.is_ready)
        yield
        starting.cancel()
        await self.close()

    async def close(self) -> None:
        """End it; whoever still waits for it is told."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def _run(self) -> None:
        wait = AGAIN
        while True:
            begun = monotonic()
            work = await self._started()
            try:
                await self._heard(work)
            finally:
                was_ready, self._work = self._work is not None, None
                MEMORY.most = self._most
                for said in work.asked.values():
                    said.put_nowait(None)
                await closed(work.writer)
                await _ended(work.process)
            wait = AGAIN if was_ready else min(2 * wait, AT_MOST)
            log.warning(
                "The process that computes has ended by itself (%s); it is started again", work.process.exitcode
            )
            await asyncio.sleep(max(0.0, wait - (monotonic() - begun)))

    async def _started(self) -> Work:
        process, connection = await asyncio.to_thread(self._start)
        return Work(process, *await asyncio.open_connection(sock=connection))

    async def _heard(self, work: Work) -> None:
        """Whatever it says goes to those who wait for it, until it says nothing more."""
        watched = asyncio.create_task(self._watched(work))
        try:
            async for number, thing in frames(work.reader):
                work.heard = monotonic()
                if number in work.asked:
                    work.asked[number].put_nowait(thing)
                elif number == 0:
                    self._work = work
        finally:
            watched.cancel()

    async def _watched(self, work: Work) -> None:
        """Where it is asked for something and gives no sign of life, it is ended."""
        while True:
            await asyncio.sleep(self._silent / ASKED)
            if not (work.asked and self._work):
                work.heard = monotonic()
            elif monotonic() - work.heard > self._silent:
                work.process.kill()
            work.say(0, True)


async def _left(receive: Receive, said: asyncio.Queue[Any]) -> None:
    """Says so when the client has hung up."""
    while (message := await receive())["type"] != "http.disconnect":
        pass
    said.put_nowait(message)


async def _ended(process: Process) -> None:
    """Wait until the process has ended, and end it where it takes too long."""
    await asyncio.to_thread(process.join, ENDS_WITHIN)
    if process.exitcode is None:
        process.kill()
        await asyncio.to_thread(process.join)


class PassesOn:
    """Passes requests on to the process that computes, where they come to it. Pure ASGI, the innermost."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body: list[bytes] = []
        more = True

        async def noting() -> Message:
            nonlocal more
            message = await receive()
            if message["type"] == "http.request":
                body.append(message.get("body", b""))
                more = message.get("more_body", False)
            return message

        async def beginning(message: Message) -> None:
            scope[HERE] = True
            await send(message)

        try:
            await self.app(scope, noting, beginning)
        except Elsewhere as elsewhere:
            process = elsewhere.process
        else:
            return
        while more:
            if (await noting())["type"] == "http.disconnect":
                raise ClientDisconnect
        await process.answer(scope, b"".join(body), receive, send)


# In the process that computes -----------------------------------------------------------------------------------------


class Asked:
    """One request that was passed on, from the side of the process that computes."""

    def __init__(self, scope: Scope, body: bytes, say: Callable[[Any], None]) -> None:
        self.scope, self._body, self._say = scope, body, say
        self._given, self._gone, self._more = False, asyncio.Event(), asyncio.Event()

    def hear(self, more: bool) -> None:
        """More of the answer is wanted; or nothing, as the client is gone."""
        (self._more if more else self._gone).set()
        self._more.set()

    async def receive(self) -> Message:
        """The body, and then the end."""
        if not self._given:
            self._given = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Pass it on; of a long answer the next piece, when the one before was taken."""
        if self._gone.is_set():
            raise OSError("The client is gone")
        self._more.clear()
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(message["headers"])}
            self._say(Head(message, self.scope[BEGUN], MEMORY.bytes))
            return
        self._say(message)
        if message.get("more_body", False):
            await self._more.wait()


class Packed(GZipMiddleware):
    """Packs an answer where the client takes it packed; else the process that serves says what there is to say of it.

    Pure ASGI.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packs = scope["type"] == "http" and "gzip" in Headers(scope=scope).get("accept-encoding", "")
        await (super().__call__ if packs else self.app)(scope, receive, send)


def work_apart(make_app: Callable[[], Any], connection: socket.socket) -> None:
    """What the process does: answer what it is asked, until the one that asks has ended.

    Signals that are meant for all processes together are that one's. Where time or memory is short, it is the one that
    goes without.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(NICE)
    with suppress(OSError):  # where there is such a thing
        OUT_OF_MEMORY.write_text("500")
    asyncio.run(answered(make_app(), connection))
    os._exit(0)  # whatever is still being computed: nobody waits for it


def end_stuck() -> None:
    """End the process, where something computes that cannot be ended otherwise; it is started again."""
    os._exit(STUCK)


async def answered(app: Any, connection: socket.socket) -> None:
    """Answer all that is asked over the connection, until it is closed."""
    reader, writer = await asyncio.open_connection(sock=connection)
    asked: dict[int, Asked] = {}
    next_tidied = 0.0

    def tidy_now_and_then() -> None:
        nonlocal next_tidied
        if (start := monotonic()) > next_tidied:
            tidy()
            next_tidied = monotonic() + (monotonic() - start) / TIDYING

    tasks: set[asyncio.Task[None]] = set()

    def say(number: int, thing: Any) -> None:
        if not writer.is_closing():
            writer.write(framed(number, thing))

    async def answer(number: int, one: Asked, request: str) -> None:
        request_id.set(request)
        try:
            await app(one.scope, one.receive, one.send)
        except OSError:
            pass  # the client is gone
        except Exception:
            log.exception("An answer ended too early")
            say(number, None)
        finally:
            del asked[number]
            tidy_now_and_then()

    async with app.router.lifespan_context(app):
        say(0, True)
        async for number, thing in frames(reader):
            if number == 0:
                say(0, True)
            elif isinstance(thing, tuple):
                scope, body, request = thing
                one = asked[number] = Asked({**scope, BEGUN: []}, body, partial(say, number))
                task = asyncio.create_task(answer(number, one, request))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            elif number in asked:
                asked[number].hear(thing)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await closed(writer)


# Between them ---------------------------------------------------------------------------------------------------------


def framed(number: int, thing: Any) -> bytes:
    """As bytes. Nobody else can write to the connection, so what it carries can be trusted."""
    text = pickle.dumps((number, thing), pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(text)) + text


async def closed(writer: asyncio.StreamWriter) -> None:
    """Let go of this end of the connection."""
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def frames(reader: asyncio.StreamReader) -> AsyncIterator[Frame]:
    """What is said, until the other one has ended."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
            number, thing = pickle.loads(await reader.readexactly(length))
            yield number, thing
