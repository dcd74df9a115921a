"""The network diagram of a session: every mark with its place, its look and its words, as ready strings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, NamedTuple

from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession
from app.views.network.layout import Line, Still, Wire, still
from app.views.network.marks import (
    Connection,
    Label,
    LossMark,
    Target,
    Unit,
    Visible,
    connections,
    loss_mark,
    targets,
    units,
    ways_to_loss,
)
from app.views.network.scales import place, share, sign_class
from app.views.text.activations import activation_word

START = "u-0-0"  # the mark in focus where the equation's own is not drawn
TRAVELLING = ("z", "loss", "delta", "dW")  # what an equation brings along its lines; the others stay in their unit
MOST_SINGLE = 64  # beyond, one path for each bin: drawing more single ones costs frames
THIN, THICK, SIZES = 4.0, 10.0, 3


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


class Pulse(NamedTuple):
    """A path along which dots run; `length` is "1" for one line, empty for a bin of lines of many lengths."""

    d: str
    width: str
    classes: str
    length: str


@dataclass(frozen=True)
class Wave:
    """All that travels now; each step's wave has a name of its own, so that it starts anew."""

    id: ClassVar[str] = "pulses"
    template: ClassVar[str] = "svg/pulse.svg"

    name: str
    view_box: str
    pulses: tuple[Pulse, ...]


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
    hidden = ["Hidden"] if len(sizes) == 3 else [f"Hidden {l}" for l in range(1, len(sizes) - 1)]
    details = (f"{sizes[0]} value{'s' if sizes[0] > 1 else ''}", *map(activation_word, now.shape.activations))
    captions = map(Caption, map(place, drawing.columns), ("Input", *hidden, "Output"), details)
    crowd = "dense" if drawing.dense else "small" if drawing.tallest > 3 else ""  # how small its texts are
    lines = [*connections(now, drawn, mark), *ways_to_loss(now, drawn)]
    view_box = f"0 0 {place(drawing.width)} {place(drawing.height)}"
    return Network(
        title=f"Network {'–'.join(map(str, sizes))}",
        view_box=view_box,
        classes=f"net columns-{len(sizes)} {crowd}".rstrip(),
        captions=tuple(captions),
        connections=tuple(line for line, _ in lines),
        labels=tuple(label for _, label in lines if label is not None),
        units=tuple(units(now, drawn, mark)),
        folds=tuple(FoldMark(place(x), place(y), f"⋮ +{hidden}") for hidden, (x, y) in drawing.folds),
        targets=tuple(targets(now, drawn)),
        loss=loss_mark(now, drawn, mark),
        wave=Wave(f"wave-{session.iteration}-{session.cursor}", view_box, tuple(pulses(now, drawn))),
    )


# Pulses: what travels along the active layer, forward values to the right, gradients back to the left --------------


def pulses(now: Visible, drawn: Still) -> Iterator[Pulse]:
    """One for each connection that the equation uses, or its layer where the learner steps by more; none in updates."""
    kind, layer, _, _ = now.about
    wires: Iterable[Wire] = (*drawn.connections, *drawn.to_loss)
    if now.whole_layer:
        whole = {"forward": layer, "loss": len(now.shape.sizes), "backward": layer}.get(now.phase)
        wires = (wire for wire in wires if wire.line.l == whole)
    else:
        wires = (wire for wire in wires if kind in TRAVELLING and now.standing(*wire.line[:3]) == "active")
    carried = [(wire.path, _carried(now, wire.line)) for wire in wires]
    largest = max((abs(value) for _, value in carried), default=0.0)
    way = "pulse" if now.phase in ("forward", "loss") else "pulse bwd"
    looks = sorted((round(share(value, largest) * (SIZES - 1)), sign_class(value), path) for path, value in carried)
    widths = [f"{THIN + (THICK - THIN) * size / (SIZES - 1):g}" for size in range(SIZES)]
    if len(looks) <= MOST_SINGLE:
        yield from (Pulse(d, widths[size], f"{way} {tone}", "1") for size, tone, d in looks)
        return
    for (size, tone), members in groupby(looks, key=lambda look: look[:2]):
        yield Pulse("".join(d for _, _, d in members), widths[size], f"{way} bin {tone}", "")


def _carried(now: Visible, line: Line) -> float:
    """What runs along the line: a weighted input, a loss, an error signal or a gradient."""
    if now.phase == "forward":
        return now.values[Symbol("a", line.l - 1, line.k)] * now.values[Symbol("W", *line[:3])]
    if line.l > now.shape.depth:
        return now.values[Symbol("loss") if now.phase == "loss" else Symbol("delta", now.shape.depth, line.k)]
    return now.values[Symbol("dW", *line[:3])]
