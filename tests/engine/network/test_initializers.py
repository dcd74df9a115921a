"""Starting weights: their spread as the papers give it, the same from the same seed."""

from math import sqrt

import numpy as np
import pytest

from app.engine.network.errors import UnknownNameError
from app.engine.network.initializers import INITIALIZERS, Initializer

WIDE = (300, 500)  # fan_in, fan_out: 150,000 weights, so that moments are known to a hundredth
DRAWN = [kind for kind in INITIALIZERS if kind != "constant"]
SPREAD = {
    "normal": 0.3,
    "uniform": 0.3 / sqrt(3),
    "xavier_uniform": sqrt(2 / 800),
    "xavier_normal": sqrt(2 / 800),
    "he_normal": sqrt(2 / 300),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_drawn_weights_have_mean_zero_and_the_known_spread(kind: str) -> None:
    (W,) = Initializer(kind, seed=7, amount=0.3).weights(WIDE)
    assert W.std() == pytest.approx(SPREAD[kind], rel=0.01)
    assert abs(W.mean()) < 0.01 * SPREAD[kind]


@pytest.mark.parametrize(("kind", "bound"), [("uniform", 0.3), ("xavier_uniform", sqrt(6 / 800))])
def test_uniform_weights_fill_their_interval_and_no_more(kind: str, bound: float) -> None:
    (W,) = Initializer(kind, seed=1, amount=0.3).weights(WIDE)
    assert 0.999 * bound < np.abs(W).max() <= bound


def test_constant_weights_are_all_the_same() -> None:
    for W in Initializer("constant", amount=0.1).weights((2, 3, 1)):
        assert (W == 0.1).all()


@pytest.mark.parametrize("kind", list(INITIALIZERS))
def test_there_is_one_matrix_per_layer_from_units_out_and_in(kind: str) -> None:
    assert [W.shape for W in Initializer(kind).weights((2, 3, 5, 1))] == [(3, 2), (5, 3), (1, 5)]


@pytest.mark.parametrize("kind", DRAWN)
def test_the_seed_decides_every_weight(kind: str) -> None:
    first, again, other = (Initializer(kind, seed).weights((2, 3, 3)) for seed in (4, 4, 5))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert all((a != b).any() for a, b in zip(first, other, strict=True))
    assert (first[0][:, 0] != first[1][:, 0]).any()


def test_an_unknown_kind_names_its_field() -> None:
    with pytest.raises(UnknownNameError) as caught:
        Initializer("magic").weights((2, 1))
    assert caught.value.field == "initializer.kind"
