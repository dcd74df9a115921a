"""TrainingSession: one learner's walk, and what a learner can do with it, as verbs that return the next session."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, trace
from app.engine.equations.values import Values
from app.engine.learning.iteration import Iteration, run_iteration
from app.engine.learning.optimizers import Optimizer
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.network.layers import Network
from app.engine.network.propagation import RIGHT
from app.engine.setup import Setup
from app.lessons import lesson_named
from app.lessons.lesson import Lesson
from app.sessions.walk.answers import Answer, Asking, put_by
from app.sessions.walk.edits import (
    MOST_MARKS,
    Change,
    Changes,
    Edit,
    Mark,
    Marks,
    edit_of,
    example_edits,
    examples_with,
    with_change,
)
from app.sessions.walk.hunt import Hunt
from app.sessions.walk.position import Measure, Place, after, before, on_to, phase_end
from app.sessions.walk.timeline import Timeline, check_loss_after

MISTAKABLE = ("backward", "update")  # phases in which a mistake can be


@dataclass(frozen=True)
class Losses:
    """Losses, each taken before its update: of every iteration, and the means of whole epochs."""

    iterations: tuple[float, ...]
    epochs: tuple[float, ...]


@dataclass(frozen=True)
class Goal:
    """What a training that was begun is to reach: from so many updates to so many; None: until it is stopped.

    It is reached earlier where the loss falls `below` a number.
    """

    start: int
    end: int | None
    below: float | None = None

    def is_ahead(self, updates: int) -> bool:
        """Whether a walk that has made so many updates is on its way there."""
        return self.start - 1 <= updates and (self.end is None or updates < self.end)


@dataclass(frozen=True)
class Fork:
    """What is different in the walk beside this one: a thing of a setup by its name, and its value as text."""

    thing: str
    value: str


@dataclass(frozen=True, eq=False)
class TrainingSession:
    """A walk that stands after `cursor` equations of iteration `timeline.now`: what follows from that, and its verbs.

    Every verb raises DivergedError, and so changes nothing, where an iteration on its way leaves the finite numbers.

    `whole` is whether a whole cell of the timeline is shown; `wanted` is the example that the learner chose to look at,
    where the batch holds it; `asking` is whether the walk asks before it shows, `posed` whether it does so now, in the
    place of the next equation; `checking` is whether each gradient is shown with its numerical check; `hunt` is there
    in the bug lab; `marks` are the edits, runs and resets that can be undone; `fork` is what is different in the walk
    beside it, and `others` in further walks that it is compared with; `goal` is that of the training that was begun
    last; `name` is what the learner calls it, or empty.
    """

    timeline: Timeline
    lesson: str | None = None
    as_published: bool = True
    cursor: int = 0
    by: Measure = "equation"
    whole: bool = False
    wanted: int | None = field(default=None)
    asking: Asking = ""
    posed: bool = False
    answers: tuple[Answer, ...] = ()
    checking: bool = False
    hunt: Hunt | None = None
    marks: Marks = ()
    fork: Fork | None = None
    others: tuple[Fork, ...] = ()
    goal: Goal | None = None
    name: str = ""

    @classmethod
    def of_setup(cls, setup: Setup) -> Self:
        """A session at the very start; SetupError names what does not fit."""
        return cls(Timeline(setup.completed()).checked())

    @classmethod
    def of_lesson(cls, lesson: Lesson, as_published: bool = True) -> Self:
        """A lesson at its very start."""
        return cls(Timeline(lesson.setup(as_published)), lesson.slug, as_published)

    @property
    def setup(self) -> Setup:
        """Everything that decided this training before its first iteration."""
        return self.timeline.setup

    @property
    def forks(self) -> tuple[Fork, ...]:
        """What is different in each walk that it is compared with, the one beside it first."""
        return (self.fork, *self.others) if self.fork else ()

    @property
    def iteration(self) -> int:
        """The iteration, from 0."""
        return self.timeline.now

    @property
    def updates(self) -> int:
        """How many updates are made."""
        return self.iteration + self.finished

    @property
    def trains(self) -> bool:
        """Whether a training is under way: its goal lies ahead."""
        return self.goal is not None and self.goal.is_ahead(self.updates)

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
    def shown(self) -> tuple[Equation, ...]:
        """The equations that are shown together: of a layer where the learner steps by layers, of a cell of the
        timeline where one was chosen, else the one shown last; none at the very start.
        """
        last, start = self.equation, self.cursor
        if last is None:
            return ()
        if not self.whole and self.by != "layer":
            return (last,)
        while start and _together(self.equations[start - 1], last, self.whole):
            start -= 1
        return self.equations[start : self.cursor]

    @cached_property
    def values(self) -> Values:
        """What every symbol stands for, for the example in focus."""
        return Values(self.current, self.focus_row)

    @property
    def right_values(self) -> Values:
        """What every symbol would stand for by the chain rule, whatever rule the walk follows; worked out anew."""
        it = self.current
        return Values(run_iteration(replace(it.method, rules=RIGHT), it.before, it.X, it.Y, it.past), self.focus_row)

    @property
    def hidden(self) -> bool:
        """Whether the rules of the walk are hidden: a bug is hunted and not found yet."""
        return self.hunt is not None and not self.hunt.solved

    def hides(self, equation: Equation) -> bool:
        """Whether the rule of an equation is hidden: it is of a phase in which a mistake can be."""
        return self.hidden and equation.phase in MISTAKABLE

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
        """The learning rate that is chosen for the next update."""
        return self.timeline.learning_rate(self.iteration + self.finished)

    @property
    def rate_now(self) -> float:
        """What the schedule makes of it: the rate in force for the next update."""
        return self.setup.schedule.rate(self.learning_rate, self.iteration + self.finished)

    def phase_done(self, phase: str) -> bool:
        """Whether every equation of a phase has been shown."""
        return self.cursor >= phase_end(self.shape, phase)

    def losses(self) -> Losses:
        """Every loss shown so far, by replay; an epoch's mean once its last loss is shown."""
        *_, losses = self.losses_in_slices()
        return self.by_epochs(losses)

    def losses_in_slices(self) -> Iterator[list[float]]:
        """Every loss shown so far, by replay: more and more of them, at last all."""
        yield from self.timeline.losses(self.iteration + self.phase_done("loss"))

    def by_epochs(self, losses: list[float]) -> Losses:
        """All losses together with the means of epochs."""
        setup = self.setup
        size, first = setup.iterations_per_epoch, len(setup.warm_up)
        starts = range(first, len(losses) - size + 1, size)
        return Losses(tuple(losses), tuple(sum(losses[start : start + size]) / size for start in starts))

    # The verbs --------------------------------------------------------------------------------------------------------

    def step(self, by: Measure = "equation") -> Self:
        """One measure further."""
        return replace(self, by=by).moved_to(after(self.place, by, self.shape, self.setup))

    def back(self, by: Measure = "equation") -> Self:
        """One measure back, across iterations; at the very start nothing lies before."""
        return replace(self, by=by).moved_to(before(self.place, by, self.shape, self.setup))

    def forward(self) -> Self:
        """On to the end of the forward phase, of the next iteration where this one is already there."""
        return self._on_to_end_of("forward")

    def backward(self) -> Self:
        """On to the end of the backward phase, of the next iteration where this one is already there."""
        return self._on_to_end_of("backward")

    def update(self) -> Self:
        """On to the end of the update, of the next iteration where this one is already there."""
        return self._on_to_end_of("update")

    def train(self, *, epochs: int = 0, iterations: int = 0) -> Self:
        """Finish an iteration that is under way, make so many more updates, and stand at the end of the last."""
        updates = iterations + epochs * self.setup.iterations_per_epoch
        finished = self.iteration if self.cursor else -1
        return self.marked("run").moved_to(Place(finished + updates, len(self.equations))) if updates else self

    def after_updates(self, updates: int) -> Self:
        """Where so many updates, at least one, are made: the end of an iteration, back or ahead."""
        last = self.setup.shape(len(self.setup.batch(updates - 1)))
        return self.moved_to(Place(updates - 1, len(trace(last))))

    def reset(self) -> Self:
        """The very start, without what was changed on the way; what was asked may be asked again."""
        moved = self.place != (0, 0) or self.timeline.changes
        return replace(
            self.marked("reset") if moved else self,
            timeline=Timeline(self.setup),
            cursor=0,
            whole=False,
            wanted=None,
            posed=False,
            answers=put_by(self.answers),
            goal=None,
        )

    def go(self, cursor: int) -> Self:
        """A place in this iteration, 0 to N; 0 is where the iteration before ended."""
        highest = len(self.equations)
        if not 0 <= cursor <= highest:
            raise SetupError("cursor", "The place lies outside of this iteration.", f"Use 0 to {highest}.")
        if cursor == 0:
            return self.moved_to(before(Place(self.iteration, 1), "equation", self.shape, self.setup))
        return self.moved_to(Place(self.iteration, cursor))

    def cell(self, cursor: int) -> Self:
        """The same, where a cell of the timeline ends: all of it is shown."""
        return replace(self.go(cursor), whole=True)

    def focus(self, example: int) -> Self:
        """Look at another example of the batch; later iterations keep to it where their batch holds it."""
        if example not in self.batch:
            some = ", ".join(map(str, self.batch[:10])) + (", …" if len(self.batch) > 10 else "")
            raise SetupError("example", "The example is not in this iteration's batch.", f"Choose one of: {some}.")
        return replace(self, wanted=example)

    def at_first_example(self) -> Self:
        """Look at the example that the pages of its lesson look at first."""
        first = lesson_named(self.lesson).example if self.lesson else 0
        return self.focus(first) if first else self

    def named(self, name: str) -> Self:
        """With another name, without one where it is empty."""
        return replace(self, name=name)

    def ask(self, asking: Asking) -> Self:
        """Ask before showing: never, what the lesson chose, or in every iteration."""
        return replace(self, asking=asking)

    def check(self, on: bool) -> Self:
        """Show each gradient with its numerical check, or not."""
        return replace(self, checking=on)

    def edited(self, symbol: Symbol, value: float) -> Self:
        """Another value from this iteration on; from the next one where this one is finished.

        Of the learning rate, a parameter, an input or a target, as `edit_of` names them. What was changed for later
        iterations is overtaken.
        """
        changes = self.timeline.changes
        for changed, number in self.edit_of(symbol, value).items():
            changes = with_change(changes, Change(self.iteration + self.finished, changed, number))
        return replace(self.marked("edit"), timeline=self.timeline.with_changes(changes, self.iteration))

    def with_learning_rate(self, learning_rate: float) -> Self:
        """Another learning rate."""
        return self.edited(Symbol("eta"), learning_rate)

    @property
    def optimizer(self) -> Optimizer:
        """The optimizer, with the settings that are chosen for the next update."""
        return self.timeline.optimizer(self.iteration + self.finished)

    def adjusted(self, settings: Mapping[str, float]) -> Self:
        """Other settings of the update, by name: eta, and those of the optimizer that are `adjustable`.

        They count from the next update on; what stays as it is is no edit.
        """
        iteration, changes, optimizer = self.iteration + self.finished, self.timeline.changes, self.optimizer
        for name, value in settings.items():
            if value == (self.learning_rate if name == "eta" else getattr(optimizer, name, None)):
                continue
            _ = self.edit_of(Symbol(name), value) if name == "eta" else optimizer.adjusted(name, value)
            changes = with_change(changes, Change(iteration, Symbol(name), value))
        if changes == self.timeline.changes:
            return self
        return replace(self.marked("edit"), timeline=self.timeline.with_changes(changes, self.iteration))

    def with_parameter(self, layer: int, kind: str, j: int, k: int | None, value: float) -> Self:
        """Another value for one parameter."""
        return self.edited(Symbol(kind, layer, j, k), value)

    def with_input(self, example: int, column: int, value: float) -> Self:
        """Another value of an example's input."""
        return self.edited(Symbol("x", 0, example, column), value)

    def with_target(self, example: int, column: int, value: float) -> Self:
        """Another target of an example."""
        return self.edited(Symbol("y", self.shape.depth, example, column), value)

    def undo(self) -> Self:
        """Back to where the walk stood before the last edit, run or reset, whatever was walked since."""
        if not self.marks:
            raise SetupError("undo", "There is nothing to undo.", "Edit a value or train first.")
        *marks, (place, changes, _) = self.marks
        timeline = self.timeline.with_changes(changes, place.iteration)
        there = replace(self, timeline=timeline, cursor=place.cursor, whole=False, posed=False)
        return replace(there, marks=tuple(marks), goal=None)

    def marked(self, what: str) -> Self:
        """The same, with this place to come back to by `undo`."""
        marks = (*self.marks, Mark(self.place, self.timeline.changes, what))
        return replace(self, marks=marks[-MOST_MARKS:])

    def moved_to(self, place: Place) -> Self:
        """Any place, back or ahead; a finished iteration also has a finite loss after its update."""
        timeline = self.timeline.at(place.iteration)
        moved = replace(self, timeline=timeline, cursor=place.cursor, whole=False, posed=False)
        if moved.finished:
            check_loss_after(moved.current)
        return moved

    def _on_to_end_of(self, phase: str) -> Self:
        return self.moved_to(on_to(self.place, phase_end(self.shape, phase)))


def _together(equation: Equation, last: Equation, in_cell: bool) -> bool:
    """Whether an equation is of the same cell of the timeline, or of the same layer in the same phase."""
    if in_cell:
        return equation.group == last.group and equation.phase == last.phase
    return (equation.phase, equation.symbol.layer) == (last.phase, last.symbol.layer)
