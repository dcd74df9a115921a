"""What is known of the ways of walks: points of their curves, and where each way can be gone on. Kept within bounds."""

from collections import OrderedDict
from threading import Lock
from typing import Generic, NamedTuple, Protocol, TypeVar

from app.engine.setup import Setup
from app.sessions.walk.changes import Changes
from app.sessions.walk.checkpoints import Checkpoint

MOST, MOST_NUMBERS = 256, 2_000_000  # ways that are kept, and numbers in their checkpoints


class Score(NamedTuple):
    """How a network does on some examples: their mean loss, the share that it classifies right (NaN: no classes)."""

    loss: float
    accuracy: float


class Point(NamedTuple):
    """After so many updates, `epoch` epochs (1.5: half of the second): the mean of the epoch's losses, each before its
    update, and how the network then does on all training examples and on the test examples.
    """

    updates: int
    epoch: float
    mean: float
    training: Score
    test: Score


class Track(NamedTuple):
    """A way: where it leads, the last losses on it (as many as an epoch has iterations), and its points."""

    checkpoint: Checkpoint
    recent: tuple[float, ...]
    points: tuple[Point, ...]

    @property
    def updates(self) -> int:
        """How many updates lie behind."""
        return self.checkpoint.iteration

    @property
    def numbers(self) -> int:
        """How many numbers it keeps."""
        return self.checkpoint.parameters.size + len(self.recent)


class Way(Protocol):
    """What is known of a way: how many updates it has, and how many numbers it keeps."""

    @property
    def updates(self) -> int: ...
    @property
    def numbers(self) -> int: ...


Known = TypeVar("Known", bound=Way)


class Tracks(Generic[Known]):
    """The ways that were used last. Threads may share it."""

    def __init__(self, most: int = MOST, most_numbers: int = MOST_NUMBERS) -> None:
        self._most, self._most_numbers, self._numbers = most, most_numbers, 0
        self._kept: OrderedDict[tuple[Setup, Changes, int], Known] = OrderedDict()
        self._lock = Lock()

    def before(self, setup: Setup, changes: Changes, updates: int) -> Known | None:
        """The longest known way of at most so many updates on which the same was changed."""
        with self._lock:
            found = [key for key in self._kept if key[0] is setup and key[2] <= updates]
            found = [key for key in found if key[1] == until(changes, key[2])]
            if not found:
                return None
            best = max(found, key=lambda key: key[2])
            self._kept.move_to_end(best)
            return self._kept[best]

    def put(self, setup: Setup, changes: Changes, track: Known) -> None:
        """Keep a way; those that were used longest ago go."""
        key = (setup, until(changes, track.updates), track.updates)
        with self._lock:
            self._numbers += track.numbers - (self._kept[key].numbers if key in self._kept else 0)
            self._kept[key] = track
            self._kept.move_to_end(key)
            while len(self._kept) > self._most or self._numbers > self._most_numbers:
                _, forgotten = self._kept.popitem(last=False)
                self._numbers -= forgotten.numbers


def until(changes: Changes, updates: int) -> Changes:
    """The changes that count after so many updates."""
    return tuple(change for change in changes if change.iteration <= updates)
