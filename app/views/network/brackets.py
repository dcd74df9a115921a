"""The links of a gradient as brackets below the drawing, each over its stretch of the network, named beneath.

What an equation's panel tells with numbers is shown here where it lives: from the parameter, through its unit, to the
loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from app.engine.equations.links import Link
from app.engine.network.expressions import Symbol
from app.views.network.layout import FLOOR, LOSS_RADIUS, Layout
from app.views.network.scales import place

LINE, TICK, NAME = FLOOR + 4, 6.0, 15.0  # where they lie, how high their ends stand, how far below is their name


class Bracket(NamedTuple):
    """One link: the class of its looks, as in the equation's panel; its path, the middle of its name, its name."""

    look: str
    path: str
    x: str
    name: str


@dataclass(frozen=True)
class Brackets:
    """All links of the gradient in view, from its parameter to the loss; none where it is not told by its links."""

    id: ClassVar[str] = "brackets"
    template: ClassVar[str] = "svg/brackets.svg"

    y: str
    all: tuple[Bracket, ...]


def brackets(drawing: Layout, links: Sequence[Link]) -> Brackets:
    """One bracket for each link; ways that part in the drawing have theirs in common."""
    return Brackets(place(LINE + NAME), tuple(_bracket(drawing, link) for link in reversed(links)))


def _bracket(drawing: Layout, link: Link) -> Bracket:
    start, end = _stretch(drawing, link)
    above, below = (_written(drawing, symbol) for symbol in (link.above, link.below))
    path = f"M{place(start)} {place(LINE - TICK)}v{TICK:g}H{place(end)}v-{TICK:g}"
    look = {"loss": "d", "a": "s"}.get(link.above.kind, link.below.kind.lower())
    return Bracket(look, path, place((start + end) / 2), f"∂{above}/∂{below}")


def _stretch(drawing: Layout, link: Link) -> tuple[float, float]:
    """From x to x: a unit, the way between two columns, or all the way from a column to the loss."""
    (kind, l, _, _), r, columns = link.below, drawing.radius, drawing.columns
    if link.above.kind == "loss":
        return columns[l] + (r if kind == "a" else -r), drawing.loss.x - LOSS_RADIUS
    if link.above.kind == "a":
        return columns[l] - r, columns[l] + r
    if kind == "a":
        return columns[l] + r, columns[l + 1] - r
    return columns[l - 1] + r, columns[l] - r


def _written(drawing: Layout, symbol: Symbol) -> str:
    if symbol.kind == "loss":
        return "ℒ"
    said = symbol.kind == "a" and symbol.layer == len(drawing.columns) - 1
    return "ŷ" if said else symbol.kind.lower()
