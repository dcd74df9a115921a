"""The JSON API, field by field: what other programs build on."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.engine.learning.optimizers import OPTIMIZERS
from app.lessons import LESSONS
from app.main import create_app
from app.settings import Settings
from app.web.api.schemas import EquationAnswer, HistoryAnswer, LessonAnswer
from tests.lessons.printed import assert_printed, notebook
from tests.web.talk import BATCHES, BY_HAND, Json, act, begin, documented, edit, read


def test_the_lessons_are_listed_in_teaching_order(client: TestClient) -> None:
    lessons = client.get("/api/lessons").json()
    assert [lesson["slug"] for lesson in lessons] == [lesson.slug for lesson in LESSONS]
    for lesson in lessons:
        LessonAnswer.model_validate(lesson, strict=True)


# Beginning ----------------------------------------------------------------------------------------------------------


def test_a_new_session_has_a_location_and_an_entity_tag(client: TestClient) -> None:
    response = client.post("/api/sessions", json={"lesson": "hours-of-study"})
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/sessions/{response.json()['id']}"
    assert response.headers["ETag"] == '"1"'
    assert client.get(response.headers["Location"]).json() == response.json()


def test_a_new_session_stands_before_its_first_equation(client: TestClient) -> None:
    state = begin(client)
    assert (state["rev"], state["lesson"]) == (1, "one-example-at-a-time")
    assert (state["epoch"], state["iteration"], state["example"], state["batch"]) == (0, 0, 0, [0])
    assert (state["phase"], state["cursor"], state["equations"], state["equation"]) == ("forward", 0, 28, None)
    assert state["network"]["layers"] == [
        {"W": [[0.1, 0.1], [0.1, 0.1]], "b": [0.0, 0.0]},
        {"W": [[0.1, 0.1]], "b": [0.0]},
    ]
    assert state["forward"] is state["loss"] is state["backward"] is state["loss_after"] is None


def test_a_lesson_starts_as_published_unless_it_is_asked_for_put_right(client: TestClient) -> None:
    mistakes = [
        begin(client, {"lesson": "two-outputs-two-paths", **way})["setup"]["mistake"]
        for way in ({}, {"as_published": True}, {"as_published": False})
    ]
    assert mistakes == ["untransposed_weights", "untransposed_weights", None]


def test_data_is_scaled_and_part_of_it_kept_for_testing(client: TestClient) -> None:
    X, Y = [[float(i), 7.0] for i in range(10)], [[2.0 * i] for i in range(10)]
    prepared = {"scaling": "min_max", "scale_targets": True, "test_share": 0.3, "split_seed": 5, "columns": ["a", "b"]}
    state = begin(client, {"sizes": [2, 3, 1], "data": {"X": X, "Y": Y, **prepared}})
    assert state["setup"]["data"] == {"X": X, "Y": Y, **prepared}
    assert state["batch"] == list(range(7))
    inputs = act(client, state, "forward")["forward"]["A"][0]
    assert [min(column) for column in zip(*inputs, strict=True)] == [0, 0]
    assert [max(column) for column in zip(*inputs, strict=True)] == [1, 0]


def test_a_data_set_of_several_classes_gets_a_softmax(client: TestClient) -> None:
    data = {"dataset": "iris", "examples": 30, "noise": 0.0, "seed": 1}
    state = begin(client, {"sizes": [4, 3, 3], "data": data})
    assert state["setup"]["data"] == data
    assert state["setup"]["activations"] == ["tanh", "softmax"]


def test_a_setup_of_sizes_and_data_has_fitting_defaults(client: TestClient) -> None:
    data = {"X": [[0.0, 1.0], [1.0, 0.0]], "Y": [[0], [1]]}
    state = begin(client, {"sizes": [2, 3, 1], "data": data})
    assert state["lesson"] is None
    assert state["setup"] == {
        "sizes": [2, 3, 1],
        "activations": ["tanh", "sigmoid"],
        "loss": "binary_cross_entropy",
        "initializer": {"kind": "xavier_uniform", "seed": 0},
        "data": {"X": [[0.0, 1.0], [1.0, 0.0]], "Y": [[0.0], [1.0]]},
        "optimizer": {"kind": "gradient_descent", "learning_rate": 0.1},
        "batch_size": None,
        "shuffle_seed": None,
        "decimals": None,
        "mistake": None,
    }
    assert state["batch"] == [0, 1]


@pytest.mark.parametrize(
    "more",
    [
        {"data": {"dataset": "xor", "examples": 12, "noise": 0.1, "seed": 1}, "sizes": [2, 4, 1]},
        {"initializer": {"kind": "constant", "value": 0.5}},
        {"initializer": {"kind": "normal", "scale": 0.1, "seed": 4}},
        {"initializer": {"kind": "he_normal", "seed": 2}, "activations": ["relu", "identity"]},
        {"shuffle_seed": 3, "batch_size": 1},
        {"decimals": 4, "mistake": "halved_gradient"},
        {"mistake": ["wrong_sign", "bias_times_fan_in"]},
        {"warm_up": [2, 0]},
    ],
)
def test_the_setup_that_a_state_shows_begins_the_same_session(client: TestClient, more: dict[str, object]) -> None:
    state = begin(client, {**BATCHES, **more})
    again = begin(client, state["setup"])
    assert {**again, "id": state["id"]} == state


def test_null_means_left_out(client: TestClient) -> None:
    nulls = dict.fromkeys(["activations", "loss", "parameters", "initializer", "optimizer", "batch_size", "decimals"])
    assert begin(client, {**BATCHES, **nulls})["setup"]["batch_size"] is None


# Walking ------------------------------------------------------------------------------------------------------------


def test_the_hand_calculation_appears_phase_by_phase_and_stays_until_the_next_iteration(client: TestClient) -> None:
    printed = notebook("1_")["walk"][0]
    state = begin(client, {**BY_HAND, "mistake": "untransposed_weights"})
    state = act(client, state, "forward")
    assert (state["phase"], state["cursor"], state["loss"], state["backward"]) == ("forward", 8, None, None)
    assert state["forward"]["A"][0] == [[0.05, 0.1]]
    assert_printed(printed["hidden"] + printed["output"], np.ravel(state["forward"]["A"][1:]), "activations")
    state = act(client, state, "step")
    assert_printed([printed["loss"]], [state["loss"]], "loss")
    state = act(client, state, "backward")
    assert_printed(printed["delta1"] + printed["delta2"], np.ravel(state["backward"]["delta"]), "delta")
    assert_printed([printed["dW1"], printed["dW2"]], np.ravel(state["backward"]["dW"]), "dW")
    assert state["backward"]["db"] == [delta[0] for delta in state["backward"]["delta"]]
    assert state["network"]["layers"][0]["W"] == BY_HAND["parameters"]["W"][0]  # type: ignore[index]
    assert state["loss_after"] is None
    state = act(client, state, "update")
    assert state["cursor"] == state["equations"] == 37
    assert_printed(printed["W1_after"], np.ravel(state["network"]["layers"][0]["W"]), "W1")
    assert_printed(printed["b2_after"], state["network"]["layers"][1]["b"], "b2")
    assert state["loss_after"] < state["loss"]
    state = act(client, state, "step")
    assert state["forward"] is state["loss"] is state["backward"] is state["loss_after"] is None
    assert (state["iteration"], state["cursor"]) == (1, 1)


def test_delta_carries_the_share_of_an_example_in_its_batch(client: TestClient) -> None:
    state = act(client, begin(client, BATCHES), "backward")
    back, there = state["backward"], state["forward"]
    for l in (0, 1):
        np.testing.assert_allclose(np.transpose(back["delta"][l]) @ np.array(there["A"][l]), back["dW"][l], rtol=1e-12)
        np.testing.assert_allclose(np.sum(back["delta"][l], axis=0), back["db"][l], rtol=1e-12)
    error = np.array(there["A"][2]) - np.array(BATCHES["data"]["Y"][:2])  # type: ignore[index]
    np.testing.assert_allclose(back["delta"][1], error / 2, rtol=1e-12)  # mean squared error: 2/2, over 2 examples


def test_back_undoes_by_the_same_measures_across_iterations(client: TestClient) -> None:
    states = [begin(client, BATCHES)]
    for by in ("equation", "layer", "phase", "iteration", "epoch"):
        states.append(act(client, states[-1], "step", by=by))
    far = act(client, states[-1], "train", epochs=2)
    for _ in range(far["iteration"] + 1):
        far = act(client, far, "back", by="iteration")
    assert {**far, "rev": 1} == states[0]
    assert act(client, far, "back", by="epoch")["cursor"] == 0


def test_train_by_epochs_and_by_iterations_stands_at_the_end_of_the_last(client: TestClient) -> None:
    state = begin(client, BATCHES)
    assert act(client, state, "train", iterations=3)["iteration"] == 2
    state = act(client, state, "train", epochs=2)
    assert (state["iteration"], state["epoch"], state["cursor"]) == (6, 3, state["equations"])


def test_reset_begins_again(client: TestClient) -> None:
    state = begin(client, BATCHES)
    moved = edit(client, act(client, state, "train", epochs=2), learning_rate=0.5)
    assert {**act(client, moved, "reset"), "rev": 1} == state


@pytest.mark.parametrize("verb", ["step", "back", "forward", "backward", "update", "reset"])
def test_a_verb_needs_no_body(client: TestClient, verb: str) -> None:
    state = begin(client)
    assert client.post(f"/api/sessions/{state['id']}/{verb}").status_code == 200


# Changes ------------------------------------------------------------------------------------------------------------


def test_patch_changes_the_learning_rate_that_the_setup_shows(client: TestClient) -> None:
    state = edit(client, begin(client), learning_rate=0.25)
    assert state["setup"]["optimizer"] == {"kind": "gradient_descent", "learning_rate": 0.25}
    assert state["rev"] == 2


def test_patch_changes_one_parameter(client: TestClient) -> None:
    state = begin(client, BATCHES)
    parameter = {"layer": 1, "kind": "W", "j": 2, "k": 1, "value": 0.3}
    edited = edit(client, state, parameter=parameter)
    state["network"]["layers"][0]["W"][2][1] = 0.3
    assert edited["network"] == state["network"]
    bias = edit(client, edited, parameter={"layer": 2, "kind": "b", "j": 1, "value": 1})
    assert bias["network"]["layers"][1]["b"] == [0.0, 1.0]


def test_patch_looks_at_another_example_of_the_batch(client: TestClient) -> None:
    state = act(client, begin(client, BATCHES), "step")
    other = edit(client, state, example=1)
    assert (state["example"], other["example"]) == (0, 1)
    assert other["equation"]["value"] != state["equation"]["value"]


# Revisions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["field", "If-Match", "weak If-Match"])
def test_a_stale_revision_changes_nothing_and_gets_the_current_state(client: TestClient, way: str) -> None:
    state = begin(client)
    now = act(client, state, "step", rev=1)
    header = {"field": {}, "If-Match": {"If-Match": '"1"'}, "weak If-Match": {"If-Match": 'W/"1"'}}[way]
    body = {"rev": 1} if way == "field" else {}
    response = client.post(f"/api/sessions/{state['id']}/step", json=body, headers=header)
    assert response.status_code == 412
    assert response.headers["content-type"] == "application/problem+json"
    assert documented(response.json()["state"]) == now
    assert read(client, state) == now


def test_the_right_revision_goes_through_in_either_way(client: TestClient) -> None:
    state = begin(client)
    moved = client.post(f"/api/sessions/{state['id']}/forward", headers={"If-Match": '"1"'})
    assert moved.status_code == 200
    assert moved.headers["ETag"] == '"2"'
    assert act(client, state, "step", rev=2)["rev"] == 3


# Trace and history --------------------------------------------------------------------------------------------------


def trace(client: TestClient, state: Json) -> list[Json]:
    """Every equation of the iteration, documented field by field."""
    equations: list[Json] = read(client, state, "/trace")
    for equation in equations:
        EquationAnswer.model_validate(equation, strict=True)
    return equations


@pytest.mark.parametrize("setup", [{"lesson": lesson.slug} for lesson in LESSONS] + [BATCHES, BY_HAND])
def test_the_terms_of_every_equation_add_up_to_its_value(client: TestClient, setup: dict[str, object]) -> None:
    state = act(client, begin(client, setup), "update")
    equations = trace(client, state)
    assert [equation["index"] for equation in equations] == list(range(state["equations"]))
    assert equations[-1] == state["equation"]
    for equation in equations:
        total = sum(term["value"] for term in equation["terms"])
        assert total == pytest.approx(equation["value"], rel=1e-9, abs=1e-15), equation["text"]
        assert all(term["symbols"] for term in equation["terms"])


def test_a_trace_holds_no_number_that_is_not_yet_reached(client: TestClient) -> None:
    state = act(client, begin(client, BATCHES), "forward")
    equations = trace(client, state)
    reached = [equation["value"] is not None for equation in equations]
    assert reached == [index < state["cursor"] for index in range(state["equations"])]
    assert all(term["value"] is None for equation in equations[state["cursor"] :] for term in equation["terms"])


def test_a_trace_says_each_equation_in_symbols_and_in_code(client: TestClient) -> None:
    state = act(client, begin(client, BY_HAND), "backward")
    equations = trace(client, state)
    (delta,) = [e for e in equations if (e["kind"], e["layer"], e["j"]) == ("delta", 1, 0)]
    assert (delta["phase"], delta["k"]) == ("backward", None)
    assert len(delta["terms"]) == 2  # one for each output that the hidden unit feeds
    assert delta["code"].startswith("delta1 = ")
    assert r"\delta^{[1]}_{1}" in delta["latex"]
    (loss,) = [e for e in equations if e["kind"] == "loss"]
    assert (loss["layer"], loss["j"], len(loss["terms"])) == (None, None, 2)


def test_a_mean_over_the_batch_has_a_term_for_every_example(client: TestClient) -> None:
    state = act(client, begin(client, BATCHES), "backward")
    counts = {e["kind"]: len(e["terms"]) for e in trace(client, state)}
    assert (counts["loss"], counts["dW"], counts["db"]) == (2, 2, 2)


def test_the_history_is_of_losses_before_their_updates(client: TestClient) -> None:
    state = begin(client, BATCHES)
    losses = []
    for _ in range(4):
        state = act(client, state, "update")
        losses.append(state["loss"])
    history = read(client, state, "/history")
    HistoryAnswer.model_validate(history, strict=True)
    assert history["iterations"] == losses
    assert history["epochs"] == pytest.approx([sum(losses[:2]) / 2, sum(losses[2:]) / 2], rel=1e-15)


def test_the_history_of_the_first_notebook_has_its_epoch_losses(client: TestClient) -> None:
    state = begin(client)
    for _ in range(2):
        state = act(client, state, "step", by="epoch")
    printed = notebook("0_")["epochs"]
    history = read(client, state, "/history")
    assert_printed([printed[f"epoch_{i}"]["mean_loss"] for i in (0, 1)], history["epochs"], "epochs")


# Updates by every optimizer ---------------------------------------------------------------------------------------

SHARED = ("eta", "norm", "clip", "correction_m", "correction_v")
STEP = {"kind": "step", "every": 1, "factor": 0.5}


def updates(client: TestClient, state: Json) -> list[Json]:
    return [equation for equation in trace(client, state) if equation["phase"] == "update"]


def walk(client: TestClient, kind: str, **settings: Any) -> Json:
    return begin(client, {**BATCHES, "optimizer": {"kind": kind, "learning_rate": 0.1, **settings}})


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_every_equation_of_an_update_is_documented_and_its_terms_add_up(client: TestClient, kind: str) -> None:
    state = walk(client, kind, weight_decay=0.1, clip_norm=0.5, schedule=STEP)
    state = act(client, act(client, state, "update"), "update")
    for equation in updates(client, state):
        terms = [term["value"] for term in equation["terms"]]
        assert math.fsum(terms) == pytest.approx(equation["value"], rel=1e-12, abs=1e-15)
        assert any(term["symbols"] for term in equation["terms"])
        assert equation["code"]
        assert equation["latex"]
        placed = equation["kind"] not in SHARED
        assert (equation["layer"] is not None, equation["j"] is not None) == (placed, placed)


def test_numbers_of_an_update_appear_as_the_walk_shows_them(client: TestClient) -> None:
    state = act(client, walk(client, "adam"), "backward")
    assert {equation["value"] for equation in updates(client, state)} == {None}
    state = act(client, act(client, state, "step"), "step")
    assert state["equation"]["kind"] == "correction_v"
    assert state["equation"]["value"] == pytest.approx(0.001)
    state = act(client, state, "step")
    assert (state["equation"]["kind"], state["equation"]["layer"]) == ("m_W", 2)
    assert state["equation"]["text"] == "m^[2]_w11 ← β₁ · m^[2]_w11 + (1 − β₁) · ∂ℒ/∂w^[2]_11"
    assert sum(equation["value"] is not None for equation in updates(client, state)) == 3


def test_a_layer_of_an_update_is_one_measure_and_what_all_share_another(client: TestClient) -> None:
    state = act(client, walk(client, "momentum", clip_norm=1.0), "backward")
    places = []
    for _ in range(3):
        state = act(client, state, "step", by="layer")
        places.append((state["equation"]["kind"], state["equation"]["layer"]))
    assert places == [("clip", None), ("b", 2), ("b", 1)]
    assert state["loss_after"] is not None


def test_back_undoes_an_update_with_what_the_optimizer_remembers(client: TestClient) -> None:
    state = act(client, walk(client, "adamw", weight_decay=0.1), "update")
    state = act(client, state, "update")
    there = updates(client, state)
    assert updates(client, act(client, state, "back", by="iteration")) != there
    assert updates(client, act(client, state, "update")) == there


# A restart ----------------------------------------------------------------------------------------------------------


def test_a_session_survives_a_restart_of_the_server(tmp_path: Path) -> None:
    settings = Settings(data_directory=tmp_path, allowed_hosts=("testserver",))
    with TestClient(create_app(settings)) as before:
        state = act(before, begin(before, BATCHES), "train", iterations=20)
        state = edit(before, act(before, state, "step", by="phase"), learning_rate=0.03)
    with TestClient(create_app(settings)) as after:
        assert after.get(f"/api/sessions/{state['id']}").json() == state
        assert act(after, state, "back", by="iteration")["iteration"] == 19
