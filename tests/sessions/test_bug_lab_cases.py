"""Cases of the bug lab: each mistake is there, silent, and the only answer; the same seed gives the same case."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from app.engine.data.split import Examples
from app.engine.equations.mistakes import MISTAKES, reason_against
from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.memory import MEMORY
from app.engine.network.arrays import Array
from app.engine.network.propagation import Rules
from app.engine.setup import Setup
from app.lessons.bug_lab import LEVELS, PAIRS, RULES, SINGLES
from app.sessions.bug_lab import Case, case_of, losses_put_right, run_length, study_of
from tests.engine.cases import iteration_of

SEEDS = range(200)
TAUGHT = range(12)  # of level 0, which has one mistake


@lru_cache(maxsize=8)
def cases(level: int) -> tuple[Case, ...]:
    return tuple(case_of(level, seed) for seed in (SEEDS if level else TAUGHT))


def plain(iteration: Iteration) -> Array:
    """Every gradient in one vector, put together here."""
    return np.concatenate([part.ravel() for part in (*iteration.backward.dW, *iteration.backward.db)])


def other(case: Case, *mistakes: str) -> Iteration:
    return iteration_of(replace(case.setup, mistakes=mistakes))


@pytest.mark.parametrize("level", LEVELS)
def test_every_mistake_changes_a_gradient_at_the_start(level: int) -> None:
    for case in cases(level):
        found = plain(iteration_of(case.setup))
        for left_out in case.setup.mistakes:
            without = plain(other(case, *(name for name in case.setup.mistakes if name != left_out)))
            relative = np.abs(found - without) / np.maximum(np.maximum(np.abs(found), np.abs(without)), 1e-12)
            assert relative.max() > 1e-5, (level, case.seed)


@pytest.mark.parametrize("level", LEVELS)
def test_every_loss_falls_over_the_run(level: int) -> None:
    for case in cases(level):
        losses = study_of(case.setup).losses
        assert losses[-1] < losses[0], (level, case.seed)


@pytest.mark.parametrize("level", LEVELS)
def test_the_losses_are_those_of_the_run(level: int) -> None:
    for case in cases(level)[:8]:
        study, right = study_of(case.setup), losses_put_right(case.setup)
        assert (study.losses[0], study.losses[-1]) == pytest.approx(run(case.setup), rel=1e-12)
        assert (right[0], right[-1]) == pytest.approx(run(replace(case.setup, mistakes=())), rel=1e-12)
        assert len(study.losses) == len(right) == 1 + study.iterations // case.setup.iterations_per_epoch


def run(setup: Setup) -> tuple[float, float]:
    """The mean loss over all examples at the start and after the run."""
    X, Y = setup.examples
    method, network = setup.method(setup.learning_rate), setup.network
    start = run_iteration(method, network, X, Y).loss
    for number in range(run_length(setup)):
        batch = list(setup.batch(number))
        network = run_iteration(method, network, X[batch], Y[batch]).after
    return start, run_iteration(method, network, X, Y).loss


def test_all_twelve_mistakes_are_reached_and_eleven_of_them_alone() -> None:
    reached = {level: {name for case in cases(level) for name in case.setup.mistakes} for level in LEVELS}
    alone = set(MISTAKES) - {"wrong_sign"}  # by itself it climbs the loss: nobody overlooks it
    assert reached == {0: {"one_path_only"}, 1: alone, 2: alone, 3: set(MISTAKES)}


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_has_as_many_mistakes_as_it_says_and_a_network_small_enough_to_walk(level: int) -> None:
    for case in cases(level):
        assert len(case.setup.mistakes) == (2 if level == 3 else 1)
        assert len(case.setup.network.flat()) <= 30
        assert isinstance(case.setup.data, Examples)
        for values in (case.setup.network.flat(), *case.setup.examples):
            assert np.array_equal(values, np.round(values, 2))


@pytest.mark.parametrize("level", LEVELS)
def test_no_other_mistakes_give_the_same_gradients(level: int) -> None:
    for case in cases(level)[:40]:
        found = plain(iteration_of(case.setup))
        for names in PAIRS if level == 3 else SINGLES:
            if set(names) == set(case.setup.mistakes):
                continue
            if reason_against(names, case.setup.sizes, case.setup.loss) is not None:
                continue
            given = plain(other(case, *names))
            assert not np.allclose(given, found, rtol=1e-6, atol=1e-9), (case.seed, names)


@pytest.mark.parametrize("level", LEVELS)
def test_the_layer_is_where_gradients_first_go_wrong_on_the_way_back(level: int) -> None:
    for case in cases(level):
        found, right = iteration_of(case.setup).backward, other(case).backward
        wrong = [
            l
            for l in range(1, len(case.setup.sizes))
            if not np.allclose(found.dW[l - 1], right.dW[l - 1], rtol=1e-6)
            or not np.allclose(found.db[l - 1], right.db[l - 1], rtol=1e-6)
        ]
        assert study_of(case.setup).layer == max(wrong), (level, case.seed)


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_seed_gives_the_same_case_and_another_seed_another(level: int) -> None:
    first = case_of(level, 7)
    MEMORY.bound(MEMORY.most)
    again, others = case_of(level, 7), [case_of(level, seed) for seed in range(8, 12)]
    assert np.array_equal(first.setup.network.flat(), again.setup.network.flat())
    assert np.array_equal(first.setup.examples[0], again.setup.examples[0])
    assert (first.setup.mistakes, first.setup.learning_rate) == (again.setup.mistakes, again.setup.learning_rate)
    starts = {case.setup.network.flat().tobytes() for case in (first, *others)}
    assert len(starts) == 5


def test_cases_of_one_level_differ_in_network_batch_and_data() -> None:
    setups = [case.setup for case in cases(2)]
    assert len({setup.sizes for setup in setups}) >= 5
    assert {setup.batch_size for setup in setups} == {1, 2, 4}
    assert len({setup.examples[0].tobytes() for setup in setups}) > 190


def test_every_rule_that_a_mistake_can_be_in_has_words() -> None:
    assert set(RULES) == {mistake.rule for mistake in MISTAKES.values()}
    assert set(RULES) <= set(Rules.__dataclass_fields__)
