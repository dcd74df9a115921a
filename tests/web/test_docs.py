"""The documentation: complete, and true of what is answered."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient


@pytest.fixture
def openapi(client: TestClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").json()
    return document


def test_openapi_lists_the_api_and_nothing_else(openapi: dict[str, Any]) -> None:
    one = "/api/sessions/{session_id}"
    verbs = (
        "step",
        "back",
        "forward",
        "backward",
        "update",
        "train",
        "reset",
        "undo",
        "trace",
        "history",
        "paths",
        "gradient-check",
        "question",
        "answer",
        "answers",
    )
    assert set(openapi["paths"]) == {"/api/lessons", "/api/sessions", one, *(f"{one}/{verb}" for verb in verbs)}


def test_every_operation_says_what_it_does_and_how_it_can_fail(openapi: dict[str, Any]) -> None:
    for path, methods in openapi["paths"].items():
        for operation in methods.values():
            assert operation["description"].endswith("."), path
            if "session_id" in path:
                assert {"404", "409", "412", "422"} <= set(operation["responses"])
            for status, response in operation["responses"].items():
                kind = "application/json" if status.startswith("2") else "application/problem+json"
                assert kind in response["content"], (path, status)


def test_every_kind_of_object_says_what_it_is(openapi: dict[str, Any]) -> None:
    for name, schema in openapi["components"]["schemas"].items():
        assert schema.get("description"), name


def test_the_page_holds_every_operation_and_every_object(client: TestClient, openapi: dict[str, Any]) -> None:
    page = BeautifulSoup(client.get("/docs").text, "html.parser")
    text = page.get_text()
    assert all(path in text for path in openapi["paths"])
    assert all(page.find(id=f"schema-{name}") for name in openapi["components"]["schemas"])


@pytest.mark.parametrize("path", ["/api/nothing", "/api/sessions/nobody"])
def test_the_type_of_a_problem_leads_to_its_description(client: TestClient, path: str) -> None:
    page, _, place = client.get(path).json()["type"].partition("#")
    assert BeautifulSoup(client.get(page).text, "html.parser").find(id=place) is not None


def test_the_page_fetches_nothing_from_elsewhere(client: TestClient) -> None:
    page = BeautifulSoup(client.get("/docs").text, "html.parser")
    for tag in page.find_all(["script", "link", "img"]):
        assert str(tag.get("src") or tag.get("href")).startswith("/static/")
