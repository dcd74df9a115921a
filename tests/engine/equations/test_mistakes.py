"""Each mistake is wrong in its one rule and right everywhere else; any two that can be made together are."""

import re
from dataclasses import fields, replace

import numpy as np
import pytest

from app.engine.data.split import Examples
from app.engine.equations.mistakes import MISTAKES, applicable, mistake_named, reason_against, rules_of, story_of
from app.engine.equations.rules import Story
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.propagation import RIGHT
from app.engine.setup import Parameters, Setup
from tests.engine import wrong_by_hand
from tests.engine.cases import PAIRS, SINGLE, iteration_of, random_setup

TWELVE = (
    "untransposed_weights", "sigmoid_slope", "halved_gradient", "missing_slope", "slope_of_activation",
    "updated_weights", "wrong_sign", "bias_times_fan_in", "one_path_only", "slope_after_softmax",
    "summed_not_averaged", "wrong_layer_input",
)  # fmt: skip
OUTPUTS = (("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy"), ("gelu", "mean_squared_error"))
SQUARE = random_setup(11, (3, 3, 3, 3), ("tanh", "gelu", "softmax"), "cross_entropy", 3)


def made(mistakes: tuple[str, ...], output: str, loss: str) -> Setup:
    """A setup with these mistakes, of layers as unequal as they allow."""
    square = min((level for name in mistakes if (level := MISTAKES[name].square_from) is not None), default=4)
    sizes = tuple((3, 4, 3, 2)[min(l, square)] for l in range(4))
    setup = random_setup(len("".join(mistakes)), sizes, ("tanh", "softplus", output), loss, 3)
    return replace(setup, mistakes=mistakes, learning_rate=0.3).completed()


def test_there_are_the_twelve_mistakes_of_the_design_in_its_order() -> None:
    assert tuple(MISTAKES) == TWELVE


