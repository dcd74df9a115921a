"""What whoever runs the program sees of it: alive, ready, its numbers and its log, and none of its sessions' ids."""

import asyncio
import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from logging.config import dictConfig
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.main import create_app
from app.sessions.store.sqlite import SqliteStore
from app.sessions.store.store import NotWritableError, StoreError
from app.settings import Settings
from app.web.http.request_log import (
    REQUESTS,
    JsonLines,
    TextLines,
    log_config,
    request_id,
    without_ids,
)
from tests.web.talk import LESSON, act, begin

BROKEN = {"lesson": "no-such-lesson", "secret": "a-word-of-the-body"}


class Failing(SqliteStore):
    """A store that does not write."""

    error: Exception = NotWritableError("the disk is full", "Free some space on the server's disk, then try again.")

    async def check(self) -> None:
        raise self.error


class Damaged(Failing):
    """A store whose file is gone."""

    error = StoreError("disk I/O error")


class Slow(SqliteStore):
    """A store whose disk takes its time."""

    async def check(self) -> None:
        await asyncio.sleep(30)


@contextmanager
def served(settings: Settings, store: type[SqliteStore] = SqliteStore) -> Iterator[TestClient]:
    """A client of an application with these settings and such a store; errors are answers."""
    app = create_app(settings, lambda given: store(given.data_directory))
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


# Alive and ready ----------------------------------------------------------------------------------------------------


def test_a_program_that_can_work_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("store", "reason"),
    [(Failing, "the disk is full"), (Damaged, "disk I/O error"), (Slow, "did not write within 250 milliseconds")],
)
def test_a_program_whose_store_does_not_write_is_alive_and_not_ready(
    settings: Settings, store: type[SqliteStore], reason: str
) -> None:
    with served(settings, store) as client:
        answer = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    assert answer.status_code == 503
    assert reason in answer.json()["reason"]
    assert answer.headers["Retry-After"] == "1"


def test_a_program_that_is_ending_is_alive_and_not_ready(client: TestClient) -> None:
    app: Any = client.app
    app.state.services.drain.asked = True
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "The program is ending.")
    assert client.get("/healthz").status_code == 200
    begin(client)  # whoever is here goes on


def test_being_ready_means_that_something_was_written(client: TestClient, settings: Settings) -> None:
    def beats() -> int:
        with sqlite3.connect(settings.data_directory / "explorer.sqlite3") as file:
            return int(file.execute("SELECT beats FROM pulse").fetchone()[0])

    before = beats()
    client.get("/readyz")
    assert beats() == before + 1


# Numbers ------------------------------------------------------------------------------------------------------------


def metered(settings: Settings) -> Settings:
    return settings.model_copy(update={"metrics": True})


def test_there_are_no_metrics_unless_they_are_asked_for(client: TestClient, settings: Settings) -> None:
    assert client.get("/metrics").status_code == 404
    with served(metered(settings)) as counted:
        assert counted.get("/metrics").headers["content-type"].startswith("text/plain; version=")


def test_requests_are_counted_by_the_routes_that_were_declared(settings: Settings) -> None:
    with served(metered(settings)) as client:
        state = act(client, begin(client), "step")
        client.get(f"/sessions/{state['id']}")
        client.post(f"/sessions/{state['id']}/step")
        client.get("/static/app.css")
        client.get("/no/such/page")
        client.request("BREW", "/")
        client.get("/", headers={"Host": "another.example"})
        text = client.get("/metrics").text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    counted = {tuple(sample.labels.values()): sample.value for sample in families["explorer_requests"].samples}
    names = {sample.name for sample in families["explorer_request_seconds"].samples}
    for labels in (
        ("POST", "/api/sessions", "201"),
        ("POST", "/api/sessions/{session_id}/step", "200"),
        ("GET", "/sessions/{session_id}", "200"),
        ("POST", "/sessions/{session_id}/step", "303"),
        ("GET", "/static", "200"),
        ("GET", "none", "404"),
        ("other", "/", "405"),
        ("GET", "none", "421"),
    ):
        assert counted[labels] == 1.0, (labels, counted)
    assert {"explorer_request_seconds_bucket", "explorer_request_seconds_sum"} <= names
    assert "process_resident_memory_bytes" in families
    assert state["id"] not in text
    assert "such" not in text


def test_two_applications_in_one_process_count_apart(settings: Settings, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"data_directory": tmp_path})
    with served(metered(settings)) as one, served(metered(elsewhere)) as other:
        begin(one)
        assert 'route="/api/sessions"' not in other.get("/metrics").text


