"""The loss over one parameter: what is drawn is as steep as the loss itself, and nothing of it is ahead of the walk."""

import re

import pytest

from app.engine.network.expressions import Symbol
from app.lessons import LESSONS
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import Axis, Span, axis, tight
from app.views.charts.overlay import arrow_from
from app.views.formulas.symbols import reference
from app.views.pictures.landscape import FRAME, Landscape, Line, clipped, landscape
from tests.engine import by_hand
from tests.views.walking import at, lesson

DIGITS = 5
SLUGS = [one.slug for one in LESSONS]


def picture(session: TrainingSession, symbol: Symbol, **query: str) -> Landscape:
    return landscape(session, {"of": reference(symbol), **query}, DIGITS)


def loss_at(session: TrainingSession, symbol: Symbol, value: float) -> float:
    """The batch's mean loss by plain loops, with one parameter at a value."""
    it = session.current
    pairs = [(layer.W.copy(), layer.b.copy()) for layer in it.before.layers]
    part = pairs[symbol.layer - 1][symbol.k is None]
    part[symbol.j if symbol.k is None else (symbol.j, symbol.k)] = value
    names = session.setup.activations
    layers = [(W.tolist(), b.tolist(), name) for (W, b), name in zip(pairs, names, strict=True)]
    return by_hand.mean_loss(layers, it.X.tolist(), it.Y.tolist(), session.setup.loss)


def steepness(session: TrainingSession, symbol: Symbol) -> float:
    """The slope of that loss by differences."""
    return by_hand.derivative(lambda x: loss_at(session, symbol, x), session.values[symbol], 1e-3)


