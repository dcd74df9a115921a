"""What is known of the ways of walks: how well the network did by epoch, and how parameters and gradients went.

A history looks at places on a walk's way, at most about `most` of them, each a power of two apart. What it saw is kept
with the place from which the way can be gone on, so that a longer walk costs its new iterations alone, and so is the
way up to some places before the end, for who goes back.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from math import nan
from threading import RLock
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from app.engine.activity import gradient_sizes
from app.engine.memory import MEMORY, bytes_of
from app.engine.network.arrays import Array
from app.engine.network.layers import Network
from app.engine.network.losses import LOSSES
from app.engine.network.propagation import forward
from app.engine.setup import Setup
from app.sessions.walk.checkpoints import Checkpoint
from app.sessions.walk.classes import accuracy, classifies
from app.sessions.walk.edits import Changes, examples_at
from app.sessions.walk.fast_forward import Leg, fast_legs
from app.sessions.walk.session import TrainingSession
from app.sessions.walk.timeline import Timeline

SHORT = 25  # updates between two stops, a few milliseconds for a small network
AGES = (8, 64, 512, 4096)  # updates before the end at which a way is kept too
MOST_POINTS, MOST_STOPS = 300, 200
MOST_WAYS = 64  # that are kept of one setup
EMPTY, PER_NUMBER = 1_000, 40  # bytes of a way, and of each thing that it holds for itself
CHECKPOINT_BYTES, FEWEST_KEPT = 1_000_000, 8  # of the checkpoints that are kept with the points of one way


Seen = TypeVar("Seen")


@dataclass(frozen=True, eq=False)
class Way(Generic[Seen]):
    """From the very start to a checkpoint: the last losses, as many as an epoch has iterations, and what was seen."""

    end: Checkpoint
    recent: tuple[float, ...] = ()
    seen: tuple[Seen, ...] = ()

    @property
    def updates(self) -> int:
        """How many updates lie behind."""
        return self.end.iteration


class Known(NamedTuple):
    """How a way is known among those of its setup: what was changed on it, and how many updates it has."""

    changes: Changes
    updates: int


class History(Generic[Seen]):
    """What was seen on the ways that were used last. Threads may share it.

    `places(setup, start, end)` tells after how many updates to look, between two numbers of updates; a way that is gone
    on from `before` to `there` has then seen `look(timeline, before, there)`; `begin` is the way of no update.
    """

    def __init__(
        self,
        places: Callable[[Setup, int, int], Iterable[int]],
        look: Callable[[Timeline, Way[Seen], Way[Seen]], tuple[Seen, ...]],
        begin: Callable[[Timeline], Way[Seen]],
        most: int = MOST_WAYS,
    ) -> None:
        self._places, self._look, self._begin = places, look, begin
        self._most, self._lock = most, RLock()  # a way that is given up is put here at any time

    def way(self, timeline: Timeline, updates: int) -> Way[Seen]:
        """The way of so many updates."""
        return deque(self._ways(timeline, updates), maxlen=1).pop()

    def followed(self, timeline: Timeline, updates: int) -> Iterator[None]:
        """Follows a way little by little, so that others go first in between; then it is there at once.

        Who stops early loses nothing: the next one goes on from there.
        """
        ways = self._ways(timeline, updates)
        next(ways)  # what is known costs nothing, and says nothing of how long the next ones take
        for _ in ways:
            yield

    def gone_on(self, timeline: Timeline, way: Way[Seen], leg: Leg) -> Way[Seen]:
        """A way of this timeline and its next leg, which passes no place to look at but where it ends."""
        recent = (*way.recent, *leg.losses.tolist())[-timeline.setup.iterations_per_epoch :]
        there = Way(leg.end, recent, way.seen)
        return replace(there, seen=self._look(timeline, way, there))

    def gone_to(self, timeline: Timeline, way: Way[Seen], updates: int) -> Way[Seen]:
        """A way of this timeline gone on to so many updates, past all places to look at."""
        stops = sorted({*self._places(timeline.setup, way.updates, updates), updates})
        for leg in fast_legs(timeline.setup, timeline.changes, way.end, stops):
            way = self.gone_on(timeline, way, leg)
        return way

    def before(self, setup: Setup, changes: Changes, updates: int) -> Way[Seen] | None:
        """The longest known way of at most so many updates on which the same was changed."""
        with self._lock:
            ways: dict[Known, Way[Seen]] = MEMORY.get((self, setup), {})
            found = [key for key in ways if key.updates <= updates and key.changes == _until(changes, key.updates)]
            if not found:
                return None
            best = max(found, key=lambda key: key.updates)
            ways[best] = ways.pop(best)
            return ways[best]

    def put(self, setup: Setup, changes: Changes, way: Way[Seen]) -> None:
        """Keep a way; those that were used longest ago go."""
        key = Known(_until(changes, way.updates), way.updates)
        with self._lock:
            ways: dict[Known, Way[Seen]] = MEMORY.get((self, setup), {})
            ways.pop(key, None)
            ways[key] = way
            if len(ways) > self._most:
                del ways[next(iter(ways))]
            own = (EMPTY + PER_NUMBER * (len(one.recent) + len(one.seen)) for one in ways.values())
            MEMORY.put((self, setup), ways, sum(own) + bytes_of(way))  # what was seen is shared by them

    def _ways(self, timeline: Timeline, updates: int) -> Iterator[Way[Seen]]:
        """The nearest way that is known before so many updates, then it gone on and on, up to there."""
        setup, changes = timeline.setup, timeline.changes
        known = way = self.before(setup, changes, updates) or self._begin(timeline)
        stops = self._stops(setup, way.updates, updates)
        try:
            yield way
            for stop, leg in zip(stops, timeline.legs(stops, way.end), strict=True):
                way = self.gone_on(timeline, way, leg)
                if updates - stop in AGES:
                    self.put(setup, changes, way)
                yield way
        finally:
            if way is not known or not way.updates:
                self.put(setup, changes, way)

    def _stops(self, setup: Setup, start: int, end: int) -> Sequence[int]:
        """Where to stop: at the places to look, some way before the end, and there. None lies far from the last."""
        ages = {end - age for age in AGES if end - age > start}
        ends = {end} if end > start else set()
        return sorted({*self._places(setup, start, end), *ages, *range(start + SHORT, end, SHORT), *ends})


def _until(changes: Changes, updates: int) -> Changes:
    """The changes that count after so many updates."""
    return tuple(change for change in changes if change.iteration <= updates)


def stride_for(count: int, most: int) -> int:
    """The smallest power of two by which so many places are thinned to fewer than `most`."""
    stride = 1
    while count // stride >= most:
        stride *= 2
    return stride


def _thinner_and_thinner(start: int, most: int) -> Iterator[int]:
    """The numbers after `start` that are kept of a way that goes on and on: each part holds what it would alone."""
    while True:
        stride = stride_for(start + 1, most)
        start = (start // stride + 1) * stride
        yield start


# How well the network did, at the end of each epoch -------------------------------------------------------------------


class Score(NamedTuple):
    """How a network does on some examples: their mean loss, the share that it classifies right (NaN: no classes)."""

    loss: float
    accuracy: float


class Point(NamedTuple):
    """After so many updates, `epoch` epochs (1.5: half of the second): the mean of the epoch's losses, each before its
    update, NaN where the epoch is not done, and how the network then does on all training and on the test examples.

    From `checkpoint`, kept at some of the points, the walk goes on from there.
    """

    updates: int
    epoch: float
    mean: float
    training: Score
    test: Score
    checkpoint: Checkpoint | None = None


def points_of(session: TrainingSession) -> tuple[Point, ...]:
    """From the very start to the updates that are made, in order; the last one may stand in the middle of an epoch."""
    way = CURVES.way(session.timeline, session.updates)
    last = point_at(session.timeline, way)
    return way.seen if last is way.seen[-1] else (*way.seen, last)


def point_at(timeline: Timeline, way: Way[Point]) -> Point:
    """The point where a way ends."""
    return way.seen[-1] if way.seen[-1].updates == way.updates else _point(timeline, way)


def points_followed(session: TrainingSession) -> Iterator[None]:
    """Follows the walk little by little; then its points are there at once."""
    yield from CURVES.followed(session.timeline, session.updates)  # to count the updates may take long, too


def known_before(setup: Setup, changes: Changes, updates: int) -> Checkpoint | None:
    """The end of the longest way of at most so many updates that was followed before."""
    way = CURVES.before(setup, changes, updates)
    return None if way is None else way.end


def updates_after(setup: Setup, epochs: int) -> int:
    """How many updates so many whole epochs take; a warm-up belongs to the first."""
    return setup.last_of_epoch(epochs - 1) + 1 if epochs else 0


def whole_epochs(setup: Setup, updates: int) -> int:
    """How many epochs are done after so many updates."""
    return max(0, updates - len(setup.warm_up)) // setup.iterations_per_epoch


def score(setup: Setup, network: Network, examples: tuple[Array, Array]) -> Score:
    """How the network does on examples X (m, n_0), Y (m, n_L)."""
    X, Y = examples
    with np.errstate(over="ignore", invalid="ignore"):
        there = forward(network, X, setup.decimals)
        loss = float(np.mean(LOSSES[setup.loss].value(there.output, Y)))
    return Score(loss, accuracy(there.A[-1], Y) if classifies(setup) else nan)


def _epoch_ends(setup: Setup, start: int, end: int) -> Iterator[int]:
    """The ends of the epochs at which to look."""
    epochs = _thinner_and_thinner(whole_epochs(setup, start), MOST_POINTS)
    return takewhile(lambda updates: updates <= end, (updates_after(setup, epoch) for epoch in epochs))


def _points_there(timeline: Timeline, before: Way[Point], there: Way[Point]) -> tuple[Point, ...]:
    """With one more point where an epoch ends that is kept."""
    epochs = whole_epochs(timeline.setup, there.updates)
    stride, kept = (stride_for(epochs, most) for most in (MOST_POINTS, _most_checkpoints(there.end)))
    if epochs % stride or updates_after(timeline.setup, epochs) != there.updates:
        return before.seen
    points = (*(point for point in before.seen if point.epoch % stride == 0), _point(timeline, there))
    return tuple(p if p.checkpoint is None or p.epoch % kept == 0 else p._replace(checkpoint=None) for p in points)


def _most_checkpoints(one: Checkpoint) -> int:
    """How many are kept with the points of a way, so that they take bounded bytes."""
    return max(FEWEST_KEPT, CHECKPOINT_BYTES // one.parameters.nbytes)


def _first_point(timeline: Timeline) -> Way[Point]:
    start: Way[Point] = Way(Checkpoint.start(timeline.setup))
    return replace(start, seen=(_point(timeline, start),))


def _point(timeline: Timeline, way: Way[Point]) -> Point:
    setup, updates = timeline.setup, way.updates
    network, _ = timeline.opened(way.end)
    epochs = whole_epochs(setup, updates)
    start, end = (updates_after(setup, epoch) for epoch in (epochs, epochs + 1))
    test = setup.test_examples
    return Point(
        updates,
        epochs + (updates - start) / (end - start),
        sum(way.recent) / len(way.recent) if way.recent and updates == start else nan,
        score(setup, network, examples_at(setup, timeline.changes, updates)),
        score(setup, network, test) if len(test[0]) else Score(nan, nan),
        way.end,
    )


CURVES: History[Point] = History(_epoch_ends, _points_there, _first_point)


# Parameters, and how large the gradients of each layer are, at the iterations -----------------------------------------


class Stop(NamedTuple):
    """What an iteration begins with, (P,) as `Network.flat`, and its `gradient_sizes`; None where not shown yet."""

    iteration: int
    parameters: Array
    sizes: Array | None


def new_trails(most: int = MOST_WAYS) -> History[Stop]:
    """A history of trails that knows nothing yet."""
    return History(
        lambda setup, start, end: takewhile(lambda stop: stop < end, _thinner_and_thinner(start, MOST_STOPS)),
        _stops_before,
        lambda timeline: Way(Checkpoint.start(timeline.setup)),
        most,
    )


def _stops_before(timeline: Timeline, before: Way[Stop], there: Way[Stop]) -> tuple[Stop, ...]:
    """With the stop that the way has left, where it is kept of one that leads so far."""
    stride = stride_for(there.updates, MOST_STOPS)
    kept = tuple(stop for stop in before.seen if stop.iteration % stride == 0)
    if before.updates % stride:
        return kept
    it = timeline.iteration_from(before.end)
    return (*kept, Stop(before.updates, it.before.flat(), gradient_sizes(it.backward)))


TRAILS = new_trails()


def trail_of(session: TrainingSession, known: History[Stop] = TRAILS) -> tuple[Stop, ...]:
    """From the very start to here: the last stop is the iteration of the walk, or what its update has led to."""
    it, iteration = session.current, session.iteration
    sizes = gradient_sizes(it.backward) if session.phase_done("backward") else None
    trail = known.way(session.timeline, iteration)
    stops = (*trail.seen, Stop(iteration, it.before.flat(), sizes))
    return (*stops, Stop(iteration + 1, session.network.flat(), None)) if session.finished else stops


def trail_followed(session: TrainingSession, known: History[Stop] = TRAILS) -> Iterator[None]:
    """Follows the walk little by little; then its trail is there at once."""
    return known.followed(session.timeline, session.iteration)
