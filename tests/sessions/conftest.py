"""Stores on one directory, each as of another process; all are closed in the end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.limits import StoreLimits
from app.sessions.store.sqlite import SqliteStore
from tests.sessions.clock import Clock

Opened = Callable[..., SqliteStore]  # takes the fields of StoreLimits by name


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Opened]:
    """Opens the store of one directory, as often as asked."""
    stores: list[SqliteStore] = []

    def opened(**limits: object) -> SqliteStore:
        stores.append(SqliteStore(tmp_path, StoreLimits(**limits), clock))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()
