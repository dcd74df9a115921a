"""The loss over two parameters: the way that was taken, downhill, and the same losses in the table."""

import re
from dataclasses import replace
from math import hypot

import pytest

from app.engine.network.expressions import Symbol
from app.lessons import LESSONS
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import SQUARE
from app.views.charts.levels import LOOKS, spaced_looks
from app.views.formulas.symbols import reference
from app.views.pictures.contour import Contour, axes_around, contour, levels_of, told_apart
from app.views.text.numbers import number
from tests.engine import by_hand
from tests.views.pictures.test_landscape import number_in
from tests.views.walking import at, lesson, walk

DIGITS = 5
ONE, OTHER = Symbol("W", 2, 0, 1), Symbol("W", 1, 1, 0)


def picture(session: TrainingSession, one: Symbol = ONE, other: Symbol = OTHER, **query: str) -> Contour:
    return contour(session, {"of": reference(one), "and": reference(other), **query}, DIGITS)


def points(d: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", d)]


def place_in(panel: Contour, x: float, y: float) -> tuple[float, float]:
    """Where two values stand, read off the ticks of the drawing."""
    ground = panel.drawing.ground
    across = [(number_in(tick.text), float(tick.x)) for tick in ground.across]
    up = [(number_in(tick.text), float(tick.y) - 4) for tick in ground.up]
    return at_ticks(across, x), at_ticks(up, y)


def at_ticks(ticks: list[tuple[float, float]], value: float) -> float:
    (v0, p0), (v1, p1) = ticks[0], ticks[-1]
    return p0 + (p1 - p0) * (value - v0) / (v1 - v0)


def loss_at(session: TrainingSession, one: float, other: float) -> float:
    """The batch's loss by plain loops, with ONE and OTHER at these values."""
    it = session.current
    pairs = [(layer.W.copy(), layer.b.copy()) for layer in it.before.layers]
    pairs[1][0][0, 1], pairs[0][0][1, 0] = one, other
    names = session.setup.activations
    layers = [(W.tolist(), b.tolist(), name) for (W, b), name in zip(pairs, names, strict=True)]
    return by_hand.mean_loss(layers, it.X.tolist(), it.Y.tolist(), session.setup.loss)


# The way --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["hours-of-study", "a-slope-too-many"])
def test_the_way_begins_at_the_start_and_ends_where_the_last_update_led(slug: str) -> None:
    session = lesson(slug).train(iterations=50)
    panel = picture(session, see="way")
    way = points(panel.drawing.way)
    start, it = session.setup.network, session.current
    for place, network in ((way[0], start), (way[-1], it.after)):
        assert place == pytest.approx(place_in(panel, network.layers[1].W[0, 1], network.layers[0].W[1, 0]), abs=1.0)
    now = tuple(map(float, panel.drawing.now))
    assert now == pytest.approx(place_in(panel, it.before.layers[1].W[0, 1], it.before.layers[0].W[1, 0]), abs=1.0)
    assert panel.way.rows[0][0] == "1"
    assert panel.way.rows[-1][0] == "51"


def test_the_whole_way_lies_in_the_frame() -> None:
    drawing = picture(lesson("hours-of-study").train(iterations=50), see="way").drawing
    for x, y in points(drawing.way):
        assert SQUARE.left <= x <= SQUARE.right
        assert SQUARE.top <= y <= SQUARE.bottom


def test_before_the_first_update_there_is_a_point_and_no_line() -> None:
    panel = picture(lesson("hours-of-study").forward())
    assert (panel.drawing.way, panel.drawing.start) == ("", None)
    assert panel.title == "The loss over two parameters"
    assert [option.value for option in panel.choices.fields[-1].options] == ["shape", "wide"]


def test_that_all_others_are_at_rest_is_said() -> None:
    for session in (lesson("hours-of-study"), lesson("hours-of-study").train(iterations=50)):
        assert any("All other parameters stand where this iteration began" in text for text in picture(session).said)


# Downhill -------------------------------------------------------------------------------------------------------------


def test_downhill_is_not_drawn_before_both_gradients_are_shown() -> None:
    session = lesson("hours-of-study")
    for place in (session.forward(), at(session, "dW", 2, 0, 1)):
        panel = picture(place)
        assert panel.drawing.downhill is None
        assert panel.ahead
    assert picture(session.backward()).drawing.downhill
    assert picture(session.backward()).ahead == ""


@pytest.mark.parametrize("slug", [one.slug for one in LESSONS])
def test_the_loss_falls_the_way_that_the_arrow_points_faster_than_beside_it(slug: str) -> None:
    session = lesson(slug).backward()
    drawing = picture(session).drawing
    assert drawing.downhill is not None
    (x, y), (tip_x, tip_y) = map(float, drawing.now), points(drawing.downhill.head)[0]
    u, v = tip_x - x, y - tip_y
    u, v = 1e-3 * u / hypot(u, v), 1e-3 * v / hypot(u, v)
    one, other = session.values[ONE], session.values[OTHER]
    here = loss_at(session, one, other)
    ahead, left, right = (loss_at(session, one + a, other + b) - here for a, b in ((u, v), (-v, u), (v, -u)))
    assert ahead < 0
    assert abs(left) < abs(ahead) > abs(right)


def test_with_both_gradients_zero_no_way_leads_down() -> None:
    session = lesson("softmax-and-dead-units", as_published=True).train(iterations=200)
    panel = picture(session, Symbol("W", 1, 1, 0), Symbol("b", 1, 1))
    assert panel.drawing.downhill is None
    assert any("Both gradients are 0" in text for text in panel.said)


# The surface ----------------------------------------------------------------------------------------------------------


def test_the_table_holds_the_losses_of_plain_loops_the_highest_row_first() -> None:
    session = lesson("hours-of-study").backward()
    table = picture(session).losses
    across = [number_in(text) for text in table.head[1:]]
    assert across == sorted(across)
    ups = [number_in(name) for name, *_ in table.rows]
    assert ups == sorted(ups, reverse=True)
    for up, cells in zip(ups, [cells for _, *cells in table.rows], strict=True):
        for x, cell in zip(across, cells, strict=True):
            assert number_in(cell) == pytest.approx(loss_at(session, x, up), rel=0.05, abs=0.05)


def test_both_axes_have_one_scale_so_that_downhill_is_across_the_lines() -> None:
    x, y = axes_around((0.3, -2.0), 1.5, (0.0, 0.0))
    assert x.at(1.3) - x.at(0.3) == pytest.approx(y.at(-2.0) - y.at(-1.0))
    assert x.limits == pytest.approx((-1.2, 1.8))
    assert sum(y.limits) / 2 == pytest.approx(-2.0)


def test_a_surface_that_overflows_is_no_error() -> None:
    session = walk((2, 3, 1), 1e4)
    assert picture(session, Symbol("W", 1, 0, 0), Symbol("W", 2, 0, 0), see="wide").drawing.layers.bands


def test_what_spans_little_is_counted_from_the_point_on() -> None:
    session = lesson("one-example-at-a-time", as_published=True)
    setup = replace(session.setup, learning_rate=1e-7)
    panel = picture(TrainingSession.of_setup(setup).update(), see="way")
    assert panel.drawing.ground.x_title.startswith("change of the weight")
    assert len({tick.text for tick in panel.drawing.ground.across}) == len(panel.drawing.ground.across)


# Levels ---------------------------------------------------------------------------------------------------------------


def test_levels_are_even_where_losses_are_alike_and_grow_where_they_are_far_apart() -> None:
    assert levels_of(0.601, 0.749) == (0.62, 0.66, 0.7, 0.74)
    assert levels_of(0.015, 0.6) == (0.02, 0.05, 0.1, 0.2, 0.5)
    assert levels_of(0.7, 0.7) == ()


@pytest.mark.parametrize(("low", "high"), [(1e-9, 3.0), (0.1, 2.1), (0.0, 5.0), (1e-300, 1e300)])
def test_levels_are_few_and_inside(low: float, high: float) -> None:
    levels = levels_of(low, high)
    assert 1 <= len(levels) < len(LOOKS)
    assert list(levels) == sorted(levels)
    assert low < levels[0] <= levels[-1] < high


def test_levels_have_the_digits_that_tell_them_apart() -> None:
    levels = (0.64481, 0.64482, 0.64483)
    digits = told_apart(levels, 2)
    assert len({number(level, digits) for level in levels}) == 3
    assert told_apart((0.1, 0.2), 4) == 4


@pytest.mark.parametrize("count", range(1, 8))
def test_looks_go_from_the_lightest_to_the_strongest_and_none_comes_twice(count: int) -> None:
    looks = spaced_looks(count)
    assert len(set(looks)) == count
    assert looks[0] == LOOKS[0]
    assert count == 1 or looks[-1] == LOOKS[-1]


# Which parameters -----------------------------------------------------------------------------------------------------


def test_the_second_parameter_is_another_than_the_first() -> None:
    session = lesson("hours-of-study")
    for first, second in ((ONE, ONE), (Symbol("b", 2, 0), Symbol("b", 2, 0))):
        fields = picture(session, first, second).choices.fields
        chosen = [field.value for field in fields[:2]]
        assert chosen[0] == reference(first) != chosen[1]
        assert chosen[0][2:5] == chosen[1][2:5]
