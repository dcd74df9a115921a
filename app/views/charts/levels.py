"""Levels of a function over a grid: the regions between them as bands, each with a look and a key, lines and labels.

Paths hold whole numbers of FINE parts of a unit of the drawing, so that they take few bytes; `Layers.fine` scales them
back.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np
from contourpy import FillType, LineType, contour_generator

from app.engine.network.arrays import Array
from app.views.charts.axes import Frame, linear_ticks
from app.views.network.scales import place
from app.views.text.numbers import number

FINE = 4
STRENGTHS = 3  # of a band's colour, in either direction
MOST = 6  # levels
LOOKS = ("s0", "s1", "s2", "s3", "s4", "s5", "s6")
LETTER, LINE = 9.0, 11.0  # how wide a letter of a word is, and half of how high the word, also on a phone
MARK = 7.0  # half of a mark
SPACED = 3  # steps of the grid between spots
MOST_SPOTS = 300  # that are tried for a word
NEAR = 0.02  # of a step of the grid: nearer to its level a corner need not be
HALVINGS = 4  # of the way between two places of the grid: what is left of it is half a unit of the drawing
ON_GRID = 1e-6  # of a step
Spots = Array  # (n, 2), in units of the drawing
Exact = Callable[[Array], Array]  # numbers, (n,), at points (n, 2): across and up as shares of the frame, from 0 to 1


@dataclass(frozen=True)
class Band:
    look: str
    d: str


@dataclass(frozen=True)
class Label:
    x: str
    y: str
    text: str


@dataclass(frozen=True, eq=False)
class Word:
    """A text, and the spots at which its middle could stand, the best first."""

    text: str
    spots: Spots


@dataclass(frozen=True)
class Key:
    """What a band's look means."""

    look: str
    text: str


@dataclass(frozen=True)
class Layers:
    """What is drawn `of` a function: bands, of which each lies over those before it, strong lines; the keys; the words
    that want a place, and the labels that have one.
    """

    fine: ClassVar[str] = f"scale({1 / FINE:g})"

    of: str
    bands: tuple[Band, ...]
    keys: tuple[Key, ...]
    lines: tuple[Band, ...] = ()
    labels: tuple[Label, ...] = ()
    words: tuple[Word, ...] = ()


class Ends(NamedTuple):
    """Of edges of a grid: both ends, (n, 2), and how high numbers lie over a level there, (n,)."""

    low: Array
    high: Array
    below: Array
    above: Array


