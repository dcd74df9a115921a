"""From a learner's table to examples: which columns a draft chooses as targets, and what they are taken for."""

import re
from dataclasses import replace

import numpy as np

from app.engine import Examples
from app.sessions.csv_rows import TableLimits
from app.sessions.drafts import Draft
from app.sessions.tables import Labelled, Table

LAST = re.compile(r"last-([2-9]|[1-9][0-9])", re.ASCII)


def target_of(draft: Draft, columns: int) -> str:
    """The target that the draft chooses: a column from 0, or last-2; the last column where that is not there."""
    target = draft["target"]
    taken = last_columns(target)
    there = taken < columns if LAST.fullmatch(target) else target in map(str, range(columns))
    return target if there else str(columns - 1)


def last_columns(target: str) -> int:
    """How many columns at the end are targets, as numbers, where it is not one column that is chosen; else 1."""
    match = LAST.fullmatch(target)
    return 1 if match is None else int(match[1])


def kind_of(draft: Draft, table: Table) -> str:
    """What the target is taken for: what the draft says, or what it seems to be."""
    target = target_of(draft, len(table.columns))
    if LAST.fullmatch(target):
        return "regression"
    return draft["target_kind"] or table.suggested_kind(int(target))


def limits_with(draft: Draft, limits: TableLimits) -> TableLimits:
    """With room for the targets where several columns are."""
    return replace(limits, features=limits.features + last_columns(draft["target"]) - 1)


def examples_in(table: Table, draft: Draft) -> Labelled:
    """The examples, with the names of inputs and outputs; TableError where the columns cannot be used so."""
    target = target_of(draft, len(table.columns))
    taken = last_columns(target)
    if taken == 1:
        return table.labelled(int(target), kind_of(draft, table))
    last = len(table.columns) - 1
    ends = [table.labelled(place, "regression") for place in range(last - taken + 1, last + 1)]
    X = ends[-1].examples.X[:, : 1 - taken]
    Y = np.column_stack([end.examples.Y for end in ends])
    return Labelled(Examples(X, Y), ends[-1].columns[: 1 - taken], tuple(end.names[0] for end in ends))
