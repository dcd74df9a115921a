"""Data made ready: split from a seed, scaled by what the training examples say alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.datasets import Dataset
from app.engine.data.split import Data, Examples, split
from app.engine.network.errors import SetupError
from app.engine.setup import Setup

TWENTY = Examples(np.arange(40.0).reshape(20, 2), np.arange(20.0)[:, None])


def test_without_a_share_every_example_is_trained_on_as_it_is() -> None:
    ready = Data(TWENTY).ready()
    assert (ready.X is TWENTY.X) or (ready.X == TWENTY.X).all()
    assert (ready.X_test.shape, ready.Y_test.shape) == ((0, 2), (0, 1))


@given(st.integers(1, 60), st.floats(0, 0.9), st.integers(0, 2**32 - 1))
def test_every_example_is_in_one_part_and_its_target_with_it(count: int, share: float, seed: int) -> None:
    X = np.arange(float(count))[:, None]
    ready = Data(Examples(X, 10 * X), test_share=share, split_seed=seed).ready()
    assert sorted([*ready.X[:, 0], *ready.X_test[:, 0]]) == X[:, 0].tolist()
    assert (ready.Y == 10 * ready.X).all()
    assert (ready.Y_test == 10 * ready.X_test).all()
    assert len(ready.X_test) == min(round(share * count), count - 1)


def test_the_same_seed_draws_the_same_examples_and_another_others() -> None:
    drawn = [Data(TWENTY, test_share=0.5, split_seed=seed).ready().Y_test.tolist() for seed in (3, 3, 4)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_scales_are_found_on_the_training_examples_alone() -> None:
    data = Data(TWENTY, "min_max", test_share=0.25, split_seed=1)
    plain, ready = replace(data, scaling="none").ready(), data.ready()
    low, high = plain.X.min(axis=0), plain.X.max(axis=0)
    assert ready.X.min() == 0
    assert ready.X.max() == 1
    np.testing.assert_allclose(ready.X_test, (plain.X_test - low) / (high - low), rtol=1e-15)


def test_targets_are_scaled_only_where_that_is_wanted() -> None:
    assert (Data(TWENTY, "standard").ready().Y == TWENTY.Y).all()
    scaled = Data(TWENTY, "standard", scale_targets=True).ready()
    assert abs(scaled.Y.mean()) < 1e-15
    np.testing.assert_allclose(scaled.targets.undo(scaled.Y), TWENTY.Y, rtol=1e-14, atol=1e-14)


def test_a_setup_trains_on_the_training_examples() -> None:
    setup = Setup((2, 3, 1), Data(Dataset("moons", 50, 0.1, 2), "standard", test_share=0.2)).completed()
    assert setup.examples[0].shape == (40, 2)
    assert setup.test_examples[0].shape == (10, 2)
    assert setup.iterations_per_epoch == 1
    assert setup.batch(0) == tuple(range(40))


@pytest.mark.parametrize("share", [-0.1, 0.91, 2.0])
def test_a_share_out_of_bounds_is_refused(share: float) -> None:
    with pytest.raises(SetupError, match=r"0 to 0\.9"):
        split(10, share, 0)


def test_a_data_set_brings_its_names_and_others_may_stand_in_their_place() -> None:
    iris = Dataset("iris", 30)
    assert Setup((4, 3), iris).prepared.columns == iris.columns
    assert Setup((4, 3), Data(iris, "standard")).prepared.names == ("setosa", "versicolor", "virginica")
    own = Setup((4, 3), Data(iris, columns=("a", "b", "c", "d"))).prepared
    assert (own.columns, own.names) == (("a", "b", "c", "d"), iris.names)
    assert (Setup((2, 1), TWENTY).prepared.columns, Setup((2, 1), Dataset("xor")).prepared.names) == ((), ())


def test_names_that_do_not_fit_are_refused() -> None:
    data = Data(TWENTY, columns=("one",))
    with pytest.raises(SetupError, match="2 names"):
        Setup((2, 1), data).completed()


@pytest.mark.parametrize("seed", range(5))
def test_a_target_that_a_loss_cannot_take_is_found_among_the_test_examples_too(seed: int) -> None:
    Y = np.zeros((10, 1))
    Y[3] = 2.0
    data = Data(Examples(np.ones((10, 2)), Y), test_share=0.5, split_seed=seed)
    with pytest.raises(SetupError, match="outside 0 to 1") as refused:
        Setup((2, 1), data, ("sigmoid",), "binary_cross_entropy").completed()
    assert refused.value.field == "data.Y"


def test_scaled_targets_that_are_no_probabilities_are_refused_with_the_way_out() -> None:
    classes = Data(Dataset("moons"), "standard", scale_targets=True)
    with pytest.raises(SetupError, match="Leave the targets as they are") as refused:
        Setup((2, 1), classes, ("sigmoid",), "binary_cross_entropy").completed()
    assert refused.value.field == "data.scale_targets"
    assert Setup((2, 1), replace(classes, scaling="min_max"), loss="binary_cross_entropy").completed()
