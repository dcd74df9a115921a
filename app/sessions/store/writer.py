"""What is to be written: at once where nobody is in the way, else in one thread, where all that waits is one commit.

Handing a statement to a thread and its result back costs about 60 microseconds, four times as much as the statement.
With `synchronous = NORMAL` a commit waits for no disk, so a statement alone is not handed over: it is tried on the
event loop's own connection, which never waits. Where another thread or process writes just then, or each commit waits
for the disk (FULL), the thread takes it. Checkpoints, which do wait for the disk, are always the thread's.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

from app.sessions.store.database import BUSY_SECONDS, BusyError, explained

MOST_AT_ONCE = 64  # statements in one transaction
CHECKPOINT_EVERY = 500  # statements written at once
BEAT = "UPDATE pulse SET beats = beats + 1"  # a write for its own sake
CHECKPOINT = (
    "PRAGMA wal_checkpoint(PASSIVE)",  # most of it, while others write
    "PRAGMA busy_timeout = 50",  # a long reader, such as a backup, is not waited for: others could not write meanwhile
    "PRAGMA wal_checkpoint(RESTART)",  # the rest; from here on the log is written from its start again
    f"PRAGMA busy_timeout = {round(1000 * BUSY_SECONDS)}",
)


class Write(NamedTuple):
    """One statement; `future`, where somebody waits for it, gets the number of rows that it changed."""

    sql: str
    parameters: Sequence[Any]
    loop: asyncio.AbstractEventLoop | None = None
    future: asyncio.Future[int] | None = None


class Writer:
    """Writes to one file. `patient` waits for other writers and is the thread's; `prompt`, if any, never waits.

    Each statement is a transaction, or part of one with others that waited; none may fail for what another one did.
    """

    def __init__(self, patient: sqlite3.Connection, prompt: sqlite3.Connection | None = None) -> None:
        self._patient, self._prompt = patient, prompt
        self._at_once = 0
        self._checkpoint_due = False
        self._queue: SimpleQueue[Write | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    async def write(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """The number of rows changed, once that is committed. StoreError where it cannot be written."""
        if self._prompt is not None and self._queue.empty():
            with suppress(BusyError):
                return self._written_at_once(self._prompt, sql, parameters)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[int] = loop.create_future()
        self._queue.put(Write(sql, parameters, loop, future))
        return await future

    def note(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Write when there is time; nobody waits for it, and it may fail."""
        self._queue.put(Write(sql, parameters))

    def _written_at_once(self, prompt: sqlite3.Connection, sql: str, parameters: Sequence[Any]) -> int:
        try:
            rows = prompt.execute(sql, parameters).rowcount
        except sqlite3.Error as error:
            raise explained(error) from error
        self._at_once += 1
        if self._at_once % CHECKPOINT_EVERY == 0:
            self._checkpoint_due = True
            self.note(BEAT)  # wakes the thread
        return rows

    def close(self) -> None:
        """Commit what waits, and end."""
        self._queue.put(None)
        self._thread.join()
        for connection in (self._patient, self._prompt):
            if connection is not None:
                connection.close()

    # In the thread ---------------------------------------------------------------------------------------------

    def _run(self) -> None:
        ending = False
        while not ending:
            group = self._waiting()
            ending = group[-1] is None
            writes = [write for write in group if write is not None]
            if writes:
                _answer(writes, self._committed(writes))
            if self._checkpoint_due:
                self._checkpoint()

    def _waiting(self) -> list[Write | None]:
        """All that waits, at least one, up to the sign that there is no more."""
        group = [self._queue.get()]
        with suppress(Empty):
            while group[-1] is not None and len(group) < MOST_AT_ONCE:
                group.append(self._queue.get_nowait())
        return group

    def _committed(self, writes: list[Write]) -> list[int] | Exception:
        """How many rows each has changed; what is wrong, where none of them was committed."""
        try:
            if len(writes) == 1:  # a statement alone is a transaction
                return [self._execute(writes[0])]
            self._patient.execute("BEGIN IMMEDIATE")
            with self._patient:
                return [self._execute(write) for write in writes]
        except Exception as error:
            return explained(error)

    def _checkpoint(self) -> None:
        self._checkpoint_due = False
        with suppress(sqlite3.Error):  # there is another one soon
            for statement in CHECKPOINT:
                self._patient.execute(statement).fetchall()

    def _execute(self, write: Write) -> int:
        return self._patient.execute(write.sql, write.parameters).rowcount


def _answer(writes: list[Write], outcome: list[int] | Exception) -> None:
    """Tell those who wait: each event loop is called once."""
    answers = zip(writes, outcome if isinstance(outcome, list) else [outcome] * len(writes), strict=True)
    for loop, group in groupby(answers, key=lambda answer: answer[0].loop):
        if loop is not None:
            with suppress(RuntimeError):  # a loop that is closed waits for nothing
                loop.call_soon_threadsafe(_resolve, [(write.future, result) for write, result in group])


def _resolve(answers: list[tuple[asyncio.Future[int], int | Exception]]) -> None:
    """In the event loop: nobody waits any more for a future that is done."""
    for future, result in answers:
        if future.done():
            continue
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)
