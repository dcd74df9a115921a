"""The notebook is valid, runs from top to bottom in a kernel of its own, and asserts what the script asserts."""

import json
from typing import Any

import nbclient
import nbformat
import numpy as np
import pytest

from app.engine.data.split import Data, Examples
from app.engine.setup import Setup
from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.walk.session import TrainingSession
from app.views.take_away.notebook import escaped, notebook
from app.views.take_away.script import numpy_script
from app.views.take_away.worked import worked


def book_of(session: TrainingSession) -> Any:
    return nbformat.reads(notebook(worked(session)), as_version=4)  # type: ignore[no-untyped-call]


def code_of(book: Any) -> str:
    return "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_the_notebook_of_a_lesson_is_valid_and_its_cells_assert_what_the_script_asserts(lesson: Lesson) -> None:
    walk = TrainingSession.of_lesson(lesson).train(iterations=4).step("iteration")
    book = book_of(walk)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    exec(compile(code_of(book), "notebook", "exec"), {})
    asserted = [line for line in numpy_script(worked(walk)).split("\n") if line.startswith("close(")]
    assert [line for line in code_of(book).split("\n") if line.startswith("close(")] == asserted


def test_it_runs_in_a_kernel_from_top_to_bottom_and_a_wrong_number_stops_it() -> None:
    book = book_of(TrainingSession.of_lesson(LESSONS[1]).train(iterations=5).step("iteration"))
    nbclient.NotebookClient(book, timeout=120).execute()
    assert all(cell.execution_count for cell in book.cells if cell.cell_type == "code")

    cell = next(cell for cell in book.cells if cell.cell_type == "code" and "close(loss, 0." in cell.source)
    cell.source = cell.source.replace("close(loss, 0.", "close(loss, 1.")
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="AssertionError"):
        nbclient.NotebookClient(book, timeout=120).execute()


def test_each_line_stands_below_its_sentence_and_its_formula() -> None:
    book = book_of(TrainingSession.of_lesson(LESSONS[1]).step())
    words, code = next(
        (before, after) for before, after in zip(book.cells, book.cells[1:], strict=False) if "Z1 =" in after.source
    )
    assert "adds up what reaches it" in words.source
    assert r"$$z^{[1]}_{1} = " in words.source
    assert code.source.startswith("Z1 = X @ W1.T + b1\nclose(Z1[0, 0], 0.38249999")


def test_names_of_columns_are_words_in_code_and_in_markdown() -> None:
    names = ("a\nimport os", '"""', "\\N{BULLET}", "</script><b>", "$x_1$", "*a* [b](c)")
    data = Data(Examples(np.eye(6), np.ones((6, 1))), columns=names, names=("# y",))
    book = book_of(TrainingSession.of_setup(Setup((6, 2, 1), data).completed()).step("iteration"))
    nbformat.validate(book)
    exec(compile(code_of(book), "notebook", "exec"), {})
    assert escaped("<b>*a* $x_1$") == r"\<b\>\*a\* \$x\_1\$"


def test_it_is_json_as_editors_write_it() -> None:
    text = notebook(worked(TrainingSession.of_lesson(LESSONS[0])))
    assert json.loads(text)["cells"][0]["source"][0].startswith("# ")
    assert "\\u" not in text
