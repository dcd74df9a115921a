"""TrainingSession: one learner's walk, and what a learner can do with it, as verbs that return the next session."""

from dataclasses import dataclass, replace
from typing import Self

from app.engine.equations.trace import trace
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.lessons.lesson import Lesson
from app.sessions.walk.answers import Asking, put_by
from app.sessions.walk.changes import Change, with_change
from app.sessions.walk.edits import Mark, with_mark
from app.sessions.walk.position import (
    Measure,
    Place,
    after,
    before,
    on_to,
    phase_end,
)
from app.sessions.walk.standing import Standing
from app.sessions.walk.timeline import Timeline, check_loss_after


@dataclass(frozen=True, eq=False)
class TrainingSession(Standing):
    """A walk with its verbs.

    Every verb raises DivergedError, and so changes nothing, where an iteration on its way leaves the finite numbers.
    """

    @classmethod
    def of_setup(cls, setup: Setup) -> Self:
        """A session at the very start; SetupError names what does not fit."""
        return cls(Timeline(setup.completed()).checked())

    @classmethod
    def of_lesson(cls, lesson: Lesson, as_published: bool = True) -> Self:
        """A lesson at its very start."""
        return cls(Timeline(lesson.setup(as_published)), lesson.slug, as_published)

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
        return replace(
            self,
            timeline=Timeline(self.setup),
            cursor=0,
            wanted=None,
            answers=put_by(self.answers),
            marks=(),
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

    def focus(self, example: int) -> Self:
        """Look at another example of the batch; later iterations keep to it where their batch holds it."""
        if example not in self.batch:
            some = ", ".join(map(str, self.batch[:10])) + (", …" if len(self.batch) > 10 else "")
            raise SetupError("example", "The example is not in this iteration's batch.", f"Choose one of: {some}.")
        return replace(self, wanted=example)

    def ask(self, asking: Asking) -> Self:
        """Ask before showing: never, what the lesson chose, or in every iteration."""
        return replace(self, asking=asking)

    def prove(self, on: bool) -> Self:
        """Show each gradient with its numerical check, or not."""
        return replace(self, proving=on)

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
        """Back to where the walk stood before the last edit or run, whatever was walked since."""
        if not self.marks:
            raise SetupError("undo", "There is nothing to undo.", "Edit a value or train first.")
        *marks, (place, changes, _) = self.marks
        timeline = self.timeline.with_changes(changes, place.iteration)
        return replace(self, timeline=timeline, cursor=place.cursor, marks=tuple(marks), goal=None)

    def marked(self, what: str) -> Self:
        """The same, with this place to come back to by `undo`."""
        return replace(self, marks=with_mark(self.marks, Mark(self.place, self.timeline.changes, what)))

    def moved_to(self, place: Place) -> Self:
        """Any place, back or ahead; a finished iteration also has a finite loss after its update."""
        moved = replace(self, timeline=self.timeline.at(place.iteration), cursor=place.cursor)
        if moved.finished:
            check_loss_after(moved.current)
        return moved

    def _on_to_end_of(self, phase: str) -> Self:
        return self.moved_to(on_to(self.place, phase_end(self.shape, phase)))
