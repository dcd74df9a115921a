"""The page that trains: begun, paused, gone on with, stopped and undone, with scripts and without."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from tests.sessions.clock import Clock
from tests.web.reading import element
from tests.web.talk import BATCHES, HTMX, state_of, walk_of

MOONS = {
    "sizes": [2, 3, 1],
    "data": {"dataset": "moons", "examples": 40, "noise": 0.2},
    "optimizer": {"learning_rate": 0.5},
    "batch_size": 10,
}
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
    assert first.select_one("[data-film]") is not None
    made = updates(client, at)
    ask(client, f"{at}/run/on", playing="1")
    assert updates(client, at) > made > 0
    paused = ask(client, f"{at}/run/pause")
    assert paused.select_one("[data-film]") is None
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
    form = {"next": "pictures", "count": "200", "measure": "iterations"}
    response = client.post(f"{at}/run", data={**form, "show": "gradients"})
    assert (response.status_code, response.headers["location"]) == (303, f"{at}/pictures?show=gradients")
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
        {"count": "1.5"},
        {"count": "0", "measure": "loss"},
        {"count": "nan", "measure": "loss"},
        {},
    ],
)
def test_a_run_that_cannot_be_is_told_and_nothing_moves(client: TestClient, form: dict[str, str]) -> None:
    at = walk_of(client, BATCHES)
    answer = ask(client, f"{at}/run", 422, **form)
    assert answer.select_one(".warning") is not None
    assert updates(client, at) == 0


def film(client: TestClient, at: str, **form: str) -> dict[str, Any]:
    """The next picture of a training that is under way."""
    response = client.post(f"{at}/run/on", data={"next": "pictures", "playing": "1", "has": "", **form}, headers=HTMX)
    assert response.headers["content-type"] == "application/json", response.text
    shown: dict[str, Any] = response.json()
    return shown


def rate_of(client: TestClient, at: str) -> str:
    """The learning rate as the page has it."""
    return str(element(BeautifulSoup(client.get(f"{at}/pictures").text, "html5lib"), "#eta")["value"])


def places(frame: dict[str, Any]) -> list[str]:
    return [where for where, _ in frame["parts"]]


def test_a_picture_of_the_film_holds_what_changes_and_lines_are_made_longer(client: TestClient, clock: Clock) -> None:
    clock.tick = 0.001
    at = walk_of(client, {**MOONS, "data": {"dataset": "moons", "examples": 200, "test_share": 0.2}})
    ask(client, f"{at}/run", count="100000", measure="epochs", playing="1")
    first = film(client, at)
    assert {"#loss-curve-title ~ .lines", "#boundary-title ~ .bands", ".far"} <= {*places(first)}
    second = film(client, at, has=first["has"])
    while "#loss-curve-title ~ .lines" in places(second):  # as long as the loss falls below the axis
        second = film(client, at, has=second["has"])
    assert {where.rpartition(".")[2] for where, _ in second["more"]} == {"first", "second", "third"}
    response = client.post(f"{at}/run/on", data={"next": "pictures", "playing": "1", "has": second["has"]},
                           headers=HTMX | {"Accept-Encoding": "gzip"})  # fmt: skip
    assert int(response.headers["content-length"]) <= 6_000


def test_what_a_line_is_made_longer_by_leads_to_where_all_of_it_would(client: TestClient, clock: Clock) -> None:
    clock.tick = 0.001
    at = walk_of(client, MOONS)
    ask(client, f"{at}/run", count="100000", measure="epochs", playing="1")
    first = film(client, at)
    second = film(client, at, has=first["has"])
    (longer,) = (d for where, d in second["more"] if where == "#loss-curve-title ~ .lines .first")
    whole = str(element(ask(client, f"{at}/run/pause"), "[hx-target='#curves'] .curve.first")["d"])
    assert re.findall(r"L[\d. ]+", longer)[-1] == re.findall(r"L[\d. ]+", whole)[-1]


@pytest.mark.parametrize("has", ["x", "1 2", "nan nan nan", "a b c d", "9" * 5000, "1(0, 1)(0, 1)0 inf 3"])
def test_who_has_what_cannot_be_gets_all_anew(client: TestClient, clock: Clock, has: str) -> None:
    clock.tick = 0.001
    at = walk_of(client, MOONS)
    ask(client, f"{at}/run", until="1", count="")
    assert "#loss-curve-title ~ .lines" in places(film(client, at, has=has))


def test_another_picture_than_a_map_is_sent_whole(client: TestClient, clock: Clock) -> None:
    clock.tick = 0.001
    at = walk_of(client, MOONS)
    ask(client, f"{at}/run", until="1", count="")
    shown = film(client, at, show="activations")
    assert 'hx-target="#picture"' in shown["anew"]
    assert "#picture h2" not in places(shown)


def test_a_run_that_made_the_loss_larger_offers_a_smaller_rate_until_another_one(client: TestClient) -> None:
    at = walk_of(client, {**MOONS, "optimizer": {"learning_rate": 60}})
    answer = ask(client, f"{at}/run", count="50", measure="epochs", playing="1")
    assert re.search(r"the training loss has risen from 0\.\d+ to \d+\.\d+", element(answer, ".warning").text)
    page = BeautifulSoup(client.get(f"{at}/pictures").text, "html5lib")
    assert element(page, "#calmer").text.endswith(": 6")
    assert ask(client, f"{at}/run/calmer").select_one(".warning") is None
    assert rate_of(client, at) == "6"


@pytest.mark.parametrize("name", ["units", "boundary", "gradients", "curves"])
def test_a_picture_that_is_chosen_while_it_moves_has_no_slider_and_nothing_to_point_at(
    client: TestClient, clock: Clock, name: str
) -> None:
    clock.tick = 0.001
    at = walk_of(client, MOONS)
    begun = ask(client, f"{at}/run", until="1", count="")
    assert element(begun, "#train [name=playing]")["value"] == "1"
    assert {tab["hx-include"] for tab in begun.select(".tabs a")} == {".past [name=epoch], #train [name=playing]"}
    moving = client.get(f"{at}/pictures/{name}?playing=1", headers=HTMX).text
    assert not re.search('id="epoch"|data-roving="plane"|name="playing"', moving)
    still = client.get(f"{at}/pictures/{name}", headers=HTMX).text
    assert 'data-roving="plane"' in still
    ask(client, f"{at}/run/stop")
    assert client.get(f"{at}/pictures/{name}?playing=1", headers=HTMX).text.count('id="epoch"') == (name != "curves")


def test_the_curves_mark_the_epoch_whose_picture_is_looked_back_on(client: TestClient) -> None:
    at = walk_of(client, MOONS)
    ask(client, f"{at}/run", count="8", measure="epochs", playing="1")

    def marked(page: BeautifulSoup) -> list[str]:
        return [str(element(page, f"#{name}-at")["d"]) for name in ("loss-curve", "accuracy-curve")]

    page = BeautifulSoup(client.get(f"{at}/pictures?epoch=4").text, "html5lib")
    middle = marked(page)
    assert re.fullmatch(r"M251 26V134", middle[0])  # of a frame from 62 to 440
    assert middle[1] == middle[0]
    assert element(page, "#epoch")["value"] == "4"
    assert marked(BeautifulSoup(client.get(f"{at}/pictures").text, "html5lib")) == ["", ""]
    for address in ("/curves", "/boundary", "/units", ""):  # as the slider asks
        moved = client.get(f"{at}/pictures{address}?show=units&next=&epoch=4", headers=HTMX)
        there = BeautifulSoup(moved.text, "html5lib")
        assert marked(there) == middle
        assert not there.select(".choices [name=next]")  # which the form that trains has, and sends along
    gone_on = ask(client, f"{at}/run", count="1", measure="epochs", playing="1", epoch="4")
    assert marked(gone_on) == ["", ""]
    assert element(gone_on, "#epoch")["value"] == "9"


def test_slow_shows_each_epoch(client: TestClient) -> None:
    at = walk_of(client, MOONS)
    ask(client, f"{at}/run", count="7", measure="epochs", playing="1", pace="slow")
    made = [updates(client, at)]
    while made[-1] < 7 * 4:
        ask(client, f"{at}/run/on", playing="1", pace="slow")
        made.append(updates(client, at))
    assert made == [4 * epoch for epoch in range(1, 8)]


def test_a_run_ends_where_its_loss_is_low(client: TestClient, clock: Clock) -> None:
    clock.tick = 0.001
    at = walk_of(client, MOONS)
    answer = ask(client, f"{at}/run", count="0.5", measure="loss", playing="1")
    while answer.select_one("[data-film]"):
        answer = ask(client, f"{at}/run/on", count="0.5", measure="loss", playing="1")
    state = state_of(client, at)
    assert state["cursor"] == state["equations"]
    assert re.search(r"falls from 0\.\d+ to 0\.4", element(answer, "#loss-curve-told").text)


def test_a_smaller_learning_rate_is_a_click_away_where_the_numbers_run_away(client: TestClient) -> None:
    at = walk_of(client, RUNAWAY)
    answer = ask(client, f"{at}/run", 409, count="2000", measure="iterations", playing="1")
    assert element(answer, "#calmer").text.endswith(": 6")
    ask(client, f"{at}/run/calmer")
    assert (updates(client, at), rate_of(client, at)) == (0, "6")


def test_the_learning_rate_is_changed_while_it_runs(client: TestClient, clock: Clock) -> None:
    clock.tick = 0.001
    at = walk_of(client, MOONS)
    ask(client, f"{at}/run", until="1", count="")
    answer = client.post(f"{at}/learning-rate", data={"next": "pictures", "playing": "1", "learning_rate": "0.02"},
                         headers=HTMX)  # fmt: skip
    assert "data-film" in answer.text
    film(client, at)
    assert rate_of(client, at) == "0.02"


def test_the_pictures_lead_back_and_the_walk_goes_on_from_any_of_them(client: TestClient) -> None:
    at = walk_of(client, MOONS)
    ask(client, f"{at}/run", count="40", measure="epochs", playing="1")
    last = client.get(f"{at}/pictures/boundary", headers=HTMX).text
    past = client.get(f"{at}/pictures/boundary", params={"epoch": "12"}, headers=HTMX).text
    assert past != last
    assert client.get(f"{at}/pictures/boundary", params={"epoch": "40"}, headers=HTMX).text == last
    response = client.post(f"{at}/run/past", data={"epoch": "12"})
    assert (response.status_code, response.headers["location"]) == (303, at)
    assert updates(client, at) == 48
    other = walk_of(client, MOONS)
    client.post(f"/api{other}/train", json={"epochs": 12})
    assert state_of(client, at)["network"] == state_of(client, other)["network"]
    client.post(f"{at}/undo")
    assert updates(client, at) == 160


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
