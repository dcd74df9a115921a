"""The frame that the axes of a drawing make: its size, and the ticks along it."""

from dataclasses import dataclass

from app.views.charts.axes import Axis
from app.views.network.scales import place


@dataclass(frozen=True)
class Frame:
    """The size of a drawing, and where in it the frame is that the axes make."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def view_box(self) -> str:
        """As an SVG attribute."""
        return f"0 0 {place(self.width)} {place(self.height)}"


WIDE = Frame(760.0, 300.0, 76.0, 626.0, 30.0, 252.0)  # with room for the names of lines at their ends
NARROW = Frame(460.0, 250.0, 62.0, 440.0, 30.0, 204.0)  # the names stand in a legend
SQUARE = Frame(480.0, 470.0, 62.0, 466.0, 26.0, 420.0)


@dataclass(frozen=True)
class Tick:
    """One tick of an axis: the line through the frame, and its label."""

    line: str
    x: str
    y: str
    text: str


def ticks_across(x: Axis, frame: Frame) -> tuple[Tick, ...]:
    """Short lines below the frame."""
    bottom = frame.bottom
    return tuple(Tick(f"M{place(at)} {place(bottom)}v5", place(at), place(bottom + 20), text) for at, text in x.labels)


def ticks_up(y: Axis, frame: Frame) -> tuple[Tick, ...]:
    """Lines through the whole frame."""
    left, right = place(frame.left), place(frame.right)
    return tuple(
        Tick(f"M{left} {place(at)}H{right}", place(frame.left - 8), place(at + 4), text) for at, text in y.labels
    )


def ticks_beside(y: Axis, frame: Frame) -> tuple[Tick, ...]:
    """Short lines to the left of the frame."""
    left = frame.left
    return tuple(Tick(f"M{place(left)} {place(at)}h-5", place(left - 9), place(at + 4), text) for at, text in y.labels)
