"""The network diagram of a session: every mark with its place, its look and its words, as ready strings."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, NamedTuple

from app.engine.memory import kept_with
from app.sessions.walk.session import TrainingSession
from app.views.network.connections import (
    Connection,
    Label,
    connections,
    forms,
    ways_to_loss,
)
from app.views.network.layout import layout
from app.views.network.pulses import Wave, pulses
from app.views.network.scales import place
from app.views.network.target_marks import (
    LossMark,
    Target,
    loss_mark,
    targets,
)
from app.views.network.units import Unit, unit_forms, units
from app.views.network.visible import (
    MOST_DIGITS,
    Sight,
    Stand,
    Texts,
    stand_of,
    texts_of,
)
from app.views.text.activations import activation_word


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
    texts = texts_of(session.timeline.moment, session.focus_row, min(digits, MOST_DIGITS))
    stand = stand_of(session.told_shape, session.cursor)
    return _network(texts, stand, session.by != "equation", session.iteration)


@kept_with(most=256)
def _network(texts: Texts, stand: Stand, whole_layer: bool, iteration: int) -> Network:
    sight = Sight(texts, stand, whole_layer)
    sizes = sight.shape.sizes
    mark = sight.mark if sight.mark in drawn_marks(sizes) else "u-0-0"
    marks = [*connections(sight, mark), *ways_to_loss(sight)]
    drawing = sight.drawing
    view_box = f"0 0 {place(drawing.width)} {place(drawing.height)}"
    return Network(
        title=f"Network {'–'.join(map(str, sizes))}",
        view_box=view_box,
        classes=_classes(sight),
        captions=_captions(sizes, sight.shape.activations),
        connections=tuple(line for line, _ in marks),
        labels=tuple(label for _, label in marks if label is not None),
        units=tuple(units(sight, mark)),
        folds=_folds(sizes),
        targets=targets(sight),
        loss=loss_mark(sight, mark),
        wave=Wave(f"wave-{iteration}-{stand.cursor}", view_box, tuple(pulses(sight))),
    )


@lru_cache(maxsize=256)
def drawn_marks(sizes: tuple[int, ...]) -> frozenset[str]:
    """The ids of every mark that is drawn."""
    lines = (form.id for kind in forms(sizes) for form in kind)
    return frozenset({"u-loss", *lines, *(f"u-{form.l}-{form.j}" for form in unit_forms(sizes))})


def _classes(sight: Sight) -> str:
    """How wide the drawing must stay to be read, and how small its texts are."""
    crowd = "dense" if sight.drawing.dense else "small" if sight.drawing.tallest > 3 else ""
    return f"net columns-{len(sight.shape.sizes)} {crowd}".rstrip()


@lru_cache(maxsize=256)
def _captions(sizes: tuple[int, ...], activations: tuple[str, ...]) -> tuple[Caption, ...]:
    details = (f"{sizes[0]} value{'s' if sizes[0] > 1 else ''}", *map(activation_word, activations))
    columns = layout(sizes).columns
    return tuple(Caption(place(x), _layer_name(sizes, l), details[l]) for l, x in enumerate(columns))


def _layer_name(sizes: tuple[int, ...], l: int) -> str:
    if l in (0, len(sizes) - 1):
        return "Output" if l else "Input"
    return "Hidden" if len(sizes) == 3 else f"Hidden {l}"


@lru_cache(maxsize=256)
def _folds(sizes: tuple[int, ...]) -> tuple[FoldMark, ...]:
    return tuple(FoldMark(place(x), place(y), f"⋮ +{hidden}") for _, hidden, (x, y) in layout(sizes).folds)
