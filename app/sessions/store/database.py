"""The store's file: how it is opened, and which of SQLite's errors mean that it cannot be written."""

import sqlite3
from pathlib import Path

from app.sessions.store.store import NotWritableError, StoreError


class BusyError(NotWritableError):
    """Another connection was writing for as long as this one waits."""


FILE = "explorer.sqlite3"
BUSY_SECONDS = 5.0  # how long one process waits for another's commit
FREE_SPACE = "Free some space on the server's disk, then try again."
ALLOW = "Let the program write to its data directory, then try again."
REASONS = {
    sqlite3.SQLITE_FULL: ("the disk is full", FREE_SPACE),
    sqlite3.SQLITE_IOERR: ("the disk is full, or does not take what is written", FREE_SPACE),
    sqlite3.SQLITE_READONLY: ("the file of sessions is read-only", ALLOW),
    sqlite3.SQLITE_CANTOPEN: ("the file of sessions cannot be opened", ALLOW),
    sqlite3.SQLITE_BUSY: (f"another process has held the file for {BUSY_SECONDS:g} seconds", "Try again."),
}


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


def explained(error: Exception) -> StoreError:
    """One of SQLite's errors as the store's own, in words where it means that nothing can be written."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the others say more of it
    kind = BusyError if code == sqlite3.SQLITE_BUSY else NotWritableError
    return kind(*REASONS[code]) if code in REASONS else StoreError(str(error))
