"""A learner's table: its CSV read row by row, columns of numbers or words, a target chosen among them, the examples.

TableError says in which row and column something cannot be read or used, and why.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from itertools import islice
from statistics import fmean
from typing import NamedTuple

import numpy as np

from app.engine.data.split import Examples
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.limits import Limits
from app.sessions.setups.typed import MOST_CHARACTERS, NUMBER, WITH_COMMA, clean_name, signed

SEPARATORS = ("\t", ";", ",")  # the first of them that the first row holds outside of quotation marks
QUOTED = re.compile(r'"[^"]*"')
LINE_END = re.compile(r"\r\n?|\n")
TARGET_KINDS = ("regression", "two_classes", "classes")
FEW = 3  # whole numbers are taken for classes where each occurs about so many times
MOST_CLASSES = 10


class TableError(SetupError):
    """A table that cannot be used: `row` is its line in the file and `column` its place, both from 1; 0 for neither."""

    def __init__(self, problem: str, remedy: str, row: int = 0, column: int = 0) -> None:
        places = (f"row {row}" if row else "", f"column {column}" if column else "")
        where = ", ".join(filter(None, places))
        super().__init__("table", f"{where[0].upper()}{where[1:]}: {problem}" if where else problem, remedy)
        self.row = row
        self.column = column


# Rows -----------------------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One row: its line in the file, from 1, and its texts without space around them."""

    line: int
    texts: tuple[str, ...]


def read_rows(content: bytes | str, limits: Limits) -> tuple[tuple[Row, ...], str]:
    """The rows of a CSV that hold something, all of one length, and the separator between their texts. TableError says
    where it cannot be read, and why.

    Of a table that is too long only the first rows: names, as many examples as can be used, and one more.
    """
    text = _text(content, limits)
    first = next(filter(str.strip, LINE_END.split(QUOTED.sub("quoted", text))), "")
    separator = next((mark for mark in SEPARATORS if mark in first.strip()), ",")
    rows = tuple(islice(_parsed(text, separator), limits.max_examples + 2))
    if not rows:
        raise TableError("The table is empty.", "Paste rows of numbers, with commas between them.")
    for row in rows:
        if len(row.texts) != len(rows[0].texts):
            count = len(row.texts)
            here = "is 1 value" if count == 1 else f"are {count} values"
            raise TableError(
                f"There {here} here, and {len(rows[0].texts)} in the first row.",
                "Give every row the same number of values.",
                row.line,
            )
    return rows, separator


def _text(content: bytes | str, limits: Limits) -> str:
    size = len(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    if size > limits.max_data_bytes:
        raise TableError(
            f"The table takes {-(-size // 1024):,} kB, and at most {limits.max_data_bytes // 1024:,} kB can be read.",
            "Give fewer rows.",
        )
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _lines(error.object[: error.start].decode())
        raise TableError("The file is not text in UTF-8.", "Save it as “CSV UTF-8”.", line) from error
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise TableError("There is a NUL character.", "Save the table as plain text.", _lines(text.partition("\0")[0]))
    return text


def _lines(text: str) -> int:
    """In which line the text ends, from 1."""
    return len(LINE_END.findall(text)) + 1


def _parsed(text: str, separator: str) -> Iterator[Row]:
    """Every row that is not blank."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    line = 1
    while True:
        try:
            texts = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "limit" in str(error):
                problem, remedy = "A value is far too long.", "Check where a quotation mark is missing."
            else:
                problem = "A quotation mark is not where it can be read."
                remedy = 'Write "…" around a whole value, and "" for " inside.'
            raise TableError(problem, remedy, line) from error
        if any(map(str.strip, texts)):
            yield Row(line, tuple(map(str.strip, texts)))
        line = reader.line_num + 1


# Numbers --------------------------------------------------------------------------------------------------------------


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
        if (WITH_COMMA if self.comma else NUMBER).fullmatch(signed(text)) is None:
            mark, such = ("comma", "−0,25") if self.comma else ("point", "−0.25")
            remedy = f"Write numbers with the digits 0 to 9 and a {mark}, such as {such} or 1e-3."
            raise TableError("This is not a number that can be read.", remedy, line, column)
        number = float(self._pointed(text))
        if abs(number) > self.magnitude:
            bound = f"{self.magnitude:,.0f}"
            raise TableError(f"The number lies beyond {bound}.", f"Use numbers from −{bound} to {bound}.", line, column)
        return number

    def _pointed(self, text: str) -> str:
        return signed(text).replace(",", ".") if self.comma else signed(text)


# Columns, and the examples that they make -----------------------------------------------------------------------------


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
    limits: Limits

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
        few = kinds <= MOST_CLASSES and FEW * kinds <= len(column.texts)
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
        most = self.limits.max_features
        if not places:
            raise TableError("No column is left as an input.", "Take one or more.")
        if len(places) > most:
            raise TableError(
                f"The table has {len(places)} columns as inputs, and at most {most} can be used.",
                f"Leave out {len(places) - most}.",
            )
        X = np.array([self._numbers(place) for place in places]).T
        Y, names = self._targets(target, kind)
        return Labelled(Examples(X, Y), tuple(self.columns[place].name for place in places), names)

    def _numbers(self, place: int) -> tuple[float, ...]:
        column = self.columns[place]
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
            return np.array([self._numbers(place)]).T, (column.name,)
        labels, most = column.labels, 2 if kind == "two_classes" else MOST_CLASSES
        if not 2 <= len(labels) <= most:
            wanted = "exactly 2" if kind == "two_classes" else f"2 to {most}"
            remedy = "Choose another kind of target, or another column."
            raise TableError(f"The target has {len(labels)} different values, not {wanted}.", remedy, column=place + 1)
        values = column.texts if column.numbers is None else map(_label, column.numbers)
        codes = np.array([labels.index(value) for value in values])
        if kind == "two_classes":
            return codes[:, None].astype(float), (f"{column.name}: {labels[1]}"[:MOST_CHARACTERS].strip(),)
        return np.eye(len(labels))[codes], labels


# Read from a CSV ------------------------------------------------------------------------------------------------------


def read_table(content: bytes | str, limits: Limits) -> Table:
    """The table of a CSV. TableError names row, column and reason; nothing of what was given is in it."""
    rows, separator = read_rows(content, limits)
    width = len(rows[0].texts)
    if width < 2:
        raise TableError("The table has one column.", "Give at least one input and a target, with commas between them.")
    if width > limits.most_columns:
        raise TableError(
            f"The table has {width} columns, and at most {limits.most_columns} can be read.",
            f"Leave out {width - limits.most_columns}.",
        )
    # A comma is the decimal mark where it separates nothing and any number has one; then it is so in all of them.
    texts = (text for row in rows for text in row.texts)
    comma = separator != "," and any("," in text and WITH_COMMA.fullmatch(signed(text)) for text in texts)
    numerals = Numerals(comma, limits.max_magnitude)
    names, body = _headed(rows, numerals)
    if not body:
        raise TableError("There is no example below the names.", "Give at least one row of numbers.")
    if len(body) > limits.max_examples:
        raise TableError(
            f"The table has more than {limits.max_examples:,} examples, and no more can be used.",
            f"Give at most {limits.max_examples:,} rows of values.",
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
