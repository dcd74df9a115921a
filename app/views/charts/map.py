"""Maps: a function of two features as bands between levels, with a strong line, axes in units of the data, and the
examples over it.
"""

from dataclasses import dataclass

import numpy as np

from app.engine.network.arrays import Array
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import Axis, Span, tight
from app.views.charts.frames import (
    SQUARE,
    Frame,
    Tick,
    ticks_across,
    ticks_beside,
)
from app.views.charts.levels import Band, Key, Label
from app.views.charts.marks import Marks, clouds
from app.views.charts.regions import FINE
from app.views.network.scales import place
from app.views.pictures.planes import Plane, in_units
from app.views.text.naming import input_names
from app.views.text.numbers import fixed, number

COUNT = 48  # points of the grid along each feature
TABLE = 5  # rows and columns


@dataclass(frozen=True)
class Grid:
    """Some of the numbers as a table: what stands across and up, then a row for each place up."""

    corner: str
    across: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Map:
    """All of a drawing. Bands lie one over the other, the first fills the frame; their paths are finer by `fine`."""

    id: str
    title: str
    view_box: str
    fine: str
    frame: str
    bands: tuple[Band, ...]
    lines: tuple[Band, ...]
    labels: tuple[Label, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    x_title: str
    x_title_at: tuple[str, str]
    y_title: str
    marks: tuple[Marks, ...]
    keys_of: str
    keys: tuple[Key, ...]


@dataclass(frozen=True, eq=False)
class Layers:
    """What a map shows: `of` what; bands with their keys, strong lines and labels."""

    of: str
    bands: tuple[Band, ...]
    keys: tuple[Key, ...]
    lines: tuple[Band, ...] = ()
    labels: tuple[Label, ...] = ()


def map_of(session: TrainingSession, plane: Plane, layers: Layers, named: tuple[str, str]) -> Map:
    """The drawing; `named` is its id and its title."""
    x, y = axes_of(session, plane, SQUARE)
    names = input_names(session)
    return Map(
        id=named[0],
        title=named[1],
        view_box=SQUARE.view_box,
        fine=f"scale({1 / FINE:g})",
        frame=f"M{SQUARE.left:g} {SQUARE.top:g}H{SQUARE.right:g}V{SQUARE.bottom:g}H{SQUARE.left:g}z",
        bands=layers.bands,
        lines=layers.lines,
        labels=layers.labels,
        across=ticks_across(x, SQUARE),
        up=ticks_beside(y, SQUARE),
        x_title=names[plane.features[0]],
        x_title_at=(place((SQUARE.left + SQUARE.right) / 2), place(SQUARE.height - 8)),
        y_title=names[plane.features[1]],
        marks=_examples(session, plane, x, y),
        keys_of=layers.of,
        keys=layers.keys,
    )


def axes_of(session: TrainingSession, plane: Plane, frame: Frame) -> tuple[Axis, Axis]:
    """Both axes, in the units in which the data was given."""
    spans = (Span(frame.left, frame.right), Span(frame.bottom, frame.top))
    ends = [in_units(session, feature, plane.ends(i)) for i, feature in enumerate(plane.features)]
    x, y = (tight(low, high, span) for (low, high), span in zip(ends, spans, strict=True))
    return x, y


def _examples(session: TrainingSession, plane: Plane, x: Axis, y: Axis) -> tuple[Marks, ...]:
    """The examples where they stand."""
    scale, features = session.setup.ready.inputs, list(plane.features)
    tables = (session.examples[0], session.setup.test_examples[0])
    training, test = (scale.undo(table)[:, features] for table in tables)
    return tuple(cloud.on(x, y) for cloud in clouds(session, training, test))


def grid_of(session: TrainingSession, plane: Plane, texts: Array) -> Grid:
    """The texts of a grid (count, count), row by row from the bottom up, at some places, the highest row first."""
    count = len(texts)
    places = np.linspace(0, count - 1, TABLE).round().astype(int)
    names = input_names(session)
    labels = []
    for i, feature in enumerate(plane.features):
        values = np.linspace(*plane.ends(i), count)[places].tolist()
        labels.append([number(value, 2) for value in in_units(session, feature, tuple(values))])
    rows = tuple(
        (label, tuple(str(text) for text in texts[row, places])) for label, row in zip(labels[1], places, strict=True)
    )
    corner = f"{names[plane.features[1]]} up, {names[plane.features[0]]} across"
    return Grid(corner, tuple(labels[0]), rows[::-1])


def texts_of(values: Array, digits: int) -> Array:
    """The numbers of a grid as a table has them."""
    return np.array([[fixed(value, digits) for value in row] for row in values.tolist()], dtype=object)
