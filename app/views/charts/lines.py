"""Curves: numbers become lines, thinned to what can be seen, with axes, names, numbers to point at, and a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, nan

from app.views.charts.axes import WIDE, Axis, Frame, Ground, Scale, Span, axis, ground, tight
from app.views.charts.examples import Cloud, Marks
from app.views.charts.table import Table, chosen
from app.views.network.scales import place
from app.views.text.numbers import fixed, number

COLUMNS = 275  # places across the frame that can be told apart, two units each
APART = 17.0  # between the labels at the ends of two lines
ROWS = 10  # of the table, about
MOST_READINGS = 60  # fewer than can be told apart by pointing, so that a plot stays small
BESIDE = 7.0  # between the line of a reading and its numbers
PLACE_DIGITS = 2  # decimals of a place along the axis
NONE = "—"
POWERS = "The scale is logarithmic: each line of the grid is a power of ten."


@dataclass(frozen=True)
class Series:
    """Numbers along an axis: their name, their look (a class: first, second, ...), the numbers.

    They stand at `places` along the axis, which ascend, or at 0, 1, 2, ... where there are none given.
    """

    name: str
    look: str
    values: Sequence[float]
    places: Sequence[float] = ()

    def at(self, i: int) -> float:
        """Where along the axis number i stands."""
        return self.places[i] if self.places else float(i)

    def place_text(self, i: int) -> str:
        """Where number i stands, as text: 1,200 or 1.5."""
        at = self.at(i)
        return f"{at:,.0f}" if at == int(at) else number(at, PLACE_DIGITS)

    def text(self, i: int, digits: int) -> str:
        """Number i as a column has it; a dash where there is none."""
        return fixed(self.values[i], digits) if i < len(self.values) and self.values[i] == self.values[i] else NONE


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


@dataclass(frozen=True)
class Line:
    """One curve, and its name at its end; without a name where a legend has it."""

    look: str
    d: str
    x: str
    y: str
    name: str


@dataclass(frozen=True)
class Reading:
    """A column that can be pointed at, then the line through its numbers' place, and what they are, row by row.

    The rows stand at `x`, `before` or `after` the line, where there is more room.
    """

    left: str
    width: str
    line: str
    x: str
    side: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Plot:
    """Curves over one axis, and the same numbers as a table, thinned: a place, then one number for each line.

    `names` is whether each line bears its name at its end. `readings` are what can be read by pointing, in columns of
    one height; `marks` are examples.
    """

    id: str
    title: str
    ground: Ground
    lines: tuple[Line, ...]
    names: bool
    readings: tuple[Reading, ...]
    hit_top: str
    hit_height: str
    marks: tuple[Marks, ...]
    table: Table
    note: str


def plot(about: About, series: Sequence[Series], clouds: Sequence[Cloud] = ()) -> Plot:
    """The series in one frame, with examples over them. A note says where the y axis is logarithmic."""
    frame = about.frame
    x, y = _axes(about, series, clouds)
    return Plot(
        id=about.id,
        title=about.title,
        ground=ground(frame, (x, y), (about.x_title, about.y_title)),
        lines=_lines(series, x, y),
        names=frame is WIDE,
        readings=_readings(series, x, about),
        hit_top=place(frame.top),
        hit_height=place(frame.bottom - frame.top),
        marks=tuple(cloud.on(x, y) for cloud in clouds),
        table=_table(series, about),
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


# Lines ----------------------------------------------------------------------------------------------------------------


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


# The numbers, where they are pointed at and in the table --------------------------------------------------------------


def _longest(series: Sequence[Series]) -> Series:
    """Whose places all of them are read at."""
    return max(series, key=lambda one: len(one.values))


def _readings(series: Sequence[Series], x: Axis, about: About) -> tuple[Reading, ...]:
    """Columns from one edge of the frame to the other, each as wide as it is nearest to its numbers."""
    longest, frame = _longest(series), about.frame
    indices = list(chosen(len(longest.values), MOST_READINGS)) if longest.values else []
    places = [x.at(longest.at(i)) for i in indices]
    borders = [frame.left, *((a + b) / 2 for a, b in pairwise(places)), frame.right]
    return tuple(
        Reading(
            place(left),
            place(right - left),
            f"M{place(at)} {place(frame.top)}V{place(frame.bottom)}",
            *_side(at, frame),
            (
                f"{about.x_title} {longest.place_text(i)}",
                *(f"{one.name} {one.text(i, about.digits)}" for one in series),
            ),
        )
        for i, at, (left, right) in zip(indices, places, pairwise(borders), strict=True)
    )


def _side(at: float, frame: Frame) -> tuple[str, str]:
    before = at > (frame.left + frame.right) / 2
    return place(at - BESIDE if before else at + BESIDE), "before" if before else "after"


def _table(series: Sequence[Series], about: About) -> Table:
    longest = _longest(series)
    return Table(
        about.title,
        (about.x_title, *(one.name for one in series)),
        tuple(
            (longest.place_text(i), *(one.text(i, about.digits) for one in series))
            for i in chosen(len(longest.values), ROWS)
        ),
    )
