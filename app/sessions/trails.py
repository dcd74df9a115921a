"""The trail of a training: at places on its way the parameters, and how large the gradients of each layer were.

At most about MOST_STOPS iterations are kept, each a power of two apart. What is known of a way is kept, so that a
longer one costs its new iterations alone.
"""

from typing import NamedTuple

from app.engine import Array, Iteration, gradient_sizes
from app.sessions.checkpoints import Checkpoint
from app.sessions.timeline import Timeline
from app.sessions.tracks import Tracks
from app.sessions.training import TrainingSession

MOST_STOPS = 200
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
    stops = (*_trail(session.timeline, iteration, known).stops, Stop(iteration, it.before.flat(), sizes))
    return (*stops, Stop(iteration + 1, session.network.flat(), None)) if session.finished else stops


def _trail(timeline: Timeline, updates: int, known: Tracks[Trail]) -> Trail:
    """The way to an iteration, from the nearest that is known before it."""
    setup, changes = timeline.setup, timeline.changes
    trail = known.before(setup, changes, updates) or Trail(Checkpoint.start(setup), ())
    for end in sorted({updates - age for age in (0, *AGES) if updates - age > trail.updates}):
        trail = _extended(timeline, trail, end)
        known.put(setup, changes, trail)
    return trail


def _extended(timeline: Timeline, trail: Trail, end: int) -> Trail:
    """The way, gone on to an iteration."""
    stride = stride_for(end)
    kept = (stop for stop in trail.stops if stop.iteration % stride == 0)
    marks = range(-(-trail.updates // stride) * stride, end, stride)
    *ends, last = (leg.end for leg in timeline.legs([*marks, end], trail.checkpoint))
    return Trail(last, (*kept, *(_stop(timeline.iteration_from(checkpoint)) for checkpoint in ends)))


def _stop(it: Iteration) -> Stop:
    return Stop(it.past.iteration, it.before.flat(), gradient_sizes(it.backward))


def stride_for(iterations: int) -> int:
    """The power of two by which so many iterations are thinned."""
    stride = 1
    while iterations // stride >= MOST_STOPS:
        stride *= 2
    return stride
