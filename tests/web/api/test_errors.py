"""What the API refuses: with the field, what is wrong and what would be right; never a 500, never an echo."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.settings import Settings
from app.views.api_docs import PROBLEMS
from tests.web.talk import BATCHES, BY_HAND, JSON, LESSON, begin, on_one_client, pieces, read, served


def refused(response: Any, status: int = 422) -> dict[str, Any]:
    """The one error of a problem+json answer."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert set(problem) == {"type", "title", "status", "detail", "errors", "request"}
    assert problem["status"] == status
    assert problem["type"] in {f"/docs#{kind}" for kind, *_ in PROBLEMS}
    for error in problem["errors"]:
        assert set(error) == {"field", "problem", "remedy"}
        assert all(isinstance(text, str) for text in error.values())
        assert all(error[part] for part in ("problem", "remedy"))
    return problem


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"sizes": [2]}, "sizes", "at least 2"),
        ({"sizes": [2, 0, 2]}, "sizes[1]", "1 or more"),
        ({"sizes": [2, 33, 2]}, "sizes", "at most 32"),
        ({"sizes": [2, 2, 2, 2, 2, 2, 2, 2]}, "sizes", "at most 6"),
        ({"sizes": [9, 2]}, "sizes", "at most 8"),
        ({"sizes": [2, 2.5, 2]}, "sizes[1]", "whole number"),
        ({"sizes": [2, True, 2]}, "sizes[1]", "whole number"),
        ({"sizes": "2-2-2"}, "sizes", "list"),
        ({"activations": ["sigmoid"]}, "activations", "one for each layer"),
        ({"activations": ["sigmoid", "sinus"]}, "activations", "leaky_relu"),
        ({"activations": ["softmax", "sigmoid"]}, "activations", "output layer only"),
        ({"loss": "hinge"}, "loss", "mean_squared_error"),
        ({"loss": ""}, "loss", "mean_squared_error"),
        ({"loss": "cross_entropy"}, "loss", "softmax"),
        ({"parameters": {"W": [[[1, 2], [3]], [[1, 2], [3, 4]]], "b": [[0], [0]]}}, "parameters.W[0]", "equal length"),
        ({"parameters": {"W": [[[1, 2], [3, 4]]], "b": [[0, 0], [0, 0]]}}, "parameters.W", "one matrix per layer"),
        ({"parameters": {"W": [[[1, 2], [3, 4]]] * 2, "b": [[0, 0], [0]]}}, "parameters.b", "one list per layer"),
        ({"parameters": {"W": [[[1, 2], [3, 4e7]]] * 2, "b": [[0, 0], [0, 0]]}}, "parameters.W", "1,000,000"),
        ({"initializer": {"kind": "normal"}}, "", "give one of them"),
        ({"parameters": None, "initializer": {"kind": "zeros"}}, "initializer.kind", "xavier_uniform"),
        ({"parameters": None, "initializer": {"kind": "he_normal", "scale": 2}}, "initializer.scale", "Leave it out"),
        ({"parameters": None, "initializer": {"kind": "normal", "seed": -1}}, "initializer.seed", "0 or more"),
        ({"data": {"X": [[1, 2], [3, 4]], "Y": [[1, 0]]}}, "data", "same number"),
        ({"data": {"X": [[1, 2, 3]], "Y": [[1, 0]]}}, "data.X", "2 numbers a row"),
        ({"data": {"X": [[1, 2]], "Y": [[1, 0, 1]]}}, "data.Y", "2 numbers a row"),
        ({"data": {"X": [[1, 2], [3]], "Y": [[1, 0], [0, 1]]}}, "data.X", "equal length"),
        ({"data": {"X": [], "Y": [[1, 0]]}}, "data.X", "at least 1"),
        ({"data": {"X": [[1, 2e6]], "Y": [[1, 0]]}}, "data.X", "1,000,000"),
        ({"data": {"X": [[1, "2"]], "Y": [[1, 0]]}}, "data.X[0][1]", "number"),
        ({"data": {"X": [[1, None]], "Y": [[1, 0]]}}, "data.X", "data.missing what to do: drop, mean, median"),
        ({"data": {"X": [[1, None]], "Y": [[1, 0]], "missing": "zero"}}, "data.missing", "drop, mean, median"),
        ({"data": {"X": [[1, None]], "Y": [[1, 0]], "missing": ["drop"] * 3}}, "data.missing", "one for all, or 2"),
        ({"data": {"X": [[1, None]], "Y": [[1, 0]], "missing": "drop"}}, "data.missing", "Fill in"),
        ({"data": {"X": [[1, 2]], "Y": [[1, None]], "missing": "drop"}}, "data.Y[0][1]", "number"),
        ({"data": {"X": [[1, 2]] * 1001, "Y": [[1, 0]] * 1001}}, "data.X", "at most 1,000"),
        ({"data": {"dataset": "swiss roll"}}, "data.dataset", "xor"),
        ({"data": {"dataset": "iris", "examples": 151}}, "data.examples", "150"),
        ({"data": {"dataset": "xor", "scaling": "robust"}}, "data.scaling", "min_max"),
        ({"data": {"dataset": "xor", "test_share": 0.95}}, "data.test_share", "0.9"),
        ({"data": {"dataset": "xor", "split_seed": -1}}, "data.split_seed", "0 or more"),
        ({"data": {"X": [[1, 2]], "Y": [[1, 0]], "columns": ["a"]}}, "data.columns", "2 names"),
        ({"data": {"dataset": "xor", "columns": ["a", "a"]}}, "data.columns", "its own"),
        ({"data": {"dataset": "xor", "columns": ["a", "b\u202e"]}}, "data.columns", "letters"),
        ({"data": {"dataset": "xor", "names": ["n" * 41]}}, "data.names[0]", "at most 40"),
        ({"data": {"dataset": "xor", "examples": 1001}}, "data.examples", "at most 1,000"),
        ({"data": {"dataset": "xor", "examples": 10}}, "data.Y", "2 numbers a row"),
        ({"optimizer": {"kind": "sgd"}}, "optimizer.kind", "gradient_descent"),
        ({"optimizer": {"learning_rate": 0}}, "optimizer.learning_rate", "above 0"),
        ({"optimizer": {"learning_rate": 100.5}}, "optimizer.learning_rate", "0.1"),
        ({"batch_size": 2}, "batch_size", "1 to 1"),
        ({"batch_size": 0}, "batch_size", "1 or more"),
        ({"decimals": 13}, "decimals", "at most 12"),
        ({"shuffle_seed": 2**32}, "shuffle_seed", "at most"),
        ({"mistake": "wrong_signs"}, "mistake", "untransposed_weights"),
        ({"mistake": ["wrong_sign", "wrong_sign"]}, "mistake", "each mistake once"),
        ({"mistake": ["sigmoid_slope", "missing_slope"]}, "mistake", "Name one of them"),
        ({"mistake": ["wrong_sign", "typo"]}, "mistake", "untransposed_weights"),
        ({"mistake": "slope_after_softmax"}, "mistake", "cross_entropy"),
        ({"warm_up": [1]}, "warm_up", "0 to 0"),
        ({"colour": "blue"}, "", "Leave it out"),
        ({"as_published": True}, "", "Leave it out"),
    ],
)  # fmt: skip
def test_a_setup_that_does_not_fit_is_refused_with_field_and_remedy(
    client: TestClient, change: dict[str, object], field: str, says: str
) -> None:
    problem = refused(client.post("/api/sessions", json={**BY_HAND, **change}))
    (error,) = problem["errors"]
    assert error["field"] == field
    assert says in f"{error['problem']} {error['remedy']}"


