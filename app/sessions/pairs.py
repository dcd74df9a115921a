"""Two walks side by side: a walk's counterpart, and where two walks part."""

from dataclasses import replace
from functools import lru_cache

from app.engine import Setup, Values, trace
from app.lessons import lesson_named
from app.sessions.changes import Changes
from app.sessions.places import Place
from app.sessions.timeline import Timeline
from app.sessions.training import TrainingSession

PARTED = 1e-9  # relative difference from which two numbers are two
SEARCHED = 1_000  # iterations from the start in which the first difference is looked for
BASE = 8  # a way is kept at iterations from which any other is a few short walks away


def counterpart(session: TrainingSession) -> TrainingSession | None:
    """The lesson the other way, or the same network with the right rules; same place, same changes.

    None where there is nothing to compare with. DivergedError where the way there leaves the finite numbers.
    """
    if session.lesson is not None:
        begun = TrainingSession.of_lesson(lesson_named(session.lesson), not session.as_published)
    elif session.setup.mistakes:
        begun = TrainingSession.of_setup(_put_right(session.setup))
    else:
        return None
    way = _way(begun.setup, session.timeline.changes, session.iteration)
    return replace(begun, timeline=way, by=session.by, wanted=session.wanted).moved_to(session.place)


@lru_cache(maxsize=256)
def _put_right(setup: Setup) -> Setup:
    return replace(setup, mistakes=()).completed()


@lru_cache(maxsize=128)
def _way(setup: Setup, changes: Changes, iteration: int) -> Timeline:
    """A timeline at an iteration; cached, so that stepping on costs an iteration or two most of the time."""
    if iteration == 0:
        return Timeline(setup, changes=changes).checked()
    there = _way(setup, changes, stop_before(iteration)).at(iteration)
    return replace(there)  # kept without the iteration itself, whose arrays may be large


def stop_before(iteration: int) -> int:
    """1001 -> 1000 -> 992 -> 960 -> 896 -> ... -> 512 -> 0: one off the last octal digit that is not 0."""
    size = 1
    while iteration % (size * BASE) == 0:
        size *= BASE
    return iteration - size


def differ(left: float, right: float) -> bool:
    """Whether two numbers are further apart than rounding could bring them."""
    return abs(left - right) > PARTED * max(abs(left), abs(right))


def first_difference(left: TrainingSession, right: TrainingSession) -> int | None:
    """The index of this iteration's first equation in which two walks at one place find different numbers."""
    symbols = (equation.symbol for equation in left.equations)
    return next((i for i, one in enumerate(symbols) if differ(left.values[one], right.values[one])), None)


def parting(left: TrainingSession, right: TrainingSession) -> Place | None:
    """The place of the first equation, from the start, in which two walks find different numbers."""
    until = min(left.iteration + 1, SEARCHED)
    return _parting(left.setup, right.setup, left.timeline.changes, left.wanted, until)


@lru_cache(maxsize=256)
def _parting(left: Setup, right: Setup, changes: Changes, wanted: int | None, until: int) -> Place | None:
    pair = (Timeline(setup, changes=changes).run(until) for setup in (left, right))
    for number, (one, other) in enumerate(zip(*pair, strict=True)):
        batch = left.batch(number)
        row = batch.index(wanted) if wanted in batch else 0
        ours, theirs = Values(one, row), Values(other, row)
        for equation in trace(left.shape(len(batch))):
            if differ(ours[equation.symbol], theirs[equation.symbol]):
                return Place(number, equation.index + 1)
    return None
