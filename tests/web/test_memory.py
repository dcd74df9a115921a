"""Walks through large networks leave nothing large behind: the server's memory does not grow with their steps."""

import gc
import tracemalloc

import numpy as np
from starlette.testclient import TestClient

from app.engine.learning.iteration import Iteration
from tests.web.talk import HTMX, begin


def alive() -> int:
    gc.collect()
    return sum(isinstance(thing, Iteration) for thing in gc.get_objects())


def test_the_iterations_of_a_large_walk_are_let_go_when_it_has_gone_on(client: TestClient) -> None:
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(800, 8)).round(3).tolist(), rng.normal(size=(800, 2)).round(3).tolist()
    session = begin(client, {"sizes": [8, 12, 2], "data": {"X": X, "Y": Y}})["id"]
    before = alive()
    for verb in ("step", "back", "step") * 4:
        assert client.post(f"/sessions/{session}/{verb}", data={"by": "iteration"}, headers=HTMX).status_code == 200
    for path in ("paths?of=w-1-0-0", "paths?of=b-2-1"):
        assert client.get(f"/sessions/{session}/{path}").status_code == 200
    assert client.get(f"/api/sessions/{session}/gradient-check").status_code == 200
    assert alive() <= before + 2


def test_a_class_on_one_lesson_shares_what_was_computed(client: TestClient) -> None:
    lesson = {"lesson": "two-outputs-two-paths"}
    first = begin(client, lesson)["id"]
    client.post(f"/sessions/{first}/update", headers=HTMX)
    before = alive()
    for _ in range(5):
        session = begin(client, lesson)["id"]
        assert client.post(f"/sessions/{session}/update", headers=HTMX).status_code == 200
    assert alive() == before


def test_a_long_answer_is_never_held_whole(client: TestClient) -> None:
    """But by the client: what the server takes for it besides is as much as the answer has bytes, packed as well."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(500, 8)).tolist(), rng.normal(size=(500, 32)).tolist()
    session = begin(client, {"sizes": [8, 32, 32], "data": {"X": X, "Y": Y}})["id"]
    assert client.post(f"/api/sessions/{session}/backward").status_code == 200
    tracemalloc.start()
    try:
        answer = client.get(f"/api/sessions/{session}")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.json()
    assert len(answer.content) > 1_000_000
    assert peak < 3 * len(answer.content)
