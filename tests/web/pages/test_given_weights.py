"""Weights that another program printed become a network of one's own, from the page for building."""

import json

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from tests.web.reading import element, soup
from tests.web.talk import state_of

W1, b1 = [[0.15, 0.25], [0.2, 0.3], [-0.5, 1.5]], [0.35, 0.35, 0.0]
W2, b2 = [[0.4, 0.5, -0.1]], [0.6]
FORM = {
    "source": "dataset",
    "data.dataset": "xor",
    "data.examples": "4",
    "data.noise": "0",
    "output": "sigmoid",
    "loss": "binary_cross_entropy",
}


def taken(client: TestClient, text: str) -> dict[str, str]:
    """The fields of the form after the text was taken."""
    answer = client.post("/build", data={**FORM, "weights": text, "do": "weights"})
    assert answer.status_code == 200
    form = element(BeautifulSoup(answer.text, "html5lib"), "#build")
    fields = {
        str(one["name"]): str(one.get("value", ""))
        for one in form.select("input[name]:not([type=file], [type=radio], [type=checkbox]:not([checked]))")
    }
    for select in form.select("select[name]"):
        chosen = select.select_one("option[selected]") or select.select_one("option")
        fields[str(select["name"])] = str(chosen["value"]) if chosen else ""
    return fields


@pytest.mark.parametrize("turned", [False, True])
def test_weights_are_walked_either_way_round(client: TestClient, turned: bool) -> None:
    def side(W: list[list[float]]) -> list[list[float]]:
        return [list(row) for row in zip(*W, strict=True)] if turned else W

    text = json.dumps({"0.weight": side(W1), "0.bias": b1, "2.weight": side(W2), "2.bias": b2})
    fields = taken(client, text)
    assert fields["units-1"] == "3"
    assert fields["initializer.kind"] == "given"
    answer = client.post("/build", data={**FORM, **fields, "do": "start"})
    assert answer.status_code == 303, answer.text
    state = state_of(client, str(answer.headers["location"]))
    assert state["network"]["sizes"] == [2, 3, 1]
    assert state["network"]["layers"] == [{"W": W1, "b": b1}, {"W": W2, "b": b2}]


@pytest.mark.parametrize(("text", "words"), [
    ("", "There are no weights in this."), ("[[1, 2]]\n[[1, 2, 3]]", "either way round: 1×2, 1×3"),
    ("[[1, 2]", "A bracket is not closed."),
])  # fmt: skip
def test_what_cannot_be_read_is_told_and_kept(client: TestClient, text: str, words: str) -> None:
    answer = client.post("/build", data={**FORM, "weights": text, "do": "weights"})
    assert words in answer.text
    assert answer.status_code == 200
    if text:
        assert text.split("\n")[0] in answer.text


def test_shapes_that_do_not_fit_the_data_are_told(client: TestClient) -> None:
    answer = client.post("/build", data={**FORM, "weights": json.dumps([[[1.0, 2.0, 3.0]]]), "do": "weights"})
    assert "The shapes of W do not fit sizes [2, 1]." in answer.text


def test_the_page_has_a_place_for_them(client: TestClient) -> None:
    assert element(soup(client, "/build"), "textarea[name=weights]").text == ""
