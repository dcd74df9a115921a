"""Updates by every optimizer over the API: documented, term by term, with numbers once the walk has shown them."""

import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.engine.learning.optimizers import OPTIMIZERS
from app.web.api.answers import EquationAnswer
from tests.web.talk import BATCHES, act, begin, edit

SHARED = ("eta", "norm", "clip", "correction_m", "correction_v")
STEP = {"kind": "step", "every": 1, "factor": 0.5}


def trace(client: TestClient, state: dict[str, Any]) -> list[dict[str, Any]]:
    equations = client.get(f"/api/sessions/{state['id']}/trace").json()
    for equation in equations:
        EquationAnswer.model_validate(equation, strict=True)
    return [equation for equation in equations if equation["phase"] == "update"]


def walk(client: TestClient, kind: str, **settings: Any) -> dict[str, Any]:
    return begin(client, {**BATCHES, "optimizer": {"kind": kind, "learning_rate": 0.1, **settings}})


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_every_equation_of_an_update_is_documented_and_its_terms_add_up(client: TestClient, kind: str) -> None:
    state = walk(client, kind, weight_decay=0.1, clip_norm=0.5, schedule=STEP)
    state = act(client, act(client, state, "update"), "update")
    for equation in trace(client, state):
        terms = [term["value"] for term in equation["terms"]]
        assert math.fsum(terms) == pytest.approx(equation["value"], rel=1e-12, abs=1e-15)
        assert any(term["symbols"] for term in equation["terms"])
        assert equation["code"]
        assert equation["latex"]
        placed = equation["kind"] not in SHARED
        assert (equation["layer"] is not None, equation["j"] is not None) == (placed, placed)


def test_numbers_of_an_update_appear_as_the_walk_shows_them(client: TestClient) -> None:
    state = act(client, walk(client, "adam"), "backward")
    assert {equation["value"] for equation in trace(client, state)} == {None}
    state = act(client, act(client, state, "step"), "step")
    assert state["equation"]["kind"] == "correction_v"
    assert state["equation"]["value"] == pytest.approx(0.001)
    state = act(client, state, "step")
    assert (state["equation"]["kind"], state["equation"]["layer"]) == ("m_W", 2)
    assert state["equation"]["text"] == "m^[2]_w11 ← β₁ · m^[2]_w11 + (1 − β₁) · ∂ℒ/∂w^[2]_11"
    assert sum(equation["value"] is not None for equation in trace(client, state)) == 3


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
    there = trace(client, state)
    assert trace(client, act(client, state, "back", by="iteration")) != there
    assert trace(client, act(client, state, "update")) == there


def test_the_rate_in_force_stands_beside_the_one_that_was_chosen(client: TestClient) -> None:
    state, rates = walk(client, "gradient_descent", schedule=STEP), []
    for _ in range(3):
        rates.append(state["learning_rate_now"])
        assert state["setup"]["optimizer"]["learning_rate"] == 0.1
        state = act(client, state, "update")
        equations = trace(client, state)
        assert next(one["value"] for one in equations if one["kind"] == "eta") == rates[-1]
    assert rates == pytest.approx([0.1, 0.05, 0.025])
    state = edit(client, begin(client, BATCHES), learning_rate=0.25)
    assert state["learning_rate_now"] == state["setup"]["optimizer"]["learning_rate"] == 0.25
