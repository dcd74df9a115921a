"""Axes for any numbers that there are: the smallest and the largest too, equal ones, and pairs of neighbours."""

import math
import sys

from hypothesis import given
from hypothesis import strategies as st

from app.views.charts.axes import Axis, Span, axis, tight
from app.views.network.scales import place

LARGEST, SMALLEST = sys.float_info.max, 5e-324
EDGES = (0.0, SMALLEST, -SMALLEST, 1.0, 1.0 + 2**-52, 1e6, 1e300, 1e306, LARGEST, -LARGEST, math.nextafter(LARGEST, 0))
NUMBERS = st.one_of(st.sampled_from(EDGES), st.floats(allow_nan=False, allow_infinity=False))
SCALES = st.sampled_from(["", "linear", "logarithmic"])
FAR = 9999.0  # a place so far outside of every drawing that nothing further needs telling apart


def holds(made: Axis, low: float, high: float) -> None:
    """Its ticks are finite numbers that ascend, and all that it was made for has a place on it."""
    assert all(map(math.isfinite, made.ticks))
    assert list(made.ticks) == sorted(set(made.ticks))
    places = [made.at(x) for x in (low, high, *made.ticks)]
    assert not any(map(math.isnan, places))
    assert all(abs(float(place(spot))) <= FAR for spot in places)
    assert all(made.start - 0.1 <= at <= made.end + 0.1 for at, _ in made.labels)


@given(NUMBERS, NUMBERS, SCALES)
def test_any_two_numbers_have_an_axis(one: float, other: float, scale: str) -> None:
    low, high = sorted((one, other))
    holds(axis(low, high, Span(0.0, 100.0, scale=scale)), low, high)  # type: ignore[arg-type]


@given(NUMBERS, NUMBERS)
def test_any_two_numbers_have_an_axis_that_ends_at_them(one: float, other: float) -> None:
    low, high = sorted((one, other))
    holds(tight(low, high, Span(0.0, 100.0)), low, high)


@given(st.floats())
def test_whatever_is_placed_an_attribute_holds_a_number(x: float) -> None:
    assert abs(float(place(x))) <= FAR
