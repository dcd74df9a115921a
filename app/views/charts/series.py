"""A series: numbers along an axis, by name, as a plot draws them and a table and a pointer read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.views.text.numbers import fixed, number

PLACE_DIGITS = 2  # decimals of a place along the axis
NONE = "—"


@dataclass(frozen=True)
class Series:
    """One line: its name, its look (a class: first, second, ...), its numbers.

    They stand at `places` along the axis, which ascend, or at 0, 1, 2, ... where there are none given.
    """

    name: str
    look: str
    values: Sequence[float]
    places: Sequence[float] = ()

    def at(self, i: int) -> float:
        """Where along the axis number i stands."""
        return self.places[i] if self.places else float(i)

    def place_text(self, i: int) -> str:
        """Where number i stands, as text: 1,200 or 1.5."""
        at = self.at(i)
        return f"{at:,.0f}" if at == int(at) else number(at, PLACE_DIGITS)

    def text(self, i: int, digits: int) -> str:
        """Number i as a column has it; a dash where there is none."""
        return fixed(self.values[i], digits) if i < len(self.values) and self.values[i] == self.values[i] else NONE


def chosen(count: int, about: int) -> Iterator[int]:
    """About so many places from the first to the last."""
    step = max(1, -(-count // about))
    yield from range(0, count - 1, step)
    yield count - 1
