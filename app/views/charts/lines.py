"""Curves: numbers become lines, thinned to what can be seen, with axes, names, numbers to point at, and a table."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, nan
from typing import ClassVar

from app.views.charts.axes import WIDE, Axis, Frame, Ground, Scale, Span, axis, ground, tight
from app.views.charts.overlay import Cloud, Marks
from app.views.charts.readings import COLUMNS, Columns
from app.views.charts.table import Table, chosen
from app.views.network.scales import place
from app.views.text.numbers import fixed, number

SEEN = 275  # places across the frame that can be told apart, two units each
APART = 17.0  # between the labels at the ends of two lines
ROWS = 10  # of the table, about
PLACE_DIGITS = 2  # decimals of a place along the axis
FEW = 3  # lines: with more of them fewer places are read, so that a plot stays small
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

    def text_at(self, place: float, digits: int) -> str:
        """The number that is known at a place, the last one before where none stands there; a dash beyond the end."""
        ends = self.places or range(len(self.values))
        i = bisect_right(ends, place) - 1
        return self.text(i, digits) if i >= 0 and place <= ends[-1] else NONE


@dataclass(frozen=True)
class About:
    """What a plot is of: an id for its element, a title that says it in words, what the axes count, the digits.

    `scale` is that of the y axis; `least` is what it spans at least. `tight`: the x axis ends where the
    lines do; else it goes as far as `reach`, if they do not.
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
    reach: float = 1.0


@dataclass(frozen=True)
class Line:
    """One curve, and its name at its end; without a name where a legend has it."""

    look: str
    d: str
    x: str
    y: str
    name: str


@dataclass(frozen=True)
class Mark:
    """A line up through the frame at a place along the axis; `d` is empty where none is marked. It moves by itself."""

    template: ClassVar[str] = "svg/mark.svg"

    id: str
    d: str


@dataclass(frozen=True)
class Plot:
    """Curves over one axis, and the same numbers as a table, thinned: a place, then one number for each line.

    `names` is whether each line bears its name at its end. `columns` are what can be read by pointing; `marks` are
    examples; `mark` is there where a place can be marked.
    """

    id: str
    title: str
    ground: Ground
    lines: tuple[Line, ...]
    names: bool
    columns: Columns
    marks: tuple[Marks, ...]
    table: Table
    note: str
    mark: Mark | None = None


def plot(about: About, series: Sequence[Series], clouds: Sequence[Cloud] = ()) -> Plot:
    """The series in one frame, with examples over them. A note says where the y axis is logarithmic."""
    frame, (x, y) = about.frame, axes_of(about, series, clouds)
    longest = max(series, key=lambda one: len(one.values))  # whose places all of them are read at
    rows = (
        (longest.place_text(i), *(one.text_at(longest.at(i), about.digits) for one in series))
        for i in chosen(len(longest.values), ROWS)
    )
    return Plot(
        id=about.id,
        title=about.title,
        ground=ground(frame, (x, y), (about.x_title, about.y_title)),
        lines=_lines(series, x, y),
        names=frame is WIDE,
        columns=_columns(series, longest, x, about),
        marks=tuple(cloud.on(x, y) for cloud in clouds),
        table=Table(about.title, (about.x_title, *(one.name for one in series)), tuple(rows)),
        note=POWERS if y.logarithmic else "",
    )


def axes_of(about: About, series: Sequence[Series], clouds: Sequence[Cloud] = ()) -> tuple[Axis, Axis]:
    """Across and up, for all of it."""
    frame = about.frame
    heights = [height for cloud in clouds for height in cloud.points[:, 1].tolist()]
    values = [*about.least, *heights, *(value for one in series for value in one.values)]
    finite = [value for value in values if isfinite(value)]
    shown = (about.scale == "logarithmic" and [value for value in finite if value > 0]) or finite or [0.0]
    y = axis(min(shown), max(shown), Span(frame.bottom, frame.top, scale=about.scale))
    ends = [one.at(i) for one in series if one.values for i in (0, len(one.values) - 1)] or [0.0]
    low, high, span = min(ends), max(ends), Span(frame.left, frame.right, scale="linear")
    return tight(low, high, span) if about.tight else axis(low, max(high, low + about.reach), span), y


def mark_of(about: About, series: Sequence[Series], at: float | None) -> Mark:
    """The mark of a plot at a place along its axis."""
    x, _ = axes_of(about, series)
    d = "" if at is None else f"M{place(x.at(at))} {place(about.frame.top)}V{place(about.frame.bottom)}"
    return Mark(f"{about.id}-at", d)


# Lines ----------------------------------------------------------------------------------------------------------------


def path(series: Series, x: Axis, y: Axis, columns: int = SEEN) -> str:
    """The line through the numbers; it breaks where they have no place. A single number is a dot."""
    values = [value if y.holds(value) else nan for value in series.values]
    parts: list[str] = []
    last = -1
    for i in thinned(values, columns):
        broken = last < 0 or not all(isfinite(value) for value in values[last + 1 : i])
        parts.append(f"{'M' if broken else 'L'}{place(x.at(series.at(i)))} {place(y.at(values[i]))}")
        last = i
    return "".join(parts) + ("h0" if len(parts) == 1 else "")


def onward(series: Series, beyond: float, x: Axis, y: Axis) -> str:
    """What a line through the numbers is longer than one that ended at this place along the axis."""
    first = bisect_right(series.places, beyond)
    new = [
        (at, value) for at, value in zip(series.places[first:], series.values[first:], strict=True) if y.holds(value)
    ]
    d = "".join(f"L{place(x.at(at))} {place(y.at(value))}" for at, value in new)
    return d if any(map(y.holds, series.values[:first])) else d.replace("L", "M", 1)


def thinned(values: Sequence[float], columns: int = SEEN) -> list[int]:
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
    ends = []
    for one in series:
        last = next((i for i in reversed(range(len(one.values))) if y.holds(one.values[i])), None)
        ends.append((x.start, y.start) if last is None else (x.at(one.at(last)), y.at(one.values[last])))
    heights = spread([height for _, height in ends])
    return tuple(
        Line(one.look, path(one, x, y), place(at + 8), place(height + 4), one.name)
        for one, (at, _), height in zip(series, ends, heights, strict=True)
    )


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


def _columns(series: Sequence[Series], longest: Series, x: Axis, about: About) -> Columns:
    """What each line has at some of the places of the longest."""

    def numbers() -> Iterator[tuple[float, tuple[str, ...]]]:
        about_so_many = COLUMNS * FEW // max(FEW, len(series))
        for i in chosen(len(longest.values), about_so_many) if longest.values else ():
            texts = (f"{one.name} {one.text_at(longest.at(i), about.digits)}" for one in series)
            yield x.at(longest.at(i)), (f"{about.x_title} {longest.place_text(i)}", *texts)

    return Columns(about.frame, numbers)
