"""A learner's table: columns of numbers or words, a target chosen among them, and the examples that they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import NamedTuple

import numpy as np

from app.engine.data.split import Examples
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.sessions.setups.csv_rows import (
    Row,
    TableError,
    TableLimits,
    read_rows,
)
from app.sessions.setups.names import MOST_CHARACTERS, clean_name
from app.sessions.setups.numerals import Numerals, numerals_of

TARGET_KINDS = ("regression", "two_classes", "classes")
FEW = 3  # whole numbers are taken for classes where each occurs about so many times


class Spread(NamedTuple):
    """What the numbers of a column come to."""

    smallest: float
    largest: float
    mean: float


@dataclass(frozen=True)
class Column:
    """One column: its texts as they were given, and its numbers, or None where it holds words."""

    name: str
    texts: tuple[str, ...]
    numbers: tuple[float, ...] | None

    @cached_property
    def spread(self) -> Spread | None:
        """None where it holds words."""
        return Spread(min(self.numbers), max(self.numbers), fmean(self.numbers)) if self.numbers else None

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Its different values, in order: numbers by size, each written in one way, words by the alphabet."""
        if self.numbers is None:
            return tuple(sorted(set(self.texts)))
        return tuple(_label(number) for number in sorted(set(self.numbers)))

    def codes(self) -> list[int]:
        """For every row the place of its value among the labels."""
        places = {label: place for place, label in enumerate(self.labels)}
        return [places[text] for text in (self.texts if self.numbers is None else map(_label, self.numbers))]


def _label(number: float) -> str:
    """The shortest text that stands for this number alone, at most 24 characters; 0 has no sign."""
    return str(number + 0.0).removesuffix(".0")


