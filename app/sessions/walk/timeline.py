"""The way through the iterations: any of them again, bit for bit, by replay from the nearest checkpoint before it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np

from app.engine.learning.divergence import check_finite, diverged
from app.engine.learning.iteration import Iteration, Past, run_iteration
from app.engine.learning.optimizers import Optimizer
from app.engine.memory import kept
from app.engine.network.layers import Network
from app.engine.setup import Setup
from app.sessions.walk.checkpoints import Checkpoint, thinned, worth_keeping
from app.sessions.walk.edits import Changes, examples_at, first_difference, learning_rate_at, optimizer_at, with_edits
from app.sessions.walk.fast_forward import Leg, fast_legs

SHORT = 8  # iterations: a way so short is sooner walked than a trainer made ready for it
LEG = 25  # iterations of which losses are found at a time
MOST_SHARED = 4_000  # numbers in the record of an iteration that is kept for all walks


@dataclass(frozen=True)
class Timeline:
    """A setup, what the learner changed, and the iteration `now`; checkpoints, which only make going back quick, count
    for nothing when two are compared.
    """

    setup: Setup
    now: int = 0
    changes: Changes = ()
    checkpoints: tuple[Checkpoint, ...] = field(default=(), compare=False)

    @cached_property
    def record(self) -> Iteration:
        """Iteration `now`; shared by walks that stand at the same, if it is small."""
        if len(self.setup.batch(self.now)) * sum(self.setup.sizes) > MOST_SHARED:
            return self.own_record()
        return _shared(replace(self))  # a new one, which does not hold the record itself

    def own_record(self) -> Iteration:
        """Iteration `now`, run anew."""
        start = self._checkpoint_before(self.now)
        *_, end = start, *(leg.end for leg in self.legs([self.now], start))
        return self.iteration_from(end)

    @cached_property
    def next_network(self) -> Network:
        """The network that the next iteration begins with, edits made for it included."""
        return with_edits(self.record.after, self.changes, self.now + 1)

    def learning_rate(self, iteration: int) -> float:
        """The learning rate that was chosen for an iteration; a schedule makes of it the one in force."""
        return learning_rate_at(self.changes, iteration, self.setup.learning_rate)

    def optimizer(self, iteration: int) -> Optimizer:
        """The optimizer with the settings in force in an iteration."""
        return optimizer_at(self.changes, iteration, self.setup.optimizer)

    def at(self, iteration: int) -> Self:
        """The same way, at another iteration. DivergedError where the way there leaves the finite numbers."""
        return self if iteration == self.now else self.towards(iteration).checked()

    def checked(self) -> Self:
        """The same; DivergedError where iteration `now` leaves the finite numbers."""
        check_finite(self.record)
        return self

    def with_changes(self, changes: Changes, now: int) -> Self:
        """At an iteration, with another log of changes. DivergedError as of `at`."""
        return self.with_log(changes).towards(now).checked()

    def with_log(self, changes: Changes) -> Self:
        """The same place with another log of changes: nothing is run again yet."""
        parting = first_difference(self.changes, changes)
        kept = tuple(c for c in self.checkpoints if parting is None or c.iteration <= parting)
        return replace(self, changes=changes, checkpoints=kept)

    def losses(self, iterations: int) -> Iterator[list[float]]:
        """The losses, each before its update, of the first so many iterations: more and more of them, at last all."""
        losses: list[float] = []
        for leg in self.legs([*range(LEG, iterations, LEG), iterations]):
            losses += leg.losses.tolist()
            yield losses

    def legs(self, stops: Sequence[int], start: Checkpoint | None = None) -> Iterator[Leg]:
        """The way from a checkpoint, or the very start, to each of these iterations in order, wherever this stands.

        The same bits as of `run`, in much less time; DivergedError where an iteration leaves the finite numbers.
        """
        start = start or Checkpoint.start(self.setup)
        if stops and stops[-1] - start.iteration > SHORT:
            yield from fast_legs(self.setup, self.changes, start, stops)
            return
        for stop in stops:
            losses = []
            for iteration in self.run(stop, start):
                check_finite(iteration)
                losses.append(iteration.loss)
                start = Checkpoint.of(iteration.after, iteration.next)
            yield Leg(np.array(losses), start)

    def iteration_from(self, checkpoint: Checkpoint) -> Iteration:
        """The iteration that begins at a checkpoint."""
        return self._run(*self.opened(checkpoint))

    def towards(self, target: int) -> Self:
        """At another iteration, which itself is not computed yet. DivergedError as of `at`, for those before it."""
        start = self._checkpoint_before(target)
        found = [checkpoint for checkpoint in self.checkpoints if checkpoint.iteration <= target]
        found += [leg.end for leg in self.legs(worth_keeping(start.iteration, target), start)]
        return replace(self, now=target, checkpoints=thinned(found, target))

    def run(self, iterations: int, start: Checkpoint | None = None) -> Iterator[Iteration]:
        """The first so many iterations, or those of them from a checkpoint on, one by one, wherever this stands."""
        start = start or Checkpoint.start(self.setup)
        network, past = self.opened(start)
        for _ in range(start.iteration, iterations):
            iteration = self._run(network, past)
            yield iteration
            network, past = with_edits(iteration.after, self.changes, iteration.next.iteration), iteration.next

    def opened(self, checkpoint: Checkpoint) -> tuple[Network, Past]:
        """What the iteration of a checkpoint begins with, edits included."""
        network, past = checkpoint.opened(self.setup)
        return with_edits(network, self.changes, checkpoint.iteration), past

    def distance(self, iteration: int) -> int:
        """How many iterations are to be run to come to this one."""
        return iteration - self._checkpoint_before(iteration).iteration

    def _checkpoint_before(self, iteration: int) -> Checkpoint:
        before = (c for c in reversed(self.checkpoints) if c.iteration <= iteration)
        return next(before, None) or Checkpoint.start(self.setup)

    def _run(self, network: Network, past: Past) -> Iteration:
        X, Y = examples_at(self.setup, self.changes, past.iteration)
        batch = list(self.setup.batch(past.iteration))
        number = past.iteration
        method = self.setup.method(self.learning_rate(number), number, self.optimizer(number))
        return run_iteration(method, network, X[batch], Y[batch], past)


@kept
def _shared(timeline: Timeline) -> Iteration:
    """Kept for memory's sake more than for time's: a class on one lesson holds each iteration once."""
    return timeline.own_record()


def check_loss_after(iteration: Iteration) -> None:
    """DivergedError where the updated network's loss is no finite number."""
    with np.errstate(over="ignore", invalid="ignore"):
        if not math.isfinite(iteration.loss_after):
            raise diverged(iteration, "the loss after the update")
