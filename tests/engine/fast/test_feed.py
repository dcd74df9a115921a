"""Batches as training takes them: those of the walk, as the same arrays where they come again."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.fast.feed import Feed
from app.engine.learning.schedules import Schedule
from app.engine.setup import Setup
from tests.engine.cases import random_setup, schedules

SETUP = random_setup(1, (2, 3, 2), ("tanh", "softmax"), "cross_entropy", examples=7)


@st.composite
def fed(draw: st.DrawFn) -> Setup:
    """Every way to choose batches, every schedule."""
    return replace(
        SETUP,
        batch_size=draw(st.sampled_from([1, 2, 7, None])),
        shuffle_seed=draw(st.sampled_from([None, 3])),
        warm_up=draw(st.sampled_from([(), (4, 0, 4)])),
        schedule=draw(schedules()),
    )


def feed_of(setup: Setup) -> Feed:
    return Feed(setup, *setup.examples)


@given(fed(), st.integers(0, 20), st.integers(0, 20), st.floats(0.01, 2.0))
def test_every_batch_is_the_walk_s_with_the_rate_in_force(setup: Setup, start: int, more: int, rate: float) -> None:
    X, Y = setup.examples
    batches = list(feed_of(setup).batches(start, start + more, rate))
    assert len(batches) == more
    for number, batch in enumerate(batches, start):
        rows = list(setup.batch(number))
        np.testing.assert_array_equal(batch.X, X[rows])
        np.testing.assert_array_equal(batch.Y, Y[rows])
        assert batch.learning_rate == setup.schedule.rate(rate, number)


@given(fed(), st.integers(0, 20))
def test_what_was_asked_before_changes_nothing(setup: Setup, start: int) -> None:
    feed = feed_of(setup)
    for first, rate in ((start + 5, 0.1), (0, 0.1), (start, 0.2)):
        again, fresh = (list(one.batches(first, first + 9, rate)) for one in (feed, feed_of(setup)))
        for one, other in zip(again, fresh, strict=True):
            assert (one.X.tobytes(), one.Y.tobytes(), one.learning_rate) == (
                other.X.tobytes(),
                other.Y.tobytes(),
                other.learning_rate,
            )


@pytest.mark.parametrize(("batch_size", "different"), [(None, 1), (2, 4), (1, 7)])
def test_in_order_the_same_arrays_come_in_every_epoch(batch_size: int | None, different: int) -> None:
    feed = feed_of(replace(SETUP, batch_size=batch_size))
    once = list(feed.batches(0, 3 * different, 0.1))
    later = feed_of(replace(SETUP, batch_size=batch_size, schedule=Schedule("step", every=1))).batches(0, 21, 0.1)
    assert len({id(batch.X) for batch in once}) == len({id(batch.Y) for batch in once}) == different
    assert len({id(batch.X) for batch in list(later)}) == different
    assert all(batch.again for batch in once)


def test_a_shuffled_epoch_is_not_said_to_come_again() -> None:
    assert not any(batch.again for batch in feed_of(replace(SETUP, batch_size=2, shuffle_seed=1)).batches(0, 9, 0.1))


def test_batches_lie_in_memory_as_those_of_the_walk_do() -> None:
    """Products of matrices that lie otherwise may differ in their last digit."""
    X, Y = (np.asfortranarray(array) for array in SETUP.examples)
    for setup in (SETUP, replace(SETUP, batch_size=3), replace(SETUP, batch_size=3, shuffle_seed=1)):
        for number, batch in enumerate(Feed(setup, X, Y).batches(0, 6, 0.1)):
            walked = X[list(setup.batch(number))]
            assert batch.X.flags.c_contiguous == walked.flags.c_contiguous
            assert batch.Y.flags.c_contiguous
