"""The application in process, on a data directory of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """As by default, for a client that calls this host `testserver` and clicks as fast as it can."""
    return Settings(data_directory=tmp_path, allowed_hosts=("testserver",), session_burst=100_000)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), follow_redirects=False) as client:
        yield client
