"""A long way cut into short ones, so that whoever computes it can let others go first between them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter

from app.engine.network.errors import DivergedError
from app.sessions.walk.checkpoints import Checkpoint, thinned
from app.sessions.walk.position import Measure, after, before
from app.sessions.walk.session import TrainingSession

SHORT = 0.0005  # seconds that a short way takes, about
SMALL = 200  # parameters, and what the optimizer keeps of each
SMALL_BATCH = 20_000  # parameters times examples of a batch: each pass computes so many products
FIRST = 16  # iterations of the first one: more than are walked
Verb = Callable[[TrainingSession], TrainingSession]
Reach = Callable[[TrainingSession], int]  # the iteration that a verb ends in


def is_small(session: TrainingSession) -> bool:
    """Whether one click of this walk takes a few milliseconds: it is not large, and no gradient is checked."""
    return not is_large(session) and not session.checking


def is_large(session: TrainingSession) -> bool:
    """Whether the network of this walk is large, or its batch."""
    setup = session.setup
    numbers = setup.network.size * (1 + len(setup.optimizer.slots))
    return numbers > SMALL or len(session.batch) * setup.network.size > SMALL_BATCH


def in_slices(
    session: TrainingSession, iteration: int, verb: Verb, clock: Callable[[], float] = perf_counter
) -> Iterator[TrainingSession]:
    """The session with more and more checkpoints on its way to an iteration; the last one is what the verb makes of it.

    Whatever the verb does, checkpoints only make it quicker: it finds the same numbers, and the same errors.
    """
    timeline = session.timeline
    known = [c for c in timeline.checkpoints if c.iteration <= iteration]
    beyond = tuple(c for c in timeline.checkpoints if c.iteration > iteration)
    there, length = known[-1] if known else Checkpoint.start(timeline.setup), FIRST
    warm = session
    while there.iteration + length <= iteration:
        begun = clock()
        try:
            (leg,) = timeline.legs([there.iteration + length], there)
        except DivergedError:  # the numbers run away on the way, which the verb will find
            break
        there = leg.end
        known = list(thinned([*known, there], there.iteration))
        warm = replace(session, timeline=replace(timeline, checkpoints=(*known, *beyond)))
        took = max(clock() - begun, 1e-9)
        length = max(FIRST, min(2 * length, round(length * SHORT / took)))
        yield warm
    yield verb(warm)


def undoing(session: TrainingSession) -> TrainingSession:
    """The same, already on the way that `undo` leads back on: what is left is to go there. SetupError as of `undo`."""
    if not session.marks:
        return session.undo()
    return replace(session, timeline=session.timeline.with_log(session.marks[-1].changes))


def ahead(by: Measure) -> Reach:
    """The iteration that a step of this measure ends in."""
    return lambda session: after(session.place, by, session.shape, session.setup).iteration


def behind(by: Measure) -> Reach:
    """The iteration that a step back ends in."""
    return lambda session: before(session.place, by, session.shape, session.setup).iteration
