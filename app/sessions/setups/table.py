"""A learner's table: its CSV read row by row, columns of numbers or words, a target chosen among them, the examples.

A value may be missing: a column says how many are, and how that is mended is chosen with the inputs. TableError says in
which row and column something cannot be read or used, and why.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from itertools import chain, islice
from math import isnan, nan
from statistics import fmean
from typing import NamedTuple

import numpy as np

from app.engine.data.mending import DROP, MENDINGS
from app.engine.data.split import Examples
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.limits import Limits
from app.sessions.setups.spelling import bare, is_missing, respelled
from app.sessions.setups.typed import MOST_CHARACTERS, NUMBER, WITH_COMMA, clean_name, signed

SEPARATORS = ("\t", ";", ",")  # the first of them that the first row holds outside of quotation marks
QUOTED = re.compile(r'"[^"]*"')
LINE_END = re.compile(r"\r\n?|\n")
SAID = re.compile(r"sep=([,;\t])(?:\r\n?|\n|$)")  # a first line in which a spreadsheet says what separates values
TARGET_KINDS = ("regression", "two_classes", "classes")
FEW = 3  # whole numbers are taken for classes where each occurs about so many times
MOST_CLASSES = 10
FORMS = ("numbers", "classes")  # what a column is taken for as an input
OWN = "own"  # a missing value has a category of its own: one more class, or beside numbers an input that says so
MENDED = {"numbers": (*MENDINGS, OWN), "classes": (DROP, OWN)}  # how missing values of each form can be mended
ROWS = ("first", "sample")  # which rows are taken of too many
SMALL_SHARE, LARGE_SHARE = 0.05, 0.5  # of missing values: nobody misses their rows; too many to fill in
MANY, MANY_SHARE = 5, 0.05  # words among numbers, and their share, that are no slips
ROWS_COUNTED = 10  # from so many rows on, a first column of 1, 2, 3 ... counts the rows


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


def read_rows(content: bytes | str, limits: Limits, most: int | None = None) -> tuple[tuple[Row, ...], str]:
    """The rows of a CSV that hold something, all of one length, and the separator between their texts. TableError says
    where it cannot be read, and why.

    Of a table that is too long only the first rows: names, units, as many examples as can be used, and one more; or
    `most`, where that is another number.
    """
    text, separator, before = _separated(_text(content, limits))
    rows = tuple(islice(_parsed(text, separator, before), most or limits.max_examples + 3))
    if not rows:
        raise TableError("The table is empty.", "Paste rows of values, or read a file.")
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


def _separated(text: str) -> tuple[str, str, int]:
    """The text of the rows, what separates their values, and how many lines stand before them."""
    if said := SAID.match(text):
        return text[said.end() :], said[1], 1
    first = next(filter(str.strip, LINE_END.split(QUOTED.sub("quoted", text))), "")
    return text, next((mark for mark in SEPARATORS if mark in first.strip()), ","), 0


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


def _parsed(text: str, separator: str, before: int) -> Iterator[Row]:
    """Every row that is not blank; so many lines stand before them."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    line = 1 + before
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
        line = before + reader.line_num + 1


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
        if not self.are_plain((text,)):
            mark, such = ("comma", "−0,25") if self.comma else ("point", "−0.25")
            remedy = f"Write numbers with the digits 0 to 9 and a {mark}, such as {such} or 1e-3."
            raise TableError("This is not a number that can be read.", remedy, line, column)
        number = float(self._pointed(text))
        if abs(number) > self.magnitude:
            bound = f"{self.magnitude:,.0f}"
            raise TableError(f"The number lies beyond {bound}.", f"Use numbers from −{bound} to {bound}.", line, column)
        return number

    def are_plain(self, texts: Sequence[str]) -> bool:
        """Whether all are digits with the decimal mark, or none."""
        pattern = WITH_COMMA if self.comma else NUMBER
        return all(pattern.fullmatch(signed(text)) for text in texts)

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
    """One column: its texts as they were given, and its numbers, NaN where one is missing; None where it holds words.

    `note` says how it writes its numbers where that is not plainly with digits; `wrong` why it cannot be read.
    """

    name: str
    texts: tuple[str, ...]
    numbers: tuple[float, ...] | None
    note: str = ""
    wrong: TableError | None = None

    @property
    def measure(self) -> str:
        """Its name with what its numbers count: Weight (in kg)."""
        told = f"{self.name} ({self.note})"
        return told if self.note and len(told) <= MOST_CHARACTERS else self.name

    @cached_property
    def missing(self) -> int:
        """How many values are missing."""
        return sum(map(is_missing, self.texts))

    @cached_property
    def spread(self) -> Spread | None:
        """None where it holds words."""
        there = [number for number in self.numbers or () if not isnan(number)]
        return Spread(min(there), max(there), fmean(there)) if there else None

    @cached_property
    def values(self) -> tuple[str, ...]:
        """For each row its value as a class is called, numbers each in one way; empty where it is missing."""
        if self.numbers is None:
            return tuple("" if is_missing(text) else text for text in self.texts)
        called = {x: text if self.note else _label(x) for x, text in zip(self.numbers, self.texts, strict=True)}
        return tuple("" if isnan(number) else called[number] for number in self.numbers)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Its different values, in order: numbers by size, words by the alphabet."""
        if self.numbers is None:
            return tuple(sorted(set(self.values) - {""}))
        there = {x: value for x, value in zip(self.numbers, self.values, strict=True) if value}
        return tuple(there[number] for number in sorted(there))

    @cached_property
    def whole(self) -> bool:
        """Whether it holds whole numbers alone."""
        return self.numbers is not None and all(isnan(number) or number == int(number) for number in self.numbers)

    @property
    def forms(self) -> tuple[str, ...]:
        """What it can be taken for as an input, the usual first: numbers, or classes where it has few values."""
        few = 2 <= len(self.labels) <= MOST_CLASSES
        classes = ("classes",) if few and (self.numbers is None or self.whole or self.note) else ()
        return (*(("numbers",) if self.numbers is not None else ()), *classes)

    @property
    def form(self) -> str:
        """The form that is usual, whether it can be used so or not."""
        return "classes" if self.numbers is None else "numbers"

    def usual_mending(self, form: str) -> str:
        """What is done about its missing values where nobody chose."""
        if self.missing <= SMALL_SHARE * len(self.texts):
            return DROP
        return OWN if form == "classes" else "mean"

    @property
    def counts_rows(self) -> bool:
        """Whether it does nothing but number the rows, from 0 or 1."""
        count, numbers = len(self.texts), self.numbers
        return count >= ROWS_COUNTED and numbers in (tuple(range(count)), tuple(range(1, count + 1)))


def _label(number: float) -> str:
    """The shortest text that stands for this number alone, at most 24 characters; 0 has no sign."""
    return str(number + 0.0).removesuffix(".0")


class Labelled(NamedTuple):
    """Examples with the names of their inputs and outputs, and how missing values of each input are mended."""

    examples: Examples
    columns: tuple[str, ...]
    names: tuple[str, ...]
    missing: tuple[str, ...] = ()


class Use(NamedTuple):
    """What one column is: a target, an input, or nothing (role empty); as an input its form, and how missing values are
    mended."""

    role: str
    form: str = "numbers"
    mending: str = DROP


@dataclass(frozen=True)
class Table:
    """A table that was read: its columns, and the line of each row in the file."""

    columns: tuple[Column, ...]
    lines: tuple[int, ...]
    limits: Limits

    def suggested_kind(self, target: int) -> str:
        """What a column seems to be as a target: classes where it holds words, or few different whole numbers."""
        column, kinds = self.columns[target], len(self.columns[target].labels)
        if kinds == 2:
            return "two_classes"
        if kinds == 1 and column.numbers is not None:
            return "regression"
        few = kinds <= MOST_CLASSES and FEW * kinds <= len(column.texts)
        return "classes" if column.numbers is None or (column.whole and few) else "regression"

    def why_not(self, place: int) -> str:
        """Why a column is better no input; empty where it may well be one."""
        column = self.columns[place]
        if isinstance(column.wrong, UselessColumnError):
            return "no value" if column.missing == len(column.texts) else "long texts"
        if column.wrong:
            return ""  # which is said
        if column.missing > LARGE_SHARE * len(column.texts):
            return f"{column.missing:,} of {len(column.texts):,} values are missing"
        if not column.forms:
            return "it says the same everywhere" if len(column.labels) == 1 else f"{len(column.labels):,} words"
        if place == 0 and column.counts_rows:
            return "it counts the rows"
        return ""

    def usual_inputs(self, targets: Sequence[int]) -> tuple[int, ...]:
        """The columns that are inputs where nobody chose: from the left, those that may well be, as far as they fit;
        all others where none may."""
        others = [place for place in range(len(self.columns)) if place not in targets]
        taken: list[int] = []
        room = self.limits.max_features
        for place in others:
            column = self.columns[place]
            if self.why_not(place):
                continue
            width = 1 if column.wrong else self.width(place, Use("input", column.form))
            if width <= room:
                taken.append(place)
                room -= width
        return tuple(taken or others)

    def width(self, place: int, use: Use) -> int:
        """How many inputs a column makes."""
        column = self.columns[place]
        own = use.mending == OWN and column.missing > 0
        if use.form == "numbers":
            return 1 + own
        classes = len(column.labels) + own
        return classes if classes > 2 else 1

    def labelled(
        self, target: int, kind: str, inputs: Sequence[int] | None = None, uses: Sequence[Use] | None = None
    ) -> Labelled:
        """The examples: one column as the target; as inputs those at these places, or all others, in the form and
        mended as `uses` says of each column, else as usual. Rows without a target are no examples. TableError where
        columns cannot be used so.
        """
        if target not in range(len(self.columns)):
            raise TableError("The target is none of the columns.", f"Choose one from 1 to {len(self.columns)}.")
        if kind not in TARGET_KINDS:
            raise TableError("The target has a kind that is not known.", f"Choose one of: {', '.join(TARGET_KINDS)}.")
        places = [place for place in range(len(self.columns)) if place != target] if inputs is None else inputs
        return self._of(places, uses, *self._targets(target, kind))

    def labelled_together(self, targets: Sequence[int], inputs: Sequence[int], uses: Sequence[Use]) -> Labelled:
        """As above, with the numbers of several columns as targets."""
        Y = np.array([self._numbers(place) for place in targets]).T
        return self._of(inputs, uses, Y, tuple(self.columns[place].measure for place in targets))

    def _of(self, places: Sequence[int], uses: Sequence[Use] | None, Y: Array, names: tuple[str, ...]) -> Labelled:
        """The examples with these targets, (rows, outputs), NaN where one is missing."""
        most = self.limits.max_features
        if not places:
            raise TableError("No column is left as an input.", "Take one or more.")
        made = list(chain.from_iterable(self._inputs(place, uses[place] if uses else None) for place in places))
        if len(made) > most:
            raise TableError(
                f"There are {len(made)} columns as inputs, and at most {most} can be used.",
                f"Leave out {len(made) - most}." if len(made) == len(places) else "Leave out one or more.",
            )
        told = ~np.isnan(Y).any(axis=1)
        if not told.any():
            raise TableError("No row has a target.", "Choose another column.")
        X = np.array([one.numbers for one in made]).T[told]
        mendings = tuple(one.mending for one in made) if np.isnan(X).any() else ()
        return Labelled(Examples(X, Y[told]), _apart([one.name for one in made]), names, mendings)

    def _inputs(self, place: int, use: Use | None) -> list["Input"]:
        """What a column makes as an input."""
        column = self.columns[place]
        use = use or Use("input", column.form, column.usual_mending(column.form))
        if use.form not in FORMS or use.mending not in MENDED[use.form]:
            raise TableError("The column is used in a way that is not known.", "Choose another.", column=place + 1)
        own = use.mending == OWN and column.missing > 0
        if use.form == "numbers":
            numbers = self._numbers(place)
            filled = Input(column.measure, numbers, "mean" if use.mending == OWN else use.mending)
            says = [Input(_joined(column.name, "missing"), tuple(map(float, map(isnan, numbers))), DROP)] if own else []
            return [filled, *says]
        labels = (*column.labels, "") if own else column.labels
        if not 2 <= len(labels) <= MOST_CLASSES:
            raise TableError(
                f"The column holds {len(labels):,} different word{'s' * (len(labels) != 1)}, "
                f"and an input takes 2 to {MOST_CLASSES}.",
                "Leave it out, or choose it as the target.",
                self.lines[0],
                place + 1,
            )
        taken = labels[1:] if len(labels) == 2 else labels
        return [
            Input(
                _joined(column.name, label or "missing"),
                tuple(nan if not value and not own else float(value == label) for value in column.values),
                DROP,
            )
            for label in taken
        ]

    def _numbers(self, place: int) -> tuple[float, ...]:
        column = self.columns[place]
        if column.numbers is None:
            raise TableError(
                "The column holds words, and a network takes numbers.",
                "Write numbers such as −0.25 in it, or take it for classes.",
                self.lines[0],
                place + 1,
            )
        return column.numbers

    def _targets(self, place: int, kind: str) -> tuple[Array, tuple[str, ...]]:
        """Y of shape (rows, outputs), NaN where a target is missing, and the names of the outputs."""
        column = self.columns[place]
        if kind == "regression":
            return np.array([self._numbers(place)]).T, (column.measure,)
        labels, most = column.labels, 2 if kind == "two_classes" else MOST_CLASSES
        if not 2 <= len(labels) <= most:
            wanted = "exactly 2" if kind == "two_classes" else f"2 to {most}"
            remedy = "Choose another kind of target, or another column."
            raise TableError(f"The target has {len(labels)} different values, not {wanted}.", remedy, column=place + 1)
        one_hot = dict(zip(labels, np.eye(len(labels)).tolist(), strict=True))
        Y = np.array([one_hot.get(value, [nan] * len(labels)) for value in column.values])
        if kind == "two_classes":
            return Y[:, 1:], (_joined(column.name, labels[1]),)
        return Y, labels


class Input(NamedTuple):
    """One input that a column makes: its name, its numbers, NaN where one is missing, and how that is mended."""

    name: str
    numbers: tuple[float, ...]
    mending: str


def _joined(name: str, label: str) -> str:
    """Sex: male; a name that would be too long is cut."""
    return f"{name}: {label}"[:MOST_CHARACTERS].strip()


def _apart(names: Sequence[str]) -> tuple[str, ...]:
    """No two the same: names that were cut may be."""
    found: list[str] = []
    for name in names:
        another = (f"{name[: MOST_CHARACTERS - 4]} {n}" for n in range(2, 100))
        found.append(name if name not in found else next(one for one in another if one not in found))
    return tuple(found)


# Read from a CSV ------------------------------------------------------------------------------------------------------


class TooLongError(TableError):
    """More examples than can be used, `most`: `shortened` takes some of them."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The table has more than {most:,} examples, and no more can be used.",
            f"Give at most {most:,} rows of values.",
        )
        self.most = most


