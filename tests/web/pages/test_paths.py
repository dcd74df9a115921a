"""Gradients along their paths over HTTP: as JSON, and as a page that works without JavaScript."""

from math import prod
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from app.web.pages.paths import PathsAnswer
from tests.web.reading import element, soup
from tests.web.talk import BATCHES, BY_HAND, HTMX, Json, act, begin, walk_of

MANY = {
    "sizes": [2, 3, 12, 11, 5],
    "activations": ["tanh"] * 4,
    "loss": "half_squared_error",
    "data": {"X": [[0.5, -1.0], [1.0, 0.3]], "Y": [[0.1] * 5, [0.2] * 5]},
}


def asked(client: TestClient, state: Json, **query: Any) -> Any:
    return client.get(f"/api/sessions/{state['id']}/paths", params=query)


def paths(client: TestClient, state: Json, **query: Any) -> Json:
    """The answer; every field is one that OpenAPI documents, none is missing."""
    response = asked(client, state, **query)
    assert response.status_code == 200, response.text
    answer: Json = response.json()
    PathsAnswer.model_validate(answer)
    assert set(answer) == set(PathsAnswer.model_fields)
    return answer


def test_the_two_paths_of_the_hand_calculation(client: TestClient) -> None:
    found = paths(client, begin(client, BY_HAND), layer=1, kind="W", j=0, k=0)
    assert [path["units"] for path in found["paths"]] == [[[0, 0], [1, 0], [2, 0]], [[0, 0], [1, 0], [2, 1]]]
    first = found["paths"][0]
    assert [factor["symbol"] for factor in first["factors"]] == [
        "x_1",
        "a^[1]_1 · (1 − a^[1]_1)",
        "w^[2]_11",
        "ŷ_1 · (1 − ŷ_1)",
        "∂ℒ/∂ŷ_1",
    ]
    by_hand = 0.05 * (0.5945 * (1 - 0.5945)) * 0.4 * (0.7569 * (1 - 0.7569)) * (0.7569 - 0.01)
    assert first["product"] == pytest.approx(by_hand, rel=1e-12)
    assert found["sum"] == pytest.approx(sum(path["product"] for path in found["paths"]), rel=1e-12)


@pytest.mark.parametrize("setup", [BY_HAND, BATCHES], ids=["one example", "batch"])
def test_sums_are_the_gradients_of_the_state(client: TestClient, setup: Json) -> None:
    state = act(client, begin(client, setup), "backward")
    for l, (dW, db) in enumerate(zip(state["backward"]["dW"], state["backward"]["db"], strict=True), start=1):
        for j, row in enumerate(dW):
            assert paths(client, state, layer=l, kind="b", j=j)["sum"] == pytest.approx(db[j], rel=1e-10)
            for k, wanted in enumerate(row):
                assert paths(client, state, layer=l, kind="W", j=j, k=k)["sum"] == pytest.approx(wanted, rel=1e-10)


def test_in_a_batch_own_is_the_focus_product_the_mean_and_examples_come_largest_first(client: TestClient) -> None:
    state = begin(client, BATCHES)
    client.patch(f"/api/sessions/{state['id']}", json={"example": 1})
    found = paths(client, state, layer=1, kind="W", j=2, k=1)
    for path in found["paths"]:
        assert prod(factor["value"] for factor in path["factors"]) == pytest.approx(path["own"], rel=1e-12)
    sizes = [abs(example["gradient"]) for example in found["examples"]]
    assert sizes == sorted(sizes, reverse=True)
    assert {example["example"] for example in found["examples"]} == {0, 1}
    own = {example["example"]: example["gradient"] for example in found["examples"]}
    assert own[1] == pytest.approx(sum(path["own"] for path in found["paths"]))
    assert found["sum"] == pytest.approx(sum(own.values()) / 2)


def test_more_paths_than_are_told_come_in_groups_that_open(client: TestClient) -> None:
    state = begin(client, MANY)
    found = paths(client, state, layer=1, kind="z", j=1)
    assert (found["count"], found["paths"], len(found["groups"])) == (660, [], 12)
    inside = paths(client, state, layer=1, kind="z", j=1, via="7,10")
    assert (inside["count"], len(inside["paths"]), inside["groups"]) == (5, 5, [])
    assert inside["gradient"] == found["sum"] == found["gradient"]
    assert {tuple(map(tuple, path["units"][:3])) for path in inside["paths"]} == {((1, 1), (2, 7), (3, 10))}


def test_between_25_and_512_paths_both_are_given(client: TestClient) -> None:
    found = paths(client, begin(client, MANY), layer=2, kind="a", j=0)
    assert (found["count"], len(found["paths"]), len(found["groups"])) == (55, 55, 11)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"kind": "V", "layer": 1, "j": 0}, "kind"),
        ({"kind": "W", "layer": 3, "j": 0, "k": 0}, "layer"),
        ({"kind": "b", "layer": 0, "j": 0}, "layer"),
        ({"kind": "W", "layer": -1, "j": 0, "k": 0}, "layer"),
        ({"kind": "W", "layer": 1, "j": 2, "k": 0}, "j"),
        ({"kind": "W", "layer": 1, "j": 0, "k": 2}, "k"),
        ({"kind": "W", "layer": 1, "j": 0}, "k"),
        ({"kind": "b", "layer": 1, "j": 0, "k": 0}, "k"),
        ({"kind": "b", "layer": 1, "j": 0, "via": "2"}, "via"),
        ({"kind": "b", "layer": 1, "j": 0, "via": "0,0"}, "via"),
        ({"kind": "b", "layer": 1, "j": 0, "via": "one"}, "via"),
        ({"kind": "b", "layer": 1, "j": "1e999"}, "j"),
        ({"kind": "b", "layer": 1}, "j"),
        ({"kind": "b", "layer": 1, "j": "9" * 400}, "j"),
    ],
)
def test_what_points_at_nothing_is_refused_with_its_field_and_a_remedy(
    client: TestClient, query: Json, field: str
) -> None:
    response = asked(client, begin(client, BY_HAND), **query)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert error["problem"]
    assert error["remedy"]


