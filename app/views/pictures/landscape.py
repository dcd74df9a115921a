"""The loss over one parameter: its curve with the point, the tangent as steep as the gradient, the update, the secant.

Drawn is what the walk has shown: no tangent before the gradient is found, no arrow before the update.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

from app.engine.check.gradient_check import Checked
from app.engine.landscape import Secant
from app.sessions.pictures.over_parameters import NEAREST, Known, Slope, known_of, reach_of, slope_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import Axis, Frame, Ground, Span, axis, ground, tight
from app.views.charts.examples import Arrow, arrow_from
from app.views.charts.lines import Series, path
from app.views.charts.table import Table, chosen
from app.views.check.verdicts import told
from app.views.network.scales import place
from app.views.pictures.choices import Choice, Choices, Query, choice, choices_of
from app.views.pictures.chosen_parameters import parameter_choice, parameter_in_question
from app.views.text.naming import parameter_name
from app.views.text.numbers import fixed, number, signed

ROWS = 10  # of the table, about
ROOM = 1.25  # so many times as far as the update reaches the curve at least
ZOOMS = (("shape", "its whole shape"), ("near", "near the point"), ("wide", "from far"))
FACTORS = {"shape": 1.0, "near": 1 / 16, "wide": 4.0}
UPDATE = ("update", "the update")
FRAME = Frame(540.0, 330.0, 72.0, 528.0, 30.0, 282.0)
LANE = FRAME.bottom - 12.0  # where the arrow of the update lies, above the axis
TOGETHER = 10.0  # nearer than this, two places of the drawing are not seen as two
AT_REST = "All other parameters stay as they are."
ROUNDS = "The walk rounds its activations; this curve is of the loss without rounding."
SHORT = "So short a way cannot be seen here: look at the update."
Spot = tuple[str, str]


@dataclass(frozen=True)
class SlopeDrawing:
    """Paths and points; empty or None where the walk has not shown it, or it lies outside of the frame.

    `ends` are the points of the secant, `drops` the lines from the points to the lane of the arrow.
    """

    title: str
    ground: Ground
    curve: str
    tangent: str
    secant: str
    ends: tuple[Spot, ...]
    point: Spot
    drops: str
    arrow: Arrow | None
    arrived: Spot | None


@dataclass(frozen=True)
class Landscape:
    """The picture; `said` are sentences, `ahead` what the walk will show further on.

    `facts` are of the point; a row of `curve` holds the parameter's value, the loss there and the tangent's height.
    """

    template: ClassVar[str] = "pictures/landscape.html"

    title: str
    choices: Choices
    drawing: SlopeDrawing
    said: tuple[str, ...]
    ahead: str
    facts: Table
    curve: Table


def landscape(session: TrainingSession, query: Query, digits: int) -> Landscape:
    """The picture of the parameter that the address names, else of the one in question."""
    field, symbol = parameter_choice(session, query, ("of", "loss over the"), parameter_in_question(session))
    known, name = known_of(session, symbol), parameter_name(session.shape, symbol)
    zoom = _zoom(known, query)
    slope = slope_of(session, known, _half_width(session, known, zoom.value))
    drawing = slope_drawing(known, slope, name, digits)
    notes = [ROUNDS] if session.setup.decimals is not None else []
    notes += [SHORT] if known.step and drawing.arrow is None else []
    return Landscape(
        _headline(known, name),
        choices_of(query, "landscape", [field, zoom]),
        drawing,
        (*_sentences(known, slope, digits), *notes),
        _ahead(known),
        Table("The point", (), tuple(_facts(known, slope, digits)), "name"),
        Table(drawing.title, ("value", "loss", "tangent"), tuple(_rows(known, slope, digits))),
    )


def _zoom(known: Known, query: Query) -> Choice:
    """How far to look; as far as the update goes where it is shown."""
    return choice(query, "look", "look at", [*ZOOMS, UPDATE] if known.step else ZOOMS)


def _half_width(session: TrainingSession, known: Known, zoom: str) -> float:
    step, least = abs(known.step or 0.0), NEAREST * abs(known.value)
    if zoom == UPDATE[0]:
        return max(2 * step, least)
    return max(reach_of(session, known.symbol) * FACTORS[zoom], ROOM * step, least)


# The drawing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A straight line through a point, in the units of the axes."""

    x: float
    y: float
    slope: float

    def at(self, x: float) -> float:
        """Its height there."""
        return self.y + self.slope * (x - self.x)