@dataclass(frozen=True, eq=False)
class Surface:
    """Numbers over a grid of a frame, (count, count), row by row from the bottom up.

    `exact` gives them anywhere: then a line runs where they are the level, however steep it is between two places.
    """

    values: Array
    frame: Frame
    exact: Exact | None = None

    def above(self, level: float) -> str:
        """The region in which it is at least `level`, holes left out by the even-odd rule; empty if it is nowhere."""
        return self.regions((level,))[0]

    def regions(self, levels: Sequence[float]) -> list[str]:
        """The region above each of the levels."""
        found = [list(zip(*self._contours.filled(level, np.inf), strict=True)) for level in levels]
        moved = self._crossings([(level, p) for level, part in zip(levels, found, strict=True) for p, _ in part])
        return [
            "".join(
                _ring(points[start:end], "z")
                for (_, ends), points in zip(part, moved, strict=False)  # what is left is of the next levels
                for start, end in pairwise(ends)
            )
            for part in found
        ]

    def line(self, level: float) -> str:
        """The line on which it is `level`; empty where there is none."""
        lines = self._crossings([(level, points) for points in self._contours.lines(level)])
        return "".join(_ring(points, "") for points in lines)

    def along(self, level: float) -> Spots:
        """Places on the longest such line, the nearest to its middle first."""
        lines = self._contours.lines(level)
        longest = max(lines, key=len, default=np.empty((0, 2)))
        order = np.abs(np.arange(len(longest)) - len(longest) // 2).argsort(kind="stable")
        spots: Spots = longest[order] / FINE
        return spots

    def inside(self) -> Spots:
        """Places at which it is above 0, the furthest from where it is not first."""
        count, frame = len(self.values), self.frame
        some = np.arange(count % SPACED, count, SPACED)
        x, y = (np.linspace(*ends, count)[some] for ends in ((frame.left, frame.right), (frame.bottom, frame.top)))
        spots: Spots = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        above = self.values[np.ix_(some, some)].ravel() > 0
        if above.all():
            room = -np.abs(spots - spots.mean(axis=0)).max(axis=1)
        else:
            room = np.hypot(*(spots[:, None] - spots[~above][None]).transpose(2, 0, 1)).min(axis=1)
        order = room.argsort(kind="stable")[::-1]
        best: Spots = spots[order[above[order]]]
        return best

    def _crossings(self, contours: Sequence[tuple[float, Array]]) -> Iterator[Array]:
        """Corners (n, 2) of contours, each moved along its edge of the grid to where its level is really crossed."""
        if self.exact is None or not contours:
            yield from (points for _, points in contours)
            return
        frame, last, values = self.frame, len(self.values) - 1, np.nan_to_num(self.values)
        corner = FINE * np.array([frame.left, frame.bottom])
        step = FINE * np.array([frame.right - frame.left, frame.top - frame.bottom]) / last
        level = np.concatenate([np.full(len(points), level) for level, points in contours])
        at = (np.concatenate([points for _, points in contours]) - corner) / step
        low, high = np.floor(at + ON_GRID).astype(int), np.ceil(at - ON_GRID).astype(int)
        below, above = (values[end[:, 1], end[:, 0]] - level for end in (low, high))
        edges = np.flatnonzero((below >= 0) != (above >= 0))
        at[edges] = self._crossed(level[edges], Ends(low[edges], high[edges], below[edges], above[edges]))
        start = 0
        for _, points in contours:
            yield corner + at[start : start + len(points)] * step
            start += len(points)

    def _crossed(self, level: Array, edges: Ends) -> Array:
        """Where each edge crosses its level, (n, 2), in steps of the grid."""
        assert self.exact
        crossed, (low, high, below, above) = np.array(edges.low, dtype=float), edges
        left, last = np.arange(len(level)), len(self.values) - 1
        for halving in range(HALVINGS + 1):  # first where a straight line crosses it, which is often exact enough
            share = np.full(len(left), 0.5) if halving else _share(below, above)
            middle = low + share[:, None] * (high - low)
            height = np.nan_to_num(self.exact(middle / last)) - level[left]
            crossed[left] = middle
            wide = np.abs(high - low).sum(axis=1) * np.abs(height) > NEAR * np.abs(above - below)
            over = (height >= 0) == (above >= 0)
            low, below = np.where(over[:, None], low, middle)[wide], np.where(over, below, height)[wide]
            high, above = np.where(over[:, None], middle, high)[wide], np.where(over, height, above)[wide]
            left = left[wide]
            if not len(left):
                return crossed
        crossed[left] = low + _share(below, above)[:, None] * (high - low)
        return crossed

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


def _share(below: Array, above: Array) -> Array:
    """Where between two heights on either side of 0 a straight line crosses it, as a share of the way, (n,)."""
    span = above - below
    return np.clip(-below / np.where(span == 0, 1.0, span), 0.0, 1.0)


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
    above = (Band(look, d) for look, d in zip(looks[1:], surface.regions(levels), strict=True))
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


def spaced_looks(count: int) -> tuple[str, ...]:
    """So many looks, from the lightest to the strongest."""
    return tuple(LOOKS[round(i * (len(LOOKS) - 1) / max(count - 1, 1))] for i in range(count))


def words_of(surface: Surface, levels: tuple[float, ...], digits: int) -> tuple[Word, ...]:
    """Each level, to stand on its line; the middle levels first."""
    order = sorted(levels, key=lambda level: abs(levels.index(level) - (len(levels) - 1) / 2))
    return tuple(Word(number(level, digits), surface.along(level)) for level in order)


def placed(words: Sequence[Word], marks: Array, frame: Frame) -> tuple[Label, ...]:
    """Each word at its first spot at which the frame holds it, and no mark, (n, 2), and no other word lies in its way;
    a word that has no such spot is left to the legend.
    """
    found: list[Label] = []
    taken = [(marks, MARK, MARK)]  # middles, half widths and half heights
    for word in words:
        half, spots = LETTER * len(word.text) / 2, word.spots[:MOST_SPOTS]
        x, y = spots[:, 0], spots[:, 1]
        free = (
            (frame.left + half <= x) & (x <= frame.right - half) & (frame.top + LINE <= y) & (y <= frame.bottom - LINE)
        )
        for middles, width, height in taken:
            across, up = np.abs(spots[:, None] - middles[None]).transpose(2, 0, 1)
            free &= ((across > half + width) | (up > LINE + height)).all(axis=1)
        if free.any():
            spot = spots[free.argmax()]
            taken.append((spot[None], half, LINE))
            found.append(Label(place(float(spot[0])), place(float(spot[1]) + 4), word.text))
    return tuple(found)


def levels_between(low: float, high: float) -> tuple[float, ...]:
    """Round numbers inside of a range, at most MOST; none where it is flat."""
    inside = tuple(tick for tick in linear_ticks(low, high, MOST + 2) if low < tick < high) if high > low else ()
    return inside if len(inside) <= MOST else inside[::2]
