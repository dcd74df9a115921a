"""A training run: so many updates, or until it is stopped, made in stretches between which others are answered."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter

from app.engine.network.errors import DivergedError, SetupError
from app.sessions.walk.session import Goal, TrainingSession

STRETCH = 0.002  # seconds of computing that a stretch may take, about


class StoppedError(RuntimeError):
    """A run has led out of the finite numbers and is over; the walk stands at the end of an iteration just before."""

    def __init__(self, error: DivergedError, updates: int) -> None:
        stands = f"at the end of iteration {updates:,}, just before" if updates else "at the very start"
        super().__init__(f"{error} The training stopped: the walk stands {stands}.")


@dataclass(frozen=True, eq=False)
class Stretch:
    """The walk at the end of one more stretch; `stopped` says why it goes no further."""

    session: TrainingSession
    stopped: StoppedError | None = None


def begun_run(session: TrainingSession, updates: int | None) -> TrainingSession:
    """With a run of so many updates before it, or of as many as there will be; an iteration under way is finished
    first. SetupError where it makes none.
    """
    if updates is not None and updates < 1:
        raise SetupError("count", "The run makes no update.", "Ask for 1 or more.")
    start = session.iteration + (session.cursor > 0)
    return replace(session.marked("run"), goal=Goal(start, None if updates is None else start + updates))


def stopped_run(session: TrainingSession) -> TrainingSession:
    """The run is over where it stands."""
    return replace(session, goal=None)


def stretches(session: TrainingSession, seconds: float, clock: Callable[[], float] = perf_counter) -> Iterator[Stretch]:
    """On towards the run's goal, for about so many seconds of computing, as `clock` tells them. Where the numbers leave
    what is finite, the last stretch stands just before, and the run is over.
    """
    goal, spent, size = session.goal, 0.0, 1
    if goal is None:
        raise SetupError("run", "No training is under way.", "Begin one.")
    while spent < seconds and goal.is_ahead(session.updates):
        start, updates = clock(), session.updates
        target = updates + size if goal.end is None else min(updates + size, goal.end)
        try:
            session = session.after_updates(target)
        except DivergedError as error:
            stands = before_divergence(session, error)
            yield Stretch(stands, StoppedError(error, stands.updates))
            return
        took = clock() - start
        spent += took
        size = max(1, min(2 * size, round(size * STRETCH / max(took, 1e-9))))
        yield Stretch(session)


def before_divergence(session: TrainingSession, error: DivergedError) -> TrainingSession:
    """The end of the last iteration whose numbers are all finite, the loss after its update too; the run is over."""
    stopped = stopped_run(session)
    for iteration in (error.iteration - 1, error.iteration - 2):
        try:
            return stopped if iteration < session.updates else stopped.after_updates(iteration + 1)
        except DivergedError:
            continue
    return stopped
