"""What was read of a learner's table: its first rows, what each column holds, and what it is used as."""

from dataclasses import dataclass
from typing import ClassVar

from app.sessions.setups.draft import TABLE, Draft
from app.sessions.setups.draft_tables import kind_of, target_of, uses_of
from app.sessions.setups.table import Column, Table
from app.views.build.built import Built
from app.views.build.fields import Field, Shown, target_fields
from app.views.text.numbers import number
from app.views.text.words import counted

DIGITS = 2  # of what a column holds


@dataclass(frozen=True)
class ColumnHead:
    """The head of one column: its name, in a few lines what it holds, and what it is used as: `field` is the name of
    the field for that, empty where the column is a target; `taken` says whether it is an input.
    """

    name: str
    holds: tuple[str, ...]
    field: str
    taken: bool


@dataclass(frozen=True)
class TablePanel:
    """The table as it was read, or what is wrong with it, or with a file that was to take its place."""

    id: ClassVar[str] = "build-table"
    template: ClassVar[str] = "build/build-table.html"

    wrong: str
    file_wrong: str
    caption: str = ""
    columns: tuple[ColumnHead, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    fields: tuple[Field, ...] = ()


def table_panel(built: Built, shown: Shown) -> TablePanel:
    """The panel of a draft's table; without rows where the draft has none that can be read."""
    problems = {problem.field: problem.what for problem in built.problems}
    wrong, file_wrong = problems.get("table", "") if built.draft["source"] == TABLE else "", problems.get("file", "")
    table = built.table
    if table is None:
        return TablePanel(wrong, file_wrong)
    names, rows = tuple(column.name for column in table.columns), table.preview()
    target, count = target_of(built.draft, len(names)), len(table.lines)
    seems = table.suggested_kind(int(target)) if target.isdigit() else kind_of(built.draft, table)
    caption = (
        f"{counted(count, 'example')}, all shown"
        if len(rows) == count
        else f"the first {len(rows)} of {count:,} examples"
    )
    fields = target_fields(shown, names, target, seems)
    return TablePanel(wrong, file_wrong, caption, _heads(built.draft, table), rows, fields)


def _heads(draft: Draft, table: Table) -> tuple[ColumnHead, ...]:
    classes = kind_of(draft, table) != "regression"
    uses = enumerate(zip(table.columns, uses_of(draft, len(table.columns)), strict=True))
    return tuple(_head(place, column, use, classes) for place, (column, use) in uses)


def _head(place: int, column: Column, use: str, classes: bool) -> ColumnHead:
    """Of the column at this place, from 0; `classes` says whether a target is taken for classes."""
    if use == "target":
        return ColumnHead(column.name, _holds(column, classes), "", False)
    return ColumnHead(column.name, _holds(column, False), f"input-{place}", use == "input")


def _holds(column: Column, classes: bool) -> tuple[str, ...]:
    """1.2 to 7.9, mean 3.4; or how many classes, where it holds words or is taken for classes."""
    if column.spread is None or classes:
        return (f"{len(column.labels)} class{'es' * (len(column.labels) > 1)}",)
    smallest, largest, mean = (number(bound, DIGITS) for bound in column.spread)
    return (
        (f"all {smallest}",)
        if column.spread.smallest == column.spread.largest
        else (f"{smallest} to {largest}", f"mean {mean}")
    )
