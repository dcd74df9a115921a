"""The numbers under the pointer: over a plot in columns, over a map in cells. They are worked out as they are shown, so
that a picture of a film, over which nobody points, costs nothing for them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from app.engine.network.arrays import Array
from app.views.charts.axes import Frame
from app.views.network.scales import place
from app.views.text.numbers import number

COLUMNS = 60  # of a plot: fewer than can be told apart by pointing, so that it stays small
CELLS = 24  # of a map along each axis, a multiple of two
BESIDE = 7.0  # between the line of a reading and its numbers
PLACE_DIGITS = 2  # decimals of a place on a map
MOST = 2  # examples that are told of one cell


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


@dataclass(frozen=True)
class Columns:
    """What can be read of a plot in this frame: `numbers` are, for each place across it, the rows that are said there.

    `borders` are where the columns end, one more than places; None: each is as wide as it is nearest to its place.
    """

    frame: Frame
    numbers: Callable[[], Iterable[tuple[float, tuple[str, ...]]]] = field(compare=False)
    borders: Sequence[float] | None = None

    @property
    def view_box(self) -> str:
        """Of the frame's drawing."""
        return self.frame.view_box

    @property
    def top(self) -> str:
        """Where all columns begin."""
        return place(self.frame.top)

    @property
    def height(self) -> str:
        """How high all columns are."""
        return place(self.frame.bottom - self.frame.top)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """From one edge of the frame to the other."""
        return tuple(self._readings())

    def _readings(self) -> Iterator[Reading]:
        frame, numbers = self.frame, list(self.numbers())
        places = [at for at, _ in numbers]
        borders = self.borders or [frame.left, *((a + b) / 2 for a, b in pairwise(places)), frame.right]
        for (at, rows), (left, right) in zip(numbers, pairwise(borders), strict=True):
            before = at > (frame.left + frame.right) / 2
            yield Reading(
                place(left),
                place(right - left),
                f"M{place(at)} {place(frame.top)}V{place(frame.bottom)}",
                place(at - BESIDE if before else at + BESIDE),
                "before" if before else "after",
                rows,
            )


Told = tuple[float, float, str]
Places = tuple[tuple[float, ...], tuple[float, ...]]  # across, and up


@dataclass(frozen=True)
class Cells:
    """What can be read of a map, in rows from its upper left corner on: at places in the units of both axes, by their
    names, `said` is a text for all or one each, of which the numbers have so many digits.

    `examples` tell of each that lies in the frame where it lies, as a share of its width and of its height from the
    lower left corner, and what there is to say of it.
    """

    names: tuple[str, str]
    places: Places
    said: tuple[str, ...]
    numbers: tuple[float, ...]
    digits: int
    examples: Callable[[], Iterable[Told]] = field(default=tuple, compare=False)

    @property
    def count(self) -> int:
        """How many there are along each axis."""
        return len(self.places[0])

    @property
    def look(self) -> str:
        """A class: how the page lays them out."""
        return "cells" if self.count == CELLS else "cells coarse"

    @property
    def coarser(self) -> "Cells":
        """Half as many along each axis."""
        every = [i for i in range(len(self.numbers)) if i // self.count % 2 and i % self.count % 2]
        across, up = (places[1::2] for places in self.places)
        said = self.said if len(self.said) == 1 else tuple(self.said[i] for i in every)
        return replace(self, places=(across, up), said=said, numbers=tuple(self.numbers[i] for i in every))

    @property
    def texts(self) -> Iterator[str]:
        """Row by row from the top."""
        told: dict[int, list[str]] = {}
        for right, high, text in self.examples():
            told.setdefault(self._at(right, high), []).append(text)
        across, up = (
            [f"{name} {number(value, PLACE_DIGITS)}" for value in values]
            for name, values in zip(self.names, self.places, strict=True)
        )
        for i, value in enumerate(self.numbers):
            said = f"{self.said[i % len(self.said)]} {number(value, self.digits)}"
            here = told.get(i, [])
            more = [f"{len(here) - MOST} more examples"] if len(here) > MOST + 1 else here[MOST:]
            yield " · ".join([f"{across[i % self.count]}, {up[i // self.count]}", said, *here[:MOST], *more])

    def _at(self, right: float, high: float) -> int:
        column, row = (min(max(int(self.count * share), 0), self.count - 1) for share in (right, 1.0 - high))
        return self.count * row + column


def cells_of(
    names: tuple[str, str],
    places: Places,
    said: str | Array,
    numbers: Array,
    digits: int,
    examples: Callable[[], Iterable[Told]] = tuple,
) -> Cells:
    """Of numbers over a grid (count, count), row by row from the bottom up, at so many places across and up."""
    some = np.linspace(0, len(numbers) - 1, 2 * CELLS + 1).round().astype(int)[1::2]
    shown = np.ix_(some[::-1], some)
    across, up = (tuple(along[i] for i in order) for along, order in zip(places, (some, some[::-1]), strict=True))
    texts = (said,) if isinstance(said, str) else tuple(said[shown].ravel().tolist())
    return Cells(names, (across, up), texts, tuple(numbers[shown].ravel().tolist()), digits, examples)
