"""Curves keep every extreme, stay inside their frame, and say the same numbers as a table."""

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.charts.axes import WIDE, Span, axis, linear_ticks, nice, power_ticks
from app.views.charts.lines import APART, About, Plot, Series, plot, spread, thinned

ABOUT = About("curve", "A curve", "updates made", "loss", 4)
NUMBERS = st.floats(-1e6, 1e6)


def drawn(*values: list[float]) -> Plot:
    return plot(ABOUT, [Series(f"line {i}", "first", one) for i, one in enumerate(values)])


def points(d: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", d)]


@pytest.mark.parametrize(
    ("x", "nearest", "expected"),
    [
        (0.13, True, 0.1),
        (0.16, True, 0.2),
        (31.0, True, 50.0),
        (8.0, True, 10.0),
        (8.0, False, 10.0),
        (2.1, False, 5.0),
    ],
)
def test_a_nice_number_is_1_2_5_or_10_times_a_power_of_ten(x: float, nearest: bool, expected: float) -> None:
    assert math.isclose(nice(x, nearest), expected)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 10_000, (0, 2000, 4000, 6000, 8000, 10_000)),
        (0.629, 0.749, (0.6, 0.65, 0.7, 0.75)),
        (-0.3, 0.4, (-0.4, -0.2, 0, 0.2, 0.4)),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, expected: tuple[float, ...]) -> None:
    assert linear_ticks(low, high, 5) == pytest.approx(expected)


@given(NUMBERS, NUMBERS)
def test_ticks_hold_the_numbers_between_them_and_are_few(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ticks = linear_ticks(low, high, 5)
    slack = 1e-9 * (abs(low) + abs(high))
    assert ticks[0] - slack <= low <= high <= ticks[-1] + slack
    assert 2 <= len(ticks) <= 12
    assert all(a < b for a, b in pairwise(ticks))


def test_powers_of_ten_hold_the_numbers_between_them_and_skip_some_where_they_are_many() -> None:
    assert power_ticks(2e-5, 0.5, 7) == (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
    assert power_ticks(1e-12, 1.0, 7) == (1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0)


def test_an_axis_is_logarithmic_only_for_positive_numbers_that_span_powers_of_ten() -> None:
    assert axis(1e-5, 0.5, Span(0, 100)).logarithmic
    assert not axis(0.1, 0.9, Span(0, 100)).logarithmic
    assert not axis(-1.0, 1000.0, Span(0, 100)).logarithmic
    assert axis(0.01, 100.0, Span(0, 100)).at(1.0) == pytest.approx(50)


@given(st.lists(NUMBERS, min_size=1, max_size=2000), st.integers(1, 50))
def test_thinning_keeps_the_ends_and_the_extremes(values: list[float], columns: int) -> None:
    kept = thinned(values, columns)
    assert kept == sorted(set(kept))
    assert (kept[0], kept[-1]) == (0, len(values) - 1)
    assert {min(values), max(values)} <= {values[i] for i in kept}
    assert len(kept) <= 4 * columns


def test_a_single_peak_among_ten_thousand_numbers_is_drawn() -> None:
    values = [1.0] * 10_000
    values[4321] = 9.0
    line = drawn(values).lines[0]
    assert min(y for _, y in points(line.d)) < WIDE.top + (WIDE.bottom - WIDE.top) / 4
    assert len(points(line.d)) < 1200


@given(st.lists(NUMBERS, min_size=1, max_size=300), st.lists(NUMBERS, min_size=1, max_size=300))
def test_every_point_lies_inside_the_frame(one: list[float], other: list[float]) -> None:
    for line in drawn(one, other).lines:
        assert all(
            WIDE.left - 0.1 <= x <= WIDE.right + 0.1 and WIDE.top - 0.1 <= y <= WIDE.bottom + 0.1
            for x, y in points(line.d)
        )


def test_a_line_breaks_where_its_numbers_leave_the_finite_ones() -> None:
    line = drawn([1.0, 2.0, math.nan, 3.0, 4.0, math.inf]).lines[0]
    assert line.d.count("M") == 2
    assert len(points(line.d)) == 4


def test_a_line_without_a_finite_number_is_no_error() -> None:
    assert drawn([math.nan], [1.0]).lines[0].d == ""


@given(st.lists(st.floats(0, 300), min_size=1, max_size=5))
def test_the_names_at_the_ends_do_not_lie_over_each_other_and_keep_their_order(heights: list[float]) -> None:
    placed = spread(heights)
    order = sorted(range(len(heights)), key=heights.__getitem__)
    assert all(placed[b] - placed[a] >= APART - 1e-9 for a, b in pairwise(order))


def test_names_that_are_far_apart_stay_where_their_lines_end() -> None:
    assert spread([10.0, 200.0, 90.0]) == [10.0, 200.0, 90.0]


def test_the_table_tells_the_first_and_the_last_number_and_some_between() -> None:
    rows = drawn([1 / (i + 1) for i in range(1001)], [2.0] * 1001).table.rows
    assert rows[0] == ("0", "1.0000", "2.0000")
    assert rows[-1] == ("1,000", "0.000999", "2.0000")
    assert len(rows) <= 12
    assert [row[0] for row in drawn([1.0, 2.0, 3.0]).table.rows] == ["0", "1", "2"]


def test_a_shorter_line_has_dashes_in_the_table_where_it_ends() -> None:
    assert drawn([1.0, 2.0, 3.0], [5.0]).table.rows[-1] == ("2", "3.0000", "—")