def test_an_output_with_its_own_loss_has_no_slope_by_its_activation(client: TestClient) -> None:
    state = begin(client)  # a sigmoid with binary cross-entropy
    assert asked(client, state, kind="a", layer=2, j=0).status_code == 422
    assert paths(client, state, kind="a", layer=1, j=0)["count"] == 1


def test_an_unknown_session_is_404(client: TestClient) -> None:
    assert client.get("/api/sessions/nobody/paths?kind=b&layer=1&j=0").status_code == 404


# The page ------------------------------------------------------------------------------------------------------------


def shown(client: TestClient, state: Json, query: str, **headers: str) -> BeautifulSoup:
    response = client.get(f"/sessions/{state['id']}/paths?{query}", headers=headers)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


@pytest.mark.parametrize("query", ["kind=W&layer=1&j=0&k=0", "of=w-1-0-0"])
def test_the_page_shows_the_paths_without_javascript(client: TestClient, query: str) -> None:
    state = begin(client, BY_HAND)
    ahead = shown(client, state, query)
    assert "has not come to this gradient yet" in ahead.select("#paths .say")[0].text
    page = shown(client, act(client, state, "backward"), query)
    assert len(page.select("#paths .route")) == 2
    assert page.select_one("#network svg") is not None


@pytest.mark.parametrize(
    ("mark", "name"),
    [("w-1-0-1", "W-1-0-1"), ("b-2-1", "b-2-1-None"), ("u-1-0", "z-1-0-None"), ("u-0-1", "a-0-1-None")],
)
def test_every_mark_of_the_diagram_opens_its_own_gradient(client: TestClient, mark: str, name: str) -> None:
    field = shown(client, begin(client, BY_HAND), f"of={mark}").select_one("#opened")
    assert field is not None
    assert field["value"] == name


def test_the_row_of_each_parameter_leads_there(client: TestClient) -> None:
    page = soup(client, walk_of(client, BY_HAND))
    rows = page.select("#parameters tbody tr")
    doors = [row.select_one("button[form=ask][name=of]") for row in rows]
    assert [door["value"] for door in doors if door] == [row["data-ref"] for row in rows]


def test_links_of_the_panel_lead_somewhere(client: TestClient) -> None:
    state = act(client, begin(client, MANY), "backward")
    links = [a["href"] for a in shown(client, state, "of=w-1-0-0").select("#paths a")]
    assert len(links) == 12 + 3  # groups, close, and what else there is to see
    for link in links:
        assert client.get(str(link)).status_code == 200


def test_htmx_gets_only_what_changed_and_a_step_closes_the_panel(client: TestClient) -> None:
    state = begin(client, BY_HAND)
    client.get(f"/sessions/{state['id']}")
    rev = state["rev"]
    opened = client.get(f"/sessions/{state['id']}/paths?of=b-1-0&rev={rev}&open=", headers=HTMX).text
    assert 'hx-target="#paths"' in opened
    assert 'hx-target="#network"' not in opened
    again = client.get(f"/sessions/{state['id']}/paths?of=b-1-0&rev={rev}&open=b-1-0-None", headers=HTMX).text
    assert "#paths" not in again
    stepped = client.post(
        f"/sessions/{state['id']}/step", data={"rev": str(rev), "open": "b-1-0-None"}, headers=HTMX
    ).text
    assert '<hx-partial hx-target="#paths" hx-swap="innerMorph"></hx-partial>' in stepped


@pytest.mark.parametrize("verb", ["check", "focus"])
def test_what_moves_nothing_leaves_open_paths_open(client: TestClient, verb: str) -> None:
    state = begin(client, BATCHES)
    address = f"/sessions/{state['id']}"
    name = element(shown(client, state, "kind=W&layer=1&j=0&k=1"), "#opened")["value"]
    form = {"open": str(name), "on": "1", "example": str(state["batch"][-1])}
    there = client.post(f"{address}/{verb}", data=form)
    assert there.headers["Location"] == f"{address}/paths?kind=W&layer=1&j=0&k=1"
    assert "to the loss" in client.post(f"{address}/{verb}", data=form, headers=HTMX).text
    for wrong in ("W-9-9-9", "W-1-0", "b-1", "u", "", "W-1-0-0-9"):
        assert client.post(f"{address}/{verb}", data={**form, "open": wrong}).headers["Location"] == address


def test_an_address_without_a_question_shows_the_walk_as_it_is(client: TestClient) -> None:
    page = shown(client, begin(client, BY_HAND), "")
    assert page.select("#paths *") == []


@pytest.mark.parametrize("query", ["of=nothing", "of=w-1-0", "of=w-9-0-0", "kind=W&layer=x&j=0", "of=b-1-0&via=7"])
def test_a_wrong_address_gets_a_page_that_says_so(client: TestClient, query: str) -> None:
    response = client.get(f"{walk_of(client, BY_HAND)}/paths?{query}")
    assert response.status_code == 422
    assert "That did not work" in response.text
