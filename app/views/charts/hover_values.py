"""What a plot says where it is pointed at: columns across its frame, each with the numbers that stand there."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from app.views.charts.axes import Axis
from app.views.charts.frames import Frame
from app.views.charts.series import Series, chosen
from app.views.network.scales import place

BESIDE = 7.0  # between the line and what stands there
MOST = 60  # columns: fewer than can be told apart by pointing, so that a plot stays small


class About(Protocol):
    """Of what a plot tells its readings."""

    @property
    def x_title(self) -> str: ...
    @property
    def digits(self) -> int: ...
    @property
    def frame(self) -> Frame: ...


@dataclass(frozen=True)
class Reading:
    """A column that can be pointed at, then the line through its numbers' place, and what they are, row by row.

    The rows stand at `x`, `before` or `after` the line, where there is more room.
    """

    left: str
    width: str
    line: str
    x: str
    side: str
    rows: tuple[str, ...]


def readings(series: Sequence[Series], x: Axis, about: About) -> tuple[Reading, ...]:
    """Columns from one edge of the frame to the other, each as wide as it is nearest to its numbers."""
    longest = max(series, key=lambda one: len(one.values))
    frame = about.frame
    indices = list(chosen(len(longest.values), MOST)) if longest.values else []
    places = [x.at(longest.at(i)) for i in indices]
    borders = [frame.left, *((a + b) / 2 for a, b in pairwise(places)), frame.right]
    return tuple(
        Reading(
            place(left),
            place(right - left),
            f"M{place(at)} {place(frame.top)}V{place(frame.bottom)}",
            *_side(at, frame),
            (
                f"{about.x_title} {longest.place_text(i)}",
                *(f"{one.name} {one.text(i, about.digits)}" for one in series),
            ),
        )
        for i, at, (left, right) in zip(indices, places, pairwise(borders), strict=True)
    )


def _side(at: float, frame: Frame) -> tuple[str, str]:
    before = at > (frame.left + frame.right) / 2
    return place(at - BESIDE if before else at + BESIDE), "before" if before else "after"
