"""The timeline: the whole iteration as cells, one per kind and layer, and where the walk stands."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import ClassVar

from app.engine import Equation, Shape, Symbol, trace
from app.sessions import TrainingSession

PHASE_TITLES = {"forward": "Forward", "loss": "Loss", "backward": "Backward", "update": "Update"}
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


@dataclass(frozen=True)
class Cell:
    """One cell: its label, what it says aloud, its state (done, now, todo), and the cursor at its end."""

    template: ClassVar[str] = "macros/cell.html"

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
    template: ClassVar[str] = "panels/timeline.html"

    groups: tuple[Group, ...]

    def frame(self) -> object:
        """The phases."""
        return tuple(group.phase for group in self.groups)

    def parts(self) -> tuple[tuple[Cell, ...], ...]:
        """Every cell, phase by phase."""
        return tuple(group.cells for group in self.groups)


@dataclass(frozen=True)
class _Stretch:
    """The equations of one cell: first and end cursor."""

    phase: str
    symbol: Symbol
    kind: str
    start: int
    end: int


@lru_cache(maxsize=512)
def _stretches(shape: Shape) -> tuple[_Stretch, ...]:
    found = []
    for (kind, _), equations in groupby(trace(shape), key=lambda equation: equation.group):
        members: list[Equation] = list(equations)
        first, last = members[0], members[-1]
        found.append(_Stretch(first.phase, first.symbol, kind, first.index, last.index + 1))
    return tuple(found)


def timeline(session: TrainingSession) -> Timeline:
    """The timeline at the session's cursor."""
    return _timeline(session.shape, session.cursor)


@lru_cache(maxsize=4096)
def _timeline(shape: Shape, cursor: int) -> Timeline:
    groups = groupby(_stretches(shape), key=lambda stretch: stretch.phase)
    return Timeline(
        tuple(
            Group(phase, PHASE_TITLES[phase], tuple(_cell(stretch, cursor) for stretch in stretches))
            for phase, stretches in groups
        )
    )


def _cell(stretch: _Stretch, cursor: int) -> Cell:
    now = stretch.start < cursor <= stretch.end
    state = "now" if now else "done" if cursor > stretch.end else "todo"
    layer = "" if stretch.kind == "loss" else str(stretch.symbol.layer)
    spoken = SPOKEN[stretch.kind] + (f" of layer {layer}" if layer else "")
    share = f"{cursor - stretch.start} of {stretch.end - stretch.start}" if now else ""
    return Cell(
        f"cell-{stretch.kind}-{stretch.symbol.layer}", LETTERS[stretch.kind], layer, spoken, state, stretch.end, share
    )
