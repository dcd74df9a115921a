"""Where an output is 1 to the last bit: finite losses and right gradients, against fifty-digit decimals."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.split import Examples
from app.engine.learning.divergence import first_not_finite
from app.engine.network.activations import ACTIVATIONS, softmax
from app.engine.network.arrays import Array
from app.engine.network.losses import LOSSES, Output
from app.engine.setup import Parameters, Setup
from tests.engine.cases import iteration_of

FAR = st.floats(-745.0, 745.0) | st.sampled_from([-800.0, -40.0, -4.0, 0.0, 4.0, 40.0, 800.0])
TARGET = st.sampled_from([0.0, 1.0, 0.25])


def close(value: float, exact: Decimal, rel: float = 1e-13) -> bool:
    """Whether a float agrees with an exact number to this relative error, or both are below the smallest float."""
    return abs(Decimal(float(value)) - exact) <= Decimal(rel) * abs(exact) + Decimal("1e-307")


def log_of_one_and(x: Decimal) -> Decimal:
    """ln(1 + x), also where x is too small to be added to 1."""
    return x - x * x / 2 if x < Decimal("1e-25") else (1 + x).ln()


def output(name: str, *z: float) -> Output:
    Z = np.array([z])
    return Output(Z, ACTIVATIONS[name].g(Z))


@given(FAR, TARGET)
def test_binary_cross_entropy_and_its_error_keep_their_digits(z: float, y: float) -> None:
    at, Y, loss = output("sigmoid", z), np.array([[y]]), LOSSES["binary_cross_entropy"]
    with localcontext() as context:
        context.prec = 60
        e, t = Decimal(-z).exp(), Decimal(y)
        exact_loss = t * log_of_one_and(e) + (1 - t) * log_of_one_and(1 / e)
        exact_error = ((1 - t) - t * e) / (1 + e)
    assert loss.error is not None
    assert close(loss.value(at, Y)[0], exact_loss)
    near = 2e-16 if abs(z) <= 4 or y == 0.25 else 0.0  # where both sides are of size 1, one rounding of each
    assert close(loss.error(at, Y)[0, 0], exact_error) or abs(loss.error(at, Y)[0, 0] - float(exact_error)) <= near


@given(st.tuples(FAR, FAR, FAR), st.integers(0, 2))
def test_cross_entropy_and_its_error_keep_their_digits(z: tuple[float, float, float], right: int) -> None:
    at, Y, loss = output("softmax", *z), np.eye(3)[[right]], LOSSES["cross_entropy"]
    with localcontext() as context:
        context.prec = 60
        e = [(Decimal(x) - Decimal(max(z))).exp() for x in z]
        others = [sum(e[:j] + e[j + 1 :], Decimal(0)) for j in range(3)]
        exact_loss = log_of_one_and(others[right] / e[right])
        errors = [-others[j] / sum(e) if j == right else e[j] / sum(e) for j in range(3)]
    assert loss.error is not None
    near = 2.3e-16  # the sum of three shares is rounded twice, each time by half of the last bit of 1
    assert close(loss.value(at, Y)[0], exact_loss) or abs(loss.value(at, Y)[0] - float(exact_loss)) <= near
    for j in range(3):
        assert close(loss.error(at, Y)[0, j], errors[j], rel=1e-12)


@pytest.mark.parametrize("z", [-800.0, 800.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_a_confident_answer_costs_nothing_if_right_and_its_sum_if_wrong(z: float, y: float) -> None:
    loss = LOSSES["binary_cross_entropy"]
    at, Y = output("sigmoid", z), np.array([[y]])
    wrong = (z > 0) != (y == 1.0)
    assert loss.error is not None
    assert loss.value(at, Y)[0] == (800.0 if wrong else 0.0)
    assert loss.error(at, Y)[0, 0] == (np.sign(z) if wrong else 0.0)


@pytest.mark.parametrize("z", [37.0, 40.0, 300.0, 700.0])
def test_the_last_bit_of_y_hat_is_not_the_end_of_the_gradient(z: float) -> None:
    at, loss = output("sigmoid", z), LOSSES["binary_cross_entropy"]
    assert at.A[0, 0] == 1.0
    assert loss.error is not None
    assert loss.error(at, np.array([[1.0]]))[0, 0] == pytest.approx(-np.exp(-z), rel=1e-12)
    assert loss.value(at, np.array([[1.0]]))[0] == pytest.approx(np.exp(-z), rel=1e-12)


def exact_slope(name: str, z: Decimal) -> Decimal:
    """g'(z) in decimals, for those that flatten."""
    e = z.exp()
    if name == "tanh":
        return 4 / (e + 1 / e) ** 2
    if name == "elu":
        return e if z < 0 else Decimal(1)
    return e / (1 + e) ** 2 if name == "sigmoid" else e / (1 + e)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "elu"])
@given(z=st.floats(-340.0, 340.0))
def test_slopes_keep_their_digits_where_the_function_has_flattened(name: str, z: float) -> None:
    with localcontext() as context:
        context.prec = 60
        exact = exact_slope(name, Decimal(z))
    assert close(ACTIVATIONS[name].g_prime(np.array([[z]]))[0, 0], exact)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
@pytest.mark.parametrize("z", [-800.0, -40.0, 0.0, 40.0, 800.0])
def test_no_activation_overflows(name: str, z: float) -> None:
    Z = np.array([[z, 1.0]])
    assert np.isfinite(ACTIVATIONS[name].g(Z)).all()
    assert np.isfinite(ACTIVATIONS[name].g_prime(Z)).all()


def extreme_setup(output_name: str, loss: str, Y: Array) -> Setup:
    """A 2-3-2 network whose output sums are about 800 and -800."""
    W = (np.array([[40.0, 0.0], [0.0, 40.0], [1.0, 1.0]]), np.array([[800.0, 0.0, 0.0], [-800.0, 0.0, 0.0]]))
    start = Parameters(W, (np.zeros(3), np.zeros(2)))
    return Setup((2, 3, 2), Examples(np.array([[1.0, -1.0]]), Y), ("tanh", output_name), loss, start).completed()


@pytest.mark.parametrize(("output_name", "loss"), [("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy")])
@pytest.mark.parametrize("Y", [[[1.0, 0.0]], [[0.0, 1.0]]], ids=["right", "wrong"])
def test_a_saturated_network_has_a_finite_loss_and_the_right_error(
    output_name: str, loss: str, Y: list[list[float]]
) -> None:
    iteration = iteration_of(extreme_setup(output_name, loss, np.array(Y)))
    assert first_not_finite(iteration) is None
    assert iteration.forward.A[-1][0].tolist() == [1.0, 0.0]
    wrong = Y[0][0] == 0.0
    assert iteration.loss == ((1600.0) if wrong else 0.0)
    assert iteration.backward.delta[-1][0].tolist() == ([1.0, -1.0] if wrong else [0.0, 0.0])


def test_softmax_shares_are_right_where_one_takes_all() -> None:
    shares = softmax(np.array([[800.0, 0.0, -800.0]]))
    assert shares.tolist() == [[1.0, 0.0, 0.0]]
