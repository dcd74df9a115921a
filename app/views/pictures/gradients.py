"""How large the gradients of each layer are: in this iteration as bars, over the training as curves, and in words what
becomes of them on their way back.

Drawn is what the walk has shown: a layer has bars once its last gradient is found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import fmean
from typing import ClassVar

from app.engine.activity import gradient_sizes
from app.engine.equations.trace import found_at
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.sessions.walk.history import Stop, trail_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import Axis, Frame, Span, Tick, axis, ticks_across
from app.views.charts.lines import About, Plot, Series, plot
from app.views.charts.picture_file import Drawing
from app.views.charts.table import Table
from app.views.network.scales import place
from app.views.text.naming import layer_names
from app.views.text.numbers import fixed, number
from app.views.text.words import counted, share

LOOKS = ("first", "second", "third", "fourth", "fifth", "sixth")
KINDS = ("weights", "biases")
PLACES = 60  # of a curve: with more, batches that differ make a band of it
# Bars
WIDTH, LEFT, RIGHT, TOP, BELOW = 540.0, 78.0, 440.0, 12.0, 30.0
THICK, BETWEEN = 15.0, 14.0  # of a bar, and between two rows
ALONE = 0.5  # the smallest bar begins at most so far below its end, as a share of it
# Words
MUCH = 100.0  # times: between the output and layer 1, from which gradients vanish or explode
LITTLE = 2.0  # times: up to which they keep their size
FEW = 2  # digits of a factor
Sizes = tuple[str, Sequence[float]]  # of a layer its name, and the size of both kinds of gradients


@dataclass(frozen=True)
class Bar:
    """One number: its look, the bar as a path (empty for zero), its text and where that stands."""

    look: str
    d: str
    text: str
    x: str
    y: str


@dataclass(frozen=True)
class Row:
    """A layer's name and its bars."""

    name: str
    y: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Bars:
    """All of the drawing."""

    title: str
    view_box: str
    frame: str
    across: tuple[Tick, ...]
    lines: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class GradientSizes:
    """The picture; `table` holds the bars, `history` is None before a second iteration is shown."""

    template: ClassVar[str] = "pictures/gradients.html"

    title: str
    bars: Bars | None
    table: Table
    said: tuple[str, ...]
    ahead: str
    history: Plot | None

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """Those that are there."""
        bars = (Drawing("gradient-sizes", "svg/gradients.svg", self.bars),) if self.bars else ()
        return (*bars, Drawing(self.history.id, "svg/plot.svg", self.history)) if self.history else bars


def gradients(session: TrainingSession, query: object, digits: int) -> GradientSizes:
    """The picture of a walk; there is nothing to choose in it."""
    sizes, names, found = gradient_sizes(session.current.backward), layer_names(session.shape), found_at(session.shape)
    last = [Symbol("db", l, units - 1) for l, units in enumerate(session.shape.sizes[1:], start=1)]
    rows = [
        (name, both)
        for name, both, symbol in zip(names, sizes.tolist(), last, strict=True)
        if found[symbol] < session.cursor
    ]
    whole = sizes if len(rows) == len(names) else None
    title = f"Size of the gradients of each layer in iteration {session.iteration + 1}, as a root mean square"
    texts = tuple((name, *(fixed(size, digits) for size in both)) for name, both in rows)
    return GradientSizes(
        flow_headline(whole),
        bars(title, rows, digits) if rows else None,
        Table(title, ("layer", *KINDS), texts, "name"),
        tuple(flow_told(whole, digits)) if whole is not None else (),
        "" if whole is not None else "Walk on to the end of the backward phase to see the gradients of every layer.",
        _history(trail_of(session), names, digits),
    )


# Bars on a logarithmic scale ------------------------------------------------------------------------------------------


def bars(title: str, rows: Sequence[Sizes], digits: int) -> Bars:
    """The layers below each other, in each a bar for the weights and one for the biases."""
    high = THICK * len(KINDS) + BETWEEN
    frame = Frame(WIDTH, TOP + high * len(rows) + BELOW, LEFT, RIGHT, TOP, TOP + high * len(rows))
    positive = [size for _, sizes in rows for size in sizes if size > 0 and isfinite(size)] or [1.0]
    x = axis(ALONE * min(positive), max(positive), Span(LEFT, RIGHT, scale="logarithmic"))
    bottom = place(frame.bottom)
    return Bars(
        title,
        frame.view_box,
        f"M{place(LEFT)} {place(TOP)}V{bottom}H{place(RIGHT)}",
        ticks_across(x, frame),
        "".join(f"M{place(at)} {place(TOP)}V{bottom}" for at, _ in x.labels[1:]),
        tuple(
            Row(name, place(TOP + (i + 0.5) * high + 4), tuple(_bars(sizes, TOP + BETWEEN / 2 + i * high, x, digits)))
            for i, (name, sizes) in enumerate(rows)
        ),
    )


