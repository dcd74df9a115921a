"""What changes in a Redis, heard over one connection however many listen.

What was published while that connection was lost, or before a topic was listened to, is not heard. So a bell rings too
when its topic has just begun to be heard: whoever listens then reads how things stand.
"""

import asyncio
import logging
import random
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from typing import Any

from app.sessions.store.bells import Bells
from app.sessions.store.redis_server import PREFIX, Server

log = logging.getLogger(__name__)
CHANNEL = f"{PREFIX}changed:"  # and the id of a class or a walk
SILENCE = 10.0  # seconds after which a connection that says nothing is asked whether it lives; then it has as many more
FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0  # seconds until it is made again


class RedisBell:
    """Rung when a message comes."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()

    async def heard(self, seconds: float) -> None:
        """Waits for the message."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.rung.wait()
        self.rung.clear()


class RedisBells:
    """All bells of this process, and the connection that rings them: made when somebody listens first."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._bells = Bells[RedisBell]()
        self._wanted = asyncio.Event()  # other topics than before
        self._hearing: asyncio.Task[None] | None = None
        self._closed = False

    @contextmanager
    def listening(self, *topics: str) -> Iterator[RedisBell]:
        """A bell that rings for these."""
        if self._hearing is None:
            self._hearing = asyncio.create_task(self._hear(), context=Context())  # it is of no request
        try:
            with self._bells.listening(RedisBell(), *topics) as bell:
                self._wanted.set()
                yield bell
        finally:
            self._wanted.set()

    async def close(self) -> None:
        """Hear no more."""
        self._closed = True
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.wait([self._hearing])

    async def _hear(self) -> None:
        """As long as the program runs: hear, and where the connection is lost make another one."""
        wait = FIRST_WAIT
        while not self._closed:
            heard = asyncio.Event()
            try:
                async with self._server.client.pubsub() as connection:
                    await connection.connect()
                    await first_of(self._subscribe(connection), self._ring(connection, heard))
            except Exception:  # whatever the client makes of a connection that is lost
                if heard.is_set():
                    wait = FIRST_WAIT
                    log.warning("The connection that listens to the Redis is lost and made again")
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # not all processes at once
            wait = min(LONGEST_WAIT, 2 * wait)

    async def _subscribe(self, connection: Any) -> None:
        """Ask for what somebody listens to, and for nothing else."""
        asked: set[str] = set()
        while not self._closed:
            self._wanted.clear()
            wanted = {CHANNEL + topic for topic in self._bells.topics}
            if more := wanted - asked:
                await connection.subscribe(*more)
            if less := asked - wanted:
                await connection.unsubscribe(*less)
            asked = wanted
            await self._wanted.wait()

    async def _ring(self, connection: Any, heard: asyncio.Event) -> None:
        """Ring for each message, and for each topic from which messages come from now on."""
        asked_for_life = False
        while True:
            message = await connection.get_message(timeout=SILENCE)
            if message is None:
                if asked_for_life:
                    raise ConnectionError
                await connection.ping()
            else:
                heard.set()
                if message["type"] in ("message", "subscribe"):
                    self._bells.ring(message["channel"].decode().removeprefix(CHANNEL))
            asked_for_life = message is None


async def first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Do these together until one of them ends, with its error."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            await end(task)
    for task in done:
        task.result()


async def end(task: asyncio.Task[None]) -> None:
    """Cancel it until it ends: what sends a command may not notice it the first time."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)
