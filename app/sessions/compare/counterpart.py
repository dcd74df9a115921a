"""Two walks side by side: a walk's counterpart, and where two walks part."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from math import isfinite
from typing import NamedTuple

from app.engine.equations.shape import Shape
from app.engine.equations.trace import found_at, trace
from app.engine.equations.values import Values
from app.engine.learning.iteration import Iteration
from app.engine.memory import MEMORY, MISSING, kept
from app.engine.network.errors import DivergedError
from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.lessons import lesson_named
from app.sessions.compare.forks import forked
from app.sessions.walk.history import CURVES, known_before, points_followed, points_of
from app.sessions.walk.position import Place
from app.sessions.walk.session import Fork, TrainingSession
from app.sessions.walk.timeline import Timeline

PARTED = 1e-9  # relative difference from which two numbers are two
SEARCHED = 1_000  # iterations from the start in which the first difference is looked for


class Pair(NamedTuple):
    """Two walks at one place: the left one was forked, or is as published, or has the mistake."""

    left: TrainingSession
    right: TrainingSession


def pair_of(session: TrainingSession) -> Pair | None:
    """A walk and its counterpart; None where there is nothing to compare with. DivergedError as of `counterpart`."""
    other = counterpart(session)
    if other is None:
        return None
    return Pair(session, other) if session.as_published or session.fork else Pair(other, session)


def counterpart(session: TrainingSession) -> TrainingSession | None:
    """The fork, else the lesson the other way, or the same network with the right rules; same place, same changes.

    None where there is nothing to compare with. DivergedError where the way there leaves the finite numbers.
    """
    other = _beside(session, session.fork)
    return None if other is None else _at_place(session, other)


def walk_beside(session: TrainingSession, fork: Fork) -> TrainingSession:
    """The walk with this one thing changed, at the same place. DivergedError as of `counterpart`."""
    other = _beside(session, fork)
    assert other
    return _at_place(session, other)


def _at_place(session: TrainingSession, other: TrainingSession) -> TrainingSession:
    """Where the way there was followed to a finite loss, its last iteration is run only for who looks at it."""
    place = same_place(session.place, session.shape, other.shape)
    there = replace(other, cursor=place.cursor)
    if there.finished and isfinite(points_of(there)[-1].training.loss):
        return there
    other.timeline.checked()
    return other.moved_to(place)


def all_followed(session: TrainingSession, apart: bool = True) -> Iterator[None]:
    """Follows a walk and all that it is compared with little by little, and looks where the two that stand side by side
    come `apart`, so that others go first in between; then all is there, or almost. It ends early where the numbers of
    one run away: `counterpart` and `walk_beside` tell that.
    """
    yield from points_followed(session)
    for i, other in enumerate(others_of(session)):
        with suppress(DivergedError):
            yield from CURVES.followed(other, session.updates)
            pair = pair_of(session) if apart and i == 0 else None
            yield from (None for _ in (_search(*pair) if pair else ()))


def others_of(session: TrainingSession) -> tuple[Timeline, ...]:
    """The ways of all that a walk is compared with, none of which is run to there yet."""
    others = (_beside(session, fork) for fork in session.forks or (None,))
    return tuple(other.timeline for other in others if other is not None)


def _beside(session: TrainingSession, fork: Fork | None) -> TrainingSession | None:
    """The other walk at the same iteration, which is not run yet: from the end of the longest way that is known."""
    changes = session.timeline.changes
    if fork is not None:
        begun = TrainingSession(Timeline(forked(session.setup, fork)))
        changes = tuple(change for change in changes if _is_there(change.symbol, fork, begun.setup))
    elif session.lesson is not None:
        begun = TrainingSession.of_lesson(lesson_named(session.lesson), not session.as_published)
    elif session.setup.mistakes:
        begun = TrainingSession.of_setup(_put_right(session.setup))
    else:
        return None
    known = known_before(begun.setup, changes, session.iteration)
    way = Timeline(begun.setup, session.iteration, changes, (known,) if known else ())
    return replace(begun, timeline=way, by=session.by, wanted=session.example)


def _is_there(symbol: Symbol, fork: Fork, setup: Setup) -> bool:
    """Whether what was changed is there in the fork, too; a learning rate or weight decay of its own it keeps."""
    sizes = setup.sizes
    if symbol.kind == "eta":
        return fork.thing != "learning_rate"
    if symbol.kind in ("x", "y"):
        return True
    if symbol.kind not in ("W", "b"):
        return fork.thing != symbol.kind and symbol.kind in setup.optimizer.adjustable
    within = symbol.layer < len(sizes) and symbol.j < sizes[symbol.layer]
    return within and (symbol.k is None or symbol.k < sizes[symbol.layer - 1])


def same_place(place: Place, shape: Shape, other: Shape) -> Place:
    """The place in a walk of another shape at which the same was found last: optimizers tell different equations."""
    if place.cursor == len(trace(shape)):
        return Place(place.iteration, len(trace(other)))
    found = found_at(other)
    shown = (
        found[equation.symbol] + 1 for equation in trace(shape)[place.cursor - 1 :: -1] if equation.symbol in found
    )
    return Place(place.iteration, next(shown, 0) if place.cursor else 0)


@kept
def _put_right(setup: Setup) -> Setup:
    return replace(setup, mistakes=()).completed()


def differ(left: float, right: float) -> bool:
    """Whether two numbers are further apart than rounding could bring them."""
    return abs(left - right) > PARTED * max(abs(left), abs(right))


def first_difference(left: TrainingSession, right: TrainingSession) -> int | None:
    """The index of this iteration's first equation in which two walks at one place find different numbers."""
    shared = found_at(right.shape)
    symbols = ((e.index, e.symbol) for e in left.equations if e.symbol in shared)
    return next((i for i, one in symbols if differ(left.values[one], right.values[one])), None)


def parting(left: TrainingSession, right: TrainingSession) -> Place | None:
    """The place of the first equation, from the start, in which two walks find different numbers."""
    *_, place = _search(left, right)
    return place


def _search(left: TrainingSession, right: TrainingSession) -> Iterator[Place | None]:
    """Looks for that place iteration by iteration, so that others go first in between; the last one is the answer.

    What was found is kept: each click on the page asks for it.
    """
    until = min(left.iteration + 1, SEARCHED)
    setups, logs = (left.setup, right.setup), (left.timeline.changes, right.timeline.changes)
    key = (_search, setups, logs, left.wanted, until)
    place: Place | None = MEMORY.get(key, MISSING)
    if place is not MISSING:
        yield place
        return
    place = None
    pair = (Timeline(setup, changes=changes).run(until) for setup, changes in zip(setups, logs, strict=True))
    for number, (one, other) in enumerate(zip(*pair, strict=True)):
        place = _parted(setups, number, one, other, left.wanted)
        yield place
        if place is not None:
            break
    MEMORY.put(key, place)


def _parted(
    setups: tuple[Setup, Setup], number: int, one: Iteration, other: Iteration, wanted: int | None
) -> Place | None:
    """The place in this iteration, of so many before, at which the two differ first."""
    batches = [setup.batch(number) for setup in setups]
    example = wanted if wanted in batches[0] else batches[0][0]
    rows = [batch.index(example) if example in batch else 0 for batch in batches]
    ours, theirs = Values(one, rows[0]), Values(other, rows[1])
    shapes = [setup.shape(len(batch)) for setup, batch in zip(setups, batches, strict=True)]
    shared = found_at(shapes[1])
    for equation in trace(shapes[0]):
        if equation.symbol in shared and differ(ours[equation.symbol], theirs[equation.symbol]):
            return Place(number, equation.index + 1)
    return None
