"""A setup is completed to fit its data, and an error names the field, the problem and the remedy."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.datasets import Dataset
from app.engine.data.split import Examples
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.initializers import Initializer
from app.engine.setup import Parameters, Setup

X = np.array([[0.0, 1.0], [1.0, 0.5], [0.2, 0.3]])
ONE_HOT = np.eye(3)
BINARY = np.array([[0.0], [1.0], [1.0]])


@pytest.mark.parametrize(
    ("Y", "output", "loss"),
    [
        (BINARY, "sigmoid", "binary_cross_entropy"),
        (ONE_HOT, "softmax", "cross_entropy"),
        (np.ones((3, 2)), "sigmoid", "binary_cross_entropy"),
        (BINARY + 0.5, "identity", "mean_squared_error"),
    ],
)
def test_output_and_loss_are_chosen_to_fit_the_targets(Y: Array, output: str, loss: str) -> None:
    setup = Setup((2, 4, 3, Y.shape[1]), Examples(X, Y)).completed()
    assert setup.activations == ("tanh", "tanh", output)
    assert setup.loss == loss
    assert setup.start == Initializer("xavier_uniform", seed=0)
    assert (setup.learning_rate, setup.batch_size, setup.decimals, setup.mistakes) == (0.1, None, None, ())


def test_a_loss_that_is_given_chooses_the_output() -> None:
    assert Setup((2, 3), Examples(X, ONE_HOT), loss="binary_cross_entropy").completed().activations == ("sigmoid",)
    assert Setup((2, 1), Examples(X, BINARY), loss="half_squared_error").completed().activations == ("identity",)


def test_activations_that_are_given_choose_the_loss() -> None:
    setup = Setup((2, 1), Examples(X, BINARY), activations=("relu",)).completed()
    assert setup.loss == "mean_squared_error"
    assert Setup((2, 1), Examples(X, BINARY), activations=("sigmoid",)).completed().loss == "binary_cross_entropy"


def test_explicit_parameters_start_the_network() -> None:
    W, b = (np.array([[1.0, 2.0]]),), (np.array([3.0]),)
    network = Setup((2, 1), Examples(X, BINARY), start=Parameters(W, b)).completed().network
    assert network.flat().tolist() == [1, 2, 3]


def test_drawn_parameters_have_zero_biases() -> None:
    network = Setup((2, 3, 1), Examples(X, BINARY)).completed().network
    assert all((layer.b == 0).all() for layer in network.layers)


def test_batches_and_epochs_follow_the_batch_size() -> None:
    setup = Setup((2, 1), Examples(X, BINARY), batch_size=2).completed()
    assert setup.iterations_per_epoch == 2
    assert [setup.batch(i) for i in range(3)] == [(0, 1), (2,), (0, 1)]


WRONG: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("sizes", {"sizes": (2,)}),
    ("sizes", {"sizes": (2, 0, 1)}),
    ("activations", {"activations": ("tanh",), "sizes": (2, 3, 1)}),
    ("activations", {"activations": ("softmax", "sigmoid"), "sizes": (2, 3, 1)}),
    ("activations", {"activations": ("swish",)}),
    ("loss", {"loss": "hinge"}),
    ("loss", {"loss": "cross_entropy", "activations": ("sigmoid",)}),
    ("data", {"data": Examples(X, BINARY[:2])}),
    ("data", {"data": Examples(X[:0], BINARY[:0])}),
    ("data.X", {"data": Examples(X[:, :1], BINARY)}),
    ("data.Y", {"data": Examples(X, ONE_HOT)}),
    ("data.Y", {"data": Examples(X, BINARY * 2), "loss": "binary_cross_entropy"}),
    ("data.Y", {"data": Examples(X, np.full((3, 2), 0.3)), "loss": "cross_entropy", "sizes": (2, 2)}),
    ("data.dataset", {"data": Dataset("rings")}),
    ("mistake", {"mistakes": ("oversight",)}),
    ("mistake", {"mistakes": ("untransposed_weights",), "sizes": (2, 3, 1)}),
)


@pytest.mark.parametrize(("field", "changes"), WRONG)
def test_a_setup_error_names_its_field_and_a_remedy(field: str, changes: Mapping[str, object]) -> None:
    asked: dict[str, object] = {"sizes": (2, 1), "data": Examples(X, BINARY), **changes}
    with pytest.raises(SetupError) as caught:
        Setup(**asked).completed()  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.field == field
    assert caught.value.remedy
    assert str(caught.value) == f"{caught.value.problem} {caught.value.remedy}"


@pytest.mark.parametrize(
    ("field", "W", "b"),
    [("parameters.W", np.ones((2, 1)), np.ones(1)), ("parameters.b", np.ones((1, 2)), np.ones(2))],
)
def test_parameters_of_a_wrong_shape_are_named(field: str, W: Array, b: Array) -> None:
    setup = Setup((2, 1), Examples(X, BINARY), start=Parameters((W,), (b,)))
    with pytest.raises(SetupError) as caught:
        _ = setup.completed().network
    assert caught.value.field == field


def test_too_few_parameter_matrices_are_named() -> None:
    setup = Setup((2, 2, 1), Examples(X, BINARY), start=Parameters((np.ones((2, 2)),), (np.ones(2),)))
    with pytest.raises(SetupError) as caught:
        _ = setup.completed().network
    assert caught.value.field == "parameters.W"


def test_a_warm_up_takes_single_examples_and_belongs_to_the_first_epoch() -> None:
    setup = Setup((2, 1), Examples(X, BINARY), batch_size=2, warm_up=(2, 0, 1)).completed()
    assert [setup.batch(i) for i in range(7)] == [(2,), (0,), (1,), (0, 1), (2,), (0, 1), (2,)]
    assert [setup.epoch(i) for i in range(7)] == [0, 0, 0, 0, 0, 1, 1]


@given(st.integers(1, 12), st.integers(1, 14), st.integers(0, 4), st.integers(0, 3))
def test_the_last_iteration_of_an_epoch_is_followed_by_the_next_epoch(
    examples: int, size: int, warm: int, epoch: int
) -> None:
    data = Examples(np.zeros((examples, 2)), np.zeros((examples, 1)))
    setup = Setup((2, 1), data, batch_size=size, warm_up=(0,) * warm).completed()
    last = setup.last_of_epoch(epoch)
    assert (setup.epoch(last), setup.epoch(last + 1)) == (epoch, epoch + 1)


def test_a_warm_up_with_an_example_that_is_not_there_is_refused() -> None:
    with pytest.raises(SetupError, match="Use 0 to 2"):
        Setup((2, 1), Examples(X, BINARY), warm_up=(3,)).completed()


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("batch_size", {"batch_size": 0}),
        ("decimals", {"decimals": -1}),
        ("optimizer.learning_rate", {"learning_rate": float("nan")}),
        ("optimizer.learning_rate", {"learning_rate": 0.0}),
        ("data", {"data": Examples(np.zeros((2, 2)), np.zeros(2))}),
        ("initializer.kind", {"start": Initializer("lucky")}),
    ],
)
def test_what_cannot_be_is_refused_when_the_setup_is_built(field: str, change: dict[str, Any]) -> None:
    setup = replace(Setup((2, 1), Examples(np.zeros((2, 2)), np.zeros((2, 1)))), **change)
    with pytest.raises(SetupError) as caught:
        setup.completed()
    assert caught.value.field == field
