"""The loss over two parameters, as bands between levels, with the way that training took in them.

The surface is that of the iteration of the walk: all other parameters stand where this iteration began, and the loss
is that of its batch. Drawn is what the walk has shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import dist, hypot
from typing import ClassVar

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.sessions.pictures.over_parameters import NEAREST, Way, known_of, reach_of, surface_of, way_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import SQUARE, Axis, Ground, Span, ground, tight
from app.views.charts.levels import MOST, Layers, Surface, bands, keys, levels_between, placed, spaced_looks, words_of
from app.views.charts.overlay import Arrow, arrow_from
from app.views.charts.picture_file import Drawing
from app.views.charts.readings import Cells, cells_of
from app.views.charts.table import Table, chosen, grid_table, texts_of
from app.views.network.scales import place
from app.views.pictures.choices import (
    Choice,
    Choices,
    Query,
    choice,
    choices_of,
    parameter_choice,
    parameter_in_question,
    parameters_of,
)
from app.views.text.naming import parameter_name
from app.views.text.numbers import fixed, number

ROOM = 1.4  # so many times as far as the way reaches the window goes
TOO_SHORT = 1 / 8  # of what shows the shape of the loss: a way shorter than this is not what is looked at first
FAR = 4.0  # times as far
SHAPE, WIDE, WAY = ("shape", "the shape of the loss"), ("wide", "from far"), ("way", "the way of the training")
DOWNHILL = 44.0  # how long the arrow of the negative gradient is, whatever the gradient's size
TOGETHER = 9.0  # nearer than this, two marks of the way are one
ALONG = 100  # places of the way of which labels keep clear
LEVEL = 1e-7  # of the highest loss: what differs by less is level
MOST_DIGITS = 10
FAR_APART = 20.0  # times between the lowest and the highest loss, from which levels go by 1, 2, 5, 10
FEW = 2  # digits of a headline
CELLS, ROWS = 5, 10  # of the tables, about
Spot = tuple[float, float]


@dataclass(frozen=True)
class ContourDrawing:
    """The bands of the loss, and over them the way, empty before the first update, with where it starts and is now.

    `inside` is the frame, x, y, width and height, out of which the way may lead.
    """

    inside: ClassVar[tuple[str, ...]] = tuple(
        map(place, (SQUARE.left, SQUARE.top, SQUARE.right - SQUARE.left, SQUARE.bottom - SQUARE.top))
    )

    title: str
    ground: Ground
    layers: Layers
    way: str
    start: tuple[str, str] | None
    now: tuple[str, str]
    downhill: Arrow | None


@dataclass(frozen=True)
class Contour:
    """The picture; `losses` are some of the surface, a row of `way` holds an iteration and both parameters there."""

    template: ClassVar[str] = "pictures/contour.html"

    title: str
    choices: Choices
    drawing: ContourDrawing
    cells: Cells
    said: tuple[str, ...]
    ahead: str
    losses: Table
    way: Table

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """The one."""
        return (Drawing("contour", "svg/contour.svg", self.drawing),)


def contour(session: TrainingSession, query: Query, digits: int) -> Contour:
    """The picture of the two parameters that the address names."""
    fields, symbols = _parameters(session, query)
    names = parameter_name(session.shape, symbols[0]), parameter_name(session.shape, symbols[1])
    way, (one, other) = way_of(session, symbols), (known_of(session, symbol) for symbol in symbols)
    gradient = None if one.gradient is None or other.gradient is None else (one.gradient, other.gradient)
    middle, half, look = _window(session, symbols, way, query)
    axes = axes_around(middle, half, way.points[way.now].tolist())
    places, losses = surface_of(session, symbols, (axes[0].limits, axes[1].limits))
    title, finite = f"The loss over the {names[0]} and the {names[1]}", losses[np.isfinite(losses)]
    if finite.size:
        title += f": between {number(float(finite.min()), digits)} and {number(float(finite.max()), digits)}"
    drawing = _drawing(title, names, axes, way, gradient, losses, digits)
    cells = np.linspace(0, len(losses) - 1, CELLS).round().astype(int)
    across, up = ([number(value, 2) for value in along[cells].tolist()] for along in places)
    return Contour(
        _headline(way),
        choices_of(query, "contour", [*fields, look]),
        drawing,
        cells_of(("across", "up"), _both(places), "loss", losses, digits),
        (
            f"Iteration {session.iteration + 1} begins at {_place(way, way.now, digits)}, the point in the picture.",
            *_said(way, gradient, drawing),
        ),
        "" if gradient else "Walk on to the gradients of both parameters to see where downhill is.",
        grid_table(title, names, (across, up), texts_of(losses[np.ix_(cells, cells)], digits)),
        Table("The way of the training", ("iteration", *names), tuple(_rows(way, digits))),
    )


def _both(places: tuple[Array, Array]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    across, up = (tuple(along.tolist()) for along in places)
    return across, up


# What is looked at ----------------------------------------------------------------------------------------------------


def _parameters(session: TrainingSession, query: Query) -> tuple[list[Choice], tuple[Symbol, Symbol]]:
    """Both fields; the second parameter is the next to the first at its unit unless another is chosen."""
    first, one = parameter_choice(session, query, ("of", "loss over the"), parameter_in_question(session))
    every = list(parameters_of(session.setup.sizes))
    place = every.index(one)
    following = every[place - 1 if one.k is None else place + 1]
    asked = {} if query.get("and") == first.value else query
    second, other = parameter_choice(session, asked, ("and", "and the"), following)
    return [first, second], (one, other)


def _window(
    session: TrainingSession, symbols: tuple[Symbol, Symbol], walked: Way, query: Query
) -> tuple[Spot, float, Choice]:
    """The middle of what is looked at, how far that goes to either side across, and the field to choose it: the way
    first, unless it is short beside the shape of the loss.
    """
    low, high = walked.points.min(axis=0), walked.points.max(axis=0)
    way, shape = float((high - low).max()) / 2, min(reach_of(session, symbol) for symbol in symbols)
    halves = {"way": ROOM * way, "shape": max(ROOM * way, shape), "wide": FAR * max(way, shape)}
    options = [SHAPE, WIDE, WAY] if way < TOO_SHORT * shape else [WAY, SHAPE, WIDE]
    look = choice(query, "see", "look at", options if walked.moves else [SHAPE, WIDE])
    x, y = (low / 2 + high / 2).tolist()
    return (x, y), max(halves[look.value], NEAREST * max(abs(x), abs(y))), look


def axes_around(middle: Spot, half: float, point: Spot) -> tuple[Axis, Axis]:
    """Across, `half` to either side of the middle; up, as far as the frame lets it at the same scale, so that downhill
    is at right angles to the lines. They count from the point where the window is narrow around it.
    """
    (x, y), high = middle, half * (SQUARE.bottom - SQUARE.top) / (SQUARE.right - SQUARE.left)
    across = Span(SQUARE.left, SQUARE.right, around=point[0])
    up = Span(SQUARE.bottom, SQUARE.top, around=point[1])
    return tight(x - half, x + half, across), tight(y - high, y + high, up)


# The drawing ----------------------------------------------------------------------------------------------------------


def _drawing(
    title: str,
    names: tuple[str, str],
    axes: tuple[Axis, Axis],
    way: Way,
    gradient: Spot | None,
    losses: Array,
    digits: int,
) -> ContourDrawing:
    """`losses` (count, count) as `surface_of` has them."""
    spots = [(axes[0].at(across), axes[1].at(up)) for across, up in way.points.tolist()]
    now, start = spots[way.now], spots[0]
    return ContourDrawing(
        title=title,
        ground=ground(SQUARE, axes, names, ruled=False),
        layers=_layers(losses, [start, now, *spots[:: -(-len(spots) // ALONG)]], digits),
        way=_path(spots),
        start=_placed(start) if dist(now, start) >= TOGETHER and SQUARE.holds(*start) else None,
        now=_placed(now),
        downhill=_downhill(now, gradient),
    )


def _layers(losses: Array, marks: Sequence[Spot], digits: int) -> Layers:
    """Bands, with the labels that the frame holds and that no mark lies on."""
    finite = np.isfinite(losses)
    surface = Surface(np.where(finite, losses, losses[finite].max(initial=0.0)), SQUARE)
    levels = levels_of(float(surface.values.min()), float(surface.values.max()))
    looks, digits = spaced_looks(len(levels) + 1), told_apart(levels, digits)
    written = placed(words_of(surface, levels, digits), np.array(marks), SQUARE)
    return Layers("loss", bands(surface, levels, looks), keys(levels, looks, digits), labels=written)


def levels_of(low: float, high: float) -> tuple[float, ...]:
    """Round numbers between the lowest and the highest loss: even, or by 1, 2, 5, 10 where they are far apart.

    None where the loss is level.
    """
    if high - low <= LEVEL * high:
        return ()
    if not 0 < low * FAR_APART < high:
        return levels_between(low, high)
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    steps = [float(f"{step}e{power}") for power in powers for step in (1, 2, 5)]
    inside = [level for level in steps if low < level < high]
    return tuple(inside[:: -(-len(inside) // MOST)])


def told_apart(levels: Sequence[float], digits: int) -> int:
    """As many digits as it takes to tell the levels apart, at least as many as given."""
    enough = (d for d in range(digits, MOST_DIGITS) if len({number(level, d) for level in levels}) == len(levels))
    return next(enough, MOST_DIGITS)


def _path(spots: Sequence[Spot]) -> str:
    """The way, without points that cannot be told from the last one drawn; empty if there is none to see."""
    if max(dist(spot, spots[0]) for spot in spots) < TOGETHER:
        return ""
    kept = [spots[0]]
    for spot in spots[1:]:
        if dist(spot, kept[-1]) >= 1.0 or spot is spots[-1]:
            kept.append(spot)
    return "".join(f"{'L' if i else 'M'}{place(x)} {place(y)}" for i, (x, y) in enumerate(kept))


def _placed(spot: Spot) -> tuple[str, str]:
    return place(spot[0]), place(spot[1])


def _downhill(now: Spot, gradient: Spot | None) -> Arrow | None:
    """Against the gradient; the axis up runs against the drawing's own."""
    largest = max(map(abs, gradient)) if gradient else 0.0
    if not gradient or not largest:
        return None
    across, up = gradient[0] / largest, gradient[1] / largest  # so that no square leaves the doubles
    end = now[0] - DOWNHILL * across / hypot(across, up), now[1] + DOWNHILL * up / hypot(across, up)
    return arrow_from(now, end)


