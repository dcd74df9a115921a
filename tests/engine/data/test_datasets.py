"""Data sets: shapes, labels, seeds, and the exact geometry without noise; the irises as scikit-learn has them."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.datasets import DATASETS, Dataset
from app.engine.data.split import Data
from app.engine.learning.iteration import run_iteration
from app.engine.learning.optimizers import Optimizer
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.propagation import forward
from app.engine.setup import Setup

FIGURES = json.loads((Path(__file__).parent / "sklearn_figures.json").read_text())
CURVES = ("line", "sine")
SEVERAL = {"iris": (4, 3), "digits": (8, 10)}  # several classes: features, outputs
CLASSES = tuple(name for name in DATASETS if name not in (*CURVES, *SEVERAL))


def clean(name: str) -> tuple[Array, Array]:
    """X and the labels (examples,), 60 of them without noise."""
    X, Y = Dataset(name, examples=60, noise=0.0, seed=3).draw()
    return X, Y[:, 0]


@pytest.mark.parametrize("name", list(DATASETS))
@pytest.mark.parametrize("count", [1, 2, 7, 60])
def test_a_data_set_has_the_examples_asked_for(name: str, count: int) -> None:
    X, Y = Dataset(name, examples=count).draw()
    features, outputs = SEVERAL.get(name, (1 if name in CURVES else 2, 1))
    assert X.shape == (count, features)
    assert Y.shape == (count, outputs)
    assert X.dtype == Y.dtype == np.float64
    assert np.isfinite(X).all()


@pytest.mark.parametrize("name", CLASSES)
def test_both_classes_are_equally_many(name: str) -> None:
    _, labels = clean(name)
    assert sorted(set(labels)) == [0.0, 1.0]
    assert labels.sum() == 30


@pytest.mark.parametrize("name", list(DATASETS))
def test_the_seed_decides_the_data(name: str) -> None:
    draws = [Dataset(name, 20, 0.2, seed).draw()[0] for seed in (1, 1, 2)]
    assert (draws[0] == draws[1]).all()
    assert (draws[0] != draws[2]).any()


@pytest.mark.parametrize("name", [name for name in DATASETS if name not in CURVES])
def test_noise_moves_the_points(name: str) -> None:
    quiet, loud = (Dataset(name, 40, noise, 5).draw()[0] for noise in (0.0, 0.3))
    assert (quiet != loud).any()


def test_xor_stands_at_the_corners() -> None:
    X, labels = clean("xor")
    assert {(float(x[0]), float(x[1]), float(y)) for x, y in zip(X, labels, strict=True)} == {
        (0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)
    }  # fmt: skip


def test_circles_have_two_radii() -> None:
    X, labels = clean("circles")
    assert np.hypot(*X.T) == pytest.approx(np.where(labels == 1, 0.5, 1.0))


@pytest.mark.parametrize("name", ["circles", "moons"])
def test_shapes_lie_where_scikit_learn_draws_them(name: str) -> None:
    X, labels = clean(name)
    theirs, kinds = np.array(FIGURES[name]["points"]), np.array(FIGURES[name]["labels"])
    for kind in (0, 1):
        ours = Dataset(name, 4000, 0.0, 1).draw()[0][kind::2]  # classes come in turn
        apart = np.linalg.norm(theirs[kinds == kind][:, None] - ours, axis=2)
        assert apart.min(axis=1).max() < 0.01  # each of theirs has one of ours beside it
        assert (labels == kind).any()
        around = np.linalg.norm(X[labels == kind][:, None] - theirs[kinds == kind], axis=2)
        assert around.min(axis=1).max() < 0.27  # and none of ours is far from theirs, which stand 0.29 to 0.52 apart


def test_moons_are_two_half_circles_that_interlock() -> None:
    X, labels = clean("moons")
    upper, lower = X[labels == 0], X[labels == 1]
    assert np.hypot(*upper.T) == pytest.approx(1.0)
    assert np.hypot(lower[:, 0] - 1.0, lower[:, 1] - 0.5) == pytest.approx(1.0)
    assert (upper[:, 1] >= 0).all()
    assert (lower[:, 1] <= 0.5).all()


def test_spirals_are_one_arm_turned_by_half() -> None:
    X, labels = clean("spirals")
    X = np.where(labels[:, None] == 1, -X, X)
    radius = np.hypot(*X.T)
    arm = radius[:, None] * np.column_stack([np.cos(3 * np.pi * radius), np.sin(3 * np.pi * radius)])
    assert (radius <= 1).all()
    assert pytest.approx(arm) == X


def test_gaussians_stand_around_two_centres() -> None:
    X, Y = Dataset("gaussians", examples=4000, noise=0.0, seed=2).draw()
    for label, centre in ((0.0, -1.0), (1.0, 1.0)):
        cloud = X[Y[:, 0] == label]
        assert cloud.mean(axis=0) == pytest.approx(centre, abs=0.05)
        assert cloud.std(axis=0) == pytest.approx(0.5, abs=0.03)


def test_curves_lie_on_their_function() -> None:
    x, y = clean("line")
    assert y == pytest.approx(0.7 * x[:, 0] + 0.2)
    x, y = clean("sine")
    assert y == pytest.approx(np.sin(np.pi * x[:, 0]))
    assert (np.abs(x) <= 1).all()


def test_the_same_noise_is_drawn_for_every_deviation() -> None:
    for name in DATASETS:
        (quiet, at), (loud, up), (louder, far) = (Dataset(name, 40, noise, 5).draw() for noise in (0.0, 0.1, 0.3))
        assert louder - quiet == pytest.approx(3 * (loud - quiet), abs=1e-12)
        assert far - at == pytest.approx(3 * (up - at), abs=1e-12)


# Several classes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SEVERAL)
@given(count=st.integers(1, 150), seed=st.integers(0, 99))
def test_every_example_has_one_class_and_classes_come_in_turn(name: str, count: int, seed: int) -> None:
    Y = Dataset(name, count, 0.1, seed).draw()[1]
    assert set(Y.ravel()) <= {0.0, 1.0}
    assert (Y.sum(axis=1) == 1).all()
    assert np.ptp(Y.sum(axis=0)) <= 1


def test_the_irises_are_those_of_scikit_learn() -> None:
    X, Y = Dataset("iris", examples=150, noise=0.0).draw()
    told, (columns, species) = FIGURES["irises"], (Dataset("iris").columns, Dataset("iris").names)
    assert [*columns] == told["columns"]
    assert [*species] == told["species"]
    assert Y.sum(axis=0).tolist() == told["flowers"]
    assert X.min(axis=0).tolist() == told["smallest"]
    assert X.max(axis=0).tolist() == told["largest"]
    for kind in range(3):
        flowers = X[Y[:, kind] == 1]
        np.testing.assert_allclose(flowers.mean(axis=0), told["means"][kind], rtol=1e-13)
        np.testing.assert_allclose(np.cov(flowers.T), told["covariances"][kind], rtol=1e-12)


def test_fewer_irises_are_some_of_all_and_none_twice() -> None:
    every = [*map(tuple, Dataset("iris", 150, 0.0, 0).draw()[0].tolist())]
    some = [*map(tuple, Dataset("iris", 40, 0.0, 3).draw()[0].tolist())]
    assert all(some.count(flower) <= every.count(flower) for flower in some)
    assert some != every[:40]


def test_there_are_no_more_irises() -> None:
    with pytest.raises(SetupError, match="Use 1 to 150") as refused:
        Dataset("iris", 151).draw()
    assert refused.value.field == "data.examples"


# How a display draws each digit, as one sees it: the bars across, and the bars upright.
DISPLAY = """
 _       _   _       _   _   _   _   _
