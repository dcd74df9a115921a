"""Axes: round numbers for their ticks, and a scale from a number to a place, linear or logarithmic."""

from dataclasses import dataclass
from math import ceil, floor, log10

from app.views.numbers import number

DECADES = 2.0  # from so many powers of ten on, an axis of positive numbers is logarithmic
TICK_DIGITS = 8
FLAT = 1e-9  # numbers that differ by less, relative to their size, are one line
TINY = 1e-290  # powers of ten below it are no longer exact


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
    size = max(abs(low), abs(high))
    if high - low <= FLAT * size or size < TINY:
        margin = (size if size >= TINY else 1.0) / 10
        low, high = low - margin, high + margin
    step = nice(nice(high - low, nearest=False) / (about - 1), nearest=True)
    first, last = floor(low / step * (1 + 1e-12)), ceil(high / step * (1 - 1e-12))
    decimals = max(0, -floor(log10(step)))
    return tuple(round(place * step, decimals) for place in range(first, last + 1))


def power_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Powers of ten, at most so many, from at or below `low` to at or above `high`; both positive."""
    first, last = floor(log10(low)), ceil(log10(high))
    every = -(-(last - first) // (most - 1)) or 1
    return tuple(float(f"1e{power}") for power in range(first, last + every, every))


@dataclass(frozen=True)
class Axis:
    """From numbers to places: the first tick stands at `start`, the last at `end`."""

    ticks: tuple[float, ...]
    start: float
    end: float
    logarithmic: bool = False

    def at(self, x: float) -> float:
        """Where a number stands."""
        low, high, here = map(self._stretched, (self.ticks[0], self.ticks[-1], x))
        return self.start + (self.end - self.start) * (here - low) / (high - low)

    def _stretched(self, x: float) -> float:
        return log10(x) if self.logarithmic else x

    @property
    def labels(self) -> tuple[tuple[float, str], ...]:
        """Place and text of each tick."""
        return tuple((self.at(tick), tick_text(tick)) for tick in self.ticks)


def tick_text(tick: float) -> str:
    """10,000; 0.25; 1×10⁻⁵."""
    return f"{tick:,.0f}" if tick >= 1000 and tick == int(tick) else number(tick, TICK_DIGITS if tick >= 1e-4 else 2)


def axis(low: float, high: float, start: float, end: float, about: int = 5) -> Axis:
    """The axis for numbers from low to high: logarithmic where they are positive and span many powers of ten."""
    if low >= TINY and high / low > 10**DECADES:
        return Axis(power_ticks(low, high, about + 2), start, end, logarithmic=True)
    return Axis(linear_ticks(low, high, about), start, end)
