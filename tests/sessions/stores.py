"""The kinds of stores that there are, each in a place of its own, opened as often as asked, as by other processes."""

from pathlib import Path
from typing import Protocol

import redis

from app.limits import StoreLimits
from app.sessions.store.redis import RedisStore
from app.sessions.store.sqlite import SqliteStore
from app.sessions.store.store import SessionStore
from tests.redis_server import RedisServer
from tests.sessions.clock import Clock, run

USUAL = StoreLimits()


class Kind(Protocol):
    """One kind of store, in an empty place. Its `clock` says how late it is there."""

    clock: Clock

    def open(self, limits: StoreLimits = USUAL) -> SessionStore:
        """The store, as another process would open it."""
        ...

    def names(self) -> list[str]:
        """The ids of all that is kept there, and names that hold them."""
        ...


class Sqlite:
    """A file in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.clock = directory, Clock()

    def open(self, limits: StoreLimits = USUAL) -> SqliteStore:
        return SqliteStore(self.directory, limits, self.clock)

    def names(self) -> list[str]:
        store = self.open()
        tables = ("SELECT id FROM session", "SELECT id FROM classroom", "SELECT classroom FROM vote")
        found = [name for query in tables for (name,) in store._rows(query)]
        run(store.close())
        return found


class Aging(Clock):
    """A server's clock cannot be set; so all that it holds comes nearer to its end."""

    def __init__(self, client: redis.Redis) -> None:
        super().__init__()
        self.client = client

    def hours(self, hours: float) -> None:
        for name in self.client.scan_iter():
            left: int = self.client.pttl(name)
            if left > 0:
                self.client.pexpire(name, round(left - 3_600_000 * hours))


class Redis:
    """A server that holds nothing but this."""

    def __init__(self, server: RedisServer) -> None:
        self.address, self.client = server.address, server.client()
        self.client.flushall()
        self.clock: Clock = Aging(self.client)

    def open(self, limits: StoreLimits = USUAL) -> RedisStore:
        return RedisStore(self.address, limits)

    def names(self) -> list[str]:
        return [name.decode() for name in self.client.scan_iter() if name != b"explorer:pulse"]