def slope_drawing(known: Known, slope: Slope, name: str, digits: int) -> SlopeDrawing:
    """All of it; the tangent as steep as the gradient that the walk has shown."""
    x, y = axes_of(slope.places, slope.losses, (known.value, slope.loss))
    ends, arrow = _ends(known, slope.secant, x, y), _arrow(known, x)
    arrived = _arrived(known, slope, x, y) if arrow else None
    drops = [spot for spot in (_spot(known.value, slope.loss, x, y), arrived) if spot]
    return SlopeDrawing(
        title=_described(known, slope, name, digits),
        ground=ground(FRAME, (x, y), (name, "loss ℒ")),
        curve=path(Series("loss", "first", slope.losses, slope.places), x, y),
        tangent=clipped(_tangent(known, slope), x, y),
        secant=clipped(_secant(known, slope, ends), x, y),
        ends=ends,
        point=_spot(known.value, slope.loss, x, y),
        drops="".join(f"M{across} {up}V{place(LANE)}" for across, up in drops) if arrow else "",
        arrow=arrow,
        arrived=arrived,
    )


def _finite(slope: Slope) -> list[float]:
    return [loss for loss in slope.losses if isfinite(loss)] or [slope.loss]


def axes_of(places: Sequence[float], losses: Sequence[float], point: tuple[float, float]) -> tuple[Axis, Axis]:
    """Across exactly as far as the places go; up around all losses that are finite."""
    finite = [loss for loss in losses if isfinite(loss)] or [0.0]
    x = tight(places[0], places[-1], Span(FRAME.left, FRAME.right, around=point[0]))
    up = Span(FRAME.bottom, FRAME.top, scale="linear", around=point[1])
    return x, axis(min(finite), max(finite), up)


def _tangent(known: Known, slope: Slope) -> Line | None:
    """Through the point, as steep as the gradient; None where that is not shown."""
    return None if known.gradient is None else Line(known.value, slope.loss, known.gradient)


def _secant(known: Known, slope: Slope, ends: Sequence[Spot]) -> Line | None:
    """Through its two ends, where these are seen; else through the point, which it then lies too near or too far to
    be told from by its height.
    """
    if slope.secant is None:
        return None
    middle = (slope.secant.low + slope.secant.high) / 2 if ends else slope.loss
    return Line(known.value, middle, slope.secant.slope)


def clipped(line: Line | None, x: Axis, y: Axis) -> str:
    """The part of a line that lies in the frame, as a path; empty where none does."""
    if line is None or not isfinite(line.y):
        return ""
    (left, right), (low, high) = x.limits, y.limits
    if line.slope:
        crossings = sorted(line.x + (level - line.y) / line.slope for level in (low, high))
        left, right = max(left, crossings[0]), min(right, crossings[1])
    if not left < right:
        return ""
    (x1, y1), (x2, y2) = (_spot(end, line.at(end), x, y) for end in (left, right))
    return f"M{x1} {y1}L{x2} {y2}"


def _arrow(known: Known, x: Axis) -> Arrow | None:
    """In its lane, as far as the frame goes; None where there is no update, or one that is too short for an arrow."""
    if known.after is None:
        return None
    start, end = x.at(known.value), x.at(known.after)
    if abs(end - start) < TOGETHER:
        return None
    return arrow_from((start, LANE), (min(max(end, FRAME.left), FRAME.right), LANE))


def _arrived(known: Known, slope: Slope, x: Axis, y: Axis) -> Spot | None:
    """Where the update leads, where that lies in the frame."""
    if known.after is None or not _inside(known.after, x) or not isfinite(slope.loss_after):
        return None
    return _spot(known.after, slope.loss_after, x, y)


def _ends(known: Known, secant: Secant | None, x: Axis, y: Axis) -> tuple[Spot, ...]:
    """The two points of the secant, where both lie in the frame and can be told apart."""
    if secant is None or x.at(known.value + secant.step) - x.at(known.value) < TOGETHER:
        return ()
    ends = ((known.value - secant.step, secant.low), (known.value + secant.step, secant.high))
    seen = all(_inside(value, x) and isfinite(loss) for value, loss in ends)
    return tuple(_spot(value, loss, x, y) for value, loss in ends) if seen else ()


