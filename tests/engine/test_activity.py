"""Hand-made networks: which units are dead, for which examples they are saturated, and how large gradients are."""

import math

import numpy as np
import pytest

from app.engine.activity import activity, gradient_sizes
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.layers import Layer, Network
from app.engine.network.propagation import Backward
from tests.engine.cases import iteration_of, random_setup

X = np.array([[1.0], [2.0], [-1.0], [0.0]])


def layer(weights: list[float], biases: list[float], name: str) -> Layer:
    """Units that each read one input."""
    return Layer(np.array(weights)[:, None], np.array(biases), ACTIVATIONS[name])


def test_a_relu_that_no_example_switches_on_is_dead_and_others_are_not() -> None:
    """Sums of unit 1: 1, 2, -1, 0; of unit 2: -4, -3, -6, -5; of unit 3: 0, -1, 2, 1."""
    (found,) = activity(Network((layer([1.0, 1.0, -1.0], [0.0, -5.0, 1.0], "relu"),)), X)
    assert found.dead == (1,)
    assert found.A.T.tolist() == [[1, 2, 0, 0], [0, 0, 0, 0], [0, 0, 2, 1]]
    assert found.saturated(0.05).mean(axis=0).tolist() == [0.5, 1.0, 0.5]


def test_a_sigmoid_is_saturated_from_a_sum_of_about_3_on_and_never_dead() -> None:
    """sigmoid(z) (1 - sigmoid(z)) is 0.0452 at 3 and 0.0701 at 2.5."""
    (found,) = activity(Network((layer([3.0, 2.5], [0.0, 0.0], "sigmoid"),)), np.array([[1.0], [-1.0], [0.1]]))
    assert found.saturated(0.05).T.tolist() == [[1, 1, 0], [0, 0, 0]]
    assert found.dead == ()


def test_a_leaky_relu_has_a_small_slope_but_is_not_dead() -> None:
    (found,) = activity(Network((layer([1.0], [-5.0], "leaky_relu"),)), X)
    assert found.saturated(0.05).mean() == 1.0
    assert found.dead == ()


def test_a_tanh_of_which_rounding_has_made_1_is_dead() -> None:
    """By hand the slope is taken from the rounded activation: 1 - 1 * 1."""
    network = Network((layer([0.0], [9.0], "tanh"),))
    assert activity(network, X)[0].dead == ()
    assert activity(network, X, decimals=4)[0].dead == (0,)


def test_layers_of_unequal_sizes_keep_their_shapes_and_names() -> None:
    setup = random_setup(5, (3, 4, 2), ("relu", "softmax"), "cross_entropy", 7)
    found = activity(setup.network, setup.examples[0])
    assert [one.A.shape for one in found] == [one.slope.shape for one in found] == [(7, 4), (7, 2)]
    assert [one.activation for one in found] == ["relu", "softmax"]


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_slopes_are_those_of_plain_differences(name: str) -> None:
    (found,) = activity(Network((layer([0.7], [0.1], name),)), X)
    z, h = 0.7 * X + 0.1, 1e-6
    expected = (ACTIVATIONS[name].g(z + h) - ACTIVATIONS[name].g(z - h)) / (2 * h)
    assert found.slope == pytest.approx(expected, abs=1e-8)


# Sizes of gradients: root mean squares, layer by layer, however small the numbers are ---------------------------------


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
