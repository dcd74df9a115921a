"""Curves: numbers become the path of a line, thinned to what can be seen, with axes, labels and a table of the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, nan

from app.views.charts.axes import (
    Axis,
    Scale,
    Span,
    axis,
    tight,
)
from app.views.charts.frames import (
    WIDE,
    Frame,
    Tick,
    ticks_across,
    ticks_up,
)
from app.views.charts.hover_values import Reading, readings
from app.views.charts.marks import Cloud, Marks
from app.views.charts.series import Series, chosen
from app.views.network.scales import place

COLUMNS = 275  # places across the frame that can be told apart, two units each
APART = 17.0  # between the labels at the ends of two lines
ROWS = 10  # of the table, about
POWERS = "The scale is logarithmic: each line of the grid is a power of ten."


@dataclass(frozen=True)
class Line:
    """One curve, and its name at its end; without a name where a legend has it."""

    look: str
    d: str
    x: str
    y: str
    name: str


@dataclass(frozen=True)
class Plot:
    """Curves over one axis; `rows` are the same numbers as a table, thinned: a place, then one text for each line.

    `names` is whether each line bears its name at its end. `readings` are what can be read by pointing, in columns of
    one height; `marks` are examples.
    """

    id: str
    title: str
    view_box: str
    frame: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    x_title: str
    x_title_at: tuple[str, str]
    y_title: str
    lines: tuple[Line, ...]
    names: bool
    readings: tuple[Reading, ...]
    hit_top: str
    hit_height: str
    marks: tuple[Marks, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


@dataclass(frozen=True)
class About:
    """What a plot is of: an id for its element, a title that says it in words, what the axes count, the digits.

    `scale` is that of the y axis; `least` is what it spans at least. `tight`: the x axis ends where the
    lines do.
    """

    id: str
    title: str
    x_title: str
    y_title: str
    digits: int
    scale: Scale = ""
    frame: Frame = WIDE
    least: tuple[float, ...] = ()
    tight: bool = False


def plot(about: About, series: Sequence[Series], clouds: Sequence[Cloud] = ()) -> Plot:
    """The series in one frame, with examples over them. A note says where the y axis is logarithmic."""
    frame = about.frame
    x, y = _axes(about, series, clouds)
    return Plot(
        id=about.id,
        title=about.title,
        view_box=frame.view_box,
        frame=f"M{place(frame.left)} {place(frame.top)}V{place(frame.bottom)}H{place(frame.right)}",
        across=ticks_across(x, frame),
        up=ticks_up(y, frame),
        x_title=about.x_title,
        x_title_at=(place((frame.left + frame.right) / 2), place(frame.height - 8)),
        y_title=about.y_title,
        lines=_lines(series, x, y),
        names=frame is WIDE,
        readings=readings(series, x, about),
        hit_top=place(frame.top),
        hit_height=place(frame.bottom - frame.top),
        marks=tuple(cloud.on(x, y) for cloud in clouds),
        rows=_rows(series, about.digits),
        note=POWERS if y.logarithmic else "",
    )


def _axes(about: About, series: Sequence[Series], clouds: Sequence[Cloud]) -> tuple[Axis, Axis]:
    frame = about.frame
    heights = [height for cloud in clouds for height in cloud.points[:, 1].tolist()]
    ends = [place for one in series if one.values for place in (one.at(0), one.at(len(one.values) - 1))] or [0.0]
    numbers = _shown(about.scale, [*about.least, *heights, *(value for one in series for value in one.values)])
    span = Span(frame.left, frame.right, scale="linear")
    low, high = min(ends), max(ends)
    x = tight(low, high, span) if about.tight else axis(low, max(high, low + 1.0), span)
    return x, axis(min(numbers), max(numbers), Span(frame.bottom, frame.top, scale=about.scale))


def _shown(scale: Scale, values: Sequence[float]) -> Sequence[float]:
    """The numbers that have a place on an axis of this scale, at least one."""
    finite = [value for value in values if isfinite(value)]
    return (scale == "logarithmic" and [value for value in finite if value > 0]) or finite or [0.0]


def thinned(values: Sequence[float], columns: int = COLUMNS) -> list[int]:
    """The places that a line needs: of each column the first, the lowest, the highest and the last finite number.

    So no peak is lost. Source: Jugel et al., "M4: a visualization-oriented time series data aggregation" (VLDB 2014).
    """
    size = max(1.0, len(values) / columns)
    kept: list[int] = []
    for column in range(min(columns, len(values))):
        span = [i for i in range(round(column * size), round((column + 1) * size)) if isfinite(values[i])]
        if span:
            kept.extend(
                sorted({span[0], span[-1], min(span, key=values.__getitem__), max(span, key=values.__getitem__)})
            )
    return kept


def path(series: Series, x: Axis, y: Axis) -> str:
    """The line through the numbers; it breaks where they have no place. A single number is a dot."""
    values = [value if y.holds(value) else nan for value in series.values]
    parts: list[str] = []
    last = -1
    for i in thinned(values):
        broken = last < 0 or not all(isfinite(value) for value in values[last + 1 : i])
        parts.append(f"{'M' if broken else 'L'}{place(x.at(series.at(i)))} {place(y.at(values[i]))}")
        last = i
    return "".join(parts) + ("h0" if len(parts) == 1 else "")


def _lines(series: Sequence[Series], x: Axis, y: Axis) -> tuple[Line, ...]:
    ends = [_end(one, x, y) for one in series]
    heights = spread([height for _, height in ends])
    return tuple(
        Line(one.look, path(one, x, y), place(at + 8), place(height + 4), one.name)
        for one, (at, _), height in zip(series, ends, heights, strict=True)
    )


def _end(series: Series, x: Axis, y: Axis) -> tuple[float, float]:
    values = series.values
    last = next((i for i in range(len(values) - 1, -1, -1) if y.holds(values[i])), None)
    return (x.start, y.start) if last is None else (x.at(series.at(last)), y.at(values[last]))


def spread(heights: Sequence[float]) -> list[float]:
    """The heights of labels, in the same order, moved as little as it takes for none to lie over another."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    for above, below in pairwise(order):
        missing = APART - (placed[below] - placed[above])
        if missing > 0:
            placed[above] -= missing / 2
            placed[below] += missing / 2
    for above, below in pairwise(order):
        placed[below] = max(placed[below], placed[above] + APART)
    return placed


def _rows(series: Sequence[Series], digits: int) -> tuple[tuple[str, ...], ...]:
    longest = max(series, key=lambda one: len(one.values))
    return tuple(
        (longest.place_text(i), *(one.text(i, digits) for one in series)) for i in chosen(len(longest.values), ROWS)
    )
