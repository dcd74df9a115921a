"""The drawing of a loss over two parameters: bands between levels, the way that training took, where downhill is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np

from app.engine.network.arrays import Array
from app.views.charts.axes import Axis, Span, tight
from app.views.charts.frames import SQUARE
from app.views.charts.grounds import Ground, ground
from app.views.charts.levels import (
    MOST,
    Band,
    Key,
    Label,
    bands,
    keys,
    labels,
    levels_between,
)
from app.views.charts.regions import FINE, Surface
from app.views.network.scales import place
from app.views.pictures.slope_drawing import Arrow, arrow_from
from app.views.text.numbers import number

LOOKS = ("s0", "s1", "s2", "s3", "s4", "s5", "s6")
DOWNHILL = 44.0  # how long the arrow of the negative gradient is, whatever the gradient's size
LETTER = 7.4  # how wide a letter of a label is
NEAR = 24.0  # a label does not stand nearer to a mark
TOGETHER = 9.0  # nearer than this, two marks of the way are one
LEVEL = 1e-7  # of the highest loss: what differs by less is level
MOST_DIGITS = 10
WIDE = 20.0  # times between the highest and the lowest loss, from which levels are powers of ten and halves between
STEPS = (1.0, 2.0, 5.0)
INSIDE = (
    place(SQUARE.left),
    place(SQUARE.top),
    place(SQUARE.right - SQUARE.left),
    place(SQUARE.bottom - SQUARE.top),
)


@dataclass(frozen=True)
class Window:
    """The part of a plane of two parameters that is looked at: its middle, and how far it goes to either side across.

    Up it goes as far as the frame lets it at the same scale, so that downhill is at right angles to the lines.
    """

    x: float
    y: float
    half: float

    def axes(self) -> tuple[Axis, Axis]:
        """Across and up."""
        across = tight(self.x - self.half, self.x + self.half, Span(SQUARE.left, SQUARE.right))
        high = self.half * (SQUARE.bottom - SQUARE.top) / (SQUARE.right - SQUARE.left)
        return across, tight(self.y - high, self.y + high, Span(SQUARE.bottom, SQUARE.top))

    def grid(self, count: int) -> tuple[Array, Array]:
        """The places of a grid along both axes, (count,) each."""
        x, y = (np.linspace(*ends, count) for ends in (axis.ends or (0.0, 1.0) for axis in self.axes()))
        return x, y


@dataclass(frozen=True)
class ContourDrawing:
    """Bands lie one over the other, their paths finer by `fine`; `way` is empty before the first update.

    `inside` is the frame, x, y, width and height, out of which the way may lead.
    """

    title: str
    fine: str
    inside: tuple[str, str, str, str]
    ground: Ground
    bands: tuple[Band, ...]
    labels: tuple[Label, ...]
    keys: tuple[Key, ...]
    way: str
    start: tuple[str, str] | None
    now: tuple[str, str]
    downhill: Arrow | None


@dataclass(frozen=True, eq=False)
class Walked:
    """What lies over the bands: the way in both parameters, (n, 2), which place of it is now, the gradient there."""

    points: Array
    now: int
    gradient: tuple[float, float] | None

    @property
    def moves(self) -> bool:
        """Whether the way leads anywhere."""
        return bool(np.ptp(self.points, axis=0).any())


@dataclass(frozen=True)
class Words:
    """The title, what stands across and up, and the digits of a level."""

    title: str
    across: str
    up: str
    digits: int


def contour_drawing(window: Window, walked: Walked, losses: Array, words: Words) -> ContourDrawing:
    """`losses` (count, count) as losses_over has them."""
    x, y = window.axes()
    finite = np.isfinite(losses)
    surface = Surface(np.where(finite, losses, losses[finite].max(initial=0.0)), SQUARE)
    levels = levels_of(float(surface.values.min()), float(surface.values.max()))
    looks, digits = spaced_looks(len(levels) + 1), told_apart(levels, words.digits)
    spots = [(x.at(across), y.at(up)) for across, up in walked.points.tolist()]
    now, start = spots[walked.now], spots[0]
    apart = hypot(now[0] - start[0], now[1] - start[1]) >= TOGETHER
    return ContourDrawing(
        title=words.title,
        fine=f"scale({1 / FINE:g})",
        inside=INSIDE,
        ground=ground(SQUARE, (x, y), (words.across, words.up), ruled=False),
        bands=bands(surface, levels, looks),
        labels=_free(labels(surface, levels, digits), [start, now]),
        keys=keys(levels, looks, digits),
        way=_way(spots),
        start=(place(start[0]), place(start[1])) if apart and _holds(start) else None,
        now=(place(now[0]), place(now[1])),
        downhill=_downhill(now, walked.gradient),
    )


def levels_of(low: float, high: float) -> tuple[float, ...]:
    """Round numbers between the lowest and the highest loss: even, or by 1, 2, 5, 10 where they are far apart.

    None where the loss is level.
    """
    if high - low <= LEVEL * high:
        return ()
    if not 0 < low * WIDE < high:
        return levels_between(low, high)
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    steps = [float(f"{step:g}e{power}") for power in powers for step in STEPS]
    inside = [level for level in steps if low < level < high]
    return tuple(inside[:: -(-len(inside) // MOST)])


def _free(words: Sequence[Label], marks: Sequence[tuple[float, float]]) -> tuple[Label, ...]:
    """The labels that the frame holds and that no mark lies on."""
    return tuple(
        word
        for word in words
        if float(word.x) + LETTER * len(word.text) / 2 <= SQUARE.right
        and float(word.x) - LETTER * len(word.text) / 2 >= SQUARE.left
        and all(hypot(float(word.x) - x, float(word.y) - y) >= NEAR for x, y in marks)
    )


def told_apart(levels: Sequence[float], digits: int) -> int:
    """As many digits as it takes to tell the levels apart, at least as many as given."""
    enough = (d for d in range(digits, MOST_DIGITS) if len({number(level, d) for level in levels}) == len(levels))
    return next(enough, MOST_DIGITS)


def spaced_looks(count: int) -> tuple[str, ...]:
    """So many looks, from the lightest to the strongest."""
    return tuple(LOOKS[round(i * (len(LOOKS) - 1) / max(count - 1, 1))] for i in range(count))


def _way(spots: Sequence[tuple[float, float]]) -> str:
    """The way as a path, without points that cannot be told from the last one drawn; empty if there is none to see."""
    if max(hypot(x - spots[0][0], y - spots[0][1]) for x, y in spots) < TOGETHER:
        return ""
    kept = [spots[0]]
    for spot in spots[1:]:
        if hypot(spot[0] - kept[-1][0], spot[1] - kept[-1][1]) >= 1.0 or spot is spots[-1]:
            kept.append(spot)
    return "".join(f"{'L' if i else 'M'}{place(x)} {place(y)}" for i, (x, y) in enumerate(kept))


def _holds(spot: tuple[float, float]) -> bool:
    return SQUARE.left <= spot[0] <= SQUARE.right and SQUARE.top <= spot[1] <= SQUARE.bottom


def _downhill(now: tuple[float, float], gradient: tuple[float, float] | None) -> Arrow | None:
    """Against the gradient; the axis up runs against the drawing's own."""
    largest = max(map(abs, gradient)) if gradient else 0.0
    if not gradient or not largest:
        return None
    across, up = gradient[0] / largest, gradient[1] / largest  # so that no square leaves the doubles
    end = now[0] - DOWNHILL * across / hypot(across, up), now[1] + DOWNHILL * up / hypot(across, up)
    return arrow_from(now, end)
