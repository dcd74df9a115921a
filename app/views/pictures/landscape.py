"""The loss over one parameter: its curve with the point, the tangent as steep as the gradient, the update, the secant.

Drawn is what the walk has shown: no tangent before the gradient is found, no arrow before the update.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

import numpy as np

from app.engine.check.gradient_check import check_one
from app.engine.landscape import (
    affordable,
    losses_along,
    reach,
    secant,
)
from app.engine.learning.iteration import Iteration
from app.sessions.walk.session import TrainingSession
from app.views.charts.series import Series, chosen
from app.views.pictures.choices import (
    Choice,
    Choices,
    Query,
    choice,
    choices_of,
)
from app.views.pictures.chosen_parameters import parameter_choice, parameter_in_question
from app.views.pictures.parameter_state import Known, known_of
from app.views.pictures.slope_drawing import (
    NEAREST,
    Seen,
    SlopeDrawing,
    axes_of,
    is_short,
    slope_drawing,
    tangent_of,
)
from app.views.pictures.slope_words import (
    ROUNDS,
    SHORT,
    headline,
    sentences,
)
from app.views.text.numbers import fixed, number, signed

POINTS = 161  # of the curve, its middle the value itself
FEWEST = 21
ROWS = 10  # of the table, about
ROOM = 1.25  # so many times as far as the update reaches the curve at least
ZOOMS = (("shape", "its whole shape"), ("near", "near the point"), ("wide", "from far"))
FACTORS = {"shape": 1.0, "near": 1 / 16, "wide": 4.0}
UPDATE = ("update", "the update")


@dataclass(frozen=True)
class Landscape:
    """The picture; `said` are sentences, `ahead` what the walk will show further on, `facts` names with numbers.

    A row of the curve holds the parameter's value, the loss there and the tangent's height.
    """

    template: ClassVar[str] = "pictures/landscape.html"

    title: str
    choices: Choices
    drawing: SlopeDrawing
    said: tuple[str, ...]
    ahead: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str, str], ...]


def landscape(session: TrainingSession, query: Query, digits: int) -> Landscape:
    """The picture of the parameter that the address names, else of the one in question."""
    default = parameter_in_question(session)
    field, symbol = parameter_choice(session, query, ("of", "loss over the"), default)
    known = known_of(session, symbol)
    zoom = _zoom(known, query)
    seen = _seen(session.current, known, _half_width(session.current, known, zoom.value))
    checked = None if known.gradient is None else check_one(session.current, symbol)
    notes = [ROUNDS] if session.setup.decimals is not None else []
    notes += [SHORT] if is_short(known, axes_of(seen.curve.places, seen.curve.values)[0]) else []
    return Landscape(
        headline(known, digits),
        choices_of(query, "landscape", [field, zoom]),
        slope_drawing(known, seen, _told(known, seen, digits)),
        (*sentences(known, seen, checked, digits), *notes),
        _ahead(known),
        tuple(_facts(known, seen, digits)),
        tuple(_rows(known, seen, digits)),
    )


def _zoom(known: Known, query: Query) -> Choice:
    """How far to look; as far as the update goes where it is shown."""
    moves = known.after is not None and known.after != known.value
    return choice(query, "look", "look at", [*ZOOMS, UPDATE] if moves else ZOOMS)


def _half_width(iteration: Iteration, known: Known, zoom: str) -> float:
    step, least = 0.0 if known.after is None else abs(known.after - known.value), NEAREST * abs(known.value)
    if zoom == UPDATE[0]:
        return max(2 * step, least)
    return max(reach(iteration, known.symbol) * FACTORS[zoom], ROOM * step, least)


def _seen(iteration: Iteration, known: Known, half: float) -> Seen:
    symbol, here = known.symbol, known.value
    count = max(FEWEST, affordable(iteration, [symbol], POINTS)) | 1
    values = here + half * np.linspace(-1.0, 1.0, count)
    at = np.array([*values, here, here if known.after is None else known.after])
    *losses, loss, after = losses_along(iteration, symbol, at).tolist()
    check = None if known.gradient is None else secant(iteration, symbol)
    return Seen(Series("loss", "first", losses, values.tolist()), loss, after, check)


def _ahead(known: Known) -> str:
    if known.gradient is None:
        return "Walk on to the gradient of this parameter to see its tangent and the secant of the numerical check."
    return "" if known.after is not None else "Walk on to the update to see where it moves."


def _told(known: Known, seen: Seen, digits: int) -> str:
    """The drawing in one sentence."""
    values = [value for value in seen.curve.values if isfinite(value)] or [seen.loss]
    low, high = (number(end, digits) for end in (seen.curve.places[0], seen.curve.places[-1]))
    lowest, highest = number(min(values), digits), number(max(values), digits)
    return (
        f"The loss over the {known.words}, from {low} to {high}: between {lowest} and {highest}; "
        f"at {number(known.value, digits)} it is {number(seen.loss, digits)}"
    )


# The same numbers as tables -------------------------------------------------------------------------------------------


def _facts(known: Known, seen: Seen, digits: int) -> Iterator[tuple[str, str]]:
    yield "value", fixed(known.value, digits)
    yield "loss", fixed(seen.loss, digits)
    if known.gradient is not None:
        yield "gradient: slope of the tangent", signed(known.gradient, digits)
    if seen.secant is not None:
        yield "slope of the secant", signed(seen.secant.slope, digits)
        yield "step of the secant", number(seen.secant.step, digits)
    if known.after is not None:
        yield "value after the update", fixed(known.after, digits)
        yield "loss there", fixed(seen.loss_after, digits)


def _rows(known: Known, seen: Seen, digits: int) -> Iterator[tuple[str, str, str]]:
    tangent = tangent_of(known, seen)
    curve = seen.curve
    for i in chosen(len(curve.values), ROWS):
        value = curve.at(i)
        yield fixed(value, digits), curve.text(i, digits), fixed(tangent.at(value), digits) if tangent else "—"
