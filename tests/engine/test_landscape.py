"""Losses over parameters are those that plain loops find; a secant is as steep as the loss; a reach shows a shape."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.check.gradient_check import check_one
from app.engine.data.split import Examples
from app.engine.landscape import (
    MOST_WORK,
    REACHES,
    affordable,
    losses_along,
    losses_over,
    place_of,
    reach,
    secant,
    value_of,
)
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.engine.network.layers import Network
from app.engine.setup import Parameters, Setup
from tests.engine import by_hand
from tests.engine.cases import PAIRINGS, iteration_of, random_setup, setups

SIZES = (2, 4, 3, 2)
W, B = Symbol("W", 2, 1, 3), Symbol("b", 3, 1)


def unequal(output: str = "softmax", loss: str = "cross_entropy", examples: int = 5) -> Setup:
    """A network of three layers, no two of one size."""
    return random_setup(3, SIZES, ("tanh", "relu", output), loss, examples)


def plain(setup: Setup, network: Network) -> float:
    """The mean loss of the setup's examples by loops over numbers."""
    layers = [(layer.W.tolist(), layer.b.tolist(), layer.activation.name) for layer in network.layers]
    X, Y = setup.examples
    return by_hand.mean_loss(layers, X.tolist(), Y.tolist(), setup.loss)


def moved(network: Network, symbol: Symbol, value: float) -> Network:
    """The network with one parameter at a value."""
    pairs = [(layer.W.copy(), layer.b.copy()) for layer in network.layers]
    part = pairs[symbol.layer - 1][0 if symbol.kind == "W" else 1]
    part[symbol.j if symbol.k is None else (symbol.j, symbol.k)] = value
    return network.with_parameters(pairs)


@pytest.mark.parametrize(("output", "loss"), PAIRINGS)
@pytest.mark.parametrize("symbol", [Symbol("W", 1, 3, 1), W, B, Symbol("b", 1, 2), Symbol("W", 3, 0, 2)])
def test_a_curve_is_what_plain_loops_find(output: str, loss: str, symbol: Symbol) -> None:
    setup = unequal(output, loss)
    values = np.array([-1.7, -0.2, 0.0, 0.6, 2.3])
    expected = [plain(setup, moved(setup.network, symbol, value)) for value in values.tolist()]
    assert losses_along(iteration_of(setup), symbol, values) == pytest.approx(np.array(expected), rel=1e-11)


@pytest.mark.parametrize("pair", [(W, B), (B, W), (W, Symbol("W", 2, 1, 0)), (W, Symbol("b", 2, 1)), (W, W)])
def test_a_surface_is_what_plain_loops_find_columns_by_the_first_parameter(pair: tuple[Symbol, Symbol]) -> None:
    setup, first, second = unequal(), np.array([-0.9, 0.1, 0.4, 1.5]), np.array([-1.2, 0.3, 0.8])
    found = losses_over(iteration_of(setup), pair, first, second)
    assert found.shape == (3, 4)
    for row, y in enumerate(second.tolist()):
        for column, x in enumerate(first.tolist()):
            network = moved(moved(setup.network, pair[0], x), pair[1], y)
            assert found[row, column] == pytest.approx(plain(setup, network), rel=1e-11)


def test_a_large_batch_in_many_parts_gives_the_same_losses() -> None:
    setup = unequal(examples=700)
    values = np.linspace(-1, 1, 161)
    together = losses_along(iteration_of(setup), W, values)
    assert together[[0, 80, 160]] == pytest.approx(
        np.array([plain(setup, moved(setup.network, W, value)) for value in (-1.0, 0.0, 1.0)]), rel=1e-11
    )


def test_rounding_makes_no_staircase_of_the_loss() -> None:
    exact, rounded = unequal(), replace(unequal(), decimals=2)
    values = np.linspace(-1, 1, 9)
    assert (losses_along(iteration_of(exact), W, values) == losses_along(iteration_of(rounded), W, values)).all()


def test_losses_that_overflow_are_no_error() -> None:
    setup = random_setup(1, (2, 3, 1), ("relu", "identity"), "mean_squared_error", 2)
    found = losses_along(iteration_of(setup), Symbol("b", 2, 0), np.array([1e200, 0.5]))
    assert np.isfinite(found).tolist() == [False, True]


# The secant -----------------------------------------------------------------------------------------------------------


