"""Regions hold exactly the points at which a function exceeds the level; lines run where it is the level."""

from collections.abc import Callable

import numpy as np
import pytest

from app.engine.network.arrays import Array
from app.views.charts.axes import SQUARE, Frame
from app.views.charts.levels import (
    FINE,
    LETTER,
    LINE,
    MARK,
    Label,
    Surface,
    Word,
    bands,
    by_sign,
    keys,
    levels_between,
    placed,
    through,
    words_of,
)
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
    assert (surface.above(2.0), surface.line(2.0), len(surface.along(2.0))) == ("", "", 0)


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


NO_MARKS = np.empty((0, 2))


def boxes(found: tuple[Label, ...]) -> list[tuple[float, float, float, float]]:
    """Left, right, top, bottom of each word, as wide as its letters may be."""
    middles = [(float(one.x), float(one.y) - 4, LETTER * len(one.text) / 2) for one in found]
    return [(x - half, x + half, y - LINE, y + LINE) for x, y, half in middles]


def test_levels_stand_on_their_lines_do_not_crowd_each_other_and_stay_in_the_frame() -> None:
    found = placed(words_of(Surface(20 * X, SQUARE), (-10.0, -9.9, 0.0, 10.0, 19.99), 2), NO_MARKS, SQUARE)
    assert {label.text for label in found} >= {"0", "10", "−9.9", "−10"}
    places = boxes(found)
    for i, (left, right, top, bottom) in enumerate(places):
        assert SQUARE.left <= left < right <= SQUARE.right
        assert SQUARE.top <= top < bottom <= SQUARE.bottom
        for other in places[:i]:
            assert right < other[0] or left > other[1] or bottom < other[2] or top > other[3]


def test_a_word_stands_where_no_mark_is_and_nowhere_where_there_is_no_room() -> None:
    random = np.random.default_rng(2)
    marks = np.column_stack([random.uniform(62, 466, 60), random.uniform(26, 420, 60)])
    above = Word("a long name", Surface(X, SQUARE).inside())
    (label,) = placed([above], marks, SQUARE)
    assert float(label.x) > (SQUARE.left + SQUARE.right) / 2
    ((left, right, top, bottom),) = boxes((label,))
    for x, y in marks.tolist():
        assert not (left - MARK < x < right + MARK and top - MARK < y < bottom + MARK)
    crowded = np.stack(np.meshgrid(np.arange(62.0, 467.0, 8.0), np.arange(26.0, 421.0, 8.0)), axis=-1).reshape(-1, 2)
    assert placed([above], crowded, SQUARE) == ()
    assert placed([Word("nowhere", Surface(X - 5, SQUARE).inside())], NO_MARKS, SQUARE) == ()


def test_a_small_curve_goes_through_its_frame() -> None:
    ((start, *_, end),) = rings(through(np.array([1.0, 4.0, 3.0]), (1.0, 5.0), FRAME))
    assert start == (FINE * FRAME.left, FINE * FRAME.bottom)
    assert end == (FINE * FRAME.right, FINE * (FRAME.top + FRAME.bottom) / 2)


def cliff(x: Array, y: Array) -> Array:
    """From 0 to 1 within a hundredth of the frame, along a wave."""
    value: Array = 1 / (1 + np.exp(np.clip(-600 * (y - 0.4 * np.sin(3 * x)), -500, 500)))
    return value


def test_a_border_that_is_steep_between_two_places_of_the_grid_has_no_stairs() -> None:
    def exact(shares: Array) -> Array:
        return cliff(*(2 * shares.T - 1))

    def off(surface: Surface) -> float:
        """How far from the border the corners of the line lie at most, in units of the drawing."""
        ((*corners,),) = rings(surface.line(0.5))
        distances = []
        for across, up in corners:
            x = 2 * (across / FINE - FRAME.left) / (FRAME.right - FRAME.left) - 1
            distances.append(abs(up / FINE - in_frame(x, 0.4 * np.sin(3 * x))[1]))
        return max(distances)

    assert off(Surface(cliff(X, Y), FRAME)) > 2
    assert off(Surface(cliff(X, Y), FRAME, exact)) < 0.5
    region = Surface(cliff(X, Y), FRAME, exact).above(0.5)
    for x in np.linspace(-0.95, 0.95, 60).tolist():
        across, up = in_frame(x, 0.4 * np.sin(3 * x))
        assert is_inside(region, (FINE * across, FINE * (up - 1)))
        assert not is_inside(region, (FINE * across, FINE * (up + 1)))


def test_what_crosses_the_border_of_the_picture_stays_in_it() -> None:
    d = Surface(X, FRAME, lambda shares: 2 * shares[:, 0] - 1).above(0.5)
    corners = [corner for ring in rings(d) for corner in ring]
    assert {y for _, y in corners} == {FINE * FRAME.top, FINE * FRAME.bottom}
    assert max(x for x, _ in corners) == FINE * FRAME.right