def drawn_slope(panel: Landscape, d: str) -> float:
    """How steep a straight path is, read off the drawing by the ticks of its axes."""
    (x1, y1), (x2, y2) = [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", d)]
    ground = panel.drawing.ground
    across = [(float(tick.x), number_in(tick.text)) for tick in ground.across]
    up = [(float(tick.y) - 4, number_in(tick.text)) for tick in ground.up]
    return (y2 - y1) * per_pixel(up) / ((x2 - x1) * per_pixel(across))


def per_pixel(ticks: list[tuple[float, float]]) -> float:
    return (ticks[-1][1] - ticks[0][1]) / (ticks[-1][0] - ticks[0][0])


def number_in(text: str) -> float:
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-", ",")
    return float(text.translate(raised).replace("×10", "e"))


# What the walk has shown ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_drawn_that_the_walk_has_not_shown(slug: str) -> None:
    session, symbol = lesson(slug), Symbol("W", 1, 0, 0)
    before = picture(session.forward(), symbol)
    assert (before.drawing.tangent, before.drawing.secant, before.drawing.arrow, before.drawing.ends) == (
        "",
        "",
        None,
        (),
    )
    assert "tangent" in before.ahead
    assert not any("slope" in text for text in (*before.said, *(name for name, *_ in before.facts.rows)))
    found = picture(at(session, "dW", 1, 0, 0), symbol, look="near")
    assert found.drawing.tangent
    assert (found.drawing.arrow, found.drawing.arrived) == (None, None)
    assert "update" in found.ahead
    assert not any("update" in text for text in (*found.said, *(name for name, *_ in found.facts.rows)))
    assert picture(session.update(), symbol).ahead == ""


def test_the_gradient_of_another_parameter_does_not_bring_the_tangent_of_this_one() -> None:
    session = at(lesson("two-outputs-two-paths"), "dW", 2, 0, 0)
    assert picture(session, Symbol("W", 2, 0, 0)).drawing.tangent
    assert not picture(session, Symbol("W", 2, 0, 1)).drawing.tangent


# How steep ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("symbol", [Symbol("W", 2, 0, 1), Symbol("b", 2, 0)])
@pytest.mark.parametrize("look", ["shape", "near", "wide"])
def test_tangent_and_secant_are_drawn_as_steep_as_the_loss(slug: str, symbol: Symbol, look: str) -> None:
    session = lesson(slug).backward()
    panel, true = picture(session, symbol, look=look), steepness(session, symbol)
    assert drawn_slope(panel, panel.drawing.tangent) == pytest.approx(true, rel=0.03)
    assert drawn_slope(panel, panel.drawing.secant) == pytest.approx(true, rel=0.03)
    assert f"to the right the loss {'grows' if true > 0 else 'falls'}" in " ".join(panel.said)
    assert panel.title.startswith(f"The loss {'grows' if true > 0 else 'falls'}")


def test_a_tangent_by_a_wrong_rule_misses_the_curve_and_the_secant_does_not() -> None:
    session, symbol = lesson("a-slope-too-many", as_published=True).backward(), Symbol("W", 1, 0, 0)
    panel, true = picture(session, symbol), steepness(session, symbol)
    assert drawn_slope(panel, panel.drawing.tangent) == pytest.approx(
        session.values[symbol._replace(kind="dW")], rel=0.03
    )
    assert drawn_slope(panel, panel.drawing.secant) == pytest.approx(true, rel=0.03)
    assert any(text.startswith("The tangent misses the curve.") for text in panel.said)
    right = picture(lesson("a-slope-too-many").backward(), symbol)
    assert not any("misses" in text for text in right.said)


def test_a_walk_that_rounds_says_that_its_curve_does_not() -> None:
    rounded, exact = lesson("two-outputs-two-paths").backward(), lesson("one-example-at-a-time").backward()
    told = [
        any("without rounding" in text for text in picture(one, Symbol("W", 2, 0, 0)).said) for one in (rounded, exact)
    ]
    assert told == [True, False]


def test_a_parameter_of_a_dead_unit_has_a_level_tangent() -> None:
    session = lesson("softmax-and-dead-units", as_published=True).train(iterations=200)
    panel = picture(session, Symbol("W", 1, 1, 0))
    assert panel.title.startswith("Here the loss is level over the weight")
    assert any("slope here is 0" in text for text in panel.said)
    assert any("leaves it at" in text for text in panel.said)


# The numbers ----------------------------------------------------------------------------------------------------------


def test_the_table_holds_the_losses_of_plain_loops_and_the_tangent() -> None:
    session, symbol = lesson("hours-of-study").backward(), Symbol("W", 2, 0, 1)
    panel = picture(session, symbol)
    value, gradient = session.values[symbol], session.values[symbol._replace(kind="dW")]
    loss = loss_at(session, symbol, value)
    assert 9 <= len(panel.curve.rows) <= 12
    for row in panel.curve.rows:
        x, curve, tangent = map(number_in, row)
        assert curve == pytest.approx(loss_at(session, symbol, x), abs=2e-4)
        assert tangent == pytest.approx(loss + gradient * (x - value), abs=2e-4)
    facts = {row[0]: row[1] for row in panel.facts.rows}
    assert number_in(facts["loss"]) == pytest.approx(loss, abs=1e-5)
    assert number_in(facts["gradient: slope of the tangent"].lstrip("+")) == pytest.approx(gradient, abs=1e-5)
    assert "value after the update" not in facts


def test_the_update_is_an_arrow_from_the_value_to_the_new_one() -> None:
    session, symbol = lesson("hours-of-study").update(), Symbol("W", 2, 0, 1)
    panel = picture(session, symbol, look="update")
    arrow, arrived = panel.drawing.arrow, panel.drawing.arrived
    assert arrow is not None
    assert arrived is not None
    start, tip = (float(re.match(r"M(-?[\d.]+)", d)[1]) for d in (arrow.line, arrow.head))  # type: ignore[index]
    assert start == pytest.approx(float(panel.drawing.point[0]), abs=0.2)
    assert tip == pytest.approx(float(arrived[0]), abs=0.2)
    moves = session.values[symbol._replace(kind="new_W")] - session.values[symbol]
    assert (tip - start) * moves > 0
    assert any("Alone, that changes the loss by" in text for text in panel.said)


def test_an_update_too_short_to_be_seen_is_said() -> None:
    panel = picture(lesson("one-example-at-a-time").update(), Symbol("b", 1, 0))
    assert panel.drawing.arrow is None
    assert any("cannot be seen here" in text for text in panel.said)
    assert picture(lesson("one-example-at-a-time").update(), Symbol("b", 1, 0), look="update").drawing.arrow


def test_what_spans_little_is_counted_from_the_point_on_so_that_ticks_differ() -> None:
    session = lesson("hours-of-study", as_published=True).train(iterations=20)
    panel = picture(session, Symbol("W", 2, 0, 1), look="update")
    ground = panel.drawing.ground
    assert ground.y_title == "change of the loss ℒ"
    for ticks in (ground.across, ground.up):
        assert len({tick.text for tick in ticks}) == len(ticks)


@pytest.mark.parametrize("look", ["shape", "near", "wide", "update"])
@pytest.mark.parametrize("slug", SLUGS)
def test_all_that_is_drawn_lies_in_the_frame(slug: str, look: str) -> None:
    drawing = picture(lesson(slug).update(), Symbol("W", 1, 1, 0), look=look).drawing
    heads = [drawing.arrow.line, drawing.arrow.head] if drawing.arrow else []
    for d in (drawing.curve, drawing.tangent, drawing.secant, *heads):
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", d):
            assert FRAME.left - 0.1 <= float(x) <= FRAME.right + 0.1
            assert FRAME.top - 0.1 <= float(y) <= FRAME.bottom + 0.1


def axes() -> tuple[Axis, Axis]:
    """From -1 to 1 across, from 0 to 1 up."""
    return tight(-1.0, 1.0, Span(FRAME.left, FRAME.right)), axis(0.0, 1.0, Span(FRAME.bottom, FRAME.top))


@pytest.mark.parametrize("slope", [1e9, -40.0, -0.3, 0.0, 2.0])
def test_a_line_is_cut_where_it_leaves_the_frame(slope: float) -> None:
    x, y = axes()
    (x1, y1), (x2, y2) = [
        tuple(map(float, pair)) for pair in re.findall(r"[ML]([\d.]+) ([\d.]+)", clipped(Line(0.0, 0.5, slope), x, y))
    ]
    for at_x, at_y in ((x1, y1), (x2, y2)):
        assert FRAME.left <= at_x <= FRAME.right
        assert FRAME.top - 0.1 <= at_y <= FRAME.bottom + 0.1
    assert (y1 - y2) * slope >= 0


def test_a_line_that_never_enters_the_frame_is_not_drawn() -> None:
    x, y = axes()
    assert clipped(Line(0.0, 9.0, 0.1), x, y) == ""


def test_an_arrow_ends_where_it_points() -> None:
    arrow = arrow_from((10.0, 10.0), (40.0, 50.0))
    assert arrow.line.startswith("M10 10L")
    assert arrow.head.startswith("M40 50L")
