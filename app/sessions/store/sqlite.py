"""The default store: one SQLite file with a write-ahead log, which several processes may share.

Its time is the seconds for which programs have served the file. No date that is put right, and no backup that is put in
its place, makes a session older.
"""

import asyncio
import os
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

from app.engine.memory import MEGABYTE, MEMORY
from app.limits import StoreLimits
from app.sessions.store.migrations import migrate
from app.sessions.store.private import make_file
from app.sessions.store.rows import Rows
from app.sessions.store.sqlite_classes import SqliteClasses
from app.sessions.store.store import (
    FOR_THOSE_THERE,
    ID_BYTES,
    NOTED,
    Kept,
    NotWritableError,
    StaleRevisionError,
    StoreError,
    StoreFullError,
    UnknownSessionError,
    held_bytes,
    led_to,
    with_operation,
)
from app.sessions.walk.session import TrainingSession

FILE = "explorer.sqlite3"
USUAL = StoreLimits()
SWEPT_AT_ONCE = 10
BUSY_SECONDS = 5.0  # how long one process waits for another's commit
LOG_BYTES = 4_000_000  # between two checkpoints, about
STATEMENT_BYTES = 8_192  # that a statement writes for each row besides its texts, about: two pages
USED = (
    "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
)
INSERT = f"INSERT INTO session (id, rev, fixed, moving, touched, moved) SELECT ?, 1, ?, ?, ?, ? WHERE ({USED}) < ?"
SWAP = "UPDATE session SET rev = ?, moving = ?, operations = ?, moved = ? WHERE id = ? AND rev = ? AND touched >= ?"
TOUCH = "UPDATE session SET touched = max(touched, ?) WHERE id = ?"
SWEEP = "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE touched < ? LIMIT ?)"
DELETE = "DELETE FROM session WHERE id = ? AND touched >= ?"
REVOKE = "UPDATE OR IGNORE session SET id = ? WHERE id = ? AND touched >= ?"
SHARE = "UPDATE OR IGNORE session SET reader = ? WHERE id = ? AND reader IS NULL AND touched >= ?"
UNSHARE = "UPDATE session SET reader = NULL WHERE id = ?"
BEAT = "UPDATE pulse SET beats = beats + 1, seconds = max(seconds, ?)"
TIME = "SELECT max(seconds, coalesce((SELECT max(touched) FROM session), 0)) FROM pulse"


