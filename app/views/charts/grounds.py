"""The ground of a drawing: the frame that two axes make, with their ticks and titles."""

from dataclasses import dataclass

from app.views.charts.axes import Axis
from app.views.charts.frames import (
    Frame,
    Tick,
    ticks_across,
    ticks_beside,
    ticks_up,
)
from app.views.network.scales import place


@dataclass(frozen=True)
class Ground:
    """All as a template places it."""

    view_box: str
    frame: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    x_title: str
    x_title_at: tuple[str, str]
    y_title: str


def ground(frame: Frame, axes: tuple[Axis, Axis], titles: tuple[str, str], ruled: bool = True) -> Ground:
    """The ground of the axes across and up, and what they count; `ruled`: each tick up has a line through the frame."""
    x, y = axes
    return Ground(
        frame.view_box,
        f"M{place(frame.left)} {place(frame.top)}V{place(frame.bottom)}H{place(frame.right)}",
        ticks_across(x, frame),
        ticks_up(y, frame) if ruled else ticks_beside(y, frame),
        titles[0],
        (place((frame.left + frame.right) / 2), place(frame.height - 8)),
        titles[1],
    )
