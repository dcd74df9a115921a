"""The sentences: WORDS, word for word, and what is said where something special happens."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.data.split import Examples
from app.engine.equations.mistakes import MISTAKES
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.equations.values import Values
from app.engine.learning.optimizers import Optimizer
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.expressions import HALF, Apply, Expression, Number, Quotient, Symbol, difference, product
from app.engine.network.initializers import Initializer
from app.engine.setup import Parameters, Setup
from app.lessons import lesson_named
from app.views.narration.narration import narrate, narrate_end, narrate_start
from app.views.text.naming import unit_name
from app.views.text.numbers import number
from app.views.text.words import counted, listed, share, with_article
from tests.engine.cases import iteration_of, mistaken, random_setup


def rows(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([values])


def said(setup: Setup, symbol: Symbol, focus: int = 0, digits: int = 5) -> str:
    """The sentence of the equation that finds a symbol, in the setup's first iteration."""
    iteration = iteration_of(setup)
    shape = setup.shape(len(iteration.X))
    return narrate(trace(shape)[found_at(shape)[symbol]], shape, Values(iteration, focus), digits)


def told(expression: Expression, symbol: Symbol) -> str:
    """The sentence of an equation of TWO_PATHS where it found its symbol by another right-hand side."""

    class Told(Equation):
        @property
        def expression(self) -> Expression:
            return expression

    iteration = iteration_of(TWO_PATHS)
    shape = TWO_PATHS.shape(1)
    found = trace(shape)[found_at(shape)[symbol]]
    return narrate(Told(found.index, found.phase, symbol, shape), shape, Values(iteration), 4)


def delta(layer: int, j: int = 0) -> Symbol:
    return Symbol("delta", layer, j)


FIRST = Setup(
    (2, 2, 1), Examples(rows(0.5, 1), rows(0)), start=Initializer("constant", amount=0.1),
    activations=("sigmoid", "sigmoid"), loss="binary_cross_entropy", learning_rate=0.001,
).completed()  # fmt: skip
W2 = np.array([[0.4, 0.5], [0.45, 0.55]])
TWO_PATHS = Setup(
    (2, 2, 2), Examples(rows(0.05, 0.1), rows(0.01, 0.99)), decimals=4,
    activations=("sigmoid", "sigmoid"), loss="half_squared_error",
    start=Parameters((np.array([[0.15, 0.25], [0.2, 0.3]]), W2), (np.array([0.35, 0.35]), np.array([0.6, 0.6]))),
).completed()  # fmt: skip

# WORDS.md's table: the first example of one-example-at-a-time.
TABLE = {
    Symbol("z", 1, 0): "Hidden unit 1 adds up what reaches it: 0.1 times 0.5, plus 0.1 times 1, plus its bias 0. "
    "Its sum is 0.15.",
    Symbol("a", 1, 0): "The sigmoid turns 0.15 into 0.53743.",
    Symbol("loss"): "The network says 0.52685 where the answer is 0. The loss is −ln(1 − 0.52685) = 0.74833.",
    delta(2): "How much would the loss grow if the output's sum grew? For a sigmoid with this loss: prediction minus "
    "target, 0.52685. This is the output's error signal.",
    Symbol("dW", 2, 0, 0): "This weight carried 0.53743 into a unit whose error signal is 0.52685. Its gradient is "
    "their product, 0.28314: a larger weight would make the loss larger.",
    Symbol("db", 2, 0): "A bias carries 1, so its gradient is the error signal itself, 0.52685.",
    delta(1): "Hidden unit 1 feeds one unit. The error signal 0.52685 comes back through the weight 0.1, and the "
    "sigmoid's slope 0.24860 lets a quarter of it through: 0.01310.",
    Symbol("new_W", 2, 0, 0): "Against the gradient, by the learning rate: 0.1 − 0.001 × 0.28314 = 0.09972.",
}


@pytest.mark.parametrize(("symbol", "sentence"), TABLE.items(), ids=lambda part: getattr(part, "kind", ""))
def test_the_first_example_is_told_as_the_house_voice_has_it(symbol: Symbol, sentence: str) -> None:
    assert said(FIRST, symbol) == sentence


