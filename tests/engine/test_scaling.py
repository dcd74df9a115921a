"""Scaling of columns: as scikit-learn scales them, and by hand."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.engine import SCALINGS, SetupError
from app.engine.scaling import scale_of
from tests.engine.sklearn_figures import FILE

FIGURES = json.loads(FILE.read_text())
TRAIN, TEST = np.array(FIGURES["train"]), np.array(FIGURES["test"])
tables = arrays(np.float64, (5, 3), elements=st.floats(-1e6, 1e6, allow_subnormal=False))


@pytest.mark.parametrize("name", FIGURES["scaled"])
def test_columns_are_scaled_as_scikit_learn_scales_them(name: str) -> None:
    scale, wanted = scale_of(name, TRAIN), FIGURES["scaled"][name]
    np.testing.assert_allclose(scale.apply(TRAIN), wanted["train"], rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(scale.apply(TEST), wanted["test"], rtol=1e-14, atol=1e-15)


def test_every_scaling_but_none_has_figures() -> None:
    assert {*FIGURES["scaled"], "none"} == {*SCALINGS}


def test_by_hand() -> None:
    table = np.array([[2.0, -4.0], [4.0, 0.0], [6.0, 1.0]])
    assert scale_of("none", table).apply(table).tolist() == table.tolist()
    assert scale_of("maximum", table).apply(table).tolist() == [[2 / 6, -1], [4 / 6, 0], [1, 0.25]]
    assert scale_of("min_max", table).apply(table).tolist() == [[0, 0], [0.5, 0.8], [1, 1]]
    root = (8 / 3) ** 0.5  # the mean of 4, 0 and 4 is 8/3
    np.testing.assert_allclose(scale_of("standard", table).apply(table)[:, 0], [-2 / root, 0, 2 / root], rtol=1e-15)


@pytest.mark.parametrize("name", SCALINGS)
@given(table=tables)
def test_undo_leads_back(name: str, table: np.ndarray) -> None:
    scale = scale_of(name, table)
    scaled = scale.apply(table)
    assert np.isfinite(scaled).all()
    np.testing.assert_allclose(scale.undo(scaled), table, rtol=1e-9, atol=1e-9 * max(1.0, np.abs(table).max()))


@pytest.mark.parametrize("name", SCALINGS)
def test_a_column_that_does_not_vary_is_not_divided_by_nothing(name: str) -> None:
    assert np.isfinite(scale_of(name, np.zeros((3, 2))).apply(np.ones((2, 2)))).all()


def test_an_unknown_scaling_lists_those_that_exist() -> None:
    with pytest.raises(SetupError, match="min_max"):
        scale_of("robust", TRAIN)