def test_a_mistake_that_needs_square_layers_says_so(client: TestClient) -> None:
    problem = refused(client.post("/api/sessions", json={**BATCHES, "mistake": "untransposed_weights"}))
    assert problem["errors"][0]["field"] == "mistake"


def test_an_unknown_lesson_is_answered_with_those_that_there_are(client: TestClient) -> None:
    (error,) = refused(client.post("/api/sessions", json={"lesson": "hours"}))["errors"]
    assert error["field"] == "lesson"
    assert "hours-of-study" in error["remedy"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 400, "1" * 5000])
def test_numbers_beyond_the_finite_ones_are_refused(client: TestClient, number: str) -> None:
    body = '{"sizes": [1, 1], "data": {"X": [[%s]], "Y": [[1]]}}' % number  # noqa: UP031  # braces of JSON
    problem = refused(client.post("/api/sessions", content=body, headers=JSON), 400 if len(number) > 4000 else 422)
    assert number not in json.dumps(problem)


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b'"\\ud800"'])
def test_a_body_that_is_no_json_is_refused(client: TestClient, body: bytes) -> None:
    response = client.post("/api/sessions", content=body, headers=JSON)
    refused(response, response.status_code)
    assert response.status_code in (400, 422)


def test_nothing_of_what_was_given_is_said_again(client: TestClient) -> None:
    marked = {"lesson": "zebra", "zebra": "zebra"}
    setup = {**BY_HAND, "loss": "zebra", "zebra": ["zebra"]}
    for body in (marked, setup, {**setup, "data": {"dataset": "zebra", "zebra": 1}}, ["zebra"], "zebra"):
        assert "zebra" not in client.post("/api/sessions", json=body).text


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("step", {"by": "mile"}, "by"),
        ("back", {"by": 3}, "by"),
        ("step", {"rev": "1"}, "rev"),
        ("step", {"rev": -1}, "rev"),
        ("step", {"far": 1}, ""),
        ("forward", {"by": "layer"}, ""),
        ("train", {}, ""),
        ("train", {"epochs": 1, "iterations": 1}, ""),
        ("train", {"epochs": 0}, "epochs"),
        ("train", {"iterations": 1.0}, "iterations"),
        ("train", {"iterations": 10_001}, "iterations"),
        ("train", {"epochs": 5_001}, "epochs"),
        ("train", {"epochs": 10**30}, "epochs"),
    ],
)
def test_a_verb_with_a_wrong_body_changes_nothing(
    client: TestClient, verb: str, body: dict[str, object], field: str
) -> None:
    state = begin(client, BATCHES)
    (error,) = refused(client.post(f"/api/sessions/{state['id']}/{verb}", json=body))["errors"]
    assert error["field"] == field
    assert read(client, state) == state


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"learning_rate": -1}, "learning_rate"),
        ({"learning_rate": 1000}, "learning_rate"),
        ({"learning_rate": "0.1"}, "learning_rate"),
        ({"example": 2}, "example"),
        ({"example": 10**30}, "example"),
        ({"parameter": {"layer": 1, "kind": "W", "j": 0, "k": 0}}, "parameter.value"),
        ({"parameter": {"layer": 3, "kind": "W", "j": 0, "k": 0, "value": 1}}, "parameter.layer"),
        ({"parameter": {"layer": 1, "kind": "W", "j": 3, "k": 0, "value": 1}}, "parameter.j"),
        ({"parameter": {"layer": 1, "kind": "W", "j": 0, "k": 2, "value": 1}}, "parameter.k"),
        ({"parameter": {"layer": 1, "kind": "W", "j": 0, "value": 1}}, "parameter.k"),
        ({"parameter": {"layer": 1, "kind": "b", "j": 0, "k": 0, "value": 1}}, "parameter.k"),
        ({"parameter": {"layer": 1, "kind": "c", "j": 0, "value": 1}}, "parameter.kind"),
        ({"parameter": {"layer": 1, "kind": "b", "j": 0, "value": 1e7}}, "parameter.value"),
    ],
)
def test_an_edit_that_does_not_fit_changes_nothing(client: TestClient, body: dict[str, object], field: str) -> None:
    state = begin(client, BATCHES)
    (error,) = refused(client.patch(f"/api/sessions/{state['id']}", json=body))["errors"]
    assert error["field"] == field
    assert read(client, state) == state


