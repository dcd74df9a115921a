"""What each layer's units say over all training examples: a histogram of their activations, with those that are
saturated, and the units that are dead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from app.engine.activity import Activity
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.arrays import Array
from app.engine.network.losses import LOSSES
from app.sessions.pictures.over_inputs import activities
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import Axis, Frame, Ground, Span, axis, ground, tight
from app.views.charts.picture_file import Drawing
from app.views.charts.readings import Columns
from app.views.charts.table import Table
from app.views.network.scales import place
from app.views.text.activations import activation_word
from app.views.text.naming import layer_names, unit_name
from app.views.text.numbers import fixed, number
from app.views.text.words import SATURATED, counted, listed, sentence

BINS = 20
MOST_EXAMPLES = 1_000
FRAME = Frame(340.0, 200.0, 44.0, 328.0, 26.0, 156.0)
GAP = 1.0  # between two bars
PERCENT = 1  # digits
HEADS = ("from", "to", "share, %", "of it saturated, %")


@dataclass(frozen=True)
class Histogram:
    """One layer: bars of those that let gradients through, bars of the saturated on top of them, as paths.

    The table has of each bin: from, to, the share of all activations, the share that is saturated, in percent.
    """

    id: str
    name: str
    title: str
    ground: Ground
    live: str
    flat: str
    said: str
    table: Table
    columns: Columns


@dataclass(frozen=True)
class Activations:
    """The picture: a histogram for each layer; `flat` is what the second kind of bars means."""

    template: ClassVar[str] = "pictures/activations.html"
    flat: ClassVar[str] = f"slope below {number(SATURATED, 2)}"

    title: str
    layers: tuple[Histogram, ...]
    said: tuple[str, ...]

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """A layer's each."""
        return tuple(Drawing(layer.id, "pictures/histogram.html", layer) for layer in self.layers)


def activations(session: TrainingSession, query: object, digits: int) -> Activations:
    """The picture of the network in force, over all training examples; there is nothing to choose in it."""
    layers, names = activities(session, MOST_EXAMPLES), layer_names(session.shape)
    cancels = LOSSES[session.setup.loss].error is not None
    said = [f"Over {counted(len(layers[0].A), 'training example')}, with the parameters in force now."]
    for l, one in enumerate(layers, start=1):
        if one.dead:
            verb, own = ("is", "its") if len(one.dead) == 1 else ("are", "their")
            who = sentence(_units(session, l, one.dead))
            said.append(f"{who} {verb} dead: {own} slope is 0 for every example, so no gradient passes.")
    if cancels:
        said.append("With this loss the slope of the output cancels: however sure it is, its gradients come through.")
    return Activations(
        _headline(layers[:-1], names),
        tuple(
            _histogram(l, names[l - 1], one, digits, cancels and l == len(layers))
            for l, one in enumerate(layers, start=1)
        ),
        tuple(said),
    )


def _headline(layers: Sequence[Activity], names: Sequence[str]) -> str:
    """Of the hidden layers: that an output is sure is no trouble."""
    if not layers:
        return "What the output says over the training examples"
    dead = sum(len(one.dead) for one in layers)
    if dead:
        return f"{sentence(counted(dead, 'hidden unit'))} {'is' if dead == 1 else 'are'} dead"
    shares = [_saturated(one) for one in layers]
    worst = int(np.argmax(shares))
    if shares[worst] < 0.5:
        return "Most hidden activations let gradients through"
    return f"{sentence(names[worst])}: {_percent(shares[worst])} saturated"


def _units(session: TrainingSession, l: int, units: Sequence[int]) -> str:
    """hidden unit 2; hidden units 2, 3 and 4; units 1 and 2 of layer 3; outputs 1 and 2."""
    if len(units) == 1:
        return unit_name(session.shape, l, units[0])
    numbers = listed([str(j + 1) for j in units])
    if l == session.shape.depth:
        return f"outputs {numbers}"
    return f"hidden units {numbers}" if session.shape.depth == 2 else f"units {numbers} of layer {l}"


