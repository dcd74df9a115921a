"""Which examples each iteration takes: in order, or shuffled anew each epoch from a seed."""

from collections.abc import Sequence

import numpy as np

from app.engine.memory import kept


def batches_per_epoch(examples: int, batch_size: int | None) -> int:
    """Iterations in one pass over the data; the last batch may be smaller."""
    return 1 if batch_size is None else -(-examples // batch_size)


def batch_of(iteration: int, examples: int, batch_size: int | None, shuffle_seed: int | None) -> tuple[int, ...]:
    """The examples (numbers from 0) of an iteration counted from 0."""
    size = examples if batch_size is None else batch_size
    epoch, place = divmod(iteration, batches_per_epoch(examples, batch_size))
    return tuple(order_of(examples, shuffle_seed, epoch)[place * size : (place + 1) * size])


def order_of(examples: int, shuffle_seed: int | None, epoch: int) -> Sequence[int]:
    """All examples, in the order in which an epoch takes them."""
    return range(examples) if shuffle_seed is None else _shuffled(examples, shuffle_seed, epoch)


@kept
def _shuffled(examples: int, seed: int, epoch: int) -> tuple[int, ...]:
    return tuple(np.random.default_rng((seed, epoch)).permutation(examples).tolist())