# The log ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What a server with JSON logs writes."""
    written = StringIO()
    config = log_config("json")
    config["handlers"]["stderr"]["stream"] = written
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    dictConfig(config)
    yield written
    root.handlers[:], root.level = before
    logging.getLogger(REQUESTS).setLevel(logging.NOTSET)


def lines(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_each_request_is_a_line_without_ids_addresses_or_bodies(log: StringIO, settings: Settings) -> None:
    with served(settings.model_copy(update={"log_format": "json"})) as client:
        state = act(client, begin(client), "step")
        client.post(f"/sessions/{state['id']}/step", data={"by": "a-word-of-the-body"})
        client.post("/api/sessions", json=BROKEN)
    answered = [line for line in lines(log) if line["logger"] == REQUESTS]
    assert [(line["method"], line["route"], line["status"]) for line in answered] == [
        ("POST", "/api/sessions", 201),
        ("POST", "/api/sessions/{session_id}/step", 200),
        ("POST", "/sessions/{session_id}/step", 422),
        ("POST", "/api/sessions", 422),
    ]
    assert all(line["ms"] > 0 and re.fullmatch("[0-9a-f]{12}", line["request"]) for line in answered)
    assert len({line["request"] for line in answered}) == len(answered)
    for secret in (state["id"], "a-word", "testclient"):
        assert secret not in log.getvalue()


class Exploding(SqliteStore):
    """A store that fails as nobody expected, and says too much."""

    async def load(self, session_id: str) -> Any:
        raise RuntimeError(f"cannot load {session_id}")


def test_an_error_is_found_in_the_log_by_what_its_page_says(log: StringIO, settings: Settings) -> None:
    session = "abcdefghABCDEFGH01234567"
    with served(settings, Exploding) as client:
        page = client.get(f"/sessions/{session}")
        problem = client.get(f"/api/sessions/{session}")
    assert (page.status_code, problem.status_code) == (500, 500)
    shown = re.search(r"name this request: <code>([0-9a-f]{12})</code>", page.text)
    assert shown
    failures = [line for line in lines(log) if line["level"] == "ERROR"]
    assert [line["request"] for line in failures] == [shown[1], problem.json()["request"]]
    assert all("Traceback" in line["error"] and "cannot load {session_id}" in line["error"] for line in failures)
    assert session not in log.getvalue()


@pytest.mark.parametrize("path", ["/none", "/lessons/none", "/sessions/none", "/api/none", "/api/sessions/none"])
def test_every_error_says_which_request_it_was(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert re.search(r"\b[0-9a-f]{12}\b", answer.text)


def test_in_plain_text_a_line_names_its_request_too() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 1, "of abcdefghABCDEFGH01234567 %s", ("something",), None)
    before = request_id.set("0123456789ab")
    assert TextLines().format(record) == "WARNING of {session_id} something [0123456789ab]"
    assert json.loads(JsonLines().format(record))["message"] == "of {session_id} something"
    request_id.reset(before)


def test_ids_are_taken_out_and_words_are_left(client: TestClient) -> None:
    for _ in range(20):
        session = begin(client, LESSON)["id"]
        assert without_ids(f"at /sessions/{session}/step, {session}.") == (
            "at /sessions/{session_id}/step, {session_id}."
        )
    words = "in run_in_a_thread_of_the_pl, UnknownSessionError, SessionTooLargeError"
    assert without_ids(words) == words


def test_the_frameworks_telemetry_is_off_unless_it_is_asked_for(settings: Settings) -> None:
    telemetry: Any = create_app(settings)._native_telemetry
    assert not telemetry.enabled()
    watched: Any = create_app(settings.model_copy(update={"telemetry": True}))
    assert watched._telemetry["tracing"]
    assert not watched._telemetry["logs"]


# What the handbook says ---------------------------------------------------------------------------------------------

TOP = Path(__file__).parents[3]
HANDBOOK = (TOP / "docs/operations.md").read_text()


def test_the_handbook_has_ten_faults_and_each_is_caused_by_a_test() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \| (.+) \| `([\w/]+\.py)::(\w+)` \|$", HANDBOOK, re.MULTILINE)
    assert [int(number) for number, *_ in rows] == list(range(1, 11))
    for _, sign, action, file, test in rows:
        assert f"def {test}(" in (TOP / file).read_text(), test
        assert sign
        assert action.count(". ") == 0, f"one action: {action}"


def test_each_setting_that_the_handbook_names_exists() -> None:
    fields = {name.upper() for name in Settings.model_fields}
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", HANDBOOK))
    named = {name.removeprefix("EXPLORER_") for name in named}
    assert named <= fields
    assert {"ROOT_PATH", "FORWARDED_ALLOW_IPS", "ALLOWED_HOSTS", "DRAIN_SECONDS", "LOG_FORMAT"} <= named
