"""A gradient as the sum over its paths: against backward(), against plain loops, and told factor by factor."""

from dataclasses import replace
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.network.expressions import Symbol
from app.engine.network.losses import LOSSES
from app.engine.paths import paths_of
from app.engine.setup import Setup
from app.lessons import lesson_named
from tests.engine.cases import HIDDEN, PAIRINGS, iteration_of, random_setup, setups

FLAT = 0.05  # a slope below this lets almost nothing through
TOLERANCE = 1e-12


def every_symbol(it: Iteration) -> list[Symbol]:
    """All weights, biases, sums and activations whose gradient has paths."""
    sizes, found = it.before.sizes, []
    for l in range(1, len(sizes)):
        for j in range(sizes[l]):
            found += [Symbol("b", l, j), Symbol("z", l, j), *(Symbol("W", l, j, k) for k in range(sizes[l - 1]))]
    last = len(sizes) - (it.method.loss.error is not None)
    return found + [Symbol("a", l, j) for l in range(last) for j in range(sizes[l])]


def found_by_backward(it: Iteration, symbol: Symbol) -> float:
    """The same gradient by the recursion over layers; an activation's is that of the sums behind it, pulled back."""
    kind, l, j, k = symbol
    back = it.backward
    if kind == "W":
        return float(back.dW[l - 1][j, k or 0])
    if kind in ("b", "z"):
        return float(back.db[l - 1][j])
    if l == len(it.before.layers):
        return float(np.mean(it.method.loss.gradient(it.forward.A[l], it.Y)[:, j]))
    return float(back.db[l] @ it.before.layers[l].W[:, j])


def size_of(it: Iteration, symbol: Symbol) -> float:
    """The mean over the examples of their shares without signs: what rounding errors are measured by."""
    examples = range(len(it.X))
    return sum(abs(path.own) for i in examples for path in paths_of(it, i, symbol).paths) / len(examples)


def agree(it: Iteration) -> None:
    for symbol in every_symbol(it):
        found = paths_of(it, 0, symbol)
        wanted, size = found_by_backward(it, symbol), size_of(it, symbol)
        assert abs(found.gradient - wanted) <= TOLERANCE * max(size, abs(wanted)), symbol
        if found.paths:
            assert abs(sum(p.product for p in found.paths) - wanted) <= TOLERANCE * size, symbol


@given(setups())
@settings(deadline=None, max_examples=60)
def test_the_paths_add_up_to_the_gradient_that_backward_finds(setup: Setup) -> None:
    agree(iteration_of(setup))


