"""The examples of a training, batch by batch, as the trainer takes them: the same arrays where a batch comes again."""

from collections.abc import Iterator, Sequence
from itertools import chain, count, cycle, islice

import numpy as np

from app.engine.fast.trainer import Batch
from app.engine.learning.batches import order_of
from app.engine.learning.schedules import CONSTANT
from app.engine.network.arrays import Array
from app.engine.setup import Setup

Pair = tuple[Array, Array]


class Feed:
    """Batches of a setup out of examples X (examples, n_0), Y (examples, n_L): arrays laid out as `X[batch]` is."""

    def __init__(self, setup: Setup, X: Array, Y: Array) -> None:
        self.X, self.Y = X, Y
        self._setup = setup
        self._alone = {i: (X[[i]], Y[[i]]) for i in setup.warm_up}
        self._pass: tuple[int, list[Pair]] = (-1, [])  # the last one that was asked for, by its epoch
        self._made: tuple[float, list[Batch]] = (0.0, [])  # at the last rate that was asked for

    def batches(self, start: int, end: int, base_rate: float) -> Iterator[Batch]:
        """Those of the iterations from `start` to before `end`, where this learning rate was chosen."""
        warm_up = self._setup.warm_up
        first = min(max(start, len(warm_up)), end)
        alone = [self._alone[i] for i in warm_up[start:first]]
        return chain(self._at_rates(alone, start, base_rate), self._from_passes(first, end, base_rate))

    def _from_passes(self, start: int, end: int, base_rate: float) -> Iterator[Batch]:
        setup = self._setup
        epoch, place = divmod(start - len(setup.warm_up), setup.iterations_per_epoch)
        if setup.schedule == CONSTANT and setup.shuffle_seed is None:
            return islice(cycle(self._at_rate(base_rate)), place, place + end - start)
        passes = chain.from_iterable(self._pairs(number) for number in count(epoch))
        return self._at_rates(islice(passes, place, place + end - start), start, base_rate)

    def _at_rate(self, rate: float) -> list[Batch]:
        if self._made[0] != rate:
            self._made = rate, [Batch(X, Y, rate, again=True) for X, Y in self._pairs(0)]
        return self._made[1]

    def _at_rates(self, pairs: Sequence[Pair] | Iterator[Pair], start: int, base_rate: float) -> Iterator[Batch]:
        rate, again = self._setup.schedule.rate, self._setup.shuffle_seed is None
        return (Batch(X, Y, rate(base_rate, number), again) for number, (X, Y) in enumerate(pairs, start))

    def _pairs(self, epoch: int) -> list[Pair]:
        """The batches of a pass over the data: views of one copy of it."""
        setup, examples = self._setup, len(self.X)
        number = 0 if setup.shuffle_seed is None else epoch
        if self._pass[0] != number:
            order = np.array(order_of(examples, setup.shuffle_seed, epoch))
            X, Y, size = self.X[order], self.Y[order], setup.batch_size or examples
            self._pass = number, [(X[i : i + size], Y[i : i + size]) for i in range(0, examples, size)]
        return self._pass[1]