def _inside(value: float, x: Axis) -> bool:
    return FRAME.left <= x.at(value) <= FRAME.right


def _spot(value: float, loss: float, x: Axis, y: Axis) -> Spot:
    return place(x.at(value)), place(y.at(loss))


# In words: where the slope leads, whether the numerical check agrees, the update --------------------------------------


def _headline(known: Known, name: str) -> str:
    """What is seen at once."""
    if known.gradient is None:
        return f"The loss over the {name}"
    if known.gradient == 0:
        return f"Here the loss is level over the {name}"
    return f"The loss {_way(known.gradient)} as the {name} grows"


def _described(known: Known, slope: Slope, name: str, digits: int) -> str:
    """The drawing in one sentence."""
    low, high = (number(end, digits) for end in (slope.places[0], slope.places[-1]))
    lowest, highest = (number(end(_finite(slope)), digits) for end in (min, max))
    return (
        f"The loss over the {name}, from {low} to {high}: between {lowest} and {highest}; "
        f"at {number(known.value, digits)} it is {number(slope.loss, digits)}"
    )


def _sentences(known: Known, slope: Slope, digits: int) -> Iterator[str]:
    yield f"At {number(known.value, digits)} the mean loss of this batch is {number(slope.loss, digits)}. {AT_REST}"
    if known.gradient is not None and slope.checked is not None and slope.secant is not None:
        yield _told_slope(known.gradient, digits)
        yield from _told_check(slope.checked, slope.secant, digits)
    if known.after is not None:
        yield _told_update(known.value, known.after, slope, digits)


def _told_slope(gradient: float, digits: int) -> str:
    if gradient == 0:
        return "The slope here is 0: a small move either way leaves the loss as it is."
    return f"The slope here is {number(gradient, digits)}: to the right the loss {_way(gradient)}."


def _way(slope: float) -> str:
    return "grows" if slope > 0 else "falls"


def _told_check(checked: Checked, secant: Secant, digits: int) -> Iterator[str]:
    """The secant; and where they differ, why the tangent misses the curve."""
    step, slope = number(secant.step, digits), number(secant.slope, digits)
    yield f"The secant of the numerical check, {step} to either side, has the slope {slope}."
    if checked.because or checked.referee == "paths":
        yield f"{'The tangent misses the curve. ' if checked.because == 'wrong' else ''}{told(checked, digits)}"


def _told_update(value: float, after: float, slope: Slope, digits: int) -> str:
    if after == value:
        return f"The update leaves it at {number(value, digits)}."
    by, change = signed(after - value, digits), signed(slope.loss_after - slope.loss, digits)
    return (
        f"The update moves it by {by}, from {number(value, digits)} to {number(after, digits)}. "
        f"Alone, that changes the loss by {change}."
    )


def _ahead(known: Known) -> str:
    if known.gradient is None:
        return "Walk on to the gradient of this parameter to see its tangent and the secant of the numerical check."
    return "" if known.after is not None else "Walk on to the update to see where it moves."


# The same numbers as tables -------------------------------------------------------------------------------------------


def _facts(known: Known, slope: Slope, digits: int) -> Iterator[tuple[str, str]]:
    yield "value", fixed(known.value, digits)
    yield "loss", fixed(slope.loss, digits)
    if known.gradient is not None:
        yield "gradient: slope of the tangent", signed(known.gradient, digits)
    if slope.secant is not None:
        yield "slope of the secant", signed(slope.secant.slope, digits)
        yield "step of the secant", number(slope.secant.step, digits)
    if known.after is not None:
        yield "value after the update", fixed(known.after, digits)
        yield "loss there", fixed(slope.loss_after, digits)


def _rows(known: Known, slope: Slope, digits: int) -> Iterator[tuple[str, str, str]]:
    tangent, curve = _tangent(known, slope), Series("loss", "first", slope.losses)
    for i in chosen(len(slope.losses), ROWS):
        value = slope.places[i]
        yield fixed(value, digits), curve.text(i, digits), fixed(tangent.at(value), digits) if tangent else "—"