@pytest.mark.parametrize(("output", "loss"), PAIRINGS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_they_do_for_every_activation_and_loss(hidden: str, output: str, loss: str) -> None:
    agree(iteration_of(random_setup(5, (2, 3, 4, 2), (hidden, hidden, output), loss, 3)))


@pytest.mark.parametrize(("output", "loss"), PAIRINGS)
def test_they_do_where_activations_are_rounded_as_by_hand(output: str, loss: str) -> None:
    setup = random_setup(6, (3, 2, 4), ("tanh", output), loss, 2)
    agree(iteration_of(replace(setup, decimals=3)))


def test_a_mistaken_walk_still_has_the_paths_of_the_chain_rule() -> None:
    published, right = (lesson_named("two-outputs-two-paths").setup(way) for way in (True, False))
    symbol = Symbol("W", 1, 0, 0)
    wrong, good = (paths_of(iteration_of(setup), 0, symbol).sum for setup in (published, right))
    assert wrong == good
    assert abs(good - 0.000448) < 5e-7


# A plain loop as referee ---------------------------------------------------------------------------------------------


def shares_by_plain_loop(it: Iteration, l: int, j: int, row: int) -> dict[tuple[int, ...], float]:
    """Unit numbers behind (l, j) -> product of slopes, weights and the loss's slope, for one example of the batch."""
    sizes, layers = it.before.sizes, it.before.layers
    slopes = [layer.activation.g_prime(Z)[row] for layer, Z in zip(layers, it.forward.Z, strict=True)]
    ahead = it.method.loss.gradient(it.forward.A[-1], it.Y)[row]
    found = {}
    for way in product(*(range(n) for n in sizes[l + 1 :])):
        share, units = slopes[l - 1][j], (j, *way)
        for step in range(1, len(units)):
            share *= layers[l + step - 1].W[units[step], units[step - 1]] * slopes[l + step - 1][units[step]]
        found[way] = share * ahead[units[-1]]
    return found


@pytest.mark.parametrize(
    ("output", "loss"),
    [("tanh", "half_squared_error"), ("identity", "mean_squared_error"), ("sigmoid", "binary_cross_entropy")],
)
@pytest.mark.parametrize("row", [0, 2])
def test_each_path_carries_what_a_plain_loop_finds(output: str, loss: str, row: int) -> None:
    it = iteration_of(random_setup(7, (2, 3, 1, 4), ("sigmoid", "softplus", output), loss, 3))
    found = paths_of(it, row, Symbol("W", 1, 2, 1))
    wanted = shares_by_plain_loop(it, 1, 2, row)
    carried = it.X[row, 1]
    assert {tuple(j for _, j in path.units[2:]) for path in found.paths} == set(wanted)
    for path in found.paths:
        way = tuple(j for _, j in path.units[2:])
        assert path.own == pytest.approx(carried * wanted[way], rel=1e-12)
        mean = np.mean([it.X[i, 1] * shares_by_plain_loop(it, 1, 2, i)[way] for i in range(3)])
        assert path.product == pytest.approx(mean, rel=1e-12, abs=1e-15)


@given(setups())
@settings(deadline=None, max_examples=40)
def test_there_are_as_many_paths_as_ways_through_the_layers(setup: Setup) -> None:
    it = iteration_of(setup)
    for symbol in every_symbol(it):
        found = paths_of(it, 0, symbol)
        assert found.count == prod(setup.sizes[symbol.layer + 1 :]) == len(found.paths)
        assert len({path.units for path in found.paths}) == found.count


# Told factor by factor -----------------------------------------------------------------------------------------------


@given(setups(), st.integers(0, 4))
@settings(deadline=None, max_examples=40)
def test_a_path_is_the_product_of_its_factors_and_ends_with_the_loss(setup: Setup, row: int) -> None:
    it = iteration_of(setup)
    focus = row % len(it.X)
    for symbol in every_symbol(it):
        for path in paths_of(it, focus, symbol).paths:
            assert prod(f.value for f in path.factors) == pytest.approx(path.own, rel=1e-13, abs=1e-300)
            assert path.factors[-1].symbol.kind in ("delta", "da")
            weights = [f.symbol for f in path.factors if f.symbol.kind == "W"]
            first = int(symbol.kind == "W")
            assert [(w.layer, w.j) for w in weights] == list(path.units[first + 1 :])
            assert [w.k for w in weights] == [j for _, j in path.units[first:-1]]
            assert path.trail[-1] == path.own


def test_factors_come_in_the_order_in_which_the_path_meets_them() -> None:
    it = iteration_of(lesson_named("two-outputs-two-paths").setup(False))
    first, second = paths_of(it, 0, Symbol("W", 1, 0, 1)).paths
    assert first.units == ((0, 1), (1, 0), (2, 0))
    assert second.units == ((0, 1), (1, 0), (2, 1))
    assert [f.symbol for f in second.factors] == [
        Symbol("a", 0, 1),
        Symbol("slope", 1, 0),
        Symbol("W", 2, 1, 0),
        Symbol("slope", 2, 1),
        Symbol("da", 2, 1),
    ]
    values = dict(first.factors)
    assert values[Symbol("a", 0, 1)] == 0.1
    assert values[Symbol("W", 2, 0, 0)] == it.before.layers[1].W[0, 0]


@pytest.mark.parametrize(("output", "loss"), PAIRINGS)
def test_an_output_with_a_loss_of_its_own_ends_in_one_factor(output: str, loss: str) -> None:
    it = iteration_of(random_setup(8, (2, 3, 2), ("tanh", output), loss, 1))
    (path, *_) = paths_of(it, 0, Symbol("b", 1, 0)).paths
    apart = LOSSES[loss].error is None and output != "softmax"
    assert [f.symbol.kind for f in path.factors[2:]] == (["slope", "da"] if apart else ["delta"])


def test_what_a_weight_carries_a_bias_and_an_error_signal_do_not() -> None:
    it = iteration_of(random_setup(9, (3, 2), ("identity",), "half_squared_error", 2))
    (weight,), (bias,), (sum_,) = (
        paths_of(it, 1, symbol).paths for symbol in (Symbol("W", 1, 1, 2), Symbol("b", 1, 1), Symbol("z", 1, 1))
    )
    assert weight.own == pytest.approx(it.X[1, 2] * bias.own)
    assert bias.factors == sum_.factors
    assert bias.own == it.forward.A[1][1, 1] - it.Y[1, 1]


# Batches and groups --------------------------------------------------------------------------------------------------


@given(setups())
@settings(deadline=None, max_examples=40)
def test_each_examples_own_gradient_is_what_it_would_be_alone(setup: Setup) -> None:
    it = iteration_of(setup)
    alone = [run_iteration(it.method, it.before, it.X[i : i + 1], it.Y[i : i + 1]) for i in range(len(it.X))]
    for symbol in every_symbol(it)[:6]:
        found = paths_of(it, 0, symbol)
        own = [found_by_backward(one, symbol) for one in alone]
        scale = max(map(abs, (*own, size_of(it, symbol))))
        assert np.allclose(found.each, own, rtol=0, atol=1e-11 * scale + 1e-300)
        assert found.gradient == pytest.approx(np.mean(found.each))
        assert found.own == found.each[0]


def test_more_than_24_paths_come_in_groups_that_add_up() -> None:
    it = iteration_of(random_setup(10, (2, 4, 5, 6), ("tanh", "sigmoid", "identity"), "mean_squared_error", 3))
    found = paths_of(it, 2, Symbol("W", 1, 3, 1))
    assert (found.count, len(found.paths), len(found.groups)) == (30, 30, 5)
    for group in found.groups:
        inside = [path for path in found.paths if path.units[2] == group.unit]
        assert len(inside) == group.paths == 6
        assert sum(path.product for path in inside) == pytest.approx(group.sum, rel=1e-12, abs=1e-15)
        assert sum(path.own for path in inside) == pytest.approx(group.own, rel=1e-12, abs=1e-15)
        opened = paths_of(it, 2, Symbol("W", 1, 3, 1), (group.unit[1],))
        assert opened.paths == tuple(inside)
        assert opened.sum == pytest.approx(group.sum, rel=1e-12, abs=1e-15)
        assert opened.gradient == found.gradient
        assert opened.units == ((0, 1), (1, 3), group.unit)
    assert sum(group.sum for group in found.groups) == pytest.approx(found.sum, rel=1e-12)


def test_24_paths_need_no_groups() -> None:
    it = iteration_of(random_setup(11, (2, 3, 4, 6), ("tanh",) * 3, "half_squared_error", 1))
    found = paths_of(it, 0, Symbol("b", 1, 0))
    assert (len(found.paths), found.groups) == (24, ())


def test_beyond_512_paths_there_are_only_groups_each_opening_further() -> None:
    it = iteration_of(random_setup(12, (2, 3, 12, 11, 5), ("tanh",) * 4, "half_squared_error", 2))
    found = paths_of(it, 0, Symbol("z", 1, 1))
    assert (found.count, found.paths, len(found.groups)) == (660, (), 12)
    once = paths_of(it, 0, Symbol("z", 1, 1), (7,))
    assert (once.count, len(once.paths), len(once.groups)) == (55, 55, 11)
    twice = paths_of(it, 0, Symbol("z", 1, 1), (7, 10))
    assert (twice.count, len(twice.paths), twice.groups) == (5, 5, ())
    assert sum(group.sum for group in found.groups) == pytest.approx(found.gradient, rel=1e-10)


# What kills a path ---------------------------------------------------------------------------------------------------


def test_a_dead_unit_is_what_kills_its_paths() -> None:
    it = iteration_of(lesson_named("softmax-and-dead-units").setup(True))
    dead = next(j for j in range(4) if (it.forward.Z[0][:, j] <= 0).all())
    for path in paths_of(it, 0, Symbol("b", 1, dead)).paths:
        killer = path.killer(FLAT)
        assert killer is not None
        assert (killer.symbol, killer.value) == (Symbol("slope", 1, dead), 0.0)
        assert path.own == 0


def test_of_several_flat_slopes_the_flattest_is_named_and_a_steep_path_has_none() -> None:
    setup = random_setup(13, (1, 1, 1, 1), ("sigmoid", "sigmoid", "identity"), "half_squared_error", 1)
    it = iteration_of(setup)
    pairs = [(layer.W, np.array([b])) for layer, b in zip(it.before.layers, (6.0, 9.0, 0.0), strict=True)]
    flat = run_iteration(it.method, it.before.with_parameters(pairs), np.zeros_like(it.X), it.Y)
    killer = paths_of(flat, 0, Symbol("b", 1, 0)).paths[0].killer(FLAT)
    assert killer is not None
    assert killer.symbol == Symbol("slope", 2, 0)
    steep = [(layer.W, np.array([0.0])) for layer in it.before.layers]
    live = run_iteration(it.method, it.before.with_parameters(steep), np.zeros_like(it.X), it.Y)
    assert paths_of(live, 0, Symbol("b", 1, 0)).paths[0].killer(FLAT) is None


def test_a_factor_of_exactly_0_kills_whatever_it_is() -> None:
    it = iteration_of(random_setup(14, (2, 2), ("tanh",), "half_squared_error", 1))
    nothing = run_iteration(it.method, it.before, np.zeros_like(it.X), it.Y)
    killer = paths_of(nothing, 0, Symbol("W", 1, 0, 1)).paths[0].killer(FLAT)
    assert killer is not None
    assert killer.symbol == Symbol("a", 0, 1)