class Labelled(NamedTuple):
    """Examples with the names of their inputs and outputs."""

    examples: Examples
    columns: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table that was read: its columns, and the line of each row in the file."""

    columns: tuple[Column, ...]
    lines: tuple[int, ...]
    limits: TableLimits

    def preview(self, most: int = 8) -> tuple[tuple[str, ...], ...]:
        """The texts of the first rows."""
        return tuple(zip(*(column.texts[:most] for column in self.columns), strict=True))

    def suggested_kind(self, target: int) -> str:
        """What a column seems to be as a target: classes where it holds words, or few different whole numbers."""
        column, kinds = self.columns[target], len(self.columns[target].labels)
        if kinds == 2:
            return "two_classes"
        if kinds == 1 and column.numbers is not None:
            return "regression"
        whole = column.numbers is not None and all(number == int(number) for number in column.numbers)
        few = kinds <= self.limits.classes and FEW * kinds <= len(column.texts)
        return "classes" if column.numbers is None or (whole and few) else "regression"

    def labelled(self, target: int, kind: str, inputs: Sequence[int] | None = None) -> Labelled:
        """The examples: one column as the target; as inputs those at these places, or all others. TableError where
        they cannot be used so.
        """
        if target not in range(len(self.columns)):
            raise TableError("The target is none of the columns.", f"Choose one from 1 to {len(self.columns)}.")
        if kind not in TARGET_KINDS:
            raise TableError("The target has a kind that is not known.", f"Choose one of: {', '.join(TARGET_KINDS)}.")
        places = [place for place in range(len(self.columns)) if place != target] if inputs is None else inputs
        X = self._inputs(places)
        Y, names = self._targets(target, kind)
        return Labelled(Examples(X, Y), tuple(self.columns[place].name for place in places), names)

    def _inputs(self, places: Sequence[int]) -> Array:
        """X of shape (examples, inputs)."""
        most = self.limits.features
        if not places:
            raise TableError("No column is left as an input.", "Take one or more.")
        if len(places) > most:
            raise TableError(
                f"The table has {len(places)} columns as inputs, and at most {most} can be used.",
                f"Leave out {len(places) - most}.",
            )
        return np.array([self._numbers(place, self.columns[place]) for place in places]).T

    def _numbers(self, place: int, column: Column) -> tuple[float, ...]:
        if column.numbers is None:
            raise TableError(
                "The column holds words, and a network takes numbers.",
                "Write numbers such as −0.25 in it, leave it out, or choose it as the target.",
                self.lines[0],
                place + 1,
            )
        return column.numbers

    def _targets(self, place: int, kind: str) -> tuple[Array, tuple[str, ...]]:
        """Y of shape (examples, outputs), and the names of the outputs."""
        column = self.columns[place]
        if kind == "regression":
            return np.array([self._numbers(place, column)]).T, (column.name,)
        labels, most = column.labels, 2 if kind == "two_classes" else self.limits.classes
        if not 2 <= len(labels) <= most:
            wanted = "exactly 2" if kind == "two_classes" else f"2 to {most}"
            remedy = "Choose another kind of target, or another column."
            raise TableError(f"The target has {len(labels)} different values, not {wanted}.", remedy, column=place + 1)
        codes = np.array(column.codes())
        if kind == "two_classes":
            return codes[:, None].astype(float), (f"{column.name}: {labels[1]}"[:MOST_CHARACTERS].strip(),)
        return np.eye(len(labels))[codes], labels


def read_table(content: bytes | str, limits: TableLimits) -> Table:
    """The table of a CSV. TableError names row, column and reason; nothing of what was given is in it."""
    rows, separator = read_rows(content, limits)
    width = len(rows[0].texts)
    if width < 2:
        raise TableError("The table has one column.", "Give at least one input and a target, with commas between them.")
    if width > limits.columns:
        raise TableError(
            f"The table has {width} columns, and at most {limits.columns} can be read.",
            f"Leave out {width - limits.columns}.",
        )
    numerals = numerals_of((text for row in rows for text in row.texts), separator, limits.magnitude)
    names, body = _headed(rows, numerals)
    if not body:
        raise TableError("There is no example below the names.", "Give at least one row of numbers.")
    if len(body) > limits.examples:
        raise TableError(
            f"The table has more than {limits.examples:,} examples, and no more can be used.",
            f"Give at most {limits.examples:,} rows of values.",
        )
    columns = (_column(name, place, body, numerals) for place, name in enumerate(names))
    return Table(tuple(columns), tuple(row.line for row in body), limits)


def _headed(rows: Sequence[Row], numerals: Numerals) -> tuple[tuple[str, ...], Sequence[Row]]:
    """The names of the columns, and the rows below: a first row without any number names them."""
    first = rows[0]
    if any(map(numerals.look_like, first.texts)):
        return tuple(f"column {i + 1}" for i in range(len(first.texts))), rows
    names = tuple(_name(text, first.line, i + 1) for i, text in enumerate(first.texts))
    for i, name in enumerate(names):
        if name in names[:i]:
            raise TableError("Two columns have the same name.", "Give each its own.", first.line, i + 1)
    return names, rows[1:]


def _column(name: str, place: int, rows: Sequence[Row], numerals: Numerals) -> Column:
    """The column at this place, from 0: of numbers where one of its texts is a number, else of words."""
    texts = tuple(row.texts[place] for row in rows)
    if not any(map(numerals.look_like, texts)):
        return Column(name, tuple(_word(row.texts[place], row.line, place + 1) for row in rows), None)
    return Column(name, texts, tuple(numerals.read(row.texts[place], row.line, place + 1) for row in rows))


def _word(text: str, line: int, place: int) -> str:
    if not text:
        raise TableError("There is no value.", "Give a word, or leave the row out.", line, place)
    return _name(text, line, place)


def _name(text: str, line: int, place: int) -> str:
    if not text:
        raise TableError("The column has no name.", "Give each column a name, or none at all.", line, place)
    try:
        return clean_name(text, "table")
    except SetupError as error:
        raise TableError(error.problem, error.remedy, line, place) from error
