"""The default store: one SQLite file, read on the event loop's thread, written by a thread of its own."""

import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.lessons import UnknownLessonError
from app.sessions.store.database import FILE, connect, explained
from app.sessions.store.live import Live
from app.sessions.store.migrations import migrate
from app.sessions.store.operations import led_to, with_operation
from app.sessions.store.packing import packed_fixed, packed_moving, unpacked_session
from app.sessions.store.store import (
    Kept,
    NotWritableError,
    StaleRevisionError,
    UnknownSessionError,
)
from app.sessions.store.writer import BEAT, Writer
from app.sessions.walk.session import TrainingSession

ID_BYTES = 18  # 144 random bits
SWEPT_AT_ONCE = 50
NOTED = 1 / 48  # of its lifetime: how exactly it is noted when a session was used last
INSERT = "INSERT INTO session (id, rev, fixed, moving, touched) VALUES (?, 1, ?, ?, ?)"
SWAP = "UPDATE session SET rev = ?, moving = ?, operations = ? WHERE id = ? AND rev = ? AND touched >= ?"
TOUCH = "UPDATE session SET touched = max(touched, ?) WHERE id = ?"
SWEEP = "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE touched < ? LIMIT ?)"


@dataclass(frozen=True)
class Bounds:
    """How long and how much a store keeps.

    A session that nobody used for `hours` is forgotten. One that was used in the last `live_minutes` is live, and at
    most `live_sessions` are. A session takes at most `document_bytes`. `synchronous` is SQLite's: NORMAL survives
    the end of the program, FULL that of the machine too.
    """

    hours: float = 24.0
    live_sessions: int = 2_000
    live_minutes: float = 5.0
    document_bytes: int = 256_000
    synchronous: str = "NORMAL"


class SqliteStore:
    """Sessions in a directory's `explorer.sqlite3`; other processes may use the same file.

    Raises StoreVersionError where a newer program has written the file. `clock` gives seconds.
    """

    def __init__(self, directory: Path, bounds: Bounds = Bounds(), clock: Callable[[], float] = time.time) -> None:
        self._bounds, self._clock, self._lifetime = bounds, clock, bounds.hours * 3600.0
        self._live = Live(bounds.live_sessions, bounds.live_minutes * 60.0, clock)
        self._reader = connect(directory / FILE, bounds.synchronous)
        try:
            migrate(self._reader)
        except Exception:
            self._reader.close()
            raise
        self._writer = _writer(directory / FILE, bounds.synchronous)

    async def create(self, session: TrainingSession) -> Kept:
        """Keep a new session, at revision 1; a few expired ones go."""
        fixed = packed_fixed(session, self._bounds.document_bytes)
        moving = packed_moving(session, self._bounds.document_bytes, len(fixed))
        kept = Kept(secrets.token_urlsafe(ID_BYTES), 1, session, fixed_bytes=len(fixed))
        self._live.admit(kept.id)
        try:
            await self._sweep()
            await self._writer.write(INSERT, (kept.id, fixed, moving, self._clock()))
        except NotWritableError:
            self._live.forget(kept.id)
            raise
        return self._live.hold(kept)

    async def load(self, session_id: str) -> Kept:
        """The session of this id; it counts as used."""
        row = self._row("SELECT rev, touched FROM session WHERE id = ?", session_id)
        if row is None or row[1] < self._unused_since(1):
            self._live.forget(session_id)
            raise UnknownSessionError
        self._live.admit(session_id)
        if self._clock() - row[1] > self._lifetime * NOTED:
            await self._touch(session_id)
        held = self._live.held(session_id)
        return held if held is not None and held.rev == row[0] else self._read(session_id)

    def _read(self, session_id: str) -> Kept:
        row = self._row("SELECT rev, fixed, moving, operations FROM session WHERE id = ?", session_id)
        if row is None:
            raise UnknownSessionError
        rev, fixed, moving, operations = row
        try:
            session = unpacked_session(fixed, moving)
        except UnknownLessonError as error:
            raise UnknownSessionError from error
        return self._live.hold(Kept(session_id, rev, session, tuple(operations.split()), len(fixed)))

    async def save(self, kept: Kept, session: TrainingSession, key: str = "") -> Kept:
        """Put `session` in the place of `kept` if it still has that revision: compare and swap, in one statement.

        A revision belongs to one list of operations, so comparing it also makes sure that `key` was not done before.
        """
        rev = kept.rev + 1
        operations = with_operation(kept.operations, key, rev)
        moving = packed_moving(session, self._bounds.document_bytes, kept.fixed_bytes)
        swap = (rev, moving, " ".join(operations), kept.id, kept.rev, self._unused_since(1))
        if await self._writer.write(SWAP, swap):
            return self._live.hold(Kept(kept.id, rev, session, operations, kept.fixed_bytes))
        current = await self.load(kept.id)
        if led_to(current.operations, key) is None:
            raise StaleRevisionError(current)
        return current

    async def check(self) -> None:
        """Read and write; StoreError where that does not work."""
        self._row("SELECT 1 FROM session LIMIT 1")
        await self._writer.write(BEAT)

    def close(self) -> None:
        """Commit what waits, and close the file; whoever closes it last also empties its log."""
        self._writer.close()
        self._reader.close()

    def _row(self, query: str, *parameters: str) -> Any:
        """The first row that is found; None where there is none."""
        try:
            return self._reader.execute(query, parameters).fetchone()
        except sqlite3.Error as error:
            raise explained(error) from error

    def _unused_since(self, notes: int) -> float:
        """The time before which a session was noted last that nobody used for its lifetime."""
        return self._clock() - self._lifetime * (1 + notes * NOTED)

    async def _touch(self, session_id: str) -> None:
        """Whatever loads a session keeps it alive; where nothing can be written, it is shown all the same."""
        with suppress(NotWritableError):
            await self._writer.write(TOUCH, (self._clock(), session_id))

    async def _sweep(self) -> None:
        """Forget a few that can no longer be loaded: one that is being used cannot be among them."""
        await self._writer.write(SWEEP, (self._unused_since(2), SWEPT_AT_ONCE))


def _writer(file: Path, synchronous: str) -> Writer:
    """Nothing is written on the event loop's thread where each commit waits for the disk."""
    if synchronous != "NORMAL":
        return Writer(connect(file, synchronous))
    prompt = connect(file, wait=0.0)
    prompt.execute("PRAGMA wal_autocheckpoint = 0")  # checkpoints wait for the disk: they are the thread's
    return Writer(connect(file), prompt)
