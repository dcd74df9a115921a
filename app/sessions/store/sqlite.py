"""The default store: one SQLite file with a write-ahead log, which several processes may share."""

import asyncio
import secrets
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from app.lessons import UnknownLessonError
from app.limits import StoreLimits
from app.sessions.store.migrations import migrate
from app.sessions.store.private import make_file
from app.sessions.store.store import (
    ID_BYTES,
    DamagedSessionError,
    Kept,
    Live,
    NotWritableError,
    StaleRevisionError,
    StoreError,
    UnknownSessionError,
    led_to,
    with_operation,
)
from app.sessions.store.texts import packed_fixed, packed_moving, session_of
from app.sessions.walk.session import TrainingSession

FILE = "explorer.sqlite3"
USUAL = StoreLimits()
SWEPT_AT_ONCE = 50
NOTED = 1 / 48  # of its lifetime: how exactly it is noted when a session was used last
BUSY_SECONDS = 5.0  # how long one process waits for another's commit
CHECKPOINT_EVERY = 500  # statements
INSERT = "INSERT INTO session (id, rev, fixed, moving, touched) VALUES (?, 1, ?, ?, ?)"
SWAP = "UPDATE session SET rev = ?, moving = ?, operations = ? WHERE id = ? AND rev = ? AND touched >= ?"
TOUCH = "UPDATE session SET touched = max(touched, ?) WHERE id = ?"
SWEEP = "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE touched < ? LIMIT ?)"
DELETE = "DELETE FROM session WHERE id = ?"
REVOKE = "UPDATE OR IGNORE session SET id = ? WHERE id = ?"
SHARE = "UPDATE OR IGNORE session SET reader = ? WHERE id = ? AND reader IS NULL"
UNSHARE = "UPDATE session SET reader = NULL WHERE id = ?"
BEAT = "UPDATE pulse SET beats = beats + 1"  # a write for its own sake


