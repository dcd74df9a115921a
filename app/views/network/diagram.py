"""The network diagram of a session: every mark with its place, its look and its words, as ready strings."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from app.sessions.walk.session import TrainingSession
from app.views.network.layout import Layout
from app.views.network.marks import (
    Connection,
    Label,
    LossMark,
    Target,
    Unit,
    connections,
    loss_mark,
    still,
    targets,
    units,
    ways_to_loss,
)
from app.views.network.pulses import Wave, pulses
from app.views.network.scales import place
from app.views.network.visible import Visible
from app.views.text.activations import activation_word

START = "u-0-0"  # the mark in focus where the equation's own is not drawn


class Caption(NamedTuple):
    """What stands above a column: the layer, and its number of values or its activation."""

    x: str
    title: str
    detail: str


class FoldMark(NamedTuple):
    """Where a folded layer says how many units it leaves out."""

    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Network:
    """The panel `network`: all that its template may use."""

    id: ClassVar[str] = "network"
    template: ClassVar[str] = "explorer/network.html"

    title: str
    view_box: str
    classes: str
    captions: tuple[Caption, ...]
    connections: tuple[Connection, ...]
    labels: tuple[Label, ...]
    units: tuple[Unit, ...]
    folds: tuple[FoldMark, ...]
    targets: tuple[Target, ...]
    loss: LossMark
    wave: Wave

    def frame(self) -> object:
        """All that is not a mark of its own: what stays through a phase."""
        return self.classes, self.title, self.view_box, self.captions, self.folds, self.targets

    def parts(self) -> tuple[tuple[Connection | Label | Unit | LossMark | Wave, ...], ...]:
        """Every mark that may change from step to step, by kind."""
        return self.connections, self.units, self.labels, (self.loss, self.wave)


def diagram(session: TrainingSession, digits: int) -> Network:
    """The network as the walk has shown it so far; numbers with at most 4 decimals."""
    now = Visible.of(session, digits)
    sizes, drawn = now.shape.sizes, still(now.shape.sizes)
    drawing, mark = drawn.layout, now.mark if now.mark in drawn.marks else START
    lines = [*connections(now, drawn, mark), *ways_to_loss(now, drawn)]
    view_box = f"0 0 {place(drawing.width)} {place(drawing.height)}"
    return Network(
        title=f"Network {'–'.join(map(str, sizes))}",
        view_box=view_box,
        classes=_classes(drawing),
        captions=_captions(drawing, now.shape.activations),
        connections=tuple(line for line, _ in lines),
        labels=tuple(label for _, label in lines if label is not None),
        units=tuple(units(now, drawn, mark)),
        folds=tuple(FoldMark(place(x), place(y), f"⋮ +{hidden}") for _, hidden, (x, y) in drawing.folds),
        targets=tuple(targets(now, drawn)),
        loss=loss_mark(now, drawn, mark),
        wave=Wave(f"wave-{session.iteration}-{session.cursor}", view_box, tuple(pulses(now, drawn))),
    )


def _classes(drawing: Layout) -> str:
    """How wide the drawing must stay to be read, and how small its texts are."""
    crowd = "dense" if drawing.dense else "small" if drawing.tallest > 3 else ""
    return f"net columns-{len(drawing.sizes)} {crowd}".rstrip()


def _captions(drawing: Layout, activations: tuple[str, ...]) -> tuple[Caption, ...]:
    sizes = drawing.sizes
    details = (f"{sizes[0]} value{'s' if sizes[0] > 1 else ''}", *map(activation_word, activations))
    return tuple(Caption(place(x), _layer_name(sizes, l), details[l]) for l, x in enumerate(drawing.columns))


def _layer_name(sizes: tuple[int, ...], l: int) -> str:
    if l in (0, len(sizes) - 1):
        return "Output" if l else "Input"
    return "Hidden" if len(sizes) == 3 else f"Hidden {l}"
