"""The data table: every example, the batch of this iteration, and the example in focus."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, NamedTuple

from app.engine.learning.iteration import Iteration
from app.engine.memory import kept_with
from app.engine.setup import Setup
from app.lessons.lesson import Lesson
from app.sessions.walk.edits import Changes, examples_with
from app.sessions.walk.session import TrainingSession
from app.views.text.numbers import number

PREDICTIONS_UP_TO = 12  # examples: a longer table stays free of numbers that change with every step


@dataclass(frozen=True)
class Example:
    """One row: its number from 1, its inputs and targets, the prediction once shown, and its part in this iteration.

    `editable`: its numbers can be edited by choosing them; in a long table only those of the example in focus.
    """

    number: int
    index: int
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    predictions: tuple[str, ...]
    in_batch: bool
    in_focus: bool
    editable: bool


@dataclass(frozen=True)
class Data:
    """All examples; `choice` says whether there is another one in the batch to look at."""

    id: ClassVar[str] = "data"
    template: ClassVar[str] = "explorer/data.html"

    columns: tuple[str, ...]
    targets: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[Example, ...]
    caption: str
    choice: bool


@lru_cache(maxsize=64)
def _cells(setup: Setup, edits: Changes, digits: int) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """The texts of every example's inputs and targets, made once per setup and edit."""
    X, Y = examples_with(setup, edits)
    return tuple(
        (tuple(number(x, digits) for x in inputs), tuple(number(y, digits) for y in targets))
        for inputs, targets in zip(X.tolist(), Y.tolist(), strict=True)
    )


class Scene(NamedTuple):
    """What the table depends on: the same through a whole phase."""

    setup: Setup
    edits: Changes
    batch: tuple[int, ...]
    example: int
    predicted: bool
    fixed: bool


def data(session: TrainingSession, lesson: Lesson | None, digits: int) -> Data:
    """The table at the session's place."""
    forward = session.phase_done("forward")
    place = (session.batch, session.example, forward, session.hunt is not None)
    scene = Scene(session.setup, session.example_edits, *place)
    return _data(session.current, scene, lesson, digits)


@kept_with(most=8)
def _data(iteration: Iteration, scene: Scene, lesson: Lesson | None, digits: int) -> Data:
    setup = scene.setup
    cells, prepared = _cells(setup, scene.edits, digits), setup.prepared
    columns = lesson.columns if lesson else prepared.columns or _numbered("x", setup.sizes[0])
    targets = lesson.targets if lesson else prepared.names or _numbered("y", setup.sizes[-1])
    with_predictions = len(cells) <= PREDICTIONS_UP_TO
    shown = _predictions(iteration, scene.batch, digits) if with_predictions and scene.predicted else {}
    blank = ("—",) * setup.sizes[-1] if with_predictions else ()
    batch = set(scene.batch)
    editable = () if scene.fixed else range(len(cells)) if with_predictions else (scene.example,)
    rows = tuple(
        Example(i + 1, i, inputs, wanted, shown.get(i, blank), i in batch, i == scene.example, i in editable)
        for i, (inputs, wanted) in enumerate(cells)
    )
    outputs = tuple(f"ŷ for {name}" for name in targets) if with_predictions else ()
    return Data(columns, targets, outputs, rows, _caption(scene), len(batch) > 1)


def _numbered(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{i + 1}" for i in range(count))


def _predictions(iteration: Iteration, batch: tuple[int, ...], digits: int) -> dict[int, tuple[str, ...]]:
    y_hat = iteration.forward.A[-1].tolist()
    return {i: tuple(number(a, digits) for a in row) for i, row in zip(batch, y_hat, strict=True)}


def _caption(scene: Scene) -> str:
    batch, examples = scene.batch, len(scene.setup.examples[0])
    if examples == 1:
        return "One example."
    if len(batch) == 1:
        return f"One example at a time: this iteration takes example {batch[0] + 1} of {examples}."
    whole = f"all {examples}" if len(batch) == examples else f"{len(batch)} of the {examples}"
    return f"A batch of {whole} examples. The walk shows example {scene.example + 1}; choose another."
