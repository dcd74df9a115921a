"""The update told with any optimizer, weight decay, clipping and schedule: both sides of every equation are equal."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.engine.data.split import Examples
from app.engine.equations.shape import Shape, Updating
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.equations.updates import KEPT, parameter_of
from app.engine.equations.values import SHARED, Values, evaluate
from app.engine.learning.iteration import Iteration
from app.engine.learning.schedules import SCHEDULES, Schedule
from app.engine.network.expressions import Mean, Symbol, products_of, substituted, symbols_in
from app.engine.setup import Setup
from tests.engine.cases import later_iteration, updated
from tests.engine.sides import EXACT, assert_equal_sides, right_side

HIGHEST_SUM = 30.0
Told = tuple[Setup, Iteration, Shape, int]


@st.composite
def walks(draw: st.DrawFn) -> Told:
    """A setup with any optimizer and schedule, an iteration of it, its shape, and the row in focus."""
    setup = draw(updated())
    iteration = later_iteration(setup, draw(st.integers(0, 6)))
    assume(all((np.abs(Z) < HIGHEST_SUM).all() for Z in iteration.forward.Z))  # a run that leaves the numbers
    rows = len(iteration.X)
    return setup, iteration, setup.shape(rows), draw(st.integers(0, rows - 1))


def update_of(shape: Shape) -> list[Equation]:
    return [equation for equation in trace(shape) if equation.phase == "update"]


@settings(max_examples=400)
@given(walks())
def test_both_sides_of_every_equation_are_equal(walk: Told) -> None:
    _, iteration, shape, focus = walk
    for equation in trace(shape):
        assert_equal_sides(equation, iteration, focus)


@given(walks())
def test_evaluate_agrees_with_the_referee_and_terms_add_up(walk: Told) -> None:
    _, iteration, shape, focus = walk
    values = Values(iteration, focus)
    for equation in update_of(shape):
        right = right_side(equation.expression, iteration, focus)
        terms = [evaluate(term, values) for term in products_of(equation.expression)]
        assert abs(evaluate(equation.expression, values) - right.value) <= EXACT * right.size
        assert abs(math.fsum(terms) - values[equation.symbol]) <= EXACT * max(right.size, sum(map(abs, terms)))


@given(walks())
def test_every_equation_uses_only_what_is_given_or_was_found_before(walk: Told) -> None:
    shape = walk[2]
    given_kinds = {"W", "b", *SHARED, *(f"{state}_{kind}" for state in KEPT for kind in ("W", "b"))}
    told = {equation.symbol for equation in trace(shape)}
    found = {equation.symbol for equation in trace(shape) if equation.phase != "update"}
    for equation in update_of(shape):
        for symbol in symbols_in(equation.expression):
            assert symbol in found or (symbol not in told and symbol.kind in given_kinds)
        found.add(equation.symbol)


@given(walks())
def test_what_all_share_comes_first_then_each_parameter_with_its_own_update_last(walk: Told) -> None:
    shape = walk[2]
    equations = update_of(shape)
    shared = [e for e in equations if parameter_of(e.symbol) is None]
    assert equations[: len(shared)] == shared
    assert {e.group for e in shared} <= {("shared", 0)}
    owners = [parameter_of(e.symbol) for e in equations[len(shared) :]]
    in_order = list(dict.fromkeys(owners))
    layers = range(shape.depth, 0, -1)
    assert in_order == [
        symbol
        for l in layers
        for symbol in (
            *(Symbol("W", l, j, k) for j in range(shape.sizes[l]) for k in range(shape.sizes[l - 1])),
            *(Symbol("b", l, j) for j in range(shape.sizes[l])),
        )
    ]
    each = len(owners) // len(in_order)
    assert owners == [owner for owner in in_order for _ in range(each)]
    assert [e.kind for e in equations[len(shared) + each - 1 :: each]] == [owner.kind for owner in in_order if owner]
    assert found_at(shape) == {e.symbol: e.index for e in trace(shape)}


@given(walks())
def test_with_gradient_descent_and_nothing_else_the_update_is_one_equation_for_each_parameter(walk: Told) -> None:
    shape = walk[2]
    plain = Shape(*(getattr(shape, name) for name in ("sizes", "activations", "loss", "examples", "decimals")))
    assert plain.updating == Updating()
    assert {e.kind for e in update_of(plain)} == {"W", "b"}
    for equation in update_of(plain):
        kinds = [symbol.kind for symbol in symbols_in(equation.expression)]
        assert kinds == [equation.kind, "eta", f"d{equation.kind}"]


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("gradient_descent", ["W"]),
        ("momentum", ["velocity_W", "W"]),
        ("nesterov", ["velocity_W", "W"]),
        ("rmsprop", ["v_W", "W"]),
        ("adam", ["m_W", "v_W", "m_hat_W", "v_hat_W", "W"]),
        ("adamw", ["m_W", "v_W", "m_hat_W", "v_hat_W", "W"]),
    ],
)
def test_each_optimizers_inner_state_has_its_equations(kind: str, states: list[str]) -> None:
    for decays in (False, True):
        for clips in (False, True):
            shape = Shape((1, 1), ("tanh",), "half_squared_error", 1, updating=Updating(kind, decays, clips))
            kinds = [e.kind for e in update_of(shape) if (owner := parameter_of(e.symbol)) and owner.kind == "W"]
            takes = clips or (decays and kind != "adamw")
            assert kinds == ["g_W"] * takes + states
            shared = [e.kind for e in update_of(shape) if parameter_of(e.symbol) is None]
            corrections = ["correction_m", "correction_v"] if "m_W" in states else []
            assert shared == ["norm", "clip"] * clips + corrections


@pytest.mark.parametrize("schedule", list(SCHEDULES))
def test_a_schedule_tells_the_learning_rate_first(schedule: str) -> None:
    shape = Shape((1, 1), ("tanh",), "half_squared_error", 1, updating=Updating(schedule=schedule))
    assert [e.kind for e in update_of(shape)] == ["eta"] * (schedule != "constant") + ["W", "b"]


@given(walks())
def test_every_symbol_of_an_update_belongs_to_one_parameter_or_to_all(walk: Told) -> None:
    for equation in update_of(walk[2]):
        for symbol in (equation.symbol, *symbols_in(equation.expression)):
            owner = parameter_of(symbol)
            assert (symbol.kind in SHARED) == (owner is None)
            assert owner is None or owner[1:] == symbol[1:]
            assert owner is None or owner.kind in ("W", "b")
    assert parameter_of(Symbol("z", 1)) is None


@given(walks())
def test_substituting_nothing_changes_nothing(walk: Told) -> None:
    for equation in update_of(walk[2]):
        assert substituted(equation.expression, {}) == equation.expression
        renamed = substituted(equation.expression, {s: s for s in symbols_in(equation.expression)})
        assert renamed == equation.expression


@given(walks())
def test_all_gradients_are_in_the_norm_and_each_once(walk: Told) -> None:
    shape = walk[2]
    wanted = {e.symbol for e in trace(shape) if e.kind in ("dW", "db")}
    for equation in update_of(shape):
        if equation.kind == "norm":
            symbols = list(symbols_in(equation.expression))
            assert len(symbols) == len(wanted)
            assert set(symbols) == wanted


@given(walks())
def test_a_batch_has_one_number_of_the_update_for_all_its_examples(walk: Told) -> None:
    _, iteration, shape, focus = walk
    values = Values(iteration, focus)
    for equation in update_of(shape):
        assert not isinstance(equation.expression, Mean)
        assert float(values.batch[equation.symbol]) == values[equation.symbol]


def test_schedules_count_their_iterations_from_the_first() -> None:
    data = Examples(np.array([[1.0]]), np.array([[0.5]]))
    setup = Setup((1, 1), data, schedule=Schedule("step", every=2, factor=0.5), learning_rate=0.8).completed()
    rates = [Values(later_iteration(setup, number))[Symbol("eta")] for number in range(5)]
    assert rates == [0.8, 0.8, 0.4, 0.4, 0.2]
    decays = [Values(later_iteration(setup, number))[Symbol("decays")] for number in range(5)]
    assert decays == [0, 0, 1, 1, 2]
