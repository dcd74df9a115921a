"""Schedules: the rates by hand, and what must hold of each (PyTorch's own rates: test_optimizers)."""

from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.learning.schedules import CONSTANT, SCHEDULES, Schedule
from tests.engine.cases import random_setup

bases, iterations = st.floats(1e-4, 10.0), st.integers(0, 3_000)


def rates(schedule: Schedule, base: float, numbers: tuple[int, ...]) -> list[float]:
    return [schedule.rate(base, number) for number in numbers]


@given(bases, iterations)
def test_a_constant_rate_is_the_one_that_was_chosen(base: float, iteration: int) -> None:
    assert CONSTANT.rate(base, iteration) == base


def test_a_stepped_rate_falls_by_its_factor_after_every_so_many_iterations() -> None:
    halved = rates(Schedule("step", every=3, factor=0.5), 0.8, (0, 1, 2, 3, 5, 6, 8, 9))
    assert halved == [0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1]


def test_a_cosine_falls_from_the_chosen_rate_to_its_minimum_and_stays_there() -> None:
    falling = rates(Schedule("cosine", iterations=6, minimum=0.1), 0.5, (0, 1, 2, 3, 4, 6, 7, 400))
    by_hand = [0.5, 0.3 + 0.1 * sqrt(3), 0.4, 0.3, 0.2, 0.1, 0.1, 0.1]  # the cosines of 0°, 30°, 60°, 90°, 120°, 180°
    assert falling == pytest.approx(by_hand, rel=1e-14)


@given(bases, iterations, st.integers(1, 500), st.floats(0.01, 1.0), st.sampled_from(["step", "cosine"]))
def test_no_rate_rises_and_none_leaves_its_bounds(
    base: float, iteration: int, every: int, share: float, kind: str
) -> None:
    schedule = Schedule(kind, every=every, factor=share, iterations=every, minimum=base * share)
    now, then = rates(schedule, base, (iteration, iteration + 1))
    assert 0.0 <= then <= now * (1 + 1e-15) <= base * (1 + 1e-14)
    assert kind == "step" or then >= base * share * (1 - 1e-15)


@pytest.mark.parametrize("kind", list(SCHEDULES))
def test_a_method_has_the_rate_in_force_and_remembers_the_one_that_was_chosen(kind: str) -> None:
    schedule = Schedule(kind, every=2, iterations=4)
    setup = random_setup(0, (2, 1), ("identity",), "mean_squared_error", 2)
    method = replace(setup, schedule=schedule).method(0.4, 2)
    assert method.base_rate == 0.4
    assert method.learning_rate == {"constant": 0.4, "step": 0.2, "cosine": pytest.approx(0.2)}[kind]
