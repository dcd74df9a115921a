"""The check never accuses a right network, finds every mistake that tells, and shares no formula with backward()."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np
import pytest

from app.engine.check.gradient_check import check_gradients, check_one
from app.engine.data.split import Examples
from app.engine.equations.mistakes import MISTAKES
from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.network.initializers import Initializer
from app.engine.network.layers import Network
from app.engine.network.propagation import RIGHT, Backward, forward
from app.engine.setup import Parameters, Setup
from tests.engine import by_hand
from tests.engine.cases import HIDDEN, MANY, OWN_LOSS, PAIRINGS, iteration_of, near_a_kink, random_setup

TELLS = 1e-5  # relative change of a gradient from which a mistake must be found
RESOLVED = 1e-8  # of the loss: below, differences of losses hold too few digits to tell


def drawn(seed: int, most: int = 4, square_from: int | None = None, own_loss: bool = False) -> Setup:
    """A random setup of 1 to 4 layers, any activations and loss, 1 to 6 examples."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, most + 1, rng.integers(2, 6)).tolist()
    if square_from is not None:
        sizes[square_from:] = [sizes[square_from]] * len(sizes[square_from:])
    pairings = OWN_LOSS if own_loss else PAIRINGS
    output, loss = pairings[rng.integers(len(pairings))]
    hidden = [HIDDEN[i] for i in rng.integers(len(HIDDEN), size=len(sizes) - 2)]
    return random_setup(seed, tuple(sizes), (*hidden, output), loss, int(rng.integers(1, 7)))


def with_values(setup: Setup, weights: float, inputs: float, biases: float = 1.0) -> Setup:
    """The same with weights, inputs and biases of other sizes."""
    assert isinstance(setup.start, Parameters)
    start = Parameters(tuple(W * weights for W in setup.start.W), tuple(b * biases for b in setup.start.b))
    X, Y = setup.examples
    return replace(setup, start=start, data=Examples(X * inputs, Y))


def on_corners(seed: int) -> Setup:
    """Small whole numbers and no bias: many sums are exactly 0."""
    setup = with_values(drawn(seed), 2.0, 1.0, 0.0)
    assert isinstance(setup.start, Parameters)
    X, Y = setup.examples
    return replace(
        setup, start=Parameters(tuple(map(np.round, setup.start.W)), setup.start.b), data=Examples(np.round(X), Y)
    )


# A right network is never accused -----------------------------------------------------------------------------------


@pytest.mark.parametrize("hundred", range(10))
def test_a_right_network_is_never_accused(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * hundred + 100):
        check = check_gradients(iteration_of(drawn(seed)))
        assert check.ok, (seed, check)
        assert check.max_relative_error < 1e-6
        assert {checked.because for checked in check.parameters} == {""}


@pytest.mark.parametrize(
    ("weights", "inputs"), [(30.0, 3.0), (10.0, 1.0), (1.0, 100.0), (1.0, 1e5), (1e-3, 1.0), (1e-6, 1.0), (0.0, 1.0)]
)
def test_saturated_and_vanishing_gradients_are_not_accused(weights: float, inputs: float) -> None:
    for seed in range(60):
        check = check_gradients(iteration_of(with_values(drawn(seed), weights, inputs)))
        assert check.ok is not False, (seed, check)
        assert check.max_relative_error < 1e-6


@pytest.mark.parametrize("z", [-800.0, -40.0, -30.0, 0.0, 30.0, 40.0, 300.0, 800.0])
@pytest.mark.parametrize(("output", "loss"), PAIRINGS)
def test_an_output_far_out_is_not_accused(z: float, output: str, loss: str) -> None:
    one = random_setup(3, (2, 2), (output,), loss, 2)
    setup = replace(one, start=Parameters(one.start.W, (np.array([z, -0.5 * z]),)))  # type: ignore[union-attr]
    assert check_gradients(iteration_of(setup)).ok is not False


def test_sums_on_a_corner_are_recognised_and_not_accused() -> None:
    reasons = set()
    for seed in range(200 * MANY):
        check = check_gradients(iteration_of(on_corners(seed)))
        assert check.ok is not False, (seed, check)
        reasons |= {checked.because for checked in check.parameters}
    assert reasons == {"", "kink", "too_small"}


@pytest.mark.parametrize("name", [name for name, one in ACTIVATIONS.items() if one.pieces])
def test_no_activation_with_a_corner_is_accused_on_it(name: str) -> None:
    """Small whole numbers and no bias, in two hidden layers of it: many sums are exactly 0."""
    reasons, at_corner = set(), 0
    for seed in range(60 * MANY):
        output, loss = PAIRINGS[seed % len(PAIRINGS)]
        setup = random_setup(seed, (2, 3, 2, 2), (name, name, output), loss, 3)
        assert isinstance(setup.start, Parameters)
        start = Parameters(tuple(np.round(2 * W) for W in setup.start.W), tuple(0 * b for b in setup.start.b))
        X, Y = setup.examples
        iteration = iteration_of(replace(setup, start=start, data=Examples(np.round(X), Y)))
        at_corner += any((Z == 0).any() for Z in iteration.forward.Z[:-1])
        check = check_gradients(iteration)
        assert check.ok is not False, (seed, check)
        reasons |= {checked.because for checked in check.parameters}
    assert at_corner > 40 * MANY
    assert "kink" in reasons


