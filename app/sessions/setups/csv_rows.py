"""A learner's CSV as rows of texts: which separator it uses, where each row stands, and what cannot be read."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import NamedTuple

from app.engine.network.errors import SetupError

SEPARATORS = ("\t", ";", ",")  # the first of them that the first row holds outside of quotation marks
QUOTED = re.compile(r'"[^"]*"')
LINE_END = re.compile(r"\r\n?|\n")


class TableError(SetupError):
    """A table that cannot be used: `row` is its line in the file and `column` its place, both from 1; 0 for neither."""

    def __init__(self, problem: str, remedy: str, row: int = 0, column: int = 0) -> None:
        places = (f"row {row}" if row else "", f"column {column}" if column else "")
        where = ", ".join(filter(None, places))
        super().__init__("table", f"{where[0].upper()}{where[1:]}: {problem}" if where else problem, remedy)
        self.row = row
        self.column = column


@dataclass(frozen=True)
class TableLimits:
    """How large a table may be; `magnitude` bounds each of its numbers.

    Of its `columns` at most `features` can be inputs: there is something to choose from.
    """

    bytes: int = 512 * 1024
    features: int = 8
    examples: int = 1_000
    classes: int = 10
    magnitude: float = 1e6
    columns: int = 40


class Row(NamedTuple):
    """One row: its line in the file, from 1, and its texts without space around them."""

    line: int
    texts: tuple[str, ...]


class Rows(NamedTuple):
    """The rows that hold something, and the separator between their texts."""

    rows: tuple[Row, ...]
    separator: str


def read_rows(content: bytes | str, limits: TableLimits) -> Rows:
    """The rows of a CSV, all of one length. TableError says where it cannot be read, and why.

    Of a table that is too long only the first rows: names, as many examples as can be used, and one more.
    """
    text = _text(content, limits)
    separator = _separator(text)
    rows = tuple(islice(_parsed(text, separator), limits.examples + 2))
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
    return Rows(rows, separator)


def _text(content: bytes | str, limits: TableLimits) -> str:
    size = len(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    if size > limits.bytes:
        raise TableError(
            f"The table takes {-(-size // 1024):,} kB, and at most {limits.bytes // 1024:,} kB can be read.",
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


def _separator(text: str) -> str:
    first = next(filter(str.strip, LINE_END.split(QUOTED.sub("quoted", text))), "")
    return next((mark for mark in SEPARATORS if mark in first.strip()), ",")


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
            raise TableError(*_reason(str(error)), line) from error
        if any(map(str.strip, texts)):
            yield Row(line, tuple(map(str.strip, texts)))
        line = reader.line_num + 1


def _reason(error: str) -> tuple[str, str]:
    """What csv found, in our words."""
    if "limit" in error:
        return "A value is far too long.", "Check where a quotation mark is missing."
    return "A quotation mark is not where it can be read.", 'Write "…" around a whole value, and "" for " inside.'