def test_the_end_of_an_iteration_compares_the_losses() -> None:
    iteration, shape = iteration_of(FIRST), FIRST.shape(1)
    told = narrate_end(iteration.loss, iteration.loss_after, shape, 5)
    assert told == "The loss of this example was 0.74833 and is now 0.74790."


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (0.5, 0.25, "The loss of this batch was 0.5 and is now 0.25."),
        (0.25, 0.5, "The loss of this batch was 0.25 and is now 0.5. It rose."),
        (0.5, 0.5, "The loss of this batch was 0.5 and is still the same."),
        (1 / 3, 1 / 3 - 2e-8, "The loss of this batch was 0.33333. It fell by 2.00×10⁻⁸."),
        (1 / 3, 1 / 3 + 2e-8, "The loss of this batch was 0.33333. It rose by 2.00×10⁻⁸."),
    ],
)
def test_a_loss_that_rose_or_hardly_moved_is_told(before: float, after: float, sentence: str) -> None:
    assert narrate_end(before, after, FIRST.shape(6), 5) == sentence


def test_before_the_first_step_nothing_has_been_computed() -> None:
    assert narrate_start(FIRST.shape(1)) == (
        "Nothing has been computed yet. The first step adds up what reaches hidden unit 1."
    )


def test_a_relu_is_not_called_off_for_the_slope_that_a_mistake_takes() -> None:
    start = Parameters((rows(1), rows(0.5)), (np.zeros(1), np.zeros(1)))
    setup = Setup((1, 1, 1), Examples(rows(1), rows(1)), ("relu", "identity"), "half_squared_error", start).completed()
    told = said(replace(setup, mistakes=("sigmoid_slope",)), delta(1))
    assert "off" not in told
    assert "the sigmoid's slope 0 lets nothing through: 0." in told.replace("The sigmoid", "the sigmoid")


def test_a_slope_that_a_mistake_makes_negative_is_no_slope() -> None:
    setup = random_setup(5, (3, 2, 1), ("tanh", "sigmoid"), "binary_cross_entropy", 4)
    wrong = replace(setup, mistakes=("sigmoid_slope",))
    A, negative = iteration_of(wrong).forward.A[1], 0
    for focus, j in np.argwhere(A < 0).tolist():
        product, told = A[focus, j] * (1 - A[focus, j]), said(wrong, delta(1, j), focus)
        assert f"the product a(1 − a) = {number(product, 5)} multiplies it: " in told
        assert "; no slope of this unit is negative. This rule takes the sigmoid's slope" in told
        negative += 1
    assert negative
    gelu = replace(wrong, activations=("gelu", "sigmoid"), start=Initializer("normal", seed=1))
    assert not any("no slope of this unit" in said(gelu, delta(1, j), i) for i in range(4) for j in range(2))


def test_a_bias_without_any_share_stays_where_it_is() -> None:
    dead = lesson_named("softmax-and-dead-units").published
    assert said(dead, Symbol("db", 1, 3)) == "A bias carries 1, and no example has a share: this bias stays at 0."
    heavy = replace(dead, optimizer=Optimizer("momentum"))
    assert said(heavy, Symbol("db", 1, 3)).endswith("no example has a share: its gradient is 0.")


def test_two_paths_are_told_one_by_one() -> None:
    slopes = {None: "slope 0.24107", 4: "slope a(1 − a) = 0.24107, from the rounded 0.5945,"}
    for decimals, slope in slopes.items():
        assert said(replace(TWO_PATHS, decimals=decimals), delta(1)).startswith(
            "Hidden unit 1 feeds two units: 0.05497 comes back through the first, −0.01784 through the second; "
            f"together 0.03713. The sigmoid's {slope} lets a quarter of it through: 0.00895."
        )