def test_a_gradient_beside_a_corner_is_told_between_its_two_sides() -> None:
    """One ReLU at exactly 0: to the left nothing changes, to the right the loss rises by 2."""
    data = Examples(np.array([[1.0]]), np.array([[-2.0]]))
    setup = Setup((1, 1), data, ("relu",), "half_squared_error", Parameters((np.zeros((1, 1)),), (np.zeros(1),)))
    (weight, bias) = check_gradients(iteration_of(setup)).parameters
    for checked in (weight, bias):
        assert (checked.because, checked.ok, checked.relative_error, checked.analytic) == ("kink", True, 0.0, 0.0)
        assert checked.sides == pytest.approx((0.0, 2.0), abs=1e-9)
        assert checked.numeric == pytest.approx(1.0)


def test_a_corner_is_told_even_where_the_loss_has_none_in_it() -> None:
    """ReLU(w) - ReLU(-w) is w: its slope is 1 on either side, and the sum of two slopes at 0 is 0."""
    data = Examples(np.array([[1.0]]), np.array([[-1.0]]))
    start = Parameters((np.array([[0.0], [0.0]]), np.array([[1.0, -1.0]])), (np.zeros(2), np.zeros(1)))
    setup = Setup((1, 2, 1), data, ("relu", "identity"), "half_squared_error", start)
    bias = check_gradients(iteration_of(setup)).by_symbol[Symbol("db", 1, 1)]
    assert (bias.because, bias.analytic) == ("kink", 0.0)
    assert bias.sides == pytest.approx((0.0, -1.0), abs=1e-9)


@pytest.mark.parametrize("seed", range(80))
def test_deep_leaky_networks_are_not_accused_where_every_sum_is_0(seed: int) -> None:
    """Of XOR's four examples the first is (0, 0), and biases begin at 0: all its sums stand on the corner."""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    data, activations = Examples(X, np.array([[0.0], [1.0], [1.0], [0.0]])), (*("leaky_relu",) * 5, "sigmoid")
    start = Initializer("xavier_uniform", seed=seed)
    setup = Setup((2, 2, 2, 2, 2, 2, 1), data, activations, "binary_cross_entropy", start)
    check = check_gradients(iteration_of(setup))
    assert check.ok is not False
    assert "kink" in {checked.because for checked in check.parameters}


# Where differences cannot tell --------------------------------------------------------------------------------------


def sure(z: float, activation: str = "tanh", mistakes: tuple[str, ...] = ()) -> Setup:
    """One unit with the sum z, whose target is on the other side."""
    start, data = Parameters((np.array([[z]]),), (np.zeros(1),)), Examples(np.array([[1.0]]), np.array([[-0.5]]))
    return Setup((1, 1), data, (activation,), "half_squared_error", start, mistakes=mistakes)


@pytest.mark.parametrize("z", [16.0, 20.0, 40.0, 300.0])
def test_what_differences_cannot_tell_the_paths_tell(z: float) -> None:
    """1 - tanh(16)^2 is 5e-14, of which differences of a loss of 1.1 hold one digit; at 20 they find 0."""
    for checked in check_gradients(iteration_of(sure(z))).parameters:
        assert (checked.because, checked.referee, checked.relative_error < 1e-12) == ("", "paths", True)
    for checked in check_gradients(iteration_of(sure(z, mistakes=("halved_gradient",)))).parameters:
        assert (checked.because, checked.referee) == ("wrong", "paths")
        assert checked.relative_error == pytest.approx(0.5)


def test_a_sure_softmax_is_not_accused() -> None:
    start = Parameters((np.array([[27.5, 20.0], [0.1, 0.2]]),), (np.array([0.1, 0.0]),))
    data = Examples(np.array([[0.3, 0.7]]), np.array([[1.0, 0.0]]))
    check = check_gradients(iteration_of(Setup((2, 2), data, ("softmax",), "cross_entropy", start)))
    assert check.layers == {1: ""}
    assert check.max_relative_error < 1e-9
    assert {checked.referee for checked in check.parameters} == {"differences"}