def test_a_half_wrong_edit_changes_nothing(client: TestClient) -> None:
    state = begin(client, BATCHES)
    refused(client.patch(f"/api/sessions/{state['id']}", json={"learning_rate": 0.5, "example": 2}))
    assert read(client, state) == state


def test_a_revision_that_is_no_number_is_refused(client: TestClient) -> None:
    state = begin(client)
    response = client.post(f"/api/sessions/{state['id']}/step", headers={"If-Match": '"first"'})
    assert refused(response)["errors"][0]["field"] == "rev"


def test_training_that_runs_away_is_a_conflict_and_changes_nothing(client: TestClient) -> None:
    lesson = begin(client, {"lesson": "hours-of-study"})
    client.patch(f"/api/sessions/{lesson['id']}", json={"learning_rate": 100})
    before = read(client, lesson)
    problem = refused(client.post(f"/api/sessions/{lesson['id']}/train", json={"iterations": 500}), 409)
    assert "smaller learning rate" in problem["detail"]
    assert read(client, lesson) == before


@pytest.mark.parametrize("learning_rate", [1e-6, 100])
def test_the_largest_numbers_that_are_taken_have_a_finite_state(client: TestClient, learning_rate: float) -> None:
    largest = {
        "sizes": [8, 32, 32, 32, 32, 32, 1],
        "activations": ["identity"] * 6,
        "initializer": {"kind": "constant", "value": 1e6},
        "data": {"X": [[1e6] * 8], "Y": [[-1e6]]},
        "optimizer": {"learning_rate": learning_rate},
    }
    state = begin(client, largest)
    statuses = [client.post(f"/api/sessions/{state['id']}/{v}").status_code for v in ("backward", "update", "update")]
    assert set(statuses) <= {200, 409}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/sessions/nobody", 404),
        ("POST", "/api/sessions/nobody/step", 404),
        ("GET", "/api/sessions/nobody/trace", 404),
        ("PUT", "/api/sessions", 405),
        ("DELETE", "/api/lessons", 405),
    ],
)
def test_what_is_not_there_is_a_problem_too(client: TestClient, method: str, path: str, status: int) -> None:
    refused(client.request(method, path), status)


