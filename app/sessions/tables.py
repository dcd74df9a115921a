"""A learner's table: columns of numbers or words, a target chosen among them, and the examples that they make."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import NamedTuple

import numpy as np

from app.engine import Array, Examples, SetupError
from app.sessions.csv_rows import Row, TableError, TableLimits, read_rows
from app.sessions.names import clean_name

NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,4})?", re.ASCII)
TARGET_KINDS = ("regression", "two_classes", "classes")
FEW = 3  # whole numbers are taken for classes where each occurs about so many times


@dataclass(frozen=True)
class Column:
    """One column: its texts as they were given, and its numbers, or None where it holds words."""

    name: str
    texts: tuple[str, ...]
    numbers: tuple[float, ...] | None

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Its different values, in order: numbers by size, words by the alphabet."""
        if self.numbers is None:
            return tuple(sorted(set(self.texts)))
        by_size = dict(sorted(zip(self.numbers, self.texts, strict=True), key=lambda pair: pair[0]))
        return tuple(by_size.values())

    def codes(self) -> list[int]:
        """For every row the place of its value among the labels."""
        if self.numbers is None:
            return [self.labels.index(text) for text in self.texts]
        values = sorted(set(self.numbers))
        return [values.index(number) for number in self.numbers]


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
        whole = column.numbers is not None and all(number == int(number) for number in column.numbers)
        few = kinds <= self.limits.classes and FEW * kinds <= len(column.texts)
        return "classes" if column.numbers is None or (whole and few) else "regression"

    def labelled(self, target: int, kind: str) -> Labelled:
        """The examples: one column as the target, all others as inputs. TableError where they cannot be used so."""
        if target not in range(len(self.columns)):
            raise TableError("The target is none of the columns.", f"Choose one from 1 to {len(self.columns)}.")
        if kind not in TARGET_KINDS:
            raise TableError("The target has a kind that is not known.", f"Choose one of: {', '.join(TARGET_KINDS)}.")
        inputs = [(place, column) for place, column in enumerate(self.columns) if place != target]
        X = np.array([self._numbers(place, column) for place, column in inputs]).T
        Y, names = self._targets(target, kind)
        return Labelled(Examples(X, Y), tuple(column.name for _, column in inputs), names)

    def _numbers(self, place: int, column: Column) -> tuple[float, ...]:
        if column.numbers is None:
            raise TableError(
                "The column holds words, and a network takes numbers.",
                "Leave the column out, or choose it as the target.",
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
            return codes[:, None].astype(float), (f"{column.name}: {labels[1]}"[:40],)
        return np.eye(len(labels))[codes], labels


def read_table(content: bytes | str, limits: TableLimits) -> Table:
    """The table of a CSV. TableError names row, column and reason; nothing of what was given is in it."""
    rows, separator = read_rows(content, limits)
    width = len(rows[0].texts)
    if width < 2:
        raise TableError("The table has one column.", "Give at least one input and a target, with commas between them.")
    if width > limits.features + 1:
        raise TableError(
            f"The table has {width} columns, and at most {limits.features} inputs and a target can be used.",
            f"Leave out {width - limits.features - 1}.",
        )
    if separator != ",":
        rows = tuple(Row(row.line, tuple(text.replace(",", ".") for text in row.texts)) for row in rows)
    names, body = _headed(rows)
    if not body:
        raise TableError("There is no example below the names.", "Give at least one row of numbers.")
    if len(body) > limits.examples:
        raise TableError(
            f"The table has {len(body):,} examples, and at most {limits.examples:,} can be used.",
            "Give fewer rows.",
        )
    lines = tuple(row.line for row in body)
    columns = zip(*(row.texts for row in body), strict=True)
    found = (_column(names[i], texts, (lines, i + 1), limits) for i, texts in enumerate(columns))
    return Table(tuple(found), lines, limits)


def _headed(rows: Sequence[Row]) -> tuple[tuple[str, ...], Sequence[Row]]:
    """The names of the columns, and the rows below: a first row without any number names them."""
    first = rows[0]
    if any(map(_looks_like_a_number, first.texts)) or "" in first.texts:
        return tuple(f"column {i + 1}" for i in range(len(first.texts))), rows
    names = tuple(_name(text, first.line, i + 1) for i, text in enumerate(first.texts))
    for i, name in enumerate(names):
        if name in names[:i]:
            raise TableError("Two columns have the same name.", "Give each its own.", first.line, i + 1)
    return names, rows[1:]


def _column(name: str, texts: tuple[str, ...], where: tuple[tuple[int, ...], int], limits: TableLimits) -> Column:
    """A column of numbers where one of its texts is a number, else of words; `where` are its lines and its place."""
    lines, place = where
    if not any(map(_looks_like_a_number, texts)):
        words = (_word(text, line, place) for text, line in zip(texts, lines, strict=True))
        return Column(name, tuple(words), None)
    numbers = (_number(text, line, place, limits.magnitude) for text, line in zip(texts, lines, strict=True))
    return Column(name, texts, tuple(numbers))


def _looks_like_a_number(text: str) -> bool:
    """Whether it is one, or another program would take it for one: 1_000, nan, digits of other scripts."""
    try:
        float(text.replace("−", "-"))
    except ValueError:
        return False
    return True


def _number(text: str, line: int, place: int, magnitude: float) -> float:
    written = text.replace("−", "-")
    if not text:
        raise TableError("There is no value.", "Give a number, or leave the row out.", line, place)
    if NUMBER.fullmatch(written) is None:
        remedy = "Write numbers with the digits 0 to 9 and a point, such as −0.25 or 1e-3."
        raise TableError("This is not a number, and other rows of the column hold numbers.", remedy, line, place)
    number = float(written)
    if abs(number) > magnitude or abs(number) == inf:
        bound = f"{magnitude:,.0f}"
        raise TableError(f"The number lies beyond {bound}.", f"Use numbers from −{bound} to {bound}.", line, place)
    return number


def _word(text: str, line: int, place: int) -> str:
    if not text:
        raise TableError("There is no value.", "Give a word, or leave the row out.", line, place)
    return _name(text, line, place)


def _name(text: str, line: int, place: int) -> str:
    try:
        return clean_name(text, "table")
    except SetupError as error:
        raise TableError(error.problem, error.remedy, line, place) from error
