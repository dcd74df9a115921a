"""Networks: flat and back without a bit lost, rows turned, nothing to be changed."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given

from app.engine.network.layers import Layer, Network
from app.engine.network.propagation import forward
from app.engine.setup import Setup
from tests.engine.cases import iteration_of, random_setup, setups


@given(setups())
def test_flat_and_from_flat_are_inverse_bit_for_bit(setup: Setup) -> None:
    network = setup.network
    vector = np.random.default_rng(1).standard_normal(network.flat().shape)
    assert (network.from_flat(vector).flat() == vector).all()
    again = network.from_flat(network.flat())
    assert all((a.W == b.W).all() and (a.b == b.b).all() for a, b in zip(again.layers, network.layers, strict=True))
    assert again.sizes == setup.sizes


def test_flat_goes_layer_by_layer_row_by_row_then_the_biases() -> None:
    layers = (Layer.from_rows([[1, 3], [2, 4]], [5, 6], "tanh"), Layer.from_rows([[7], [8]], [9], "identity"))
    assert Network(layers).flat().tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_from_rows_turns_weights_written_fan_in_by_fan_out() -> None:
    rows, b = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([0.1, 0.2, 0.3])
    layer = Layer.from_rows(rows, b, "identity")
    X = np.array([[0.5, -1.0], [2.0, 3.0]])
    assert layer.W.shape == (3, 2)
    assert forward(Network((layer,)), X).Z[0] == pytest.approx(X @ rows + b)
    rows[0, 0] = 100.0
    assert layer.W[0, 0] == 1.0


def test_records_are_frozen() -> None:
    iteration = iteration_of(random_setup(0, (2, 3, 1), ("tanh", "identity"), "half_squared_error", 2))
    for record in (iteration, iteration.forward, iteration.backward, iteration.before, iteration.before.layers[0]):
        with pytest.raises(FrozenInstanceError):
            record.anything = 1  # type: ignore[union-attr]


def test_an_update_leaves_the_network_before_it_alone() -> None:
    setup = random_setup(4, (2, 3, 1), ("tanh", "identity"), "half_squared_error", 2)
    start = setup.network.flat().copy()
    iteration = iteration_of(setup)
    assert (setup.network.flat() == start).all()
    assert (iteration.after.flat() != start).any()
    assert iteration.loss_after < iteration.loss
