"""The loss over one parameter: its curve with the point, the tangent as steep as the gradient, the update, the secant.

Drawn is what the walk has shown: no tangent before the gradient is found, no arrow before the update.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

from app.engine.landscape import Secant
from app.sessions.pictures.over_parameters import NEAREST, Known, Slope, known_of, reach_of, slope_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import Axis, Frame, Ground, Span, axis, ground, tight
from app.views.charts.lines import Series, path
from app.views.charts.overlay import Arrow, arrow_from
from app.views.charts.picture_file import Drawing
from app.views.charts.readings import COLUMNS, Columns
from app.views.charts.table import Table, chosen
from app.views.check.check import told
from app.views.network.scales import place
from app.views.pictures.choices import Choices, Query, choice, choices_of, parameter_choice, parameter_in_question
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
    columns: Columns

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """The one."""
        return (Drawing("landscape", "svg/landscape.svg", self.drawing),)


def landscape(session: TrainingSession, query: Query, digits: int) -> Landscape:
    """The picture of the parameter that the address names, else of the one in question."""
    field, symbol = parameter_choice(session, query, ("of", "loss over the"), parameter_in_question(session))
    known, name = known_of(session, symbol), parameter_name(session.shape, symbol)
    zoom = choice(query, "look", "look at", [*ZOOMS, UPDATE] if known.step else ZOOMS)
    step = abs(known.step or 0.0)
    half = 2 * step if zoom.value == UPDATE[0] else max(reach_of(session, symbol) * FACTORS[zoom.value], ROOM * step)
    slope = slope_of(session, known, max(half, NEAREST * abs(known.value)))
    tangent = None if known.gradient is None else Line(known.value, slope.loss, known.gradient)
    drawing = _drawing(known, slope, tangent, name, digits)
    notes = [ROUNDS] if session.setup.decimals is not None else []
    notes += [SHORT] if known.step and drawing.arrow is None else []
    return Landscape(
        _headline(known, name),
        choices_of(query, "landscape", [field, zoom]),
        drawing,
        (*_sentences(known, slope, digits), *notes),
        _ahead(known),
        Table("The point", (), tuple(_facts(known, slope, digits)), "name"),
        Table(drawing.title, ("value", "loss", "tangent"), tuple(_rows(slope, tangent, digits, ROWS))),
        _columns(known, slope, tangent, digits),
    )


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


def _drawing(known: Known, slope: Slope, tangent: Line | None, name: str, digits: int) -> SlopeDrawing:
    """All of it. Across it goes exactly as far as the places do, up around all losses that are finite."""
    finite = [loss for loss in slope.losses if isfinite(loss)]
    first, last = slope.places[0], slope.places[-1]
    lowest, highest = min(finite, default=slope.loss), max(finite, default=slope.loss)
    x = _across(known, slope)
    up = Span(FRAME.bottom, FRAME.top, scale="linear", around=slope.loss)
    y = axis(min(finite, default=0.0), max(finite, default=0.0), up)
    point, ends = _spot(known.value, slope.loss, x, y), _ends(known, slope.secant, x, y)
    secant = None
    if slope.secant is not None:  # without ends it lies too near to the point, or too far, to be told by its height
        middle = (slope.secant.low + slope.secant.high) / 2 if ends else slope.loss
        secant = Line(known.value, middle, slope.secant.slope)
    arrow = arrived = None
    if known.after is not None and abs(x.at(known.after) - x.at(known.value)) >= TOGETHER:
        end = x.at(known.after)
        arrow = arrow_from((x.at(known.value), LANE), (min(max(end, FRAME.left), FRAME.right), LANE))
        if _inside(known.after, x) and isfinite(slope.loss_after):
            arrived = _spot(known.after, slope.loss_after, x, y)
    dropped = [spot for spot in (point, arrived) if arrow and spot]
    return SlopeDrawing(
        title=(
            f"The loss over the {name}, from {number(first, digits)} to {number(last, digits)}: "
            f"between {number(lowest, digits)} and {number(highest, digits)}; "
            f"at {number(known.value, digits)} it is {number(slope.loss, digits)}"
        ),
        ground=ground(FRAME, (x, y), (name, "loss ℒ")),
        curve=path(Series("loss", "first", slope.losses, slope.places), x, y),
        tangent=clipped(tangent, x, y),
        secant=clipped(secant, x, y),
        ends=ends,
        point=point,
        drops="".join(f"M{at} {height}V{place(LANE)}" for at, height in dropped),
        arrow=arrow,
        arrived=arrived,
    )


def _across(known: Known, slope: Slope) -> Axis:
    """The axis of the parameter."""
    return tight(slope.places[0], slope.places[-1], Span(FRAME.left, FRAME.right, around=known.value))


def _ends(known: Known, secant: Secant | None, x: Axis, y: Axis) -> tuple[Spot, ...]:
    """The two points of the secant, where both lie in the frame and can be told apart."""
    if secant is None or x.at(known.value + secant.step) - x.at(known.value) < TOGETHER:
        return ()
    ends = ((known.value - secant.step, secant.low), (known.value + secant.step, secant.high))
    seen = all(_inside(value, x) and isfinite(loss) for value, loss in ends)
    return tuple(_spot(value, loss, x, y) for value, loss in ends) if seen else ()


def _inside(value: float, x: Axis) -> bool:
    return FRAME.left <= x.at(value) <= FRAME.right


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


def _spot(value: float, loss: float, x: Axis, y: Axis) -> Spot:
    return place(x.at(value)), place(y.at(loss))


# In words: where the slope leads, whether the numerical check agrees, the update --------------------------------------


def _headline(known: Known, name: str) -> str:
    if known.gradient is None:
        return f"The loss over the {name}"
    if known.gradient == 0:
        return f"Here the loss is level over the {name}"
    return f"The loss {_way(known.gradient)} as the {name} grows"


def _way(slope: float) -> str:
    return "grows" if slope > 0 else "falls"


def _sentences(known: Known, slope: Slope, digits: int) -> Iterator[str]:
    """The point; its slope; the secant, and where they differ, why the tangent misses the curve; the update."""
    value, loss = number(known.value, digits), number(slope.loss, digits)
    yield f"At {value} the mean loss of this batch is {loss}. All other parameters stay as they are."
    if known.gradient is not None and slope.checked is not None and slope.secant is not None:
        if known.gradient == 0:
            yield "The slope here is 0: a small move either way leaves the loss as it is."
        else:
            yield f"The slope here is {number(known.gradient, digits)}: to the right the loss {_way(known.gradient)}."
        step, steep = number(slope.secant.step, digits), number(slope.secant.slope, digits)
        yield f"The secant of the numerical check, {step} to either side, has the slope {steep}."
        if slope.checked.because or slope.checked.referee == "paths":
            misses = "The tangent misses the curve. " if slope.checked.because == "wrong" else ""
            yield f"{misses}{told(slope.checked, digits)}"
    if known.after == known.value:
        yield f"The update leaves it at {value}."
    elif known.after is not None:
        by, change = signed(known.after - known.value, digits), signed(slope.loss_after - slope.loss, digits)
        yield (
            f"The update moves it by {by}, from {value} to {number(known.after, digits)}. "
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


def _columns(known: Known, slope: Slope, tangent: Line | None, digits: int) -> Columns:
    """The same under the pointer."""
    x = _across(known, slope)

    def numbers() -> Iterator[tuple[float, tuple[str, ...]]]:
        places = (x.at(slope.places[i]) for i in chosen(len(slope.places), COLUMNS))
        for at, (value, loss, height) in zip(places, _rows(slope, tangent, digits, COLUMNS), strict=True):
            yield at, (f"value {value}", f"loss {loss}", *([f"tangent {height}"] if tangent else ()))

    return Columns(FRAME, numbers)


def _rows(slope: Slope, tangent: Line | None, digits: int, about: int) -> Iterator[tuple[str, str, str]]:
    curve = Series("loss", "first", slope.losses)
    for i in chosen(len(slope.losses), about):
        value = slope.places[i]
        yield fixed(value, digits), curve.text(i, digits), fixed(tangent.at(value), digits) if tangent else "—"
