"""How large gradients are, layer by layer: bars no further than the walk is, words that say what becomes of them."""

import math
import re

import numpy as np
import pytest

from app.engine.data.split import Examples
from app.engine.learning.optimizers import Optimizer
from app.engine.network.expressions import Symbol
from app.engine.network.initializers import Initializer
from app.engine.setup import Setup
from app.sessions.walk.session import TrainingSession
from app.views.pictures.gradients import LEFT, RIGHT, bars, flow_headline, flow_told, gradients
from tests.views.pictures.test_landscape import number_in
from tests.views.walking import at, lesson, walk

DIGITS = 5


def tower(layers: int = 6) -> TrainingSession:
    """Sigmoid layers one above the other: gradients vanish."""
    rng = np.random.default_rng(1)
    data = Examples(rng.normal(size=(8, 2)), rng.integers(0, 2, (8, 1)).astype(float))
    sizes = (2, *[4, 3, 5, 4, 3][: layers - 1], 1)
    return TrainingSession.of_setup(Setup(sizes, data, ("sigmoid",) * layers, start=Initializer("xavier_uniform", 2)))


def size_of(numbers: list[float]) -> float:
    return math.sqrt(math.fsum(x * x for x in numbers) / len(numbers))


# Bars -----------------------------------------------------------------------------------------------------------------


def test_a_layer_has_bars_once_its_last_gradient_is_found() -> None:
    session = lesson("two-outputs-two-paths")
    assert gradients(session.forward(), {}, DIGITS).bars is None
    assert gradients(at(session, "db", 2, 0), {}, DIGITS).bars is None
    for place, names in ((at(session, "db", 2, 1), ["output"]), (at(session, "dW", 1, 0, 0), ["output"])):
        panel = gradients(place, {}, DIGITS)
        assert panel.bars is not None
        assert [row.name for row in panel.bars.rows] == names
        assert (panel.title, panel.said) == ("Gradient size by layer", ())
        assert panel.ahead
    whole = gradients(session.backward(), {}, DIGITS)
    assert whole.bars is not None
    assert [row.name for row in whole.bars.rows] == ["layer 1", "output"]
    assert whole.ahead == ""


def test_the_table_holds_root_mean_squares_by_plain_loops() -> None:
    session = walk((3, 4, 2), 2.0).backward()
    for l, row in enumerate(gradients(session, {}, DIGITS).table.rows, start=1):
        units, before = range(session.shape.sizes[l]), range(session.shape.sizes[l - 1])
        weights = [session.values[Symbol("dW", l, j, k)] for j in units for k in before]
        biases = [session.values[Symbol("db", l, j)] for j in units]
        assert number_in(row[1]) == pytest.approx(size_of(weights), rel=5e-3)
        assert number_in(row[2]) == pytest.approx(size_of(biases), rel=5e-3)


def length(d: str) -> float:
    found = re.search(r"H([\d.]+)", d)
    return float(found[1]) - LEFT if found else 0.0


def test_a_bar_ten_times_as_large_is_longer_by_one_power_of_ten() -> None:
    drawing = bars("title", [("a", (1.0, 0.1)), ("b", (0.01, 0.0))], DIGITS)
    (one, ten), (hundred, none) = ([length(bar.d) for bar in row.bars] for row in drawing.rows)
    assert one - ten == pytest.approx(ten - hundred, abs=0.2)
    assert LEFT + one == pytest.approx(RIGHT)
    assert hundred > 0
    assert none == 0
    assert [bar.text for row in drawing.rows for bar in row.bars] == ["1", "0.1", "0.01", "0"]


# Words ----------------------------------------------------------------------------------------------------------------


def sizes(*weights: float) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    return np.array([[x, x] for x in weights])


def test_vanishing_gradients_are_named_with_what_each_layer_passes_on() -> None:
    assert flow_headline(sizes(0.001, 0.004, 0.016, 0.064, 0.256)) == (
        "Gradients vanish on the way back: 260 times smaller in layer 1"
    )
    assert list(flow_told(sizes(0.001, 0.004, 0.016, 0.064, 0.256), DIGITS)) == [
        "From the output to layer 1 the size of the weights' gradients goes from 0.256 to 0.001.",
        "Each layer passes on about a quarter of it, on average 0.25.",
    ]


