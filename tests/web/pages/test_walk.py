"""The pages: with htmx the panels that changed, with plain forms a way back, and words for what does not work."""

import re

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from app.engine.memory import LARGEST, MEMORY
from app.lessons import LESSONS
from app.main import create_app
from app.sessions.store.sqlite import SqliteStore
from app.sessions.store.store import Kept
from app.sessions.walk.session import TrainingSession
from app.settings import Settings
from app.web.pages.walk import panel_bytes
from tests.views.walking import walk
from tests.web.reading import element, revision, soup, words
from tests.web.talk import BATCHES, HTMX, begin, start, state_of, walk_of


def panels(fragment: str) -> set[str]:
    """The ids of the elements that a fragment replaces."""
    return set(re.findall(r'<hx-partial hx-target="#([a-z]+)" hx-swap="innerMorph">', fragment))


STATUS = re.compile(r'hx-target="#status" hx-swap="innerMorph">([^<]*)<')


def spoken(client: TestClient, address: str, verb: str, **form: str) -> str:
    """What a screen reader hears of a verb: the text that the status gets, which must be another one than before."""
    form["rev"] = revision(client, address)
    found = STATUS.search(client.post(f"{address}/{verb}", data=form, headers=HTMX).text)
    assert found is not None, verb
    return found[1].rstrip("\n")


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
    shown = [state_of(client, address)["setup"] for address in (published, right)]
    assert shown[0] != shown[1]
    assert client.get(published).status_code == client.get(right).status_code == 200


def test_a_start_that_keeps_the_place_of_another_walk_stands_there(client: TestClient) -> None:
    address = start(client)
    for _ in range(3):
        client.post(f"{address}/backward")
    kept = start(client, as_published="false", keep=address.rpartition("/")[2])
    before, after = state_of(client, address), state_of(client, kept)
    assert [after[part] for part in ("iteration", "cursor")] == [before[part] for part in ("iteration", "cursor")]


def test_a_start_that_keeps_the_place_of_no_walk_stands_at_the_start(client: TestClient) -> None:
    assert state_of(client, start(client, keep="nobody"))["cursor"] == 0


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
        ("cell", {"cursor": "9"}),
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
    assert state_of(client, address)["rev"] == 2
    assert client.get(address).status_code == 200


def test_a_lesson_begins_at_the_example_it_chose_and_reset_leads_back_to_it(client: TestClient) -> None:
    address = start(client, "softmax-and-dead-units")
    assert state_of(client, address)["example"] == 3
    client.post(f"{address}/focus", data={"example": "1"})
    client.post(f"{address}/reset")
    assert state_of(client, address)["example"] == 3
    assert begin(client, {"lesson": "softmax-and-dead-units"})["example"] == 0


def test_a_cell_of_the_timeline_shows_its_whole_layer_and_a_step_one_equation_again(client: TestClient) -> None:
    address = start(client)
    cell = element(soup(client, address), "#cell-dW-1 button")
    assert (cell["formaction"], cell["name"]) == (f"{address}/cell", "cursor")
    client.post(f"{address}/cell", data={"cursor": str(cell["value"])})
    page = soup(client, address)
    assert [one.get("open") is not None for one in page.select("#equation details")] == [True, False, False, False]
    assert words(page, "#equation h2") == "Gradients of the weights of layer 1"
    assert len(page.select("#equation details math")) >= 4
    client.post(f"{address}/step")
    assert soup(client, address).select("#equation details") == []


def test_a_form_is_the_same_verb_as_the_api(client: TestClient) -> None:
    address = start(client)
    for verb in ("forward", "step", "backward", "update", "step"):
        client.post(f"{address}/{verb}")
    session = TrainingSession.of_lesson(LESSONS[1]).forward().step().backward().update().step()
    shown = state_of(client, address)
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
    client.post("/preferences", data={"speed": "500"})
    ours = {**HTMX, "Origin": "http://testserver"}  # as a browser sends it
    play = client.post(f"{address}/step", data={"rev": "1", "playing": "1"}, headers=ours).text
    assert "every 500ms" in play
    pause = client.post(f"{address}/step", data={"rev": "2"}, headers=ours).text
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
        ("cell", {"cursor": "999"}, 422),
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
    before = state_of(client, address)
    response = client.post(f"{address}/{verb}", data=form, headers=headers)
    assert response.status_code == status
    message = element(BeautifulSoup(response.text, "html.parser"), ".warning")
    assert message.get_text(strip=True).endswith(".")
    assert state_of(client, address) == before


