"""What a network, or one of its units, says over the inputs, with the examples over it: a map, or curves over one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.propagation import Forward
from app.sessions.pictures.over_inputs import Plane, given_inputs, in_units, on_plane, plane_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.examples import MOST, clouds
from app.views.charts.lines import About, Plot, Series, plot
from app.views.charts.map import COUNT, Map
from app.views.charts.table import Table
from app.views.pictures.choices import Choice, Choices, Query, choice
from app.views.text.naming import input_names
from app.views.text.numbers import number
from app.views.text.words import listed

ALONG = 121  # points of a curve
LOOKS = ("first", "second", "third", "fourth")
DIGITS = 3  # decimals of what the other features rest at


@dataclass(frozen=True)
class OverData:
    """One of `map` and `plot`, and its numbers; `notes` are what must be said beside it."""

    template: ClassVar[str] = "pictures/over_data.html"

    title: str
    choices: Choices
    notes: tuple[str, ...]
    table: Table
    map: Map | None = None
    plot: Plot | None = None


# Which features of many -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Slice:
    """The plane, the fields that chose it, and notes."""

    plane: Plane
    fields: tuple[Choice, ...]
    notes: tuple[str, ...]

    @property
    def is_line(self) -> bool:
        """Whether there is one feature alone."""
        return len(self.plane.features) == 1


def slice_of(session: TrainingSession, query: Query) -> Slice:
    """One feature alone, both of two, or the two that were chosen."""
    features, fields = _chosen(session, query)
    plane = plane_of(session, features)
    return Slice(plane, fields, tuple(note for note in (_others(session, plane), _thinned(session)) if note))


def _chosen(session: TrainingSession, query: Query) -> tuple[tuple[int, ...], tuple[Choice, ...]]:
    names = input_names(session)
    if len(names) <= 2:
        return tuple(range(len(names))), ()
    options = [(str(i), name) for i, name in enumerate(names)]
    across = choice(query, "across", "across", options)
    up = choice(query, "up", "up", [option for option in options if option[0] != across.value])
    return (int(across.value), int(up.value)), (across, up)


def _others(session: TrainingSession, plane: Plane) -> str:
    names = input_names(session)
    resting = [i for i in range(len(names)) if i not in plane.features]
    if not resting:
        return ""
    values = [in_units(session, i, (float(plane.rest[i]),))[0] for i in resting]
    texts = [f"{names[i]} = {number(value, DIGITS)}" for i, value in zip(resting, values, strict=True)]
    return (
        f"The other features stay at their mean: {listed(texts)}. The examples lie beside this slice, so one may stand "
        "on the wrong side of a line and still be told right."
    )


def _thinned(session: TrainingSession) -> str:
    counts = (len(session.examples[0]), len(session.setup.test_examples[0]))
    every = max(-(-count // MOST) for count in counts)
    return f"So that they can be told apart, one of {every} examples is drawn." if every > 1 else ""


# What the network says there ------------------------------------------------------------------------------------------


def said_over(session: TrainingSession, cut: Slice) -> Forward:
    """Every Z and A of the network in force over the slice: (ALONG, n) along a line, (COUNT * COUNT, n) on a plane."""
    return on_plane(session, cut.plane, ALONG if cut.is_line else COUNT)


def curves_over(
    session: TrainingSession,
    cut: Slice,
    about: About,
    curves: Sequence[tuple[str, Array]],
    heights: tuple[Array, Array] | None = None,
) -> Plot:
    """At most four curves by name, each (ALONG,), over the input in the units of its column.

    `heights` are how high each training and each test example stands, (m,) and (t,); without them there are none.
    """
    places = in_units(session, 0, tuple(np.linspace(*cut.plane.ends(0), ALONG).tolist()))
    series = [Series(name, look, values.tolist(), places) for (name, values), look in zip(curves, LOOKS, strict=False)]
    if heights is None:
        return plot(about, series)
    training, test = (np.column_stack(pair) for pair in zip(given_inputs(session), heights, strict=True))
    return plot(about, series, clouds(session, training, test))
