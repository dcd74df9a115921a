"""Regions hold exactly the points at which a function exceeds the level; lines run where it is the level."""

from collections.abc import Callable

import numpy as np
import pytest

from app.engine.network.arrays import Array
from app.views.charts.axes import SQUARE, Frame
from app.views.charts.levels import FINE, Surface, bands, by_sign, keys, labels, levels_between, through
from tests.views.paths_inside import is_inside, rings

COUNT = 40
Function = Callable[[Array, Array], Array]
FRAME = Frame(300.0, 250.0, 20.0, 280.0, 10.0, 210.0)
X, Y = np.meshgrid(np.linspace(-1, 1, COUNT), np.linspace(-1, 1, COUNT))  # rows from the bottom up


def wave(x: Array, y: Array) -> Array:
    value: Array = np.sin(4 * x) * np.cos(3 * y) + 0.4 * x - 0.2 * y
    return value


def ring(x: Array, y: Array) -> Array:
    """High on a ring: its region has a hole."""
    value: Array = -((np.hypot(x, y) - 0.6) ** 2)
    return value


def in_frame(x: float, y: float) -> tuple[float, float]:
    across, up = (x + 1) / 2, (y + 1) / 2
    return FRAME.left + across * (FRAME.right - FRAME.left), FRAME.bottom - up * (FRAME.bottom - FRAME.top)


@pytest.mark.parametrize(("function", "level"), [(wave, 0.3), (wave, -0.5), (ring, -0.04), (ring, -0.2)])
def test_a_region_holds_the_points_above_its_level_and_no_others(
    function: Callable[[Array, Array], Array], level: float
) -> None:

    d = Surface(function(X, Y), FRAME).above(level)
    random = np.random.default_rng(1)
    judged = 0
    for x, y in random.uniform(-0.98, 0.98, (400, 2)).tolist():
        value = float(function(np.array(x), np.array(y)))
        if abs(value - level) > 0.02:  # nearer, the grid and the rounding of coordinates decide
            across, up = in_frame(x, y)
            assert is_inside(d, (FINE * across, FINE * up)) == (value > level), (x, y)
            judged += 1
    assert judged > 250


def test_a_line_runs_where_the_function_is_the_level() -> None:
    for line in rings(Surface(wave(X, Y), FRAME).line(0.3)):
        for across, up in line:
            x = 2 * (across / FINE - FRAME.left) / (FRAME.right - FRAME.left) - 1
            y = 2 * (FRAME.bottom - up / FINE) / (FRAME.bottom - FRAME.top) - 1
            assert float(wave(np.array(x), np.array(y))) == pytest.approx(0.3, abs=0.03)


def test_a_plane_needs_few_corners() -> None:
    surface = Surface(X, FRAME)
    assert len(rings(surface.above(0.5))[0]) <= 6
    assert len(rings(surface.line(0.5))[0]) == 2


def test_a_level_that_is_nowhere_reached_has_no_region_and_no_line() -> None:
    surface = Surface(X, FRAME)
    assert (surface.above(2.0), surface.line(2.0), surface.spot(2.0)) == ("", "", None)


def test_numbers_that_are_not_finite_are_no_error() -> None:
    values = X.copy()
    values[3, 4], values[5, 6], values[7, 8] = np.nan, np.inf, -np.inf
    assert Surface(values, FRAME).above(0.0)


def test_each_band_lies_on_all_below_it_and_empty_ones_are_left_out() -> None:
    looks = by_sign((-0.5, 0.5, 5.0), 0.0, 1.0)
    found = bands(Surface(X, FRAME), (-0.5, 0.5, 5.0), looks)
    assert [band.look for band in found] == list(looks[:3])
    right = FINE * (FRAME.right - 3), FINE * FRAME.bottom / 2
    assert [is_inside(band.d, right) for band in found[1:]] == [True, True]


def test_looks_tell_the_sign_and_how_far_from_the_middle() -> None:
    assert by_sign((0.05, 0.2, 0.4, 0.6, 0.8, 0.95), 0.5, 0.5) == ("n3", "n2", "n1", "z", "p1", "p2", "p3")
    assert by_sign((0.2, 0.4), 0.0, 1.0) == ("z", "p1", "p2")
    assert by_sign((), 0.0, 1.0) == ("z",)


def test_keys_say_what_each_band_holds_the_highest_first() -> None:
    assert [key.text for key in keys((0.2, 0.4), ("a", "b", "c"), 2)] == ["0.4 and more", "0.2 to 0.4", "below 0.2"]


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.7, 12.0), (1e-6, 3e-6), (5.0, 5.0)])
def test_levels_are_round_inside_of_the_range_and_few(low: float, high: float) -> None:
    levels = levels_between(low, high)
    assert len(levels) <= 6
    assert all(low < level < high for level in levels)
    assert bool(levels) == (high > low)


def test_labels_do_not_crowd_each_other_and_stay_in_the_frame() -> None:
    found = labels(Surface(20 * X, SQUARE), (-10.0, -9.9, 0.0, 10.0, 19.99), 2)
    assert {label.text for label in found} >= {"0", "10"}
    assert len({"−10", "−9.9"} & {label.text for label in found}) == 1
    assert all(SQUARE.left < float(label.x) < SQUARE.right for label in found)


def test_a_small_curve_goes_through_its_frame() -> None:
    ((start, *_, end),) = rings(through(np.array([1.0, 4.0, 3.0]), (1.0, 5.0), FRAME))
    assert start == (FINE * FRAME.left, FINE * FRAME.bottom)
    assert end == (FINE * FRAME.right, FINE * (FRAME.top + FRAME.bottom) / 2)
