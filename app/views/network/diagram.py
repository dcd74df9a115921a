"""The network diagram of a session: every mark with its place, its look and its words, as ready strings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

from app.engine.equations.links import Link
from app.sessions.predict import posed_question
from app.sessions.walk.session import TrainingSession
from app.views.network.brackets import Brackets, brackets
from app.views.network.film import Film, film
from app.views.network.layout import HEIGHT, WIDTH, still
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
from app.views.network.scales import place
from app.views.text.activations import activation_word
from app.views.text.naming import PHASE_TITLES, given_names

SMALL = 29.0  # units below have smaller texts
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
    brackets: Brackets
    film: Film

    def frame(self) -> object:
        """All that is not a mark of its own: what stays through a phase."""
        return self.classes, self.title, self.view_box, self.captions, self.folds, self.targets

    def parts(self) -> tuple[tuple[Connection | Label | Unit | LossMark | Brackets | Film, ...], ...]:
        """Every mark that may change from step to step, by kind."""
        return self.connections, self.units, self.labels, (self.loss, self.brackets, self.film)


def diagram(session: TrainingSession, digits: int, links: Sequence[Link] = (), pressed: str = "") -> Network:
    """The network as the walk has shown it so far; numbers with at most 4 decimals. A question that is posed is about
    what stands out. `links` are those of the gradient in view; `pressed` is the verb that led here.
    """
    sizes = session.shape.sizes
    drawn = still(sizes)
    decimals, asked = min(digits, drawn.layout.decimals), posed_question(session) is not None
    shown = Visible.of(session, decimals)
    now = Visible.of(session, decimals, asked) if asked else shown
    drawing, mark = drawn.layout, now.mark if now.mark in drawn.marks else START
    hidden = ["Hidden"] if len(sizes) == 3 else [f"Hidden {l}" for l in range(1, len(sizes) - 1)]
    details = (f"{sizes[0]} value{'s' if sizes[0] > 1 else ''}", *map(activation_word, now.shape.activations))
    captions = map(Caption, map(place, drawing.columns), ("Input", *hidden, "Output"), details)
    crowd = "dense" if drawing.dense else "small" if drawing.radius < SMALL else ""  # how small its texts are
    names = given_names(session)
    lines = [*connections(now, drawn, mark), *ways_to_loss(now, drawn)]
    whole_phase = pressed in PHASE_TITLES or (session.by == "phase" and not session.whole)
    acted = replace(shown, whole_layer=shown.whole_layer or whole_phase)
    untold = session.equation is not None and session.hides(session.equation)
    view_box = f"0 0 {place(WIDTH)} {place(HEIGHT)}"
    return Network(
        title=f"Network {'–'.join(map(str, sizes))}",
        view_box=view_box,
        classes=f"net columns-{len(sizes)} {crowd}".rstrip() + (" crowded" if drawing.crowded else ""),
        captions=tuple(captions),
        connections=tuple(line for line, _ in lines),
        labels=tuple(label for _, label in lines if label is not None),
        units=tuple(units(now, drawn, mark, names)),
        folds=tuple(FoldMark(place(x), place(y), f"⋮ +{hidden}") for hidden, (x, y) in drawing.folds),
        targets=tuple(targets(now, drawn)),
        loss=loss_mark(now, drawn, mark),
        brackets=brackets(drawing, links),
        film=film(acted, drawn, session, untold, whole_phase),
    )
