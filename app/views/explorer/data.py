"""The data table: every example, the batch of this iteration, and the example in focus."""

from dataclasses import dataclass
from typing import ClassVar

from app.engine.memory import kept
from app.engine.setup import Setup
from app.lessons.lesson import Lesson
from app.sessions.walk.edits import Changes, examples_with
from app.sessions.walk.session import TrainingSession
from app.views.text.datasets import mended
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


def data(session: TrainingSession, lesson: Lesson | None, digits: int, changeable: bool = True) -> Data:
    """The table at the session's place; `changeable` by its reader."""
    setup = session.setup
    columns = lesson.columns if lesson else setup.prepared.columns or _numbered("x", setup.sizes[0])
    targets = lesson.targets if lesson else setup.prepared.names or _numbered("y", setup.sizes[-1])
    batch, examples = session.batch, len(setup.examples[0])
    if examples == 1:
        caption = "One example."
    elif len(batch) == 1:
        caption = f"One example at a time: this iteration takes example {batch[0] + 1} of {examples}."
    else:
        whole = f"all {examples}" if len(batch) == examples else f"{len(batch)} of the {examples}"
        other = "; choose another" if changeable else ""
        caption = f"A batch of {whole} examples. The walk shows example {session.example + 1}{other}."
    caption = " ".join((caption, *mended(setup)))
    short = examples <= PREDICTIONS_UP_TO
    said = session.current.forward.A[-1].tolist() if short and session.phase_done("forward") else []
    shown = tuple(tuple(number(a, digits) for a in row) for row in said)
    now = batch, session.example, changeable and session.hunt is None
    rows = _rows(setup, session.example_edits, digits, now, shown)
    outputs = tuple(f"ŷ for {name}" for name in targets) if short else ()
    return Data(columns, targets, outputs, rows, caption, changeable and len(batch) > 1)


@kept
def _rows(
    setup: Setup,
    edits: Changes,
    digits: int,
    now: tuple[tuple[int, ...], int, bool],
    shown: tuple[tuple[str, ...], ...],
) -> tuple[Example, ...]:
    """`now`: the batch, the example in focus, whether numbers can be edited. `shown`: the predictions of the batch.

    Cached: a thousand examples of eight columns take 14 ms, as long as fifteen steps.
    """
    (batch, focus, open), (X, Y) = now, examples_with(setup, edits)
    short = len(X) <= PREDICTIONS_UP_TO
    blank = ("—",) * setup.sizes[-1] if short else ()
    predictions = dict(zip(batch, shown, strict=False))
    editable = () if not open else range(len(X)) if short else (focus,)
    taken = set(batch)
    return tuple(
        Example(
            i + 1,
            i,
            tuple(number(x, digits) for x in inputs),
            tuple(number(y, digits) for y in wanted),
            predictions.get(i, blank),
            i in taken,
            i == focus,
            i in editable,
        )
        for i, (inputs, wanted) in enumerate(zip(X.tolist(), Y.tolist(), strict=True))
    )


def _numbered(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{i + 1}" for i in range(count))
