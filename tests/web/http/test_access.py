"""Who may call a route: whoever holds the key in its path, or anyone where that is said."""

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.http.security import ANYONE, KEYS, SESSION, UndeclaredRouteError, check_access, operations_of


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings.model_copy(update={"metrics": True}))


def test_every_operation_asks_for_a_key_or_is_said_to_be_for_anyone(app: FastAPI) -> None:
    found = set(operations_of(app.router.routes))
    assert {operation for operation in found if not any(key in operation for key in KEYS)} == ANYONE
    assert {"POST /sessions/{session_id}/step", "POST /api/sessions/{session_id}/train"} <= found


def test_every_documented_operation_is_among_those_that_were_walked(app: FastAPI) -> None:
    documented = {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}
    assert documented <= set(operations_of(app.router.routes))


async def answered(request: Request) -> Response:
    return PlainTextResponse("")


@pytest.mark.parametrize(("path", "method"), [("/secret", "GET"), ("/docs", "POST"), ("/api/sessions", "GET")])
def test_an_application_with_an_operation_without_a_key_that_is_not_for_anyone_is_not_made(
    app: FastAPI, path: str, method: str
) -> None:
    app.router.routes.append(Route(path, answered, methods=[method]))
    with pytest.raises(UndeclaredRouteError, match=f"{method} {path} asks for no key"):
        check_access(app.router.routes)


def test_without_the_id_of_a_session_no_operation_on_one_answers(app: FastAPI) -> None:
    with TestClient(app, base_url="http://testserver", follow_redirects=False) as client:
        for operation in operations_of(app.router.routes):
            if SESSION in operation:
                method, path = operation.replace(SESSION, "somebody-elses").split(" ")
                assert client.request(method, path, json={}).status_code in (404, 422), operation
