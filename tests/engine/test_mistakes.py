"""Each mistake is wrong in its one rule and right everywhere else."""

from dataclasses import fields, replace

import numpy as np
import pytest

from app.engine import ACTIVATIONS, MISTAKES, Backward, Examples, Parameters, Setup, UnknownNameError
from app.engine.mistakes import mistake_named
from app.engine.propagation import RIGHT
from app.engine.told import Story, story_of
from tests.engine.cases import iteration_of, random_setup

SQUARE = random_setup(11, (3, 2, 2, 2), ("tanh", "tanh", "tanh"), "mean_squared_error", 3)


def gradients(mistake: str | None) -> Backward:
    return iteration_of(replace(SQUARE, mistake=mistake).completed()).backward


@pytest.mark.parametrize("name", list(MISTAKES))
def test_a_mistake_replaces_one_rule_in_the_computation_and_the_same_one_in_the_telling(name: str) -> None:
    setup = replace(SQUARE, mistake=name)
    rules, story = setup.method(0.1).rules, story_of(setup.shape(3))
    assert [f.name for f in fields(RIGHT) if getattr(rules, f.name) is not getattr(RIGHT, f.name)] == [
        MISTAKES[name].rule
    ]
    assert [f.name for f in fields(Story) if getattr(story, f.name) is not getattr(Story(), f.name)] == [
        MISTAKES[name].rule
    ]


@pytest.mark.parametrize("name", list(MISTAKES))
def test_a_mistake_leaves_the_forward_pass_and_the_loss_alone(name: str) -> None:
    right, wrong = iteration_of(SQUARE), iteration_of(replace(SQUARE, mistake=name))
    assert all((a == b).all() for a, b in zip(right.forward.A, wrong.forward.A, strict=True))
    assert right.loss == wrong.loss
    assert any((a != b).any() for a, b in zip(right.backward.dW, wrong.backward.dW, strict=True))


def test_untransposed_weights_go_wrong_on_the_way_back_only() -> None:
    right, wrong = gradients(None), gradients("untransposed_weights")
    assert (right.delta[-1] == wrong.delta[-1]).all()
    assert (right.dW[-1] == wrong.dW[-1]).all()
    W = SQUARE.network.layers[-1].W
    assert wrong.delta[-2] == pytest.approx(wrong.delta[-1] @ W.T * right.slope[-2])
    assert all((a == b).all() for a, b in zip(right.slope, wrong.slope, strict=True))


def test_the_sigmoids_slope_is_right_on_a_sigmoid_and_wrong_on_a_tanh() -> None:
    A = iteration_of(SQUARE).forward.A
    for slope, a in zip(gradients("sigmoid_slope").slope, A[1:], strict=True):
        assert slope == pytest.approx(a * (1 - a))
    sigmoid = random_setup(2, (2, 3, 1), ("sigmoid", "sigmoid"), "binary_cross_entropy", 2)
    same = iteration_of(replace(sigmoid, mistake="sigmoid_slope")).backward
    assert same.dW[0] == pytest.approx(iteration_of(sigmoid).backward.dW[0], rel=1e-12)


def test_halved_gradients_are_exactly_half() -> None:
    right, wrong = gradients(None), gradients("halved_gradient")
    for a, b in zip((*right.dW, *right.db), (*wrong.dW, *wrong.db), strict=True):
        assert (b == a / 2).all()


def test_an_unknown_mistake_names_its_field() -> None:
    with pytest.raises(UnknownNameError, match="untransposed_weights, sigmoid_slope") as caught:
        mistake_named("typo")
    assert caught.value.field == "mistake"


# A hand calculation with activations rounded to four decimals (notebook 2 of the five: two outputs, two paths) --------


def by_notebook(mistake: str | None) -> Setup:
    W = (np.array([[0.15, 0.25], [0.2, 0.3]]), np.array([[0.4, 0.5], [0.45, 0.55]]))
    b = (np.array([0.35, 0.35]), np.array([0.6, 0.6]))
    data = Examples(np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]]))
    loss, names = "half_squared_error", ("sigmoid", "sigmoid")
    return Setup((2, 2, 2), data, names, loss, Parameters(W, b), 0.1, decimals=4, mistake=mistake).completed()


@pytest.mark.parametrize(
    ("mistake", "delta1"),
    [("untransposed_weights", [0.00847371, 0.00963863]), (None, [0.00895156, 0.0112928])],
)
def test_rounded_activations_give_the_figures_of_the_calculation_by_hand(
    mistake: str | None, delta1: list[float]
) -> None:
    iteration = iteration_of(by_notebook(mistake))
    assert iteration.forward.A[1][0].tolist() == [0.5945, 0.5963]
    assert iteration.forward.A[2][0].tolist() == [0.7569, 0.7677]
    assert iteration.loss == pytest.approx(0.30363845, abs=5e-9)
    assert iteration.backward.delta[1][0] == pytest.approx([0.13743139, -0.03964425], abs=5e-9)
    assert iteration.backward.delta[0][0] == pytest.approx(delta1, abs=5e-9)


@pytest.mark.parametrize("name", [n for n, a in ACTIVATIONS.items() if a.slope_from_a and not a.couples])
def test_a_slope_by_hand_is_taken_from_the_rounded_activation(name: str) -> None:
    setup = replace(random_setup(5, (2, 3, 1), (name, "identity"), "half_squared_error", 2), decimals=2)
    iteration, slope_of = iteration_of(setup), ACTIVATIONS[name].slope_from_a
    assert slope_of is not None
    assert (iteration.backward.slope[0] == slope_of(iteration.forward.A[1])).all()
    assert (np.round(iteration.forward.A[1], 2) == iteration.forward.A[1]).all()
