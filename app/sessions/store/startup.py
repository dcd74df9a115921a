"""Before the program starts: can its sessions be kept in this directory? If not, a sentence says what to do."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from app.sessions.store.migrations import StoreVersionError, migrate
from app.sessions.store.places import CannotKeepSessionsError
from app.sessions.store.private import DIRECTORY, keep_private, make_file
from app.sessions.store.sqlite import FILE, connect

MOUNTS = Path("/proc/self/mountinfo")  # of Linux; elsewhere only the other checks are made
SHARED = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|ncpfs|ocfs2|gfs2?|beegfs|fuse\.(sshfs|s3fs|rclone)"
)
SPELLED = re.compile(r"\\([0-7]{3})")  # how a space and the like stand in a path of mountinfo
ANOTHER = "Name another directory with --data DIRECTORY."
MEGABYTE = 1_000_000


def check_data_directory(directory: Path, free_megabytes: float) -> str:
    """Make the directory and its file ready, and close both to others; returns what must be said where that cannot be.

    CannotKeepSessionsError where sessions cannot be kept there. `free_megabytes` is how much space there must be.
    """
    try:
        directory.mkdir(DIRECTORY, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotKeepSessionsError(
            f"The data directory {directory} cannot be made: {error.strerror}. {ANOTHER}"
        ) from error
    check_file_system(directory, MOUNTS.read_text() if MOUNTS.exists() else "")
    check_free_space(directory, free_megabytes)
    make_file(directory / FILE)
    open_to_others = keep_private(directory, FILE)
    check_file(directory)
    return open_to_others


def check_file_system(directory: Path, mounts: str) -> None:
    """A write-ahead log needs shared memory, which a network does not give. `mounts` is as in /proc/self/mountinfo."""
    kind = file_system(directory.resolve(), mounts)
    if SHARED.fullmatch(kind) or str(directory).startswith(("\\\\", "//")):
        raise CannotKeepSessionsError(
            f"The data directory {directory} lies on a network file system ({kind or 'a shared folder'}), where "
            "sessions would be damaged. Name a directory on this computer's own disk with --data DIRECTORY."
        )


def file_system(directory: Path, mounts: str) -> str:
    """The kind of file system that holds a directory; empty where `mounts` does not say."""
    lines = (line.partition(" - ") for line in mounts.splitlines())
    kinds = {SPELLED.sub(lambda c: chr(int(c[1], 8)), head.split()[4]): tail.split()[0] for head, _, tail in lines}
    return next((kinds[str(place)] for place in (directory, *directory.parents) if str(place) in kinds), "")


def check_free_space(directory: Path, megabytes: float) -> None:
    """There must be so much space."""
    free = shutil.disk_usage(directory).free / MEGABYTE
    if free < megabytes:
        raise CannotKeepSessionsError(
            f"The disk of the data directory {directory} has {free:,.0f} MB free; {megabytes:,.0f} MB are needed. "
            f"Free some space, or name another directory with --data DIRECTORY."
        )


def check_file(directory: Path) -> None:
    """The file must be whole, of a known version, with a write-ahead log, and take what is written."""
    try:
        with closing(connect(directory / FILE)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise CannotKeepSessionsError(damaged(directory / FILE))
            migrate(connection)
            check_log(connection, directory)
            connection.execute("UPDATE pulse SET beats = beats + 1")
    except StoreVersionError as error:
        raise CannotKeepSessionsError(str(error)) from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise CannotKeepSessionsError(damaged(directory / FILE)) from error
        reason = f"The data directory {directory} cannot be written to: {error}. {ANOTHER}"
        raise CannotKeepSessionsError(reason) from error


def check_log(connection: sqlite3.Connection, directory: Path) -> None:
    """Without a write-ahead log a learner who looks would stop all that write."""
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        raise CannotKeepSessionsError(
            f"The disk of the data directory {directory} does not take a write-ahead log. {ANOTHER}"
        )


def damaged(file: Path) -> str:
    """What to do about a file that is not whole."""
    return (
        f"The file of sessions {file} is damaged. Put a backup in its place, or move it away to start without "
        f"sessions; files beside it whose names begin with {file.name} go with it."
    )
