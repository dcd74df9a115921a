"""Activations against the referee's formulas, and slopes against differences of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.network.activations import ACTIVATIONS, activation_named, pull_through, softmax
from app.engine.network.errors import UnknownNameError
from app.engine.network.losses import Output
from app.engine.network.propagation import rounded, true_slope
from tests.engine import by_hand
from tests.engine.cases import KINKED

ELEMENTWISE = sorted(by_hand.G)
Z_VALUES = st.floats(-20.0, 20.0)
ROWS = st.lists(st.floats(-30.0, 30.0), min_size=1, max_size=6)


def test_every_activation_has_a_referee() -> None:
    assert {*by_hand.G, "softmax"} == set(ACTIVATIONS)
    assert all(name == activation.name for name, activation in ACTIVATIONS.items())


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(z=Z_VALUES)
def test_an_activation_has_its_value(name: str, z: float) -> None:
    assert ACTIVATIONS[name].g(np.array([[z]]))[0, 0] == pytest.approx(by_hand.G[name](z), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(z=Z_VALUES)
def test_a_slope_is_the_derivative(name: str, z: float) -> None:
    if name in KINKED and abs(z) < 0.01:
        z = 0.5
    numeric = by_hand.derivative(by_hand.G[name], z)
    assert ACTIVATIONS[name].g_prime(np.array([[z]]))[0, 0] == pytest.approx(numeric, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if ACTIVATIONS[name].slope_from_a])
@given(z=st.floats(-10.0, 10.0))
def test_the_slope_from_the_activation_alone_is_the_same(name: str, z: float) -> None:
    activation, Z = ACTIVATIONS[name], np.array([[z]])
    assert activation.slope_from_a is not None
    assert activation.slope_from_a(activation.g(Z)) == pytest.approx(activation.g_prime(Z), abs=1e-12)


@given(ROWS)
def test_softmax_shares_add_up_to_one(z: list[float]) -> None:
    shares = softmax(np.array([z, z[::-1]]))
    assert shares.sum(axis=1) == pytest.approx(1.0, abs=1e-15 * len(z) * 4)
    assert shares[0].tolist() == pytest.approx(by_hand.outputs("softmax", z), rel=1e-12)


@given(ROWS, st.floats(-500.0, 500.0))
def test_softmax_is_the_same_for_shifted_sums(z: list[float], shift: float) -> None:
    assert softmax(np.array([z]) + shift) == pytest.approx(softmax(np.array([z])), rel=1e-10)


@given(st.lists(st.floats(-5.0, 5.0), min_size=2, max_size=4), st.integers(0, 2**32 - 1))
def test_pulling_through_softmax_is_its_whole_jacobian(z: list[float], seed: int) -> None:
    dA = np.random.default_rng(seed).standard_normal(len(z))
    Z = np.array([z])
    softmax_ = ACTIVATIONS["softmax"]
    pulled = pull_through(softmax_, softmax_.g_prime(Z), softmax_.g(Z), dA[None, :])
    for i in range(len(z)):

        def weighted(x: float, i: int = i) -> float:
            return float(np.dot(dA, by_hand.outputs("softmax", [*z[:i], x, *z[i + 1 :]])))

        assert pulled[0, i] == pytest.approx(by_hand.derivative(weighted, z[i]), rel=1e-7, abs=1e-9)


def test_the_diagonal_of_softmax_is_its_slope() -> None:
    z = [0.3, -1.2, 2.0]
    slope = ACTIVATIONS["softmax"].g_prime(np.array([z]))[0]
    for j in range(3):

        def share(x: float, j: int = j) -> float:
            return by_hand.outputs("softmax", [*z[:j], x, *z[j + 1 :]])[j]

        assert slope[j] == pytest.approx(by_hand.derivative(share, z[j]), rel=1e-9)


def test_an_unknown_activation_names_its_field_and_the_names_that_exist() -> None:
    with pytest.raises(UnknownNameError, match="Choose one of: identity, sigmoid") as caught:
        activation_named("swish")
    assert caught.value.field == "activations"
    assert "swish" not in str(caught.value)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "softplus"])
def test_rounding_an_activation_to_0_does_not_switch_its_unit_off(name: str) -> None:
    """By hand only a(1 - a) and 1 - a^2 are taken from a: a ReLU of 0.004 is rounded to 0.00, and its slope is 1."""
    Z = np.array([[0.004]])
    values = Output(Z, rounded(ACTIVATIONS[name].g(Z), 2), rounded=True)
    assert true_slope(ACTIVATIONS[name], values) == ACTIVATIONS[name].g_prime(Z)
