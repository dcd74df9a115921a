"""The same numbers as a picture's, as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.engine.network.arrays import Array
from app.views.text.numbers import fixed


@dataclass(frozen=True)
class Table:
    """A heading for each column, none where there is nothing to head, and rows that begin with what they are of.

    `first` is what that is: a number, of which the first heading tells; a name; or a place up, under a corner that
    tells what stands up and across.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first: Literal["number", "name", "corner"] = "number"


def grid_table(title: str, names: tuple[str, str], places: tuple[list[str], list[str]], texts: Array) -> Table:
    """A table of texts, (up, across), the highest row first; `names` are what stands across and up."""
    rows = tuple((label, *row) for label, row in zip(places[1], texts.tolist(), strict=True))
    return Table(title, (f"{names[1]} up, {names[0]} across", *places[0]), rows[::-1], "corner")


def texts_of(values: Array, digits: int) -> Array:
    """Numbers as a table has them."""
    return np.array([[fixed(value, digits) for value in row] for row in values.tolist()], dtype=object)


def chosen(count: int, about: int) -> Iterator[int]:
    """About so many places from the first to the last."""
    step = max(1, -(-count // about))
    yield from range(0, count - 1, step)
    yield count - 1
