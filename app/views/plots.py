"""Curves: numbers become the path of a line, thinned to what can be seen, with axes, labels and a table of the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from app.views.axes import Axis, axis
from app.views.numbers import fixed
from app.views.scales import place

WIDTH, HEIGHT = 760.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 76.0, 626.0, 30.0, 252.0  # of the frame that the axes make
COLUMNS = 275  # places across the frame that can be told apart, two units each
APART = 17.0  # between the labels at the ends of two lines
ROWS = 10  # of the table, about


@dataclass(frozen=True)
class Series:
    """One line: its name, its look (a class: first, second, ...), a number for 0, 1, 2, ... along the axis."""

    name: str
    look: str
    values: Sequence[float]


@dataclass(frozen=True)
class Tick:
    """One tick of an axis: the line through the frame, and its label."""

    line: str
    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Line:
    """One curve, and its name at its end."""

    look: str
    d: str
    x: str
    y: str
    name: str


@dataclass(frozen=True)
class Plot:
    """Curves over one axis; `rows` are the same numbers as a table, thinned: a count, then one text for each line."""

    id: str
    title: str
    view_box: str
    frame: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    x_title: str
    y_title: str
    lines: tuple[Line, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


@dataclass(frozen=True)
class About:
    """What a plot is of: an id for its element, a title that says it in words, what the axes count, the digits."""

    id: str
    title: str
    x_title: str
    y_title: str
    digits: int


def plot(about: About, series: Sequence[Series]) -> Plot:
    """The series in one frame. The y axis is logarithmic where they span powers of ten, and the note says so."""
    longest = max(len(one.values) for one in series)
    numbers = [value for one in series for value in one.values if isfinite(value)] or [0.0]
    x = axis(0.0, max(longest - 1.0, 1.0), LEFT, RIGHT)
    y = axis(min(numbers), max(numbers), BOTTOM, TOP)
    return Plot(
        about.id,
        about.title,
        f"0 0 {place(WIDTH)} {place(HEIGHT)}",
        f"M{place(LEFT)} {place(TOP)}V{place(BOTTOM)}H{place(RIGHT)}",
        tuple(Tick(f"M{place(at)} {place(BOTTOM)}v5", place(at), place(BOTTOM + 20), text) for at, text in x.labels),
        tuple(
            Tick(f"M{place(LEFT)} {place(at)}H{place(RIGHT)}", place(LEFT - 8), place(at + 4), text)
            for at, text in y.labels
        ),
        about.x_title,
        about.y_title,
        _lines(series, x, y),
        _rows(series, about.digits),
        "The scale is logarithmic: each line of the grid is a power of ten." if y.logarithmic else "",
    )


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


def path(values: Sequence[float], x: Axis, y: Axis) -> str:
    """The line through the numbers; it breaks where they are not finite."""
    parts: list[str] = []
    last = -1
    for i in thinned(values):
        broken = last < 0 or not all(isfinite(value) for value in values[last + 1 : i])
        parts.append(f"{'M' if broken else 'L'}{place(x.at(i))} {place(y.at(values[i]))}")
        last = i
    return "".join(parts)


def _lines(series: Sequence[Series], x: Axis, y: Axis) -> tuple[Line, ...]:
    ends = [_end(one.values, x, y) for one in series]
    heights = spread([height for _, height in ends])
    return tuple(
        Line(one.look, path(one.values, x, y), place(at + 8), place(height + 4), one.name)
        for one, (at, _), height in zip(series, ends, heights, strict=True)
    )


def _end(values: Sequence[float], x: Axis, y: Axis) -> tuple[float, float]:
    last = next((i for i in range(len(values) - 1, -1, -1) if isfinite(values[i])), None)
    return (x.start, y.start) if last is None else (x.at(last), y.at(values[last]))


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
    return tuple(
        (f"{i:,}", *(fixed(one.values[i], digits) if i < len(one.values) else "—" for one in series))
        for i in _places(max(len(one.values) for one in series))
    )


def _places(count: int) -> Iterator[int]:
    """About ROWS places from the first to the last."""
    step = max(1, -(-count // ROWS))
    yield from range(0, count - 1, step)
    yield count - 1