class SqliteStore:
    """Sessions in a directory's `explorer.sqlite3`; other processes may use the same file.

    Raises StoreVersionError where a newer program has written the file. `clock` gives seconds.
    """

    def __init__(self, directory: Path, limits: StoreLimits = USUAL, clock: Callable[[], float] = time.time) -> None:
        self._limits, self._clock, self._lifetime = limits, clock, limits.session_hours * 3600.0
        self._live = Live(limits.max_live_sessions, limits.live_minutes * 60.0, clock)
        make_file(directory / FILE)
        self._reader = connect(directory / FILE, limits.synchronous)
        try:
            migrate(self._reader)
        except Exception:
            self._reader.close()
            raise
        self._writer = Writer(directory / FILE, limits.synchronous)

    async def create(self, session: TrainingSession) -> Kept:
        """Keep a new session, at revision 1; a few expired ones go."""
        fixed = packed_fixed(session, self._limits.max_session_bytes)
        moving = packed_moving(session, self._limits.max_session_bytes, len(fixed))
        kept = Kept(secrets.token_urlsafe(ID_BYTES), 1, session, fixed_bytes=len(fixed))
        self._live.admit(kept.id)
        try:
            await self._writer.write(SWEEP, self._unused_since(2), SWEPT_AT_ONCE)  # none that is being used
            await self._writer.write(INSERT, kept.id, fixed, moving, self._clock())
        except NotWritableError:
            self._live.forget(kept.id)
            raise
        return self._live.hold(kept)

    async def load(self, session_id: str) -> Kept:
        """The session of this id, or of this reader's key; it counts as used."""
        row = self._row("SELECT rev, touched FROM session WHERE id = ?", session_id)
        if row is None and (own := self._row("SELECT id FROM session WHERE reader = ?", session_id)):
            return replace(await self.load(own[0]), id=session_id, read_only=True)
        if row is None or row[1] < self._unused_since(1):
            self._live.forget(session_id)
            raise UnknownSessionError
        self._live.admit(session_id)
        if self._clock() - row[1] > self._lifetime * NOTED:
            with suppress(NotWritableError):  # where nothing can be written, it is shown all the same
                await self._writer.write(TOUCH, self._clock(), session_id)
        held = self._live.held(session_id)
        return held if held is not None and held.rev == row[0] else self._read(session_id)

    def _read(self, session_id: str) -> Kept:
        row = self._row("SELECT rev, fixed, moving, operations FROM session WHERE id = ?", session_id)
        if row is None:
            raise UnknownSessionError
        rev, fixed, moving, operations = row
        try:
            kept = Kept(session_id, rev, session_of(fixed, moving), tuple(operations.split()), len(fixed))
            led_to(kept.operations, "")  # they too can be read
        except UnknownLessonError as error:
            raise UnknownSessionError from error
        except Exception as error:  # whatever a text that is no session makes of it
            raise DamagedSessionError from error
        return self._live.hold(kept)

    async def save(self, kept: Kept, session: TrainingSession, key: str = "") -> Kept:
        """Put `session` in the place of `kept` if it still has that revision: compare and swap, in one statement.

        A revision belongs to one list of operations, so comparing it also makes sure that `key` was not done before.
        """
        rev = kept.rev + 1
        operations = with_operation(kept.operations, key, rev)
        moving = packed_moving(session, self._limits.max_session_bytes, kept.fixed_bytes)
        unused = self._unused_since(1)
        if await self._writer.write(SWAP, rev, moving, " ".join(operations), kept.id, kept.rev, unused):
            return self._live.hold(Kept(kept.id, rev, session, operations, kept.fixed_bytes))
        current = await self.load(kept.id)
        if led_to(current.operations, key) is None:
            raise StaleRevisionError(current)
        return current

    # Keys -------------------------------------------------------------------------------------------------------------

    async def delete(self, session_id: str) -> None:
        """Its row goes."""
        if not await self._writer.write(DELETE, session_id):
            raise UnknownSessionError

    async def revoke(self, session_id: str, new_id: str) -> None:
        """Another id for its row. Where the row has it already, the answer was lost and the request sent again."""
        if not await self._writer.write(REVOKE, new_id, session_id):
            row = "SELECT 1 FROM session WHERE id = ?"
            if self._row(row, session_id) or not self._row(row, new_id):
                raise UnknownSessionError

    async def share(self, session_id: str) -> str:
        """The key of its readers; of two who ask at once both get the same."""
        await self._writer.write(SHARE, secrets.token_urlsafe(ID_BYTES), session_id)
        if not (reader := await self.shared(session_id)):
            raise UnknownSessionError
        return reader

    async def unshare(self, session_id: str) -> None:
        """Its row has no such key any more."""
        await self._writer.write(UNSHARE, session_id)

    async def shared(self, session_id: str) -> str:
        """The key of its readers; empty where there is none."""
        row = self._row("SELECT reader FROM session WHERE id = ?", session_id)
        return (row and row[0]) or ""

    # ------------------------------------------------------------------------------------------------------------------

    async def check(self) -> None:
        """Read and write; StoreError where that does not work."""
        self._row("SELECT 1 FROM session LIMIT 1")
        await self._writer.write(BEAT)

    def close(self) -> None:
        """Commit what waits, and close the file; whoever closes it last also empties its log."""
        self._writer.close()
        self._reader.close()

    def _row(self, query: str, *parameters: str) -> Any:
        try:
            return self._reader.execute(query, parameters).fetchone()
        except sqlite3.Error as error:
            raise explained(error) from error

    def _unused_since(self, notes: int) -> float:
        """The time before which a session was noted last that nobody used for its lifetime."""
        return self._clock() - self._lifetime * (1 + notes * NOTED)


class Write(NamedTuple):
    """One statement, and the number of rows that it changed once that is committed."""

    sql: str
    parameters: tuple[Any, ...]
    rows: Future[int]


