"""Maps: a function of two features as bands between levels, axes in units of the data, the examples over it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.engine.network.arrays import Array
from app.sessions.pictures.over_inputs import Plane, given_inputs, in_units
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import SQUARE, Ground, Span, ground, tight
from app.views.charts.levels import Layers, placed
from app.views.charts.overlay import Cloud, Marks, clouds, evenly
from app.views.charts.readings import Cells, Told, cells_of
from app.views.charts.table import Table, grid_table
from app.views.text.naming import input_names
from app.views.text.numbers import number

COUNT = 48  # points of the grid along each feature
PLACES = 5  # rows and columns of the table


@dataclass(frozen=True)
class Map:
    """All of a drawing, and the numbers under the pointer."""

    id: str
    title: str
    ground: Ground
    layers: Layers
    marks: tuple[Marks, ...]
    cells: Cells


@dataclass(frozen=True, eq=False)
class Said:
    """What a map says at each point of its grid, (COUNT, COUNT), row by row from the bottom up: `what` is a text for
    all or one each, of which the numbers have so many digits. `examples` say what there is to say of each training and
    each test example.
    """

    what: str | Array
    numbers: Array
    digits: int
    examples: Callable[[], tuple[Sequence[str], Sequence[str]]]


def map_of(
    session: TrainingSession,
    plane: Plane,
    layers: Layers,
    named: tuple[str, str],
    said: Said,
    drawn: tuple[Cloud, ...] = (),
) -> Map:
    """The drawing; `named` is its id and its title; examples are drawn by class unless it is told how."""
    spans = (Span(SQUARE.left, SQUARE.right), Span(SQUARE.bottom, SQUARE.top))
    ends = [in_units(session, feature, plane.ends(i)) for i, feature in enumerate(plane.features)]
    x, y = (tight(low, high, span) for (low, high), span in zip(ends, spans, strict=True))
    names = _names(session, plane)
    training, test = (table[:, plane.features] for table in given_inputs(session))
    spots = np.vstack([evenly(training), evenly(test)]).tolist() if layers.words else []
    taken = np.array([(x.at(across), y.at(up)) for across, up in spots])

    def examples() -> Iterator[Told]:
        (left, right), (low, high) = ends
        for kind, points, texts in zip(("example", "test example"), (training, test), said.examples(), strict=True):
            for i, ((across, up), text) in enumerate(zip(points.tolist(), texts, strict=True), start=1):
                yield (across - left) / (right - left), (up - low) / (high - low), f"{kind} {i}: {text}"

    return Map(
        *named,
        ground(SQUARE, (x, y), names, ruled=False, closed=True),
        replace(layers, words=(), labels=placed(layers.words, taken, SQUARE)),
        tuple(cloud.on(x, y) for cloud in drawn or clouds(session, training, test)),
        cells_of(names, _places(session, plane), said.what, said.numbers, said.digits, examples),
    )


def some_of(grid: Array) -> Array:
    """What a table shows of a grid (count, count): (PLACES, PLACES)."""
    places = np.linspace(0, len(grid) - 1, PLACES).round().astype(int)
    shown: Array = grid[np.ix_(places, places)]
    return shown


def table_of(session: TrainingSession, plane: Plane, title: str, texts: Array) -> Table:
    """The texts of a grid (PLACES, PLACES), row by row from the bottom up."""
    places = np.linspace(0, COUNT - 1, PLACES).round().astype(int)
    across, up = ([number(along[i], 2) for i in places] for along in _places(session, plane))
    return grid_table(title, _names(session, plane), (across, up), texts)


def _names(session: TrainingSession, plane: Plane) -> tuple[str, str]:
    across, up = (input_names(session)[feature] for feature in plane.features)
    return across, up


def _places(session: TrainingSession, plane: Plane) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Of the points of the grid, in the units of the columns."""
    across, up = (
        in_units(session, feature, tuple(np.linspace(*plane.ends(i), COUNT).tolist()))
        for i, feature in enumerate(plane.features)
    )
    return across, up
