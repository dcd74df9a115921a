"""What the program writes about itself: its numbers and its log, and in them none of its sessions' ids."""

import json
import logging
import re
from collections.abc import Iterator
from io import StringIO
from logging.config import dictConfig
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.main import create_app
from app.sessions.store.sqlite import SqliteStore
from app.settings import Settings
from app.web.http.request_log import REQUESTS, JsonLines, TextLines, log_config, request_id, without_ids
from tests.web.talk import LESSON, act, begin, served

BROKEN = {"lesson": "no-such-lesson", "secret": "a-word-of-the-body"}


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
    names = {sample.name for sample in families["explorer_client_seconds"].samples}
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
    assert {"explorer_client_seconds_bucket", "explorer_client_seconds_sum"} <= names
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
