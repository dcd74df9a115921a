"""How pages look, and what whoever runs the program sees of it: alive, ready, and what the handbook says of faults."""

import asyncio
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.sessions.store.sqlite import SqliteStore
from app.sessions.store.store import NotWritableError, StoreError, StoreFullError
from app.settings import Settings
from tests.web.reading import soup
from tests.web.talk import begin, served, start

# Preferences --------------------------------------------------------------------------------------------------------


def test_preferences_are_remembered_and_lead_back(client: TestClient) -> None:
    form = {
        "theme": "dark",
        "digits": "3",
        "motion": "reduced",
        "speed": "2000",
        "keys": "off",
        "next": "/lessons/hours-of-study",
    }
    response = client.post("/preferences", data=form)
    assert (response.status_code, response.headers["Location"]) == (303, "/lessons/hours-of-study")
    for cookie in response.headers.get_list("set-cookie"):
        assert "SameSite=lax" in cookie
        assert "Max-Age=31536000" in cookie
    page = soup(client, "/")
    assert page.html is not None
    assert (page.html["data-theme"], page.html["data-motion"]) == ("dark", "reduced")
    assert page.html["data-keys"] == "off"
    assert [option["value"] for option in page.select("[name=speed] option[selected]")] == ["2000"]


def test_the_system_decides_again_where_it_is_chosen(client: TestClient) -> None:
    client.post("/preferences", data={"theme": "dark"})
    client.post("/preferences", data={"theme": "system"}, headers={"Origin": "http://testserver"})
    assert "data-theme" not in client.get("/").text


def test_digits_change_how_numbers_are_written(client: TestClient) -> None:
    address = start(client)
    client.post(f"{address}/forward")
    assert "0.75690" not in client.get(address).text
    before = client.get(address).text
    client.post("/preferences", data={"digits": "2"})
    assert client.get(address).text != before


@pytest.mark.parametrize("cookie", ["digits=99", "digits=٣", "theme=<b>", "motion=; digits=x"])
def test_a_cookie_with_another_value_counts_as_none(client: TestClient, cookie: str) -> None:
    response = client.get("/", headers=[(b"cookie", cookie.encode())])
    assert response.status_code == 200
    assert "<b>" not in response.text


@pytest.mark.parametrize(
    "path", ["//elsewhere.org", "https://elsewhere.org", "/\\elsewhere.org", "", "/a\r\nb", "/\r\nX: 1"]
)
def test_preferences_lead_to_no_other_server(client: TestClient, path: str) -> None:
    assert client.post("/preferences", data={"next": path}).headers["Location"] == "/"


# Alive and ready ----------------------------------------------------------------------------------------------------


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


def test_a_store_that_was_removed_is_noticed(client: TestClient, settings: Settings) -> None:
    walk = begin(client)
    assert client.get("/readyz").status_code == 200
    shutil.rmtree(settings.data_directory)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "the file of sessions was removed" in answer.json()["reason"]
    refused = client.post(f"/api/sessions/{walk['id']}/step")
    assert (refused.status_code, refused.headers["Retry-After"]) == (507, "10")
    assert client.get(f"/sessions/{walk['id']}").status_code == 200
    assert client.get("/healthz").status_code == 200


class Full(Failing):
    """A store that keeps no new walk."""

    error = StoreFullError(1_000)


def test_a_full_store_is_ready_for_those_whose_walks_it_has_and_says_for_whom_it_is_not(settings: Settings) -> None:
    with served(settings, Full) as client:
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert "no new one can begin" in answer.json()["limit"]


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