@pytest.mark.parametrize(
    ("first", "headline", "told"),
    [
        (1.0, "Gradients keep their size on the way back", "passes on nearly all of it, on average 1."),
        (0.04, "Gradients shrink on the way back: 25 times smaller in layer 1", "passes on about a fifth of it"),
        (25.0, "Gradients grow on the way back: 25 times larger in layer 1", "makes it about 5 times as large."),
        (400.0, "Gradients explode on the way back: 400 times larger in layer 1", "about 20 times as large."),
        (0.0, "No gradient reaches layer 2", "Nothing comes through to layer 2"),
    ],
)
def test_what_becomes_of_gradients_is_said(first: float, headline: str, told: str) -> None:
    middle = math.sqrt(first)
    assert flow_headline(sizes(first, middle, 1.0)) == headline
    assert told in list(flow_told(sizes(first, middle, 1.0), DIGITS))[-1]


def test_an_output_without_error_and_a_single_layer_are_said_too() -> None:
    assert flow_headline(sizes(0.0, 0.0)) == "No gradient starts at the output"
    assert flow_headline(sizes(0.3)) == "The gradients of the only layer"
    assert list(flow_told(sizes(0.3), DIGITS)) == ["The weights' gradients have the size 0.3."]


def test_a_tower_of_sigmoids_is_seen_to_vanish() -> None:
    assert gradients(tower().backward(), {}, DIGITS).title.startswith("Gradients vanish on the way back")


def test_dead_units_before_the_output_let_nothing_through() -> None:
    session = lesson("softmax-and-dead-units", as_published=True).train(iterations=200)
    panel = gradients(session, {}, DIGITS)
    assert panel.title == "No gradient reaches layer 1"
    assert panel.said[-1] == "Nothing comes through to layer 1: no parameter there or before it will change."


def test_weights_that_carry_only_zeros_are_told_from_layers_without_an_error_signal() -> None:
    found = np.array([[0.3, 0.2], [0.0, 0.4]])
    assert flow_headline(found) == "Some weights carry only zeros"
    assert list(flow_told(found, DIGITS))[-1].startswith("What carries only zeros has the gradient 0")


# History --------------------------------------------------------------------------------------------------------------


def test_there_is_no_history_of_one_iteration() -> None:
    assert gradients(tower().update(), {}, DIGITS).history is None


def test_the_history_has_a_curve_for_each_layer_from_the_first_iteration_to_this_one() -> None:
    panel = gradients(tower().train(iterations=12), {}, DIGITS)
    assert panel.history is not None
    assert [line.name for line in panel.history.lines] == [
        "layer 1",
        "layer 2",
        "layer 3",
        "layer 4",
        "layer 5",
        "output",
    ]
    assert len({line.look for line in panel.history.lines}) == 6
    assert panel.history.table.rows[0][0] == "1"
    assert panel.history.table.rows[-1][0] == "12"
    assert panel.history.table.rows[-1][1:] == tuple(row[1] for row in panel.table.rows)
    assert panel.history.note


def test_a_long_history_is_of_means_and_says_so() -> None:
    session = walk((2, 3, 1), 1.0).train(iterations=150)
    panel = gradients(session, {}, DIGITS)
    assert panel.history is not None
    assert panel.history.title.endswith("each point the mean of three iterations")
    expected = [
        size_of([found.backward.dW[0][j, k] for j in range(3) for k in range(2)]) for found in session.timeline.run(3)
    ]
    assert number_in(panel.history.table.rows[0][1]) == pytest.approx(sum(expected) / 3, rel=5e-3)


def test_only_what_the_walk_has_shown_is_in_the_history() -> None:
    session = tower().train(iterations=5).forward()
    panel = gradients(session, {}, DIGITS)
    assert panel.history is not None
    assert panel.history.table.rows[-1][0] == "5"
    assert panel.bars is None


def test_any_optimizer_has_a_history() -> None:
    one = tower().setup
    setup = Setup(one.sizes, one.data, one.activations, start=one.start, optimizer=Optimizer("adam"))
    assert gradients(TrainingSession.of_setup(setup).train(iterations=5), {}, DIGITS).history