class Writer:
    """Writes statements: at once, or in a thread where something has to be waited for, all that waits in one commit.

    With `synchronous = NORMAL` a commit waits for no disk, and handing a statement to a thread takes four times as
    long as the statement itself. So it is tried here and now, on a connection that never waits; where another process
    is writing, and where each commit waits for the disk (FULL), the thread does it. Checkpoints, which do wait for the
    disk, are the thread's, too. None of the statements may fail for what another one did.
    """

    def __init__(self, file: Path, synchronous: str) -> None:
        self._file = file
        self._patient = connect(file, synchronous)
        self._prompt = connect(file, wait=0.0) if synchronous == "NORMAL" else None
        if self._prompt is not None:
            self._prompt.execute("PRAGMA wal_autocheckpoint = 0")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._waiting: deque[Write] = deque()
        self._at_once = 0
        self._checkpoint: Future[None] | None = None

    async def write(self, sql: str, *parameters: Any) -> int:
        """The number of rows changed, once that is committed. StoreError where it cannot be written."""
        if self._prompt is not None:
            with suppress(BusyError):
                return await self._written_at_once(self._prompt, sql, parameters)
        rows: Future[int] = Future()
        self._waiting.append(Write(sql, parameters, rows))
        self._thread.submit(self._commit)
        return await asyncio.wrap_future(rows)

    async def _written_at_once(self, prompt: sqlite3.Connection, sql: str, parameters: tuple[Any, ...]) -> int:
        try:
            rows = prompt.execute(sql, parameters).rowcount
        except sqlite3.Error as error:
            raise explained(error) from error
        self._at_once += 1
        if self._at_once % CHECKPOINT_EVERY == 0:
            if self._checkpoint is not None:  # long done, unless the log grows faster than it is emptied
                await asyncio.wrap_future(self._checkpoint)
            self._checkpoint = self._thread.submit(checkpoint, self._file)
        return rows

    def _commit(self) -> None:
        """In the thread: all that waits. It is asked for by each statement; the first one takes the others along."""
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        writes = [write for write in waiting if write.rows.set_running_or_notify_cancel()]
        if not writes:
            return
        try:
            self._patient.execute("BEGIN IMMEDIATE")
            with self._patient:
                changed = [self._patient.execute(write.sql, write.parameters).rowcount for write in writes]
        except Exception as error:
            for write in writes:
                write.rows.set_exception(explained(error))
        else:
            for write, rows in zip(writes, changed, strict=True):
                write.rows.set_result(rows)

    def close(self) -> None:
        """Commit what waits, and end."""
        self._thread.shutdown()
        for connection in (self._patient, self._prompt):
            if connection is not None:
                connection.close()


def connect(file: Path, synchronous: str = "NORMAL", wait: float = BUSY_SECONDS) -> sqlite3.Connection:
    """The file, made where there is none; for one thread at a time. sqlite3.Error where it cannot be opened.

    `wait` is how many seconds a statement waits while another connection writes.
    """
    connection = sqlite3.connect(file, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA busy_timeout = {round(1000 * wait)}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def checkpoint(file: Path) -> None:
    """What stands in the log goes into the file, and the log is written from its start again."""
    with suppress(sqlite3.Error), closing(connect(file, wait=0.05)) as connection:  # there is another one soon
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()  # most of it, while others write
        connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()  # the rest; others wait meanwhile


# What SQLite's errors mean --------------------------------------------------------------------------------------------

FREE_SPACE = "Free some space on the server's disk, then try again."
ALLOW = "Let the program write to its data directory, then try again."
REASONS = {
    sqlite3.SQLITE_FULL: ("the disk is full", FREE_SPACE),
    sqlite3.SQLITE_IOERR: ("the disk is full, or does not take what is written", FREE_SPACE),
    sqlite3.SQLITE_READONLY: ("the file of sessions is read-only", ALLOW),
    sqlite3.SQLITE_CANTOPEN: ("the file of sessions cannot be opened", ALLOW),
    sqlite3.SQLITE_BUSY: (f"another process has held the file for {BUSY_SECONDS:g} seconds", "Try again."),
}


class BusyError(NotWritableError):
    """Another connection was writing for as long as this one waits."""


def explained(error: Exception) -> StoreError:
    """One of SQLite's errors as the store's own, in words where it means that nothing can be written."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the others say more of it
    kind = BusyError if code == sqlite3.SQLITE_BUSY else NotWritableError
    return kind(*REASONS[code]) if code in REASONS else StoreError(str(error))
