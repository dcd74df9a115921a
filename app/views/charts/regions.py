"""Where a function of two features exceeds a level: regions and lines over a grid, as paths of few bytes.

Coordinates are whole numbers of FINE parts of a unit of the drawing; what draws them scales them back.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from contourpy import FillType, LineType, contour_generator

from app.engine.network.arrays import Array
from app.views.charts.frames import Frame

FINE = 4
INSIDE = 5  # points of the grid from the frame, so that a word has room


@dataclass(frozen=True, eq=False)
class Surface:
    """Numbers over a grid of a frame, (count, count), row by row from the bottom up."""

    values: Array
    frame: Frame

    def above(self, level: float) -> str:
        """The region in which it is at least `level`, holes left out by the even-odd rule; empty if it is nowhere."""
        return "".join(
            _ring(points[start:end], "z")
            for points, offsets in zip(*self._contours.filled(level, np.inf), strict=True)
            for start, end in pairwise(offsets)
        )

    def line(self, level: float) -> str:
        """The line on which it is `level`; empty where there is none."""
        return "".join(_ring(points, "") for points in self._contours.lines(level))

    def spot(self, level: float) -> tuple[float, float] | None:
        """The middle of the longest such line, in units of the drawing."""
        lines = self._contours.lines(level)
        if not lines:
            return None
        longest = max(lines, key=len)
        x, y = (longest[len(longest) // 2] / FINE).tolist()
        return x, y

    def peak(self) -> tuple[float, float]:
        """Where it is highest, a little inside the frame, in units of the drawing."""
        count, frame = len(self.values), self.frame
        inner = self.values[INSIDE:-INSIDE, INSIDE:-INSIDE]
        row, column = (INSIDE + int(i) for i in np.unravel_index(inner.argmax(), inner.shape))
        x, y = (np.linspace(*ends, count) for ends in ((frame.left, frame.right), (frame.bottom, frame.top)))
        return float(x[column]), float(y[row])

    @cached_property
    def _contours(self) -> Any:  # contourpy types leave open what the two types of path hold
        frame, count = self.frame, len(self.values)
        return contour_generator(
            x=FINE * np.linspace(frame.left, frame.right, count),
            y=FINE * np.linspace(frame.bottom, frame.top, count),
            z=np.nan_to_num(self.values),
            name="serial",
            fill_type=FillType.OuterOffset,
            line_type=LineType.Separate,
        )


def _ring(points: Array, end: str) -> str:
    """A path through points (n, 2), without those between others on a straight line."""
    places = np.rint(points).astype(np.int64)
    steps = np.diff(places, axis=0)
    steps = steps[steps.any(axis=1)]
    if not len(steps):
        return ""
    turns = np.append(steps[:-1, 0] * steps[1:, 1] != steps[:-1, 1] * steps[1:, 0], True)
    steps = np.diff(np.cumsum(steps, axis=0)[turns], axis=0, prepend=0)
    return f"M{places[0, 0]} {places[0, 1]}l{' '.join(map(str, steps.ravel().tolist()))}{end}".replace(" -", "-")


def through(values: Array, ends: tuple[float, float], frame: Frame) -> str:
    """A curve of numbers, evenly spaced across the frame, between two ends up it."""
    low, high = ends
    x = np.linspace(frame.left, frame.right, len(values))
    y = frame.bottom + (frame.top - frame.bottom) * (values - low) / (high - low or 1.0)
    return _ring(FINE * np.column_stack([x, y]), "")
