"""Each starting point does what its words claim; the worked example has the figures that are published of it."""

import numpy as np
import pytest

from app.engine.data.datasets import DATASETS
from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.network.layers import Network
from app.engine.network.propagation import forward
from app.engine.setup import Setup
from app.lessons.starting_points import (
    STARTING_POINTS,
    SUITED,
    StartingPoint,
    UnknownStartingPointError,
    starting_point_named,
)
from app.sessions.setups.document import setup_document
from app.sessions.walk.classes import accuracy, classifies
from app.sessions.walk.session import TrainingSession

NAMES = ["xor", "by-hand", "tower", "dead-relu", "linear", "iris", "digits"]


def setup(name: str) -> Setup:
    return starting_point_named(name).setup


def first(setup: Setup) -> Iteration:
    X, Y = setup.examples
    batch = list(setup.batch(0))
    return run_iteration(setup.method(setup.learning_rate), setup.network, X[batch], Y[batch])


def trained(setup: Setup, epochs: int) -> Network:
    return TrainingSession.of_setup(setup).train(epochs=epochs).current.after


def outputs(network: Network, X: np.ndarray) -> np.ndarray:
    return forward(network, X).A[-1]


def test_the_starting_points_stand_in_their_order_and_are_found_by_name() -> None:
    assert [point.name for point in STARTING_POINTS] == NAMES
    assert [starting_point_named(name).name for name in NAMES] == NAMES
    with pytest.raises(UnknownStartingPointError, match="dead-relu"):
        starting_point_named("dead")


@pytest.mark.parametrize("point", STARTING_POINTS, ids=NAMES)
def test_a_starting_point_speaks_in_whole_sentences_and_can_be_walked(point: StartingPoint) -> None:
    assert point.watch.endswith(".")
    assert 2 <= point.watch.count(". ") + 1 <= 4
    assert TrainingSession.of_setup(point.setup).step("iteration").current.loss > 0


def test_xor_is_learnt_from_its_seed_and_gets_stuck_from_seed_0() -> None:
    lucky = setup("xor")
    X, Y = lucky.examples
    assert (np.round(outputs(trained(lucky, 2000), X)) == Y).all()
    unlucky = type(lucky)(lucky.sizes, lucky.data, learning_rate=lucky.learning_rate).completed()
    assert not (np.round(outputs(trained(unlucky, 2000), X)) == Y).all()


# Mazur 2015: w1 to w4, w5 to w8 after the first update, and the loss before it.
PUBLISHED_1 = [0.149780716, 0.19956143, 0.24975114, 0.29950229]
PUBLISHED_2 = [0.35891648, 0.408666186, 0.511301270, 0.561370121]


def test_the_worked_example_has_its_published_loss_and_weights_after_the_first_update() -> None:
    iteration = first(setup("by-hand"))
    assert iteration.loss == pytest.approx(0.298371109, abs=5e-10)
    assert iteration.after.layers[0].W.ravel() == pytest.approx(PUBLISHED_1, abs=5e-9)
    assert iteration.after.layers[1].W.ravel() == pytest.approx(PUBLISHED_2, abs=5e-9)


def test_in_the_worked_example_both_units_of_a_layer_start_with_one_bias_and_each_learns_its_own() -> None:
    iteration = first(setup("by-hand"))
    for before, after in zip(iteration.before.layers, iteration.after.layers, strict=True):
        assert before.b[0] == before.b[1]
        assert after.b[0] != after.b[1]
        assert (after.b != before.b).all()


def test_the_gradient_of_the_towers_first_layer_is_thousands_of_times_smaller_than_that_of_its_last() -> None:
    sizes = [np.abs(dW).mean() for dW in first(setup("tower")).backward.dW]
    assert len(sizes) == 6
    assert sizes == sorted(sizes)
    assert sizes[-1] / sizes[0] > 1000


def test_three_of_four_relus_are_dead_for_every_example_and_stay_so() -> None:
    point = setup("dead-relu")
    X, _ = point.examples
    assert (forward(point.network, X).A[1] > 0).any(axis=0).tolist() == [True, False, False, False]
    gradients = first(point).backward
    assert not gradients.dW[0][1:].any()
    assert not gradients.db[0][1:].any()
    assert gradients.dW[0][0].all()
    later = trained(point, 300)
    assert (later.layers[0].W[1:] == point.network.layers[0].W[1:]).all()
    assert (later.layers[0].b[1:] == point.network.layers[0].b[1:]).all()


def test_the_layers_of_the_linear_network_are_one_straight_line() -> None:
    network = trained(setup("linear"), 50)
    slope, shift = np.eye(1), np.zeros(1)
    for layer in network.layers:
        slope, shift = layer.W @ slope, layer.W @ shift + layer.b
    x = np.array([[-2.0], [0.3], [5.0]])
    assert len(network.layers) == 3
    assert outputs(network, x) == pytest.approx(x @ slope.T + shift)


def test_iris_reaches_nine_in_ten_within_ten_epochs_on_flowers_that_it_has_not_seen() -> None:
    point = setup("iris")
    network = trained(point, 10)
    for X, Y in (point.examples, point.test_examples):
        assert accuracy(outputs(network, X), Y) > 0.9
    assert [len(X) for X in (point.examples[0], point.test_examples[0])] == [120, 30]


def test_the_digits_are_learnt_and_the_weights_from_the_dot_wane() -> None:
    point = setup("digits")
    network = trained(point, 20)
    X, Y = point.test_examples
    assert accuracy(outputs(network, X), Y) > 0.9
    before, after = (np.abs(net.layers[0].W).mean(axis=0) for net in (point.network, network))
    assert after.argmin() == 7
    assert (after < before).tolist() == [False] * 7 + [True]


# What suits a data set ------------------------------------------------------------------------------------------------


def test_there_is_a_setup_for_every_data_set() -> None:
    assert set(SUITED) == set(DATASETS)
    assert all(setup_document(setup)["data"]["dataset"] == name for name, setup in SUITED.items())


@pytest.mark.parametrize("name", SUITED)
def test_what_suits_a_data_set_learns_it(name: str) -> None:
    setup = SUITED[name]
    X, Y = setup.examples
    output = forward(trained(setup, 300), X).A[-1]
    if classifies(setup):
        assert accuracy(output, Y) >= 0.95
    else:
        assert ((output - Y) ** 2).mean() < 0.15 * Y.var()
