"""Boundary, fit and hidden units agree with the network itself, asked point by point."""

import re
from collections.abc import Sequence

import numpy as np
import pytest

from app.engine.data.datasets import Dataset
from app.engine.data.split import Data, Examples
from app.engine.network.arrays import Array
from app.engine.network.initializers import Initializer
from app.engine.network.propagation import forward
from app.engine.setup import Parameters, Setup
from app.lessons import LESSONS
from app.sessions.walk.session import TrainingSession
from app.views.charts.axes import SQUARE
from app.views.charts.levels import FINE
from app.views.charts.map import Map
from app.views.charts.overlay import LONGEST, MOST, SHAPES
from app.views.charts.readings import CELLS
from app.views.pictures.over_data import OverData, boundary, fitted
from app.views.pictures.pictures import PICTURES
from app.views.pictures.units import units
from tests.views.paths_inside import is_inside, rings

RNG = np.random.default_rng(5)
HALF_BAND = 3  # of the seven bands: from 0.4 on is the middle one


def trained(setup: Setup, iterations: int = 60) -> TrainingSession:
    return TrainingSession.of_setup(setup).train(iterations=iterations)


def moons(**data: object) -> TrainingSession:
    made = Data(Dataset("moons", 60, 0.15, 2), test_share=0.25, **data)  # type: ignore[arg-type]
    return trained(Setup((2, 4, 1), made, learning_rate=0.8, start=Initializer("xavier_normal", seed=2)))


def three_classes() -> TrainingSession:
    X = RNG.normal(size=(30, 4)) * [1.0, 3.0, 0.5, 2.0] + [5.0, 0.0, 1.0, -2.0]
    Y = np.eye(3)[np.argmax(X[:, :3] / [1.0, 3.0, 0.5] - [5.0, 0.0, 2.0], axis=1)]
    data = Data(Examples(X, Y), "standard", columns=("a", "b", "c", "d"), names=("red", "green", "blue"))
    return trained(Setup((4, 5, 3), data, learning_rate=0.5))


def drawn(seen: OverData) -> Map:
    assert seen.map is not None
    return seen.map


def spot(share: list[float]) -> tuple[float, float]:
    """Where a place of the picture, as shares of its width and height, lies in its paths."""
    return (
        FINE * (SQUARE.left + share[0] * (SQUARE.right - SQUARE.left)),
        FINE * (SQUARE.bottom - share[1] * (SQUARE.bottom - SQUARE.top)),
    )


def shares(x: float, y: float) -> tuple[float, float]:
    """The inverse."""
    across = (x / FINE - SQUARE.left) / (SQUARE.right - SQUARE.left)
    return across, (SQUARE.bottom - y / FINE) / (SQUARE.bottom - SQUARE.top)


def inputs(session: TrainingSession, features: tuple[int, int], share: Sequence[float]) -> Array:
    """The inputs of the network there, found without the view: 8 % beyond the examples, all else at its mean."""
    X = np.vstack([session.setup.examples[0], session.setup.test_examples[0]])
    x: Array = session.setup.examples[0].mean(axis=0)
    for feature, part in zip(features, share, strict=True):
        low, high = X[:, feature].min(), X[:, feature].max()
        wide = 0.08 * (high - low)
        x[feature] = low - wide + part * (high - low + 2 * wide)
    return x


def said(session: TrainingSession, x: Array) -> Array:
    output: Array = forward(session.network, x[None, :]).A[-1][0]
    return output


def test_the_boundary_divides_where_the_network_says_one_half() -> None:
    session = moons()
    picture = drawn(boundary(session, {}, 5))
    below, above = picture.layers.bands[HALF_BAND].d, picture.layers.bands[HALF_BAND + 1].d
    for share in RNG.uniform(0.02, 0.98, (300, 2)).tolist():
        value = float(said(session, inputs(session, (0, 1), share))[0])
        at = spot(share)
        if abs(value - 0.4) > 0.02:
            assert is_inside(below, at) == (value > 0.4)
        if abs(value - 0.6) > 0.02:
            assert is_inside(above, at) == (value > 0.6)
    for line in rings(picture.layers.lines[0].d):
        for x, y in line:
            share = (
                (x / FINE - SQUARE.left) / (SQUARE.right - SQUARE.left),
                (SQUARE.bottom - y / FINE) / (SQUARE.bottom - SQUARE.top),
            )
            assert said(session, inputs(session, (0, 1), share))[0] == pytest.approx(0.5, abs=0.04)


