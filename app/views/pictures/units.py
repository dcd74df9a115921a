"""What each hidden unit says over the inputs: its layer in small; one unit large, with the line where its sum is 0."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.propagation import Forward
from app.sessions.pictures.over_inputs import on_plane
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import NARROW, SQUARE, Frame
from app.views.charts.levels import Band, Key, Layers, Surface, bands, by_sign, keys, levels_between, through
from app.views.charts.lines import About
from app.views.charts.map import COUNT, map_of, table_of
from app.views.charts.table import texts_of
from app.views.pictures.choices import Choice, Choices, Query, choice, choices_of
from app.views.pictures.over_data import OverData, Slice, curves_over, said_over, slice_of
from app.views.text.naming import input_names, unit_name
from app.views.text.numbers import number
from app.views.text.words import sentence

NAME = "units"
SMALL = Frame(100.0, 100.0, 0.0, 100.0, 0.0, 100.0)
ROUGH = 24  # points of a small picture's grid along each feature
AT_ONCE = 8  # small pictures
DIGITS = 3  # decimals of a level
OPEN = "strong open"  # the look of a line
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
    view_box: ClassVar[str] = SMALL.view_box
    fine: ClassVar[str] = Layers.fine

    small: tuple[Small, ...]
    seen: OverData


def has_units(session: TrainingSession) -> bool:
    """Whether there is a hidden layer."""
    return len(session.setup.sizes) > 2


def units(session: TrainingSession, query: Query, digits: int) -> UnitPictures:
    """The picture of one hidden unit among those of its layer."""
    cut, fields = slice_of(session, query), _fields(session, query)
    every = (*cut.fields, *fields)
    chosen = {field.name: field.value for field in every}
    l, j = int(chosen["layer"]), int(chosen["unit"])
    choices = choices_of(query, NAME, [field for field in every if len(field.options) > 1])
    there, first = said_over(session, cut), j - j % AT_ONCE
    group = range(first, min(first + AT_ONCE, session.setup.sizes[l]))
    if cut.is_line:
        drawn, seen = _curves_in_small(there.A[l], group), _curves(session, cut, there, (l, j), choices, digits)
    else:
        levels = _Levels.of(there.A[l])
        drawn = _maps_in_small(on_plane(session, cut.plane, ROUGH), l, group, levels)
        seen = _map(session, cut, there, (l, j), choices, levels, digits)
    small = (
        Small(_name(session, l, unit), urlencode({**chosen, "unit": unit}), found, unit == j)
        for unit, found in zip(group, drawn, strict=True)
    )
    return UnitPictures(tuple(small), seen)


def _fields(session: TrainingSession, query: Query) -> tuple[Choice, Choice]:
    sizes = session.setup.sizes
    layer = choice(query, "layer", "layer", [(str(l), str(l)) for l in range(1, len(sizes) - 1)])
    l = int(layer.value)
    return layer, choice(query, "unit", "unit", [(str(j), _name(session, l, j)) for j in range(sizes[l])])


def _name(session: TrainingSession, l: int, j: int) -> str:
    return sentence(unit_name(session.shape, l, j))


def _title(name: str, values: Array, sums: Array) -> str:
    """Hidden unit 1 gives 0.02 to 0.98 here; its sum changes sign along the line."""
    low, high = (number(float(value), DIGITS) for value in (values.min(), values.max()))
    gives = f"{low} everywhere here" if low == high else f"{low} to {high} here"
    if sums.min() < 0 < sums.max():
        return f"{name} gives {gives}; its sum changes sign"
    return f"{name} gives {gives}; its sum is {'above' if sums.min() >= 0 else 'below'} 0 everywhere"


# Over a plane: the units of a layer share their levels ----------------------------------------------------------------


@dataclass(frozen=True)
class _Levels:
    """The levels of all activations of a layer, and a look for each band between them."""

    levels: tuple[float, ...]
    looks: tuple[str, ...]

    @classmethod
    def of(cls, A: Array) -> "_Levels":
        """For the activations of a layer, (n, units)."""
        levels = levels_between(float(A.min()), float(A.max()))
        return cls(levels, by_sign(levels, 0.0, float(np.abs(A).max()) or 1.0))

    def bands(self, values: Array, frame: Frame) -> tuple[Band, ...]:
        """Of one unit, (n * n,)."""
        return bands(_surface(values, frame), self.levels, self.looks)


def _surface(values: Array, frame: Frame) -> Surface:
    count = round(len(values) ** 0.5)
    return Surface(values.reshape(count, count), frame)


def _zero(sums: Array, frame: Frame) -> Band:
    """The line on which the sums of a unit are 0."""
    return Band(OPEN, _surface(sums, frame).line(0.0))


def _maps_in_small(there: Forward, l: int, group: range, levels: _Levels) -> list[tuple[Band, ...]]:
    A, Z = there.A[l], there.Z[l - 1]
    return [(*levels.bands(A[:, j], SMALL), _zero(Z[:, j], SMALL)) for j in group]


def _map(
    session: TrainingSession,
    cut: Slice,
    there: Forward,
    unit: tuple[int, int],
    choices: Choices,
    levels: _Levels,
    digits: int,
) -> OverData:
    l, j = unit
    values, sums = there.A[l][:, j], there.Z[l - 1][:, j]
    title, line = _title(_name(session, l, j), values, sums), _zero(sums, SQUARE)
    named = (*keys(levels.levels, levels.looks, DIGITS), *([SUM_IS_ZERO] if line.d else ()))
    layers = Layers("activation a", levels.bands(values, SQUARE), named, (line,))
    table = table_of(session, cut.plane, title, texts_of(values.reshape(COUNT, COUNT), digits))
    return OverData(title, choices, cut.notes, table, map=map_of(session, cut.plane, layers, (NAME, title)))


# Along a line ---------------------------------------------------------------------------------------------------------


def _curves_in_small(A: Array, group: range) -> list[tuple[Band, ...]]:
    ends = float(A.min()), float(A.max())
    return [(Band(OPEN, through(A[:, j], ends, SMALL)),) for j in group]


def _curves(
    session: TrainingSession, cut: Slice, there: Forward, unit: tuple[int, int], choices: Choices, digits: int
) -> OverData:
    l, j = unit
    A, sums = there.A[l], there.Z[l - 1][:, j]
    title, least = _title(_name(session, l, j), A[:, j], sums), (float(A.min()), float(A.max()))
    x_title = input_names(session)[0]
    about = About(NAME, title, x_title, "activation a", digits, frame=NARROW, least=least, tight=True)
    plot = curves_over(session, cut, about, [("a", A[:, j]), ("z", sums)])
    return OverData(title, choices, cut.notes, plot.table, plot=plot)
