"""Where units and connections stand, for the sizes of a network alone; in the drawing's own units, about a pixel."""

from dataclasses import dataclass
from functools import cached_property
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
    """The drawing of one network: places of units by (layer, j), of folds, of the loss, and its lines."""

    sizes: tuple[int, ...]

    @cached_property
    def dense(self) -> bool:
        """Whether numbers have no room on the drawing."""
        connections = sum(a * b for a, b in zip(self.sizes, self.sizes[1:], strict=False))
        return max(self.sizes) > ROOMY_UNITS or connections > ROOMY_CONNECTIONS

    @cached_property
    def tallest(self) -> int:
        """Places in the fullest column, a fold counted as one."""
        return max(_places(size) for size in self.sizes)

    @cached_property
    def radius(self) -> float:
        """Of every unit."""
        if self.dense:
            return 11.0 if self.tallest > 9 else 14.0
        return {1: 32.0, 2: 32.0, 3: 29.0, 4: 25.0}.get(self.tallest, 23.0)

    @cached_property
    def height(self) -> float:
        """Of the whole drawing."""
        if self.dense:
            return TOP + BOTTOM + max(320.0, self.tallest * 2.5 * self.radius)
        return {4: 470.0, 5: 560.0}.get(self.tallest, 420.0)

    @cached_property
    def spacing(self) -> float:
        """From one column to the next."""
        return {2: 320.0, 3: 256.0}.get(len(self.sizes), 216.0)

    @cached_property
    def width(self) -> float:
        """Of the whole drawing."""
        return self.loss.x + AFTER_LOSS

    @cached_property
    def middle(self) -> float:
        """The height around which every column stands."""
        return TOP + (self.height - TOP - BOTTOM) / 2

    @cached_property
    def columns(self) -> tuple[float, ...]:
        """x of each layer, the input first."""
        return tuple(LEFT + self.spacing * l for l in range(len(self.sizes)))

    @cached_property
    def loss(self) -> Point:
        """Where the loss stands."""
        return Point(self.columns[-1] + TO_LOSS, self.middle)

    @cached_property
    def units(self) -> dict[tuple[int, int], Point]:
        """(layer, j) -> place, for every unit that is drawn."""
        return {
            (l, j): Point(self.columns[l], self._height_of(place, size))
            for l, size in enumerate(self.sizes)
            for place, j in _drawn(size)
        }

    @cached_property
    def folds(self) -> tuple[Fold, ...]:
        """One for each folded layer."""
        return tuple(
            Fold(l, size - FOLDED_HEAD - 1, Point(self.columns[l], self._height_of(FOLDED_HEAD, size)))
            for l, size in enumerate(self.sizes)
            if size > UNFOLDED
        )

    @cached_property
    def connections(self) -> tuple[Line, ...]:
        """Every connection between drawn units, layer by layer, row by row of W."""
        return tuple(
            Line(l, j, k, *_rim_to_rim(self.units[l - 1, k], self.units[l, j], self.radius, self.radius))
            for l in range(1, len(self.sizes))
            for _, j in _drawn(self.sizes[l])
            for _, k in _drawn(self.sizes[l - 1])
        )

    @cached_property
    def to_loss(self) -> tuple[Line, ...]:
        """From each drawn output to the loss."""
        L = len(self.sizes) - 1
        return tuple(
            Line(L + 1, 0, k, *_rim_to_rim(self.units[L, k], self.loss, self.radius, LOSS_RADIUS))
            for _, k in _drawn(self.sizes[-1])
        )

    def target(self, j: int) -> Point:
        """The middle of output j's target: beside it, on the side away from the loss."""
        x, y = self.units[len(self.sizes) - 1, j]
        return Point(x + TARGET_ASIDE, y + (-TARGET_OFF if y <= self.middle else TARGET_OFF))

    def _height_of(self, place: int, size: int) -> float:
        room, places = self.height - TOP - BOTTOM - 2 * self.radius, _places(size)
        step = PAIR_APART * room if places == 2 and not self.dense else room / max(self.tallest - 1, 1)
        return self.middle + (place - (places - 1) / 2) * step


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
