"""What each hidden unit says over the inputs: its layer in small; one unit large, with the line where its sum is 0."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from app.engine.network.arrays import Array
from app.sessions.pictures.over_inputs import on_plane
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import NARROW, SQUARE, Frame
from app.views.charts.levels import Band, Exact, Key, Layers, Surface, bands, by_sign, keys, levels_between, through
from app.views.charts.lines import About
from app.views.charts.map import Said
from app.views.charts.picture_file import Drawing
from app.views.pictures.choices import Query, choice, choices_of
from app.views.pictures.over_data import OPEN, OverData, over_line, over_plane, said_over, slice_of, told_examples
from app.views.text.naming import input_names, unit_name
from app.views.text.numbers import number
from app.views.text.words import sentence

SMALL = Frame(100.0, 100.0, 0.0, 100.0, 0.0, 100.0)
ROUGH = 24  # points of a small picture's grid along each feature
AT_ONCE = 8  # small pictures
DIGITS = 3  # decimals of a level
SUM_IS_ZERO = Key("line", "the line on which its sum z is 0")


@dataclass(frozen=True)
class Small:
    """One unit in small, what it gives here, and what asks for it large."""

    name: str
    said: str
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

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """The chosen unit's."""
        return self.seen.drawings


def units(session: TrainingSession, query: Query, digits: int) -> UnitPictures:
    """The picture of one hidden unit among those of its layer."""
    cut, sizes = slice_of(session, query), session.setup.sizes
    layer = choice(query, "layer", "layer", [(str(l), str(l)) for l in range(1, len(sizes) - 1)])
    l = int(layer.value)
    names = [sentence(unit_name(session.shape, l, j)) for j in range(sizes[l])]
    unit = choice(query, "unit", "unit", [(str(j), name) for j, name in enumerate(names)])
    j = int(unit.value)
    every = (*cut.fields, layer, unit)
    choices = choices_of(query, "units", [field for field in every if len(field.options) > 1])
    there, first = said_over(session, cut), j - j % AT_ONCE
    A, a, z = there.A[l], there.A[l][:, j], there.Z[l - 1][:, j]
    title, group = _title(names[j], a, z), range(first, min(first + AT_ONCE, sizes[l]))
    ends = float(A.min()), float(A.max())
    drawn: list[tuple[Band, ...]]
    if cut.is_line:
        drawn = [(Band(OPEN, through(A[:, i], ends, SMALL)),) for i in group]
        x_title = input_names(session)[0]
        about = About("units", title, x_title, "activation a", digits, frame=NARROW, least=ends, tight=True)
        seen = over_line(session, cut, choices, about, [("a", a), ("z", z)])
    else:
        levels = levels_between(*ends)  # the units of a layer share them
        looks = by_sign(levels, 0.0, max(map(abs, ends)) or 1.0)
        rough = on_plane(session, cut.plane, ROUGH)
        small = (
            _filled(_surface(rough.A[l][:, i], SMALL), _surface(rough.Z[l - 1][:, i], SMALL), levels, looks)
            for i in group
        )
        drawn = [(*filled, line) for filled, line in small]
        own = _surface(a, SQUARE, cut.exact(session, lambda there: there.A[l][:, j]))
        sums = _surface(z, SQUARE, cut.exact(session, lambda there: there.Z[l - 1][:, j]))
        filled, line = _filled(own, sums, levels, looks)
        named = (*keys(levels, looks, DIGITS), *([SUM_IS_ZERO] if line.d else ()))
        shown = Said("activation", own.values, digits, lambda: told_examples(session))
        layers = Layers("activation a", filled, named, (line,))
        seen = over_plane(session, cut, choices, ("units", title), layers, shown)
    chosen = {field.name: field.value for field in every}
    return UnitPictures(
        tuple(
            Small(names[i], _range(A[:, i]), urlencode({**chosen, "unit": i}), found, i == j)
            for i, found in zip(group, drawn, strict=True)
        ),
        seen,
    )


def _surface(values: Array, frame: Frame, exact: Exact | None = None) -> Surface:
    """Of numbers over a plane, (n * n,)."""
    count = round(len(values) ** 0.5)
    return Surface(values.reshape(count, count), frame, exact)


def _filled(
    own: Surface, sums: Surface, levels: tuple[float, ...], looks: tuple[str, ...]
) -> tuple[tuple[Band, ...], Band]:
    """The bands of a unit's activations, and the line on which its sums are 0."""
    return bands(own, levels, looks), Band(OPEN, sums.line(0.0))


def _range(values: Array) -> str:
    low, high = (number(float(value), DIGITS) for value in (values.min(), values.max()))
    return f"{low} everywhere here" if low == high else f"{low} to {high} here"


def _title(name: str, values: Array, sums: Array) -> str:
    """Hidden unit 1 gives 0.02 to 0.98 here; its sum changes sign along the line."""
    gives = _range(values)
    if sums.min() < 0 < sums.max():
        return f"{name} gives {gives}; its sum changes sign"
    return f"{name} gives {gives}; its sum is {'above' if sums.min() >= 0 else 'below'} 0 everywhere"
