"""The documentation: complete, and true of what is answered."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from app.engine.network.errors import DivergedError, SetupError
from app.lessons import LESSONS, UnknownLessonError
from app.main import create_app
from app.sessions.classroom.classroom import ClassroomError, MayNotError, NoKeyError
from app.sessions.store.classroom import UnknownClassError
from app.sessions.store.sqlite import SqliteStore
from app.sessions.store.store import (
    DamagedSessionError,
    Kept,
    NotWritableError,
    ReadOnlyError,
    SessionTooLargeError,
    StaleRevisionError,
    StoreAwayError,
    StoreFullError,
    UnknownSessionError,
)
from app.sessions.take_away.link import NotYetError
from app.sessions.walk.session import TrainingSession
from app.settings import Settings
from app.views.api_docs import PROBLEMS, api_docs
from app.views.take_away.forms import UnknownFormError
from app.web.api import sessions
from app.web.http.errors import HANDLERS
from app.web.http.rates import TooFastError
from app.web.http.work import BusyError
from tests.web.reading import soup


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
        "revoke",
        "share",
        "unshare",
        "link",
        "export/{form}",
    )
    of_class = (
        "seats",
        "seats/{label}",
        "events",
        "move",
        "follow",
        "pause",
        "lock",
        "admit",
        "rotate",
        "ask",
        "next",
        "results.csv",
    )
    a_class = "/api/classes/{code}"
    assert set(openapi["paths"]) == {
        *("/api/lessons", "/api/sessions", one, *(f"{one}/{verb}" for verb in verbs)),
        *("/api/classes", a_class, *(f"{a_class}/{verb}" for verb in (*of_class, "insist", "tempo", "vote"))),
    }


def test_every_operation_says_what_it_does_and_how_it_can_fail(openapi: dict[str, Any]) -> None:
    for path, methods in openapi["paths"].items():
        for operation in methods.values():
            assert operation["description"].endswith("."), path
            if "session_id" in path:
                assert {"404", "409", "412", "422"} <= set(operation["responses"])
            for status, response in operation["responses"].items():
                kinds = {*response.get("content", ())}
                assert (
                    bool(kinds) == (status != "204") if status.startswith("2") else "application/problem+json" in kinds
                ), (path, status)


def test_every_kind_of_object_says_what_it_is(openapi: dict[str, Any]) -> None:
    for name, schema in openapi["components"]["schemas"].items():
        assert schema.get("description"), name


def test_the_page_holds_every_operation_and_every_object(client: TestClient, openapi: dict[str, Any]) -> None:
    page = soup(client, "/docs")
    text = page.get_text()
    assert all(path in text for path in openapi["paths"])
    assert all(page.find(id=f"schema-{name}") for name in openapi["components"]["schemas"])


class Refusing(SqliteStore):
    """A store that answers with an error."""

    error: Exception

    async def load(self, session_id: str) -> Kept:
        raise self.error


def stale() -> StaleRevisionError:
    return StaleRevisionError(Kept("id", 2, TrainingSession.of_lesson(LESSONS[0])))


ERRORS: dict[str, Callable[[], Exception]] = {
    "invalid": lambda: SetupError("sizes", "Too few.", "Give more."),
    "request": lambda: HTTPException(413),
    "read-only": ReadOnlyError,
    "unknown-session": UnknownSessionError,
    "diverged": lambda: DivergedError(3, "the loss"),
    "not-yet": lambda: NotYetError("A bug is hunted", "Find it first."),
    "stale": stale,
    "too-fast": lambda: TooFastError(1.0),
    "busy": BusyError,
    "store-away": lambda: StoreAwayError("its Redis cannot be reached"),
    "store-full": lambda: StoreFullError(1),
    "not-writable": lambda: NotWritableError("the disk is full", "Free some space."),
    "unknown-class": UnknownClassError,
    "no-key": NoKeyError,
    "may-not": MayNotError,
    "class": lambda: ClassroomError("It is locked."),
    "failed": RuntimeError,
}


@pytest.mark.parametrize("kind", ERRORS)
def test_the_type_of_a_problem_leads_to_its_description(settings: Settings, kind: str) -> None:
    def refusing(given: Settings) -> Refusing:
        store = Refusing(given.data_directory)
        store.error = ERRORS[kind]()
        return store

    with TestClient(create_app(settings, refusing), raise_server_exceptions=False) as client:
        answer = client.get(f"/api/sessions/{24 * 'n'}")
        page, _, place = answer.json()["type"].partition("#")
        described = soup(client, page).find(id=place)
    assert place == kind
    assert described is not None
    assert str(answer.status_code) in described.get_text()


def test_every_error_that_is_answered_has_a_kind_that_is_described() -> None:
    answered = set(HANDLERS | sessions.HANDLERS) - {
        RequestValidationError,
        UnknownLessonError,
        SessionTooLargeError,  # these three are "invalid"
        DamagedSessionError,  # "unknown-session"
        UnknownFormError,  # "request"
    }
    assert answered <= {type(error()) for error in ERRORS.values()}
    assert list(ERRORS) == [kind for kind, *_ in PROBLEMS]


def test_the_page_fetches_nothing_from_elsewhere(client: TestClient) -> None:
    page = soup(client, "/docs")
    for tag in page.find_all(["script", "link", "img"]):
        assert str(tag.get("src") or tag.get("href")).startswith("/static/")


@pytest.mark.parametrize(
    ("content", "gives"),
    [
        ({"application/json": {"schema": {"$ref": "#/components/schemas/State"}}}, "State"),
        ({"text/csv": {"schema": {"type": "string"}}}, "text/csv"),
        ({}, ""),
    ],
)
def test_an_operation_says_what_it_gives_be_it_json_or_not(content: dict[str, Any], gives: str) -> None:
    operation = {"operationId": "one", "responses": {"200": {"content": content}, "404": {}}}
    document = {"info": {"description": ""}, "paths": {"/": {"get": operation}}, "components": {"schemas": {}}}
    assert [one.gives for one in api_docs(document).operations] == [gives]