# Words and tables -----------------------------------------------------------------------------------------------------


def _headline(way: Way) -> str:
    start, end = (_place(way, i, FEW) for i in (0, -1))
    if not way.moves:
        return "The loss over two parameters"
    if start == end:
        return f"The training has moved these two parameters little from {start}"
    return f"The training has come from {start} to {end}"


def _place(way: Way, i: int, digits: int) -> str:
    return ", ".join(number(value, digits) for value in way.points[i].tolist())


def _said(way: Way, gradient: Spot | None, drawing: ContourDrawing) -> Iterator[str]:
    if drawing.downhill:
        yield "The arrow points against the gradient: the steepest way down. It shows a direction, not a length."
    elif gradient:
        yield "Both gradients are 0: no way leads down from here."
    rest = "All other parameters stand where this iteration began"
    if drawing.way:
        yield f"The line is the way of the training. {rest}, so earlier points of the line lay on other surfaces."
    elif way.moves:
        yield f"{rest}. Seen from here the way of the training is too short for a line: look at it."
    else:
        yield f"{rest}. Where an update moves these two, a line begins here: the way of the training."


def _rows(way: Way, digits: int) -> Iterator[tuple[str, str, str]]:
    for i in chosen(len(way.iterations), ROWS):
        one, other = way.points[i].tolist()
        yield f"{way.iterations[i] + 1:,}", fixed(one, digits), fixed(other, digits)
