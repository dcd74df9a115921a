"""What stands over a picture: examples as marks, each of ten classes with a shape of its own; arrows."""

from dataclasses import dataclass
from math import hypot

import numpy as np

from app.engine.network.arrays import Array
from app.sessions.walk.classes import classes_of, classifies
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import Axis
from app.views.network.scales import place
from app.views.text.naming import class_names

MOST = 400  # marks of one kind, training or test
SHAPES = (
    "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0",  # a circle
    "m0-5.6l5.2 9.2h-10.4z",  # a triangle
    "m-4.2-4.2h8.4v8.4h-8.4z",  # a square
    "m0-5.8l5.8 5.8-5.8 5.8-5.8-5.8z",  # a diamond
    "m0 5.6l5.2-9.2h-10.4z",  # a triangle on its tip
    "m-1.8-5.4h3.6v3.6h3.6v3.6h-3.6v3.6h-3.6v-3.6h-3.6v-3.6h3.6z",  # a plus
    "m0-2.4l2.9-2.9 2.4 2.4-2.9 2.9 2.9 2.9-2.4 2.4-2.9-2.9-2.9 2.9-2.4-2.4 2.9-2.9-2.9-2.9 2.4-2.4z",  # a cross
    "m5.6 0l-9.2 5.2v-10.4z",  # a triangle to the right
    "m-5.6 0l9.2 5.2v-10.4z",  # a triangle to the left
    "m-4.6-5h9.2l-9.2 10h9.2z",  # an hourglass
)
RING = "m-9.5 0a9.5 9.5 0 1 0 19 0a9.5 9.5 0 1 0-19 0"
LEGEND = "M11 11"  # where a legend draws one
HEAD = 7.0  # of an arrow


@dataclass(frozen=True)
class Marks:
    """Examples of one class and kind: their look, what the legend calls them, their shapes at their places.

    `sign` is one shape for the legend.
    """

    look: str
    name: str
    d: str
    sign: str


@dataclass(frozen=True)
class Bands:
    """How numbers are coloured: a look for each band between levels; `scale` is how many units of a drawing 1 is."""

    levels: tuple[float, ...]
    looks: tuple[str, ...]
    scale: float


@dataclass(frozen=True, eq=False)
class Cloud:
    """Examples of one class and kind at `points`, (m, 2): across and up, in units of the axes. What has no name is in
    no legend; `shapes` are there where each has its own, and `shape` is then the legend's.
    """

    name: str
    look: str
    shape: str
    points: Array
    shapes: tuple[str, ...] = ()

    def on(self, x: Axis, y: Axis) -> Marks:
        """Drawn where these axes have its points."""
        shapes = self.shapes or len(self.points) * (self.shape,)
        spots = zip(self.points.tolist(), shapes, strict=True)
        d = "".join(f"M{place(x.at(across))} {place(y.at(up))}{shape}" for (across, up), shape in spots)
        return Marks(self.look, self.name, d, f"{LEGEND}{self.shape}")


def evenly(rows: Array) -> Array:
    """At most MOST of them, evenly chosen."""
    chosen: Array = rows[:: max(1, -(-len(rows) // MOST))]
    return chosen


def clouds(session: TrainingSession, training: Array, test: Array) -> tuple[Cloud, ...]:
    """The examples at (examples, 2), by class where there are classes, and the one in focus.

    At most MOST of each kind, evenly chosen.
    """
    kinds = (("training", session.examples[1], training), ("test", session.setup.test_examples[1], test))
    found = []
    for kind, Y, points in kinds:
        Y, points = evenly(Y), evenly(points)
        if not classifies(session.setup):
            found.append(Cloud(f"{kind} examples", f"c0 {kind}", SHAPES[0], points))
            continue
        classes = classes_of(Y)
        for number, name in enumerate(class_names(session)):
            shape = number % len(SHAPES)
            found.append(Cloud(f"{name}, {kind}", f"c{shape} {kind}", SHAPES[shape], points[classes == number]))
    return *(cloud for cloud in found if len(cloud.points)), in_focus(session, training)


def in_focus(session: TrainingSession, training: Array) -> Cloud:
    """The ring around the example in focus."""
    return Cloud(f"example {session.example + 1}, in focus", "focus", RING, training[[session.example]])


# Examples that have a number for a target ----------------------------------------------------------------------------

LONGEST = 54.0  # a residual's line, and the shortest that is drawn
SHORTEST = 1.0
RADIUS = 4.5  # of the circle on which it begins


def by_value(points: Array, targets: Array, off: Array, bands: Bands, kind: str) -> list[Cloud]:
    """Examples of one kind at `points` (m, 2), coloured by their targets as a map is by what is predicted; at each a
    line as long as its residual, (m,): up where the target is higher, `bands.scale` long where it is 1.
    """
    points, targets, off = evenly(points), evenly(targets), evenly(off)
    found = []
    for name, look, way, here in (
        ("the target is higher than predicted", "off pos", "-", off > 0),
        ("the target is lower than predicted", "off neg", "", off < 0),
    ):
        with np.errstate(all="ignore"):  # what is 0 on an endless scale has no length
            lengths = np.nan_to_num(np.minimum(bands.scale * np.abs(off), LONGEST))
        here &= lengths >= SHORTEST
        shapes = tuple(f"m0 {way}{RADIUS}v{way}{place(length)}" for length in lengths[here].tolist())
        if shapes and kind == "training":
            sign = f"m0 {way}{RADIUS}m0 {'9' if way else '-9'}v{way}14"
            found.append(Cloud(name, look, sign, points[here], shapes))
        elif shapes:
            found.append(Cloud("", look, "", points[here], shapes))
    which, title = np.digitize(targets, bands.levels), f"{kind} examples, by their target"
    for look in bands.looks:
        here = which == bands.looks.index(look)
        if here.any():
            found.append(Cloud(title, f"{look} valued {kind}", SHAPES[0], points[here]))
            title = ""
    return found


# Arrows ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arrow:
    """A line with a head: both as paths."""

    line: str
    head: str


def arrow_from(start: tuple[float, float], end: tuple[float, float]) -> Arrow:
    """From a point of the drawing to another, longer than its head."""
    (x1, y1), (x2, y2) = start, end
    length = hypot(x2 - x1, y2 - y1)
    u, v = (x2 - x1) / length, (y2 - y1) / length
    neck = (x2 - HEAD * u, y2 - HEAD * v)
    sides = (neck[0] - HEAD * v / 2, neck[1] + HEAD * u / 2), (neck[0] + HEAD * v / 2, neck[1] - HEAD * u / 2)
    (ax, ay), (bx, by) = sides
    head = f"M{place(x2)} {place(y2)}L{place(ax)} {place(ay)}L{place(bx)} {place(by)}z"
    return Arrow(f"M{place(x1)} {place(y1)}L{place(neck[0])} {place(neck[1])}", head)
