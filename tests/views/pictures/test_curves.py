"""The curves say what the points say: as lines, in words, at the pointer, and as a table."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.datasets import Dataset
from app.engine.data.split import Data
from app.engine.setup import Setup
from app.lessons import LESSONS
from app.sessions.walk.history import points_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import LOW, WIDE, Span, axis, tight
from app.views.charts.lines import POWERS, About, Plot, Series, plot
from app.views.charts.readings import COLUMNS
from app.views.pictures.curves import Curves, curves
from tests.sessions.own_setups import own

MOONS = Setup((2, 3, 1), Data(Dataset("moons", 40, 0.2, 1), test_share=0.25), batch_size=10, learning_rate=0.5)


def shown(session: TrainingSession, **query: str) -> Curves:
    return curves(session, query, 5)


def names(drawn: Plot) -> list[str]:
    return [line.name for line in drawn.lines]


def test_there_is_a_loss_and_where_classes_are_told_apart_an_accuracy() -> None:
    session = TrainingSession.of_setup(MOONS).train(epochs=4)
    loss, accuracy = shown(session).plots
    assert names(loss) == ["training", "test", "mean of the epoch"]
    assert names(accuracy) == ["training", "test"]
    assert len(shown(own().train(epochs=2)).plots) == 1


def test_with_one_batch_an_epoch_its_mean_is_no_line_of_its_own() -> None:
    assert names(shown(own(batch_size=None).train(epochs=3)).plots[0]) == ["training"]


def test_the_title_tells_where_the_loss_began_and_where_it_is() -> None:
    session = TrainingSession.of_setup(MOONS).train(epochs=5)
    first, *_, last = points_of(session)
    assert shown(session).plots[0].title == (
        f"In 5 epochs the training loss falls from {first.training.loss:.5f} to {last.training.loss:.5f}; "
        f"the test loss ends at {last.test.loss:.5f}"
    )


def test_in_the_middle_of_an_epoch_the_title_counts_iterations() -> None:
    assert shown(own().train(iterations=4)).plots[0].title.startswith("In 4 iterations the training loss")
    assert shown(own().train(iterations=1)).plots[0].title.startswith("In one iteration the training loss")


def test_before_the_first_update_there_is_a_dot_and_the_title_says_so() -> None:
    loss = shown(own()).plots[0]
    assert loss.title.startswith("Before the first update the training loss is ")
    assert loss.lines[0].d.endswith("h0")


def test_a_loss_that_rises_is_told_to_rise() -> None:
    session = TrainingSession.of_lesson(LESSONS[1]).train(iterations=20)
    assert "falls" in shown(session).plots[0].title
    worse = session.with_parameter(2, "W", 0, 0, 30.0)
    assert "rises" in shown(worse).plots[0].title


def test_the_scale_of_the_loss_is_linear_until_it_is_chosen() -> None:
    session = TrainingSession.of_lesson(LESSONS[4]).train(iterations=300)
    assert shown(session).plots[0].note == ""
    assert shown(session, scale="logarithmic").plots[0].note == POWERS
    assert shown(session, scale="nonsense").plots[0].note == ""


def test_readings_cover_the_frame_and_say_the_numbers_of_the_table() -> None:
    session = TrainingSession.of_setup(MOONS).train(epochs=40)
    loss = shown(session).plots[0]
    assert len(loss.columns.readings) == 41
    lefts = [float(reading.left) for reading in loss.columns.readings]
    rights = [float(reading.left) + float(reading.width) for reading in loss.columns.readings]
    assert (lefts[0], rights[-1]) == pytest.approx((LOW.left, LOW.right), abs=0.11)
    assert lefts[1:] == pytest.approx(rights[:-1], abs=0.11)
    said = {reading.rows for reading in loss.columns.readings}
    for row in loss.table.rows:
        place, *values = row
        named = (f"{name} {value}" for name, value in zip(names(loss), values, strict=True))
        assert (f"epoch {place}", *named) in said


@given(st.integers(1, 2000))
def test_a_plot_has_at_most_60_readings_the_first_and_the_last_number_among_them(count: int) -> None:
    values = [1.0 / (i + 1) for i in range(count)]
    drawn = plot(About("p", "P", "step", "loss", 4), [Series("one", "first", values)])
    assert 1 <= len(drawn.columns.readings) <= COLUMNS + 1
    assert drawn.columns.readings[0].rows[0] == "step 0"
    assert drawn.columns.readings[-1].rows[0] == f"step {count - 1:,}"


def test_a_line_stands_at_its_places() -> None:
    drawn = plot(About("p", "P", "epoch", "loss", 4), [Series("one", "first", [3.0, 2.0, 1.0], [0.0, 1.0, 4.0])])
    xs = [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", drawn.lines[0].d)]
    assert (xs[1] - xs[0]) * 3 == pytest.approx(xs[2] - xs[1], abs=0.2)
    assert [row[0] for row in drawn.table.rows] == ["0", "1", "4"]


def test_on_a_logarithmic_axis_zero_has_no_place_and_breaks_the_line() -> None:
    about = About("p", "P", "epoch", "loss", 4, "logarithmic")
    drawn = plot(about, [Series("one", "first", [1.0, 0.1, 0.0, 0.01, 0.001])])
    assert drawn.note == POWERS
    assert drawn.lines[0].d.count("M") == 2


def test_where_no_number_is_positive_a_logarithmic_axis_stays_linear() -> None:
    about = About("p", "P", "epoch", "loss", 4, "logarithmic")
    assert plot(about, [Series("one", "first", [0.0, -1.0])]).note == ""


def test_an_axis_is_as_its_span_has_it() -> None:
    assert axis(0.5, 0.9, Span(0, 100, scale="logarithmic")).logarithmic
    assert not axis(1e-5, 0.9, Span(0, 100, scale="linear")).logarithmic
    assert axis(1.0, 1.0, Span(0, 100, scale="logarithmic")).at(1.0) == 0


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3))
def test_a_tight_axis_ends_exactly_at_its_numbers(low: float, wide: float) -> None:
    x = tight(low, low + wide, Span(20, 120))
    assert (x.at(low), x.at(low + wide)) == pytest.approx((20, 120))
    assert all(20 <= at <= 120 for at, _ in x.labels)


def test_marks_and_names_stay_in_their_drawing() -> None:
    loss = shown(TrainingSession.of_setup(MOONS).train(epochs=4)).plots[0]
    assert not loss.names
    assert loss.ground.view_box == LOW.view_box != WIDE.view_box
