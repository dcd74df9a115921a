"""The sentences and names of what an update by any optimizer finds."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.data.split import Examples
from app.engine.equations.trace import found_at, trace
from app.engine.equations.values import Values
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import Schedule
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from app.views.formulas.symbols import heading
from app.views.narration.narration import narrate
from app.views.text.naming import what_is_found
from tests.engine.cases import later_iteration, random_setup, updated
from tests.views.mathml import parsed
from tests.views.updates import line_of, told, updates

W = (2, 0, 1)
ONE = Setup(
    (1, 1), Examples(np.array([[2.0]]), np.array([[0.0]])), ("identity",), "half_squared_error",
    Parameters((np.array([[0.5]]),), (np.zeros(1),)),
).completed()  # fmt: skip
# z = 1, so the error signal is 1, dW = 2, db = 1.


def said(optimizer: Optimizer, symbol: Symbol, number: int = 0, schedule: Schedule | None = None) -> str:
    setup = replace(ONE, optimizer=optimizer, schedule=schedule or Schedule())
    shape, values = setup.shape(1), Values(later_iteration(setup, number))
    return narrate(line_of(shape, symbol), shape, values, 5)


def of_w(state: str) -> Symbol:
    return Symbol(state, 1, 0, 0)


@pytest.mark.parametrize(
    ("optimizer", "symbol", "sentence"),
    [
        (Optimizer("momentum"), of_w("new_velocity_W"), "The velocity was 0. It takes on the gradient: 2."),
        (Optimizer("momentum"), of_w("new_W"), "Against the velocity, by the learning rate: 0.5 − 0.1 × 2 = 0.3."),
        (
            Optimizer("nesterov"),
            of_w("new_W"),
            "Against the gradient and what the velocity will keep of itself, by the learning rate: "
            "0.5 − 0.1 × (2 + 0.9 × 2) = 0.12.",
        ),
        (
            Optimizer("rmsprop"),
            of_w("new_v_W"),
            "The second moment v is a running mean of squared gradients: it keeps 0.99 of what it was "
            "and takes in 0.01 of the new squared gradient: "
            "0.99 × 0 + 0.01 × 2² = 0.04.",
        ),
        (
            Optimizer("rmsprop"),
            of_w("new_W"),
            "The gradient 2 over √v + ε = 0.200000, where v began at 0, is 10.00000. "
            "Against it, by the learning rate: 0.5 − 0.1 × 10.00000 = −0.50000.",
        ),
        (
            Optimizer("adam"),
            Symbol("correction_m"),
            "The first moment m begins at 0. After one update the share that has come in is 1 − 0.9 = 0.1. "
            "It will be divided by that.",
        ),
        (
            Optimizer("adam"),
            of_w("new_m_W"),
            "The first moment m is a running mean of gradients: it keeps 0.9 of what it was and takes in "
            "0.1 of the new gradient: "
            "0.9 × 0 + 0.1 × 2 = 0.2.",
        ),
        (
            Optimizer("adam"),
            of_w("m_hat_W"),
            "The first moment m is divided by the share that has come in: 0.2 / 0.1 = 2. "
            "After the first update that is the gradient itself.",
        ),
        (
            Optimizer("adam"),
            of_w("new_W"),
            "The corrected first moment 2 over the usual size of this weight's gradients, 2.00000, is 1.00000. "
            "Against it, by the learning rate: 0.5 − 0.1 × 1.00000 = 0.40000.",
        ),
        (
            Optimizer("adamw", weight_decay=0.5),
            of_w("new_W"),
            "Weight decay first shrinks this weight by 0.1 × 0.5 of itself, to 0.475. The corrected first moment 2 "
            "over the usual size of this weight's gradients, 2.00000, is 1.00000. Against it, by the learning rate: "
            "0.475 − 0.1 × 1.00000 = 0.37500.",
        ),
        (
            Optimizer(weight_decay=0.5),
            of_w("g_W"),
            "Weight decay adds 0.5 of the weight itself, which pulls it towards 0: 2 + 0.5 × 0.5 = 2.25.",
        ),
        (
            Optimizer(weight_decay=0.5),
            of_w("new_W"),
            "Against the gradient as taken, by the learning rate: 0.5 − 0.1 × 2.25 = 0.275.",
        ),
        (
            Optimizer(clip_norm=10.0),
            Symbol("norm"),
            "All 2 gradients, each squared, add up to 5. The root of it is their length together: 2.23607.",
        ),
        (
            Optimizer(clip_norm=10.0),
            Symbol("clip"),
            "The gradients together are 2.23607 long, within the limit of 10. The factor is 1: they stay.",
        ),
        (Optimizer(clip_norm=10.0), of_w("g_W"), "The update takes the gradient as it is: 2."),
        (
            Optimizer(clip_norm=1.0),
            Symbol("clip"),
            "The gradients together are 2.23607 long, and the limit is 1. Each is multiplied by 0.44721: "
            "they grow shorter and keep their direction.",
        ),
        (
            Optimizer(clip_norm=1.0),
            of_w("g_W"),
            "The update takes the gradient shortened by the factor: 0.44721 × 2 = 0.89443.",
        ),
    ],
)
def test_the_first_update_is_told_with_its_numbers(optimizer: Optimizer, symbol: Symbol, sentence: str) -> None:
    assert said(optimizer, symbol) == sentence


@pytest.mark.parametrize("optimizer", [Optimizer("adam", clip_norm=1.0), Optimizer("adam", weight_decay=0.5)])
def test_after_the_first_update_a_mean_is_the_gradient_as_it_was_taken(optimizer: Optimizer) -> None:
    assert said(optimizer, of_w("m_hat_W")).endswith(" After the first update that is the gradient as taken.")
    assert said(optimizer, of_w("v_hat_W")).endswith(" After the first update that is the squared gradient as taken.")


def test_what_is_divided_has_the_digits_that_the_quotient_needs() -> None:
    slow = replace(
        ONE, learning_rate=0.0007, optimizer=Optimizer("adam"), data=Examples(np.array([[0.7]]), np.array([[0.0]]))
    )
    for number in range(3):
        iteration, shape = later_iteration(slow, number), slow.shape(1)
        for symbol in (of_w("v_hat_W"), of_w("m_hat_W")):
            told_of = narrate(line_of(shape, symbol), shape, Values(iteration), 5)
            found = re.search(r": ([\d.]+) / ([\d.]+) = ([\d.]+)\.", told_of)
            assert found is not None
            above, below, quotient = map(float, found.groups())
            assert above / below == pytest.approx(quotient, abs=2e-5), told_of


def test_a_velocity_gains_speed_slows_down_and_turns_round() -> None:
    momentum = Optimizer("momentum")
    told_of = [said(momentum, of_w("new_velocity_W"), number) for number in range(1, 8)]
    assert any(sentence.endswith(" It slows down.") for sentence in told_of)
    assert any(sentence.endswith(" It turns round.") for sentence in told_of)
    slow = replace(ONE, learning_rate=0.001, optimizer=momentum)
    shape, values = slow.shape(1), Values(later_iteration(slow, 1))
    assert narrate(line_of(shape, of_w("new_velocity_W")), shape, values, 5) == (
        "Of its velocity 2 this weight keeps 0.9, and the gradient 1.99 comes on top: 0.9 × 2 + 1.99 = 3.79. "
        "It gains speed."
    )


@pytest.mark.parametrize(
    ("schedule", "number", "sentence"),
    [
        (
            Schedule("step", every=2, factor=0.5),
            1,
            "After every 2 iterations the learning rate is multiplied by 0.5. That has not happened yet: it is 0.1.",
        ),
        (
            Schedule("step", every=1, factor=0.5),
            3,
            "After every iteration the learning rate is multiplied by 0.5. "
            "That has happened three times: 0.1 × 0.5³ = 0.0125.",
        ),
        (
            Schedule("step", every=2, factor=0.5),
            4,
            "After every 2 iterations the learning rate is multiplied by 0.5. "
            "That has happened twice: 0.1 × 0.5² = 0.025.",
        ),
        (
            Schedule("cosine", iterations=4),
            0,
            "The learning rate goes along half a cosine from 0.1 to 0, in four iterations. This is its start: 0.1.",
        ),
        (
            Schedule("cosine", iterations=4),
            2,
            "The learning rate goes along half a cosine from 0.1 to 0, in four iterations. "
            "2 of them lie behind: it is 0.05.",
        ),
        (
            Schedule("cosine", iterations=4, minimum=0.01),
            9,
            "The learning rate goes along half a cosine from 0.1 to 0.01, in four iterations. "
            "They lie behind: it stays at 0.01.",
        ),
    ],
)
def test_a_schedule_says_how_far_it_is(schedule: Schedule, number: int, sentence: str) -> None:
    assert said(Optimizer(), Symbol("eta"), number, schedule) == sentence


def test_a_parameter_without_any_step_says_that_it_stays() -> None:
    still = replace(ONE, data=Examples(np.array([[0.0]]), np.array([[0.0]])))
    for kind in OPTIMIZERS:
        setup = replace(still, optimizer=Optimizer(kind))
        shape, values = setup.shape(1), Values(later_iteration(setup, 0))
        what = "gradient" if kind == "gradient_descent" else "step"
        expected = f"The {what} is exactly 0, so this weight stays at 0.5."
        assert narrate(line_of(shape, of_w("new_W")), shape, values, 5) == expected


@pytest.mark.parametrize("optimizer", [Optimizer("momentum"), Optimizer("adam"), Optimizer(weight_decay=0.1)])
def test_a_gradient_of_0_asks_for_no_change_also_where_something_else_moves_the_weight(optimizer: Optimizer) -> None:
    data = Examples(np.array([[2.0], [0.0]]), np.array([[0.0], [0.0]]))
    setup = replace(ONE, data=data, batch_size=1, optimizer=optimizer)
    iteration, shape = later_iteration(setup, 1), setup.shape(1)
    assert iteration.after.layers[0].W[0, 0] != iteration.before.layers[0].W[0, 0]
    told_of = narrate(trace(shape)[found_at(shape)[of_w("dW")]], shape, Values(iteration), 5)
    assert told_of.endswith("Its gradient is exactly 0: this gradient asks for no change.")


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_where_a_cosine_has_come_to_0_no_parameter_moves(kind: str) -> None:
    schedule, optimizer = Schedule("cosine", iterations=1), Optimizer(kind, weight_decay=0.1)
    stays = said(optimizer, of_w("new_W"), 2, schedule)
    assert stays.startswith("The learning rate is 0 by now, so this weight stays at ")
    assert stays.partition("stays")[2] == said(optimizer, of_w("new_W"), 3, schedule).partition("stays")[2]


def test_the_mistake_of_updating_too_early_says_that_it_moves_by_gradient_descent() -> None:
    setup = replace(
        random_setup(5, (3, 2, 2), ("tanh", "sigmoid"), "binary_cross_entropy", 1), mistakes=("updated_weights",)
    )
    endings = {}
    for optimizer in (Optimizer(), Optimizer("adam"), Optimizer(weight_decay=0.1)):
        own = replace(setup, optimizer=optimizer)
        shape, values = own.shape(1), Values(later_iteration(own, 0))
        endings[optimizer] = narrate(line_of(shape, Symbol("delta", 1, 0)), shape, values, 5).split("This rule ")[1]
    plain, *others = endings.values()
    assert plain == "takes the weights after their update, not those of the forward pass."
    assert set(others) == {"takes the weights after a step of plain gradient descent, not those of the forward pass."}


@settings(max_examples=300)
@given(updated(), st.integers(0, 4), st.integers(2, 8))
def test_every_equation_of_every_update_has_plain_sentences_and_names(setup: Setup, number: int, digits: int) -> None:
    iteration = later_iteration(setup, number)
    if not all(np.isfinite(layer.W).all() for layer in (*iteration.before.layers, *iteration.after.layers)):
        return
    shape = setup.shape(len(iteration.X))
    for equation in updates(shape):
        sentence = narrate(equation, shape, Values(iteration, 0), digits)
        assert re.fullmatch(r"[A-Z].*[.]", sentence)
        assert not re.search(r"[<>&_\n]|  |nan|inf|None|-\d|simply|just", sentence)
        assert len(sentence) < 320
        assert re.fullmatch(r"[A-Z][a-z].*", what_is_found(equation, shape))
        parsed(heading(equation, shape, "fan_out_fan_in"))


def test_names_of_what_an_update_finds() -> None:
    shape = told("adam", clips=True, schedule="cosine")
    symbols = (Symbol("eta"), Symbol("norm"), Symbol("new_m_W", *W), Symbol("v_hat_b", 1, 1), Symbol("new_b", 1, 1))
    assert [what_is_found(line_of(shape, symbol), shape) for symbol in symbols] == [
        "Learning rate",
        "Length of all gradients",
        "First moment of the weight from hidden unit 2 to the output",
        "Corrected second moment of the bias of hidden unit 2",
        "Update of the bias of hidden unit 2",
    ]
    headings = [heading(line_of(shape, symbol), shape, "fan_out_fan_in") for symbol in symbols]
    assert headings[0] == "Learning rate <i>η</i>"
    assert headings[2] == "First moment <i>m</i> of <i>w</i><sup>[2]</sup><sub>12</sub>"
