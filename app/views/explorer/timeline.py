"""The timeline: the whole iteration as cells, one per kind and layer, and where the walk stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

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


def timeline(session: TrainingSession) -> Timeline:
    """The timeline at the session's cursor."""
    phases = groupby(trace(session.shape), key=lambda equation: equation.phase)
    return Timeline(
        tuple(
            Group(phase, PHASE_TITLES[phase], tuple(_cells(list(equations), session.cursor)))
            for phase, equations in phases
        )
    )


def _cells(phase: list[Equation], cursor: int) -> Iterator[Cell]:
    """One for the equations of each kind and layer, and one for all that the parameters of an update share."""
    for (kind, layer), group in groupby(phase, key=lambda equation: equation.group):
        equations = list(group)
        start, end = equations[0].index, equations[-1].index + 1
        now = start < cursor <= end
        spoken = SPOKEN.get(kind) or ", ".join(SHARED[equation.kind].lower() for equation in equations)
        yield Cell(
            id=f"cell-{kind}-{layer}",
            letter=LETTERS.get(kind) or FIRST_SHARED[equations[0].kind],
            layer=str(layer) if layer else "",
            spoken=spoken + (f" of layer {layer}" if layer else ""),
            state="now" if now else "done" if cursor > end else "todo",
            cursor=end,
            share=f"{cursor - start} of {end - start}" if now else "",
        )