def test_a_unit_that_is_off_says_so() -> None:
    start = Parameters((rows(-0.02, -0.02), rows(0.5)), (np.zeros(1), np.zeros(1)))
    data = Examples(rows(1, 1), rows(1))
    setup = Setup((2, 1, 1), data, ("relu", "identity"), "half_squared_error", start).completed()
    assert said(setup, Symbol("a", 1)) == "The ReLU turns −0.04 into 0: this unit is off."
    assert said(setup, delta(1)) == (
        "This unit is off: its sum is −0.04, the ReLU's slope there is 0, so no gradient passes."
    )
    assert said(setup, Symbol("dW", 1, 0, 0)) == (
        "This weight carried 1 into a unit whose error signal is 0. Its gradient is exactly 0: "
        "this gradient asks for no change."
    )
    assert said(setup, Symbol("new_W", 1, 0, 0)) == "The gradient is exactly 0, so this weight stays at −0.02."
    assert said(setup, Symbol("db", 1)) == (
        "A bias carries 1, so its gradient is the error signal itself, exactly 0: this gradient asks for no change."
    )


def test_a_calculation_by_hand_says_that_it_rounds() -> None:
    assert said(TWO_PATHS, Symbol("a", 1)) == "The sigmoid turns 0.3825 into 0.5945, rounded to 4 decimals, as by hand."


def test_a_negative_gradient_is_called_negative() -> None:
    assert said(TWO_PATHS, Symbol("dW", 2, 1, 0)).endswith(
        "Its gradient is their product, −0.02357, negative: a larger weight would make the loss smaller."
    )
    assert said(TWO_PATHS, Symbol("new_W", 2, 1, 0)) == (
        "Against the gradient, by the learning rate: 0.45 − 0.1 × (−0.02357) = 0.45236."
    )


def test_an_update_too_small_for_the_digits_shown_says_by_how_much() -> None:
    assert said(replace(TWO_PATHS, learning_rate=1e-6), Symbol("new_W", 2, 1, 0)) == (
        "Against the gradient, by the learning rate: 0.45 − 1×10⁻⁶ × (−0.02357) = 0.45000. It moves by +2.36×10⁻⁸."
    )
    assert said(FIRST, Symbol("new_W", 1, 0, 0)).endswith("0.1 − 0.001 × 0.00655 = 0.09999.")


def test_a_batch_tells_this_example_and_then_the_mean() -> None:
    X = np.array([[1.0], [2.0], [3.0]])
    start = Parameters((rows(2),), (np.zeros(1),))
    setup = Setup((1, 1), Examples(X, X), ("identity",), "mean_squared_error", start).completed()
    assert said(setup, Symbol("loss"), focus=1) == (
        "The network says 4 where the answer is 2. The loss of this example is the squared difference: 2² = 4. "
        "Over the 3 examples of the batch the mean of the losses is 4.66667."
    )
    assert said(setup, delta(1), focus=1) == (
        "How much would the loss of this example grow if the output's sum grew? For an identity with this loss: "
        "twice the difference prediction minus target, 4. This is the output's error signal."
    )
    assert said(setup, Symbol("dW", 1, 0, 0), focus=1) == (
        "In this example the weight carried 2 into a unit whose error signal is 4: their product is 8. Over the 3 "
        "examples of the batch the mean of these products is the gradient, 9.33333: "
        "a larger weight would make the loss larger."
    )
    assert said(setup, Symbol("db", 1), focus=1) == (
        "A bias carries 1, so this example's share is the error signal itself, 4. Over the 3 examples of the batch "
        "the mean of these is the gradient, 4."
    )
    assert said(setup, Symbol("a", 1), focus=1) == "The identity passes 4 on unchanged."


def one_layer(output: str, loss: str, z: tuple[float, ...], y: tuple[float, ...]) -> Setup:
    """One input 1 and no bias, so that the sums are z."""
    start = Parameters((np.array(z)[:, None],), (np.zeros(len(z)),))
    return Setup((1, len(z)), Examples(rows(1), rows(*y)), (output,), loss, start).completed()


