"""Both sides of every equation are equal: on any network, batch, focus, rounding, and with each mistake."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.equations.shape import Shape
from app.engine.equations.trace import PHASES, Equation, found_at, trace
from app.engine.equations.values import Values, evaluate
from app.engine.learning.iteration import Iteration
from app.engine.network.expressions import BatchSum, Mean, Negative, Rounded, Symbol, products_of, symbols_in
from app.engine.setup import Setup
from tests.engine.cases import iteration_of, mistaken, random_setup
from tests.engine.sides import EXACT, assert_equal_sides, right_side


@st.composite
def walks(draw: st.DrawFn) -> tuple[Setup, Iteration, Shape, int]:
    """A setup with any batch size, rounding and mistakes, one iteration of it, and the row in focus."""
    setup = draw(mistaken())
    count = len(setup.examples[0])
    size = draw(st.sampled_from([1, max(1, count - 1), None]))
    decimals = draw(st.sampled_from([None, None, 2, 4]))
    setup = replace(setup, batch_size=size, decimals=decimals).completed()
    iteration = iteration_of(setup, draw(st.integers(0, 3)))
    rows = len(iteration.X)
    return setup, iteration, setup.shape(rows), draw(st.integers(0, rows - 1))


def told(setup: Setup, iteration: Iteration, focus: int) -> Iterator[tuple[Equation, Values]]:
    values = Values(iteration, focus)
    for equation in trace(setup.shape(len(iteration.X))):
        yield equation, values


@settings(max_examples=300)
@given(walks())
def test_both_sides_of_every_equation_are_equal(walk: tuple[Setup, Iteration, Shape, int]) -> None:
    _, iteration, shape, focus = walk
    for equation in trace(shape):
        assert_equal_sides(equation, iteration, focus)


@given(walks())
def test_evaluate_agrees_with_the_referee(walk: tuple[Setup, Iteration, Shape, int]) -> None:
    _, iteration, shape, focus = walk
    for equation in trace(shape):
        if not isinstance(equation.expression, Rounded):
            right = right_side(equation.expression, iteration, focus)
            value = evaluate(equation.expression, Values(iteration, focus))
            assert abs(value - right.value) <= EXACT * right.size


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(2, 3, 2), (1, 4, 3), (3, 1)]), st.integers(1, 3))
def test_why_simplifies_to_the_error_signal(seed: int, sizes: tuple[int, ...], examples: int) -> None:
    pairings = (("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy"))
    for output, loss in pairings:
        setup = random_setup(seed, sizes, (*("tanh",) * (len(sizes) - 2), output), loss, examples)
        iteration = iteration_of(setup)
        reasons = [e for e in trace(setup.shape(examples)) if e.why is not None]
        assert [e.symbol for e in reasons] == [Symbol("delta", len(sizes) - 1, j) for j in range(sizes[-1])]
        for equation in reasons:
            assert equation.why is not None
            right = right_side(equation.why, iteration, 0)
            assert abs(Values(iteration)[equation.symbol] - right.value) <= EXACT * max(right.size, 1.0)


@given(walks())
def test_the_terms_add_up_to_the_whole(walk: tuple[Setup, Iteration, Shape, int]) -> None:
    _, iteration, shape, focus = walk
    values = Values(iteration, focus)
    for equation in trace(shape):
        if isinstance(equation.expression, Mean | BatchSum | Rounded):
            continue
        terms = [evaluate(term, values) for term in products_of(equation.expression)]
        size = right_side(equation.expression, iteration, focus).size
        assert abs(math.fsum(terms) - values[equation.symbol]) <= EXACT * max(size, sum(map(abs, terms)))


@given(walks())
def test_every_equation_uses_only_what_is_given_or_was_found_before(
    walk: tuple[Setup, Iteration, Shape, int],
) -> None:
    shape = walk[2]
    found: set[Symbol] = set()
    derived = {"slope": "z", "slope_at_a": "a", "ln_a": "a", "ln_rest": "a"}
    for equation in trace(shape):
        for symbol in symbols_in(equation.expression):
            if symbol.kind in ("W", "b", "y", "eta") or (symbol.kind == "a" and symbol.layer == 0):
                continue
            assert symbol._replace(kind=derived.get(symbol.kind, symbol.kind)) in found
        found.add(equation.symbol)


@given(walks())
def test_the_walk_finds_each_symbol_once_in_the_order_of_its_phases(
    walk: tuple[Setup, Iteration, Shape, int],
) -> None:
    shape = walk[2]
    equations = trace(shape)
    units, weights = sum(shape.sizes[1:]), sum(a * b for a, b in zip(shape.sizes, shape.sizes[1:], strict=False))
    assert (
        len(equations) == len({e.symbol for e in equations}) == 2 * units + 1 + (2 * units + weights) + units + weights
    )
    assert [e.index for e in equations] == list(range(len(equations)))
    assert [PHASES.index(e.phase) for e in equations] == sorted(PHASES.index(e.phase) for e in equations)
    assert found_at(shape) == {e.symbol: e.index for e in equations}


def test_the_order_within_an_iteration() -> None:
    equations = trace(Shape((2, 3, 1), ("tanh", "sigmoid"), "binary_cross_entropy", 1))
    groups = list(dict.fromkeys(e.group for e in equations))
    forward = [("z", 1), ("a", 1), ("z", 2), ("a", 2), ("loss", 0)]
    backward = [("delta", 2), ("dW", 2), ("db", 2), ("delta", 1), ("dW", 1), ("db", 1)]
    assert groups == [*forward, *backward, ("W", 2), ("b", 2), ("W", 1), ("b", 1)]
    weights = [(e.symbol.j, e.symbol.k) for e in equations if e.group == ("dW", 1)]
    assert weights == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]


def test_a_mean_over_the_batch_differs_from_one_examples_own_product() -> None:
    setup = random_setup(3, (2, 3, 2), ("tanh", "identity"), "half_squared_error", 4)
    iteration = iteration_of(setup)
    means = [e for e in trace(setup.shape(4)) if isinstance(e.expression, Mean)]
    assert {e.kind for e in means} == {"loss", "dW", "db"}
    for equation in means:
        assert isinstance(equation.expression, Mean)
        own = [right_side(equation.expression.body, iteration, row).value for row in range(4)]
        assert len(set(own)) == 4
        assert Values(iteration, 2)[equation.symbol] == pytest.approx(np.mean(own), rel=1e-12)


def test_a_mean_inside_an_expression_is_refused() -> None:
    mean = Mean(Symbol("loss"), 2)
    iteration = iteration_of(random_setup(0, (1, 1), ("identity",), "half_squared_error", 2))
    with pytest.raises(ValueError, match="only at the top"):
        evaluate(Negative(mean), Values(iteration))


def test_no_reason_is_given_for_an_error_signal_that_a_mistake_has_changed() -> None:
    for loss, output in (("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax")):
        right = Shape((2, 2), (output,), loss, 1)
        reasons = [equation.why for equation in trace(right) if equation.kind == "delta"]
        assert all(reason is not None for reason in reasons)
        for mistake in ("halved_gradient", "wrong_sign", "slope_after_softmax"):
            wrong = trace(replace(right, mistakes=(mistake,)))
            assert {equation.why for equation in wrong} == {None}
