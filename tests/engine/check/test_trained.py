"""The check on networks that have learned well: no right one accused, no wrong gradient called right."""

from itertools import combinations

import numpy as np
import pytest

from app.engine.check.gradient_check import check_gradients
from app.engine.equations.mistakes import MISTAKES
from app.engine.learning.iteration import Iteration
from tests.engine.cases import MANY
from tests.engine.check.trained import LEARNING, drawn_case, iteration_with, on_the_way, possible, setup_of

FEWEST = 24  # networks trained in one go of a test
CHANGED, SAME = 1e-5, 1e-9  # relative: a gradient that a mistake changes, and one that it leaves as it is
MISTAKEN = [(name,) for name in MISTAKES] + list(combinations(MISTAKES, 2))


def gradients_of(iteration: Iteration) -> dict[object, float]:
    """Each gradient by its symbol, as the check lists them."""
    return {checked.symbol: checked.analytic for checked in check_gradients(iteration).parameters}


@pytest.mark.parametrize("part", range(4))
def test_no_right_network_is_accused_on_its_way_to_a_small_loss(part: int) -> None:
    rng = np.random.default_rng(part)
    smallest = 1.0
    for number in range(FEWEST // 4 * MANY):
        case = drawn_case(rng)
        for network in on_the_way(setup := setup_of(*case, seed=100 * part + number)):
            iteration = iteration_with(setup, network)
            check = check_gradients(iteration)
            assert check.ok is not False, (case, iteration.loss, [p for p in check.parameters if p.ok is False][:3])
            assert check.max_relative_error < 1e-6
            smallest = min(smallest, iteration.loss)
    assert smallest < 1e-4


@pytest.mark.parametrize(("output", "loss"), LEARNING)
@pytest.mark.parametrize("data", ["iris", "digits", "xor", "spirals"])
def test_what_has_learned_well_is_told_right_nearly_everywhere(data: str, output: str, loss: str) -> None:
    told = []
    for seed in range(MANY):
        setup = setup_of(data, "tanh", output, loss, seed)
        *_, learned = on_the_way(setup)
        check = check_gradients(iteration_with(setup, learned))
        assert check.ok is not False
        told += [checked.ok is True for checked in check.parameters]
    assert np.mean(told) > 0.85


@pytest.mark.parametrize("part", range(4))
def test_mistakes_are_accused_in_trained_networks_and_never_called_right(part: int) -> None:
    """Or it is said that it cannot be told: where training has come to rest, nothing is left but the last digits."""
    rng, counts = np.random.default_rng(10 + part), {"wrong": 0, "too_small": 0}
    for number in range(FEWEST // 8 * MANY):
        case = drawn_case(rng)
        setup = setup_of(*case, seed=100 * part + number)
        for network in on_the_way(setup):
            right = gradients_of(iteration_with(setup, network))
            chosen = [MISTAKEN[i] for i in rng.integers(len(MISTAKEN), size=6)]
            for names in (names for names in chosen if possible(setup, names)):
                for checked in check_gradients(iteration_with(setup, network, names)).parameters:
                    found, wanted = checked.analytic, right[checked.symbol]
                    size = max(abs(found), abs(wanted))
                    if abs(found - wanted) > CHANGED * size:
                        assert checked.because in counts, (case, names, checked, wanted)
                        counts[checked.because] += 1
                    elif abs(found - wanted) <= SAME * size:
                        assert checked.because != "wrong", (case, names, checked, wanted)
    assert counts["wrong"] > counts["too_small"]