def _bars(sizes: Iterable[float], top: float, x: Axis, digits: int) -> Iterator[Bar]:
    """The bars of one row, each below the last."""
    for k, (look, size) in enumerate(zip(KINDS, sizes, strict=True)):
        end, y = x.at(size) if x.holds(size) else LEFT, top + THICK * k
        d = f"M{place(LEFT)} {place(y)}H{place(end)}v{place(THICK - 2)}H{place(LEFT)}z" if end > LEFT else ""
        yield Bar(look, d, number(size, digits), place(end + 6), place(y + THICK - 4))


# The history ----------------------------------------------------------------------------------------------------------


def _history(stops: Sequence[Stop], names: Sequence[str], digits: int) -> Plot | None:
    """A curve for each layer, of means where there are many iterations, each at the middle of those it is of.

    A zero has no place on a logarithmic scale: the line breaks.
    """
    shown = [(stop.iteration + 1, stop.sizes) for stop in stops if stop.sizes is not None]
    if len(shown) < 2:
        return None
    among = -(-len(shown) // PLACES)
    groups = [shown[i : i + among] for i in range(0, len(shown), among)]
    places = [(group[0][0] + group[-1][0]) / 2 for group in groups]
    title = f"Size of the weights' gradients of each layer, from iteration {shown[0][0]} to {shown[-1][0]}"
    title += f": each point the mean of {counted(among, 'iteration')}" if among > 1 else ""
    lines = []
    for l, name in enumerate(names):
        means = [fmean(float(sizes[l, 0]) for _, sizes in group) for group in groups]
        lines.append(Series(name, LOOKS[l % len(LOOKS)], means, places))
    return plot(About("gradient-history", title, "iteration", "size", digits, "logarithmic"), lines)


# What becomes of gradients on their way back --------------------------------------------------------------------------


def flow_headline(sizes: Array | None) -> str:
    """What is seen at once; `sizes` as of gradient_sizes, None where not all are shown."""
    if sizes is None:
        return "Gradient size by layer"
    silent = _silent(sizes)
    if len(sizes) in silent:
        return "No gradient starts at the output"
    if silent:
        return f"No gradient reaches layer {max(silent)}"
    if len(sizes) == 1:
        return "The gradients of the only layer"
    first, last = float(sizes[0, 0]), float(sizes[-1, 0])
    if not (first and last):
        return "Some weights carry only zeros"
    factor = max(first / last, last / first)
    if factor < LITTLE:
        return "Gradients keep their size on the way back"
    times, much = number(float(f"{factor:.{FEW}g}"), FEW), factor >= MUCH
    if first < last:
        return f"Gradients {'vanish' if much else 'shrink'} on the way back: {times} times smaller in layer 1"
    return f"Gradients {'explode' if much else 'grow'} on the way back: {times} times larger in layer 1"


def _silent(sizes: Array) -> list[int]:
    """The layers, from 1, without any gradient, be it of a weight or of a bias."""
    return [l for l, both in enumerate(sizes, start=1) if not both.any()]


def flow_told(sizes: Array, digits: int) -> Iterator[str]:
    """The ratio between the first and the last layer, and what each layer does on average."""
    first, last, steps, silent = float(sizes[0, 0]), float(sizes[-1, 0]), len(sizes) - 1, _silent(sizes)
    if not steps:
        yield f"The weights' gradients have the size {number(first, digits)}."
        return
    if len(sizes) in silent:
        yield "Where the output has no error signal, no layer before it gets one."
        return
    if silent:
        yield f"Nothing comes through to layer {max(silent)}: no parameter there or before it will change."
        return
    way = f"from {number(last, digits)} to {number(first, digits)}"
    yield f"From the output to layer 1 the size of the weights' gradients goes {way}."
    if first and last:
        yield _each((first / last) ** (1 / steps), steps)
    else:
        yield "What carries only zeros has the gradient 0; the biases carry 1, and have one."


def _each(factor: float, steps: int) -> str:
    """Each layer passes on about a quarter of it, ..."""
    who = "Each layer" if steps > 1 else "The way through one layer"
    exact = number(float(f"{factor:.{FEW}g}"), FEW)
    if factor > 1.15:
        return f"{who} makes it about {exact} times as large."
    if factor > 0.85:
        return f"{who} passes on nearly all of it, on average {exact}."
    words = share(factor)
    about = words if words.startswith("almost") else f"about {words}"
    return f"{who} passes on {about}, on average {exact}."
