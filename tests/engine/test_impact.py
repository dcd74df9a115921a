"""What mistakes are measured to do, against loops of plain numbers that share nothing with the engine."""

from dataclasses import replace
from math import exp, log, tanh

import numpy as np
import pytest

from app.engine.data.datasets import Dataset
from app.engine.data.split import Examples
from app.engine.equations.mistakes import MISTAKES
from app.engine.impact import (
    SEEDS,
    UPDATES,
    gradient_symbols,
    gradients,
    impact_of,
    iterations_of,
    learned_xor,
    learns,
    losses_of,
    wrong_signs,
    xor_setup,
)
from app.engine.network.initializers import Initializer
from app.engine.network.layers import Network
from app.engine.setup import Parameters, Setup
from tests.engine.cases import iteration_of

XOR = ((0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0))
Rows = list[list[float]]


class ByHand:
    """A 2-n-1 network of tanh and sigmoid with binary cross-entropy, one number at a time.

    `factor` is what the output's error is multiplied by; `slope` whether hidden units keep theirs.
    """

    def __init__(self, W1: Rows, W2: list[float], factor: float = 1.0, slope: bool = True) -> None:
        self.W1, self.W2 = [list(row) for row in W1], list(W2)
        self.b1, self.b2 = [0.0] * len(W2), 0.0
        self.factor, self.slope = factor, slope

    def says(self, x: float, y: float) -> tuple[list[float], float]:
        hidden = [tanh(row[0] * x + row[1] * y + b) for row, b in zip(self.W1, self.b1, strict=True)]
        return hidden, 1.0 / (1.0 + exp(-sum(w * a for w, a in zip(self.W2, hidden, strict=True)) - self.b2))

    def gradients(self, factor: float, slope: bool) -> tuple[Rows, list[float], list[float], float]:
        """By W1, b1, W2, b2: the mean over the four examples."""
        n = len(self.W2)
        dW1, db1, dW2, db2 = [[0.0, 0.0] for _ in range(n)], [0.0] * n, [0.0] * n, 0.0
        for x, y, target in XOR:
            hidden, said = self.says(x, y)
            delta = factor * (said - target) / len(XOR)
            db2 += delta
            for j, a in enumerate(hidden):
                back = delta * self.W2[j] * ((1.0 - a * a) if slope else 1.0)
                dW2[j] += delta * a
                db1[j] += back
                dW1[j][0] += back * x
                dW1[j][1] += back * y
        return dW1, db1, dW2, db2

    def update(self, rate: float) -> None:
        dW1, db1, dW2, db2 = self.gradients(self.factor, self.slope)
        for j in range(len(self.W2)):
            self.W2[j] -= rate * dW2[j]
            self.b1[j] -= rate * db1[j]
            for k in range(2):
                self.W1[j][k] -= rate * dW1[j][k]
        self.b2 -= rate * db2

    def loss(self) -> float:
        return sum(-log(said if target else 1 - said) for x, y, target in XOR for said in [self.says(x, y)[1]]) / 4

    def learned(self) -> bool:
        return all((self.says(x, y)[1] > 0.5) == (target > 0.5) for x, y, target in XOR)


def flat(parts: tuple[Rows, list[float], list[float], float]) -> list[float]:
    """In the order of the engine's vector: W1, W2, b1, b2."""
    dW1, db1, dW2, db2 = parts
    return [*dW1[0], *dW1[1], *dW1[2], *dW1[3], *dW2, *db1, db2]


def by_hand(seed: int, **how: object) -> ByHand:
    W1, W2 = Initializer("xavier_uniform", seed).weights((2, 4, 1))
    return ByHand(W1.tolist(), W2[0].tolist(), **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mistake", "how"),
    [("halved_gradient", {"factor": 0.5}), ("missing_slope", {"slope": False})],
)
def test_as_many_runs_learn_xor_as_in_a_loop_by_hand(mistake: str, how: dict[str, object]) -> None:
    rate, counts = xor_setup((mistake,)).learning_rate, []
    for one in (how, {}):
        networks = [by_hand(seed, **one) for seed in SEEDS]
        for network in networks:
            for _ in range(UPDATES):
                network.update(rate)
        counts.append(sum(network.learned() for network in networks))
    learned = learned_xor((mistake,))
    assert (learned.mistaken, learned.right) == tuple(counts)
    assert (learned.sizes, learned.runs) == ((2, 4, 1), 20)


