"""The program on a Redis: what it answers while that is away, and what is left there after a class."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.sessions.classroom.classroom import Classroom
from app.sessions.store.redis import RedisStore
from app.settings import Settings
from app.web.http.classroom import changed
from app.web.http.dependencies import Services
from tests.redis_server import RedisServer, redis_server, with_redis
from tests.web.conftest import unhurried
from tests.web.talk import begin, served


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with redis_server("--appendonly", "yes", "--appendfsync", "always") as server:
        yield server


@pytest.fixture
def client(server: RedisServer, tmp_path: Path) -> Iterator[TestClient]:
    with served(unhurried(tmp_path, server.address)) as client:
        yield client


@with_redis
def test_while_the_redis_is_away_each_answer_says_so_and_when_to_try_again(
    client: TestClient, server: RedisServer
) -> None:
    walk = begin(client)["id"]
    server.kill()
    ready = client.get("/readyz")
    assert (ready.status_code, ready.headers["Retry-After"]) == (503, "1")
    assert "its Redis cannot be reached" in ready.json()["reason"]
    refused = client.post(f"/api/sessions/{walk}/step")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert refused.json()["type"] == "/docs#store-away"
    page = client.get(f"/sessions/{walk}")
    assert page.status_code == 503
    assert "The store of walks does not answer: its Redis cannot be reached." in page.text
    assert client.get("/healthz").status_code == 200
    server.start()
    assert client.get("/readyz").json() == {"status": "ready"}
    assert client.post(f"/api/sessions/{walk}/step").json()["rev"] == 2


@with_redis
def test_many_who_join_at_once_at_several_processes_all_get_in(server: RedisServer) -> None:
    """In one process they take turns, and where another one was quicker a moment's pause lets all come to it."""

    async def all_join() -> int:
        stores = [RedisStore(server.address) for _ in range(5)]
        id = (await stores[0].classes.open(Classroom.opened("walk")[0])).classroom.id

        async def join(number: int) -> None:
            the = cast(Services, SimpleNamespace(store=stores[number % len(stores)]))
            await changed(the, id, lambda classroom: classroom.joined(f"{id}{number:024}", "", 1_000)[0])

        try:
            await asyncio.gather(*map(join, range(150)))
            return len((await stores[0].classes.load(id)).classroom.seats)
        finally:
            for store in stores:
                await store.close()

    assert asyncio.run(all_join()) == 150


@with_redis
def test_after_a_class_the_redis_holds_no_address_and_no_key_and_deleted_nothing_of_it(
    client: TestClient, server: RedisServer
) -> None:
    told = {"User-Agent": "Zebra", "X-Forwarded-For": "203.0.113.77"}
    opened = client.post("/api/classes", json={"lesson": "two-outputs-two-paths"}, headers=told).json()
    at, host = f"/api/classes/{opened['code']}", told | {"Authorization": f"Bearer {opened['host']}"}
    seats = [client.post(f"{at}/seats", headers=told).json() for _ in range(3)]
    for verb, body in (("ask", {"at": 17}), ("next", {})):
        client.post(f"{at}/{verb}", json=body, headers=host)
    for seat in seats:
        own = told | {"Authorization": f"Bearer {seat['seat']}"}
        vote = {"round": 1, "answer": "0.3141", "key": "1"}
        assert client.post(f"{at}/vote", json=vote, headers=own).status_code == 200
    kept = everything(server)
    assert "0.3141" in kept, "what is said to be kept is"
    secrets = [opened["host"], opened["present"], *(seat["seat"] for seat in seats)]
    assert [one for one in ("Zebra", "203.0.113", "testclient", *(key[16:] for key in secrets)) if one in kept] == []
    assert client.delete(at, headers=host).status_code == 204
    assert everything(server) == ""


@with_redis
def test_a_stream_of_a_class_outlives_its_redis_and_goes_on_with_what_was_missed(
    client: TestClient, server: RedisServer
) -> None:
    opened = client.post("/api/classes", json={"lesson": "two-outputs-two-paths"}).json()
    at, host = f"/api/classes/{opened['code']}", {"Authorization": f"Bearer {opened['host']}"}
    app: Any = client.app
    walk = client.get(at, headers=host).json()["walk"]["id"]
    cursors: list[int] = []

    async def listened() -> None:
        done, sent, asked = asyncio.Event(), b"", False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            nonlocal sent
            sent += message.get("body", b"")
            states = [part.split(b"data: ", 1)[1] for part in sent.split(b"\n\n") if part.startswith(b"id: ")]
            cursors[:] = [json.loads(state)["walk"]["cursor"] for state in states]
            if cursors[-1:] == [2]:
                done.set()

        async def miss() -> None:
            while not cursors:
                await asyncio.sleep(0.01)
            server.kill()
            await asyncio.sleep(0.7)  # longer than it is between two looks
            server.start()
            store = app.state.services.store
            for _ in range(2):
                kept = await store.load(walk)
                await store.save(kept, kept.session.step())

        scope = {
            "type": "http", "method": "GET", "path": f"{at}/events", "root_path": "", "raw_path": b"",
            "query_string": b"", "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0"}, "app": app,
            "client": ("127.0.0.1", 1), "server": ("testserver", 80),
            "headers": [(b"host", b"testserver"), (b"authorization", host["Authorization"].encode())],
        }  # fmt: skip
        async with asyncio.timeout(20):
            await asyncio.gather(app(scope, receive, send), miss())

    client.portal.call(listened)  # type: ignore[union-attr]
    assert (cursors[0], cursors[-1]) == (0, 2)


def everything(server: RedisServer) -> str:
    """All names that a walk or a class has there, and what stands there."""
    with server.client() as client:
        found: list[Any] = []
        for name in client.scan_iter("explorer:*"):
            kind = client.type(name)
            found += [name] if name != b"explorer:pulse" else []
            if kind == b"hash":
                found += [part for pair in client.hgetall(name).items() for part in pair]
            elif kind == b"set":
                found += list(client.smembers(name))
            elif name != b"explorer:pulse":
                found.append(client.get(name))
    return "\n".join(part.decode(errors="replace") for part in found)


@pytest.mark.parametrize(
    "address",
    [
        "redis://127.0.0.1:6379/0",
        "rediss://ada:secret@redis.example.org:6380/3?ssl_ca_certs=/etc/ssl/own.pem",
        "redis://[::1]",
        "unix:///run/redis.sock?db=1",
    ],
)
def test_a_store_is_named_by_its_address_and_never_shown_with_its_password(address: str) -> None:
    settings = Settings(store=address)
    assert settings.place[0] == address
    assert "secret" not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.parametrize(
    "address",
    ["localhost:6379", "http://secret@127.0.0.1", "redis://", "redis://a:secret@", "unix://run/redis", "redis:///1"],
)
def test_what_is_no_address_is_refused_and_not_told_again(address: str) -> None:
    with pytest.raises(ValidationError, match="write it such as redis://:PASSWORD@") as caught:
        Settings(store=address)
    assert "secret" not in str(caught.value)