| |   |  _|  _| |_| |_  |_    | |_| |_|
|_|   | |_   _|   |  _| |_|   | |_|  _|
"""
PLACES = {"top": (0, 1), "top left": (1, 0), "top right": (1, 2), "middle": (1, 1),
          "bottom left": (2, 0), "bottom right": (2, 2), "bottom": (2, 1)}  # fmt: skip


def test_digits_shine_as_on_a_display() -> None:
    rows = [row.ljust(40) for row in DISPLAY.splitlines()[1:]]
    X, Y = Dataset("digits", examples=10, noise=0.0).draw()
    columns = Dataset("digits").columns
    assert columns == (*PLACES, "dot")
    for shining, digit in zip(X, Y.argmax(axis=1), strict=True):
        drawn = [float(rows[row][4 * digit + across] != " ") for row, across in PLACES.values()]
        assert shining[:7].tolist() == drawn
    assert Dataset("digits").names == tuple(map(str, range(10)))


def test_the_dot_says_nothing_of_the_digit() -> None:
    X, Y = Dataset("digits", examples=10_000, noise=0.0, seed=1).draw()
    assert set(X[:, 7]) == {0.0, 1.0}
    # a share of 1000 throws deviates by 0.5 / sqrt(1000) = 0.016: five times that is next to impossible
    assert Y.T @ X[:, 7] / 1000 == pytest.approx(np.full(10, 0.5), abs=0.08)


def test_only_data_sets_of_things_have_names() -> None:
    assert [name for name in DATASETS if Dataset(name).columns or Dataset(name).names] == [*SEVERAL]
    for name, (features, outputs) in SEVERAL.items():
        found = Dataset(name)
        assert (len(found.columns), len(found.names)) == (features, outputs)


@pytest.mark.parametrize(("name", "sizes"), [("iris", (4, 6, 3)), ("digits", (8, 8, 10))])
def test_a_trained_network_tells_classes_apart_that_it_was_not_shown(name: str, sizes: tuple[int, ...]) -> None:
    data = Data(Dataset(name, 150, 0.05, 2), "standard", test_share=0.2)
    setup = Setup(sizes, data, learning_rate=0.05, optimizer=Optimizer("adam")).completed()
    assert (setup.activations[-1], setup.loss) == ("softmax", "cross_entropy")
    network, past = setup.network, None
    for _ in range(200):
        iteration = run_iteration(setup.method(0.05), network, *setup.examples, past)
        network, past = iteration.after, iteration.next
    X, Y = setup.test_examples
    right = forward(network, X).A[-1].argmax(axis=1) == Y.argmax(axis=1)
    assert right.mean() > 0.9


def test_an_unknown_data_set_names_its_field() -> None:
    with pytest.raises(UnknownNameError, match="xor, gaussians") as caught:
        Dataset("swiss roll").draw()
    assert caught.value.field == "data.dataset"
