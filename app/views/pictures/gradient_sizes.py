"""How large the gradients of each layer are: in this iteration as bars, over the training as curves.

Drawn is what the walk has shown: a layer has bars once its last gradient is found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import ClassVar

from app.engine.activity import gradient_sizes
from app.engine.equations.trace import found_at
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.sessions.walk.history import Stop, trail_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.bars import Bars, bars
from app.views.charts.lines import About, Plot, plot
from app.views.charts.series import Series
from app.views.pictures.flow_words import flow_headline, flow_told
from app.views.text.numbers import fixed
from app.views.text.words import counted

LOOKS = ("first", "second", "third", "fourth", "fifth", "sixth")
KINDS = ("weights", "biases")
PLACES = 60  # of a curve: with more, batches that differ make a band of it


@dataclass(frozen=True)
class GradientSizes:
    """The picture; `rows` are the bars as a table, `history` is None before a second iteration is shown."""

    template: ClassVar[str] = "pictures/gradients.html"

    title: str
    bars: Bars | None
    rows: tuple[tuple[str, ...], ...]
    said: tuple[str, ...]
    ahead: str
    history: Plot | None


def gradients(session: TrainingSession, query: object, digits: int) -> GradientSizes:
    """The picture of a walk; there is nothing to choose in it."""
    sizes, names = gradient_sizes(session.current.backward), layer_names(session)
    known = [l for l in range(1, len(names) + 1) if _is_found(session, l)]
    rows = [(names[l - 1], sizes[l - 1].tolist()) for l in known]
    whole = sizes if len(known) == len(names) else None
    return GradientSizes(
        flow_headline(whole),
        bars(("gradient-sizes", _bars_told(session)), KINDS, rows, digits) if rows else None,
        tuple((name, *(fixed(size, digits) for size in both)) for name, both in rows),
        tuple(flow_told(whole, digits)) if whole is not None else (),
        "" if whole is not None else "Walk on to the end of the backward phase to see the gradients of every layer.",
        _history(trail_of(session), names, digits),
    )


def layer_names(session: TrainingSession) -> tuple[str, ...]:
    """layer 1, layer 2, ..., output."""
    return (*(f"layer {l}" for l in range(1, session.shape.depth)), "output")


def _is_found(session: TrainingSession, layer: int) -> bool:
    last = Symbol("db", layer, session.shape.sizes[layer] - 1)
    return found_at(session.shape)[last] < session.cursor


def _bars_told(session: TrainingSession) -> str:
    return f"Size of the gradients of each layer in iteration {session.iteration + 1}, as a root mean square"


def _history(stops: Sequence[Stop], names: Sequence[str], digits: int) -> Plot | None:
    shown = [(stop.iteration + 1, stop.sizes) for stop in stops if stop.sizes is not None]
    if len(shown) < 2:
        return None
    first, last = shown[0][0], shown[-1][0]
    among = -(-len(shown) // PLACES)
    title = f"Size of the weights' gradients of each layer, from iteration {first} to {last}"
    title += f": each point the mean of {counted(among, 'iteration')}" if among > 1 else ""
    about = About("gradient-history", title, "iteration", "size", digits, "logarithmic")
    return plot(about, list(_lines([shown[i : i + among] for i in range(0, len(shown), among)], names)))


def _lines(groups: Sequence[Sequence[tuple[int, Array]]], names: Sequence[str]) -> Iterator[Series]:
    """Each group of iterations at the middle of them. A zero has no place on a logarithmic scale: the line breaks."""
    places = [(group[0][0] + group[-1][0]) / 2 for group in groups]
    for l, name in enumerate(names):
        means = [fmean(float(sizes[l, 0]) for _, sizes in group) for group in groups]
        yield Series(name, LOOKS[l % len(LOOKS)], means, places)