@pytest.mark.parametrize(
    ("setup", "ending"),
    [
        (one_layer("sigmoid", "binary_cross_entropy", (0.0,), (1.0,)), "is −ln(0.5) = 0.69315."),
        (
            one_layer("sigmoid", "binary_cross_entropy", (0.0,), (0.25,)),
            "is −0.25 × ln(0.5) − 0.75 × ln(1 − 0.5) = 0.69315.",
        ),
        (
            one_layer("sigmoid", "binary_cross_entropy", (0.0, 0.0), (0.0, 1.0)),
            "says 0.5 and 0.5 where the answers are 0 and 1. The loss is −ln(0.5) − ln(1 − 0.5) = 1.38629.",
        ),
        (one_layer("sigmoid", "binary_cross_entropy", (20.0,), (0.0,)), "−ln(1 − 1.00000), computed from z: 20.00000."),
        (
            one_layer("softmax", "cross_entropy", (0.0, 0.0), (0.0, 1.0)),
            "The right answer is output 2, and the network gives it the share 0.5. The loss is −ln(0.5) = 0.69315.",
        ),
        (
            one_layer("softmax", "cross_entropy", (0.0, 0.0), (0.25, 0.75)),
            "where the answers are 0.25 and 0.75. The loss is −0.25 × ln(0.5) − 0.75 × ln(0.5) = 0.69315.",
        ),
        (one_layer("softmax", "cross_entropy", (800.0, 0.0), (0.0, 1.0)), "is −ln(0), computed from z: 800."),
        (
            one_layer("identity", "half_squared_error", (0.5,), (1.0,)),
            "is half the squared difference: ½ × (−0.5)² = 0.125.",
        ),
        (
            one_layer("identity", "half_squared_error", (0.5, 2.0), (1.0, 1.0)),
            "is half the squared differences, added up: ½ × ((−0.5)² + 1²) = 0.625.",
        ),
        (
            one_layer("identity", "mean_squared_error", (0.5, 2.0), (1.0, 1.0)),
            "is the mean of the squared differences: ((−0.5)² + 1²) / 2 = 0.625.",
        ),
    ],
)
def test_every_loss_is_told_with_its_numbers(setup: Setup, ending: str) -> None:
    assert said(setup, Symbol("loss")).endswith(ending)


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        (1, "twice the difference prediction minus target, 4."),
        (2, "prediction minus target, 2."),
        (3, "2/3 of the difference prediction minus target, 1.33333."),
        (4, "half of the difference prediction minus target, 1."),
    ],
)
def test_a_mean_over_the_outputs_tells_its_factor(outputs: int, words: str) -> None:
    setup = one_layer("identity", "mean_squared_error", (2.0,) * outputs, (0.0,) * outputs)
    assert f"For an identity with this loss: {words}" in said(setup, delta(1))


def test_a_softmax_says_that_its_shares_add_up() -> None:
    setup = one_layer("softmax", "cross_entropy", (0.0, 0.0), (0.0, 1.0))
    assert said(setup, Symbol("a", 1, 1)) == (
        "The softmax turns the output sums into shares that add up to 1: output 2 gets 0.5."
    )
    squared = one_layer("softmax", "half_squared_error", (0.0, 1.0), (0.0, 1.0))
    assert "Every share depends on every sum" in said(squared, delta(1))


def test_an_error_signal_of_exactly_zero_is_said() -> None:
    setup = one_layer("identity", "half_squared_error", (1.0,), (1.0,))
    assert said(setup, delta(1)).endswith("error signal. It is exactly 0: no gradient passes.")


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_a_saturated_unit_is_told(name: str) -> None:
    start = Parameters((rows(8), rows(1)), (np.zeros(1), np.zeros(1)))
    setup = Setup((1, 1, 1), Examples(rows(1), rows(0)), (name, "identity"), "half_squared_error", start).completed()
    told = said(setup, delta(1))
    assert "lets almost nothing through" in told
    assert told.endswith(f"At 8 the {name} is almost flat: this unit is saturated.")
    calm = replace(setup, start=Parameters((rows(0.1), rows(1)), (np.zeros(1), np.zeros(1))))
    assert "saturated" not in said(calm, delta(1))


def test_many_terms_are_not_read_out_one_by_one() -> None:
    setup = random_setup(1, (6, 2, 6), ("tanh", "sigmoid"), "binary_cross_entropy", 1)
    assert "six numbers, each times its weight" in said(setup, Symbol("z", 1))
    assert "Hidden unit 1 feeds six units, and " in said(setup, delta(1))
    assert len(said(setup, Symbol("loss"))) < 160


