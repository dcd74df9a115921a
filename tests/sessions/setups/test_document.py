"""Data as JSON: what was given comes back to the last bit, what is as usual is left out, and names are made clean."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.datasets import Dataset
from app.engine.data.scaling import SCALINGS
from app.engine.data.split import Data, Examples
from app.engine.network.errors import SetupError
from app.sessions.setups.document import data_document, data_of
from app.sessions.setups.typed import clean_name

PREPARED = ("scaling", "scale_targets", "test_share", "split_seed", "columns", "names", "missing")
GIVEN = Examples(np.array([[0.1, -2.0, 3e-7]]), np.array([[1 / 3]]))
letters = st.text(alphabet="abcdé ", min_size=1, max_size=8).filter(str.strip)


def kept(data: Data) -> Data:
    """Written and read again."""
    return data_of(json.loads(json.dumps(data_document(data))))


@st.composite
def prepared(draw: st.DrawFn) -> Data:
    """Data with names for three features and one output, made ready in any way."""
    sources: list[Examples | Dataset] = [GIVEN, Dataset("xor", 7, 0.25, 3), Dataset("line")]
    source = draw(st.sampled_from(sources))
    columns = draw(st.just(()) | st.lists(letters, min_size=3, max_size=3, unique_by=str.strip).map(tuple))
    return Data(
        source,
        draw(st.sampled_from([*SCALINGS])),
        draw(st.booleans()),
        draw(st.floats(0, 0.9)),
        draw(st.integers(0, 2**32 - 1)),
        tuple(map(str.strip, columns)),
        draw(st.sampled_from([(), ("y",)])),
        draw(st.sampled_from([(), ("mean",), ("drop", "mean", "median")])),
    )


@given(prepared())
def test_what_was_given_comes_back(data: Data) -> None:
    again = kept(data)
    assert [getattr(again, name) for name in PREPARED] == [getattr(data, name) for name in PREPARED]
    if isinstance(data.source, Examples):
        assert isinstance(again.source, Examples)
        assert again.source.X.tobytes() == data.source.X.tobytes()
        assert again.source.Y.tobytes() == data.source.Y.tobytes()
    else:
        assert again.source == data.source


def test_examples_are_kept_as_they_were_given_not_as_they_are_scaled() -> None:
    data = Data(Examples(np.array([[2.0], [4.0]]), np.array([[1.0], [3.0]])), "standard", scale_targets=True)
    assert data_document(data) == {
        "X": [[2.0], [4.0]], "Y": [[1.0], [3.0]], "scaling": "standard", "scale_targets": True
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "document"),
    [
        (Data(GIVEN), {"X": [[0.1, -2.0, 3e-7]], "Y": [[1 / 3]]}),
        (Data(Dataset("xor")), {"dataset": "xor", "examples": 100, "noise": 0.1, "seed": 0}),
        (Data(Dataset("iris")).named(), {"dataset": "iris", "examples": 100, "noise": 0.1, "seed": 0}),
    ],
)
def test_what_is_as_usual_is_left_out(data: Data, document: dict[str, Any]) -> None:
    assert data_document(data) == document


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"X": [[1.0], [1.0, 2.0]], "Y": [[1.0], [1.0]]}, "data.X"),
        ({"X": [[1.0]], "Y": [[1.0], [1.0, 2.0]]}, "data.Y"),
        ({"X": [[1.0, 2.0]], "Y": [[1.0]], "columns": ["a", "a"]}, "data.columns"),
        ({"X": [[1.0, 2.0]], "Y": [[1.0]], "columns": ["é", "e\u0301"]}, "data.columns"),
        ({"X": [[1.0]], "Y": [[1.0]], "names": ["a\u202eb"]}, "data.names"),
        ({"X": [[1.0]], "Y": [[1.0]], "names": [" "]}, "data.names"),
        ({"X": [[1.0]], "Y": [[1.0]], "names": ["x" * 41]}, "data.names"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(document: dict[str, Any], field: str) -> None:
    with pytest.raises(SetupError) as refused:
        data_of(document)
    assert refused.value.field == field


# Names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [("width", "width"), ("  width \t", "width"), ("e\u0301te\u0301", "été"), ("عرض", "عرض"), ("x" * 40, "x" * 40),
     ("a,b; <c> & \"d\"", "a,b; <c> & \"d\""), ("🌸", "🌸")],
)  # fmt: skip
def test_a_name_has_one_spelling(text: str, name: str) -> None:
    assert clean_name(text, "data.names") == name


@pytest.mark.parametrize("unseen", ["\0", "\a", "\n", "\x85", "\x7f", "\u200b", "\u200d", "\u202e", "\u2066", "\u2028",
                                    "\u2029", "\ufeff", "\ue000", "\ud800", "\U000e0041"])  # fmt: skip
def test_a_name_holds_nothing_that_cannot_be_seen(unseen: str) -> None:
    with pytest.raises(SetupError, match="cannot be seen"):
        clean_name(f"a{unseen}b", "data.names")


@given(st.text(max_size=60))
def test_a_clean_name_stays_as_it_is(text: str) -> None:
    try:
        name = clean_name(text, "data.names")
    except SetupError:
        return
    assert clean_name(name, "data.names") == name
    assert name == name.strip()
    assert 1 <= len(name) <= 40


def test_a_document_without_missing_values_says_nothing_of_them_and_one_of_before_is_read() -> None:
    document = data_document(Data(GIVEN, "standard"))
    assert set(document) == {"X", "Y", "scaling"}
    assert data_of(document).missing == ()


def test_one_name_for_all_inputs_is_read_as_a_list_of_one() -> None:
    data = data_of({"X": [[1.0, None], [2.0, 3.0]], "Y": [[0.0], [1.0]], "missing": "mean"})
    assert data.missing == ("mean",)
    assert data.ready().X.tolist() == [[1, 3], [2, 3]]
    assert data_document(data)["X"] == [[1, None], [2, 3]]
