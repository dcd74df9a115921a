"""The trail of a training: at places on its way the parameters, and how large the gradients of each layer were.

At most about MOST_STOPS iterations are kept, each a power of two apart. What is known of a way is kept, so that a
longer one costs its new iterations alone.
"""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from app.engine.activity import gradient_sizes
from app.engine.learning.iteration import Iteration
from app.engine.network.arrays import Array
from app.sessions.walk.checkpoints import Checkpoint
from app.sessions.walk.session import TrainingSession
from app.sessions.walk.timeline import Timeline
from app.sessions.walk.tracks import Tracks

MOST_STOPS = 200
SHORT = 25  # updates between two looks, a few milliseconds for a small network
AGES = (8, 64, 512, 4096)  # updates before the end at which a trail is kept too, for who goes back


class Stop(NamedTuple):
    """What an iteration begins with, (P,) as `Network.flat`, and its `gradient_sizes`; None where not shown yet."""

    iteration: int
    parameters: Array
    sizes: Array | None


class Trail(NamedTuple):
    """A way: where it leads, and its stops before that."""

    checkpoint: Checkpoint
    stops: tuple[Stop, ...]

    @property
    def updates(self) -> int:
        """How many updates lie behind."""
        return self.checkpoint.iteration

    @property
    def numbers(self) -> int:
        """How many numbers it keeps."""
        return self.checkpoint.parameters.size + sum(stop.parameters.size for stop in self.stops)


_TRAILS: Tracks[Trail] = Tracks()


def trail_of(session: TrainingSession, known: Tracks[Trail] = _TRAILS) -> tuple[Stop, ...]:
    """From the very start to here: the last stop is the iteration of the walk, or what its update has led to."""
    it, iteration = session.current, session.iteration
    sizes = gradient_sizes(it.backward) if session.phase_done("backward") else None
    trail = deque(_ways(session.timeline, iteration, known), maxlen=1).pop()
    stops = (*trail.stops, Stop(iteration, it.before.flat(), sizes))
    return (*stops, Stop(iteration + 1, session.network.flat(), None)) if session.finished else stops


def trailed(session: TrainingSession, known: Tracks[Trail] = _TRAILS) -> Iterator[None]:
    """Follows the walk little by little, so that others go first in between; then its trail is there at once.

    Who stops early loses nothing: the next one goes on from there.
    """
    ways = _ways(session.timeline, session.iteration, known)
    next(ways)  # what is known costs nothing, and says nothing of how long the next ones take
    for _ in ways:
        yield


def _ways(timeline: Timeline, updates: int, known: Tracks[Trail]) -> Iterator[Trail]:
    """The nearest way that is known before an iteration, then it gone on and on, up to there."""
    setup, changes = timeline.setup, timeline.changes
    trail = known.before(setup, changes, updates) or Trail(Checkpoint.start(setup), ())
    places = list(_places(trail.updates, updates))
    try:
        yield trail
        for place, leg in zip(places, timeline.legs(places, trail.checkpoint), strict=True):
            trail = Trail(leg.end, _stops(timeline, trail, place))
            if updates - place in AGES:
                known.put(setup, changes, trail)
            yield trail
    finally:
        known.put(setup, changes, trail)


def _places(start: int, end: int) -> Iterator[int]:
    """Where to look on the way: at each stop, some way before the end, and there. None lies far from the last."""
    ages = [end - age for age in AGES]
    while start < end:
        stride = stride_for(start + 1)
        stop = (start // stride + 1) * stride
        start = min(stop, start + SHORT, end, *(age for age in ages if age > start))
        yield start


def _stops(timeline: Timeline, trail: Trail, end: int) -> tuple[Stop, ...]:
    """Those of a way and its end, thinned for one that goes on to `end`."""
    stride = stride_for(end)
    kept = tuple(stop for stop in trail.stops if stop.iteration % stride == 0)
    return kept if trail.updates % stride else (*kept, _stop(timeline.iteration_from(trail.checkpoint)))


def _stop(it: Iteration) -> Stop:
    return Stop(it.past.iteration, it.before.flat(), gradient_sizes(it.backward))


def stride_for(iterations: int) -> int:
    """The power of two by which so many iterations are thinned."""
    stride = 1
    while iterations // stride >= MOST_STOPS:
        stride *= 2
    return stride