@pytest.mark.parametrize(
    ("mistake", "layer", "clause"),
    [
        (
            "untransposed_weights",
            1,
            "takes the weights of the wrong unit: a row of W where the chain rule takes a column.",
        ),
        ("sigmoid_slope", 1, "takes the sigmoid's slope where the unit is a tanh."),
        ("halved_gradient", 2, "takes half of what the chain rule gives."),
        ("missing_slope", 1, "leaves out the tanh's slope."),
        ("updated_weights", 1, "takes the weights after their update, not those of the forward pass."),
        ("wrong_sign", 2, "turns the difference round: the chain rule takes prediction minus target."),
        ("one_path_only", 1, "keeps only the last of the two paths that the chain rule adds up."),
        ("slope_after_softmax", 2, "multiplies by the sigmoid's slope, which has cancelled already with this loss."),
    ],
)
def test_a_mistake_says_what_is_wrong_where_it_works(mistake: str, layer: int, clause: str) -> None:
    setup = random_setup(5, (3, 2, 2), ("tanh", "sigmoid"), "binary_cross_entropy", 1)
    wrong = replace(setup, mistakes=(mistake,))
    assert said(wrong, delta(layer)).endswith(f" This rule {clause}")
    assert "This rule" not in said(setup, delta(layer)) + said(wrong, delta(3 - layer))


def test_a_gradient_by_a_wrong_rule_claims_nothing_about_the_loss() -> None:
    setup = random_setup(5, (3, 2, 2), ("tanh", "sigmoid"), "binary_cross_entropy", 1)
    setup = replace(setup, mistakes=("sigmoid_slope",))
    assert re.search(r"\. By this rule the gradient is their product, −?[\d.]+\.$", said(setup, Symbol("dW", 1, 0, 0)))
    assert "would make the loss" in said(setup, Symbol("dW", 2, 0, 0))


BATCH = random_setup(5, (2, 2, 2), ("tanh", "sigmoid"), "binary_cross_entropy", 3)


IN_VAIN = "; here it changes nothing."
SYMMETRIC = Parameters((np.array([[0.3, 0.2], [-0.4, 0.1]]), np.array([[0.5, 0.7], [0.7, -0.2]])), (np.zeros(2),) * 2)


@pytest.mark.parametrize(
    ("mistake", "sizes", "in_vain"),
    [
        ("untransposed_weights", (2, 2, 2), True),
        ("one_path_only", (2, 2, 2), False),
        ("one_path_only", (2, 2, 1), True),
        ("updated_weights", (2, 2, 2), False),
        ("missing_slope", (2, 2, 2), False),
    ],
)
def test_a_mistake_that_changes_nothing_says_so(mistake: str, sizes: tuple[int, ...], in_vain: bool) -> None:
    setup = random_setup(5, sizes, ("tanh", "sigmoid"), "binary_cross_entropy", 1)
    if mistake == "untransposed_weights":
        setup = replace(setup, start=SYMMETRIC)
    told = said(replace(setup, mistakes=(mistake,)), delta(1))
    assert " This rule " in told
    assert told.endswith(IN_VAIN) == in_vain


def test_one_example_is_its_own_sum() -> None:
    wrong = replace(BATCH, mistakes=("summed_not_averaged",))
    for symbol in (Symbol("dW", 1, 0, 0), Symbol("db", 1)):
        assert IN_VAIN not in said(wrong, symbol)
        assert said(replace(wrong, batch_size=1), symbol).endswith(IN_VAIN)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_a_slope_left_out_changes_nothing_where_it_is_1(name: str) -> None:
    setup = random_setup(3, (2, 2, 1), (name, "identity"), "half_squared_error", 1)
    for seed in range(5):
        wrong = replace(setup, start=Initializer("normal", seed=seed), mistakes=("missing_slope",))
        slope = ACTIVATIONS[name].g_prime(iteration_of(wrong).forward.Z[0])[0, 0]
        told = said(wrong, delta(1))
        assert told.endswith(IN_VAIN) == ("This rule" in told and slope == 1)


