"""The application in process, on a data directory of its own."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.main import create_app
from app.sessions.store.sqlite import SqliteStore
from app.settings import Settings
from tests.sessions.clock import Clock

Opened = tuple[FastAPI, Callable[[Path, Clock], None]]


@pytest.fixture(scope="session", autouse=True)
def unfrozen() -> Iterator[None]:
    """The program freezes what is there when it starts, for as long as it runs.

    Tests start it often: what one has left behind would be frozen by the next, and never go.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", lambda: None)
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """As by default, for a client that calls this host `testserver` and clicks as fast as it can."""
    return unhurried(tmp_path)


def unhurried(data: Path, store: str = "") -> Settings:
    return Settings(data_directory=data, store=store, allowed_hosts=("testserver",), session_burst=100_000)


@pytest.fixture
def clock() -> Clock:
    """The client's clock: it stands, so that nothing depends on how fast the machine is.

    A test may let it tick; one that trains without end must: while the clock stands, a request has all the time.
    """
    return Clock()


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """An application for all tests, which has its templates compiled, and what gives it a directory and a clock anew.

    All else is made when it starts: each client starts it once more.
    """
    given: list[tuple[Path, Clock]] = []
    settings = unhurried(tmp_path_factory.mktemp("no sessions"))
    app = create_app(
        settings,
        lambda settings: SqliteStore(given[-1][0], settings),
        lambda: given[-1][1](),
    )

    def give(data: Path, clock: Clock) -> None:
        given[:] = [(data, clock)]

    return app, give


@pytest.fixture
def client(application: Opened, settings: Settings, clock: Clock) -> Iterator[TestClient]:
    app, give = application
    give(settings.data_directory, clock)
    with TestClient(app, follow_redirects=False) as client:
        yield client