def test_the_title_counts_what_is_classified_right() -> None:
    session = moons()
    counts = []
    for X, Y in (session.setup.examples, session.setup.test_examples):
        counts.append(sum((said(session, x)[0] > 0.5) == (y[0] > 0.5) for x, y in zip(X, Y, strict=True)))
    title = boundary(session, {}, 5).title
    assert (
        title
        == f"The boundary classifies {counts[0]} of 45 training examples right, and {counts[1]} of 15 test examples"
    )


def test_where_one_class_is_said_everywhere_there_is_no_line_and_the_title_says_so() -> None:
    session = TrainingSession.of_lesson(LESSONS[2]).train(iterations=30)
    seen = boundary(session, {}, 5)
    assert seen.title == "The network says class 2 everywhere here: it classifies 4 of 6 training examples right"
    picture = drawn(seen)
    assert picture.layers.lines[0].d == ""
    assert "line" not in [key.look for key in picture.layers.keys]
    assert picture.layers.of == "share of class 2"


def test_over_one_input_the_share_of_a_class_is_a_curve() -> None:
    X = np.linspace(-2.0, 2.0, 12)[:, None]
    session = trained(Setup((1, 3, 1), Examples(X, (X > 0.3).astype(float)), learning_rate=1.0), 200)
    plot = boundary(session, {}, 5).plot
    assert plot is not None
    assert [line.name for line in plot.lines] == ["share of y = 1"]
    for place, text in plot.table.rows:
        x = float(place.replace("−", "-"))
        assert float(text) == pytest.approx(said(session, np.array([x]))[0], abs=0.01)


def test_each_class_has_a_shape_of_its_own_and_test_examples_are_hollow() -> None:
    marks = drawn(boundary(moons(), {}, 5)).marks
    assert [mark.look for mark in marks] == ["c0 training", "c1 training", "c0 test", "c1 test", "focus"]
    assert sum(mark.d.count(SHAPES[i % 2]) for i, mark in enumerate(marks[:4])) == 60
    assert marks[0].sign != marks[1].sign
    assert marks[-1].name == "example 1, in focus"


def test_axes_are_in_the_units_in_which_the_data_was_given() -> None:
    plain, scaled = moons(), moons(scaling="standard")
    ticks = [[tick.text for tick in drawn(boundary(session, {}, 5)).ground.across] for session in (plain, scaled)]
    assert ticks[0] == ticks[1]
    marks = [drawn(boundary(session, {}, 5)).marks for session in (plain, scaled)]
    assert [mark.d for mark in marks[0]] == [mark.d for mark in marks[1]]


@pytest.mark.parametrize(("across", "up"), [(0, 1), (3, 1)])
def test_among_more_classes_each_region_is_that_of_the_class_that_wins(across: int, up: int) -> None:
    session = three_classes()
    seen = boundary(session, {"across": str(across), "up": str(up)}, 5)
    picture = drawn(seen)
    assert (picture.ground.x_title, picture.ground.y_title) == ("abcd"[across], "abcd"[up])
    regions = {int(band.look[1]): band.d for band in picture.layers.bands}
    judged = 0
    for share in RNG.uniform(0.02, 0.98, (200, 2)).tolist():
        values = said(session, inputs(session, (across, up), share))
        first, second = np.sort(values)[::-1][:2]
        if first - second > 0.05:
            at = spot(share)
            for number, d in regions.items():
                if number:
                    assert is_inside(d, at) == (values.argmax() == number)
            judged += 1
    assert judged > 100
    assert [key.text for key in picture.layers.keys] == ["red", "green", "blue"]


