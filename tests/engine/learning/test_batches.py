"""Each example once an epoch, in order or shuffled from a seed."""

from hypothesis import given
from hypothesis import strategies as st

from app.engine.learning.batches import batch_of, batches_per_epoch

COUNTS = st.integers(1, 40)
SIZES = st.none() | st.integers(1, 45)
SEEDS = st.none() | st.integers(0, 1000)


def epoch(number: int, examples: int, size: int | None, seed: int | None) -> list[tuple[int, ...]]:
    """The batches of one epoch, counted from 0."""
    length = batches_per_epoch(examples, size)
    return [batch_of(number * length + i, examples, size, seed) for i in range(length)]


@given(COUNTS, SIZES, SEEDS, st.integers(0, 3))
def test_an_epoch_takes_each_example_once(examples: int, size: int | None, seed: int | None, number: int) -> None:
    batches = epoch(number, examples, size, seed)
    assert sorted(i for batch in batches for i in batch) == list(range(examples))


@given(COUNTS, SIZES, SEEDS)
def test_every_batch_is_full_but_perhaps_the_last(examples: int, size: int | None, seed: int | None) -> None:
    *full, last = (len(batch) for batch in epoch(0, examples, size, seed))
    assert all(count == size for count in full)
    assert 1 <= last <= (examples if size is None else size)


@given(COUNTS, SIZES)
def test_without_a_seed_examples_come_in_order(examples: int, size: int | None) -> None:
    assert [i for batch in epoch(2, examples, size, None) for i in batch] == list(range(examples))


def test_a_seed_shuffles_each_epoch_anew_and_always_alike() -> None:
    first, second = epoch(0, 20, 3, 8), epoch(1, 20, 3, 8)
    assert first != second
    assert first == epoch(0, 20, 3, 8)
    assert first != epoch(0, 20, 3, 9)
    assert [i for batch in first for i in batch] != list(range(20))