@given(setups(), st.randoms(use_true_random=False))
def test_a_secant_is_as_steep_as_the_check_finds_the_loss(setup: Setup, random: object) -> None:
    it = iteration_of(setup)
    symbols = [Symbol("W", l, 0, 0) for l in range(1, len(setup.sizes))]
    for symbol in [*symbols, Symbol("b", 1, 0)]:
        found, checked = secant(it, symbol), check_one(it, symbol)
        assert found.slope == pytest.approx(checked.numeric, rel=2e-3, abs=1e-4 * max(1.0, it.loss))


def test_the_ends_of_a_secant_are_losses_by_plain_loops_its_step_to_either_side() -> None:
    setup = unequal()
    found, here = secant(iteration_of(setup), W), value_of(setup.network, W)
    ends = [plain(setup, moved(setup.network, W, here + side * found.step)) for side in (-1, 1)]
    assert [found.low, found.high] == pytest.approx(ends, rel=1e-12)
    assert found.slope == pytest.approx((ends[1] - ends[0]) / (2 * found.step), rel=1e-9)


def test_a_secant_on_a_corner_lies_between_its_two_sides() -> None:
    data = Examples(np.array([[1.0]]), np.array([[-2.0]]))
    setup = Setup((1, 1), data, ("relu",), "half_squared_error", Parameters((np.zeros((1, 1)),), (np.zeros(1),)))
    found = secant(iteration_of(setup), Symbol("W", 1, 0, 0))
    assert 0 < found.slope < 2.1


# How far to look ------------------------------------------------------------------------------------------------------


def one_weight(x: float, y: float, w: float, activation: str = "identity") -> Setup:
    """A network of one weight, whose loss over it is a parabola where the activation is the identity."""
    data = Examples(np.array([[x]]), np.array([[y]]))
    start = Parameters((np.array([[w]]),), (np.zeros(1),))
    return Setup((1, 1), data, (activation,), "half_squared_error", start)


@pytest.mark.parametrize(("distance", "expected"), [(0.1, 0.125), (1.0, 1.0), (3.0, 4.0)])
def test_a_reach_is_about_as_far_as_the_lowest_point_of_a_parabola(distance: float, expected: float) -> None:
    """(w - c)^2 / 2 with c the distance away: over r to either side it bends by r^2 and rises by 2 r c."""
    assert reach(iteration_of(one_weight(1.0, distance, 0.0)), Symbol("W", 1, 0, 0)) == expected


def test_a_level_loss_is_looked_at_as_far_as_there_is() -> None:
    assert reach(iteration_of(one_weight(0.0, 1.0, 0.5)), Symbol("W", 1, 0, 0)) == REACHES[-1]


def test_a_reach_does_not_go_where_the_loss_overflows() -> None:
    """(1e154 w - 1.3e154)^2 leaves the finite numbers at w = -0.04, and would show a bend from 1.3 on."""
    assert reach(iteration_of(one_weight(1e154, 1.3e154, 0.0)), Symbol("W", 1, 0, 0)) == 1 / 32


# Bounds ---------------------------------------------------------------------------------------------------------------


def test_fewer_places_are_afforded_where_each_is_much_work() -> None:
    small, large = (
        unequal(),
        random_setup(1, (8, *[32] * 5, 4), ("tanh",) * 5 + ("identity",), "mean_squared_error", 1000),
    )
    first = [Symbol("W", 1, 0, 0)]
    assert affordable(iteration_of(small), first, 2304) == 2304
    afforded = affordable(iteration_of(large), first, 2304)
    assert afforded == MOST_WORK // (1000 * (5 * 32 + 4))
    assert affordable(iteration_of(large), [Symbol("W", 6, 0, 0)], 2304) == 2304


def test_the_function_that_costs_most_counts_for_more() -> None:
    tanh, gelu = (
        random_setup(1, (8, 32, 32, 4), (name, name, "identity"), "mean_squared_error", 1000)
        for name in ("tanh", "gelu")
    )
    first = [Symbol("W", 1, 0, 0)]
    assert affordable(iteration_of(gelu), first, 2304) < affordable(iteration_of(tanh), first, 2304) / 2


@pytest.mark.parametrize("symbol", [W, B, Symbol("W", 1, 0, 0), Symbol("b", 1, 3)])
def test_a_parameter_has_its_place_among_all(symbol: Symbol) -> None:
    network = unequal().network
    flat: Array = network.flat()
    assert flat[place_of(network, symbol)] == value_of(network, symbol)
