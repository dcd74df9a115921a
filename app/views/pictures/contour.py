"""The loss over two parameters, as bands between levels, with the way that training took in them.

The surface is that of the iteration of the walk: all other parameters stand where this iteration began, and the loss
is that of its batch. Drawn is what the walk has shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isqrt
from typing import ClassVar

import numpy as np

from app.engine.landscape import (
    affordable,
    losses_over,
    place_of,
    reach,
)
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.sessions.walk.history import Stop, trail_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.map import Grid
from app.views.charts.series import chosen
from app.views.pictures.choices import (
    Choice,
    Choices,
    Query,
    choice,
    choices_of,
)
from app.views.pictures.chosen_parameters import parameter_choice, parameter_in_question, parameters_of
from app.views.pictures.contour_drawing import (
    ContourDrawing,
    Walked,
    Window,
    Words,
    contour_drawing,
)
from app.views.pictures.parameter_state import Known, known_of
from app.views.pictures.slope_drawing import NARROW, NEAREST
from app.views.text.numbers import fixed, number

COUNT, FEWEST = 48, 12  # places of the grid along each parameter
ROOM = 1.4  # so many times as far as the way reaches the window goes
FEW = 2  # digits of a headline
CELLS, ROWS = 5, 10  # of the tables, about
SHORT = 1 / 8  # of what shows the shape of the loss: a way shorter than this is not what is looked at first
FAR = 4.0
SHAPE, WIDE, WAY = ("shape", "the shape of the loss"), ("wide", "from far"), ("way", "the way of the training")
Pair = tuple[Known, Known]


@dataclass(frozen=True)
class Contour:
    """The picture; a row of the way holds the iteration and both parameters as it begins."""

    template: ClassVar[str] = "pictures/contour.html"

    title: str
    choices: Choices
    drawing: ContourDrawing
    said: tuple[str, ...]
    ahead: str
    names: tuple[str, str]
    rows: tuple[tuple[str, str, str], ...]
    grid: Grid


def contour(session: TrainingSession, query: Query, digits: int) -> Contour:
    """The picture of the two parameters that the address names."""
    fields, symbols = _parameters(session, query)
    pair = known_of(session, symbols[0]), known_of(session, symbols[1])
    stops = trail_of(session)
    walked = _walked(session, pair, stops)
    window, look = _window(session, pair, walked, query)
    places = window.grid(max(FEWEST, isqrt(affordable(session.current, symbols, COUNT * COUNT))))
    losses = losses_over(session.current, symbols, *places)
    words = Words(_told(pair, losses, digits), *_titles(pair, window), digits)
    drawing = contour_drawing(*_from_the_point(window, walked), losses, words)
    here = (
        f"Iteration {session.iteration + 1} begins at {_place(walked, walked.now, digits)}, the point in the picture."
    )
    return Contour(
        _headline(walked),
        choices_of(query, "contour", [*fields, look]),
        drawing,
        (here, *_said(walked, drawing)),
        "" if walked.gradient else "Walk on to the gradients of both parameters to see where downhill is.",
        (pair[0].words, pair[1].words),
        tuple(_rows(stops, walked, digits)),
        _grid(pair, places, losses, digits),
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


def _walked(session: TrainingSession, pair: Pair, stops: Sequence[Stop]) -> Walked:
    places = [place_of(session.setup.network, known.symbol) for known in pair]
    points = np.array([stop.parameters[places] for stop in stops])
    gradient = None
    if pair[0].gradient is not None and pair[1].gradient is not None:
        gradient = pair[0].gradient, pair[1].gradient
    return Walked(points, len(stops) - 1 - session.finished, gradient)


def _window(session: TrainingSession, pair: Pair, walked: Walked, query: Query) -> tuple[Window, Choice]:
    """What is looked at, and the field to choose it: the way first, unless it is short beside the shape of the loss."""
    low, high = walked.points.min(axis=0), walked.points.max(axis=0)
    way, shape = float((high - low).max()) / 2, min(reach(session.current, known.symbol) for known in pair)
    halves = {"way": ROOM * way, "shape": max(ROOM * way, shape), "wide": FAR * max(way, shape)}
    options = [SHAPE, WIDE, WAY] if way < SHORT * shape else [WAY, SHAPE, WIDE]
    look = choice(query, "see", "look at", options if walked.moves else [SHAPE, WIDE])
    x, y = (low / 2 + high / 2).tolist()
    return Window(x, y, max(halves[look.value], NEAREST * max(abs(x), abs(y)))), look


def _shifts(window: Window) -> tuple[bool, bool]:
    """Whether the window spans so little across, and up, that the ticks would all read alike."""
    return window.half < NARROW * abs(window.x), window.half < NARROW * abs(window.y)


def _from_the_point(window: Window, walked: Walked) -> tuple[Window, Walked]:
    """The same, counted from the point on where it spans so little."""
    across, up = walked.points[walked.now] * _shifts(window)
    moved = replace(walked, points=walked.points - (across, up))
    return Window(window.x - float(across), window.y - float(up), window.half), moved


def _titles(pair: Pair, window: Window) -> tuple[str, str]:
    across, up = ("change of the " if shifted else "" for shifted in _shifts(window))
    return across + pair[0].words, up + pair[1].words


# Words and tables -----------------------------------------------------------------------------------------------------


def _headline(walked: Walked) -> str:
    """Where the training has come from, and where it is."""
    start, end = (_place(walked, i, FEW) for i in (0, -1))
    if not walked.moves:
        return "The loss over two parameters"
    if start == end:
        return f"The training has moved these two parameters little from {start}"
    return f"The training has come from {start} to {end}"


def _place(walked: Walked, i: int, digits: int) -> str:
    return ", ".join(number(value, digits) for value in walked.points[i].tolist())


def _told(pair: Pair, losses: Array, digits: int) -> str:
    finite = losses[np.isfinite(losses)]
    over = f"The loss over the {pair[0].words} and the {pair[1].words}"
    between = f": between {number(float(finite.min()), digits)} and {number(float(finite.max()), digits)}"
    return over + (between if finite.size else "")


def _said(walked: Walked, drawing: ContourDrawing) -> Iterator[str]:
    if drawing.downhill:
        yield "The arrow points against the gradient: the steepest way down. It shows a direction, not a length."
    elif walked.gradient:
        yield "Both gradients are 0: no way leads down from here."
    rest = "All other parameters stand where this iteration began"
    if drawing.way:
        yield f"The line is the way of the training. {rest}, so earlier points of the line lay on other surfaces."
    elif walked.moves:
        yield f"{rest}. Seen from here the way of the training is too short for a line: look at it."
    else:
        yield f"{rest}. Where an update moves these two, a line begins here: the way of the training."


def _rows(stops: Sequence[Stop], walked: Walked, digits: int) -> Iterator[tuple[str, str, str]]:
    for i in chosen(len(stops), ROWS):
        one, other = walked.points[i].tolist()
        yield f"{stops[i].iteration + 1:,}", fixed(one, digits), fixed(other, digits)


def _grid(pair: Pair, places: tuple[Array, Array], losses: Array, digits: int) -> Grid:
    """Some of the losses, the highest row first."""
    cells = np.linspace(0, len(losses) - 1, CELLS).round().astype(int)
    across, up = ([number(value, 2) for value in axis[cells].tolist()] for axis in places)
    rows = ((up[i], tuple(fixed(loss, digits) for loss in losses[row, cells].tolist())) for i, row in enumerate(cells))
    return Grid(f"{pair[1].words} up, {pair[0].words} across", tuple(across), tuple(rows)[::-1])