@pytest.mark.parametrize(("mistake", "how"), [("missing_slope", {"slope": False}), ("wrong_sign", {"factor": -1.0})])
def test_wrong_signs_and_losses_are_those_of_a_loop_by_hand(mistake: str, how: dict[str, object]) -> None:
    setup = replace(xor_setup((mistake,)), learning_rate=0.5, start=Initializer("xavier_uniform", 3))
    network, wrong, losses = by_hand(3, **how), [], []
    for _ in range(40):
        losses.append(network.loss())
        found = flat(network.gradients(network.factor, network.slope))
        right = flat(network.gradients(1.0, True))
        wrong += [(one > 0) != (other > 0) for one, other in zip(found, right, strict=True)]
        network.update(0.5)
    losses.append(network.loss())
    assert wrong_signs(setup, 40) == pytest.approx(sum(wrong) / len(wrong), abs=1e-12)
    assert losses_of(setup, 40) == pytest.approx(losses, rel=1e-9)


def test_the_right_rules_have_no_wrong_sign_and_the_turned_round_difference_only_wrong_ones() -> None:
    data = Dataset("circles", 8, 0.1, 4)
    setup = Setup((2, 3, 2, 1), data, batch_size=2, start=Initializer("xavier_uniform", 5)).completed()
    assert wrong_signs(setup, 30) == 0.0
    assert wrong_signs(replace(setup, mistakes=("wrong_sign",)), 30) == 1.0


def test_losses_are_taken_over_all_examples_before_each_epoch_and_at_the_end() -> None:
    setup = Setup((2, 3, 1), Dataset("moons", 10, 0.1, 2), batch_size=3, learning_rate=0.4).completed()
    losses = losses_of(setup, 4 * setup.iterations_per_epoch)
    whole = [iteration_of(replace(setup, batch_size=None, start=_start_of(setup, epoch))).loss for epoch in range(5)]
    assert losses == pytest.approx(whole, rel=1e-12)


def _start_of(setup: Setup, epoch: int) -> Parameters:
    run = iterations_of(setup)
    for _ in range(epoch * setup.iterations_per_epoch):
        next(run)
    layers = next(run).before.layers
    return Parameters(tuple(layer.W for layer in layers), tuple(layer.b for layer in layers))


def test_each_number_of_the_gradients_has_its_symbol() -> None:
    setup = Setup((2, 4, 3), Examples(np.ones((2, 2)), np.zeros((2, 3))), ("tanh", "tanh"), "half_squared_error")
    iteration = iteration_of(setup.completed())
    back = iteration.backward
    for symbol, number in zip(gradient_symbols(setup.sizes), gradients(back), strict=True):
        arrays = back.dW if symbol.kind == "dW" else back.db
        assert number == arrays[symbol.layer - 1][(symbol.j,) if symbol.k is None else (symbol.j, symbol.k)]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_xor_is_tried_in_a_network_where_the_mistake_changes_something(mistake: str) -> None:
    setup = xor_setup((mistake,))
    first = next(iterations_of(setup))
    right = next(iterations_of(replace(setup, mistakes=())))
    assert not np.allclose(gradients(first.backward), gradients(right.backward))
    assert learned_xor((mistake,)).right > learned_xor((mistake,)).runs / 3


def test_a_network_of_zeros_does_not_learn_xor() -> None:
    assert not learns(replace(xor_setup(("halved_gradient",)), start=Initializer("constant", 0, 0.0)))


def test_the_loss_falls_where_it_ends_below_its_start() -> None:
    setup = Setup((2, 2, 2, 2), Examples(np.eye(2), np.eye(2)), mistakes=("untransposed_weights",)).completed()
    facts = impact_of(setup, 240)
    assert facts.falls == (facts.end < facts.start)


# The quick way --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mistakes", [(), ("sigmoid_slope",), ("wrong_sign",), ("updated_weights", "bias_times_fan_in")]
)
@pytest.mark.parametrize("rate", [0.3, 300.0])
def test_the_losses_of_a_run_are_those_of_its_iterations_to_the_last_bit(
    mistakes: tuple[str, ...], rate: float
) -> None:
    data = Dataset("line", examples=7, noise=0.1)
    setup = Setup((1, 3, 2, 1), data, loss="mean_squared_error", learning_rate=rate, batch_size=3, mistakes=mistakes)
    setup = setup.completed()
    expected = []
    for number, iteration in zip(range(31), iterations_of(setup), strict=False):
        if number % 3 == 0:
            expected.append(losses_of(replace(setup, start=parameters_of(iteration.before)), 0)[0])
    np.testing.assert_array_equal(losses_of(setup, 30), expected)


def parameters_of(network: Network) -> Parameters:
    return Parameters(tuple(layer.W for layer in network.layers), tuple(layer.b for layer in network.layers))
