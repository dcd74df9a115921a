"""The frame of a chart: a scale for each axis, linear or logarithmic, round numbers as its ticks, titles around it."""

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10, nan
from typing import Literal

from app.views.network.scales import place
from app.views.text.numbers import LARGE, number

DECADES = 2.0  # from so many powers of ten on, an axis of positive numbers is logarithmic
TICK_DIGITS = 8
FLAT = 1e-9  # numbers that differ by less, relative to their size, are one line
ALIKE = 1e-4  # of a number: what spans less around it has ticks that all read alike
TINY = 1e-290  # powers of ten below it are no longer exact
HUGE, LAST = 1e307, 308  # what lies beyond lies outside of every axis; the largest power of ten that there is

Scale = Literal["", "linear", "logarithmic"]  # empty: as the numbers want it


def nice(x: float, nearest: bool) -> float:
    """1, 2, 5 or 10 times a power of ten: the nearest to x, or the next above. x > 0.

    Source: Paul Heckbert, "Nice numbers for graph labels", Graphics Gems (1990).
    """
    power = 10.0 ** floor(log10(x))
    share = x / power
    bounds = (1.5, 3.0, 7.0) if nearest else (1.0, 2.0, 5.0)
    step = next((step for bound, step in zip(bounds, (1, 2, 5), strict=True) if share <= bound), 10)
    return step * power


def linear_ticks(low: float, high: float, about: int) -> tuple[float, ...]:
    """About so many round numbers, the first at or below `low`, the last at or above `high`."""
    low, high = _bounded(low), _bounded(high)
    size = max(abs(low), abs(high))
    if high - low <= FLAT * size or size < TINY:
        margin = (size if size >= TINY else 1.0) / 10
        low, high = low - margin, high + margin
    step = nice(nice(high - low, nearest=False) / (about - 1), nearest=True)
    first, last = floor(low / step * (1 + 1e-12)), ceil(high / step * (1 - 1e-12))
    decimals = max(0, -floor(log10(step)))
    return tuple(round(place * step, decimals) for place in range(first, last + 1))


