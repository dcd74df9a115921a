"""Rows of an aligned formula: what is too wide for one goes on below, its sign in the column of signs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from app.views.formulas.notation import Term
from app.views.formulas.notations import MathML

WIDE = 42  # characters that fit beside the left side
TAG = re.compile("<[^>]*>")
MATHML = MathML()


class Row(NamedTuple):
    """One line of an aligned formula: left side (may be empty), the sign between, right side; all MathML."""

    left: str
    sign: str
    right: str


def wrapped(left: str, sign: str, terms: Sequence[Term], opening: str = "", closing: str = "") -> Iterator[Row]:
    """The sum of the terms, between `opening` and `closing`, on as many rows as it takes."""
    lines = list(_lines(terms))
    for place, line in enumerate(lines):
        (minus, head), *rest = line
        start = place == 0
        written = MATHML.added([(minus and start, head), *rest]) if len(line) > 1 or (minus and start) else head
        tail = closing if place == len(lines) - 1 else ""
        markup = f"<mrow>{opening if start else ''}{written}{tail}</mrow>" if opening else written
        yield Row(left, sign, markup) if start else Row("", "−" if minus else "+", markup)


def _lines(terms: Sequence[Term]) -> Iterator[list[Term]]:
    line: list[Term] = []
    width = 0
    for term in terms:
        wide = len(TAG.sub("", term[1])) if len(terms) > 1 else 0
        if line and width + wide > WIDE:
            yield line
            line, width = [], 0
        line.append(term)
        width += wide + 3
    yield line


def aligned(rows: Iterable[Row]) -> str:
    """Rows below each other, their signs in one column; empty where there are none."""
    cells = "".join(
        f"<mtr><mtd>{row.left}</mtd><mtd><mo>{row.sign}</mo></mtd><mtd>{row.right}</mtd></mtr>" for row in rows
    )
    table = f'<mtable class="al" displaystyle="true">{cells}</mtable>'
    return f'<math display="block">{table}</math>' if cells else ""
