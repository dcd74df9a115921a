"""What a network or a unit says over its one input: curves, with the examples over them."""

from collections.abc import Sequence

import numpy as np

from app.engine.network.arrays import Array
from app.engine.network.propagation import Forward
from app.sessions.walk.session import TrainingSession
from app.views.charts.lines import About, Plot, plot
from app.views.charts.marks import clouds
from app.views.charts.series import Series
from app.views.pictures.planes import in_units, on_plane, plane_of

COUNT = 121  # points of a curve
LOOKS = ("first", "second", "third", "fourth")
Heights = tuple[Array, Array]  # how high each training and each test example stands: (m,), (t,)


def along(session: TrainingSession) -> Forward:
    """Every Z and A of the network in force along its one input, (COUNT, n)."""
    return on_plane(session, plane_of(session, (0,)), COUNT)


def curves_over(
    session: TrainingSession, about: About, curves: Sequence[tuple[str, Array]], heights: Heights | None = None
) -> Plot:
    """At most four curves by name, each (COUNT,), over the input in the units of its column."""
    places = in_units(session, 0, tuple(np.linspace(*plane_of(session, (0,)).ends(0), COUNT).tolist()))
    series = [Series(name, look, values.tolist(), places) for (name, values), look in zip(curves, LOOKS, strict=False)]
    return plot(about, series, clouds(session, *_points(session, heights)) if heights else ())


def _points(session: TrainingSession, heights: Heights) -> tuple[Array, Array]:
    scale = session.setup.ready.inputs
    training, test = (scale.undo(X) for X in (session.examples[0], session.setup.test_examples[0]))
    return np.column_stack([training, heights[0]]), np.column_stack([test, heights[1]])