def test_features_that_are_not_shown_are_told_at_their_mean_in_units() -> None:
    session = three_classes()
    mean = session.setup.ready.inputs.undo(session.setup.examples[0]).mean(axis=0)
    note = boundary(session, {"across": "0", "up": "2"}, 5).notes[0]
    assert f"b = {mean[1]:.3f}".replace("-", "−") in note
    assert f"d = {mean[3]:.3f}".replace("-", "−") in note


def test_one_class_among_several_is_drawn_by_its_share() -> None:
    session = three_classes()
    seen = boundary(session, {"class": "2"}, 5)
    assert drawn(seen).layers.keys[0].text == "0.95 and more"
    assert [field.name for field in seen.choices.fields] == ["across", "up", "class"]


def test_what_is_not_offered_counts_as_not_chosen() -> None:
    session = three_classes()
    assert boundary(session, {"across": "17", "up": "x", "class": "<b>"}, 5) == boundary(session, {}, 5)


def test_the_table_holds_what_the_network_says_at_places_of_the_picture() -> None:
    session = moons()
    rows = boundary(session, {}, 5).table.rows
    corners = {(0, 1): (0.0, 1.0), (0, -1): (1.0, 1.0), (-1, 1): (0.0, 0.0), (-1, -1): (1.0, 0.0)}
    for (row, column), share in corners.items():
        value = float(said(session, inputs(session, (0, 1), share))[0])
        assert float(rows[row][column]) == pytest.approx(value, abs=0.001)


