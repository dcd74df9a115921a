"""Losses, slopes and gradients up to |z| = 1000 against a thousand digits: right to a few units in the last place.

Where a number cannot be that sharp the bound says why: a rounding of what an exponential is taken of is magnified by
its size.
"""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from app.engine.network.activations import ACTIVATIONS
from app.engine.network.arrays import Array
from app.engine.network.losses import LOSSES, Loss, Output
from tests.engine import exact
from tests.engine.cases import MANY

FEW = 4.0
FAR = st.floats(-1000.0, 1000.0) | st.floats(-40.0, 40.0) | st.floats(-3.0, 3.0)
SMALLEST = exact.TINY  # below, doubles hold fewer digits


def allowed(name: str, z: float) -> float:
    """In units of the last place: gelu's tail is e^(-z^2/2), whose exponent is rounded."""
    return FEW if name != "gelu" else FEW + 4 * z * z


@pytest.mark.parametrize("name", list(exact.G))
@settings(max_examples=60 * MANY)
@given(z=FAR)
@example(z=0.0)
@example(z=-1000.0)
@example(z=1000.0)
def test_activations_and_slopes_are_right_to_a_few_last_digits(name: str, z: float) -> None:
    Z, most = np.array([[z]]), allowed(name, z)
    assert exact.last_places(ACTIVATIONS[name].g(Z)[0, 0], exact.G[name](mpf(z))) <= most
    if z == 0 and ACTIVATIONS[name].pieces:
        return
    slope, wanted = ACTIVATIONS[name].g_prime(Z)[0, 0], exact.slope(name, mpf(z))
    lost = abs(mpf(float(slope)) - wanted)
    cancelled = 2 * exact.EPSILON if name == "gelu" and abs(z) < 3 else 0.0  # a sum of two signs, 0 at z = -0.75
    assert exact.last_places(slope, wanted) <= most or lost <= SMALLEST + cancelled


def output(name: str, *z: float) -> Output:
    Z = np.array([z])
    return Output(Z, ACTIVATIONS[name].g(Z))


def found(loss: Loss, at: Output, Y: Array) -> tuple[float, list[float]]:
    assert loss.error is not None
    return float(loss.value(at, Y)[0]), loss.error(at, Y)[0].tolist()


@settings(max_examples=150 * MANY)
@given(FAR, st.sampled_from([0.0, 1.0]))
@example(-1000.0, 0.0)
@example(1000.0, 1.0)
def test_binary_cross_entropy_is_right_to_a_few_last_digits(z: float, y: float) -> None:
    value, (error,) = found(LOSSES["binary_cross_entropy"], output("sigmoid", z), np.array([[y]]))
    assert exact.last_places(value, exact.loss("binary_cross_entropy", [mpf(z)], [], [mpf(y)])) <= FEW
    wanted = exact.sigmoid(mpf(z)) if y == 0 else -exact.sigmoid(-mpf(z))
    assert exact.last_places(error, wanted) <= FEW or abs(mpf(error) - wanted) <= SMALLEST


@settings(max_examples=150 * MANY)
@given(FAR, st.floats(0.0, 1.0))
def test_targets_between_cost_a_few_last_digits_of_1(z: float, y: float) -> None:
    value, (error,) = found(LOSSES["binary_cross_entropy"], output("sigmoid", z), np.array([[y]]))
    wanted = exact.loss("binary_cross_entropy", [mpf(z)], [], [mpf(y)])
    assert exact.last_places(value, wanted) <= 2 * FEW
    assert abs(mpf(error) - (exact.sigmoid(mpf(z)) - mpf(y))) <= FEW * exact.EPSILON


@settings(max_examples=100 * MANY)
@given(st.lists(FAR, min_size=2, max_size=4))
@example([27.5, 0.1, -3.0])
def test_cross_entropy_is_right_to_the_digits_that_differences_of_sums_hold(z: list[float]) -> None:
    """e^(z_i - z_j): the difference is rounded to half of its last place, so that e^ of it is off by its size."""
    most = 2 * FEW + max(z) - min(z)
    e = [mp.exp(mpf(x) - max(z)) for x in z]
    for right in range(len(z)):
        value, errors = found(LOSSES["cross_entropy"], output("softmax", *z), np.eye(len(z))[[right]])
        others = mp.fsum(e[:right] + e[right + 1 :])
        assert exact.last_places(value, mp.log1p(others / e[right])) <= most
        for j, error in enumerate(errors):
            wanted = -others / mp.fsum(e) if j == right else e[j] / mp.fsum(e)
            assert exact.last_places(error, wanted) <= most


def test_a_softmax_that_is_sure_has_a_loss_with_all_its_digits() -> None:
    """1 + e^-23.4 holds nine digits of e^-23.4: the largest share's logarithm is found from the others alone."""
    value, errors = found(LOSSES["cross_entropy"], output("softmax", 22.35, -1.05), np.array([[1.0, 0.0]]))
    tail = mp.exp(mpf(-1.05) - mpf(22.35))
    assert exact.last_places(value, mp.log1p(tail)) <= FEW
    assert errors[0] == -errors[1]
