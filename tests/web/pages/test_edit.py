"""Edits and undo over HTTP: as JSON, and from the page's forms."""

import pytest
from starlette.testclient import TestClient

from tests.web.reading import element, soup
from tests.web.talk import BATCHES, BY_HAND, HTMX, LESSON, act, begin, edit, read, walk_of


def test_an_input_and_a_target_are_edited_by_json(client: TestClient) -> None:
    state = begin(client, {**BATCHES, "batch_size": None})
    state = edit(client, state, input={"example": 1, "column": 1, "value": -2.5})
    state = edit(client, state, target={"example": 0, "column": 1, "value": 0.75})
    state = act(client, state, "forward")
    assert state["forward"]["A"][0][1] == [1.5, -2.5]
    state = act(client, act(client, state, "undo"), "undo")
    assert state["cursor"] == 0
    assert act(client, state, "forward")["forward"]["A"][0][1] == [1.5, 2.0]


def test_undo_of_a_training_by_json(client: TestClient) -> None:
    before = act(client, begin(client, BATCHES), "step", by="phase")
    after = act(client, act(client, before, "train", iterations=25), "undo")
    assert {**after, "rev": 0} == {**before, "rev": 0}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"input": {"example": 9, "value": 1.0}}, "input.example"),
        ({"input": {"example": 0, "column": 7, "value": 1.0}}, "input.column"),
        ({"target": {"example": 0, "value": 1e7}}, "target.value"),
        ({"target": {"example": 0}}, "target.value"),
        ({"input": {"example": 0, "value": "1"}}, "input.value"),
        ({}, ""),
    ],
)
def test_an_edit_that_cannot_be_is_refused_and_nothing_moves(client: TestClient, body: object, field: str) -> None:
    state = begin(client, BATCHES)
    response = client.patch(f"/api/sessions/{state['id']}", json=body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field
    assert read(client, state)["rev"] == 1


def test_nothing_to_undo_is_said(client: TestClient) -> None:
    response = client.post(f"/api{walk_of(client)}/undo")
    assert response.status_code == 422
    assert "nothing to undo" in response.json()["detail"]


# The page -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "name", "value"),
    [("w-1-0-1", "w-1-0-1", "0.25"), ("b-2-1", "b-2-1", "0.6"), ("u-0-1", "x-0-1", "0.1"), ("u-1-0", "b-1-0", "0.35"),
     ("y-1", "y-0-1", "0.99"), ("x-0-0", "x-0-0", "0.05")],
)  # fmt: skip
def test_what_is_chosen_in_the_diagram_or_a_table_opens_a_number_field(
    client: TestClient, of: str, name: str, value: str
) -> None:
    form = element(soup(client, f"{walk_of(client, BY_HAND)}/paths?of={of}"), "#edit form")
    assert element(form, "[name=of]")["value"] == name
    assert element(form, "[name=value]")["value"] == value


def test_plus_and_minus_step_by_a_tenth_of_the_values_power_of_ten(client: TestClient) -> None:
    form = soup(client, f"{walk_of(client, BY_HAND)}/paths?of=w-1-0-0").select_one("#edit form")
    assert [button["value"] for button in form.select("[name=step]")] == ["0.14", "0.16"]  # type: ignore[union-attr]


def test_an_edit_by_form_leads_back_to_the_open_field_and_says_what_was_edited(client: TestClient) -> None:
    at = walk_of(client, BY_HAND)
    response = client.post(f"{at}/edit", data={"of": "w-1-0-0", "value": "0.5", "step": "0.16"})
    assert response.status_code == 303
    seen = soup(client, response.headers["location"])
    assert element(seen, "#edited")["value"] == "0.16"
    assert "is 0.16 from iteration 1 on" in element(seen, "#edit").text
    assert "0.16" in element(seen, "#status").text
    assert client.post(f"{at}/undo").status_code == 303
    assert element(soup(client, at), "#edit").text.strip() == ""


@pytest.mark.parametrize(
    "form",
    [
        {"of": "w-9-0-0", "value": "1"},
        {"of": "w-1-0", "value": "1"},
        {"of": "x-5-0", "value": "1"},
        {"of": "nonsense", "value": "1"},
        {"of": "w-1-0-0", "value": "nan"},
        {"of": "w-1-0-0", "value": "1e999"},
        {"of": "w-1-0-0", "value": "2000000"},
        {"of": "w-1-0-0"},
        {},
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_form_that_cannot_be_changes_nothing(
    client: TestClient, form: dict[str, str], headers: dict[str, str]
) -> None:
    state = begin(client, BY_HAND)
    response = client.post(f"/sessions/{state['id']}/edit", data=form, headers=headers)
    assert response.status_code == 422
    assert read(client, state)["rev"] == 1


def test_addresses_that_name_nothing_are_refused(client: TestClient) -> None:
    at = walk_of(client, LESSON)
    for of in ("x-99-0", "y-7", "x-0", "y-0-4"):
        assert client.get(f"{at}/paths?of={of}").status_code == 422
