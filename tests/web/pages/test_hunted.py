"""What came after the bug lab gives no hidden mistake away: pictures, training, edits, forks, building, states."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.sessions.bug_lab import case_of
from app.views.pictures.pictures import PICTURES
from tests.sessions.clock import Clock
from tests.web.pages.test_bug_lab import CASES, HTMX, accusation, start, state, words_of

HELD_BACK = ("landscape", "contour")  # they hold the gradients against the loss, which is what a hunt pays for
ASKED = ("", "?see=way&look=update&of=w-1-0-0")


def shown(text: str) -> str:
    """The picture that an answer holds."""
    found = re.search(r'id="shown" name="show" value="(\w*)"', text)
    assert found is not None
    return found[1]


def without_choices(text: str) -> str:
    """An answer, whole or in parts, without the lists that offer all mistakes alike."""
    return re.sub(r'<details class="accuse">.*?</details>', "", text, flags=re.DOTALL)


def answers(client: TestClient, address: str) -> list[Any]:
    """Everything that the new routes answer about a walk, with scripts and without."""
    looked = [
        client.get(f"{address}/pictures/{name}{query}", headers=headers)
        for name in (*PICTURES, "curves")
        for query in ASKED
        for headers in ({}, HTMX)
    ]
    forms = [
        ("edit", {"of": "w-1-0-0", "value": "0.5"}), ("edit", {"of": "x-0-0", "value": "0.5"}), ("undo", {}),
        ("edit", {"of": "b-1-0", "value": "x"}), ("run", {"count": "3", "next": "pictures"}), ("run/on", {}),
        ("run", {"until": "1", "next": "pictures"}), ("run/pause", {"next": "pictures"}), ("run/stop", {}),
        ("fork", {"thing": "optimizer", "value": "adam"}), ("step", {"next": "pictures"}),
        ("step", {"next": "compare"}),
    ]  # fmt: skip
    clicked = [client.post(f"{address}/{verb}", data=form, headers=HTMX) for verb, form in forms]
    patch = {"input": {"example": 0, "column": 0, "value": 0.3}}
    programs = [client.post(f"/api{address}/undo"), client.patch(f"/api{address}", json=patch)]
    whole = [client.get(f"{address}{page}") for page in ("", "/pictures", "/compare", "/compare/run")]
    return [*looked, *clicked, *programs, *whole, client.get(f"/build?like={address.rsplit('/', 1)[1]}")]


@pytest.mark.parametrize("verb", ["", "update"])
@pytest.mark.parametrize(("level", "seed"), CASES)
def test_no_new_page_and_no_new_verb_tells_the_mistake(
    client: TestClient, clock: Clock, level: int, seed: int, verb: str
) -> None:
    clock.tick = 0.005
    address, telling = start(client, level, seed), words_of(case_of(level, seed).setup)
    if verb:
        client.post(f"{address}/{verb}")
    for response in answers(client, address):
        assert response.status_code in (200, 303, 404, 422), response.url
        assert [words for words in telling if words in without_choices(response.text)] == [], response.url
    assert state(client, address)["setup"]["mistake"] == "hidden"


@pytest.mark.parametrize("name", HELD_BACK)
def test_a_picture_that_checks_gradients_is_not_there_by_address_either_until_it_is_solved(
    client: TestClient, name: str
) -> None:
    address = start(client, 1, 3)
    client.post(f"{address}/update")
    for path in (f"/pictures/{name}", f"/pictures?show={name}"):
        for headers in ({}, HTMX):
            text = client.get(f"{address}{path}", headers=headers if "?" not in path else {}).text
            assert shown(text) not in HELD_BACK
            assert not re.search(r'hx-get="[^"]*/pictures/(landscape|contour)"', text)
    trained = client.post(f"{address}/run", data={"count": "2", "next": "pictures", "show": name}, headers=HTMX)
    assert shown(trained.text) not in HELD_BACK
    client.post(f"{address}/accuse", data=accusation(1, 3))
    assert shown(client.get(f"{address}/pictures/{name}", headers=HTMX).text) == name


def test_a_hunt_leads_neither_to_a_comparison_nor_to_another_walk(client: TestClient) -> None:
    address = start(client, 2, 5)
    for page in (client.get(address).text, client.get(f"{address}/pictures").text):
        assert not re.search(r'href="[^"]*/compare"|/build\?like=|/fork"', page)
    session = address.rsplit("/", 1)[1]
    for path in (f"{address}/compare", f"{address}/compare/run", f"/build?like={session}"):
        assert client.get(path).status_code == 404
    for form in ({"thing": "optimizer", "value": "adam"}, {"thing": "seed", "value": "3"}, {}):
        assert client.post(f"{address}/fork", data=form).status_code == 404
    assert client.post(f"{address}/compare/first", headers=HTMX).status_code in (404, 422)
