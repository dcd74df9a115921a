"""The loss over two parameters, as bands between levels, with the way that training took in them.

The surface is that of the iteration of the walk: all other parameters stand where this iteration began, and the loss
is that of its batch. Drawn is what the walk has shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot
from typing import ClassVar

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.sessions.pictures.over_parameters import NEAREST, Known, Way, known_of, reach_of, surface_of, way_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import SQUARE, Axis, Ground, Span, ground, tight
from app.views.charts.examples import Arrow, arrow_from
from app.views.charts.levels import MOST, Label, Layers, Surface, bands, keys, labels, levels_between
from app.views.charts.table import Table, chosen, grid_table, texts_of
from app.views.network.scales import place
from app.views.pictures.choices import Choice, Choices, Query, choice, choices_of
from app.views.pictures.chosen_parameters import parameter_choice, parameter_in_question, parameters_of
from app.views.text.naming import parameter_name
from app.views.text.numbers import fixed, number

# What is looked at
ROOM = 1.4  # so many times as far as the way reaches the window goes
TOO_SHORT = 1 / 8  # of what shows the shape of the loss: a way shorter than this is not what is looked at first
FAR = 4.0  # times as far
SHAPE, WIDE, WAY = ("shape", "the shape of the loss"), ("wide", "from far"), ("way", "the way of the training")
# The drawing
LOOKS = ("s0", "s1", "s2", "s3", "s4", "s5", "s6")
DOWNHILL = 44.0  # how long the arrow of the negative gradient is, whatever the gradient's size
LETTER = 7.4  # how wide a letter of a label is
NEAR = 24.0  # a label does not stand nearer to a mark
TOGETHER = 9.0  # nearer than this, two marks of the way are one
INSIDE = tuple(map(place, (SQUARE.left, SQUARE.top, SQUARE.right - SQUARE.left, SQUARE.bottom - SQUARE.top)))
# Levels
LEVEL = 1e-7  # of the highest loss: what differs by less is level
MOST_DIGITS = 10
FAR_APART = (
    20.0  # times between the highest and the lowest loss, from which levels are powers of ten and halves between
)
STEPS = (1.0, 2.0, 5.0)
# Words and tables
FEW = 2  # digits of a headline
CELLS, ROWS = 5, 10  # of the tables, about
Pair = tuple[Known, Known]
Spot = tuple[float, float]


@dataclass(frozen=True)
class ContourDrawing:
    """The bands of the loss, and over them the way, empty before the first update, with where it starts and is now.

    `inside` is the frame, x, y, width and height, out of which the way may lead.
    """

    inside: ClassVar[tuple[str, ...]] = INSIDE

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
    said: tuple[str, ...]
    ahead: str
    losses: Table
    way: Table


def contour(session: TrainingSession, query: Query, digits: int) -> Contour:
    """The picture of the two parameters that the address names."""
    fields, symbols = _parameters(session, query)
    names = parameter_name(session.shape, symbols[0]), parameter_name(session.shape, symbols[1])
    pair, way = (known_of(session, symbols[0]), known_of(session, symbols[1])), way_of(session, symbols)
    window, look = _window(session, pair, way, query)
    across, up = window.axes()
    places, losses = surface_of(session, symbols, (across.limits, up.limits))
    title, gradient = _described(names, losses, digits), _gradient(pair)
    drawing = contour_drawing(window, way, gradient, losses, Words(title, names, digits))
    here = _place(way, way.now, digits)
    return Contour(
        _headline(way),
        choices_of(query, "contour", [*fields, look]),
        drawing,
        (
            f"Iteration {session.iteration + 1} begins at {here}, the point in the picture.",
            *_said(way, gradient, drawing),
        ),
        "" if gradient else "Walk on to the gradients of both parameters to see where downhill is.",
        _losses_table(title, names, places, losses, digits),
        Table("The way of the training", ("iteration", *names), tuple(_rows(way, digits))),
    )


def _parameters(session: TrainingSession, query: Query) -> tuple[list[Choice], tuple[Symbol, Symbol]]:
    """Both fields; the second parameter is the next to the first at its unit unless another is chosen."""
    first, one = parameter_choice(session, query, ("of", "loss over the"), parameter_in_question(session))
    every = list(parameters_of(session.setup.sizes))
    place = every.index(one)
    following = every[place - 1 if one.k is None else place + 1]
    asked = {} if query.get("and") == first.value else query
    second, other = parameter_choice(session, asked, ("and", "and the"), following)
    return [first, second], (one, other)


def _gradient(pair: Pair) -> Spot | None:
    """In both parameters; None where one is not shown yet."""
    one, other = (known.gradient for known in pair)
    return None if one is None or other is None else (one, other)


# What is looked at ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """The part of a plane of two parameters that is looked at: its middle, and how far it goes to either side across.

    Up it goes as far as the frame lets it at the same scale, so that downhill is at right angles to the lines.
    """

    x: float
    y: float
    half: float

    def axes(self, point: Spot = (0.0, 0.0)) -> tuple[Axis, Axis]:
        """Across and up, counted from the point where the window is narrow around it."""
        across = Span(SQUARE.left, SQUARE.right, around=point[0])
        up = Span(SQUARE.bottom, SQUARE.top, around=point[1])
        high = self.half * (SQUARE.bottom - SQUARE.top) / (SQUARE.right - SQUARE.left)
        return tight(self.x - self.half, self.x + self.half, across), tight(self.y - high, self.y + high, up)


def _window(session: TrainingSession, pair: Pair, walked: Way, query: Query) -> tuple[Window, Choice]:
    """What is looked at, and the field to choose it: the way first, unless it is short beside the shape of the loss."""
    low, high = walked.points.min(axis=0), walked.points.max(axis=0)
    way, shape = float((high - low).max()) / 2, min(reach_of(session, known.symbol) for known in pair)
    halves = {"way": ROOM * way, "shape": max(ROOM * way, shape), "wide": FAR * max(way, shape)}
    options = [SHAPE, WIDE, WAY] if way < TOO_SHORT * shape else [WAY, SHAPE, WIDE]
    look = choice(query, "see", "look at", options if walked.moves else [SHAPE, WIDE])
    x, y = (low / 2 + high / 2).tolist()
    return Window(x, y, max(halves[look.value], NEAREST * max(abs(x), abs(y)))), look


# The drawing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """The title, the names of both parameters, and the digits of a level."""

    title: str
    names: tuple[str, str]
    digits: int


def contour_drawing(window: Window, way: Way, gradient: Spot | None, losses: Array, words: Words) -> ContourDrawing:
    """`losses` (count, count) as `surface_of` has them."""
    here, beside = way.points[way.now].tolist()
    x, y = window.axes((here, beside))
    spots = [(x.at(across), y.at(up)) for across, up in way.points.tolist()]
    now, start = spots[way.now], spots[0]
    return ContourDrawing(
        title=words.title,
        ground=ground(SQUARE, (x, y), words.names, ruled=False),
        layers=_layers(losses, [start, now], words.digits),
        way=_path(spots),
        start=_placed(start) if _apart(now, start) >= TOGETHER and SQUARE.holds(*start) else None,
        now=_placed(now),
        downhill=_downhill(now, gradient),
    )


def _layers(losses: Array, marks: Sequence[Spot], digits: int) -> Layers:
    """Bands, with the labels that the frame holds and that no mark lies on."""
    finite = np.isfinite(losses)
    surface = Surface(np.where(finite, losses, losses[finite].max(initial=0.0)), SQUARE)
    levels = levels_of(float(surface.values.min()), float(surface.values.max()))
    looks, digits = spaced_looks(len(levels) + 1), told_apart(levels, digits)
    words = tuple(word for word in labels(surface, levels, digits) if _is_free(word, marks))
    return Layers("loss", bands(surface, levels, looks), keys(levels, looks, digits), labels=words)


def _is_free(word: Label, marks: Sequence[Spot]) -> bool:
    x, half = float(word.x), LETTER * len(word.text) / 2
    held = SQUARE.left <= x - half and x + half <= SQUARE.right
    return held and all(_apart((x, float(word.y)), mark) >= NEAR for mark in marks)


def levels_of(low: float, high: float) -> tuple[float, ...]:
    """Round numbers between the lowest and the highest loss: even, or by 1, 2, 5, 10 where they are far apart.

    None where the loss is level.
    """
    if high - low <= LEVEL * high:
        return ()
    if not 0 < low * FAR_APART < high:
        return levels_between(low, high)
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    steps = [float(f"{step:g}e{power}") for power in powers for step in STEPS]
    inside = [level for level in steps if low < level < high]
    return tuple(inside[:: -(-len(inside) // MOST)])


def told_apart(levels: Sequence[float], digits: int) -> int:
    """As many digits as it takes to tell the levels apart, at least as many as given."""
    enough = (d for d in range(digits, MOST_DIGITS) if len({number(level, d) for level in levels}) == len(levels))
    return next(enough, MOST_DIGITS)


def spaced_looks(count: int) -> tuple[str, ...]:
    """So many looks, from the lightest to the strongest."""
    return tuple(LOOKS[round(i * (len(LOOKS) - 1) / max(count - 1, 1))] for i in range(count))


def _path(spots: Sequence[Spot]) -> str:
    """The way, without points that cannot be told from the last one drawn; empty if there is none to see."""
    if max(_apart(spot, spots[0]) for spot in spots) < TOGETHER:
        return ""
    kept = [spots[0]]
    for spot in spots[1:]:
        if _apart(spot, kept[-1]) >= 1.0 or spot is spots[-1]:
            kept.append(spot)
    return "".join(f"{'L' if i else 'M'}{place(x)} {place(y)}" for i, (x, y) in enumerate(kept))


def _apart(one: Spot, other: Spot) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


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
    """Where the training has come from, and where it is."""
    start, end = (_place(way, i, FEW) for i in (0, -1))
    if not way.moves:
        return "The loss over two parameters"
    if start == end:
        return f"The training has moved these two parameters little from {start}"
    return f"The training has come from {start} to {end}"


def _place(way: Way, i: int, digits: int) -> str:
    return ", ".join(number(value, digits) for value in way.points[i].tolist())


def _described(names: tuple[str, str], losses: Array, digits: int) -> str:
    """The drawing in one sentence."""
    finite = losses[np.isfinite(losses)]
    over = f"The loss over the {names[0]} and the {names[1]}"
    if not finite.size:
        return over
    return f"{over}: between {number(float(finite.min()), digits)} and {number(float(finite.max()), digits)}"


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


def _losses_table(title: str, names: tuple[str, str], places: tuple[Array, Array], losses: Array, digits: int) -> Table:
    cells = np.linspace(0, len(losses) - 1, CELLS).round().astype(int)
    across, up = ([number(value, 2) for value in axis[cells].tolist()] for axis in places)
    return grid_table(title, names, (across, up), texts_of(losses[np.ix_(cells, cells)], digits))