class UselessColumnError(TableError):
    """A column that can be neither an input nor a target, and harms nothing where it is left out."""


def read_table(content: bytes | str, limits: Limits) -> Table:
    """The table of a CSV; a column that cannot be read says why (`Column.wrong`), and the others can. TableError names
    row, column and reason; nothing of what was given is in it.
    """
    rows, separator = read_rows(content, limits)
    width = len(rows[0].texts)
    if width < 2:
        raise TableError("The table has one column.", "Give at least one input and a target.")
    if width > limits.most_columns:
        raise TableError(
            f"The table has {width} columns, and at most {limits.most_columns} can be read.",
            f"Leave out {width - limits.most_columns}.",
        )
    numerals = _numerals(rows, separator, limits)
    names, body = _headed(rows, numerals)
    if not body:
        raise TableError("There is no example below the names.", "Give at least one row of numbers.")
    if len(body) > limits.max_examples:
        raise TooLongError(limits.max_examples)
    columns = (_column(name, place, body, numerals) for place, name in enumerate(names))
    return Table(tuple(columns), tuple(row.line for row in body), limits)


def shortened(content: str, limits: Limits, which: str) -> str:
    """A table that is too long with as many of its examples as can be used, in their order: the first, or a sample that
    is always the same. TableError where it cannot be read."""
    rows, separator = read_rows(content, limits, len(content) + 1)
    _, body = _headed(rows, _numerals(rows, separator, limits))
    above, most = len(rows) - len(body), min(limits.max_examples, len(body))
    drawn = range(most) if which == "first" else sorted(np.random.default_rng(0).permutation(len(body))[:most].tolist())
    out = StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerows(row.texts for row in (*rows[:above], *(body[place] for place in drawn)))
    return out.getvalue()


