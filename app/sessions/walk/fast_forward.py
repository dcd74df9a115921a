"""The quick way along a walk's iterations: the engine's trainer, set down at a checkpoint and run from edit to edit."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from app.engine.fast.feed import Feed
from app.engine.fast.trainer import Trainer
from app.engine.memory import MEMORY, bytes_of
from app.engine.network.arrays import Array
from app.engine.setup import Setup
from app.sessions.walk.checkpoints import Checkpoint
from app.sessions.walk.edits import Changes, examples_at, learning_rate_at, optimizer_at, with_edits


class Leg(NamedTuple):
    """A part of a way: the losses (n,) of its iterations, each before its update, and where it ends."""

    losses: Array
    end: Checkpoint


class Runner:
    """A trainer for the walks of one setup, for one way at a time."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._feed, self._optimizer = Feed(setup, *setup.examples), setup.optimizer
        self._trainer = self._new_trainer()

    @cached_property
    def size(self) -> int:
        """About how many bytes it takes, once it has gone its first way."""
        return bytes_of(self)

    def legs(self, changes: Changes, start: Checkpoint, stops: Iterable[int]) -> Iterator[Leg]:
        """From a checkpoint to each stop in turn. DivergedError where an iteration leaves the finite numbers."""
        self._set_down(start)
        for stop in stops:
            losses = [self._run(changes, end) for end in _ends(changes, self._trainer.iteration, stop)]
            yield Leg(np.concatenate([np.empty(0), *losses]), self._checkpoint())

    def _run(self, changes: Changes, end: int) -> Array:
        """On to an iteration before which nothing changes but at the start."""
        setup, start = self.setup, self._trainer.iteration
        X, Y = examples_at(setup, changes, start)
        optimizer, other = optimizer_at(changes, start, setup.optimizer), X is not self._feed.X or Y is not self._feed.Y
        if other or optimizer != self._optimizer:
            here, self._optimizer = self._checkpoint(), optimizer
            self._feed, self._trainer = Feed(setup, X, Y) if other else self._feed, self._new_trainer()
            self._set_down(here)
        network = self._trainer.network
        edited = with_edits(network, changes, start)
        if edited is not network:
            self._trainer.parameters[:] = edited.flat()
        return self._trainer.run(self._feed.batches(start, end, learning_rate_at(changes, start, setup.learning_rate)))

    def _new_trainer(self) -> Trainer:
        method = self.setup.method(self.setup.learning_rate, optimizer=self._optimizer)
        return Trainer(method, self.setup.network)

    def _set_down(self, checkpoint: Checkpoint) -> None:
        trainer, size = self._trainer, self._trainer.parameters.size
        trainer.iteration = checkpoint.iteration
        trainer.parameters[:] = checkpoint.parameters[:size]
        trainer.memory[:] = checkpoint.parameters[size:].reshape(trainer.memory.shape)

    def _checkpoint(self) -> Checkpoint:
        trainer = self._trainer
        return Checkpoint(trainer.iteration, np.concatenate([trainer.parameters, trainer.memory.ravel()]))


def _ends(changes: Changes, start: int, stop: int) -> list[int]:
    """The iterations up to which nothing changes on the way from `start` to `stop`."""
    between = {change.iteration for change in changes if start < change.iteration < stop}
    return sorted({*between, stop} if start < stop else between)


def fast_legs(setup: Setup, changes: Changes, start: Checkpoint, stops: Iterable[int]) -> Iterator[Leg]:
    """As `Runner.legs`, by the runner that went for this setup last, if it is kept: each goes one way alone."""
    runner = MEMORY.take((Runner, setup)) or Runner(setup)
    try:
        yield from runner.legs(changes, start, stops)
    finally:
        MEMORY.put((Runner, setup), runner, runner.size)
