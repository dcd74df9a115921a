"""Maps: a function of two features as bands between levels, axes in units of the data, the examples over it."""

from dataclasses import dataclass

import numpy as np

from app.engine.network.arrays import Array
from app.sessions.pictures.over_inputs import Plane, given_inputs, in_units
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import SQUARE, Ground, Span, ground, tight
from app.views.charts.examples import Marks, clouds
from app.views.charts.levels import Layers
from app.views.charts.table import Table, grid_table
from app.views.text.naming import input_names
from app.views.text.numbers import number

COUNT = 48  # points of the grid along each feature
PLACES = 5  # rows and columns of the table


@dataclass(frozen=True)
class Map:
    """All of a drawing."""

    id: str
    title: str
    ground: Ground
    layers: Layers
    marks: tuple[Marks, ...]


def map_of(session: TrainingSession, plane: Plane, layers: Layers, named: tuple[str, str]) -> Map:
    """The drawing; `named` is its id and its title."""
    spans = (Span(SQUARE.left, SQUARE.right), Span(SQUARE.bottom, SQUARE.top))
    ends = [in_units(session, feature, plane.ends(i)) for i, feature in enumerate(plane.features)]
    x, y = (tight(low, high, span) for (low, high), span in zip(ends, spans, strict=True))
    across, up = (input_names(session)[feature] for feature in plane.features)
    training, test = (table[:, plane.features] for table in given_inputs(session))
    return Map(
        *named,
        ground(SQUARE, (x, y), (across, up), ruled=False, closed=True),
        layers,
        tuple(cloud.on(x, y) for cloud in clouds(session, training, test)),
    )


def table_of(session: TrainingSession, plane: Plane, title: str, texts: Array) -> Table:
    """The texts of a grid (count, count), row by row from the bottom up, at some places."""
    count = len(texts)
    places = np.linspace(0, count - 1, PLACES).round().astype(int)
    across, up = (input_names(session)[feature] for feature in plane.features)
    labels = []
    for i, feature in enumerate(plane.features):
        values = np.linspace(*plane.ends(i), count)[places].tolist()
        labels.append([number(value, 2) for value in in_units(session, feature, tuple(values))])
    return grid_table(title, (across, up), (labels[0], labels[1]), texts[np.ix_(places, places)])