def _saturated(one: Activity) -> float:
    """As a share."""
    return float(one.saturated(SATURATED).mean())


def _percent(share: float) -> str:
    if 0 < share < 0.001:
        return "less than 0.1 %"
    return f"{number(round(100 * share, PERCENT), PERCENT)} %"


# One layer ------------------------------------------------------------------------------------------------------------


def _histogram(l: int, name: str, one: Activity, digits: int, cancelled: bool) -> Histogram:
    """`cancelled`: its slope has cancelled in the loss."""
    edges, live, flat = binned(one)
    x = tight(float(edges[0]), float(edges[-1]), Span(FRAME.left, FRAME.right))
    y = axis(0.0, float((live + flat).max()), Span(FRAME.bottom, FRAME.top, about=4, scale="linear"))
    share, state = _saturated(one), "off" if ACTIVATIONS[one.activation].switches_off else "saturated"
    dead = f", {counted(len(one.dead), 'unit')} dead" if one.dead else ""
    said = "its slope cancels" if cancelled else f"{_percent(share) if share else 'none'} {state}{dead}"
    title = f"Activations of {name}: {said}"
    bins = zip(pairwise(edges.tolist()), live.tolist(), flat.tolist(), strict=True)
    rows = [
        (fixed(low, digits), fixed(high, digits), fixed(a + b, PERCENT), fixed(b, PERCENT))
        for (low, high), a, b in bins
    ]
    borders = tuple(x.at(edge) for edge in edges.tolist())
    return Histogram(
        f"activations-{l}",
        f"{sentence(name)}, {activation_word(one.activation)}",
        title,
        ground(FRAME, (x, y), ("activation", "share, %")),
        _bars(edges, np.zeros(BINS), live, (x, y)),
        _bars(edges, live, flat, (x, y)),
        said,
        Table(title, HEADS, tuple(rows)),
        Columns(FRAME, lambda: _numbers(rows, borders), borders),
    )


def _numbers(rows: Sequence[tuple[str, ...]], borders: Sequence[float]) -> Iterator[tuple[float, tuple[str, ...]]]:
    """Each bin under the pointer."""
    for (left, right), (low, high, share, flat) in zip(pairwise(borders), rows, strict=True):
        yield (left + right) / 2, (f"{low} to {high}", f"{share} %", f"saturated {flat} %")


def binned(one: Activity) -> tuple[Array, Array, Array]:
    """Edges (BINS + 1,), and in each bin the live and the saturated, (BINS,), in percent of all activations.

    From bound to bound where the activation saturates, else as far as its values go.
    """
    finite = np.isfinite(one.A)
    values, saturated = one.A[finite], one.saturated(SATURATED)[finite]
    low, high = ACTIVATIONS[one.activation].bounds
    if not ACTIVATIONS[one.activation].saturates:
        low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
        if high - low <= 1e-9 * max(abs(low), abs(high)):
            margin = 0.1 * max(abs(low), 1.0)
            low, high = low - margin, high + margin
    edges = np.linspace(low, high, BINS + 1)
    each = 100.0 / max(one.A.size, 1)
    live, flat = (np.histogram(values[saturated == flag], edges)[0] * each for flag in (0.0, 1.0))
    return edges, live, flat


def _bars(edges: Array, under: Array, heights: Array, axes: tuple[Axis, Axis]) -> str:
    """Bars standing on others, as one path."""
    x, y = axes
    parts = []
    for left, right, low, high in zip(edges[:-1], edges[1:], under, under + heights, strict=True):
        if high > low:
            a, b, top, bottom = x.at(left) + GAP / 2, x.at(right) - GAP / 2, y.at(high), y.at(low)
            parts.append(f"M{place(a)} {place(bottom)}V{place(top)}H{place(b)}V{place(bottom)}z")
    return "".join(parts)
