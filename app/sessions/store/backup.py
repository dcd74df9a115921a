"""A copy of all sessions, made while the program runs; put in the place of the file, it is the store again."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from app.sessions.store.migrations import StoreVersionError, version_of
from app.sessions.store.places import BackupError
from app.sessions.store.private import make_file
from app.sessions.store.sqlite import FILE


def back_up(directory: Path, target: Path) -> int:
    """Copy the sessions of a data directory into one new file, which only its owner can read; returns how many there
    are. BackupError.
    """
    if target.exists():
        raise BackupError(f"{target} exists already. Name a file that does not.")
    if not (directory / FILE).is_file():
        raise BackupError(f"There are no sessions in {directory}. Name the data directory with --data DIRECTORY.")
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        make_file(unfinished)
        original_uri = f"{(directory / FILE).resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(original_uri, uri=True)) as original, closing(sqlite3.connect(unfinished)) as copy:
            version_of(original)
            original.backup(copy)  # all pages in one go: the state of one moment, and nobody waits meanwhile
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                raise sqlite3.DatabaseError(found)
            (sessions,) = copy.execute("SELECT count(*) FROM session").fetchone()
        os.replace(unfinished, target)
    except (OSError, sqlite3.Error, StoreVersionError) as error:
        unfinished.unlink(missing_ok=True)
        raise BackupError(f"The backup {target} cannot be made: {error}. Check its directory and the space.") from error
    return int(sessions)
