"""Optimizers: the numbers that PyTorch gives, figures by hand, and what must hold of each whatever its settings."""

import json
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.split import Examples
from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import Schedule
from app.engine.network.arrays import Array
from app.engine.setup import Parameters, Setup
from tests.engine.cases import random_setup

FIGURES = json.loads((Path(__file__).parent / "torch_figures.json").read_text())
EXACT = 1e-12
Document = dict[str, Any]


# PyTorch's figures ----------------------------------------------------------------------------------------------------


def start_of(problem: Document) -> Parameters:
    """The recorded parameters, layer by layer: W row by row, then b."""
    numbers = iter(problem["start"])
    pairs = list(zip(problem["sizes"][1:], problem["sizes"], strict=False))
    W, b = [], []
    for out, into in pairs:
        W.append(np.array([[next(numbers) for _ in range(into)] for _ in range(out)]))
        b.append(np.array([next(numbers) for _ in range(out)]))
    return Parameters(tuple(W), tuple(b))


def setup_of(run: Document) -> Setup:
    """The recorded run as a setup."""
    problem, settings = FIGURES["problems"][run["problem"]], dict(run["optimizer"])
    rate, schedule = settings.pop("learning_rate"), Schedule(**settings.pop("schedule", {}))
    return Setup(
        tuple(problem["sizes"]),
        Examples(np.array(problem["X"]), np.array(problem["Y"])),
        tuple(problem["activations"]),
        problem["loss"],
        start_of(problem),
        rate,
        FIGURES["batch_size"],
        optimizer=Optimizer(**settings),
        schedule=schedule,
    ).completed()


def walked(setup: Setup, iterations: int) -> list[Iteration]:
    """So many iterations from the start."""
    (X, Y), network, past, done = setup.examples, setup.network, None, []
    for number in range(iterations):
        rows = list(setup.batch(number))
        done.append(run_iteration(setup.method(setup.learning_rate, number), network, X[rows], Y[rows], past))
        network, past = done[-1].after, done[-1].next
    return done


def told(run: Document) -> str:
    """A run's name in the list of tests."""
    extras = [name for name in ("weight_decay", "clip_norm", "schedule") if name in run["optimizer"]]
    return "-".join((run["optimizer"]["kind"], *extras))


@pytest.mark.parametrize("run", FIGURES["runs"], ids=told)
def test_fifty_iterations_agree_with_pytorch(run: Document) -> None:
    done = walked(setup_of(run), 50)
    assert [it.loss for it in done] == pytest.approx(run["losses"], rel=EXACT, abs=EXACT)
    assert [it.method.learning_rate for it in done] == pytest.approx(run["rates"], rel=EXACT)
    for number, parameters in run["parameters"].items():
        assert done[int(number) - 1].after.flat().tolist() == pytest.approx(parameters, rel=EXACT, abs=EXACT)


def test_the_recorded_runs_hold_every_optimizer_and_each_with_what_can_be_added_to_it() -> None:
    kinds = [run["optimizer"]["kind"] for run in FIGURES["runs"]]
    assert set(kinds) == set(OPTIMIZERS)
    for extra in ("weight_decay", "clip_norm", "schedule"):
        assert len({run["optimizer"]["kind"] for run in FIGURES["runs"] if extra in run["optimizer"]}) >= 3
    assert {run["optimizer"].get("schedule", {}).get("kind") for run in FIGURES["runs"]} == {None, "step", "cosine"}
    assert all(list(run["parameters"])[-1] == "50" and len(run["losses"]) == 50 for run in FIGURES["runs"])


@pytest.mark.parametrize("run", [run for run in FIGURES["runs"] if "clip_norm" in run["optimizer"]], ids=told)
def test_the_recorded_clipping_shortens_gradients(run: Document) -> None:
    assert sum(it.update.clip < 1.0 for it in walked(setup_of(run), 50)) >= 10


# By hand --------------------------------------------------------------------------------------------------------------


def moved(optimizer: Optimizer, w: float, gradients: list[float], rate: float = 0.1) -> list[float]:
    """One parameter after each update by these gradients."""
    parameter, memory, found = np.array([w]), optimizer.fresh(1), []
    move = optimizer.bound(parameter, memory)
    for t, g in enumerate(gradients, start=1):
        move(np.array([g]), t, rate)
        found.append(float(parameter[0]))
    return found


