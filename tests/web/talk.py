"""Short words for talking to the API in tests."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient

from app.main import create_app, store_of
from app.sessions.store.sqlite import SqliteStore
from app.settings import Settings
from app.web.api.schemas import State

Json = dict[str, Any]
LESSON = {"lesson": "one-example-at-a-time"}
BY_HAND = {  # the hand calculation of the second notebook, with the right rule
    "sizes": [2, 2, 2],
    "activations": ["sigmoid", "sigmoid"],
    "loss": "half_squared_error",
    "parameters": {
        "W": [[[0.15, 0.25], [0.2, 0.3]], [[0.4, 0.5], [0.45, 0.55]]],
        "b": [[0.35, 0.35], [0.6, 0.6]],
    },
    "data": {"X": [[0.05, 0.1]], "Y": [[0.01, 0.99]]},
    "optimizer": {"kind": "gradient_descent", "learning_rate": 0.1},
    "decimals": 4,
}
BATCHES = {
    "sizes": [2, 3, 2],
    "data": {"X": [[0.5, -1.0], [1.5, 2.0], [-3.0, 1.0]], "Y": [[0.1, 0.2], [0.3, -0.4], [0.5, 2.5]]},
    "batch_size": 2,
}
HTMX = {"HX-Request": "true"}
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def begin(client: TestClient, what: Json = LESSON) -> Json:
    """A new session's state, documented field by field."""
    response = client.post("/api/sessions", json=what)
    assert response.status_code == 201, response.text
    return documented(response.json())


def walk_of(client: TestClient, what: Json = LESSON, iterations: int = 0) -> str:
    """The address of a new walk that has gone so far."""
    state = begin(client, what)
    if iterations:
        act(client, state, "train", iterations=iterations)
    return f"/sessions/{state['id']}"


def start(client: TestClient, lesson: str = "two-outputs-two-paths", ask: str = "0", **more: str) -> str:
    """The address of a new walk that is begun on the page; where `ask` is empty the form does not tell."""
    response = client.post("/sessions", data={"lesson": lesson, **({"ask": ask} if ask else {}), **more})
    assert response.status_code == 303, response.text
    return str(response.headers["Location"])


def hunt(client: TestClient, level: int, seed: int) -> str:
    """The address of a new hunt."""
    response = client.post("/bug-lab", data={"level": str(level), "seed": str(seed)})
    assert response.status_code == 303, response.text
    return str(response.headers["Location"])


def state_of(client: TestClient, address: str) -> Json:
    """Where the walk at an address stands, documented field by field."""
    return documented(client.get(f"/api{address}").json())


def act(client: TestClient, state: Json, verb: str, **body: Any) -> Json:
    """The state after a verb."""
    response = client.post(f"/api/sessions/{state['id']}/{verb}", json=body)
    assert response.status_code == 200, response.text
    return documented(response.json())


def read(client: TestClient, state: Json, what: str = "") -> Any:
    """What the API answers of a session: its state as it is now, or what `what` names, such as /trace."""
    return client.get(f"/api/sessions/{state['id']}{what}").json()


def pieces(body: bytes) -> Iterator[bytes]:
    """A body in chunks, its length not announced."""
    return (body[i : i + 4096] for i in range(0, len(body), 4096))


def edit(client: TestClient, state: Json, **body: Any) -> Json:
    """The state after a change."""
    response = client.patch(f"/api/sessions/{state['id']}", json=body)
    assert response.status_code == 200, response.text
    return documented(response.json())


def documented(state: Json) -> Json:
    """The same; every field is one that OpenAPI documents, none is missing."""
    State.model_validate(state, strict=True)
    assert set(state) == set(State.model_fields)
    return state


def first_event(client: TestClient, path: str, headers: Mapping[str, str] = {}) -> str:
    """What a stream of events begins with, its first message whole."""
    sent = b""

    async def listened() -> None:
        asked, done = iter([{"type": "http.request", "body": b"", "more_body": False}]), asyncio.Event()

        async def receive() -> Json:
            if (message := next(asked, None)) is not None:
                return message
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: Json) -> None:
            nonlocal sent
            if message["type"] == "http.response.start":
                assert message["status"] == 200, path
            sent += message.get("body", b"")
            if b"data:" in sent and sent.endswith(b"\n\n"):
                done.set()

        given = {"host": "testserver", **headers}
        scope = {
            "type": "http", "method": "GET", "path": path, "root_path": "", "raw_path": b"", "query_string": b"",
            "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0"}, "app": client.app,
            "client": ("127.0.0.1", 1), "server": ("testserver", 80),
            "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        }  # fmt: skip
        async with asyncio.timeout(20):
            await client.app(scope, receive, send)  # type: ignore[arg-type]

    assert client.portal is not None
    client.portal.call(listened)
    return sent.decode()


def on_one_client(examples: int) -> settings:
    """So many examples of a property, all of them of one server."""
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, suppress_health_check=checks)


@contextmanager
def served(settings: Settings, store: type[SqliteStore] | None = None) -> Iterator[TestClient]:
    """A client of an application with these settings, and such a store or their own; errors are answers."""
    app = create_app(settings, (lambda given: store(given.data_directory, given)) if store else store_of)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client
