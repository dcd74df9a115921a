"""The default store: one SQLite file, used on the event loop's thread (one small row costs less than a thread)."""

import secrets
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from app.lessons import UnknownLessonError
from app.sessions.documents import fixed_text, moving_text, session_of
from app.sessions.store import Kept, StaleRevisionError, UnknownSessionError
from app.sessions.training import TrainingSession

FILE = "explorer.sqlite3"
VERSION = 1
ID_BYTES = 18  # 144 random bits
SWEPT_AT_ONCE = 50
MOST_LIVE = 256  # sessions held in memory beside their rows
MOST_NUMBERS = 20_000  # a larger one is read anew each time, so that memory stays bounded
SCHEMA = """
CREATE TABLE session (id TEXT PRIMARY KEY, rev INTEGER NOT NULL, fixed TEXT NOT NULL, moving TEXT NOT NULL,
                      touched REAL NOT NULL);
CREATE INDEX session_touched ON session (touched);
"""


class StoreVersionError(RuntimeError):
    """The file was written by another version of the program, which this one cannot read."""


class SqliteStore:
    """Sessions in a directory's `explorer.sqlite3`; one that nobody touched for `hours` is forgotten.

    Raises StoreVersionError where the file has a schema of another version. `clock` gives seconds.
    """

    def __init__(self, directory: Path, hours: float, clock: Callable[[], float] = time.time) -> None:
        self._lifetime, self._clock = hours * 3600.0, clock
        self._live: OrderedDict[str, Kept] = OrderedDict()
        self._connection = sqlite3.connect(directory / FILE, isolation_level=None, timeout=5.0)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._prepare()

    def _prepare(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            self._connection.close()
            raise StoreVersionError(
                f"{FILE} was written by another version of the program. Name another directory with --data."
            )
        if version == 0:
            self._connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")

    async def create(self, session: TrainingSession) -> Kept:
        """Keep a new session, at revision 1; a few expired ones go."""
        self._sweep()
        kept = Kept(secrets.token_urlsafe(ID_BYTES), 1, session)
        self._connection.execute(
            "INSERT INTO session (id, rev, fixed, moving, touched) VALUES (?, ?, ?, ?, ?)",
            (kept.id, kept.rev, fixed_text(session), moving_text(session), self._clock()),
        )
        return self._living(kept)

    async def load(self, session_id: str) -> Kept:
        """The session of this id; UnknownSessionError where there is none or it has expired."""
        row = self._connection.execute("SELECT rev, touched FROM session WHERE id = ?", (session_id,)).fetchone()
        if row is None or row[1] < self._expired_before:
            raise UnknownSessionError
        rev, touched = row
        self._touch(session_id, touched)
        live = self._live.get(session_id)
        return live if live is not None and live.rev == rev else self._read(session_id)

    def _read(self, session_id: str) -> Kept:
        rev, fixed, moving = self._connection.execute(
            "SELECT rev, fixed, moving FROM session WHERE id = ?", (session_id,)
        ).fetchone()
        try:
            return self._living(Kept(session_id, rev, session_of(fixed, moving)))
        except UnknownLessonError as error:
            raise UnknownSessionError from error

    def _living(self, kept: Kept) -> Kept:
        """Hold a small session in memory, with the numbers that it has computed; its row still has the last word."""
        self._live.pop(kept.id, None)
        if len(kept.session.batch) * sum(kept.session.shape.sizes) <= MOST_NUMBERS:
            self._live[kept.id] = kept
        if len(self._live) > MOST_LIVE:
            self._live.popitem(last=False)
        return kept

    async def save(self, kept: Kept, session: TrainingSession) -> Kept:
        """Put `session` in the place of `kept` if it still has that revision: compare and swap, in one statement."""
        changed = self._connection.execute(
            "UPDATE session SET rev = rev + 1, moving = ? WHERE id = ? AND rev = ?",
            (moving_text(session), kept.id, kept.rev),
        ).rowcount
        if changed == 0:
            raise StaleRevisionError(await self.load(kept.id))
        return self._living(Kept(kept.id, kept.rev + 1, session))

    async def check(self) -> None:
        """sqlite3.Error where the file cannot be read."""
        self._connection.execute("SELECT 1 FROM session LIMIT 1").fetchone()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def _expired_before(self) -> float:
        return self._clock() - self._lifetime

    def _touch(self, session_id: str, touched: float) -> None:
        """Whatever loads a session keeps it alive; noted seldom, so that loading stays cheap."""
        now = self._clock()
        if now - touched > self._lifetime / 10:
            self._connection.execute("UPDATE session SET touched = ? WHERE id = ?", (now, session_id))

    def _sweep(self) -> None:
        self._connection.execute(
            "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE touched < ? LIMIT ?)",
            (self._expired_before, SWEPT_AT_ONCE),
        )
