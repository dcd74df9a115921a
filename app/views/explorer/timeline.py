"""The timeline: the whole iteration as cells, one per kind and layer, and where the walk stands."""

from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, trace
from app.sessions.walk.session import TrainingSession
from app.views.text.naming import PHASE_TITLES, SHARED

LETTERS = {"z": "z", "a": "a", "loss": "ℒ", "delta": "δ", "dW": "∂W", "db": "∂b", "W": "W", "b": "b"}
SPOKEN = {
    "z": "weighted sums",
    "a": "activations",
    "loss": "the loss",
    "delta": "error signals",
    "dW": "gradients of the weights",
    "db": "gradients of the biases",
    "W": "update of the weights",
    "b": "update of the biases",
}
FIRST_SHARED = {"eta": "η", "norm": "‖∂‖", "correction_m": "β"}  # the cell of what all parameters share, by its first


@dataclass(frozen=True)
class Cell:
    """One cell: its label, what it says aloud, its state (done, now, todo), and the cursor at its end."""

    template: ClassVar[str] = "explorer/cell.html"

    id: str
    letter: str
    layer: str
    spoken: str
    state: str
    cursor: int
    share: str


@dataclass(frozen=True)
class Group:
    """The cells of one phase."""

    phase: str
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Timeline:
    """The four phases of the iteration."""

    id: ClassVar[str] = "timeline"
    template: ClassVar[str] = "explorer/timeline.html"

    groups: tuple[Group, ...]

    def frame(self) -> object:
        """The phases."""
        return tuple(group.phase for group in self.groups)

    def parts(self) -> tuple[tuple[Cell, ...], ...]:
        """Every cell, phase by phase."""
        return tuple(group.cells for group in self.groups)


@dataclass(frozen=True)
class _Stretch:
    """The equations of one cell: its group, first and end cursor, its letter, its words; `layer` is empty if it has
    none."""

    phase: str
    id: str
    letter: str
    layer: str
    spoken: str
    start: int
    end: int


def _stretches(shape: Shape) -> tuple[_Stretch, ...]:
    groups = groupby(trace(shape), key=lambda equation: equation.group)
    return tuple(_stretch(kind, number, list(equations)) for (kind, number), equations in groups)


def _stretch(kind: str, number: int, equations: list[Equation]) -> _Stretch:
    first, last = equations[0], equations[-1]
    layer = str(number) if number else ""
    letter = LETTERS.get(kind) or FIRST_SHARED[first.kind]
    spoken = SPOKEN.get(kind) or ", ".join(SHARED[equation.kind].lower() for equation in equations)
    of_layer = f" of layer {layer}" if layer else ""
    id = f"cell-{kind}-{number}"
    return _Stretch(first.phase, id, letter, layer, spoken + of_layer, first.index, last.index + 1)


def timeline(session: TrainingSession) -> Timeline:
    """The timeline at the session's cursor."""
    groups = groupby(_stretches(session.shape), key=lambda stretch: stretch.phase)
    return Timeline(
        tuple(
            Group(phase, PHASE_TITLES[phase], tuple(_cell(stretch, session.cursor) for stretch in stretches))
            for phase, stretches in groups
        )
    )


def _cell(stretch: _Stretch, cursor: int) -> Cell:
    now = stretch.start < cursor <= stretch.end
    state = "now" if now else "done" if cursor > stretch.end else "todo"
    share = f"{cursor - stretch.start} of {stretch.end - stretch.start}" if now else ""
    return Cell(stretch.id, stretch.letter, stretch.layer, stretch.spoken, state, stretch.end, share)
