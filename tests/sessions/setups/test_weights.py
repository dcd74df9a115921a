"""Weights that other programs print are read, either way round; what does not fit is said with all shapes."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.network.errors import SetupError
from app.sessions.setups.weights import read_weights

W1, b1 = np.array([[0.15, -0.25, 1.0], [0.2, 0.3, -1e-5]]), np.array([0.35, -2.0])
W2, b2 = np.array([[0.4, 0.5]]), np.array([0.6])
STATE = {"0.weight": W1.tolist(), "0.bias": b1.tolist(), "2.weight": W2.tolist(), "2.bias": b2.tolist()}


def assert_read(text: str, turned: bool = False, biases: bool = True) -> None:
    found = read_weights(text)
    assert found.sizes == (3, 2, 1)
    assert found.turned is turned
    for got, wanted in zip(found.parameters.W, (W1, W2), strict=True):
        assert np.array_equal(got, wanted)
    for got, wanted in zip(found.parameters.b, (b1, b2) if biases else (np.zeros(2), np.zeros(1)), strict=True):
        assert np.array_equal(got, wanted)


def test_a_state_dict_as_json() -> None:
    assert_read(json.dumps(STATE))
    assert_read(json.dumps(list(STATE.values())))


def test_arrays_as_numpy_prints_them() -> None:
    printed = f"{W1}\n{b1}\n{W2}\n{b2}"
    assert_read(printed)
    assert_read(f"W1 = {W1!r}\nb1 = {b1!r}\nW2 = {W2!r}\nb2 = {b2!r}")


def test_tensors_as_pytorch_prints_them() -> None:
    assert_read(
        "tensor([[ 0.1500, -0.2500,  1.0000],\n        [ 0.2000,  0.3000, -1.0000e-05]])\ntensor([ 0.3500, -2.0000])\n"
        "tensor([[0.4000, 0.5000]], requires_grad=True)\ntensor([0.6000], dtype=torch.float64)"
    )


def test_matrices_the_other_way_round() -> None:
    assert_read(f"{W1.T}\n{b1}\n{W2.T}\n{b2}", turned=True)


def test_weights_without_biases() -> None:
    assert_read(json.dumps([W1.tolist(), W2.tolist()]), biases=False)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.integers(0, 10**6), st.booleans())
def test_any_network_is_read_again_from_its_print(sizes: list[int], seed: int, as_json: bool) -> None:
    rng = np.random.default_rng(seed)
    Ws = [rng.normal(size=(out, before)) for before, out in pairwise(sizes)]
    bs = [rng.normal(size=out) for out in sizes[1:]]
    parts = [part for pair in zip(Ws, bs, strict=True) for part in pair]
    with np.printoptions(floatmode="unique"):
        text = json.dumps([part.tolist() for part in parts]) if as_json else "\n".join(map(str, parts))
    found = read_weights(text)
    assert found.sizes == tuple(sizes)
    assert all(np.array_equal(got, wanted) for got, wanted in zip(found.parameters.W, Ws, strict=True))
    assert all(np.array_equal(got, wanted) for got, wanted in zip(found.parameters.b, bs, strict=True))


@pytest.mark.parametrize(("text", "words"), [
    ("", "no weights"), ("hello", "no weights"), ("{}", "no matrix"), ("[1, 2]", "no matrix"), ("3", "no weights"),
    ("[[1, 2], [3]]", "not of one length"), ("[[1, 2]\n ...\n [3, 4]]", "left out"), ("[[1, 2]", "not closed"),
    ("]", "not opened"), ("[[NaN, 1]]", "finite numbers"), ("[[1e999]]", "finite"), ("[[[[1]]]]", "neither a matrix"),
    ('{"a": "b"}', "no numbers"), ("[[1, 2]]\n[[1, 2, 3]]", "either way round: 1×2, 1×3"),
    ("[[1, 2]]\n[1]\n[[1]]", "2 matrices and 1 lists"), ("[" * 100_000, "not closed"), ("[[1, x]]", "cannot be read"),
])  # fmt: skip
def test_what_cannot_be_weights_is_told(text: str, words: str) -> None:
    with pytest.raises(SetupError, match=words) as error:
        read_weights(text)
    assert error.value.field == "weights"
