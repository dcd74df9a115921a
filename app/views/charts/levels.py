"""Levels of a function: the bands between them, each with a look and a key, and labels on the lines between bands."""

from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from app.views.charts.axes import linear_ticks
from app.views.charts.frames import Frame
from app.views.charts.regions import FINE, Surface
from app.views.network.scales import place
from app.views.text.numbers import number

STRENGTHS = 3  # of a band's colour, in either direction
APART = 30.0  # between the labels of two levels
MOST = 6  # levels
ROOM = 16.0  # beside the middle of a label


@dataclass(frozen=True)
class Band:
    """A region in one look."""

    look: str
    d: str


@dataclass(frozen=True)
class Label:
    """A word in the picture."""

    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Key:
    """What a band's look means."""

    look: str
    text: str


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
    found: list[tuple[float, float]] = []
    written: list[Label] = []
    for level in sorted(levels, key=lambda level: abs(levels.index(level) - (len(levels) - 1) / 2)):
        spot = surface.spot(level)
        if spot and all(hypot(spot[0] - x, spot[1] - y) >= APART for x, y in found):
            found.append(spot)
            written.append(Label(*_inside(surface.frame, *spot), number(level, digits)))
    return tuple(written)


def _inside(frame: Frame, x: float, y: float) -> tuple[str, str]:
    """Where a label stands so that the frame holds all of it."""
    x = min(max(x, frame.left + ROOM), frame.right - ROOM)
    return place(x), place(min(max(y + 4, frame.top + ROOM), frame.bottom - 4))


def levels_between(low: float, high: float) -> tuple[float, ...]:
    """Round numbers inside of a range, at most MOST; none where it is flat."""
    inside = tuple(tick for tick in linear_ticks(low, high, MOST + 2) if low < tick < high) if high > low else ()
    return inside if len(inside) <= MOST else inside[::2]
