"""What the page says of what is kept is true: the store is read after a class, and nothing else is in it."""

import re
import sqlite3
from contextlib import closing
from time import monotonic, sleep

import pytest
from starlette.testclient import TestClient

from app import main
from app.sessions.store.sqlite import FILE
from app.settings import Settings
from tests.web.reading import soup
from tests.web.talk import served

AGENT = "Mozilla/5.0 (Zebra; TheirOwnDevice)"
ADDRESSES = ("203.0.113.77", "testclient", "198.51.100.9")


def test_after_a_class_the_store_holds_no_name_no_address_and_no_key(client: TestClient, settings: Settings) -> None:
    told = {"User-Agent": AGENT, "X-Forwarded-For": "203.0.113.77", "X-Real-IP": "198.51.100.9"}
    opened = client.post("/api/classes", json={"lesson": "two-outputs-two-paths"}, headers=told).json()
    at = f"/api/classes/{opened['code']}"
    host = told | {"Authorization": f"Bearer {opened['host']}"}
    seats = [client.post(f"{at}/seats", headers=told).json() for _ in range(5)]
    for verb, body in (("ask", {"at": 17}), ("next", {})):
        client.post(f"{at}/{verb}", json=body, headers=host)
    for seat in seats:
        vote = {"round": 1, "answer": "0.3141", "key": "1"}
        own = told | {"Authorization": f"Bearer {seat['seat']}"}
        assert client.post(f"{at}/vote", json=vote, headers=own).status_code == 200
    kept = everything(settings)
    assert "0.3141" in kept, "what is said to be kept is"
    assert all(seat["label"] in kept for seat in seats)
    keys = [opened["host"], opened["present"], *(seat["seat"] for seat in seats)]
    secrets = [*(key[16:] for key in keys), *(seat["seat_code"] for seat in seats)]
    assert [found for found in (*ADDRESSES, "Zebra", *secrets) if found in kept] == []
    assert re.search(r"\b\d{1,3}(\.\d{1,3}){3}\b", kept) is None
    assert client.delete(at, headers=host).status_code == 204
    left = everything(settings)
    assert [seat["label"] for seat in seats if seat["label"] in left] == []
    assert "0.3141" not in left
    assert rows(settings, "session") == 0


def test_a_class_that_is_over_goes_from_the_store_though_nobody_comes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "SWEPT_EVERY", 0.01)
    with served(settings) as client:
        opened = client.post("/api/classes", json={"lesson": "two-outputs-two-paths"}).json()
        seat = client.post(f"/api/classes/{opened['code']}/seats").json()
        with closing(sqlite3.connect(settings.data_directory / FILE)) as connection, connection:
            for table in ("session", "classroom"):
                connection.execute(f"UPDATE {table} SET touched = touched - 26 * 3600")
        end = monotonic() + 10
        while seat["label"] in everything(settings) and monotonic() < end:
            sleep(0.01)
        assert (rows(settings, "classroom"), rows(settings, "session")) == (0, 0)


def everything(settings: Settings) -> str:
    """All that the tables hold, as text."""
    with closing(sqlite3.connect(settings.data_directory / FILE)) as connection:
        return "\n".join(connection.iterdump())


def rows(settings: Settings, table: str) -> int:
    with closing(sqlite3.connect(settings.data_directory / FILE)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_the_page_says_how_long_and_every_page_leads_to_it(client: TestClient) -> None:
    text = " ".join(soup(client, "/privacy").get_text(" ").split())
    assert "go 24 hours after it was led or joined last" in text
    assert "24 hours after somebody used or looked at it last" in text
    assert 'href="/privacy"' in client.get("/").text
