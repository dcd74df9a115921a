"""From a learner's table to examples: the columns a draft chooses as inputs and as targets, what for."""

import re

import numpy as np

from app.engine.data.split import Examples
from app.sessions.setups.draft import INPUT, Draft
from app.sessions.setups.table import Labelled, Table

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


def uses_of(draft: Draft, columns: int) -> tuple[str, ...]:
    """What each column is used as: target, input, or nothing where the draft leaves it out."""
    target = target_of(draft, columns)
    taken = last_columns(target)
    targets = [int(target)] if taken == 1 else range(columns - taken, columns)
    left_out = [place for place in range(columns) if draft.texts.get(f"{INPUT}{place}") == ""]
    return tuple("target" if place in targets else "" if place in left_out else "input" for place in range(columns))


def examples_in(table: Table, draft: Draft) -> Labelled:
    """The examples, with the names of inputs and outputs; TableError where the columns cannot be used so."""
    uses = uses_of(draft, len(table.columns))
    inputs, targets = ([place for place, use in enumerate(uses) if use == wanted] for wanted in ("input", "target"))
    if len(targets) == 1:
        return table.labelled(targets[0], kind_of(draft, table), inputs)
    each = [table.labelled(target, "regression", inputs) for target in targets]
    Y = np.column_stack([one.examples.Y for one in each])
    return Labelled(Examples(each[0].examples.X, Y), each[0].columns, tuple(one.names[0] for one in each))
