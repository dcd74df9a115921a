"""Both referees against a thousand digits: how far each may be off is never said too small."""

import ast
from pathlib import Path

import numpy as np
import pytest
from mpmath import mpf, workdps

from app.engine.check import central_differences
from app.engine.check.central_differences import Behind, Estimate, differences, noise_of
from app.engine.check.path_products import along_paths
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.propagation import forward
from app.engine.setup import Parameters, Setup
from tests.engine import exact
from tests.engine.cases import HIDDEN, MANY, PAIRINGS, iteration_of, random_setup
from tests.engine.check.test_gradient_check import with_values

SIZES = (2, 3, 2)
SMALLEST = 10 * exact.TINY  # nearer to 0 doubles hold fewer digits
KNOWN = {"backward", "g_prime", "slope_from_a", "pull_through", "gradient", "Backward", "run_iteration", "Rules"}


def estimates(near: Behind) -> tuple[list[Estimate], list[Estimate]]:
    with np.errstate(all="ignore"):
        return differences(near, noise_of(near)), along_paths(near)


def assert_both_hold_the_truth(setup: Setup, smallest: float = SMALLEST) -> None:
    iteration = iteration_of(setup)
    wanted = iter(exact.gradient(setup.network, *setup.examples, setup.loss))
    for l, layer in enumerate(setup.network.layers, start=1):
        near = Behind.of(iteration, l)
        fan_out, fan_in = layer.W.shape
        truth = {(j, k): next(wanted) for j in range(fan_out) for k in range(fan_in)}
        truth |= {(j, fan_in): next(wanted) for j in range(fan_out)}
        by_differences, by_paths = estimates(near)
        for place, pair in enumerate(zip(near.j.tolist(), near.k.tolist(), strict=True)):
            for value, uncertainty in (by_differences[place], by_paths[place]):
                assert abs(mpf(value) - truth[pair]) <= uncertainty + smallest, (setup, l, pair, value, truth[pair])


@pytest.mark.parametrize("weights", [0.01, 1.0, 20.0])
@pytest.mark.parametrize(("output", "loss"), PAIRINGS)
def test_the_truth_lies_within_what_each_referee_says(output: str, loss: str, weights: float) -> None:
    for seed in range(MANY):
        hidden = HIDDEN[(seed + len(output) + int(weights)) % len(HIDDEN)]
        setup = random_setup(seed, SIZES, (hidden, output), loss, 2)
        with workdps(400):  # so that differences of them are right to 1e-210
            assert_both_hold_the_truth(with_values(setup, weights, 1.0), 1e-200)


@pytest.mark.parametrize("z", [-1000.0, -300.0, 40.0, 300.0, 1000.0])
@pytest.mark.parametrize(("output", "loss"), PAIRINGS)
def test_it_does_where_the_output_is_as_sure_as_can_be(output: str, loss: str, z: float) -> None:
    one = random_setup(3, (1, 2), (output,), loss, 1)
    assert isinstance(one.start, Parameters)
    start = Parameters(one.start.W, (np.array([z, -0.5 * z]),))
    assert_both_hold_the_truth(Setup(one.sizes, one.data, one.activations, loss, start))


def test_moved_sums_are_those_of_the_network_with_the_parameter_moved() -> None:
    setup = random_setup(4, (3, 4, 5, 2), ("tanh", "elu", "identity"), "half_squared_error", 6)
    iteration, T = iteration_of(setup), np.array([-(2.0**-6), 2.0**-7])
    for l, layer in enumerate(setup.network.layers, start=1):
        near = Behind.of(iteration, l)
        found = near.sums(np.tile(T, (len(near.j), 1)))
        for place, (j, k) in enumerate(zip(near.j.tolist(), near.k.tolist(), strict=True)):
            for s, offset in enumerate(T.tolist()):
                joined = np.column_stack([layer.W, layer.b])
                joined[j, k] += offset
                pairs = [(one.W, one.b) for one in setup.network.layers]
                pairs[l - 1] = joined[:, :-1], joined[:, -1]
                there = forward(setup.network.with_parameters(pairs), setup.examples[0])
                for moved, wanted in zip(found, there.Z[l - 1 :], strict=True):
                    assert np.allclose(moved[place, s], wanted, rtol=1e-12, atol=1e-12)


def test_differences_know_nothing_of_backward_or_of_slopes() -> None:
    tree = ast.parse(Path(str(central_differences.__file__)).read_text("utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    imported = {a.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for a in node.names}
    assert not KNOWN & (names | imported)


@pytest.mark.parametrize("name", [name for name, one in ACTIVATIONS.items() if one.pieces])
def test_the_pieces_of_a_function_with_a_corner_are_the_function_on_either_side(name: str) -> None:
    activation, Z = ACTIVATIONS[name], np.linspace(-3.0, 3.0, 61)
    assert activation.pieces is not None
    left, right = activation.pieces
    assert np.array_equal(activation.g(Z), np.where(Z > 0, right(Z), left(Z)))


def test_each_activation_with_a_corner_has_pieces() -> None:
    """Seen from the slopes on either side of 0, and from how these bend."""
    h = 1e-4
    for name, one in ACTIVATIONS.items():
        slopes = one.g_prime(np.array([[-2 * h, -h, h, 2 * h]]))[0]
        bends = (slopes[1] - slopes[0]) / h, (slopes[3] - slopes[2]) / h
        assert (abs(slopes[2] - slopes[1]) > 0.1 or abs(bends[1] - bends[0]) > 0.1) == (one.pieces is not None), name
