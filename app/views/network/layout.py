"""Where units, connections and their numbers stand, and how they are drawn, for the sizes of a network alone.

All in the drawing's own units, about a pixel; every drawing is of one size, so that its texts have one, too. No number
stands over another, a unit or a caption.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.engine.memory import kept
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.views.formulas.symbols import reference
from app.views.network.scales import place
from app.views.text.naming import spoken_mark, unit_mark

ROOMY_UNITS, ROOMY_CONNECTIONS = 5, 40  # beyond either, numbers leave the drawing
UNFOLDED, FOLDED_HEAD = 16, 7  # a layer beyond 16 units shows its first 7, a fold, and its last
WIDTH, HEIGHT = 764.0, 456.0
FLOOR = 430.0  # below it stand the brackets of a gradient's links
TOP, BOTTOM, LEFT = 60.0, 36.0, 46.0  # room for captions and a name, for two rows below a unit, for half an input
TO_LOSS, AFTER_LOSS = 162.0, 44.0
FARTHEST = 320.0  # from one column to the next
LOSS_RADIUS = 30.0
ROOMY_LINE = 80.0  # a line of this length has room for numbers on their way
TARGET_ASIDE, TARGET_OFF = 88.0, 24.0  # from an output to the middle of its target
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

    def share(self, point: Point) -> float:
        """The share of the way at which the line passes the point."""
        (x1, y1), (x2, y2) = self.start, self.end
        return ((point.x - x1) * (x2 - x1) + (point.y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)

    def before(self, far: float) -> Point:
        """The point so far from the end."""
        return Line(*self[:3], self.end, self.start).after(far)

    def after(self, far: float) -> Point:
        """The point so far from the start."""
        return self.at(far / hypot(self.end.x - self.start.x, self.end.y - self.start.y))


@dataclass(frozen=True)
class Layout:
    """The drawing of one network: places of units by (layer, j), of the loss, and its lines.

    `folds`: how many units a folded layer leaves out, and where it says so.
    `dense`: numbers have no room on it. `tallest`: places in the fullest column, a fold counted as one. `columns` are
    x of each layer, the input first; every column stands around the height `middle`. `units` holds those that are
    drawn; `connections` are between these, layer by layer, row by row of W; `to_loss` leads from each output.
    """

    sizes: tuple[int, ...]
    dense: bool
    tallest: int
    radius: float
    middle: float
    columns: tuple[float, ...]
    units: dict[tuple[int, int], Point]
    folds: tuple[tuple[int, Point], ...]
    loss: Point
    connections: tuple[Line, ...]
    to_loss: tuple[Line, ...]

    @property
    def roomy(self) -> bool:
        """Whether numbers have room on the way from one column to the next."""
        return not self.dense and self.columns[1] - self.columns[0] - 2 * self.radius >= ROOMY_LINE

    @property
    def crowded(self) -> bool:
        """Whether there is room for one row of numbers below a unit, not for two."""
        return self.tallest > 3

    @property
    def decimals(self) -> int:
        """How many decimals the numbers of units have room for."""
        return 3 if self.tallest > 4 or len(self.sizes) > 4 else 4

    def target(self, j: int) -> Point:
        """The middle of output j's target: beside it, on the side away from the loss."""
        x, y = self.units[len(self.sizes) - 1, j]
        return Point(x + TARGET_ASIDE, y + (-TARGET_OFF if y <= self.middle else TARGET_OFF))


