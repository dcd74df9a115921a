"""Missing inputs are mended by what the training examples say alone, or their examples are left out."""

import numpy as np
import pytest

from app.engine.data.split import Data, Examples
from app.engine.network.errors import SetupError
from app.engine.setup import Setup

NONE = np.nan
X = np.array([[1.0, 10.0], [NONE, 20.0], [5.0, NONE], [9.0, 90.0], [3.0, 30.0]])
GAPS = Examples(X, np.arange(5.0)[:, None])


def test_an_example_that_misses_a_value_is_left_out_with_its_target() -> None:
    ready = Data(GAPS, missing=("drop",)).ready()
    assert ready.X.tolist() == [[1, 10], [9, 90], [3, 30]]
    assert ready.Y[:, 0].tolist() == [0, 3, 4]
    assert ready.dropped == 2


def test_each_input_is_mended_in_its_own_way() -> None:
    ready = Data(GAPS, missing=("mean", "median")).ready()
    assert ready.X[1].tolist() == [4.5, 20]  # (1 + 5 + 9 + 3) / 4
    assert ready.X[2].tolist() == [5, 25]  # between 20 and 30
    assert (ready.filled.tolist(), ready.dropped) == ([4.5, 25.0], 0)
    mixed = Data(GAPS, missing=("drop", "mean")).ready()
    assert mixed.X.tolist() == [[1, 10], [5, 130 / 3], [9, 90], [3, 30]]


@pytest.mark.parametrize("name", ["mean", "median"])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_filled_in_is_found_on_training_examples_alone(name: str, seed: int) -> None:
    ready = Data(GAPS, missing=(name,), test_share=0.4, split_seed=seed).ready()
    trained = [row for row, target in zip(X, GAPS.Y[:, 0], strict=True) if target in ready.Y]
    wanted = getattr(np, f"nan{name}")(np.array(trained), axis=0)
    assert ready.filled.tolist() == wanted.tolist()
    for row, target in zip((*ready.X, *ready.X_test), (*ready.Y[:, 0], *ready.Y_test[:, 0]), strict=True):
        given = X[int(target)]
        assert row.tolist() == np.where(np.isnan(given), wanted, given).tolist()


def test_what_is_filled_in_is_scaled_as_all_else() -> None:
    ready = Data(GAPS, "min_max", missing=("mean",)).ready()
    assert ready.X[1].tolist() == [(4.5 - 1) / 8, (20 - 10) / 80]
    np.testing.assert_allclose(ready.inputs.undo(ready.X)[1], [4.5, 20])


@pytest.mark.parametrize(
    ("missing", "field", "words"),
    [
        ((), "data.X", "A value is missing"),
        (("drop", "drop", "mean"), "data.missing", "3 names for 2 inputs"),
        (("zero",), "data.missing", "drop, mean, median"),
    ],
)
def test_what_cannot_be_mended_so_is_refused(missing: tuple[str, ...], field: str, words: str) -> None:
    with pytest.raises(SetupError, match=words) as refused:
        Setup((2, 1), Data(GAPS, missing=missing)).completed()
    assert refused.value.field == field


def test_an_input_without_any_value_cannot_be_filled_nor_all_examples_left_out() -> None:
    empty = Examples(np.array([[1.0, NONE], [2.0, NONE]]), np.zeros((2, 1)))
    with pytest.raises(SetupError, match="Input 2 has no value"):
        Data(empty, missing=("mean",)).ready()
    with pytest.raises(SetupError, match="No example has all"):
        Data(empty, missing=("drop",)).ready()


def test_where_nothing_is_missing_nothing_changes() -> None:
    whole = Examples(X[[0, 3, 4]], GAPS.Y[[0, 3, 4]])
    plain = Data(whole).ready()
    for missing in ("drop", "mean", "median"):
        ready = Data(whole, missing=(missing,)).ready()
        assert (ready.X == plain.X).all()
        assert ready.dropped == 0
