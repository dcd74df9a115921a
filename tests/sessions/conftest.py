"""Stores on one directory, each as of another process; all are closed in the end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.sessions.store.sqlite import Bounds, SqliteStore
from tests.sessions.clock import Clock

Opened = Callable[..., SqliteStore]  # takes the fields of Bounds by name


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Opened]:
    """Opens the store of one directory, as often as asked."""
    stores: list[SqliteStore] = []

    def opened(**bounds: object) -> SqliteStore:
        stores.append(SqliteStore(tmp_path, Bounds(**bounds), clock))  # type: ignore[arg-type]
        return stores[-1]

    yield opened
    for store in stores:
        store.close()
