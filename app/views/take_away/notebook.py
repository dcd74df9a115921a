"""The worked example as a notebook: nbformat 4.5, a cell of words and formulas before each cell of code.

Source: the notebook format, version 4.5 (nbformat.readthedocs.io).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from app.views.take_away.script import comparisons, opening
from app.views.take_away.worked import Block, Section, Worked

MEANT = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|$~&])")  # that Markdown reads as something else
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
PLOT = """\
try:
    import matplotlib.pyplot as plt
except ImportError:
    print("With matplotlib installed, the losses are drawn here.")
else:
    plt.plot(range(1, len(losses) + 1), losses)
    plt.xlabel("iteration")
    plt.ylabel("loss, before its update")
    plt.show()"""


def notebook(worked: Worked) -> str:
    """The whole notebook as JSON; run from top to bottom, its asserts hold."""
    cells = [_cell(f"c{i}", kind, text) for i, (kind, text) in enumerate(_cells(worked))]
    book = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _cell(id: str, kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": id, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _cells(worked: Worked) -> Iterator[tuple[str, str]]:
    """Kind and source of each cell."""
    yield "markdown", f"# {escaped(worked.title)}\n\n{escaped(worked.facts)}"
    yield "code", opening(worked)
    for section in worked.sections:
        words = f"\n\n{escaped(section.words)}" if section.words else ""
        yield "markdown", f"## {escaped(section.title)}{words}"
        for block in section.blocks:
            yield from _block(block, section)
    if worked.has_run:
        yield "code", PLOT


def _block(block: Block, section: Section) -> Iterator[tuple[str, str]]:
    formula = f"$${block.latex}$$" if block.latex else ""
    if words := "\n\n".join(filter(None, (escaped(block.words), formula))):
        yield "markdown", words
    yield "code", "\n".join([block.code, *comparisons(block, section.tolerance)])


def escaped(words: str) -> str:
    """Words as Markdown that shows them as they are."""
    return MEANT.sub(r"\\\1", " ".join(words.split()))