def layout(sizes: tuple[int, ...]) -> Layout:
    """Where everything stands for a network of these sizes."""
    dense = max(sizes) > ROOMY_UNITS or sum(a * b for a, b in pairwise(sizes)) > ROOMY_CONNECTIONS
    tallest = max(map(_places, sizes))
    if dense:
        radius = min(14.0, (FLOOR - TOP - BOTTOM) / (2.4 * tallest))
    else:
        radius = min({1: 32.0, 2: 32.0, 3: 29.0, 4: 25.0}.get(tallest, 19.0), 32.0 if len(sizes) < 5 else 23.0)
    middle = TOP + (FLOOR - TOP - BOTTOM) / 2
    room = WIDTH - LEFT - TO_LOSS - AFTER_LOSS
    spacing = min(room / (len(sizes) - 1), FARTHEST)  # from one column to the next
    left = LEFT + (room - spacing * (len(sizes) - 1)) / 2
    columns = tuple(left + spacing * l for l in range(len(sizes)))
    loss = Point(columns[-1] + TO_LOSS, middle)

    def height_of(row: int, size: int) -> float:
        room, places = FLOOR - TOP - BOTTOM - 2 * radius, _places(size)
        step = PAIR_APART * room if places == 2 and not dense else room / max(tallest - 1, 1)
        return middle + (row - (places - 1) / 2) * step

    last = len(sizes) - 1
    units = {(l, j): Point(columns[l], height_of(row, size)) for l, size in enumerate(sizes) for row, j in _drawn(size)}
    folds = tuple(
        (size - FOLDED_HEAD - 1, Point(columns[l], height_of(FOLDED_HEAD, size)))
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
    return Layout(sizes, dense, tallest, radius, middle, columns, units, folds, loss, connections, to_loss)


def _places(size: int) -> int:
    return size if size <= UNFOLDED else FOLDED_HEAD + 2


def _drawn(size: int) -> tuple[tuple[int, int], ...]:
    """(row, unit) of each unit that is drawn."""
    if size <= UNFOLDED:
        return tuple((j, j) for j in range(size))
    return (*((j, j) for j in range(FOLDED_HEAD)), (FOLDED_HEAD + 1, size - 1))


def _rim_to_rim(a: Point, b: Point, from_radius: float, to_radius: float) -> tuple[Point, Point]:
    far = hypot(b.x - a.x, b.y - a.y)
    dx, dy = (b.x - a.x) / far, (b.y - a.y) / far
    return Point(a.x + from_radius * dx, a.y + from_radius * dy), Point(b.x - to_radius * dx, b.y - to_radius * dy)


# The numbers of connections ------------------------------------------------------------------------------------------

LABEL = (82.0, 44.0)  # "∂ −0.00123"; three rows: weight, gradient, new weight
ROW = 18.0  # one of them: labels of several connections show no more
SIGNAL = (70.0, 18.0)  # an error signal on the way from the loss
BELOW = (100.0, 36.0)  # two rows below a unit: "b → −0.1234", "δ −0.00396 ▲"
ALONG = np.linspace(0.04, 0.96, 33)  # shares of the way along a line
BESIDE = (0.0, -7.0, 7.0)  # how far above or below its line a label may stand
HEAD_MIDDLE, HEAD_SIZE = 8.0, 11.0  # an arrowhead: how far from the start of its line, how large
HEAD_LONG, HEAD_WIDE = 11.0, 5.0  # as it is drawn
ROWS = ((4.5,), (-6.0, 15.5), (-9.5, 4.5, 18.5))  # baselines of one, two and three rows around the label's middle
ASIDE = ((-14.0,), (-14.0, 24.0), (-14.0, 24.0, 38.0))  # of a label without a place: above and below its line
MARGIN = 4.0
# What counts against a place, where taking another label's last place counts 1: a foreign line through it, and
# another label so near above or below that the two read as one.
CUT, CROWD, ROOM = 0.25, 0.5, 8.0
OFF = 1.5  # as much, for a place at an end of the line: what travels needs room on both sides

Places = dict[tuple[int, int, int], Point]


class Box(NamedTuple):
    """A rectangle around its middle."""

    x: float
    y: float
    width: float
    height: float


def fixed_boxes(drawing: Layout) -> tuple[Box, ...]:
    """Everything that no label may cover: units, captions, targets, the loss, and where arrowheads will be."""
    r = drawing.radius
    circles = (Box(x, y, 2 * r, 2 * r) for x, y in drawing.units.values())
    ends = 0, len(drawing.sizes) - 1  # whose names may be those of columns and of classes
    names = (Box(x, y - r - 10, 104.0 if l in ends else 40.0, 15.0) for (l, _), (x, y) in drawing.units.items())
    wide, tall = (BELOW[0], BELOW[1] / 2) if drawing.crowded else BELOW
    below = (Box(x, y + r + 2 + tall / 2, wide, tall) for (l, _), (x, y) in drawing.units.items() if l)
    captions = (Box(x, 22.0, 120.0, 36.0) for x in drawing.columns)
    targets = (Box(*drawing.target(line.k), 80.0, 24.0) for line in drawing.to_loss)
    loss = Box(*drawing.loss, 2 * LOSS_RADIUS + 16, 2 * LOSS_RADIUS)
    lines = (*drawing.connections, *drawing.to_loss)
    heads = (Box(*line.after(HEAD_MIDDLE), HEAD_SIZE, HEAD_SIZE) for line in lines)
    return (*circles, *names, *below, *captions, *targets, loss, *heads)


def label_places(sizes: tuple[int, ...]) -> Places:
    """(l, j, k) -> the middle of that line's label; a line that is missing found no place. Empty when dense."""
    drawing = layout(sizes)
    if drawing.dense:
        return {}
    return {line[:3]: middle for l in range(1, len(sizes) + 1) for line, middle in _labelled(drawing, l)}


def _labelled(drawing: Layout, l: int) -> Iterator[tuple[Line, Point]]:
    """The label with the fewest places left between two columns chooses first, what takes least from the others."""
    lines = [line for line in (*drawing.connections, *drawing.to_loss) if line.l == l]
    size = np.array(SIGNAL if l == len(drawing.sizes) else LABEL)
    places = np.array([(x, y + beside) for line in lines for x, y in map(line.at, ALONG) for beside in BESIDE])
    owner = np.repeat(np.arange(len(lines)), len(ALONG) * len(BESIDE))
    off = OFF * np.tile(np.repeat(np.abs(2 * ALONG - 1), len(BESIDE)), len(lines)) ** 2

    start, end = (*drawing.columns, drawing.loss.x)[l - 1 : l + 1]
    fixed = np.array(fixed_boxes(drawing))
    free = np.abs(places[:, 0] - (start + end) / 2) <= (end - start - size[0]) / 2
    free &= ~_near(places, fixed[:, :2], fixed[:, 2:] + size).any(axis=1)
    places, owner, costs = places[free], owner[free], off[free]

    row = np.array((size[0], ROW))
    conflicts = _near(places, places, 2 * row) & (owner[:, None] != owner)
    crowded = _near(places, places, 2 * np.array((size[0], ROW + ROOM)))
    for i, ((x1, y1), (x2, y2)) in enumerate(line[3:] for line in lines):
        heights = y1 + (places[:, 0] - x1) / (x2 - x1) * (y2 - y1)
        costs += CUT * ((np.abs(heights - places[:, 1]) < ROW / 2) & (owner != i))

    left = np.ones(len(places), bool)
    while left.any():
        counts = np.bincount(owner[left], minlength=len(lines))
        chosen = int(np.argmin(np.where(counts > 0, counts, len(left) + 1)))
        own = np.flatnonzero(left & (owner == chosen))
        taken = conflicts[np.ix_(own, left)] @ (1.0 / counts[owner[left]])
        best = own[np.argmin(taken + costs[own])]
        yield lines[chosen], Point(*map(float, places[best]))
        costs += CROWD * crowded[best]
        left &= ~conflicts[best] & (owner != chosen)


def _near(places: Array, others: Array, sizes: Array) -> NDArray[np.bool_]:
    """Which places (n, 2) come nearer to which others (m, 2) than half of both their sizes and the margin: (n, m)."""
    near = np.abs(places[:, None, :] - others) * 2 < sizes + MARGIN
    both: NDArray[np.bool_] = near[..., 0] & near[..., 1]
    return both


# What stands still ---------------------------------------------------------------------------------------------------


class Wire(NamedTuple):
    """A line as it is drawn: its ids, its path, its arrowhead, the middle of its label, where it leads in words.

    The arrowhead stands at its start and points there: the way back. `x` and `rows` are where the rows of its label
    stand: of one row, of two, of three. A label that found no place is not `placed`. `weight` is what it stands for.
    """

    line: Line
    id: str
    ref: str
    path: str
    head: str
    middle: Point
    x: str
    rows: tuple[tuple[str, ...], ...]
    placed: bool
    words: str
    weight: Symbol


class Spot(NamedTuple):
    """A unit as it is drawn: layer and number, its id and its bias's, its name in words and in short, where it stands.

    `places` are the last fields of a Unit, from `x` on.
    """

    l: int
    j: int
    id: str
    bias_ref: str
    words: str
    name: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Still:
    """All of a drawing that no step changes: its layout, its lines and units as they are drawn.

    `marks` are the ids of all that can be in focus.
    """

    layout: Layout
    connections: tuple[Wire, ...]
    to_loss: tuple[Wire, ...]
    units: tuple[Spot, ...]
    marks: frozenset[str]


@kept
def still(sizes: tuple[int, ...]) -> Still:
    """What stands still for networks of these sizes.

    Cached: to place the labels of 2-4-2 takes 18 ms, as long as twenty steps.
    """
    drawing, places = layout(sizes), label_places(sizes)
    connections = tuple(_wire(sizes, line, places) for line in drawing.connections)
    to_loss = tuple(_wire(sizes, line, places) for line in drawing.to_loss)
    units = tuple(_spot(drawing, l, j) for l, j in drawing.units)
    marks = frozenset(("u-loss", *(mark.id for marks in (units, connections, to_loss) for mark in marks)))
    return Still(drawing, connections, to_loss, units, marks)


def _wire(sizes: tuple[int, ...], line: Line, places: Places) -> Wire:
    l, j, k = at = line[:3]
    source = spoken_mark(sizes, l - 1, k)
    if l == len(sizes):
        weight, ref, id, words = Symbol("loss"), "loss", f"o-{k}", f"from {source} to the loss"
    else:
        weight = Symbol("W", *at)
        ref = reference(weight)
        id, words = ref.replace("w", "c"), f"weight from {source} to {spoken_mark(sizes, l, j)}"
    (x1, y1), (x2, y2) = line.start, line.end
    path = f"M{place(x1)} {place(y1)}L{place(x2)} {place(y2)}"
    far = hypot(x2 - x1, y2 - y1)
    dx, dy = HEAD_WIDE * (x2 - x1) / far, HEAD_WIDE * (y2 - y1) / far
    tip, back = line.after(2.0), line.after(2.0 + HEAD_LONG)
    corners = (tip, (back.x - dy, back.y + dx), (back.x + dy, back.y - dx))
    head = f"M{'L'.join(f'{place(x)} {place(y)}' for x, y in corners)}Z"
    middle = places.get(at) or line.at(0.5)
    x, y = middle
    rows = tuple(tuple(place(y + row) for row in rows) for rows in (ROWS if at in places else ASIDE))
    return Wire(line, id, ref, path, head, middle, place(x), rows, at in places, words, weight)


def _spot(drawing: Layout, l: int, j: int) -> Spot:
    (x, y), r = drawing.units[l, j], drawing.radius
    kind = "input" if l == 0 else "output" if l == len(drawing.sizes) - 1 else "hidden unit"
    name = "" if drawing.dense else unit_mark(drawing.sizes, l, j)
    across = (x, y, r, y - r - 6, x + 20, y - 0.45 * r, y + 5, y + r + 14, y + r + (14 if drawing.crowded else 30))
    words = f"{kind} {spoken_mark(drawing.sizes, l, j)}"
    ids = reference(Symbol("a", l, j)), reference(Symbol("b", l, j))
    return Spot(l, j, *ids, words, name, tuple(map(place, across)))
