"""The drawing of a loss over one parameter: curve, point, tangent, secant, and the way of the update."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

from app.engine.landscape import Secant
from app.views.charts.axes import (
    Axis,
    Span,
    axis,
    tight,
)
from app.views.charts.frames import Frame
from app.views.charts.grounds import Ground, ground
from app.views.charts.lines import path
from app.views.charts.series import Series
from app.views.network.scales import place
from app.views.pictures.parameter_state import Known

FRAME = Frame(540.0, 330.0, 72.0, 528.0, 30.0, 282.0)
LANE = 12.0  # how far above the axis the arrow of the update lies
HEAD = 7.0  # of an arrow
NARROW = 1e-4  # of a number: what spans less is told from the point on
NEAREST = 1e-11  # of a number: nearer to it, two places are hardly two
SHORT = 10.0  # an arrow shorter than this is not seen as one


@dataclass(frozen=True)
class Arrow:
    """A line with a head: both as paths."""

    line: str
    head: str


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
    ends: tuple[tuple[str, str], ...]
    point: tuple[str, str]
    drops: str
    arrow: Arrow | None
    arrived: tuple[str, str] | None


@dataclass(frozen=True)
class Line:
    """A straight line through a point, in the units of the axes."""

    x: float
    y: float
    slope: float

    def at(self, x: float) -> float:
        """Its height there."""
        return self.y + self.slope * (x - self.x)


@dataclass(frozen=True)
class Seen:
    """What is drawn: the curve, the loss at the value and where the update leads, the secant of the numerical check."""

    curve: Series
    loss: float
    loss_after: float
    secant: Secant | None


def slope_drawing(known: Known, seen: Seen, title: str) -> SlopeDrawing:
    """All of it; the tangent as steep as the gradient that the walk has shown."""
    (known, seen), titles = from_the_point(known, seen)
    x, y = axes_of(seen.curve.places, seen.curve.values)
    ends = _ends(known, seen.secant, x, y)
    tangent, secant = tangent_of(known, seen), _secant_of(known, seen, ends)
    arrow = _arrow(known, x)
    return SlopeDrawing(
        title=title,
        ground=ground(FRAME, (x, y), titles),
        curve=path(seen.curve, x, y),
        tangent="" if tangent is None else clipped(tangent, x, y),
        secant="" if secant is None else clipped(secant, x, y),
        ends=ends,
        point=_spot(known.value, seen.loss, x, y),
        drops=_drops(known, seen, x, y) if arrow else "",
        arrow=arrow,
        arrived=_arrived(known, seen, x, y),
    )


def from_the_point(known: Known, seen: Seen) -> tuple[tuple[Known, Seen], tuple[str, str]]:
    """The same, counted from the point on where it spans so little that its ticks would all read alike; and what then
    stands across and up."""
    here, loss, curve = known.value, seen.loss, seen.curve
    across = here if curve.places[-1] - curve.places[0] < NARROW * abs(here) else 0.0
    finite = [value for value in curve.values if isfinite(value)] or [loss]
    up = loss if 0 < max(finite) - min(finite) < NARROW * abs(loss) else 0.0
    moved = replace(known, value=here - across, after=None if known.after is None else known.after - across)
    check = seen.secant and replace(seen.secant, low=seen.secant.low - up, high=seen.secant.high - up)
    places, losses = [place - across for place in curve.places], [value - up for value in curve.values]
    lower = Seen(replace(curve, values=losses, places=places), loss - up, seen.loss_after - up, check)
    titles = f"{'change of the ' if across else ''}{known.words}", f"{'change of the ' if up else ''}loss ℒ"
    return (moved, lower), titles


def axes_of(places: Sequence[float], losses: Sequence[float]) -> tuple[Axis, Axis]:
    """Across exactly as far as the places go; up around all losses that are finite."""
    finite = [loss for loss in losses if isfinite(loss)] or [0.0]
    x = tight(places[0], places[-1], Span(FRAME.left, FRAME.right))
    return x, axis(min(finite), max(finite), Span(FRAME.bottom, FRAME.top, scale="linear"))


def tangent_of(known: Known, seen: Seen) -> Line | None:
    """Through the point, as steep as the gradient; None where that is not shown."""
    return None if known.gradient is None else Line(known.value, seen.loss, known.gradient)


def _secant_of(known: Known, seen: Seen, ends: Sequence[object]) -> Line | None:
    """Through its two ends, where these are seen; else through the point, which it then lies too near or too far to
    be told from by its height."""
    if seen.secant is None:
        return None
    middle = (seen.secant.low + seen.secant.high) / 2 if ends else seen.loss
    return Line(known.value, middle, seen.secant.slope)


def clipped(line: Line, x: Axis, y: Axis) -> str:
    """The part of a line that lies in the frame, as a path; empty where none does."""
    (left, right), (low, high) = x.ends or (x.ticks[0], x.ticks[-1]), (y.ticks[0], y.ticks[-1])
    if line.slope:
        crossings = sorted(line.x + (level - line.y) / line.slope for level in (low, high))
        left, right = max(left, crossings[0]), min(right, crossings[1])
    if not left < right or not isfinite(line.y):
        return ""
    (x1, y1), (x2, y2) = (_spot(end, line.at(end), x, y) for end in (left, right))
    return f"M{x1} {y1}L{x2} {y2}"


def arrow_from(start: tuple[float, float], end: tuple[float, float]) -> Arrow:
    """From a point of the drawing to another, longer than its head."""
    (x1, y1), (x2, y2) = start, end
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    u, v = (x2 - x1) / length, (y2 - y1) / length
    neck = (x2 - HEAD * u, y2 - HEAD * v)
    sides = (neck[0] - HEAD * v / 2, neck[1] + HEAD * u / 2), (neck[0] + HEAD * v / 2, neck[1] - HEAD * u / 2)
    (ax, ay), (bx, by) = sides
    head = f"M{place(x2)} {place(y2)}L{place(ax)} {place(ay)}L{place(bx)} {place(by)}z"
    return Arrow(f"M{place(x1)} {place(y1)}L{place(neck[0])} {place(neck[1])}", head)


def is_short(known: Known, x: Axis) -> bool:
    """Whether there is an update that is too short for an arrow."""
    if known.after is None or known.after == known.value:
        return False
    return abs(x.at(known.after) - x.at(known.value)) < SHORT


def _arrow(known: Known, x: Axis) -> Arrow | None:
    """In the lane above the axis; as far as the frame goes."""
    if known.after is None or known.after == known.value or is_short(known, x):
        return None
    end, lane = min(max(x.at(known.after), FRAME.left), FRAME.right), FRAME.bottom - LANE
    return arrow_from((x.at(known.value), lane), (end, lane))


def _drops(known: Known, seen: Seen, x: Axis, y: Axis) -> str:
    lane = place(FRAME.bottom - LANE)
    points = [(known.value, seen.loss), *([(known.after, seen.loss_after)] if _inside(known.after, x) else [])]
    spots = (_spot(value, loss, x, y) for value, loss in points if value is not None and isfinite(loss))
    return "".join(f"M{across} {up}V{lane}" for across, up in spots)


def _arrived(known: Known, seen: Seen, x: Axis, y: Axis) -> tuple[str, str] | None:
    if _arrow(known, x) is None or not _inside(known.after, x) or not isfinite(seen.loss_after):
        return None
    assert known.after is not None
    return _spot(known.after, seen.loss_after, x, y)


def _inside(value: float | None, x: Axis) -> bool:
    return value is not None and FRAME.left <= x.at(value) <= FRAME.right


def _ends(known: Known, secant: Secant | None, x: Axis, y: Axis) -> tuple[tuple[str, str], ...]:
    """The two points of the secant, where both lie in the frame and can be told apart."""
    if secant is None or x.at(known.value + secant.step) - x.at(known.value) < SHORT:
        return ()
    ends = ((known.value - secant.step, secant.low), (known.value + secant.step, secant.high))
    seen = all(_inside(value, x) and isfinite(loss) for value, loss in ends)
    return tuple(_spot(value, loss, x, y) for value, loss in ends) if seen else ()


def _spot(value: float, loss: float, x: Axis, y: Axis) -> tuple[str, str]:
    return place(x.at(value)), place(y.at(loss))
