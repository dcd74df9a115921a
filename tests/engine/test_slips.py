"""The diagnosis names the mistake behind a wrong number. Referee: the mistaken iteration, run directly."""

from collections.abc import Iterator
from dataclasses import replace
from math import isfinite

import numpy as np
import pytest

from app.engine.equations.mistakes import MISTAKES, applicable, rules_of
from app.engine.equations.trace import trace
from app.engine.equations.values import Values
from app.engine.learning.iteration import Iteration
from app.engine.network.expressions import Symbol
from app.engine.network.propagation import backward, forward
from app.engine.setup import Setup
from app.engine.slips import Case, Slip, Typed, diagnose, made_mistakes, parted, plain_slips
from tests.engine.cases import HIDDEN, MANY, PAIRINGS, iteration_of, random_setup

NETWORKS = 50
GRADIENTS = ("delta", "dW", "db")


def square_setup(seed: int, own_loss: bool) -> Setup:
    """A network of two or three units in every layer, in which every mistake can be made."""
    rng = np.random.default_rng(seed)
    sizes = (int(rng.integers(2, 4)),) * int(rng.integers(3, 5))
    output, loss = PAIRINGS[seed % 2] if own_loss else PAIRINGS[int(rng.integers(len(PAIRINGS)))]
    hidden = tuple(HIDDEN[i] for i in rng.integers(0, len(HIDDEN), len(sizes) - 2))
    return random_setup(seed, sizes, (*hidden, output), loss, int(rng.integers(1, 4)))


def mistaken(it: Iteration, mistake: str) -> Values:
    """The same iteration with the mistake in its rules: forward and backward, called here directly."""
    rules = rules_of((mistake,), it.method.learning_rate)
    there = forward(it.before, it.X, it.method.decimals)
    back = backward(it.before, there, it.Y, it.method.loss, rules)
    rate = it.method.learning_rate
    moves = zip(it.before.layers, back.dW, back.db, strict=True)
    after = it.before.with_parameters((layer.W - rate * dW, layer.b - rate * db) for layer, dW, db in moves)
    return Values(replace(it, forward=there, backward=back, after=after))


def symbols(setup: Setup) -> list[Symbol]:
    return [e.symbol for e in trace(setup.shape(len(setup.examples[0]))) if e.kind in GRADIENTS]


def telling(setup: Setup, it: Iteration, wrong: Values) -> list[Symbol]:
    """Where the mistake changes a gradient by so much that it cannot pass for the right one."""
    right = Values(it)
    return [
        s
        for s in symbols(setup)
        if isfinite(wrong[s]) and abs(wrong[s] - right[s]) > 0.02 * max(abs(right[s]), abs(wrong[s]), 1e-6)
    ]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_answering_with_a_mistaken_value_names_that_mistake(mistake: str) -> None:
    told = 0
    for seed in range(NETWORKS):
        setup = square_setup(seed, MISTAKES[mistake].needs_own_loss)
        assert mistake in applicable(setup.sizes, setup.loss)
        it = iteration_of(setup)
        wrong = mistaken(it, mistake)
        for symbol in telling(setup, it, wrong)[:4]:
            diagnosis = diagnose(Case(setup, it, 0, symbol), typed(f"{wrong[symbol]:.5e}"))
            assert not diagnosis.right, (seed, symbol)
            assert mistake in [slip.name for slip in diagnosis.slips], (seed, symbol, diagnosis)
            told += 1
    assert told >= NETWORKS / 2


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_cannot_be_told_apart_gives_the_very_same_number(mistake: str) -> None:
    for seed in range(NETWORKS):
        setup = square_setup(seed, MISTAKES[mistake].needs_own_loss)
        it = iteration_of(setup)
        wrong = mistaken(it, mistake)
        for symbol in telling(setup, it, wrong)[:2]:
            diagnosis = diagnose(Case(setup, it, 0, symbol), Typed(wrong[symbol], 0.0, 17))
            for slip in diagnosis.slips:
                if slip.name == "sign_lost":
                    assert wrong[symbol] == pytest.approx(-Values(it)[symbol], rel=1e-8)
                    continue
                assert mistaken(it, slip.name)[symbol] == pytest.approx(wrong[symbol], rel=1e-8), (seed, slip)


def typed(text: str) -> Typed:
    """A number written like 1.23456e-05."""
    mantissa, _, power = text.partition("e")
    return Typed(float(text), 10.0 ** (int(power) - 5), len(mantissa.lstrip("-").replace(".", "").lstrip("0")))


