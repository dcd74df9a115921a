"""Which two features of many a picture shows, and what must be said about all others."""

from dataclasses import dataclass

from app.sessions.walk.session import TrainingSession
from app.views.charts.marks import MOST
from app.views.pictures.choices import Choice, Query, choice
from app.views.pictures.planes import Plane, in_units, plane_of
from app.views.text.naming import input_names
from app.views.text.numbers import number
from app.views.text.words import listed

DIGITS = 3  # decimals of what the other features rest at


@dataclass(frozen=True, eq=False)
class Slice:
    """The plane, the fields that chose it, and notes."""

    plane: Plane
    fields: tuple[Choice, ...]
    notes: tuple[str, ...]


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
