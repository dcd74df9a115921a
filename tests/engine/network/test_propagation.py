"""Every gradient against central differences of a loss computed by the referee in plain Python."""

from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.engine.learning.iteration import Iteration
from app.engine.network.arrays import Array
from app.engine.network.layers import Network
from app.engine.setup import Setup
from tests.engine import by_hand
from tests.engine.cases import HIDDEN, PAIRINGS, iteration_of, near_a_kink, random_setup, setups

TOPOLOGIES = ((1, 1), (2, 3, 1), (3, 5, 4, 2), (4, 2, 6, 3, 2))
SMALLEST = 1e-5  # of the loss: gradients below are compared absolutely, for a difference of losses holds no more digits
MARGIN = 0.1  # farther from a kink than any step of the difference reaches


def numerical_gradient(network: Network, setup: Setup) -> Array:
    """dL/dp for each parameter in the order of Network.flat()."""
    X, Y = (array.tolist() for array in setup.examples)
    start = network.flat()

    def loss_with(place: int, x: float) -> float:
        vector = start.copy()
        vector[place] = x
        changed = network.from_flat(vector).layers
        layers = [(layer.W.tolist(), layer.b.tolist(), layer.activation.name) for layer in changed]
        return by_hand.mean_loss(layers, X, Y, setup.loss)

    return np.array([by_hand.derivative(partial(loss_with, i), float(x)) for i, x in enumerate(start)])


def flat_gradient(iteration: Iteration) -> Array:
    """The engine's gradients in the order of Network.flat()."""
    gradients = zip(iteration.backward.dW, iteration.backward.db, strict=True)
    return np.concatenate([part for dW, db in gradients for part in (dW.ravel(), db)])


def assert_gradients_agree(setup: Setup, iteration: Iteration) -> None:
    analytic, numeric = flat_gradient(iteration), numerical_gradient(setup.network, setup)
    size = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), SMALLEST * max(1.0, iteration.loss))
    assert (np.abs(analytic - numeric) / size).max() < 1e-6


@pytest.mark.parametrize("sizes", TOPOLOGIES, ids=str)
@pytest.mark.parametrize(("output", "loss"), PAIRINGS)
@settings(max_examples=2)
@given(seed=st.integers(0, 2**32 - 1))
def test_gradients_agree_with_central_differences(sizes: tuple[int, ...], output: str, loss: str, seed: int) -> None:
    depth = len(sizes) - 1
    for hidden in HIDDEN if depth > 1 else HIDDEN[:1]:
        setup = random_setup(seed, sizes, (*(hidden,) * (depth - 1), output), loss, examples=2)
        iteration = iteration_of(setup)
        if not near_a_kink(iteration, MARGIN):
            assert_gradients_agree(setup, iteration)


@settings(max_examples=100)
@given(setups())
def test_gradients_agree_on_mixed_networks_of_unequal_sizes(setup: Setup) -> None:
    iteration = iteration_of(setup)
    assume(not near_a_kink(iteration, MARGIN))
    assert_gradients_agree(setup, iteration)


@given(setups())
def test_the_update_moves_every_parameter_against_its_gradient(setup: Setup) -> None:
    iteration = iteration_of(setup)
    moved = iteration.after.flat() - iteration.before.flat()
    assert moved == pytest.approx(-setup.learning_rate * flat_gradient(iteration), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("sizes", TOPOLOGIES, ids=str)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_every_hidden_activation_has_been_compared(sizes: tuple[int, ...], hidden: str) -> None:
    """The kink filter must not quietly leave an activation out: a seed far from every kink exists and agrees."""
    activations = (*(hidden,) * (len(sizes) - 2), "identity")
    found = (random_setup(seed, sizes, activations, "half_squared_error", 1) for seed in range(200))
    setup = next(s for s in found if not near_a_kink(iteration_of(s), MARGIN))
    assert_gradients_agree(setup, iteration_of(setup))