def _numerals(rows: Sequence[Row], separator: str, limits: Limits) -> Numerals:
    """A comma is the decimal mark where it separates nothing and any number has one; then it is so in all of them."""
    texts = (text for row in rows for text in row.texts if "," in text)
    comma = separator != "," and any(WITH_COMMA.fullmatch(bare(text)) for text in texts)
    return Numerals(comma, limits.max_magnitude)


def _headed(rows: Sequence[Row], numerals: Numerals) -> tuple[tuple[str, ...], Sequence[Row]]:
    """The names of the columns, and the rows below: a first row without any number names them; a second row without
    one, above columns that are all numbers, holds their units.
    """
    first = rows[0]
    if any(map(numerals.look_like, first.texts)):
        return tuple(f"column {i + 1}" for i in range(len(first.texts))), rows
    names = tuple(_name(text, first.line, i + 1) for i, text in enumerate(first.texts))
    for i, name in enumerate(names):
        if name in names[:i]:
            raise TableError("Two columns have the same name.", "Give each its own.", first.line, i + 1)
    units = rows[1].texts if len(rows) > 2 else ()
    below = list(zip(*(row.texts for row in rows[2:]), strict=True))
    if any(map(numerals.look_like, units)) or not (units and any(units)):
        return names, rows[1:]
    if not all(numerals.are_plain([text for text in texts if not is_missing(text)]) for texts in below):
        return names, rows[1:]
    with_units = (f"{name} ({unit.strip('()[]')})" if unit else name for name, unit in zip(names, units, strict=True))
    return tuple(_name(text, rows[1].line, i + 1) for i, text in enumerate(with_units)), rows[2:]


