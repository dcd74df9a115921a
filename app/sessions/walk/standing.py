"""Where a walk stands: its timeline, its cursor, what the learner chose, and all that follows from them."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, trace
from app.engine.equations.values import Values
from app.engine.learning.iteration import Iteration
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.engine.network.layers import Network
from app.engine.setup import Setup
from app.sessions.walk.answers import Answer, Asking
from app.sessions.walk.changes import Changes, example_edits, examples_with
from app.sessions.walk.edits import Edit, Marks, edit_of
from app.sessions.walk.forks import Fork
from app.sessions.walk.hunt import Hunt
from app.sessions.walk.position import Measure, Place, phase_end
from app.sessions.walk.timeline import Timeline


@dataclass(frozen=True)
class History:
    """Losses, each taken before its update: of every iteration, and the means of whole epochs."""

    iterations: tuple[float, ...]
    epochs: tuple[float, ...]


@dataclass(frozen=True)
class Goal:
    """What a training that was begun is to reach: from so many updates to so many; None: until it is stopped."""

    start: int
    end: int | None

    def is_ahead(self, updates: int) -> bool:
        """Whether a walk that has made so many updates is on its way there."""
        return self.start - 1 <= updates and (self.end is None or updates < self.end)


@dataclass(frozen=True, eq=False)
class Standing:
    """A walk that stands after `cursor` equations of iteration `timeline.now`.

    `wanted` is the example that the learner chose to look at, where the batch holds it; `asking` is whether the walk
    asks before it shows, `proving` whether each gradient is shown with its numerical check; `hunt` is there in the bug
    lab; `marks` are the edits and runs that can be undone; `fork` is what is different in the walk beside it;
    `goal` is that of the training that was begun last.
    """

    timeline: Timeline
    lesson: str | None = None
    as_published: bool = True
    cursor: int = 0
    by: Measure = "equation"
    wanted: int | None = field(default=None)
    asking: Asking = ""
    answers: tuple[Answer, ...] = ()
    proving: bool = False
    hunt: Hunt | None = None
    marks: Marks = ()
    fork: Fork | None = None
    goal: Goal | None = None

    @property
    def setup(self) -> Setup:
        """Everything that decided this training before its first iteration."""
        return self.timeline.setup

    @property
    def iteration(self) -> int:
        """The iteration, from 0."""
        return self.timeline.now

    @property
    def updates(self) -> int:
        """How many updates are made."""
        return self.iteration + self.finished

    @property
    def epoch(self) -> int:
        """The epoch, from 0; a warm-up belongs to epoch 0."""
        return self.setup.epoch(self.iteration)

    @property
    def place(self) -> Place:
        """Iteration and cursor."""
        return Place(self.iteration, self.cursor)

    @property
    def current(self) -> Iteration:
        """All numbers of this iteration, shown or not."""
        return self.timeline.record

    @property
    def examples(self) -> tuple[Array, Array]:
        """X (examples, features) and Y (examples, outputs) as this iteration finds them, edits included."""
        return examples_with(self.setup, self.example_edits)

    def edit_of(self, symbol: Symbol, value: float) -> Edit:
        """What another value would change. SetupError where that cannot be."""
        return edit_of(self.shape, len(self.setup.examples[0]), symbol, value)

    @property
    def example_edits(self) -> Changes:
        """What was changed of inputs and targets so far."""
        return example_edits(self.timeline.changes, self.iteration + self.finished)

    @cached_property
    def batch(self) -> tuple[int, ...]:
        """The examples of this iteration, numbered from 0."""
        return self.setup.batch(self.iteration)

    @property
    def focus_row(self) -> int:
        """The row of the batch in focus: the example that was chosen, else the first."""
        return self.batch.index(self.wanted) if self.wanted in self.batch else 0

    @property
    def example(self) -> int:
        """The example in focus, numbered from 0."""
        return self.batch[self.focus_row]

    @cached_property
    def shape(self) -> Shape:
        """What decides the equations of this iteration."""
        return self.setup.shape(len(self.batch))

    @cached_property
    def told_shape(self) -> Shape:
        """The same as far as it may be told: while a bug is hunted, its mistakes stay untold."""
        return replace(self.shape, mistakes=()) if self.hidden else self.shape

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Every equation of this iteration, in the order of the walk."""
        return trace(self.shape)

    @property
    def equation(self) -> Equation | None:
        """The equation shown last; None at the very start."""
        return self.equations[self.cursor - 1] if self.cursor else None

    @cached_property
    def values(self) -> Values:
        """What every symbol stands for, for the example in focus."""
        return self.timeline.moment.values(self.focus_row)

    @property
    def hidden(self) -> bool:
        """Whether the rules of the walk are hidden: a bug is hunted and not found yet."""
        return self.hunt is not None and not self.hunt.solved

    @property
    def finished(self) -> bool:
        """Whether the iteration is at its end: the new parameters are in force."""
        return self.cursor == len(self.equations)

    @property
    def network(self) -> Network:
        """The network with the parameters in force."""
        return self.timeline.next_network if self.finished else self.current.before

    @property
    def learning_rate(self) -> float:
        """The learning rate in force for the next update."""
        return self.timeline.learning_rate(self.iteration + self.finished)

    def phase_done(self, phase: str) -> bool:
        """Whether every equation of a phase has been shown."""
        return self.cursor >= phase_end(self.shape, phase)

    def losses(self) -> History:
        """Every loss shown so far, by replay; an epoch's mean once its last loss is shown."""
        setup = self.setup
        losses = self.timeline.losses(self.iteration + self.phase_done("loss"))
        size, first = setup.iterations_per_epoch, len(setup.warm_up)
        starts = range(first, len(losses) - size + 1, size)
        return History(tuple(losses), tuple(sum(losses[start : start + size]) / size for start in starts))
