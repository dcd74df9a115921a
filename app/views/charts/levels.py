"""Levels of a function over a grid: the regions between them as bands, each with a look and a key, lines and labels.

Paths hold whole numbers of FINE parts of a unit of the drawing, so that they take few bytes; `Layers.fine` scales them
back.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import hypot
from typing import Any, ClassVar

import numpy as np
from contourpy import FillType, LineType, contour_generator

from app.engine.network.arrays import Array
from app.views.charts.axes import Frame, linear_ticks
from app.views.network.scales import place
from app.views.text.numbers import number

FINE = 4
INSIDE = 5  # points of the grid from the frame, so that a word has room
STRENGTHS = 3  # of a band's colour, in either direction
APART = 30.0  # between the labels of two levels
MOST = 6  # levels
ROOM = 16.0  # beside the middle of a label


@dataclass(frozen=True)
class Band:
    look: str
    d: str


@dataclass(frozen=True)
class Label:
    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Key:
    """What a band's look means."""

    look: str
    text: str


@dataclass(frozen=True)
class Layers:
    """What is drawn `of` a function: bands, of which each lies over those before it, strong lines, labels; the keys."""

    fine: ClassVar[str] = f"scale({1 / FINE:g})"

    of: str
    bands: tuple[Band, ...]
    keys: tuple[Key, ...]
    lines: tuple[Band, ...] = ()
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, eq=False)
class Surface:
    """Numbers over a grid of a frame, (count, count), row by row from the bottom up."""

    values: Array
    frame: Frame

    def above(self, level: float) -> str:
        """The region in which it is at least `level`, holes left out by the even-odd rule; empty if it is nowhere."""
        return "".join(
            _ring(points[start:end], "z")
            for points, offsets in zip(*self._contours.filled(level, np.inf), strict=True)
            for start, end in pairwise(offsets)
        )

    def line(self, level: float) -> str:
        """The line on which it is `level`; empty where there is none."""
        return "".join(_ring(points, "") for points in self._contours.lines(level))

    def spot(self, level: float) -> tuple[float, float] | None:
        """The middle of the longest such line, in units of the drawing."""
        lines = self._contours.lines(level)
        if not lines:
            return None
        longest = max(lines, key=len)
        x, y = (longest[len(longest) // 2] / FINE).tolist()
        return x, y

    def peak(self) -> tuple[float, float]:
        """Where it is highest, a little inside the frame, in units of the drawing."""
        count, frame = len(self.values), self.frame
        inner = self.values[INSIDE:-INSIDE, INSIDE:-INSIDE]
        row, column = (INSIDE + int(i) for i in np.unravel_index(inner.argmax(), inner.shape))
        x, y = (np.linspace(*ends, count) for ends in ((frame.left, frame.right), (frame.bottom, frame.top)))
        return float(x[column]), float(y[row])

    @cached_property
    def _contours(self) -> Any:  # contourpy types leave open what the two types of path hold
        frame, count = self.frame, len(self.values)
        return contour_generator(
            x=FINE * np.linspace(frame.left, frame.right, count),
            y=FINE * np.linspace(frame.bottom, frame.top, count),
            z=np.nan_to_num(self.values),
            name="serial",
            fill_type=FillType.OuterOffset,
            line_type=LineType.Separate,
        )


def _ring(points: Array, end: str) -> str:
    """A path through points (n, 2), without those between others on a straight line."""
    places = np.rint(points).astype(np.int64)
    steps = np.diff(places, axis=0)
    steps = steps[steps.any(axis=1)]
    if not len(steps):
        return ""
    turns = np.append(steps[:-1, 0] * steps[1:, 1] != steps[:-1, 1] * steps[1:, 0], True)
    steps = np.diff(np.cumsum(steps, axis=0)[turns], axis=0, prepend=0)
    return f"M{places[0, 0]} {places[0, 1]}l{' '.join(map(str, steps.ravel().tolist()))}{end}".replace(" -", "-")


def through(values: Array, ends: tuple[float, float], frame: Frame) -> str:
    """A curve of numbers, evenly spaced across the frame, between two ends up it."""
    low, high = ends
    x = np.linspace(frame.left, frame.right, len(values))
    y = frame.bottom + (frame.top - frame.bottom) * (values - low) / (high - low or 1.0)
    return _ring(FINE * np.column_stack([x, y]), "")


# Bands between levels -------------------------------------------------------------------------------------------------


def whole(look: str, frame: Frame) -> Band:
    """The band that fills the frame."""
    left, right, top, bottom = (f"{FINE * edge:g}" for edge in (frame.left, frame.right, frame.top, frame.bottom))
    return Band(look, f"M{left} {top}H{right}V{bottom}H{left}z")


def drawable(band: Band) -> bool:
    """Whether there is anything of it."""
    return bool(band.d)


def bands(surface: Surface, levels: tuple[float, ...], looks: tuple[str, ...]) -> tuple[Band, ...]:
    """One band more than levels, from the lowest; each covers all above it."""
    above = (Band(look, surface.above(level)) for level, look in zip(levels, looks[1:], strict=True))
    return whole(looks[0], surface.frame), *filter(drawable, above)


def keys(levels: tuple[float, ...], looks: tuple[str, ...], digits: int) -> tuple[Key, ...]:
    """What each band holds, the highest first; none where there is one band alone."""
    if not levels:
        return ()
    texts = [number(level, digits) for level in levels]
    words = (f"below {texts[0]}", *(f"{low} to {high}" for low, high in pairwise(texts)), f"{texts[-1]} and more")
    return tuple(Key(look, text) for look, text in zip(looks, words, strict=True))[::-1]


def by_sign(levels: tuple[float, ...], middle: float, largest: float) -> tuple[str, ...]:
    """A look for each band: n3, n2, n1 below the middle, z at it, p1, p2, p3 above; 3 is `largest` away."""
    if not levels:
        return ("z",)
    first, last = (levels[1] - levels[0], levels[-1] - levels[-2]) if len(levels) > 1 else (largest, largest)
    middles = [(low + high) / 2 for low, high in pairwise((levels[0] - first, *levels, levels[-1] + last))]
    steps = [round(STRENGTHS * max(-1.0, min(1.0, (value - middle) / largest))) for value in middles]
    return tuple("z" if step == 0 else f"{'p' if step > 0 else 'n'}{abs(step)}" for step in steps)


def labels(surface: Surface, levels: tuple[float, ...], digits: int) -> tuple[Label, ...]:
    """The level on its line, where the labels do not crowd each other; the middle levels first."""
    frame = surface.frame
    found: list[tuple[float, float]] = []
    written: list[Label] = []
    for level in sorted(levels, key=lambda level: abs(levels.index(level) - (len(levels) - 1) / 2)):
        spot = surface.spot(level)
        if spot and all(hypot(spot[0] - x, spot[1] - y) >= APART for x, y in found):
            found.append(spot)
            x = min(max(spot[0], frame.left + ROOM), frame.right - ROOM)  # so that the frame holds all of it
            y = min(max(spot[1] + 4, frame.top + ROOM), frame.bottom - 4)
            written.append(Label(place(x), place(y), number(level, digits)))
    return tuple(written)


def levels_between(low: float, high: float) -> tuple[float, ...]:
    """Round numbers inside of a range, at most MOST; none where it is flat."""
    inside = tuple(tick for tick in linear_ticks(low, high, MOST + 2) if low < tick < high) if high > low else ()
    return inside if len(inside) <= MOST else inside[::2]
