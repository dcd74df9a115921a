"""Stores of each kind, each opened as by another process; all are closed in the end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.limits import StoreLimits
from tests.redis_server import RedisServer, redis_server, with_redis
from tests.sessions.clock import Clock, run
from tests.sessions.stores import Kind, Redis, Sqlite

Opened = Callable[..., Any]  # takes the fields of StoreLimits by name; returns a store of the kind that is tested


@pytest.fixture(scope="session")
def server() -> Iterator[RedisServer]:
    """A Redis, for all tests that leave it running."""
    with redis_server() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=with_redis)])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    """Each kind of store in turn; a file of tests about one of them has a fixture of this name of its own."""
    return Sqlite(tmp_path) if request.param == "sqlite" else Redis(request.getfixturevalue("server"))


@pytest.fixture
def clock(kind: Kind) -> Clock:
    return kind.clock


@pytest.fixture
def opened(kind: Kind) -> Iterator[Opened]:
    """Opens the store of one place, as often as asked."""
    stores: list[Any] = []

    def opened(**limits: object) -> Any:
        stores.append(kind.open(StoreLimits(**limits)))
        return stores[-1]

    yield opened
    for store in stores:
        run(store.close())
