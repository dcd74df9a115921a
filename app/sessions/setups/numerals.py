"""Numbers as a table writes them: digits from 0 to 9, and one decimal mark in the whole table."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.sessions.setups.csv_rows import TableError

# Python's own float takes more: 1_000, nan, digits of other scripts.
POINT, COMMA = (
    re.compile(rf"[+-]?(\d{{1,40}}({mark}\d{{0,40}})?|{mark}\d{{1,40}})([eE][+-]?\d{{1,4}})?", re.ASCII)
    for mark in (r"\.", ",")
)


@dataclass(frozen=True)
class Numerals:
    """How numbers are written in one table: with a comma, or else a point; none lies beyond the magnitude."""

    comma: bool
    magnitude: float

    def look_like(self, text: str) -> bool:
        """Whether it is a number, or another program would take it for one."""
        try:
            float(self._pointed(text))
        except ValueError:
            return False
        return True

    def read(self, text: str, line: int, column: int) -> float:
        """The number. TableError says at its place why it is none."""
        if not text:
            raise TableError("There is no value.", "Give a number, or leave the row out.", line, column)
        if (COMMA if self.comma else POINT).fullmatch(_signed(text)) is None:
            mark, such = ("comma", "−0,25") if self.comma else ("point", "−0.25")
            remedy = f"Write numbers with the digits 0 to 9 and a {mark}, such as {such} or 1e-3."
            raise TableError("This is not a number that can be read.", remedy, line, column)
        number = float(self._pointed(text))
        if abs(number) > self.magnitude:
            bound = f"{self.magnitude:,.0f}"
            raise TableError(f"The number lies beyond {bound}.", f"Use numbers from −{bound} to {bound}.", line, column)
        return number

    def _pointed(self, text: str) -> str:
        return _signed(text).replace(",", ".") if self.comma else _signed(text)


def numerals_of(texts: Iterable[str], separator: str, magnitude: float) -> Numerals:
    """A comma is the decimal mark where it separates nothing and any number has one; then it is so in all of them."""
    comma = separator != "," and any("," in text and COMMA.fullmatch(_signed(text)) for text in texts)
    return Numerals(comma, magnitude)


def _signed(text: str) -> str:
    """With a minus sign that Python reads."""
    return text.replace("−", "-")
