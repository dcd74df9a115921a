"""What each hidden unit says over the inputs: its layer in small; one unit large, with the line where its sum is 0."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

import numpy as np

from app.engine.network.arrays import Array
from app.sessions.walk.session import TrainingSession
from app.views.charts.frames import NARROW, SQUARE, Frame
from app.views.charts.levels import (
    Band,
    Key,
    bands,
    by_sign,
    keys,
    levels_between,
)
from app.views.charts.lines import About, Plot
from app.views.charts.map import (
    COUNT,
    Grid,
    Layers,
    Map,
    grid_of,
    map_of,
    texts_of,
)
from app.views.charts.regions import FINE, Surface, through
from app.views.pictures.choices import (
    Choice,
    Query,
    choice,
    choices_of,
)
from app.views.pictures.features import Slice, slice_of
from app.views.pictures.over_data import OverData
from app.views.pictures.over_one_input import along, curves_over
from app.views.pictures.planes import on_plane
from app.views.text.naming import input_names, unit_name
from app.views.text.numbers import number
from app.views.text.words import sentence

NAME = "units"
SMALL = Frame(100.0, 100.0, 0.0, 100.0, 0.0, 100.0)
ROUGH = 24  # points of a small picture's grid along each feature
AT_ONCE = 8  # small pictures
DIGITS = 3  # decimals of a level
SUM_IS_ZERO = Key("line", "the line on which its sum z is 0")


@dataclass(frozen=True)
class Small:
    """One unit in small, and what asks for it large."""

    name: str
    query: str
    bands: tuple[Band, ...]
    current: bool


@dataclass(frozen=True)
class UnitPictures:
    """Some units of a layer in small, and the chosen one over the data; `fine` scales the paths of the small ones."""

    template: ClassVar[str] = "pictures/units.html"

    small: tuple[Small, ...]
    view_box: str
    fine: str
    seen: OverData


@dataclass(frozen=True, eq=False)
class _Asked:
    """One unit of one layer, numbered from 0, over a slice of the inputs."""

    session: TrainingSession
    cut: Slice
    layer: int
    j: int
    query: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the unit is called."""
        return sentence(unit_name(self.session.shape, self.layer, self.j))

    def small(self, drawn: Mapping[int, tuple[Band, ...]]) -> tuple[Small, ...]:
        """The units that are drawn in small."""
        return tuple(
            Small(
                sentence(unit_name(self.session.shape, self.layer, j)),
                urlencode({**self.query, "unit": j}),
                found,
                j == self.j,
            )
            for j, found in drawn.items()
        )

    @property
    def group(self) -> range:
        """The units that are drawn in small: at most AT_ONCE of the layer, the chosen one among them."""
        first = self.j - self.j % AT_ONCE
        return range(first, min(first + AT_ONCE, self.session.setup.sizes[self.layer]))


def has_units(session: TrainingSession) -> bool:
    """Whether there is a hidden layer."""
    return len(session.setup.sizes) > 2


def units(session: TrainingSession, query: Query, digits: int) -> UnitPictures:
    """The picture of one hidden unit among those of its layer."""
    cut, fields = slice_of(session, query), _fields(session, query)
    every = (*cut.fields, *fields)
    chosen = {field.name: field.value for field in every}
    asked = _Asked(session, cut, int(chosen["layer"]), int(chosen["unit"]), chosen)
    choices = choices_of(query, NAME, [field for field in every if len(field.options) > 1])
    small, title, seen = (_along_line if len(cut.plane.features) == 1 else _over_plane)(asked, digits)
    whole = OverData(title, choices, cut.notes, *seen)
    return UnitPictures(small, SMALL.view_box, f"scale({1 / FINE:g})", whole)


def _fields(session: TrainingSession, query: Query) -> tuple[Choice, Choice]:
    sizes, shape = session.setup.sizes, session.shape
    layer = choice(query, "layer", "layer", [(str(l), str(l)) for l in range(1, len(sizes) - 1)])
    l = int(layer.value)
    return layer, choice(query, "unit", "unit", [(str(j), sentence(unit_name(shape, l, j))) for j in range(sizes[l])])


Drawn = tuple[tuple[Small, ...], str, tuple[Map | None, Grid | None, Plot | None]]


def _over_plane(asked: _Asked, digits: int) -> Drawn:
    session, plane, l = asked.session, asked.cut.plane, asked.layer
    large, rough = on_plane(session, plane, COUNT), on_plane(session, plane, ROUGH)
    A = large.A[l]
    levels = levels_between(float(A.min()), float(A.max()))
    looks = by_sign(levels, 0.0, float(np.abs(A).max()) or 1.0)

    def layered(values: Array, sums: Array, frame: Frame) -> tuple[tuple[Band, ...], tuple[Band, ...]]:
        count = round(len(values) ** 0.5)
        line = Surface(sums.reshape(count, count), frame).line(0.0)
        return bands(Surface(values.reshape(count, count), frame), levels, looks), (Band("strong open", line),)

    small = {j: sum(layered(rough.A[l][:, j], rough.Z[l - 1][:, j], SMALL), ()) for j in asked.group}
    over, line = layered(A[:, asked.j], large.Z[l - 1][:, asked.j], SQUARE)
    title = _said(asked.name, A[:, asked.j], large.Z[l - 1][:, asked.j])
    named = (*keys(levels, looks, DIGITS), *([SUM_IS_ZERO] if line[0].d else ()))
    layers = Layers("activation a", over, named, line)
    texts = texts_of(A[:, asked.j].reshape(COUNT, COUNT), digits)
    return (
        asked.small(small),
        title,
        (map_of(session, plane, layers, (NAME, title)), grid_of(session, plane, texts), None),
    )


def _along_line(asked: _Asked, digits: int) -> Drawn:
    session, there = asked.session, along(asked.session)
    A, sums = there.A[asked.layer], there.Z[asked.layer - 1][:, asked.j]
    low, high = float(A.min()), float(A.max())
    small = {j: (Band("strong open", through(A[:, j], (low, high), SMALL)),) for j in asked.group}
    title = _said(asked.name, A[:, asked.j], sums)
    about = About(
        NAME, title, input_names(session)[0], "activation a", digits, frame=NARROW, least=(low, high), tight=True
    )
    plot = curves_over(session, about, [("a", A[:, asked.j]), ("z", sums)])
    return asked.small(small), title, (None, None, plot)


def _said(name: str, values: Array, sums: Array) -> str:
    """Hidden unit 1 gives 0.02 to 0.98 here; its sum changes sign along the line."""
    low, high = (number(float(value), DIGITS) for value in (values.min(), values.max()))
    gives = f"{low} everywhere here" if low == high else f"{low} to {high} here"
    if sums.min() < 0 < sums.max():
        return f"{name} gives {gives}; its sum changes sign"
    return f"{name} gives {gives}; its sum is {'above' if sums.min() >= 0 else 'below'} 0 everywhere"