@pytest.mark.parametrize(("mistakes", "output", "loss"), [
    (mistakes, output, loss)
    for mistakes in ((), *SINGLE, *PAIRS)
    for output, loss in OUTPUTS
    if output != "gelu" or "slope_after_softmax" not in mistakes
])  # fmt: skip
def test_each_mistake_and_each_pair_gives_the_gradients_that_loops_written_with_them_give(
    mistakes: tuple[str, ...], output: str, loss: str
) -> None:
    setup = made(mistakes, output, loss)
    backward = iteration_of(setup).backward
    dW, db = wrong_by_hand.gradients(setup)
    for found, wanted in zip((*backward.dW, *backward.db), (*dW, *db), strict=True):
        assert found == pytest.approx(np.array(wanted), rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("name", TWELVE)
def test_a_mistake_changes_one_rule_in_the_computation_and_the_same_one_in_the_telling(name: str) -> None:
    rules, story = rules_of((name,), RIGHT.learning_rate), story_of((name,))
    assert [f.name for f in fields(RIGHT) if getattr(rules, f.name) != getattr(RIGHT, f.name)] == [MISTAKES[name].rule]
    assert [f.name for f in fields(Story) if getattr(story, f.name) != getattr(Story(), f.name)] == [
        MISTAKES[name].rule
    ]


@pytest.mark.parametrize("name", TWELVE)
def test_a_mistake_leaves_the_forward_pass_and_the_loss_alone_and_changes_a_gradient(name: str) -> None:
    right, wrong = iteration_of(SQUARE), iteration_of(replace(SQUARE, mistakes=(name,)))
    assert all((a == b).all() for a, b in zip(right.forward.A, wrong.forward.A, strict=True))
    assert right.loss == wrong.loss
    changed = [
        (a != b).any()
        for a, b in zip((*right.backward.dW, *right.backward.db), (*wrong.backward.dW, *wrong.backward.db), strict=True)
    ]
    assert any(changed)


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_two_mistakes_make_one_rule_book_in_whatever_order_they_are_named(pair: tuple[str, str]) -> None:
    there, back = (iteration_of(replace(SQUARE, mistakes=names)).backward for names in (pair, pair[::-1]))
    assert all((a == b).all() for a, b in zip(there.dW, back.dW, strict=True))
    for name in pair:
        alone = iteration_of(replace(SQUARE, mistakes=(name,))).backward
        both, one = (*there.dW, *there.db), (*alone.dW, *alone.db)
        assert any((a != b).any() for a, b in zip(both, one, strict=True))


SILENT = [
    ("untransposed_weights", random_setup(1, (3, 1, 1), ("tanh", "identity"), "half_squared_error", 2)),
    ("sigmoid_slope", random_setup(2, (2, 3, 1), ("sigmoid", "sigmoid"), "binary_cross_entropy", 2)),
    ("missing_slope", random_setup(3, (2, 3, 2), ("identity", "softmax"), "cross_entropy", 2)),
    ("slope_of_activation", random_setup(4, (2, 3, 2), ("relu", "leaky_relu"), "mean_squared_error", 2)),
    ("updated_weights", random_setup(5, (3, 2), ("tanh",), "half_squared_error", 2)),
    ("bias_times_fan_in", random_setup(6, (1, 1, 2), ("tanh", "sigmoid"), "binary_cross_entropy", 2)),
    ("one_path_only", random_setup(7, (3, 2, 1), ("tanh", "sigmoid"), "binary_cross_entropy", 2)),
    ("summed_not_averaged", random_setup(8, (2, 3, 2), ("tanh", "sigmoid"), "binary_cross_entropy", 1)),
]


@pytest.mark.parametrize(("name", "setup"), SILENT, ids=[name for name, _ in SILENT])
def test_where_a_mistake_is_silent(name: str, setup: Setup) -> None:
    right, wrong = iteration_of(setup).backward, iteration_of(replace(setup, mistakes=(name,)).completed()).backward
    for a, b in zip((*right.dW, *right.db), (*wrong.dW, *wrong.db), strict=True):
        assert b == pytest.approx(a, rel=1e-12)


def test_the_right_rules_and_the_examples_own_error_signals_are_the_chain_rules() -> None:
    backward = iteration_of(SQUARE).backward
    assert rules_of((), 0.5) is RIGHT
    for own, delta, db in zip(backward.own, backward.delta, backward.db, strict=True):
        assert own == pytest.approx(3 * delta)
        assert db == pytest.approx(own.mean(axis=0))


# Where they can be made -----------------------------------------------------------------------------------------------


def test_an_unknown_mistake_names_its_field() -> None:
    with pytest.raises(UnknownNameError, match="untransposed_weights, sigmoid_slope") as caught:
        mistake_named("typo")
    assert caught.value.field == "mistake"


@pytest.mark.parametrize(
    ("mistakes", "sizes", "loss", "says"),
    [
        (("untransposed_weights",), (2, 3, 1), "half_squared_error", "all layers after the input the same size"),
        (("wrong_layer_input",), (2, 3, 3), "half_squared_error", "all layers, the input included, the same size"),
        (("slope_after_softmax",), (2, 3, 3), "half_squared_error", "binary_cross_entropy with a sigmoid output"),
        (("sigmoid_slope", "missing_slope"), (2, 3, 1), "half_squared_error", "Name one of them"),
        (("slope_of_activation", "missing_slope"), (2, 3, 1), "half_squared_error", "the same factor, the slope"),
        (("sigmoid_slope", "slope_of_activation"), (2, 3, 1), "half_squared_error", "Name one of them"),
        (("wrong_sign", "wrong_sign"), (2, 3, 1), "half_squared_error", "Name each mistake once"),
    ],
)
def test_mistakes_that_cannot_be_made_here_say_why(
    mistakes: tuple[str, ...], sizes: tuple[int, ...], loss: str, says: str
) -> None:
    setup = random_setup(0, sizes, ("tanh", "identity"), loss, 2)
    with pytest.raises(SetupError, match=says) as caught:
        replace(setup, mistakes=mistakes).completed()
    assert caught.value.field == "mistake"


def test_every_other_pair_can_be_made_where_each_of_the_two_can() -> None:
    assert len(PAIRS) == 12 * 11 // 2 - 3
    assert [pair for pair in PAIRS if reason_against(pair, SQUARE.sizes, SQUARE.loss)] == []


@pytest.mark.parametrize(
    ("sizes", "output", "loss", "missing"),
    [
        ((3, 3, 3), "softmax", "cross_entropy", set()),
        ((2, 3, 3), "sigmoid", "binary_cross_entropy", {"wrong_layer_input"}),
        (
            (2, 3, 1),
            "sigmoid",
            "half_squared_error",
            {"untransposed_weights", "wrong_layer_input", "slope_after_softmax"},
        ),
    ],
)
def test_what_can_be_made_in_a_network(sizes: tuple[int, ...], output: str, loss: str, missing: set[str]) -> None:
    setup = random_setup(0, sizes, ("tanh", output), loss, 2)
    assert applicable(setup.sizes, setup.loss) == tuple(name for name in TWELVE if name not in missing)


@pytest.mark.parametrize("name", TWELVE)
def test_each_mistake_has_its_words(name: str) -> None:
    mistake = MISTAKES[name]
    for sentence in (mistake.says, mistake.remedy):
        assert re.fullmatch(r"[A-Zŷ][^_]{20,140}[.]", sentence)
        assert not re.search(r"simply|just|-\d", sentence)
    assert re.fullmatch(r"[A-Z][^._]{5,50}", mistake.title)
    assert re.fullmatch(r"with [^._]{5,80}", mistake.slip)
    assert len({other.title for other in MISTAKES.values()} | {other.slip for other in MISTAKES.values()}) == 24


# A hand calculation with activations rounded to four decimals (notebook 2 of the five: two outputs, two paths) --------


def by_notebook(*mistakes: str) -> Setup:
    W = (np.array([[0.15, 0.25], [0.2, 0.3]]), np.array([[0.4, 0.5], [0.45, 0.55]]))
    b = (np.array([0.35, 0.35]), np.array([0.6, 0.6]))
    data = Examples(np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]]))
    loss, names = "half_squared_error", ("sigmoid", "sigmoid")
    return Setup((2, 2, 2), data, names, loss, Parameters(W, b), 0.1, decimals=4, mistakes=mistakes).completed()


@pytest.mark.parametrize(
    ("mistakes", "delta1"),
    [(("untransposed_weights",), [0.00847371, 0.00963863]), ((), [0.00895156, 0.0112928])],
)
def test_rounded_activations_give_the_figures_of_the_calculation_by_hand(
    mistakes: tuple[str, ...], delta1: list[float]
) -> None:
    iteration = iteration_of(by_notebook(*mistakes))
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
