"""The pages: with htmx the panels that changed, with plain forms a way back, and words for what does not work."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from app.lessons import LESSONS
from app.main import create_app
from app.sessions.store.sqlite import SqliteStore
from app.sessions.store.store import Kept
from app.sessions.walk.session import TrainingSession
from app.settings import Settings
from tests.web.talk import BATCHES, begin

HTMX = {"HX-Request": "true"}


def start(client: TestClient, lesson: str = "two-outputs-two-paths", **more: str) -> str:
    """The address of a new walk that does not ask."""
    response = client.post("/sessions", data={"lesson": lesson, "ask": "0", **more})
    assert response.status_code == 303, response.text
    address: str = response.headers["Location"]
    return address


def revision(client: TestClient, address: str) -> str:
    field = BeautifulSoup(client.get(address).text, "html.parser").find("input", attrs={"name": "rev"})
    assert field is not None
    return str(field["value"])


def state(client: TestClient, address: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api{address}").json()
    return found


def panels(fragment: str) -> set[str]:
    """The ids of the elements that a fragment replaces."""
    return set(re.findall(r'<hx-partial hx-target="#([a-z]+)" hx-swap="innerMorph">', fragment))


@pytest.mark.parametrize("path", ["/", "/docs", *(f"/lessons/{lesson.slug}" for lesson in LESSONS)])
def test_a_page_answers_and_varies_with_who_asks(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "HX-Request" in response.headers["vary"]
    assert BeautifulSoup(response.text, "html.parser").find("h1") is not None


def test_the_first_page_offers_every_lesson(client: TestClient) -> None:
    page = client.get("/").text
    assert all(lesson.title in page for lesson in LESSONS)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_lesson_starts_as_published_or_put_right(client: TestClient, lesson: object) -> None:
    slug = lesson.slug  # type: ignore[attr-defined]
    published, right = start(client, slug), start(client, slug, as_published="false")
    shown = [state(client, address)["setup"] for address in (published, right)]
    assert shown[0] != shown[1]
    assert client.get(published).status_code == client.get(right).status_code == 200


def test_a_start_that_keeps_the_place_of_another_walk_stands_there(client: TestClient) -> None:
    address = start(client)
    for _ in range(3):
        client.post(f"{address}/backward")
    kept = start(client, as_published="false", keep=address.rpartition("/")[2])
    before, after = state(client, address), state(client, kept)
    assert [after[part] for part in ("iteration", "cursor")] == [before[part] for part in ("iteration", "cursor")]


def test_a_start_that_keeps_the_place_of_no_walk_stands_at_the_start(client: TestClient) -> None:
    assert state(client, start(client, keep="nobody"))["cursor"] == 0


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("step", {"by": "equation"}),
        ("step", {"by": "epoch"}),
        ("back", {"by": "layer"}),
        ("forward", {}),
        ("backward", {}),
        ("update", {}),
        ("train", {"iterations": "5"}),
        ("train", {"epochs": "2"}),
        ("reset", {}),
        ("go", {"cursor": "9"}),
        ("focus", {"example": "0"}),
        ("learning-rate", {"learning_rate": "0.5"}),
    ],
)
def test_a_plain_form_does_the_verb_and_goes_back_to_the_page(
    client: TestClient, verb: str, form: dict[str, str]
) -> None:
    address = start(client)
    response = client.post(f"{address}/{verb}", data={"rev": "1", **form})
    assert (response.status_code, response.headers["Location"]) == (303, address)
    assert state(client, address)["rev"] == 2
    assert client.get(address).status_code == 200


def test_a_form_is_the_same_verb_as_the_api(client: TestClient) -> None:
    address = start(client)
    for verb in ("forward", "step", "backward", "update", "step"):
        client.post(f"{address}/{verb}")
    session = TrainingSession.of_lesson(LESSONS[1]).forward().step().backward().update().step()
    shown = state(client, address)
    assert (shown["iteration"], shown["cursor"]) == session.place


def test_htmx_gets_only_the_panels_that_changed(client: TestClient) -> None:
    address = start(client)
    rev = revision(client, address)
    fragment = client.post(f"{address}/step", data={"rev": rev}, headers=HTMX)
    assert fragment.status_code == 200
    assert "HX-Request" in fragment.headers["vary"]
    assert "<html" not in fragment.text
    assert {"status", "revision", "equation"} <= panels(fragment.text)
    assert not panels(fragment.text) & {"headline", "loss", "message"}


def test_htmx_gets_every_panel_where_it_is_not_known_what_it_shows(client: TestClient) -> None:
    address = start(client)
    every = panels(client.post(f"{address}/step", headers=HTMX).text)
    assert {"headline", "loss", "controls", "message", "data"} <= every


def test_a_page_restored_from_history_is_whole(client: TestClient) -> None:
    restored = client.get(start(client), headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in restored.text


def test_playing_is_in_the_fragment_until_it_is_not_asked_for(client: TestClient) -> None:
    address = start(client)
    play = client.post(f"{address}/step", data={"rev": "1", "playing": "1", "speed": "500"}, headers=HTMX).text
    assert "every 500ms" in play
    pause = client.post(f"{address}/step", data={"rev": "2"}, headers=HTMX).text
    assert "ticker" in panels(pause)
    assert "every" not in pause


# What does not work -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "form", "status"),
    [
        ("learning-rate", {"learning_rate": "much"}, 422),
        ("learning-rate", {"learning_rate": "1e999"}, 422),
        ("learning-rate", {"learning_rate": "١"}, 422),
        ("learning-rate", {"learning_rate": "1_0"}, 422),
        ("learning-rate", {"learning_rate": "0"}, 422),
        ("learning-rate", {"learning_rate": "101"}, 422),
        ("learning-rate", {}, 422),
        ("go", {"cursor": "999"}, 422),
        ("go", {"cursor": "-1"}, 422),
        ("focus", {"example": "7"}, 422),
        ("train", {"iterations": "10001"}, 422),
        ("train", {"iterations": "0"}, 422),
        ("train", {}, 422),
        ("step", {"by": "mile"}, 422),
        ("step", {"rev": "7"}, 412),
        ("step", {"rev": "seven"}, 422),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_what_cannot_be_done_is_said_and_changes_nothing(
    client: TestClient, verb: str, form: dict[str, str], status: int, headers: dict[str, str]
) -> None:
    address = start(client)
    before = state(client, address)
    response = client.post(f"{address}/{verb}", data=form, headers=headers)
    assert response.status_code == status
    message = BeautifulSoup(response.text, "html.parser").find(class_="warning")
    assert message is not None
    assert message.get_text(strip=True).endswith(".")
    assert state(client, address) == before


def test_a_training_that_runs_away_stands_just_before_and_says_so(client: TestClient) -> None:
    address = start(client, "hours-of-study")
    client.post(f"{address}/learning-rate", data={"learning_rate": "100"})
    response = client.post(f"{address}/train", data={"iterations": "1000"}, headers=HTMX)
    assert response.status_code == 409
    assert "smaller learning rate" in response.text
    stands = state(client, address)
    assert f"iteration {stands['iteration'] + 1}, just before" in response.text
    assert stands["cursor"] == stands["equations"]


def test_a_step_that_runs_away_is_not_taken_and_says_so(client: TestClient) -> None:
    address = start(client, "hours-of-study")
    client.post(f"{address}/learning-rate", data={"learning_rate": "100"})
    client.post(f"{address}/train", data={"iterations": "1000"})
    before = state(client, address)
    responses = [client.post(f"{address}/step", data={"by": "iteration"}, headers=HTMX) for _ in range(3)]
    assert responses[-1].status_code == 409
    assert "smaller learning rate" in responses[-1].text
    assert state(client, address)["iteration"] <= before["iteration"] + 2


@pytest.mark.parametrize("path", ["/nothing", "/lessons/nothing", "/sessions/nobody", "/static/nothing.css"])
def test_a_page_that_is_not_there_says_so_and_leads_on(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    page = BeautifulSoup(response.text, "html.parser")
    assert page.find("h1") is not None
    assert page.find("a", href="/") is not None


def test_a_verb_on_a_walk_that_is_gone_is_not_found(client: TestClient) -> None:
    assert client.post("/sessions/nobody/step").status_code == 404


def test_an_unknown_lesson_cannot_be_started(client: TestClient) -> None:
    assert client.post("/sessions", data={"lesson": "nothing"}).status_code == 404


class Exploding(SqliteStore):
    """A store that fails as nobody expected, and says too much."""

    async def load(self, session_id: str) -> Kept:
        raise RuntimeError("secret reason")


@pytest.mark.parametrize("path", [f"/sessions/{24 * 'n'}", f"/api/sessions/{24 * 'n'}"])
def test_a_failure_of_the_program_says_so_without_its_reason(settings: Settings, path: str) -> None:
    with TestClient(create_app(settings, lambda given: Exploding(given.data_directory))) as client:
        response = client.get(path)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["content-type"].startswith("application/problem+json" if "api" in path else "text/html")


# Preferences --------------------------------------------------------------------------------------------------------


def test_preferences_are_remembered_and_lead_back(client: TestClient) -> None:
    form = {"theme": "dark", "digits": "3", "motion": "reduced", "next": "/lessons/hours-of-study"}
    response = client.post("/preferences", data=form)
    assert (response.status_code, response.headers["Location"]) == (303, "/lessons/hours-of-study")
    for cookie in response.headers.get_list("set-cookie"):
        assert "SameSite=lax" in cookie
        assert "Max-Age=31536000" in cookie
    page = BeautifulSoup(client.get("/").text, "html.parser")
    assert page.html is not None
    assert (page.html["data-theme"], page.html["data-motion"]) == ("dark", "reduced")


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


@pytest.mark.parametrize("path", ["//elsewhere.org", "https://elsewhere.org", "/\\elsewhere.org", "", "/a\r\nb"])
def test_preferences_lead_to_no_other_server(client: TestClient, path: str) -> None:
    assert client.post("/preferences", data={"next": path}).headers["Location"] == "/"


# A walk of one's own ------------------------------------------------------------------------------------------------


def test_a_walk_that_began_in_the_api_has_a_page(client: TestClient) -> None:
    address = f"/sessions/{begin(client, BATCHES)['id']}"
    for _ in range(12):
        assert client.post(f"{address}/step", data={"by": "layer"}).status_code == 303
        assert client.get(address).status_code == 200
