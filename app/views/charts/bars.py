"""Bars on a logarithmic scale: one or two to a row, the rows below each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from app.views.charts.axes import Axis, Span, axis
from app.views.charts.frames import Frame, Tick, ticks_across
from app.views.network.scales import place
from app.views.text.numbers import number

WIDTH, LEFT, RIGHT, TOP, BELOW = 540.0, 78.0, 440.0, 12.0, 30.0
THICK, BETWEEN = 15.0, 14.0  # of a bar, and between two rows
ALONE = 0.5  # the smallest bar begins at most so far below its end, as a share of it

Looks = Sequence[str]
Numbers = Sequence[tuple[str, Sequence[float]]]  # of each row its name and a number for each look


@dataclass(frozen=True)
class Bar:
    """One number: its look, the bar as a path (empty for zero), its text and where that stands."""

    look: str
    d: str
    text: str
    x: str
    y: str


@dataclass(frozen=True)
class Row:
    """A name and its bars."""

    name: str
    y: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Bars:
    """All of the drawing."""

    id: str
    title: str
    view_box: str
    frame: str
    across: tuple[Tick, ...]
    lines: str
    rows: tuple[Row, ...]


def bars(named: tuple[str, str], looks: Looks, rows: Numbers, digits: int) -> Bars:
    """Rows of numbers that are not negative, one for each look; `named` is the drawing's id and its title."""
    high = THICK * len(looks) + BETWEEN
    frame = Frame(WIDTH, TOP + high * len(rows) + BELOW, LEFT, RIGHT, TOP, TOP + high * len(rows))
    x, bottom = _axis(rows), place(frame.bottom)
    return Bars(
        *named,
        frame.view_box,
        f"M{place(LEFT)} {place(TOP)}V{bottom}H{place(RIGHT)}",
        ticks_across(x, frame),
        "".join(f"M{place(at)} {place(TOP)}V{bottom}" for at, _ in x.labels[1:]),
        tuple(
            Row(
                name,
                place(TOP + (i + 0.5) * high + 4),
                tuple(_bars(zip(looks, numbers, strict=True), TOP + BETWEEN / 2 + i * high, x, digits)),
            )
            for i, (name, numbers) in enumerate(rows)
        ),
    )


def _axis(rows: Numbers) -> Axis:
    positive = [x for _, numbers in rows for x in numbers if x > 0 and isfinite(x)] or [1.0]
    return axis(ALONE * min(positive), max(positive), Span(LEFT, RIGHT, scale="logarithmic"))


def _bars(numbers: Iterable[tuple[str, float]], top: float, x: Axis, digits: int) -> Iterator[Bar]:
    """The bars of one row, each below the last."""
    for k, (look, value) in enumerate(numbers):
        end, y = x.at(value) if x.holds(value) else LEFT, top + THICK * k
        d = f"M{place(LEFT)} {place(y)}H{place(end)}v{place(THICK - 2)}H{place(LEFT)}z" if end > LEFT else ""
        yield Bar(look, d, number(value, digits), place(end + 6), place(y + THICK - 4))
