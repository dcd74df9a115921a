"""Networks that nobody would build, on every picture and page: finite numbers, or a word of why not; never large."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.views.pictures.pictures import PICTURES
from tests.sessions.clock import Clock
from tests.web.api.test_fuzz import HIDDEN, finite, nothing_but_numbers
from tests.web.talk import HTMX, Json, begin, walk_of

MOST_BYTES = 140_000  # of a page or fragment of a small network
MOONS: Json = {"dataset": "moons", "examples": 20}
FAR: Json = {"X": [[1e6, -1e6], [-1e6, 0.0], [0.0, 1e6]], "Y": [[1e6], [-1e6], [0.0]]}


def runaway(learning_rate: float, activation: str) -> Json:
    """AdamW with so much weight decay that each update turns the parameters round and makes them larger."""
    optimizer = {"kind": "adamw", "learning_rate": learning_rate, "weight_decay": 1.0}
    return {"sizes": [2, 3, 1], "activations": [activation, "identity"], "data": MOONS, "optimizer": optimizer}


def regression(activation: str, data: Json = MOONS, **more: Any) -> Json:
    return {
        "sizes": [2, 3, 1],
        "activations": [activation, "identity"],
        "loss": "mean_squared_error",
        "data": data,
        **more,
    }


CASES: dict[str, Json] = {
    **{
        f"{name} that runs away": regression(
            name, initializer={"kind": "normal", "scale": 1e3, "seed": 2}, optimizer={"learning_rate": 100}
        )
        for name in HIDDEN[::2]
    },
    **{
        f"numbers at their end, {rate:g}": runaway(rate, name)
        for rate, name in ((100, "sigmoid"), (3, "identity"), (2.1, "relu"))
    },
    "large inputs, small weights": regression("tanh", FAR),
    "large inputs, large weights": regression(
        "relu", FAR, initializer={"kind": "constant", "value": 1e6}, optimizer={"learning_rate": 1e-6}
    ),
    "the smallest clip": regression("relu", FAR, optimizer={"learning_rate": 100, "clip_norm": 5e-324}),
    "the smallest epsilon": regression("relu", FAR, optimizer={"kind": "rmsprop", "decay": 0.0, "epsilon": 5e-324}),
    "dead": {
        "sizes": [2, 2, 1],
        "activations": ["relu", "sigmoid"],
        "data": MOONS,
        "parameters": {"W": [[[0, 0], [0, 0]], [[0, 0]]], "b": [[-1, -1], [0]]},
    },
    "one example": {"sizes": [1, 2, 1], "data": {"X": [[0.0]], "Y": [[0.0]]}},
    "the smallest numbers": {"sizes": [2, 2, 1], "data": {"X": [[5e-324, 1e6], [0.0, 1e6]], "Y": [[5e-324], [0.0]]}},
    "neighbours, scaled": {
        "sizes": [2, 2, 1],
        "data": {"X": [[1e6, 1.0], [999999.9999999999, 1.0]], "Y": [[5.0], [0.0]], "scaling": "standard"},
    },
    "one input, two classes": {
        "sizes": [1, 2, 1],
        "activations": ["tanh", "sigmoid"],
        "loss": "binary_cross_entropy",
        "data": {"X": [[0.0], [1e6]], "Y": [[0.0], [1.0]]},
    },
    "eight inputs, ten classes": {
        "sizes": [8, 4, 10],
        "activations": ["gelu", "softmax"],
        "loss": "cross_entropy",
        "data": {"dataset": "digits", "examples": 30},
    },
}
CHOSEN = ("", "?see=way&look=update&of=b-1-0&scale=logarithmic&class=0")
STAGES: tuple[tuple[str, Json], ...] = (
    ("step", {"by": "layer"}), ("update", {}), ("train", {"iterations": 40}),
)  # fmt: skip


def every_look(client: TestClient, at: str) -> None:
    """Every picture and page of a walk where it stands."""
    pictures = [f"/pictures/{name}{query}" for name in (*PICTURES, "curves") for query in CHOSEN]
    for path in (*pictures, "/pictures", "/compare", ""):
        response = client.get(f"{at}{path}", headers=HTMX if path in pictures else {})
        assert response.status_code == 200, path
        nothing_but_numbers(response.text)
        assert len(response.content) < MOST_BYTES, path
    finite(client.get(f"/api{at}").text)


@pytest.mark.parametrize("case", CASES)
def test_every_picture_of_every_extreme_holds_numbers_alone(client: TestClient, clock: Clock, case: str) -> None:
    at = walk_of(client, CASES[case])
    every_look(client, at)
    for verb, body in STAGES:
        moved = client.post(f"/api{at}/{verb}", json=body)
        assert moved.status_code in (200, 409), moved.text
        every_look(client, at) if moved.status_code == 200 else finite(moved.text)
    clock.tick = 0.0013  # each stretch of the training is half as long again as the last: a thousand updates
    trained = client.post(f"{at}/run", data={"until": "1", "next": "pictures"}, headers=HTMX)
    assert trained.status_code in (200, 409)
    nothing_but_numbers(trained.text)
    every_look(client, at)


def test_no_picture_of_the_largest_network_is_large(client: TestClient) -> None:
    rows = [[((i * 7 + k * 3) % 19) / 19 for k in range(8)] for i in range(1000)]
    targets = [[float(i % 10 == j) for j in range(10)] for i in range(1000)]
    activations = [*["gelu"] * 5, "softmax"]
    setup = {"sizes": [8, 32, 32, 32, 32, 32, 10], "activations": activations, "data": {"X": rows, "Y": targets}}
    session = begin(client, setup)["id"]
    assert client.post(f"/api/sessions/{session}/backward", json={}).status_code == 200
    for name in PICTURES:
        response = client.get(f"/sessions/{session}/pictures/{name}", headers=HTMX)
        assert response.status_code == 200
        nothing_but_numbers(response.text)
        assert len(response.content) < MOST_BYTES, name
