"""The numbers behind the curves: how well a walk did at the end of each epoch, on the training and the test examples.

At most MOST_POINTS epochs are looked at, each a power of two apart. What is known of a walk is kept, so that a longer
walk costs its new iterations alone.
"""

from collections import deque
from collections.abc import Iterator
from math import nan

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.layers import Network
from app.engine.network.losses import LOSSES
from app.engine.network.propagation import forward
from app.engine.setup import Setup
from app.sessions.walk.changes import Changes, examples_at
from app.sessions.walk.checkpoints import Checkpoint
from app.sessions.walk.classes import accuracy, classifies
from app.sessions.walk.session import TrainingSession
from app.sessions.walk.timeline import Timeline
from app.sessions.walk.tracks import (
    Point,
    Score,
    Track,
    Tracks,
)

MOST_POINTS = 300
SHORT = 25  # updates between two stops, a few milliseconds for a small network
AGES = (8, 64, 512, 4096)  # updates before the end at which a way is kept too, for who goes back

_TRACKS: Tracks[Track] = Tracks()


def points_of(session: TrainingSession) -> tuple[Point, ...]:
    """From the very start to the updates that are made, in order; the last one may stand in the middle of an epoch."""
    timeline, updates = session.timeline, session.iteration + session.finished
    track = deque(_ways(timeline, updates), maxlen=1).pop()
    if track.points[-1].updates == updates:
        return track.points
    return (*track.points, _point(timeline, track))


def followed(session: TrainingSession) -> Iterator[None]:
    """Follows the walk little by little, so that others go first in between; then its points are there at once.

    Who stops early loses nothing: the next one goes on from there.
    """
    ways = _ways(session.timeline, session.iteration + session.finished)
    next(ways)  # what is known costs nothing, and says nothing of how long the next ones take
    for _ in ways:
        yield


def known_before(setup: Setup, changes: Changes, updates: int) -> Checkpoint | None:
    """The end of the longest way of at most so many updates that was followed before."""
    track = _TRACKS.before(setup, changes, updates)
    return None if track is None else track.checkpoint


def _ways(timeline: Timeline, updates: int) -> Iterator[Track]:
    """The nearest way that is known before so many updates, then it gone on and on, up to there."""
    setup, changes = timeline.setup, timeline.changes
    track = _TRACKS.before(setup, changes, updates) or _begun(timeline)
    try:
        yield track
        for stop in _stops(setup, track.updates, updates):
            track = _extended(timeline, track, stop)
            if updates - stop in AGES:
                _TRACKS.put(setup, changes, track)
            yield track
    finally:
        _TRACKS.put(setup, changes, track)


def _begun(timeline: Timeline) -> Track:
    start = Track(Checkpoint.start(timeline.setup), (), ())
    return Track(start.checkpoint, (), (_point(timeline, start),))


def _stops(setup: Setup, start: int, end: int) -> list[int]:
    """After how many updates to look: at the ends of the epochs that are kept, some way before the end, and there.

    None lies far from the one before.
    """
    whole = whole_epochs(setup, end)
    stride = stride_for(whole)
    first = -(-(whole_epochs(setup, start) + 1) // stride) * stride
    ends = {updates_after(setup, epoch) for epoch in range(first, whole + 1, stride)}
    ages = {end - age for age in AGES if end - age > start}
    return sorted({*ends, *ages, *range(start + SHORT, end, SHORT), *({end} if end > start else ())})


def _extended(timeline: Timeline, track: Track, stop: int) -> Track:
    """The way, gone on to `stop`."""
    setup, epochs = timeline.setup, whole_epochs(timeline.setup, stop)
    losses, checkpoint = next(timeline.legs([stop], track.checkpoint))
    recent = (*track.recent, *losses.tolist())[-setup.iterations_per_epoch :]
    stride, points = stride_for(epochs), track.points
    if epochs % stride or updates_after(setup, epochs) != stop:
        return Track(checkpoint, recent, points)
    kept = tuple(point for point in points if point.epoch % stride == 0)
    return Track(checkpoint, recent, (*kept, _point(timeline, Track(checkpoint, recent, points))))


# Epochs and updates ---------------------------------------------------------------------------------------------------


def updates_after(setup: Setup, epochs: int) -> int:
    """How many updates so many whole epochs take; a warm-up belongs to the first."""
    return setup.last_of_epoch(epochs - 1) + 1 if epochs else 0


def whole_epochs(setup: Setup, updates: int) -> int:
    """How many epochs are done after so many updates."""
    return max(0, updates - len(setup.warm_up)) // setup.iterations_per_epoch


def stride_for(epochs: int) -> int:
    """The power of two by which so many epochs are thinned."""
    stride = 1
    while epochs // stride >= MOST_POINTS:
        stride *= 2
    return stride


# A point --------------------------------------------------------------------------------------------------------------


def _point(timeline: Timeline, track: Track) -> Point:
    setup, updates = timeline.setup, track.updates
    network = timeline.network_at(track.checkpoint)
    epochs = whole_epochs(setup, updates)
    start, end = (updates_after(setup, epoch) for epoch in (epochs, epochs + 1))
    own = track.recent[start - updates :] if updates > start else track.recent
    test = setup.test_examples
    return Point(
        updates,
        epochs + (updates - start) / (end - start),
        sum(own) / len(own) if own else nan,
        score(setup, network, examples_at(setup, timeline.changes, updates)),
        score(setup, network, test) if len(test[0]) else Score(nan, nan),
    )


def score(setup: Setup, network: Network, examples: tuple[Array, Array]) -> Score:
    """How the network does on examples X (m, n_0), Y (m, n_L)."""
    X, Y = examples
    with np.errstate(over="ignore", invalid="ignore"):
        there = forward(network, X, setup.decimals)
        loss = float(np.mean(LOSSES[setup.loss].value(there.output, Y)))
    return Score(loss, accuracy(there.A[-1], Y) if classifies(setup) else nan)
