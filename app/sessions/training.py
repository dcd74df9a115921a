"""A training run: so many updates, until the loss is low, or until it is stopped, in steps between those of others."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median
from time import perf_counter

from app.engine.network.errors import DivergedError, SetupError
from app.sessions.walk.checkpoints import Checkpoint, thinned
from app.sessions.walk.fast_forward import fast_legs
from app.sessions.walk.history import CURVES, Point, Way, point_at, points_of, updates_after, whole_epochs
from app.sessions.walk.position import START
from app.sessions.walk.session import Goal, TrainingSession
from app.sessions.walk.timeline import Timeline

STEP = 0.002  # seconds of computing that a step of a stretch may take, about
FIRST = 8  # updates of the first one
LATE = 1.5  # times as long as it should take a stretch may take to come to the end of an epoch
SMALLER = 10.0  # a learning rate that was too large is divided by it
RISEN, FEWEST = 1.5, 4  # times the loss before; points of the curve from which a run can be judged


class StoppedError(RuntimeError):
    """A run has led out of the finite numbers and is over; the walk stands at the end of an iteration just before."""

    def __init__(self, error: DivergedError, updates: int) -> None:
        stands = f"at the end of iteration {updates:,}, just before" if updates else "at the very start"
        super().__init__(f"{error} The training stopped: the walk stands {stands}.")


@dataclass(frozen=True, eq=False)
class Stretch:
    """How far a run has come from a session: the `way` that is known now, and some checkpoints that it has passed.

    `over`: its goal is reached. `stopped` says why it goes no further; then the walk stands at `stands`.
    """

    begun: TrainingSession
    way: Way[Point]
    passed: tuple[Checkpoint, ...] = ()
    over: bool = False
    stopped: StoppedError | None = None
    stands: TrainingSession | None = None

    @cached_property
    def session(self) -> TrainingSession:
        """The walk at its end. DivergedError where the last update leads out of the finite numbers."""
        begun, updates = self.begun, self.way.updates
        if self.stands is not None:
            return self.stands
        there = begun if updates == begun.updates else self.warm.after_updates(updates)
        return stopped_run(there) if self.over else there

    @property
    def warm(self) -> TrainingSession:
        """The session with checkpoints on its way."""
        timeline, last = self.begun.timeline, self.way.updates - 1
        passed = [checkpoint for checkpoint in self.passed if timeline.now < checkpoint.iteration <= last]
        checkpoints = thinned([*timeline.checkpoints, *passed], last)
        return replace(self.begun, timeline=replace(timeline, checkpoints=checkpoints))


def begun_run(session: TrainingSession, updates: int | None, below: float | None = None) -> TrainingSession:
    """With a run of so many updates before it, or of as many as there will be; an iteration under way is finished
    first. It ends earlier where, at the end of an epoch, the loss of all training examples is `below` a number.

    SetupError where it makes no update.
    """
    if updates is not None and updates < 1:
        raise SetupError("count", "The run makes no update.", "Ask for 1 or more.")
    if below is not None and not below > 0:
        raise SetupError("count", "No loss falls below 0.", "Give a number above 0, such as 0.05.")
    start = session.iteration + (session.cursor > 0)
    return replace(session.marked("run"), goal=Goal(start, None if updates is None else start + updates, below))


def stopped_run(session: TrainingSession) -> TrainingSession:
    """The run is over where it stands."""
    return replace(session, goal=None)


class Companion:
    """A walk that is trained beside another one, each time as far: its way, and how it was one leg earlier, from which
    it is found where it stands. Where its numbers run away it stays behind.
    """

    def __init__(self, timeline: Timeline, updates: int) -> None:
        self._timeline, self._lost = timeline, False
        self._way: Way[Point] | None = None
        self._before: Way[Point] | None = None
        self.go_to(updates)

    def go_to(self, updates: int) -> None:
        """On, to so many updates."""
        timeline, way = self._timeline, self._way
        if not self._lost:
            self._lost = True
            with suppress(DivergedError):
                there = CURVES.way(timeline, updates) if way is None else CURVES.gone_to(timeline, way, updates)
                self._way, self._before, self._lost = there, way, False

    def keep(self) -> None:
        """What was found is known from now on."""
        for way in (self._before, self._way):
            if way is not None:
                CURVES.put(self._timeline.setup, self._timeline.changes, way)


def stretches(
    session: TrainingSession,
    seconds: float,
    clock: Callable[[], float] = perf_counter,
    one_epoch: bool = False,
    beside: Sequence[Timeline] = (),
) -> Iterator[Stretch]:
    """On towards the run's goal, for about so many seconds of computing, as `clock` tells them, and to the end of an
    epoch where that is near; `one_epoch`: to the end of the next one, if the time is enough. The walks `beside` go
    along, within the same time.

    Where the numbers leave what is finite, the last stretch stands just before, and the run is over.
    """
    goal, timeline, setup = session.goal, session.timeline, session.setup
    if goal is None:
        raise SetupError("run", "No training is under way.", "Begin one.")
    stretch, spent, size = Stretch(session, CURVES.way(timeline, session.updates)), 0.0, FIRST
    companions = [Companion(other, session.updates) for other in beside]
    try:
        while goal.is_ahead(stretch.way.updates) and not stretch.over:
            start, way = clock(), stretch.way
            epoch_end = updates_after(setup, whole_epochs(setup, way.updates) + 1)
            stop = min(way.updates + size, epoch_end, goal.end or epoch_end)
            (leg,) = fast_legs(setup, timeline.changes, way.end, [stop])
            passed = thinned([*stretch.passed, way.end], stop)
            way = CURVES.gone_on(timeline, way, leg)
            over = goal.below is not None and stop == epoch_end and point_at(timeline, way).training.loss < goal.below
            stretch = Stretch(session, way, passed, over)
            took = max(clock() - start, 1e-9)
            size, spent = max(1, min(2 * size, round(len(leg.losses) * STEP / took))), spent + took
            for companion in companions:
                yield stretch
                start = clock()
                companion.go_to(stop)
                spent += clock() - start
            late = spent >= (seconds if stop == epoch_end else LATE * seconds)
            last = late or (one_epoch and stop == epoch_end) or over or stop == goal.end
            if last:
                _ = stretch.session  # found here, where it may take its time
            yield stretch
            if last:
                return
    except DivergedError as error:
        stands = before_divergence(stretch.warm, error)
        way = CURVES.way(timeline, stands.updates)
        stretch = Stretch(session, way, stopped=StoppedError(error, stands.updates), stands=stands)
        yield stretch
    finally:
        CURVES.put(setup, timeline.changes, stretch.way)
        for companion in companions:
            companion.keep()


def before_divergence(session: TrainingSession, error: DivergedError) -> TrainingSession:
    """The end of the last iteration whose numbers are all finite, the loss after its update too; the run is over."""
    stopped = stopped_run(session)
    for iteration in (error.iteration - 1, error.iteration - 2):
        try:
            return stopped if iteration < session.updates else stopped.after_updates(iteration + 1)
        except DivergedError:
            continue
    return stopped


# After a run ----------------------------------------------------------------------------------------------------------


def calmer(session: TrainingSession) -> TrainingSession:
    """Before the last run, with a smaller learning rate than it ended with."""
    return session.undo().with_learning_rate(smaller_rate(session))


def risen_loss(session: TrainingSession) -> tuple[float, float] | None:
    """The loss of all training examples before the last run, and now, where it has clearly risen: at the end, and most
    of the time in the run's second half, it is more than `RISEN` times as high as before. So neither a few bad steps at
    the start count, nor the ups and downs of small batches. None where it has not, or the run is too short to say.
    """
    if not session.marks or session.marks[-1].what != "run":
        return None
    points, start = points_of(session), session.marks[-1].place.iteration
    *_, before = (point for point in points if point.updates <= start)
    run = [point for point in points if point.updates > start]
    if len(run) < FEWEST:
        return None
    began, late = before.training.loss, [point.training.loss for point in run[len(run) // 2 :]]
    return (began, late[-1]) if min(median(late), late[-1]) > RISEN * began else None


def smaller_rate(session: TrainingSession) -> float:
    """The learning rate to try where this one was too large."""
    return float(f"{session.learning_rate / SMALLER:.2g}")


def back_to(session: TrainingSession, epoch: int) -> TrainingSession:
    """On the way that was walked, at the end of an epoch; `undo` leads forth again."""
    return replace(went_through(session, epoch), marks=session.marked("past").marks, goal=None)


def went_through(session: TrainingSession, epoch: int) -> TrainingSession:
    """Where a walk stood that has come to here when so many epochs were done, itself where these are not: the nearest
    place on its way from which it can be gone on is looked for.
    """
    updates = updates_after(session.setup, epoch)
    if not 0 < updates < session.updates:
        return session if updates else session.moved_to(START)
    points = points_of(session)
    checkpoints = [p.checkpoint for p in points if p.checkpoint is not None and 0 < p.updates < updates]
    timeline = session.timeline
    known = thinned([*(c for c in timeline.checkpoints if c.iteration < updates), *checkpoints[-1:]], updates - 1)
    return replace(session, timeline=replace(timeline, checkpoints=known)).after_updates(updates)
