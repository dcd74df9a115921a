"""The check over HTTP: a switch on the page, and every gradient as JSON."""

import json

import pytest
from starlette.testclient import TestClient

from app.web.pages.check import CheckAnswer
from tests.web.talk import BY_HAND, FORM, HTMX, LESSON, Json, act, begin


def check(client: TestClient, state: Json) -> Json:
    """The answer, documented field by field, finite throughout."""
    response = client.get(f"/api/sessions/{state['id']}/gradient-check")
    assert response.status_code == 200, response.text
    answer: Json = json.loads(response.text, parse_constant=pytest.fail)
    CheckAnswer.model_validate(answer, strict=True)
    assert set(answer) == set(CheckAnswer.model_fields)
    return answer


def test_a_right_network_passes(client: TestClient) -> None:
    answer = check(client, begin(client))
    assert (answer["ok"], answer["max_relative_error"] < 1e-6) == (True, True)
    assert [(p["layer"], p["kind"], p["j"], p["k"]) for p in answer["parameters"]] == [
        *((2, "W", 0, 0), (2, "W", 0, 1), (2, "b", 0, None)),
        *((1, "W", 0, 0), (1, "W", 0, 1), (1, "W", 1, 0), (1, "W", 1, 1), (1, "b", 0, None), (1, "b", 1, None)),
    ]
    assert {(p["ok"], p["because"]) for p in answer["parameters"]} == {(True, "")}


def test_where_differences_cannot_tell_the_answer_says_who_did_or_nothing(client: TestClient) -> None:
    tanh = {"sizes": [1, 1], "activations": ["tanh"], "loss": "half_squared_error"}
    sure = {**tanh, "parameters": {"W": [[[16.0]]], "b": [[0]]}, "data": {"X": [[1]], "Y": [[-0.5]]}}
    right, wrong = (
        check(client, begin(client, sure)),
        check(client, begin(client, {**sure, "mistake": "halved_gradient"})),
    )
    assert {(p["ok"], p["because"], p["referee"]) for p in right["parameters"]} == {(True, "", "paths")}
    assert {(p["ok"], p["because"], p["referee"]) for p in wrong["parameters"]} == {(False, "wrong", "paths")}
    cancel = {"X": [[1], [1]], "Y": [[0.3], [0.7000000000000001]]}
    even = {"sizes": [1, 1], "activations": ["identity"], "parameters": {"W": [[[0.5]]], "b": [[0]]}, "data": cancel}
    untold = check(client, begin(client, {**even, "loss": "half_squared_error"}))
    assert untold["ok"] is None
    assert {(p["ok"], p["because"]) for p in untold["parameters"]} == {(None, "too_small")}
    assert "Too small to tell by differences: 2 of 2." in untold["verdict"]


def test_a_corner_has_a_slope_on_either_side(client: TestClient) -> None:
    start = {"parameters": {"W": [[[0]]], "b": [[0]]}, "data": {"X": [[1]], "Y": [[-2]]}}
    corner = {"sizes": [1, 1], "activations": ["relu"], "loss": "half_squared_error", **start}
    for p in check(client, begin(client, corner))["parameters"]:
        assert (p["ok"], p["because"], p["analytic"]) == (True, "kink", 0)
        assert p["sides"] == pytest.approx([0, 2], abs=1e-9)


def test_rounding_and_a_mistake_are_told_apart(client: TestClient) -> None:
    answer = check(client, begin(client, {"lesson": "two-outputs-two-paths"}))
    assert not answer["ok"]
    assert "Layer 2: rounding only; layer 1: wrong." in answer["verdict"]
    assert {(p["layer"], p["because"]) for p in answer["parameters"]} >= {(2, "rounding"), (1, "wrong")}
    right = check(client, begin(client, BY_HAND))
    assert (right["ok"], right["max_relative_error"] > 1e-6) == (True, True)


def test_the_analytic_figures_are_those_of_the_state(client: TestClient) -> None:
    state = act(client, begin(client), "backward")
    for p in check(client, state)["parameters"]:
        found = state["backward"]["dW" if p["kind"] == "W" else "db"][p["layer"] - 1][p["j"]]
        assert p["analytic"] == (found if p["k"] is None else found[p["k"]])


def test_an_unknown_session_has_no_check(client: TestClient) -> None:
    assert client.get("/api/sessions/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/gradient-check").status_code == 404


def test_the_page_checks_where_it_is_told_to_and_stops_again(client: TestClient) -> None:
    state = act(client, begin(client, LESSON), "backward")
    page = f"/sessions/{state['id']}"
    assert "Check every gradient" in client.get(page).text
    assert client.post(f"{page}/check", data={"on": "1", "rev": str(state["rev"])}).status_code == 303
    text = client.get(page).text
    assert "All 9 gradients agree with central differences of the loss" in text
    assert "by differences" in text
    assert "They agree to" in text
    assert client.post(f"{page}/check", data={"on": "0"}).status_code == 303
    assert "Check every gradient" in client.get(page).text


def test_the_switch_stays_where_the_walk_goes_on(client: TestClient) -> None:
    state = begin(client)
    client.post(f"/sessions/{state['id']}/check", data={"on": "1"})
    client.post(f"/sessions/{state['id']}/step", data={"by": "iteration"})
    assert "agree with central differences" in client.get(f"/sessions/{state['id']}").text


def test_htmx_gets_the_panels_that_changed(client: TestClient) -> None:
    state = act(client, begin(client), "backward")
    client.get(f"/sessions/{state['id']}")
    body = f"on=1&rev={state['rev']}"
    answer = client.post(f"/sessions/{state['id']}/check", content=body, headers=FORM | HTMX)
    assert answer.status_code == 200
    for panel in ("check", "equation", "parameters"):
        assert f'hx-target="#{panel}"' in answer.text
    assert 'hx-target="#network"' not in answer.text


@pytest.mark.parametrize("on", ["", "yes", "-1", "1e999"])
def test_a_switch_that_is_neither_on_nor_off_is_refused(client: TestClient, on: str) -> None:
    state = begin(client)
    answer = client.post(f"/sessions/{state['id']}/check", data={"on": on})
    assert answer.status_code == 422
    assert check(client, state)["ok"]


def test_a_stale_switch_changes_nothing(client: TestClient) -> None:
    state = begin(client)
    assert client.post(f"/sessions/{state['id']}/check", data={"on": "1", "rev": "999"}).status_code == 412
    assert "Check every gradient" in client.get(f"/sessions/{state['id']}").text


def test_more_than_the_server_can_check_at_once_is_refused_with_the_way_out(client: TestClient) -> None:
    data = {"X": [[0.1] * 8] * 200, "Y": [[1, 0, 0, 0]] * 200}
    large = {"sizes": [8, 32, 32, 32, 32, 32, 4], "data": data}
    state = begin(client, large)
    response = client.get(f"/api/sessions/{state['id']}/gradient-check")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "batch_size"
    small = begin(client, {**large, "batch_size": 1})
    assert check(client, small)["ok"]