def test_what_is_left_of_terms_that_cancel_is_too_small_to_tell() -> None:
    """Two examples whose error signals are each other's opposite up to the last digit."""
    data = Examples(np.array([[1.0], [1.0]]), np.array([[0.3], [0.1 + 0.2 + 0.4]]))
    start = Parameters((np.array([[0.5]]),), (np.zeros(1),))
    check = check_gradients(iteration_of(Setup((1, 1), data, ("identity",), "half_squared_error", start)))
    assert {checked.because for checked in check.parameters} == {"too_small"}
    assert (check.ok, check.layers, check.max_relative_error) == (None, {1: "too_small"}, 0.0)


def test_where_nothing_leads_to_the_loss_0_is_certain() -> None:
    """A ReLU that is off: differences find 0 and can be sure of it, though 0 has no digits."""
    data = Examples(np.array([[1.0]]), np.array([[0.3]]))
    start = Parameters((np.array([[1.0], [-1.0]]), np.array([[0.7, 0.4]])), (np.zeros(2), np.zeros(1)))
    check = check_gradients(iteration_of(Setup((1, 2, 1), data, ("relu", "sigmoid"), "half_squared_error", start)))
    for symbol in (Symbol("dW", 1, 1, 0), Symbol("db", 1, 1)):
        checked = check.by_symbol[symbol]
        assert (checked.because, checked.referee, checked.numeric, checked.relative_error) == ("", "differences", 0, 0)


def test_a_wrong_gradient_on_a_corner_is_still_wrong() -> None:
    data = Examples(np.array([[1.0, 1.0]]), np.array([[-2.0]]))
    start = Parameters((np.array([[1.0, -1.0]]), np.array([[1.0]])), (np.zeros(1), np.ones(1)))
    setup = Setup((2, 1, 1), data, ("relu", "identity"), "half_squared_error", start, mistakes=("missing_slope",))
    it = iteration_of(replace(setup, mistakes=("wrong_sign", "missing_slope")))
    assert check_gradients(iteration_of(replace(setup, mistakes=()))).ok
    assert check_gradients(it).layers == {2: "wrong", 1: "wrong"}


def test_a_corner_nearer_than_any_sensible_step_is_looked_away_from() -> None:
    for distance in (1e-3, 1e-6, 1e-9, -1e-3, -1e-6, -1e-9):
        one = random_setup(8, (2, 3, 2), ("relu", "identity"), "mean_squared_error", 1)
        assert isinstance(one.start, Parameters)
        W, x = one.start.W, one.examples[0][0]
        setup = replace(one, start=Parameters(W, (distance - W[0] @ x, one.start.b[1])))
        check = check_gradients(iteration_of(setup))
        assert (check.ok, check.max_relative_error < 1e-6) == (True, True), distance


# Every mistake is found where it tells ------------------------------------------------------------------------------


def gradients(back: Backward) -> Iterator[tuple[Symbol, float]]:
    for l in range(len(back.dW), 0, -1):
        for (j, k), value in np.ndenumerate(back.dW[l - 1]):
            yield Symbol("dW", l, j, k), float(value)
        for j, value in enumerate(back.db[l - 1]):
            yield Symbol("db", l, j), float(value)


def changed_by(it: Iteration, *bounds: tuple[float, float]) -> list[list[Symbol]]:
    """For each (more than, resolved): what the mistakes change so, relatively, in the order of the way back."""
    right = run_iteration(replace(it.method, rules=RIGHT), it.before, it.X, it.Y)
    pairs = list(zip(gradients(it.backward), gradients(right.backward), strict=True))
    least = [max(resolved * it.loss, 1e-10 if resolved else 1e-290) for _, resolved in bounds]
    return [
        [symbol for (symbol, a), (_, b) in pairs if abs(a - b) > more_than * max(abs(a), abs(b), small)]
        for (more_than, _), small in zip(bounds, least, strict=True)
    ]


def mistaken(names: tuple[str, ...], seed: int) -> Setup | None:
    """A random network with these mistakes; None where they cannot be made together."""
    made = [MISTAKES[name] for name in names]
    square = min((one.square_from for one in made if one.square_from is not None), default=None)
    setup = drawn(seed, 3, square, any(one.needs_own_loss for one in made))
    try:
        return replace(setup, mistakes=names).completed()
    except SetupError:
        return None


CASES = [(name,) for name in MISTAKES] + list(combinations(MISTAKES, 2))


@pytest.mark.parametrize("names", CASES, ids="+".join)
def test_each_mistake_and_each_pair_is_found_in_the_right_layer_wherever_it_tells(names: tuple[str, ...]) -> None:
    telling = 0
    for seed in range(75 * MANY):
        setup = mistaken(names, seed)
        if setup is None:
            continue
        it = iteration_of(setup)
        changed, perhaps, tiny = changed_by(it, (TELLS, RESOLVED), (TELLS / 100, RESOLVED), (TELLS, 0.0))
        check = check_gradients(it)
        if changed:
            telling += 1
            first = check.first_wrong_layer
            assert first is not None, seed
            assert changed[0].layer <= first <= perhaps[0].layer, (seed, check)
            assert all(check.by_symbol[symbol].because == "wrong" for symbol in changed), (seed, changed, check)
        for symbol in tiny:
            assert check.by_symbol[symbol].because in ("wrong", "too_small"), (seed, symbol, check)
    assert telling >= 20 or mistaken(names, 0) is None, telling


