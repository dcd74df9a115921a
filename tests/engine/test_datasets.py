"""Data sets: shapes, labels, seeds, and the exact geometry where there is no noise."""

import numpy as np
import pytest

from app.engine import DATASETS, Array, Dataset, UnknownNameError

CURVES = ("line", "sine")
CLASSES = tuple(name for name in DATASETS if name not in CURVES)


def clean(name: str) -> tuple[Array, Array]:
    """X and the labels (examples,), 60 of them without noise."""
    X, Y = Dataset(name, examples=60, noise=0.0, seed=3).draw()
    return X, Y[:, 0]


@pytest.mark.parametrize("name", list(DATASETS))
@pytest.mark.parametrize("count", [1, 2, 7, 60])
def test_a_data_set_has_the_examples_asked_for(name: str, count: int) -> None:
    X, Y = Dataset(name, examples=count).draw()
    assert X.shape == (count, 1 if name in CURVES else 2)
    assert Y.shape == (count, 1)
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


def test_an_unknown_data_set_names_its_field() -> None:
    with pytest.raises(UnknownNameError, match="xor, gaussians") as caught:
        Dataset("swiss roll").draw()
    assert caught.value.field == "data.dataset"