def test_many_examples_are_thinned_evenly_and_the_picture_says_so() -> None:
    X = RNG.normal(size=(1000, 2))
    session = TrainingSession.of_setup(Setup((2, 2, 1), Examples(X, (X[:, :1] > 0).astype(float))))
    seen = boundary(session, {}, 5)
    assert sum(mark.d.count("M") for mark in drawn(seen).marks[:-1]) == -(-1000 // 3) <= MOST
    assert seen.notes == ("So that they can be told apart, one of 3 examples is drawn.",)


def test_the_numbers_under_the_pointer_are_those_of_the_network_there_and_tell_the_examples() -> None:
    session = moons()
    texts = list(drawn(boundary(session, {}, 5)).cells.texts)
    assert len(texts) == CELLS * CELLS
    told = " ".join(texts)
    assert len(re.findall(r"(?<!test )example \d+: y = [01]", told)) == 45
    assert len(re.findall(r"test example \d+: y = [01]", told)) == 15
    for cell in (0, CELLS - 1, 7 * CELLS + 11, CELLS * CELLS - 1):
        row, column = divmod(cell, CELLS)
        value = float(re.findall(r"share of y = 1 ([\d.]+)", texts[cell])[0])
        places = [round((2 * i + 1) / (2 * CELLS) * 47) / 47 for i in (column, CELLS - 1 - row)]
        assert value == pytest.approx(said(session, inputs(session, (0, 1), places))[0], abs=0.001)


@pytest.mark.parametrize(("across", "up"), [(0, 1), (3, 1)])
def test_the_name_of_a_class_covers_no_example(across: int, up: int) -> None:
    picture = drawn(boundary(three_classes(), {"across": str(across), "up": str(up)}, 5))
    assert picture.layers.labels
    for mark in picture.marks:
        for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", mark.d):
            for label in picture.layers.labels:
                beside = abs(float(x) - float(label.x)) > 4 * len(label.text) + 4
                assert beside or abs(float(y) - float(label.y) + 4) > 12


def test_a_steep_border_is_smooth() -> None:
    """A sigmoid a thousand times as steep as usual: on the grid alone its border would be made of stairs."""
    data = Examples(np.array([[-1.0, -1.0], [1.0, 1.0]]), np.array([[0.0], [1.0]]))
    start = Parameters((np.array([[700.0, 1000.0]]),), (np.array([100.0]),))
    session = TrainingSession.of_setup(Setup((2, 1), data, ("sigmoid",), "binary_cross_entropy", start=start))
    (line,) = rings(drawn(boundary(session, {}, 5)).layers.lines[0].d)
    for x, y in line:
        across, up = inputs(session, (0, 1), shares(x, y)).tolist()
        assert abs(700 * across + 1000 * up + 100) / np.hypot(700, 1000) < 2.32 / 400


# Fit ------------------------------------------------------------------------------------------------------------------


def sine(**data: object) -> TrainingSession:
    made = Data(Dataset("sine", 40, 0.1, 2), test_share=0.25, **data)  # type: ignore[arg-type]
    return trained(Setup((1, 5, 1), made, learning_rate=0.1), 200)


def test_the_fitted_curve_goes_through_what_the_network_predicts() -> None:
    session = sine()
    plot = fitted(session, {}, 5).plot
    assert plot is not None
    for place, text in plot.table.rows:
        x = float(place.replace("−", "-"))
        assert float(text.replace("−", "-")) == pytest.approx(said(session, np.array([x]))[0], abs=0.02)
    assert [mark.look for mark in plot.marks] == ["c0 training", "c0 test", "focus"]


def test_predictions_and_examples_are_in_the_units_of_the_targets() -> None:
    seen = [fitted(session, {}, 3) for session in (sine(), sine(scaling="standard", scale_targets=True))]
    plots = [one.plot for one in seen if one.plot]
    assert [tick.text for tick in plots[0].ground.across] == [tick.text for tick in plots[1].ground.across]
    assert "off by" in seen[1].title


def test_the_title_of_a_fit_tells_the_mean_distance() -> None:
    session = sine()
    off = [
        np.mean([abs(said(session, x)[0] - y[0]) for x, y in zip(X, Y, strict=True)])
        for X, Y in (session.setup.examples, session.setup.test_examples)
    ]
    title = (
        f"The prediction is off by {off[0]:.5f} on average over the training examples, by {off[1]:.5f} over the test"
    )
    assert fitted(session, {}, 5).title == f"{title} examples"


def test_over_two_features_a_fit_is_drawn_in_bands_from_low_to_high() -> None:
    picture = drawn(fitted(TrainingSession.of_lesson(LESSONS[4]).train(iterations=50), {}, 5))
    every = [f"s{i}" for i in range(7)]
    looks = [band.look for band in picture.layers.bands]
    assert looks == sorted(set(looks) & set(every))
    assert len(looks) > 1
    assert (picture.ground.x_title, picture.ground.y_title) == ("Hours studied", "Hours slept")


def plane(noise: float, updates: int = 1) -> TrainingSession:
    """Targets that fall across a plane, learned by what can only learn that."""
    X = RNG.uniform(-1.0, 1.0, (40, 2))
    Y = 3 * X[:, :1] - X[:, 1:] + noise * RNG.normal(size=(40, 1))
    data = Data(Examples(X, Y), test_share=0.25)
    return trained(Setup((2, 1), data, ("identity",), "mean_squared_error", learning_rate=0.5), updates)


def test_over_two_features_each_example_has_the_colour_of_its_target_and_a_line_as_long_as_its_residual() -> None:
    session = plane(0.5, 60)
    seen = fitted(session, {}, 5)
    marks = drawn(seen).marks
    X, Y = session.examples
    off = [y[0] - said(session, x)[0] for x, y in zip(X, Y, strict=True)]
    lines = {mark.look: mark.d.count("M") for mark in marks if "off" in mark.look and mark.name}
    assert lines == {"off pos": sum(one > 0 for one in off), "off neg": sum(one < 0 for one in off)}
    lengths = [float(length) for mark in marks if mark.name for length in re.findall(r"v-?([\d.]+)", mark.d)]
    assert sorted(lengths) == pytest.approx(sorted(LONGEST * abs(one) / max(map(abs, off)) for one in off), abs=0.11)
    assert seen.notes[-1] == (
        f"Each line is a residual, up where the target is higher; the longest is {max(map(abs, off)):.5f}."
    )
    valued = [mark for mark in marks if "valued training" in mark.look]
    assert sum(mark.d.count("M") for mark in valued) == 30
    keys, looks = [key.look for key in reversed(drawn(seen).layers.keys)], [mark.look.split()[0] for mark in valued]
    assert looks == [look for look in keys if look in looks]
    assert not any("wrong side" in note for note in seen.notes)


def test_where_every_prediction_is_right_there_is_no_line() -> None:
    session = plane(0.0, 2000)
    seen = fitted(session, {}, 5)
    assert [mark for mark in drawn(seen).marks if "off" in mark.look] == []


def test_a_fit_over_some_of_many_features_speaks_of_predictions_not_of_sides() -> None:
    X = RNG.normal(size=(20, 3))
    session = TrainingSession.of_setup(Setup((3, 1), Examples(X, 5 * X[:, :1]), ("identity",), "mean_squared_error"))
    note = fitted(session, {}, 5).notes[0]
    assert "predicted" in note
    assert "side of a line" not in note


def test_one_of_several_outputs_is_chosen() -> None:
    session = TrainingSession.of_lesson(LESSONS[1])
    first, second = (fitted(session, {"output": output}, 5) for output in ("0", "1"))
    assert first.map != second.map


# Hidden units ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("j", [0, 3])
def test_the_strong_line_of_a_unit_is_where_its_sum_is_zero(j: int) -> None:
    session = moons()
    picture = drawn(units(session, {"unit": str(j)}, 5).seen)
    layer = session.network.layers[0]
    found = rings(picture.layers.lines[0].d)
    for line in found:
        for x, y in line:
            share = (
                (x / FINE - SQUARE.left) / (SQUARE.right - SQUARE.left),
                (SQUARE.bottom - y / FINE) / (SQUARE.bottom - SQUARE.top),
            )
            z = layer.W[j] @ inputs(session, (0, 1), share) + layer.b[j]
            assert z == pytest.approx(0.0, abs=0.05)


def test_a_layer_is_shown_in_small_eight_units_at_a_time_with_the_chosen_one() -> None:
    session = trained(Setup((2, 3, 11, 1), Dataset("xor", 20)), 1)
    seen = units(session, {"layer": "2", "unit": "9"}, 5)
    assert [small.name for small in seen.small] == [f"Unit {j} of layer 2" for j in (9, 10, 11)]
    assert [small.current for small in seen.small] == [False, True, False]
    assert seen.small[0].query == "layer=2&unit=8"
    assert len(units(session, {"layer": "2"}, 5).small) == 8
    assert [field.name for field in seen.seen.choices.fields] == ["layer", "unit"]


def test_a_unit_that_is_off_everywhere_is_told_so() -> None:
    session = TrainingSession.of_lesson(LESSONS[2])
    titles = [units(session, {"unit": str(j)}, 5).seen.title for j in range(4)]
    assert any("gives 0 everywhere here; its sum is below 0 everywhere" in title for title in titles)


def test_over_one_input_units_are_curves() -> None:
    seen = units(sine(), {"unit": "2"}, 5)
    assert seen.seen.plot is not None
    assert [line.name for line in seen.seen.plot.lines] == ["a", "z"]
    assert all(small.bands[0].d for small in seen.small)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
@pytest.mark.parametrize("name", ["boundary", "fitted", "units"])
def test_every_lesson_has_its_pictures_at_the_start_and_later(lesson: object, name: str) -> None:
    session = TrainingSession.of_lesson(lesson)  # type: ignore[arg-type]
    for one in (session, session.train(iterations=30)):
        if PICTURES[name].fits(one):
            assert PICTURES[name].draw(one, {}, 5)
    assert PICTURES["boundary"].fits(session) != PICTURES["fitted"].fits(session)


def test_numbers_that_overflow_over_the_picture_are_no_error() -> None:
    session = moons()
    huge = session
    for j in range(4):
        huge = huge.with_parameter(1, "W", j, 0, 1e300)
    assert boundary(huge, {}, 5).map


def test_each_of_ten_classes_has_a_mark_and_a_band_of_its_own() -> None:
    setup = Setup(
        (8, 4, 10), Data(Dataset("digits", 40, 0.1, 0)), activations=("tanh", "softmax"), loss="cross_entropy"
    )
    drawn = boundary(TrainingSession.of_setup(setup), {}, 5).map
    assert drawn
    training = [mark for mark in drawn.marks if mark.name.endswith(", training")]
    assert len({mark.sign for mark in training}) == len({mark.look for mark in training}) == len(training) == 10
    assert len({key.look for key in drawn.layers.keys}) == 10
