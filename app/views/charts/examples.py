"""What stands over a picture: examples as marks, each of ten classes with a shape of its own; arrows."""

from dataclasses import dataclass
from math import hypot

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


@dataclass(frozen=True, eq=False)
class Cloud:
    """Examples of one class and kind at `points`, (m, 2): across and up, in units of the axes."""

    name: str
    look: str
    shape: str
    points: Array

    def on(self, x: Axis, y: Axis) -> Marks:
        """Drawn where these axes have its points."""
        d = "".join(f"M{place(x.at(across))} {place(y.at(up))}{self.shape}" for across, up in self.points.tolist())
        return Marks(self.look, self.name, d, f"{LEGEND}{self.shape}")


def clouds(session: TrainingSession, training: Array, test: Array) -> tuple[Cloud, ...]:
    """The examples at (examples, 2), by class where there are classes, and the one in focus.

    At most MOST of each kind, evenly chosen.
    """
    kinds = (("training", session.examples[1], training), ("test", session.setup.test_examples[1], test))
    found = []
    for kind, Y, points in kinds:
        every = max(1, -(-len(points) // MOST))
        Y, points = Y[::every], points[::every]
        if not classifies(session.setup):
            found.append(Cloud(f"{kind} examples", f"c0 {kind}", SHAPES[0], points))
            continue
        classes = classes_of(Y)
        for number, name in enumerate(class_names(session)):
            shape = number % len(SHAPES)
            found.append(Cloud(f"{name}, {kind}", f"c{shape} {kind}", SHAPES[shape], points[classes == number]))
    focus = Cloud(f"example {session.example + 1}, in focus", "focus", RING, training[[session.example]])
    return *(cloud for cloud in found if len(cloud.points)), focus


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