# w = 1, eta = 0.1, gradients 0.5 and then 0.2: where the parameter comes to stand.
BY_HAND = {
    "gradient_descent": (Optimizer(), [1 - 0.05, 0.95 - 0.02]),
    # velocity 0.5, then 0.9 * 0.5 + 0.2 = 0.65
    "momentum": (Optimizer("momentum", momentum=0.9), [0.95, 0.95 - 0.065]),
    # 0.5 + 0.9 * 0.5 = 0.95, then 0.2 + 0.9 * 0.65 = 0.785
    "nesterov": (Optimizer("nesterov", momentum=0.9), [1 - 0.095, 0.905 - 0.0785]),
    # v = 0.36 * 0.25 = 0.09, its root 0.3; then 0.64 * 0.09 + 0.36 * 0.04 = 0.072
    "rmsprop": (
        Optimizer("rmsprop", decay=0.64, epsilon=0.2),
        [1 - 0.1 * 0.5 / 0.5, 0.9 - 0.1 * 0.2 / (sqrt(0.072) + 0.2)],
    ),
    # m = 0.25, m_hat = 0.5; v = 0.0625, v_hat = 0.25, its root 0.5
    # then m = 0.225, m_hat = 0.225 / 0.75 = 0.3; v = 0.056875, v_hat = 0.056875 / 0.4375 = 0.13
    "adam": (
        Optimizer("adam", beta1=0.5, beta2=0.75, epsilon=0.5),
        [1 - 0.1 * 0.5 / 1.0, 0.95 - 0.1 * 0.3 / (sqrt(0.13) + 0.5)],
    ),
    # as adam, after the weight itself has lost 0.1 * 0.2 = 2 % of its size
    "adamw": (
        Optimizer("adamw", beta1=0.5, beta2=0.75, epsilon=0.5, weight_decay=0.2),
        [0.98 - 0.05, 0.98 * 0.93 - 0.1 * 0.3 / (sqrt(0.13) + 0.5)],
    ),
}


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_two_updates_are_those_of_the_calculation_by_hand(kind: str) -> None:
    optimizer, expected = BY_HAND[kind]
    assert optimizer.kind == kind
    assert moved(optimizer, 1.0, [0.5, 0.2]) == pytest.approx(expected, rel=1e-14)


def test_weight_decay_adds_a_share_of_the_weight_to_its_gradient() -> None:
    # 0.5 + 0.2 * 1 = 0.7; then 0.2 + 0.2 * 0.93 = 0.386
    assert moved(Optimizer(weight_decay=0.2), 1.0, [0.5, 0.2]) == pytest.approx([0.93, 0.93 - 0.0386], rel=1e-14)


def test_gradients_longer_than_allowed_are_shortened_together_before_weight_decay() -> None:
    w, optimizer = np.array([1.0, -2.0]), Optimizer(clip_norm=1.0, weight_decay=0.1)
    optimizer.bound(w, optimizer.fresh(2))(np.array([3.0, 4.0]), 1, 0.1)  # length 5
    shortened = np.array([3.0, 4.0]) / (5 + 1e-6)
    assert w == pytest.approx([1 - 0.1 * (shortened[0] + 0.1), -2 - 0.1 * (shortened[1] - 0.2)], rel=1e-14)


# Whatever the settings ------------------------------------------------------------------------------------------------

vectors = st.lists(st.floats(-3, 3).filter(lambda x: abs(x) > 1e-3), min_size=4, max_size=4).map(np.array)
shares = st.floats(0.0, 0.99)


def after(optimizer: Optimizer, w: Array, gradients: list[Array], rate: float = 0.1) -> Array:
    """All parameters after updates by these gradients, neither of which changes."""
    parameters, memory = w.copy(), optimizer.fresh(len(w))
    move = optimizer.bound(parameters, memory)
    for t, g in enumerate(gradients, start=1):
        move(g.copy(), t, rate)
    return parameters


@given(vectors, st.lists(vectors, min_size=1, max_size=4), st.sampled_from(["momentum", "nesterov"]))
def test_without_momentum_it_is_gradient_descent(w: Array, gradients: list[Array], kind: str) -> None:
    same = after(Optimizer(kind, momentum=0.0), w, gradients)
    assert same.tolist() == after(Optimizer(), w, gradients).tolist()


@given(vectors, vectors, shares, shares, st.sampled_from(["adam", "adamw"]))
def test_adams_first_step_is_as_large_as_the_learning_rate_whatever_the_gradient(
    w: Array, g: Array, beta1: float, beta2: float, kind: str
) -> None:
    first = after(Optimizer(kind, beta1=beta1, beta2=beta2, epsilon=1e-12), w, [g], rate=0.01)
    assert first == pytest.approx(w - 0.01 * np.sign(g), rel=1e-8, abs=1e-9)  # epsilon takes a little of the step