@pytest.mark.parametrize("seed", range(60))
def test_the_right_value_is_right_whatever_mistake_the_walk_has(seed: int) -> None:
    setup = square_setup(seed, own_loss=True)
    right = Values(iteration_of(setup))
    names = list(MISTAKES)
    wrong = replace(setup, mistakes=(names[seed % len(names)],))
    it = iteration_of(wrong)
    for symbol in symbols(setup):
        assert diagnose(Case(wrong, it, 0, symbol), Typed(right[symbol])).right, symbol


def test_the_walks_own_two_mistakes_are_named_together() -> None:
    own = ("halved_gradient", "one_path_only")
    setup = replace(random_setup(5, (2, 3, 2), ("tanh", "identity"), "half_squared_error", 1), mistakes=own)
    it = iteration_of(setup)
    symbol = Symbol("delta", 1, 0)
    found = diagnose(Case(setup, it, 0, symbol), Typed(Values(it)[symbol]))
    assert [slip.name for slip in found.slips] == ["halved_gradient and one_path_only"]


# How often a name is given -------------------------------------------------------------------------------------------


def any_cases(seeds: range, each: int = 3) -> Iterator[Case]:
    """Questions about any number of random networks, which have 5 to 60 candidates of slips."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        setup = square_setup(seed, own_loss=seed % 4 == 0)
        it, count = iteration_of(setup), len(setup.examples[0])
        asked = [e.symbol for e in trace(setup.shape(count)) if e.kind in ("z", "a", "loss", *GRADIENTS)]
        for place in rng.integers(len(asked), size=each).tolist():
            case = Case(setup, it, 0, asked[place])
            if isfinite(case.truth) and case.truth != 0:
                yield case


def written(value: float, digits: int) -> Typed:
    """A number given to so many digits."""
    text = f"{value:.{digits - 1}e}"
    return Typed(float(text), 10.0 ** (int(text.partition("e")[2]) - digits + 1), digits)


def test_of_random_wrong_answers_one_in_a_hundred_is_named_at_most() -> None:
    named = wrong = 0
    for case in any_cases(range(40 * MANY)):
        rng = np.random.default_rng(7)
        for digits in (3, 5):
            for factor in (*rng.uniform(-3, 3, 4), *np.exp(rng.standard_normal(4))):
                found = diagnose(case, written(case.truth * factor, digits))
                wrong += not found.right
                named += bool(found.slips)
    assert wrong > 1_000
    assert named <= wrong / 100


def test_of_true_slips_99_in_a_hundred_are_named() -> None:
    named = made = 0
    for case in any_cases(range(30 * MANY)):
        slips = parted(case, (*made_mistakes(case), *plain_slips(case)))
        for slip, value in slips[:: max(1, len(slips) // 6)]:
            for digits in (4, 5):
                found = diagnose(case, written(value, digits))
                if value and not found.right:
                    made += 1
                    named += named_as(slip, value, found.slips, slips)
    assert made > 700
    assert named >= 0.99 * made


def named_as(slip: Slip, value: float, named: tuple[Slip, ...], slips: list[tuple[Slip, float]]) -> bool:
    """Whether it is this slip that is named, or one that gives the very same number."""
    return slip in named or any(x == pytest.approx(value, rel=1e-9) for one, x in slips if one in named)


# By hand ------------------------------------------------------------------------------------------------------------

# Two hidden tanh units, an identity output, half the squared error: x = (1, 2), y = 0.5.
HAND = random_setup(11, (2, 2, 1), ("tanh", "identity"), "half_squared_error", 1)


def hand(kind: str, layer: int, j: int, k: int | None = None, part: str = "value") -> Case:
    return Case(HAND, iteration_of(HAND), 0, Symbol(kind, layer, j, k), part)


def slips(case: Case, value: float) -> list[tuple[str, str]]:
    diagnosis = diagnose(case, Typed(value))
    assert not diagnosis.right
    return [(slip.name, slip.words) for slip in diagnosis.slips]


def test_a_lost_sign_is_named() -> None:
    case = hand("dW", 1, 0, 1)
    names = [name for name, _ in slips(case, -case.truth)]
    assert names == ["wrong_sign", "sign_lost"]  # target minus prediction turns every gradient round
    z = hand("z", 1, 0)
    assert slips(z, -z.truth) == [("sign_lost", "with the sign lost")]


def test_a_dropped_factor_is_named() -> None:
    it = iteration_of(HAND)
    case, values = hand("dW", 1, 0, 1), Values(it)
    left_out = f"with the input {it.X[0, 1]:g} left out"
    assert slips(case, values[Symbol("delta", 1, 0)]) == [("factor_dropped", left_out)]
    upper = hand("dW", 2, 0, 1)
    assert ("factor_dropped", "with the activation left out") in slips(upper, values[Symbol("delta", 2, 0)])
    assert slips(case, float(it.X[0, 1])) == [("factor_dropped", "with the error signal left out")]


def test_half_of_an_error_signal_with_a_2_in_it_leaves_the_2_out() -> None:
    for loss, outputs, words in (
        ("mean_squared_error", 1, "with the 2 left out"),
        ("mean_squared_error", 2, "with half of the output's error signal"),
        ("half_squared_error", 1, "with half of the output's error signal"),
    ):
        setup = random_setup(11, (2, 2, outputs), ("tanh", "identity"), loss, 1)
        case = Case(setup, iteration_of(setup), 0, Symbol("delta", 2, 0))
        assert ("halved_gradient", words) in slips(case, case.truth / 2)


def test_a_bias_left_out_is_named() -> None:
    case = hand("z", 1, 1)
    without = case.truth - float(HAND.network.layers[0].b[1])
    assert slips(case, without) == [("term_dropped", "with the bias left out")]


def test_a_neighbours_index_is_named() -> None:
    it = iteration_of(HAND)
    case = hand("db", 1, 0)
    assert slips(case, float(it.backward.db[0][1])) == [("neighbour", "for unit 2 instead of unit 1")]
    product = float(it.backward.own[0][0, 1] * it.X[0, 1])
    assert ("neighbour", "for the weight from unit 2 to unit 2") in slips(hand("dW", 1, 0, 1), product)


def test_one_example_in_place_of_the_mean_is_named() -> None:
    setup = random_setup(3, (2, 3, 1), ("tanh", "identity"), "half_squared_error", 4)
    it = iteration_of(setup)
    own = float(it.backward.own[1][2, 0] * it.forward.A[1][2, 1])
    diagnosis = diagnose(Case(setup, it, 2, Symbol("dW", 2, 0, 1)), Typed(own))
    assert [slip.name for slip in diagnosis.slips] == ["one_example"]


def test_what_nobody_would_find_is_not_given_a_name() -> None:
    assert slips(hand("dW", 1, 0, 1), 123.456) == []


@pytest.mark.parametrize(("mistake", "words"), [("slope_of_activation", "instead of z"), ("sigmoid_slope", "sigmoid")])
def test_a_wrong_missing_factor_is_named_too(mistake: str, words: str) -> None:
    case = hand("delta", 1, 0, part="factor")
    it = iteration_of(HAND)
    assert case.missing == Symbol("slope", 1, 0)
    assert case.truth == pytest.approx(1 - np.tanh(it.forward.Z[0][0, 0]) ** 2)
    wrong = mistaken(it, mistake)[Symbol("slope", 1, 0)]
    assert any(name == mistake and words in told for name, told in slips(case, wrong))


def test_the_activation_of_the_wrong_layer_is_named_where_the_factor_is_asked() -> None:
    setup = square_setup(1, own_loss=False)
    it = iteration_of(setup)
    case = Case(setup, it, 0, Symbol("dW", 1, 0, 1), "factor")
    assert case.truth == it.X[0, 1]
    assert "wrong_layer_input" in [s.name for s in diagnose(case, Typed(float(it.forward.A[1][0, 1]))).slips]


# How near is near enough ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guess", "value", "right"),
    [
        (Typed(0.0236, 1e-4, 3), 0.02356, True),
        (Typed(0.024, 1e-3, 2), 0.02356, True),  # two digits, rounded
        (Typed(0.02, 1e-2, 1), 0.02356, False),  # one digit says too little
        (Typed(0.5, 0.1, 1), 0.5, True),
        (Typed(-1 / 42), -0.02356, False),  # more than one percent off
        (Typed(-1 / 42), -0.0238, True),
        (Typed(1.009), 1.0, True),
        (Typed(1.011), 1.0, False),
        (Typed(0.0, 1.0, 0), 0.0, True),
        (Typed(0.0, 0.01, 0), 0.001, False),
        (Typed(-0.0236, 1e-4, 3), 0.02356, False),
    ],
)
def test_an_answer_counts_within_one_percent_or_rounded_to_its_digits(guess: Typed, value: float, right: bool) -> None:
    assert guess.answers(value) is right