def power_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Powers of ten, two and at most so many, from at or below `low` to at or above `high`; both positive."""
    first = min(floor(log10(low)), LAST - 1)
    last = min(max(ceil(log10(high)), first + 1), LAST)
    every = -(-(last - first) // (most - 1)) or 1
    return tuple(float(f"1e{min(power, LAST)}") for power in range(first, last + every, every))


def _bounded(x: float) -> float:
    return min(max(x, -HUGE), HUGE)


@dataclass(frozen=True)
class Axis:
    """From numbers to places: the first tick, or the first of `ends`, stands at `start`, the last at `end`.

    Ticks and ends count from `base`.
    """

    ticks: tuple[float, ...]
    start: float
    end: float
    logarithmic: bool = False
    ends: tuple[float, float] | None = None
    base: float = 0.0

    def at(self, x: float) -> float:
        """Where a number stands; NaN where it has no place, as zero on a logarithmic axis."""
        return self._at(x - self.base)

    def _at(self, x: float) -> float:
        low, high = self.ends or (self.ticks[0], self.ticks[-1])
        if self.logarithmic:
            low, high, x = (log10(one) if one > 0 else nan for one in (low, high, x))
        return self.start + (self.end - self.start) * ((x - low) / (high - low))

    def holds(self, x: float) -> bool:
        """Whether a number has a place on this axis."""
        return isfinite(x) and (x > 0 or not self.logarithmic)

    @property
    def limits(self) -> tuple[float, float]:
        """The numbers at its start and at its end."""
        low, high = self.ends or (self.ticks[0], self.ticks[-1])
        return self.base + low, self.base + high

    @property
    def labels(self) -> tuple[tuple[float, str], ...]:
        """Place and text of each tick: 10,000; 0.25; 1×10⁻⁵; 2×10⁶."""
        return tuple((self._at(tick), _text(tick)) for tick in self.ticks)

    def title(self, name: str) -> str:
        """What it counts, where numbers of this name stand on it."""
        return f"change of the {name}" if self.base else name


def _text(tick: float) -> str:
    if 1000 <= tick < LARGE and tick == int(tick):
        return f"{tick:,.0f}"
    return number(tick, TICK_DIGITS if tick >= 1e-4 else 2)


@dataclass(frozen=True)
class Span:
    """From where to where an axis goes, about how many ticks it has, its scale.

    Numbers that lie so near `around` that their ticks would all read alike are counted from there on.
    """

    start: float
    end: float
    about: int = 5
    scale: Scale = ""
    around: float = 0.0

    def base(self, low: float, high: float) -> float:
        """What the ticks of an axis from low to high count from."""
        return self.around if 0 < high - low < ALIKE * abs(self.around) else 0.0


def axis(low: float, high: float, span: Span) -> Axis:
    """The axis for numbers from low to high: logarithmic where they are positive and span many powers of ten.

    The span may have it otherwise; where not all are positive it is linear in any case.
    """
    wanted = span.scale or ("logarithmic" if high / low > 10**DECADES else "linear") if low >= TINY else "linear"
    if wanted == "logarithmic":
        return Axis(power_ticks(low, high, span.about + 2), span.start, span.end, logarithmic=True)
    base = span.base(low, high)
    return Axis(linear_ticks(low - base, high - base, span.about), span.start, span.end, base=base)


def tight(low: float, high: float, span: Span) -> Axis:
    """A linear axis that begins at `low` and ends at `high` exactly, with the round numbers between them as ticks.

    Where both are one number it lies in the middle.
    """
    base = span.base(low, high)
    low, high = _bounded(low - base), _bounded(high - base)
    every = linear_ticks(low, high, span.about)
    low, high = (low, high) if low < high else (every[0], every[-1])
    return Axis(tuple(tick for tick in every if low <= tick <= high), span.start, span.end, ends=(low, high), base=base)


# The frame that two axes make -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """The size of a drawing, and where in it the frame is that the axes make."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def view_box(self) -> str:
        """As an SVG attribute."""
        return f"0 0 {place(self.width)} {place(self.height)}"

    def holds(self, x: float, y: float) -> bool:
        """Whether a place of the drawing lies in the frame."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


WIDE = Frame(760.0, 300.0, 76.0, 626.0, 30.0, 252.0)  # with room for the names of lines at their ends
NARROW = Frame(460.0, 250.0, 62.0, 440.0, 30.0, 204.0)  # the names stand in a legend
LOW = Frame(460.0, 180.0, 62.0, 440.0, 26.0, 134.0)  # two of them are seen at once
SQUARE = Frame(480.0, 470.0, 62.0, 466.0, 26.0, 420.0)


@dataclass(frozen=True)
class Tick:
    """One tick of an axis: its line, and its label."""

    line: str
    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Ground:
    """The frame with the ticks across and up, and what the axes count, as a template places it."""

    view_box: str
    frame: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    x_title: str
    x_title_at: tuple[str, str]
    y_title: str


def ground(
    frame: Frame, axes: tuple[Axis, Axis], titles: tuple[str, str], ruled: bool = True, closed: bool = False
) -> Ground:
    """The ground of the axes across and up, and what they count.

    `ruled`: each tick up has a line through the frame; `closed`: the frame goes all around.
    """
    x, y = axes
    left, right, top, bottom = map(place, (frame.left, frame.right, frame.top, frame.bottom))
    return Ground(
        view_box=frame.view_box,
        frame=f"M{left} {top}H{right}V{bottom}H{left}z" if closed else f"M{left} {top}V{bottom}H{right}",
        across=ticks_across(x, frame),
        up=tuple(
            Tick(
                f"M{left} {place(at)}{f'H{right}' if ruled else 'h-5'}",
                place(frame.left - (8 if ruled else 9)),
                place(at + 4),
                text,
            )
            for at, text in y.labels
        ),
        x_title=x.title(titles[0]),
        x_title_at=(place((frame.left + frame.right) / 2), place(frame.height - 8)),
        y_title=y.title(titles[1]),
    )


def ticks_across(x: Axis, frame: Frame) -> tuple[Tick, ...]:
    """Short lines below the frame."""
    bottom = frame.bottom
    return tuple(Tick(f"M{place(at)} {place(bottom)}v5", place(at), place(bottom + 20), text) for at, text in x.labels)