class SqliteStore:
    """Sessions in a directory's `explorer.sqlite3`; other processes may use the same file.

    Raises StoreVersionError where a newer program has written the file. `clock` gives seconds, and never jumps.
    """

    def __init__(
        self, directory: Path, limits: StoreLimits = USUAL, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits, self._lifetime = limits, limits.session_hours * 3600.0
        most_bytes = round(limits.max_store_megabytes * MEGABYTE)
        self._bytes_for_new = most_bytes * (1 - FOR_THOSE_THERE)
        self._to_rows = Rows(limits.max_session_bytes)
        make_file(directory / FILE)
        self._reader = connect(directory / FILE, limits.synchronous)
        try:
            migrate(self._reader)
            (seconds,) = self._row(TIME)
        except Exception:
            self._reader.close()
            raise
        self._clock = clock
        self._before: float = seconds - clock()  # that it was served before this clock's 0
        self._writer = Writer(directory / FILE, limits.synchronous, most_bytes)
        self.classes = SqliteClasses(self._writer.write, self._rows, self._now, limits.class_hours * 3600.0)

    async def create(self, session: TrainingSession) -> Kept:
        """Keep a new session, at revision 1."""
        fixed = await self._to_rows.fixed(session)
        moving = await self._to_rows.moving(session, len(fixed))
        kept = Kept(secrets.token_urlsafe(ID_BYTES), 1, session, fixed_bytes=len(fixed), moved=time.time())
        if not await self._writer.write(INSERT, kept.id, fixed, moving, self._now(), kept.moved, self._bytes_for_new):
            raise StoreFullError(self._limits.max_store_megabytes)
        return self._hold(kept)

    async def load(self, session_id: str) -> Kept:
        """The session of this id, or of this reader's key; it counts as used."""
        row = self._row("SELECT rev, touched FROM session WHERE id = ?", session_id)
        if row is None and (own := self._row("SELECT id FROM session WHERE reader = ?", session_id)):
            return replace(await self.load(own[0]), id=session_id, read_only=True)
        if row is None or row[1] < self._unused_since(1):
            MEMORY.take((self, session_id))
            raise UnknownSessionError
        if self._now() - row[1] > self._lifetime * NOTED:
            with suppress(NotWritableError):  # where nothing can be written, it is shown all the same
                await self._writer.write(TOUCH, self._now(), session_id)
        held: Kept | None = MEMORY.get((self, session_id))  # the row has the last word
        return held if held is not None and held.rev == row[0] else await self._read(session_id)

    async def _read(self, session_id: str) -> Kept:
        async with self._to_rows.at_work:  # no more rows are held than are read
            row = self._row("SELECT rev, fixed, moving, operations, moved FROM session WHERE id = ?", session_id)
            if row is None:
                raise UnknownSessionError
            return self._hold(await self._to_rows.kept(session_id, *row))

    async def save(self, kept: Kept, session: TrainingSession, key: str = "") -> Kept:
        """Put `session` in the place of `kept` if it still has that revision: compare and swap, in one statement.

        A revision belongs to one list of operations, so comparing it also makes sure that `key` was not done before.
        """
        rev = kept.rev + 1
        operations = with_operation(kept.operations, key, rev)
        moving = await self._to_rows.moving(session, kept.fixed_bytes)
        unused, moved = self._unused_since(1), time.time()
        if await self._writer.write(SWAP, rev, moving, " ".join(operations), moved, kept.id, kept.rev, unused):
            self.classes.ring(kept.id)
            return self._hold(Kept(kept.id, rev, session, operations, kept.fixed_bytes, moved=moved))
        current = await self.load(kept.id)
        if led_to(current.operations, key) is None:
            raise StaleRevisionError(current)
        return current

    # Keys -------------------------------------------------------------------------------------------------------------

    async def delete(self, session_id: str) -> None:
        """Its row goes."""
        if not await self._writer.write(DELETE, session_id, self._unused_since(1)):
            raise UnknownSessionError

    async def revoke(self, session_id: str, new_id: str) -> None:
        """Another id for its row. Where the row has it already, the answer was lost and the request sent again."""
        if not await self._writer.write(REVOKE, new_id, session_id, self._unused_since(1)):
            row = "SELECT 1 FROM session WHERE id = ?"
            if self._row(row, session_id) or not self._row(row, new_id):
                raise UnknownSessionError

    async def share(self, session_id: str) -> str:
        """The key of its readers; of two who ask at once both get the same."""
        await self._writer.write(SHARE, secrets.token_urlsafe(ID_BYTES), session_id, self._unused_since(1))
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
        """Read and write; StoreError where that does not work, or no new session is kept."""
        (used,) = self._row(USED)
        await self._writer.write(BEAT, self._now())
        if used >= self._bytes_for_new:
            raise StoreFullError(self._limits.max_store_megabytes)

    async def sweep(self) -> None:
        """A few rows at a time, none that is being used; and how late it is, for whoever opens the file next."""
        await self._writer.write(BEAT, self._now())
        while await self._writer.write(SWEEP, self._unused_since(2), SWEPT_AT_ONCE):
            await asyncio.sleep(0)  # others have their turn
        await self.classes.sweep()

    async def close(self) -> None:
        """Commit what waits, and close the file; whoever closes it last also empties its log."""
        self._writer.close(BEAT, self._now())
        self._reader.close()

    def _row(self, query: str, *parameters: Any) -> Any:
        return next(iter(self._rows(query, *parameters)), None)

    def _rows(self, query: str, *parameters: Any) -> list[Any]:
        try:
            return self._reader.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise explained(error) from error

    def _hold(self, kept: Kept) -> Kept:
        """The same, held with the numbers that it has computed, while there is room."""
        MEMORY.put((self, kept.id), kept, held_bytes(kept.session))
        return kept

    # Time -------------------------------------------------------------------------------------------------------------

    def _now(self) -> float:
        """For how many seconds the file has been served."""
        return self._before + self._clock()

    def _unused_since(self, notes: int) -> float:
        """The time before which a session was noted last that nobody used for its lifetime."""
        return self._now() - self._lifetime * (1 + notes * NOTED)


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

    def __init__(self, file: Path, synchronous: str, most_bytes: int) -> None:
        self._file = file
        self._patient = connect(file, synchronous)
        self._prompt = connect(file, wait=0.0) if synchronous == "NORMAL" else None
        for connection in (self._patient, self._prompt):
            if connection is not None:
                bound(connection, most_bytes)
        self._opened = files_of(file)
        if self._prompt is not None:
            self._prompt.execute("PRAGMA wal_autocheckpoint = 0")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._waiting: deque[Write] = deque()
        self._logged = 0  # bytes since the last checkpoint
        self._checkpoint: Future[None] | None = None

    async def write(self, sql: str, *parameters: Any) -> int:
        """The number of rows changed, once that is committed. StoreError where it cannot be written."""
        if files_of(self._file) != self._opened:  # what is written now, nobody would find again
            raise NotWritableError(GONE, "Put it back, or start the program again.")
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
        self._logged += STATEMENT_BYTES * max(1, rows) + sum(
            len(given) for given in parameters if isinstance(given, str | bytes)
        )
        if self._logged >= LOG_BYTES:
            self._logged = 0
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

    def close(self, sql: str = "", *parameters: Any) -> None:
        """Commit what waits, and one last statement if that can be, and end."""
        self._thread.shutdown()
        with suppress(sqlite3.Error):
            self._patient.execute(sql, parameters)
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
        connection.execute("PRAGMA secure_delete = ON")  # what goes is in no byte of the file any more
        connection.execute(f"PRAGMA busy_timeout = {round(1000 * wait)}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def bound(connection: sqlite3.Connection, most_bytes: int) -> None:
    """Let no statement of this connection make the file larger than so many bytes."""
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    connection.execute(f"PRAGMA max_page_count = {max(1, most_bytes // page)}")


def files_of(file: Path) -> list[tuple[int, int]]:
    """Which files lie where the store and its log are, by device and number; none where one of them is missing."""
    try:
        found = [os.stat(f"{file}{end}") for end in ("", "-wal", "-shm")]
    except OSError:
        return []
    return [(one.st_dev, one.st_ino) for one in found]


def checkpoint(file: Path) -> None:
    """What stands in the log goes into the file, and the log is written from its start again."""
    with suppress(sqlite3.Error), closing(connect(file, wait=0.05)) as connection:  # there is another one soon
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()  # most of it, while others write
        connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()  # the rest; others wait meanwhile


# What SQLite's errors mean --------------------------------------------------------------------------------------------

FREE_SPACE = "Free some space on the server's disk, then try again."
GONE = "the file of sessions was removed, or another put in its place, while the program runs"
ALLOW = "Let the program write to its data directory, then try again."
REASONS = {
    sqlite3.SQLITE_FULL: ("the disk is full, or the file of sessions as large as it may be", FREE_SPACE),
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