def test_two_mistakes_in_one_error_signal_are_both_told() -> None:
    told = said(replace(BATCH, mistakes=("halved_gradient", "wrong_sign")), delta(2))
    assert "By this rule: half of the difference target minus prediction" in told
    assert told.endswith(
        " This rule takes half of what the chain rule gives. "
        "It also turns the difference round: the chain rule takes prediction minus target."
    )


def test_the_slope_at_a_is_told_with_both_places() -> None:
    told = said(replace(FIRST, mistakes=("slope_of_activation",)), delta(1))
    assert told.endswith(
        "the sigmoid's slope 0.23278 lets a quarter of it through: 0.01226. "
        "This rule takes the slope at the activation 0.53743, where the chain rule takes it at the sum 0.15."
    )


def test_weights_updated_too_early_are_told_by_their_new_numbers() -> None:
    told = said(replace(FIRST, learning_rate=0.5, mistakes=("updated_weights",)), delta(1))
    assert "The error signal 0.52685 comes back through the weight −0.04157" in told  # 0.1 − 0.5 × 0.28314


def test_gradients_by_a_wrong_rule_say_what_it_puts_together() -> None:
    summed, fan_in, own_layer = (
        replace(BATCH, mistakes=(name,)) for name in ("summed_not_averaged", "bias_times_fan_in", "wrong_layer_input")
    )
    for symbol in (Symbol("dW", 1, 0, 0), Symbol("db", 1)):
        told = said(summed, symbol)
        assert "Over the 3 examples of the batch the sum of these" in told
        assert told.endswith(" This rule adds the examples up, where the loss is their mean.")
    assert "should be the error signal itself, " in said(fan_in, Symbol("db", 1))
    assert "; this rule counts it once for each of the two inputs: " in said(fan_in, Symbol("db", 1))
    assert ", but this rule takes " in said(own_layer, Symbol("dW", 1, 0, 1))
    assert ", the activation of hidden unit 2, for what it carried: " in said(own_layer, Symbol("dW", 1, 0, 1))
    assert " is the gradient by this rule, " in said(own_layer, Symbol("dW", 2, 0, 1))
    alone = said(replace(own_layer, batch_size=1), Symbol("dW", 2, 0, 1))
    assert re.search(r"\. By this rule the gradient is their product, −?[\d.]+\.$", alone)


# Which mistakes leave the sign of a gradient as evidence: the layers of a 2-2-2 network in which they do not.
MISLED = {
    "untransposed_weights": (1,), "sigmoid_slope": (1,), "halved_gradient": (), "missing_slope": (1,),
    "slope_of_activation": (1,), "updated_weights": (1,), "wrong_sign": (1, 2), "bias_times_fan_in": (),
    "one_path_only": (1,), "slope_after_softmax": (1, 2), "summed_not_averaged": (), "wrong_layer_input": (1, 2),
}  # fmt: skip


@pytest.mark.parametrize(("mistake", "misled"), MISLED.items())
def test_the_sign_of_a_gradient_is_evidence_only_where_the_rule_keeps_it(mistake: str, misled: tuple[int, ...]) -> None:
    assert set(MISLED) == set(MISTAKES)
    wrong = replace(BATCH, mistakes=(mistake,))
    right_signs, signs = ([np.sign(dW) for dW in iteration_of(s).backward.dW] for s in (BATCH, wrong))
    for l in (1, 2):
        told = said(wrong, Symbol("dW", l, 0, 0))
        assert ("would make the loss" in told) == (l not in misled)
        assert l in misled or (signs[l - 1] == right_signs[l - 1]).all()


@pytest.mark.parametrize(
    ("z", "y", "ending"),
    [
        (9.0, 1.0, "is −ln(1), computed from z: 0.000123."),
        (-9.0, 0.0, "is −ln(1 − 0), computed from z: 0.000123."),
        (-800.0, 0.0, "is −ln(1 − 0) = 0."),
        (9.0, 0.0, "is −ln(1 − 1), computed from z: 9.00012."),
    ],
)
def test_a_prediction_rounded_to_0_or_1_says_where_its_digits_went(z: float, y: float, ending: str) -> None:
    setup = replace(one_layer("sigmoid", "binary_cross_entropy", (z,), (y,)), decimals=3)
    assert said(setup, Symbol("loss")).endswith(ending)


