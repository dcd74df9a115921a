"""The pictures of parameters over HTTP: any address is answered, and a hunt keeps what its checks are for."""

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from tests.web.pages.test_pictures import MOONS, at, tabs
from tests.web.pages.test_walk import HTMX
from tests.web.reading import soup, words
from tests.web.talk import act, begin

NASTY = ("", "w-1-0", "w-0-0-0", "w-99-0-0", "b-1-0-0", "w-1-0-99999999999999", "<b>", "w-1-0-0\x00", "١", "a" * 5000)


@pytest.mark.parametrize("name", ["landscape", "contour"])
@pytest.mark.parametrize("text", NASTY)
def test_a_parameter_that_is_none_counts_as_not_chosen(client: TestClient, name: str, text: str) -> None:
    address = at(client, MOONS)
    fields = {"of": text, "and": text, "look": text, "see": text}
    answer = client.get(f"{address}/pictures/{name}", headers=HTMX, params=fields)
    assert answer.status_code == 200
    assert "<b>" not in answer.text
    chosen = BeautifulSoup(answer.text, "html5lib").select("select[name=of] option[selected]")
    assert [option["value"] for option in chosen] == ["b-1-2"]


def test_both_parameters_of_the_contour_are_in_its_address(client: TestClient) -> None:
    page = soup(client, f"{at(client, MOONS)}/pictures?show=contour&of=w-1-2-0&and=b-2-0")
    assert words(page, "#picture .what") == "weight from input 1 to hidden unit 3"
    assert words(page, "#picture .what.y") == "bias of the output"


def test_a_hunt_keeps_what_its_checks_are_for(client: TestClient) -> None:
    started = client.post("/bug-lab", data={"level": 2, "seed": 17}, follow_redirects=False)
    address = started.headers["location"]
    client.post(f"{address}/backward", headers=HTMX, data={})
    page = soup(client, f"{address}/pictures?show=landscape")
    assert not {"Slope", "Contour"} & tabs(page).keys()
    assert page.select_one(".tangent") is None
    for name in ("landscape", "contour"):
        answer = client.get(f"{address}/pictures/{name}", headers=HTMX)
        assert answer.status_code == 200
        assert "secant" not in answer.text
        assert "downhill" not in answer.text


def test_the_pictures_follow_the_walk(client: TestClient) -> None:
    session = begin(client, MOONS)
    address = f"/sessions/{session['id']}/pictures"
    assert "Walk on to the end of the backward phase" in words(soup(client, f"{address}?show=gradients"), "#picture")
    act(client, session, "backward")
    shown = soup(client, f"{address}?show=gradients")
    assert "Walk on" not in words(shown, "#picture")
    assert len(shown.select("#picture .bar.weights")) == 2
    assert soup(client, f"{address}?show=landscape").select_one("path.tangent") is not None
