"""Scaling of columns: as scikit-learn scales them, by hand, and what must be true of each."""

import json
from collections.abc import Callable
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.engine.data.scaling import SCALINGS, scale_of
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError

FIGURES = json.loads((Path(__file__).parent / "sklearn_figures.json").read_text())["tables"]
SCALED = [(table, name) for table in FIGURES for name in FIGURES[table]["scaled"]]
REACH = 1e6  # as far as a number that is given may lie from 0
tables = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 3)), elements=st.floats(-REACH, REACH))


@pytest.mark.parametrize(("table", "name"), SCALED)
def test_columns_are_scaled_as_scikit_learn_scales_them(table: str, name: str) -> None:
    found_on, others = np.array(FIGURES[table]["found_on"]), np.array(FIGURES[table]["others"])
    scale, wanted = scale_of(name, found_on), FIGURES[table]["scaled"][name]
    np.testing.assert_allclose(scale.apply(found_on), wanted["found_on"], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(scale.apply(others), wanted["others"], rtol=1e-12, atol=1e-13)


def test_every_scaling_but_none_has_figures() -> None:
    assert {name for _, name in SCALED} | {"none"} == {*SCALINGS}


def test_by_hand() -> None:
    table = np.array([[2.0, -4.0], [4.0, 0.0], [6.0, 1.0]])
    assert scale_of("none", table).apply(table).tolist() == table.tolist()
    assert scale_of("maximum", table).apply(table).tolist() == [[2 / 6, -1], [4 / 6, 0], [1, 0.25]]
    assert scale_of("min_max", table).apply(table).tolist() == [[0, 0], [0.5, 0.8], [1, 1]]
    root = sqrt(8 / 3)  # the mean of 4, 0 and 4 is 8/3
    np.testing.assert_allclose(scale_of("standard", table).apply(table)[:, 0], [-2 / root, 0, 2 / root], rtol=1e-15)


@pytest.mark.parametrize("name", SCALINGS)
@given(table=tables)
def test_undo_leads_back(name: str, table: Array) -> None:
    scale = scale_of(name, table)
    np.testing.assert_allclose(scale.undo(scale.apply(table)), table, rtol=1e-9, atol=1e-9 * np.abs(table).max())


# How far from 0 the n examples may lie that a scale was found on. Standard: one of them against all others.
REACHES: dict[str, Callable[[int], float]] = {
    "maximum": lambda n: 1.0,
    "min_max": lambda n: 1.0,
    "standard": lambda n: sqrt(n - 1),
}


@pytest.mark.parametrize("name", REACHES)
@given(table=tables)
def test_scaled_numbers_are_small(name: str, table: Array) -> None:
    scaled = scale_of(name, table).apply(table)
    assert (np.abs(scaled) <= REACHES[name](len(table)) + 1e-9).all()
    assert name != "min_max" or (scaled >= 0).all()


@pytest.mark.parametrize("name", SCALINGS)
@given(table=tables, others=st.sampled_from([-REACH, -1.0, 0.0, 1e-300, REACH]))
def test_no_example_becomes_too_large_to_square(name: str, table: Array, others: float) -> None:
    scaled = scale_of(name, table).apply(np.full((1, table.shape[1]), others))
    assert np.isfinite(scaled**2).all()


@pytest.mark.parametrize("name", ["min_max", "standard"])
@pytest.mark.parametrize("number", [0.1, -7.3, 1e6, 0.0, 1 / 3])
def test_a_column_that_does_not_vary_becomes_0_and_is_not_divided(name: str, number: float) -> None:
    scale = scale_of(name, np.full((10, 1), number))
    assert scale.apply(np.full((10, 1), number)).tolist() == [[0.0]] * 10
    assert scale.apply(np.array([[number + 2]])) == pytest.approx(2)


def test_a_column_of_zeros_has_no_maximum_to_divide_by() -> None:
    assert scale_of("maximum", np.zeros((3, 1))).apply(np.array([[0.0], [5.0]])).tolist() == [[0.0], [5.0]]


def test_an_unknown_scaling_lists_those_that_exist() -> None:
    with pytest.raises(SetupError, match="min_max"):
        scale_of("robust", np.zeros((1, 1)))
