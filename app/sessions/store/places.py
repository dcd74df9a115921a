"""Where sessions are kept: a directory of this machine, or a Redis. What is done at either is chosen here alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.limits import StoreLimits
from app.sessions.store.private import DIRECTORY
from app.sessions.store.store import SessionStore

MISSING = (
    "EXPLORER_STORE names a Redis, and the package that talks to it is not installed. "
    'Install it: pip install "backprop-explorer[redis]"'
)


class CannotKeepSessionsError(RuntimeError):
    """Sessions cannot be kept there; the message says why, and what to do."""


class BackupError(RuntimeError):
    """There is no backup; the message says why, and what to do."""


class Place(Protocol):
    """A place where sessions are kept."""

    def check(self) -> str:
        """Make it ready before the program starts; what must be said of it, empty where nothing must.

        CannotKeepSessionsError.
        """
        ...

    def open(self, limits: StoreLimits) -> SessionStore:
        """The store that is there."""
        ...

    def back_up(self, file: Path) -> int:
        """Copy all sessions into a new file; returns how many there are. BackupError."""
        ...


def place_of(address: str, directory: Path, free_megabytes: float) -> Place:
    """The Redis of this address; where there is none the directory, whose disk must have so much space."""
    return Redis(address) if address else Directory(directory, free_megabytes)


@dataclass(frozen=True)
class Directory:
    """A directory, with one file of SQLite."""

    path: Path
    free_megabytes: float

    def check(self) -> str:
        """Its disk, its file, and who may read it."""
        from app.sessions.store.startup import check_data_directory

        return check_data_directory(self.path, self.free_megabytes)

    def open(self, limits: StoreLimits) -> SessionStore:
        """The file, made where there is none."""
        from app.sessions.store.sqlite import SqliteStore

        self.path.mkdir(DIRECTORY, parents=True, exist_ok=True)
        return SqliteStore(self.path, limits)

    def back_up(self, file: Path) -> int:
        """A copy of the file, whether or not the program runs."""
        from app.sessions.store.backup import back_up

        return back_up(self.path, file)


@dataclass(frozen=True)
class Redis:
    """A Redis or Valkey, by its address."""

    address: str

    def check(self) -> str:
        """Whether it answers, is new enough, and lets nothing go by itself."""
        try:
            from app.sessions.store.redis_startup import check_redis
        except ModuleNotFoundError as error:
            raise CannotKeepSessionsError(MISSING) from error
        return check_redis(self.address)

    def open(self, limits: StoreLimits) -> SessionStore:
        """What it holds; it need not answer yet."""
        from app.sessions.store.redis import RedisStore

        return RedisStore(self.address, limits)

    def back_up(self, file: Path) -> int:
        """That is the server's own business."""
        raise BackupError(
            "EXPLORER_STORE names a Redis, and this command copies the file of a data directory. Redis makes backups "
            "itself: let it run BGSAVE, and copy its dump file."
        )