@given(vectors, vectors, shares)
def test_rmsprops_first_step_is_the_learning_rate_over_the_root_of_what_decay_leaves(
    w: Array, g: Array, decay: float
) -> None:
    first = after(Optimizer("rmsprop", decay=decay, epsilon=1e-12), w, [g], rate=0.01)
    assert first == pytest.approx(w - 0.01 * np.sign(g) / sqrt(1 - decay), rel=1e-7, abs=1e-9)


@given(vectors, vectors, st.floats(0.5, 0.95))
def test_with_a_gradient_that_stays_momentum_comes_to_take_steps_of_a_geometric_series(
    w: Array, g: Array, momentum: float
) -> None:
    steps = 12
    moved = w - after(Optimizer("momentum", momentum=momentum), w, [g] * steps)
    lengths = [(1 - momentum**n) / (1 - momentum) for n in range(1, steps + 1)]
    assert moved == pytest.approx(0.1 * g * sum(lengths), rel=1e-9)


@given(vectors, vectors, st.floats(0.01, 1.0))
def test_adamw_shrinks_the_weights_and_adam_does_not_by_how_much_they_decay(
    w: Array, g: Array, weight_decay: float
) -> None:
    plain = after(Optimizer("adam"), w, [g])
    decoupled = after(Optimizer("adamw", weight_decay=weight_decay), w, [g])
    assert decoupled - plain == pytest.approx(-0.1 * weight_decay * w, rel=1e-9, abs=EXACT)
    coupled = after(Optimizer("adam", weight_decay=weight_decay), w, [np.zeros(4)])
    assert coupled == pytest.approx(w - 0.1 * np.sign(w), abs=2e-4)  # as large as eta, and no share of w


@given(vectors, vectors)
def test_without_weight_decay_adamw_is_adam(w: Array, g: Array) -> None:
    assert after(Optimizer("adamw"), w, [g, -g, g]).tolist() == after(Optimizer("adam"), w, [g, -g, g]).tolist()


@given(vectors, vectors, st.floats(0.01, 20.0))
def test_clipped_gradients_point_the_same_way_and_are_no_longer_than_allowed(
    w: Array, g: Array, clip_norm: float
) -> None:
    taken = g.copy()
    Optimizer(clip_norm=clip_norm).take(taken, w)
    assert np.linalg.norm(taken) <= clip_norm
    assert taken * np.linalg.norm(g) == pytest.approx(g * np.linalg.norm(taken), rel=1e-9)
    if np.linalg.norm(g) < clip_norm - 1e-5:
        assert taken.tolist() == g.tolist()


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_an_optimizer_begins_with_nothing_in_memory_and_an_earlier_iteration_keeps_its_own(kind: str) -> None:
    setup = random_setup(3, (2, 3, 1), ("tanh", "identity"), "mean_squared_error", 4)
    first, second = walked(replace(setup, optimizer=Optimizer(kind)), 2)
    slots = len(first.method.optimizer.slots)
    assert first.past.memory.tolist() == np.zeros((slots, first.before.size)).tolist()
    assert second.past.memory is first.update.memory
    assert not slots or (second.update.memory != first.update.memory).any()
    again = run_iteration(second.method, second.before, second.X, second.Y, second.past)
    assert again.after.flat().tolist() == second.after.flat().tolist()


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_an_update_says_what_it_has_taken_of_the_gradients(kind: str) -> None:
    optimizer = Optimizer(kind, weight_decay=0.1, clip_norm=0.05)
    setup = replace(random_setup(5, (2, 3, 2), ("tanh", "identity"), "mean_squared_error", 3), optimizer=optimizer)
    (iteration,) = walked(setup, 1)
    gradients = np.concatenate(
        [part.ravel() for pair in zip(iteration.backward.dW, iteration.backward.db, strict=True) for part in pair]
    )
    update, length = iteration.update, sqrt(sum(float(x) ** 2 for x in gradients))
    assert update.norm == pytest.approx(length, rel=1e-14)
    assert update.clip == pytest.approx(0.05 / (length + 1e-6), rel=1e-14)
    shrinking = 0.0 if kind == "adamw" else 0.1
    assert update.taken == pytest.approx(update.clip * gradients + shrinking * iteration.before.flat(), rel=1e-12)