def test_a_training_that_runs_away_stands_just_before_and_says_so(client: TestClient) -> None:
    address = start(client, "hours-of-study")
    client.post(f"{address}/learning-rate", data={"learning_rate": "100"})
    response = client.post(f"{address}/train", data={"iterations": "1000"}, headers=HTMX)
    assert response.status_code == 409
    assert "smaller learning rate" in response.text
    stands = state_of(client, address)
    assert f"iteration {stands['iteration'] + 1}, just before" in response.text
    assert stands["cursor"] == stands["equations"]


def test_a_step_that_runs_away_is_not_taken_and_says_so(client: TestClient) -> None:
    address = start(client, "hours-of-study")
    client.post(f"{address}/learning-rate", data={"learning_rate": "100"})
    client.post(f"{address}/train", data={"iterations": "1000"})
    before = state_of(client, address)
    responses = [client.post(f"{address}/step", data={"by": "iteration"}, headers=HTMX) for _ in range(3)]
    assert responses[-1].status_code == 409
    assert "smaller learning rate" in responses[-1].text
    assert state_of(client, address)["iteration"] <= before["iteration"] + 2


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


# A walk of one's own ------------------------------------------------------------------------------------------------


def test_a_walk_that_began_in_the_api_has_a_page(client: TestClient) -> None:
    address = walk_of(client, BATCHES)
    for _ in range(12):
        assert client.post(f"{address}/step", data={"by": "layer"}).status_code == 303
        assert client.get(address).status_code == 200


def test_a_nudge_answers_on_the_page_and_leaves_the_walk_as_it_is(client: TestClient) -> None:
    address = start(client, as_published="false")
    client.post(f"{address}/backward")
    page = soup(client, address)
    before, more = state_of(client, address), page.select("#equation .nudge button")[1]
    form = element(page, f"form#{more['form']}")
    nudged = soup(client, f"{form['action']}?{more['name']}={more['value']}")
    assert "the gradient foretells" in words(nudged, "#equation .nudge")
    assert state_of(client, address) == before
    revision_now = {"rev": str(before["rev"]), "open": ""}
    there = client.get(f"{address}/nudge", params={"by": "-0.01", **revision_now}, headers=HTMX).text
    assert panels(there) >= {"equation", "status"}
    back = client.get(address, params={**revision_now, "nudged": "-0.01"}, headers=HTMX).text
    assert "equation" in panels(back)
    assert 'id="nudged"' not in back


@pytest.mark.parametrize("by", ["0.5", "0", "", "nan"])
def test_a_nudge_of_another_size_is_refused(client: TestClient, by: str) -> None:
    address = start(client)
    client.post(f"{address}/backward")
    assert client.get(f"{address}/nudge", params={"by": by}).status_code == 422


def test_what_a_page_of_the_largest_network_shows_is_still_known_at_the_next_step() -> None:
    session = walk((8, 32, 32, 32, 32, 32, 32))
    assert panel_bytes(session) < MEMORY.most / 2 / LARGEST  # half of it is kept by the process that shows it


# What is spoken -------------------------------------------------------------------------------------------------------


def test_the_check_is_spoken_when_it_is_turned_on_and_off(client: TestClient) -> None:
    address = start(client, "one-example-at-a-time", ask="0")
    client.post(f"{address}/backward")
    told = spoken(client, address, "check", on="1")
    assert "Central differences of the loss give" in told
    assert "All 9 gradients agree" in told
    assert spoken(client, address, "check", on="0") == "Gradients are no longer checked."


def test_another_example_is_spoken_also_where_its_numbers_are_the_same(client: TestClient) -> None:
    address = start(client, "hours-of-study", ask="0")
    assert spoken(client, address, "focus", example="2").startswith("Example 3 is in focus. ")


def test_of_a_training_its_outcome_is_spoken(client: TestClient) -> None:
    address = start(client, "hours-of-study", ask="0")
    told = spoken(client, address, "train", iterations="20")
    assert told.startswith("20 updates made. The loss of this batch was ")
    assert "Update" not in told


def test_the_same_refusal_is_spoken_each_time(client: TestClient) -> None:
    address = start(client, ask="0")
    form, told = {"rev": revision(client, address), "learning_rate": "a lot"}, []
    for _ in range(3):
        found = STATUS.search(client.post(f"{address}/learning-rate", data=form, headers=HTMX).text)
        assert found is not None
        told.append(found[1].rstrip("\n"))
    assert told[0] != told[1] != told[2]
    assert len({text.rstrip("\u00a0") for text in told}) == 1