def _column(name: str, place: int, rows: Sequence[Row], numerals: Numerals) -> Column:
    """The column at this place, from 0: of numbers where one of its texts is a number, else of words."""
    texts = tuple(row.texts[place] for row in rows)
    try:
        return _read_column(name, texts, [row.line for row in rows], place + 1, numerals)
    except TableError as error:
        return Column(name, texts, None, wrong=error)


def _read_column(name: str, texts: tuple[str, ...], lines: Sequence[int], place: int, numerals: Numerals) -> Column:
    there = [(text, line) for text, line in zip(texts, lines, strict=True) if not is_missing(text)]
    if not there:
        raise UselessColumnError("The column holds no value.", "Leave it out.", lines[0], place)
    plain, note = tuple(text for text, _ in there), ""
    if not numerals.are_plain(plain):
        if spelled := respelled(plain, "," if numerals.comma else "."):
            plain, note = spelled
        elif _are_words(plain, numerals):
            words = iter([_word(text, line, place) for text, line in there])
            return Column(name, tuple(text if is_missing(text) else next(words) for text in texts), None)
    numbers = iter([numerals.read(text, line, place) for text, (_, line) in zip(plain, there, strict=True)])
    return Column(name, texts, tuple(nan if is_missing(text) else next(numbers) for text in texts), note)


def _are_words(texts: Sequence[str], numerals: Numerals) -> bool:
    """Whether no text is a number; or, as with numbers of tickets, so many are none that it is no slip of the pen."""
    others = sum(not numerals.look_like(text) for text in texts)
    return others == len(texts) or others >= max(MANY, MANY_SHARE * len(texts))


def _word(text: str, line: int, place: int) -> str:
    try:
        return clean_name(text, "table")
    except SetupError as error:
        raise UselessColumnError(error.problem, error.remedy, line, place) from error


def _name(text: str, line: int, place: int) -> str:
    if not text:
        raise TableError("The column has no name.", "Give each column a name, or none at all.", line, place)
    try:
        return clean_name(text, "table")
    except SetupError as error:
        raise TableError(error.problem, error.remedy, line, place) from error