# The referee itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("output", "loss"), PAIRINGS)
def test_the_referees_figures_agree_with_derivatives_by_hand(output: str, loss: str) -> None:
    drawn_ones = (random_setup(seed, (2, 3, 2), ("softplus", output), loss, 2) for seed in range(50))
    setup = next(one for one in drawn_ones if not near_a_kink(iteration_of(one), 0.1))
    X, Y = setup.examples
    start, network = setup.network.flat(), setup.network

    def loss_at(place: int, x: float) -> float:
        changed = network.from_flat(np.where(np.arange(len(start)) == place, x, start)).layers
        layers = [(layer.W.tolist(), layer.b.tolist(), layer.activation.name) for layer in changed]
        return by_hand.mean_loss(layers, X.tolist(), Y.tolist(), loss)

    checked = check_gradients(iteration_of(setup)).by_symbol
    for place, value in enumerate(start.tolist()):
        found = checked[gradient_at(network, place)].numeric
        assert found == pytest.approx(by_hand.derivative(partial(loss_at, place), value), rel=1e-7, abs=1e-9)


def gradient_at(network: Network, place: int) -> Symbol:
    """The gradient of the parameter at a place in `Network.flat`."""
    symbols = (
        [Symbol("dW", l, j, k) for j, k in np.ndindex(layer.W.shape)]
        + [Symbol("db", l, j) for j in range(len(layer.b))]
        for l, layer in enumerate(network.layers, start=1)
    )
    return [symbol for layer in symbols for symbol in layer][place]


def test_stacks_of_networks_go_forward_as_each_alone() -> None:
    setup = random_setup(4, (3, 4, 2), ("gelu", "softmax"), "cross_entropy", 5)
    X, network = setup.examples[0], setup.network
    moved = [network.with_parameters((layer.W + i, layer.b - i) for layer in network.layers) for i in range(3)]
    stack = network.with_parameters(
        (np.stack([one.layers[l].W for one in moved]), np.stack([one.layers[l].b for one in moved])) for l in range(2)
    )
    together = forward(stack, X)
    for i, one in enumerate(moved):
        for a, b in zip(together.A[1:], forward(one, X).A[1:], strict=True):
            assert a[i] == pytest.approx(b, rel=1e-14)


def test_one_gradient_alone_is_checked_as_among_all() -> None:
    it = iteration_of(drawn(17))
    for checked in check_gradients(it).parameters:
        alone = check_one(it, checked.symbol)
        assert alone == checked


def test_a_parameter_names_its_gradient() -> None:
    it = iteration_of(drawn(17))
    assert check_one(it, Symbol("W", 1, 0, 0)) == check_one(it, Symbol("dW", 1, 0, 0))
    assert check_one(it, Symbol("b", 1, 0)) == check_one(it, Symbol("db", 1, 0))


# Rounding -----------------------------------------------------------------------------------------------------------


def rounded(seed: int, mistakes: tuple[str, ...] = ()) -> Setup:
    setup = random_setup(seed, (2, 2, 2), ("sigmoid", "sigmoid"), "half_squared_error", 2)
    return replace(setup, decimals=3, mistakes=mistakes)


def test_the_exact_loss_is_differentiated_however_the_walk_rounds() -> None:
    """A rounded loss is a staircase, whose slope is 0 nearly everywhere."""
    for exact, with_decimals in zip(
        check_gradients(iteration_of(replace(rounded(1), decimals=None))).parameters,
        check_gradients(iteration_of(rounded(1))).parameters,
        strict=True,
    ):
        assert exact.numeric == with_decimals.numeric


def test_rounding_alone_is_told_from_a_mistake() -> None:
    for seed in range(20):
        right, wrong = (check_gradients(iteration_of(rounded(seed, m))) for m in ((), ("untransposed_weights",)))
        assert right.ok
        assert {checked.because for checked in right.parameters} <= {"rounding", ""}
        assert "rounding" in right.layers.values()
        assert right.max_relative_error > 1e-6
        assert wrong.layers == {2: "rounding", 1: "wrong"}
        assert wrong.first_wrong_layer == 1


def test_without_examples_apart_a_huge_batch_costs_no_digits() -> None:
    setup = random_setup(2, (3, 4, 2), ("relu", "softmax"), "cross_entropy", 500)
    check = check_gradients(iteration_of(setup))
    assert check.ok
    assert check.max_relative_error < 1e-6
