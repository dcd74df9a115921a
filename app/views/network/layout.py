"""Where units and connections stand, for the sizes of a network alone; in the drawing's own units, about a pixel."""

from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import NamedTuple

ROOMY_UNITS, ROOMY_CONNECTIONS = 5, 40  # beyond either, numbers leave the drawing
UNFOLDED, FOLDED_HEAD = 16, 7  # a layer beyond 16 units shows its first 7, a fold, and its last
TOP, BOTTOM, LEFT = 64.0, 38.0, 46.0  # room for captions and a name, for two rows below a unit, for half an input
TO_LOSS, AFTER_LOSS = 162.0, 44.0
LOSS_RADIUS = 30.0
TARGET_ASIDE, TARGET_OFF = 88.0, 30.0  # from an output to the middle of its target
PAIR_APART = 0.78  # two units of a column stand so far apart, as a share of the room


class Point(NamedTuple):
    """A place in the drawing; y counts downwards."""

    x: float
    y: float


class Line(NamedTuple):
    """From unit k of layer l-1 to unit j of layer l, rim to rim. Layer L+1 is the loss, with j = 0."""

    l: int
    j: int
    k: int
    start: Point
    end: Point

    def at(self, t: float) -> Point:
        """The point at the share t of the way, 0 to 1."""
        (x1, y1), (x2, y2) = self.start, self.end
        return Point(x1 + t * (x2 - x1), y1 + t * (y2 - y1))

    def after(self, far: float) -> Point:
        """The point so far from the start."""
        return self.at(far / hypot(self.end.x - self.start.x, self.end.y - self.start.y))


class Fold(NamedTuple):
    """Where a folded layer says how many units it leaves out."""

    l: int
    hidden: int
    at: Point


@dataclass(frozen=True)
class Layout:
    """The drawing of one network: places of units by (layer, j), of folds, of the loss, and its lines.

    `dense`: numbers have no room on it. `tallest`: places in the fullest column, a fold counted as one. `columns` are
    x of each layer, the input first; every column stands around the height `middle`. `units` holds those that are
    drawn; `connections` are between these, layer by layer, row by row of W; `to_loss` leads from each output.
    """

    sizes: tuple[int, ...]
    dense: bool
    tallest: int
    radius: float
    width: float
    height: float
    middle: float
    columns: tuple[float, ...]
    units: dict[tuple[int, int], Point]
    folds: tuple[Fold, ...]
    loss: Point
    connections: tuple[Line, ...]
    to_loss: tuple[Line, ...]

    def target(self, j: int) -> Point:
        """The middle of output j's target: beside it, on the side away from the loss."""
        x, y = self.units[len(self.sizes) - 1, j]
        return Point(x + TARGET_ASIDE, y + (-TARGET_OFF if y <= self.middle else TARGET_OFF))


def layout(sizes: tuple[int, ...]) -> Layout:
    """Where everything stands for a network of these sizes."""
    dense = max(sizes) > ROOMY_UNITS or sum(a * b for a, b in pairwise(sizes)) > ROOMY_CONNECTIONS
    tallest = max(map(_places, sizes))
    if dense:
        radius = 11.0 if tallest > 9 else 14.0
        height = TOP + BOTTOM + max(320.0, tallest * 2.5 * radius)
    else:
        radius = {1: 32.0, 2: 32.0, 3: 29.0, 4: 25.0}.get(tallest, 23.0)
        height = {4: 470.0, 5: 560.0}.get(tallest, 420.0)
    middle = TOP + (height - TOP - BOTTOM) / 2
    spacing = {2: 320.0, 3: 256.0}.get(len(sizes), 216.0)  # from one column to the next
    columns = tuple(LEFT + spacing * l for l in range(len(sizes)))
    loss = Point(columns[-1] + TO_LOSS, middle)

    def height_of(place: int, size: int) -> float:
        room, places = height - TOP - BOTTOM - 2 * radius, _places(size)
        step = PAIR_APART * room if places == 2 and not dense else room / max(tallest - 1, 1)
        return middle + (place - (places - 1) / 2) * step

    last = len(sizes) - 1
    units = {
        (l, j): Point(columns[l], height_of(place, size)) for l, size in enumerate(sizes) for place, j in _drawn(size)
    }
    folds = tuple(
        Fold(l, size - FOLDED_HEAD - 1, Point(columns[l], height_of(FOLDED_HEAD, size)))
        for l, size in enumerate(sizes)
        if size > UNFOLDED
    )
    connections = tuple(
        Line(l, j, k, *_rim_to_rim(units[l - 1, k], units[l, j], radius, radius))
        for l in range(1, len(sizes))
        for _, j in _drawn(sizes[l])
        for _, k in _drawn(sizes[l - 1])
    )
    to_loss = tuple(
        Line(last + 1, 0, k, *_rim_to_rim(units[last, k], loss, radius, LOSS_RADIUS)) for _, k in _drawn(sizes[-1])
    )
    width = loss.x + AFTER_LOSS
    return Layout(
        sizes, dense, tallest, radius, width, height, middle, columns, units, folds, loss, connections, to_loss
    )


def _places(size: int) -> int:
    return size if size <= UNFOLDED else FOLDED_HEAD + 2


def _drawn(size: int) -> tuple[tuple[int, int], ...]:
    """(place, unit) of each unit that is drawn."""
    if size <= UNFOLDED:
        return tuple((j, j) for j in range(size))
    return (*((j, j) for j in range(FOLDED_HEAD)), (FOLDED_HEAD + 1, size - 1))


def _rim_to_rim(a: Point, b: Point, from_radius: float, to_radius: float) -> tuple[Point, Point]:
    far = hypot(b.x - a.x, b.y - a.y)
    dx, dy = (b.x - a.x) / far, (b.y - a.y) / far
    return Point(a.x + from_radius * dx, a.y + from_radius * dy), Point(b.x - to_radius * dx, b.y - to_radius * dy)