def test_a_session_expires_and_says_so(settings: Settings) -> None:
    with served(settings.model_copy(update={"session_hours": 1e-9})) as client:
        state = client.post("/api/sessions", json=LESSON).json()
        assert "Start a new one" in refused(client.get(f"/api/sessions/{state['id']}"), 404)["detail"]


def test_a_body_that_is_too_large_is_refused_with_and_without_its_length(client: TestClient) -> None:
    large = b" " * (512 * 1024 + 1)
    refused(client.post("/api/sessions", content=large, headers=JSON), 413)
    refused(client.post("/api/sessions", content=pieces(large), headers=JSON), 413)


def test_limits_are_settings(settings: Settings) -> None:
    with served(settings.model_copy(update={"max_units": 2, "max_iterations_per_request": 5})) as client:
        (error,) = refused(client.post("/api/sessions", json=BATCHES))["errors"]
        assert "at most 2" in error["remedy"]
        state = begin(client)
        refused(client.post(f"/api/sessions/{state['id']}/train", json={"iterations": 6}))


# Junk ---------------------------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [*BY_HAND, "initializer", "batch_size", "shuffle_seed", "mistake", "warm_up", "rev", "by", "epochs",
          "iterations", "learning_rate", "parameter", "example", "lesson", "as_published"]  # fmt: skip
PLACES = ["/api/sessions", "/api/sessions/{id}", "/api/sessions/{id}/step", "/api/sessions/{id}/train"]


@given(
    st.sampled_from(PLACES),
    st.sampled_from([{}, BY_HAND, BATCHES]),
    st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=3),
)
@on_one_client(150)
def test_no_json_body_makes_the_server_fail(
    client: TestClient, place: str, base: dict[str, Any], junk: dict[str, Any]
) -> None:
    path = place.format(id=begin(client)["id"])
    method = "PATCH" if path.count("/") == 3 else "POST"
    body = json.dumps({**(base if method == "POST" and path.count("/") == 2 else {}), **junk})
    response = client.request(method, path, content=body, headers=JSON)
    assert response.status_code in (200, 201, 400, 409, 412, 422), response.text


@given(st.sampled_from(PLACES[::2]), st.binary(max_size=200))
@on_one_client(100)
def test_no_bytes_make_the_server_fail(client: TestClient, place: str, junk: bytes) -> None:
    path = place.format(id=begin(client)["id"])
    response = client.post(path, content=junk, headers=JSON)
    assert response.status_code in (200, 400, 422), response.text
