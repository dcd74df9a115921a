"""The application in process, on a data directory of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.sessions.clock import Clock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """As by default, for a client that calls this host `testserver` and clicks as fast as it can."""
    return Settings(data_directory=tmp_path, allowed_hosts=("testserver",), session_burst=100_000)


@pytest.fixture
def clock() -> Clock:
    """The client's clock: it stands, so that nothing depends on how fast the machine is; a test may let it tick."""
    return Clock()


@pytest.fixture
def client(settings: Settings, clock: Clock) -> Iterator[TestClient]:
    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as client:
        yield client
