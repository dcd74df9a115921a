"""Histograms of activations: each is in a bin, and saturated and dead units of hand-made networks are named."""

import re
from dataclasses import replace

import numpy as np
import pytest

from app.engine.activity import Activity
from app.engine.data.datasets import Dataset
from app.engine.data.split import Examples
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.initializers import Initializer
from app.engine.setup import Parameters, Setup
from app.lessons import LESSONS
from app.sessions.walk.session import TrainingSession
from app.views.pictures.activity import BINS, FRAME, activations, binned
from tests.views.walking import lesson, walk

DIGITS = 4


def hidden(name: str, weights: list[float], biases: list[float], X: list[float]) -> TrainingSession:
    """Hidden units that each read the one input, and an identity over them."""
    data = Examples(np.array(X)[:, None], np.zeros((len(X), 1)))
    n = len(weights)
    start = Parameters((np.array(weights)[:, None], np.ones((1, n))), (np.array(biases), np.zeros(1)))
    return TrainingSession.of_setup(Setup((1, n, 1), data, (name, "identity"), start=start))


def rectangles(d: str) -> list[tuple[float, float, float, float]]:
    """Left, bottom, top, right of each bar."""
    found = re.findall(r"M([\d.]+) ([\d.]+)V([\d.]+)H([\d.]+)V", d)
    return [(float(a), float(b), float(c), float(e)) for a, b, c, e in found]


def test_relus_that_are_off_and_dead_are_named() -> None:
    """Unit 1 is off for one of four examples, units 2 and 3 for all: 9 of 12 activations."""
    panel = activations(hidden("relu", [1.0, 1.0, -2.0], [0.0, -9.0, -9.0], [1.0, 2.0, 3.0, -1.0]), {}, DIGITS)
    assert panel.title == "Two hidden units are dead"
    assert panel.layers[0].said == "75 % off, two units dead"
    assert panel.said[-1].startswith("Hidden units 2 and 3 are dead: their slope is 0 for every example")
    assert panel.layers[1].said == "none saturated"


def test_one_dead_unit_is_named_as_one() -> None:
    panel = activations(hidden("relu", [1.0, 1.0], [0.0, -9.0], [1.0, 2.0]), {}, DIGITS)
    assert panel.title == "One hidden unit is dead"
    assert panel.said[-1].startswith("Hidden unit 2 is dead: its slope")


def test_saturated_sigmoids_are_counted_over_units_and_examples() -> None:
    """Slopes at sums 4, -4 and 0.4: 0.018, 0.018, 0.24; at 1, -1 and 0.1: all above 0.19."""
    panel = activations(hidden("sigmoid", [4.0, 1.0], [0.0, 0.0], [1.0, -1.0, 0.1]), {}, DIGITS)
    assert panel.layers[0].said == "33.3 % saturated"
    assert panel.title == "Most hidden activations let gradients through"
    mostly = activations(hidden("sigmoid", [4.0, 8.0], [0.0, 0.0], [1.0, -1.0]), {}, DIGITS)
    assert mostly.title == "Layer 1: 100 % saturated"


@pytest.mark.parametrize("slug", [one.slug for one in LESSONS])
def test_every_activation_is_in_a_bin(slug: str) -> None:
    for layer in activations(lesson(slug), {}, DIGITS).layers:
        assert len(layer.table.rows) == BINS
        assert sum(float(row[2]) for row in layer.table.rows) == pytest.approx(100, abs=0.05 * BINS)


def test_bins_count_as_plain_loops_do() -> None:
    rng = np.random.default_rng(4)
    Z = rng.normal(size=(50, 3)) * 3
    name = ACTIVATIONS["tanh"]
    one = Activity("tanh", name.g(Z), name.g_prime(Z))
    edges, live, flat = binned(one)
    for i in range(BINS):
        low, high = edges[i], edges[i + 1]
        here = [(a, 1 - a * a) for a in one.A.ravel().tolist() if low <= a < high or (i == BINS - 1 and a == high)]
        assert live[i] == pytest.approx(100 * sum(slope >= 0.05 for _, slope in here) / 150)
        assert flat[i] == pytest.approx(100 * sum(slope < 0.05 for _, slope in here) / 150)


def test_a_sigmoid_is_shown_from_0_to_1_and_what_has_no_bounds_as_far_as_it_goes() -> None:
    panel = activations(hidden("sigmoid", [0.1], [0.0], [1.0, 2.0]), {}, DIGITS)
    assert (panel.layers[0].table.rows[0][0], panel.layers[0].table.rows[-1][1]) == ("0.0000", "1.0000")
    relu = activations(hidden("relu", [2.0], [0.0], [1.0, 2.0, 3.0]), {}, DIGITS)
    assert (relu.layers[0].table.rows[0][0], relu.layers[0].table.rows[-1][1]) == ("2.0000", "6.0000")


def test_bars_stand_on_each_other_and_in_the_frame() -> None:
    layer = activations(hidden("sigmoid", [4.0, 1.0], [0.0, 0.0], [1.0, -1.0, 0.1, 0.72]), {}, DIGITS).layers[0]
    live, flat = rectangles(layer.live), rectangles(layer.flat)
    assert live
    assert flat
    tops = {left: top for left, _, top, _ in live}
    for left, bottom, top, right in (*live, *flat):
        assert FRAME.left <= left < right <= FRAME.right
        assert FRAME.top - 0.1 <= top < bottom <= FRAME.bottom + 0.1
    for left, bottom, *_ in flat:
        assert bottom == pytest.approx(tops.get(left, FRAME.bottom), abs=0.2)


def test_activations_that_are_all_alike_have_a_bar() -> None:
    layer = activations(hidden("relu", [0.0], [0.0], [1.0, 2.0]), {}, DIGITS).layers[0]
    assert len(rectangles(layer.flat)) == 1
    assert layer.said == "100 % off, one unit dead"


def test_the_network_in_force_is_looked_at() -> None:
    session = walk((2, 3, 1), 1.0)
    before, after = (activations(one, {}, DIGITS).layers for one in (session.backward(), session.update()))
    assert before == activations(session, {}, DIGITS).layers
    assert before != after


XOR = Setup((2, 4, 1), Dataset("xor", 4), ("tanh", "sigmoid"), learning_rate=0.8, start=Initializer("xavier_normal", 1))


def test_a_solved_xor_is_no_trouble_for_its_output_is_sure_and_its_slope_cancels() -> None:
    session = TrainingSession.of_setup(XOR).train(iterations=2000)
    assert session.current.loss < 0.01
    panel = activations(session, {}, DIGITS)
    assert "utput" not in panel.title
    assert panel.layers[-1].said == "its slope cancels"
    assert panel.layers[-1].flat == ""
    assert {row[3] for row in panel.layers[-1].table.rows} == {"0.0"}
    assert panel.said[-1].startswith("With this loss the slope of the output cancels")


def test_an_output_whose_slope_counts_is_told_beside_it_and_never_in_the_headline() -> None:
    session = TrainingSession.of_setup(replace(XOR, loss="mean_squared_error")).train(iterations=4000)
    panel = activations(session, {}, DIGITS)
    assert "utput" not in panel.title
    assert panel.layers[-1].said.endswith("% saturated")
    assert not any("cancels" in sentence for sentence in panel.said)


def test_without_a_hidden_layer_the_headline_says_what_is_seen() -> None:
    session = TrainingSession.of_setup(Setup((2, 1), Dataset("xor", 4)))
    assert activations(session, {}, DIGITS).title == "What the output says over the training examples"
