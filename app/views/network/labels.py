"""Where the numbers of connections stand: each by its own line, none over another, a unit or a caption."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.engine.network.arrays import Array
from app.views.network.layout import LOSS_RADIUS, Layout, Line, Point, layout

WIDEST, TALLEST = 70.0, 38.0  # "∂ −1.23×10⁻⁵"; three rows: weight, gradient, new weight
SIGNAL_WIDEST, SIGNAL_TALLEST = 66.0, 18.0  # an error signal on the way from the loss
BELOW_WIDEST, BELOW_TALLEST = 88.0, 31.0  # two rows below a unit: "b → −0.1234", "δ = −0.0396"
ALONG = np.linspace(0.04, 0.96, 33)  # shares of the way along a line
BESIDE = (0.0, -7.0, 7.0)  # how far above or below its line a label may stand
HEAD_MIDDLE, HEAD_SIZE = 8.0, 11.0  # an arrowhead: how far from the start of its line, how large
MARGIN = 4.0
# What counts against a place, where taking another label's last place counts 1: a foreign line through it, and
# another label so near above or below that the two read as one.
CUT, CROWD, ROOM = 0.25, 0.5, 8.0

Places = dict[tuple[int, int, int], Point]
Flags = NDArray[np.bool_]


class Box(NamedTuple):
    """A rectangle around its middle."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box", margin: float = MARGIN) -> bool:
        """Whether the two come nearer to each other than the margin."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width + margin
            and abs(self.y - other.y) * 2 < self.height + other.height + margin
        )


def unit_boxes(drawing: Layout) -> Iterator[Box]:
    """What a unit takes up, as rectangles: its circle, its name above, bias and error signal below."""
    r = drawing.radius
    for (l, _), (x, y) in drawing.units.items():
        yield Box(x, y, 2 * r, 2 * r)
        yield Box(x, y - r - 10, 56.0, 17.0)
        if l:
            yield Box(x, y + r + 17, BELOW_WIDEST, BELOW_TALLEST)


def fixed_boxes(drawing: Layout) -> tuple[Box, ...]:
    """Everything that no label may cover: units, captions, targets, the loss, and where arrowheads will be."""
    captions = (Box(x, 22.0, 120.0, 36.0) for x in drawing.columns)
    targets = (Box(*drawing.target(line.k), 80.0, 24.0) for line in drawing.to_loss)
    loss = Box(*drawing.loss, 2 * LOSS_RADIUS + 16, 2 * LOSS_RADIUS)
    lines = (*drawing.connections, *drawing.to_loss)
    heads = (Box(*line.after(HEAD_MIDDLE), HEAD_SIZE, HEAD_SIZE) for line in lines)
    return (*unit_boxes(drawing), *captions, *targets, loss, *heads)


def label_size(drawing: Layout, l: int) -> tuple[float, float]:
    """Width and height kept free for a label of layer l; L+1 are the lines to the loss."""
    return (SIGNAL_WIDEST, SIGNAL_TALLEST) if l == len(drawing.sizes) else (WIDEST, TALLEST)


def label_places(sizes: tuple[int, ...]) -> Places:
    """(l, j, k) -> the middle of that line's label; a line that is missing found no place. Empty when dense."""
    drawing = layout(sizes)
    if drawing.dense:
        return {}
    return {
        (line.l, line.j, line.k): place for l in range(1, len(sizes) + 1) for line, place in _Gap(drawing, l).settled()
    }


class _Gap:
    """The labels of the lines between two columns, and where each could stand: arrays over all candidates."""

    def __init__(self, drawing: Layout, l: int) -> None:
        self.lines = [line for line in (*drawing.connections, *drawing.to_loss) if line.l == l]
        size = label_size(drawing, l)
        places = np.array([_candidates(line) for line in self.lines]).reshape(-1, 2)
        owner = np.repeat(np.arange(len(self.lines)), len(ALONG) * len(BESIDE))
        ends = (*drawing.columns, drawing.loss.x)
        free = _inside(places, size, ends[l - 1], ends[l]) & ~_covering(places, size, fixed_boxes(drawing))
        self.places, self.owner = places[free], owner[free]
        self.conflicts = _conflicts(self.places, size) & (self.owner[:, None] != self.owner)
        self.near = _conflicts(self.places, (size[0], size[1] + ROOM))
        self.costs = CUT * sum((self._cut_by(i, size[1]) for i in range(len(self.lines))), np.zeros(len(self.places)))

    def _cut_by(self, i: int, height: float) -> Flags:
        """Candidates of other lines that line i runs through."""
        (x1, y1), (x2, y2) = self.lines[i].start, self.lines[i].end
        y = y1 + (self.places[:, 0] - x1) / (x2 - x1) * (y2 - y1)
        cut: Flags = (np.abs(y - self.places[:, 1]) < height / 2) & (self.owner != i)
        return cut

    def settled(self) -> Iterator[tuple[Line, Point]]:
        """The label with the fewest places left chooses first, what takes least from the others."""
        left = np.ones(len(self.places), bool)
        while left.any():
            counts = np.bincount(self.owner[left], minlength=len(self.lines))
            chosen = int(np.argmin(np.where(counts > 0, counts, len(left) + 1)))
            best = self._best(np.flatnonzero(left & (self.owner == chosen)), left, counts)
            yield self.lines[chosen], Point(*map(float, self.places[best]))
            self.costs += CROWD * self.near[best]
            left &= ~self.conflicts[best] & (self.owner != chosen)

    def _best(self, own: NDArray[np.intp], left: Flags, counts: NDArray[np.intp]) -> int:
        taken = self.conflicts[np.ix_(own, left)] @ (1.0 / counts[self.owner[left]])
        return int(own[np.argmin(taken + self.costs[own])])


def _candidates(line: Line) -> list[tuple[float, float]]:
    return [(x, y + beside) for x, y in map(line.at, ALONG) for beside in BESIDE]


def _inside(places: Array, size: tuple[float, float], left: float, right: float) -> Flags:
    inside: Flags = np.abs(places[:, 0] - (left + right) / 2) <= (right - left - size[0]) / 2
    return inside


def _covering(places: Array, size: tuple[float, float], fixed: tuple[Box, ...]) -> Flags:
    middles, sizes = np.array([box[:2] for box in fixed]), np.array([box[2:] for box in fixed])
    apart = np.abs(places[:, None, :] - middles)
    covers: Flags = np.logical_or.reduce(_everywhere(apart * 2 < sizes + size + MARGIN), axis=1)
    return covers


def _conflicts(places: Array, size: tuple[float, float]) -> Flags:
    return _everywhere(np.abs(places[:, None, :] - places) * 2 < 2 * np.array(size) + MARGIN)


def _everywhere(near: Flags) -> Flags:
    """Where both x and y are near; `near` is (.., .., 2)."""
    both: Flags = near[..., 0] & near[..., 1]
    return both