def test_with_two_decimals_digits_are_lost_only_near_1() -> None:
    setup = one_layer("sigmoid", "binary_cross_entropy", (0.3,), (0.0,))
    assert said(setup, Symbol("loss"), digits=2).endswith("is −ln(1 − 0.57) = 0.85.")


def test_names_of_units_follow_the_network() -> None:
    one = random_setup(0, (2, 3, 1), ("tanh", "identity"), "half_squared_error", 1).shape(1)
    deep = random_setup(0, (2, 3, 2, 2), ("tanh", "tanh", "identity"), "half_squared_error", 1).shape(1)
    assert [unit_name(one, 1, 2), unit_name(one, 2, 0)] == ["hidden unit 3", "the output"]
    assert [unit_name(deep, 1, 1), unit_name(deep, 3, 1)] == ["unit 2 of layer 1", "output 2"]


@pytest.mark.parametrize(
    ("slope", "words"),
    [
        (0.0, "nothing"), (0.01, "almost nothing"), (0.1, "a tenth of it"), (0.2, "a fifth of it"),
        (0.2486, "a quarter of it"), (1 / 3, "a third of it"), (0.5, "half of it"), (2 / 3, "two thirds of it"),
        (0.75, "three quarters of it"), (0.99, "nearly all of it"), (1.0, "all of it"),
    ],
)  # fmt: skip
def test_a_slope_is_told_as_the_share_that_it_lets_through(slope: float, words: str) -> None:
    assert share(slope) == words


def test_small_words() -> None:
    assert [counted(1, "unit"), counted(2, "unit"), counted(13, "unit")] == ["one unit", "two units", "13 units"]
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
    assert [with_article(word) for word in ("sigmoid", "identity", "ELU")] == ["a sigmoid", "an identity", "an ELU"]


@settings(max_examples=300)
@given(mistaken(), st.sampled_from([None, 3]), st.integers(2, 8))
def test_every_equation_of_every_walk_has_plain_sentences(setup: Setup, decimals: int | None, digits: int) -> None:
    setup = replace(setup, decimals=decimals)
    iteration = iteration_of(setup)
    shape = setup.shape(len(iteration.X))
    for equation in trace(shape):
        told = narrate(equation, shape, Values(iteration, 0), digits)
        assert re.fullmatch(r"[A-Z].*[.]", told)
        assert not re.search(r"[<>&_\n]|  |nan|inf|None|-\d|simply|just", told)
        assert len(told) < (480 if len(setup.mistakes) < 2 else 560)


# A loss that is made of something else ------------------------------------------------------------------------------

Y_HAT, Y, SLOPE = Symbol("a", 2, 0), Symbol("y", 2, 0), Symbol("slope", 2, 0)


@pytest.mark.parametrize(("function", "part"), [("abs", "|0.7469|"), ("cosh", "cosh(0.7469)")])
def test_a_loss_tells_the_functions_of_differences_that_it_adds_up(function: str, part: str) -> None:
    assert f"½ × {part} = " in told(product(HALF, Apply(function, difference(Y_HAT, Y))), Symbol("loss"))


def test_a_loss_that_adds_up_nothing_that_could_be_told_says_only_what_it_is() -> None:
    assert re.search(r"The loss is 0\.\d+\.$", told(product(Y_HAT, Y), Symbol("loss")))


def test_a_losss_slope_ends_where_the_activations_begins() -> None:
    sign = Apply("sign", difference(Y_HAT, Y))
    assert "target is 1, and the sigmoid's slope a(1 − a) = 0.1840, from the rounded 0.7569, lets" in told(
        product(sign, SLOPE), delta(2)
    )
    sign = Apply("sign", difference(Y, Y_HAT))
    quarter = Quotient(Number(1), Number(4))
    assert "1/4 of the difference target minus prediction is −0.25, and" in told(
        product(quarter, sign, SLOPE), delta(2)
    )
