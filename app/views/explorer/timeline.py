"""The timeline: the whole iteration as cells, one per kind and layer, and where the walk stands."""

from collections.abc import Sequence
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
    """The cells of one phase under its title, which leads on to its end: the place `cursor` of this iteration."""

    phase: str
    title: str
    cursor: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Timeline:
    """The four phases of the iteration."""

    id: ClassVar[str] = "timeline"
    template: ClassVar[str] = "explorer/timeline.html"

    groups: tuple[Group, ...]

    def frame(self) -> object:
        return tuple((group.phase, group.cursor) for group in self.groups)

    def parts(self) -> tuple[tuple[Cell, ...], ...]:
        return tuple(group.cells for group in self.groups)


def cell_name(equations: Sequence[Equation]) -> str:
    """What the equations of a cell find: weighted sums of layer 1, the loss; of an update what its parameters share."""
    kind, layer = equations[0].group
    spoken = SPOKEN.get(kind) or ", ".join(SHARED[equation.kind].lower() for equation in equations)
    return spoken + (f" of layer {layer}" if layer else "")


def timeline(session: TrainingSession) -> Timeline:
    """A cell for each kind and layer of equations, and one for all that the parameters of an update share."""
    cells: dict[str, list[Cell]] = {}
    cursor = session.cursor
    for (kind, layer), group in groupby(trace(session.shape), key=lambda equation: equation.group):
        equations = list(group)
        start, end = equations[0].index, equations[-1].index + 1
        now = start < cursor <= end
        cell = Cell(
            id=f"cell-{kind}-{layer}",
            letter=LETTERS.get(kind) or FIRST_SHARED[equations[0].kind],
            layer=str(layer) if layer else "",
            spoken=cell_name(equations),
            state="now" if now else "done" if cursor > end else "todo",
            cursor=end,
            share=f"{cursor - start} of {end - start}" if now else "",
        )
        cells.setdefault(equations[0].phase, []).append(cell)
    return Timeline(
        tuple(
            Group(phase, PHASE_TITLES[phase], of_phase[-1].cursor, tuple(of_phase)) for phase, of_phase in cells.items()
        )
    )
