"""The page that trains: begun, paused, gone on with, stopped and undone, with scripts and without."""

import re

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from tests.sessions.clock import Clock
from tests.web.reading import element
from tests.web.talk import BATCHES, HTMX, state_of, walk_of

RUNAWAY = {
    "sizes": [2, 3, 1],
    "activations": ["relu", "identity"],
    "loss": "mean_squared_error",
    "data": {"dataset": "xor", "examples": 8},
    "optimizer": {"learning_rate": 60.0},
}


def ask(client: TestClient, address: str, status: int = 200, **form: str) -> BeautifulSoup:
    """The panels that htmx gets."""
    response = client.post(address, data={"next": "pictures", **form}, headers=HTMX)
    assert response.status_code == status, response.text
    return BeautifulSoup(response.text, "html5lib")


def updates(client: TestClient, at: str) -> int:
    state = state_of(client, at)
    return int(state["iteration"] + (state["cursor"] == state["equations"]))


def test_a_run_answers_with_its_panel_the_curves_and_the_picture(client: TestClient) -> None:
    at = walk_of(client, BATCHES)
    answer = ask(client, f"{at}/run", count="50", measure="iterations", playing="1")
    targets = [partial["hx-target"] for partial in answer.select("hx-partial")]
    assert targets == ["#training", "#curves", "#picture"]
    assert updates(client, at) == 50
    assert answer.select_one("progress") is None


def test_a_run_without_end_goes_on_pauses_and_stops(client: TestClient, clock: Clock) -> None:
    clock.tick = 0.005  # each stretch takes longer than one should, and is one iteration
    at = walk_of(client, BATCHES)
    first = ask(client, f"{at}/run", until="1", count="100")
    assert first.select_one("[hx-trigger]") is not None
    made = updates(client, at)
    ask(client, f"{at}/run/on", playing="1")
    assert updates(client, at) > made > 0
    paused = ask(client, f"{at}/run/pause")
    assert paused.select_one("[hx-trigger]") is None
    assert "Paused" in paused.text
    stopped = ask(client, f"{at}/run/stop")
    assert stopped.select_one("#until") is not None
    made = updates(client, at)
    ask(client, f"{at}/run/on", 422, playing="1")
    assert updates(client, at) == made


def test_undo_leads_back_to_before_the_run(client: TestClient) -> None:
    at = walk_of(client, BATCHES)
    client.post(f"{at}/step", data={"by": "phase"})
    before = state_of(client, at)
    ask(client, f"{at}/run", count="10", measure="epochs", playing="1")
    ask(client, f"{at}/undo")
    assert {**state_of(client, at), "rev": 0} == {**before, "rev": 0}


def test_without_scripts_a_run_is_made_at_once_and_leads_back(client: TestClient) -> None:
    at = walk_of(client, BATCHES)
    response = client.post(f"{at}/run", data={"next": "pictures", "count": "200", "measure": "iterations"})
    assert (response.status_code, response.headers["location"]) == (303, f"{at}/pictures")
    assert updates(client, at) == 200
    assert "200 updates made" in client.get(f"{at}/pictures").text


def test_a_run_that_takes_longer_than_one_request_may_is_told_and_changes_nothing(
    client: TestClient, clock: Clock
) -> None:
    at = walk_of(client, BATCHES)
    clock.tick = 0.005  # the run looks twice at each stretch, the request once more
    response = client.post(f"{at}/run", data={"next": "pictures", "until": "1", "count": "9"})
    assert response.status_code == 422
    assert "Ask for less at once." in response.text
    assert updates(client, at) == 0


def test_a_run_that_diverges_names_iteration_and_parameter_and_stands_just_before(client: TestClient) -> None:
    at = walk_of(client, RUNAWAY)
    answer = ask(client, f"{at}/run", 409, count="2000", measure="iterations", playing="1")
    told = element(answer, ".warning")
    match = re.search(
        r"In iteration ([\d,]+) .*(weight|bias|gradient|sum|loss).*iteration ([\d,]+), just before", told.text
    )
    assert match is not None, told.text
    assert updates(client, at) == int(match[3].replace(",", "")) > 0
    assert client.post(f"/api{at}/step", json={"by": "iteration"}).status_code in (200, 409)
    assert answer.select_one("#undo") is not None


@pytest.mark.parametrize(
    "form",
    [
        {"count": "0"},
        {"count": "x"},
        {"count": "-5"},
        {"count": "1000000"},
        {"count": "9999", "measure": "epochs"},
        {},
    ],
)
def test_a_run_that_cannot_be_is_told_and_nothing_moves(client: TestClient, form: dict[str, str]) -> None:
    at = walk_of(client, BATCHES)
    answer = ask(client, f"{at}/run", 422, **form)
    assert answer.select_one(".warning") is not None
    assert updates(client, at) == 0


def test_a_click_that_is_sent_twice_begins_one_run(client: TestClient) -> None:
    at = walk_of(client, BATCHES)
    for _ in range(2):
        ask(client, f"{at}/run", count="7", measure="iterations", op="once")
    assert updates(client, at) == 7


def test_what_is_chosen_of_the_pictures_stays_and_the_forms_fields_do_not_creep_in(client: TestClient) -> None:
    at = walk_of(client, {"sizes": [2, 3, 1], "data": {"dataset": "moons", "examples": 20}})
    answer = ask(client, f"{at}/run", count="5", measure="iterations", op="a", show="gradients", scale="logarithmic")
    assert element(answer, ".tabs .on").text == "Gradients"
    kept = {field["name"] for field in answer.select(".choices input[type=hidden]")}
    assert not kept & {"op", "count", "measure", "next"}
