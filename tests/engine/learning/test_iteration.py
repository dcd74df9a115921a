"""One iteration as a record: what its values are, and what is said when it leaves the finite numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from app.engine.equations.values import Values
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from tests.engine import by_hand
from tests.engine.cases import iteration_of, random_setup, setups


@given(setups())
def test_predictions_and_loss_are_the_referees(setup: Setup) -> None:
    iteration = iteration_of(setup)
    X, Y = (array.tolist() for array in setup.examples)
    layers = [(layer.W.tolist(), layer.b.tolist(), layer.activation.name) for layer in setup.network.layers]
    predicted = [by_hand.predictions(layers, x) for x in X]
    assert iteration.forward.A[-1] == pytest.approx(np.array(predicted), rel=1e-10, abs=1e-12)
    assert iteration.loss == pytest.approx(by_hand.mean_loss(layers, X, Y, setup.loss), rel=1e-9, abs=1e-12)
    assert len(iteration.losses) == len(X)


@given(setups())
def test_the_loss_after_is_the_loss_before_of_the_updated_network(setup: Setup) -> None:
    iteration = iteration_of(setup)
    layers = iteration.after.layers
    start = Parameters(tuple(layer.W for layer in layers), tuple(layer.b for layer in layers))
    assert iteration.loss_after == iteration_of(replace(setup, start=start)).loss


@given(setups())
def test_the_batch_s_error_signals_carry_one_over_m_and_an_examples_own_does_not(setup: Setup) -> None:
    iteration = iteration_of(setup)
    m, L = len(iteration.X), len(setup.activations)
    assert iteration.backward.db[-1] == pytest.approx(iteration.backward.delta[-1].sum(axis=0))
    for row in range(m):
        own = Values(iteration, row)[Symbol("delta", L, 0)]
        assert own == pytest.approx(m * iteration.backward.delta[-1][row, 0])


def test_values_look_up_each_symbol_for_the_example_in_focus() -> None:
    setup = random_setup(1, (2, 3, 2), ("tanh", "sigmoid"), "binary_cross_entropy", 4)
    iteration = iteration_of(setup)
    values = Values(iteration, 2)
    assert values[Symbol("a", 0, 1)] == iteration.X[2, 1]
    assert values[Symbol("z", 1, 2)] == iteration.forward.Z[0][2, 2]
    assert values[Symbol("a", 2, 1)] == iteration.forward.A[2][2, 1]
    assert values[Symbol("y", 2, 1)] == iteration.Y[2, 1]
    assert values[Symbol("W", 1, 2, 1)] == setup.network.layers[0].W[2, 1]
    assert values[Symbol("new_b", 2, 1)] == iteration.after.layers[1].b[1]
    assert values[Symbol("dW", 2, 1, 2)] == iteration.backward.dW[1][1, 2]
    assert values[Symbol("own_loss")] == iteration.losses[2]
    assert values[Symbol("loss")] == iteration.loss
    assert values[Symbol("eta")] == setup.learning_rate
    assert values.batch[Symbol("z", 1, 2)].tolist() == iteration.forward.Z[0][:, 2].tolist()


def test_the_logarithms_are_those_of_the_prediction() -> None:
    for output, loss in (("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy")):
        iteration = iteration_of(random_setup(1, (2, 3), (output,), loss, 2))
        values, y_hat = Values(iteration, 1), iteration.forward.A[-1][1]
        assert values[Symbol("ln_a", 1, 2)] == pytest.approx(np.log(y_hat[2]))
        if output == "sigmoid":
            assert values[Symbol("ln_rest", 1, 2)] == pytest.approx(np.log(1 - y_hat[2]))
