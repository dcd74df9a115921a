"""Sizes of gradients are root mean squares, layer by layer, however small the numbers are."""

import math

import numpy as np
import pytest

from app.engine.activity import gradient_sizes
from app.engine.network.propagation import Backward
from tests.engine.cases import iteration_of, random_setup


def found(dW: list[list[float]], db: list[float]) -> Backward:
    return Backward((), (), (np.array(dW),), (np.array(db),))


def test_a_size_is_the_root_of_the_mean_of_squares() -> None:
    assert gradient_sizes(found([[3.0, -4.0]], [-2.0])) == pytest.approx(np.array([[math.sqrt(12.5), 2.0]]))


def test_every_layer_has_its_own_in_order() -> None:
    it = iteration_of(random_setup(2, (3, 4, 2), ("tanh", "softmax"), "cross_entropy", 5))
    for (of_weights, of_biases), dW, db in zip(
        gradient_sizes(it.backward), it.backward.dW, it.backward.db, strict=True
    ):
        numbers = [x for row in dW.tolist() for x in row]
        assert of_weights == pytest.approx(math.sqrt(math.fsum(x * x for x in numbers) / len(numbers)))
        assert of_biases == pytest.approx(math.sqrt(math.fsum(x * x for x in db.tolist()) / len(db)))


def test_numbers_whose_squares_are_too_small_for_doubles_keep_their_size() -> None:
    assert gradient_sizes(found([[3e-200, -4e-200]], [0.0])) == pytest.approx(
        np.array([[math.sqrt(12.5) * 1e-200, 0.0]]), rel=1e-12
    )
