"""Formulas: what is written is what is computed, in the notebook's own index order."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.data.split import Examples
from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.equations.values import Values
from app.engine.learning.iteration import run_iteration
from app.engine.network.expressions import Symbol
from app.engine.network.initializers import Initializer
from app.engine.setup import Setup
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson, Orientation
from app.views.formulas.formulas import Formula, formula, latex, symbol_text, text
from app.views.formulas.mathml import WIDE, wrapped
from tests.engine.cases import PAIRS, SINGLE, random_setup
from tests.views.mathml import as_text, calculated, parsed
from tests.views.rows import lines


def walk(setup: Setup, focus: int = 0) -> tuple[tuple[Equation, ...], Values]:
    batch = list(setup.batch(0))
    X, Y = setup.examples
    iteration = run_iteration(setup.method(setup.learning_rate), setup.network, X[batch], Y[batch])
    return trace(setup.shape(len(batch))), Values(iteration, focus)


def shown(equation: Equation, setup: Setup, values: Values, orientation: Orientation = "fan_out_fan_in") -> Formula:
    shape = setup.shape(len(setup.batch(0)))
    return formula(equation, shape, values, orientation, 14)


def every_row(shown_formula: Formula) -> list[str]:
    rows = shown_formula.rows + shown_formula.why + shown_formula.written_out + shown_formula.own
    return [part for row in rows for part in (row.left, row.right) if part]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_formula_of_every_lesson_is_well_formed_and_ties_its_terms_to_the_diagram(lesson: Lesson) -> None:
    equations, values = walk(lesson.published)
    for equation in equations:
        for markup in every_row(shown(equation, lesson.published, values, lesson.orientation)):
            tree = parsed(markup)
            assert not [node for node in tree.iter() if "id" in node.attrib or "style" in node.attrib]
            for node in tree.iter():
                if "data-ref" in node.attrib:
                    assert re.fullmatch(r"(w-\d+-\d+-\d+|b-\d+-\d+|u-\d+-\d+|y-\d+|loss)", node.attrib["data-ref"])


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_the_numbers_put_into_a_formula_come_to_its_result(lesson: Lesson) -> None:
    """Each row after the first, typed into a calculator as printed, gives the printed result."""
    equations, values = walk(lesson.published)
    for equation in equations:
        rows = shown(equation, lesson.published, values, lesson.orientation).rows
        for line in lines(rows)[1:]:
            found = calculated(*((row.sign, row.right) for row in line))
            assert found == pytest.approx(values[equation.symbol], rel=1e-9, abs=1e-12), (equation, line)


@pytest.mark.parametrize("examples", [1, 3])
@pytest.mark.parametrize("mistakes", [*SINGLE, *PAIRS], ids="+".join)
def test_with_any_mistakes_the_numbers_put_in_come_to_the_wrong_result(
    mistakes: tuple[str, ...], examples: int
) -> None:
    setup = random_setup(4, (2, 2, 2), ("tanh", "sigmoid"), "binary_cross_entropy", examples)
    setup = replace(setup, mistakes=mistakes)
    equations, values = walk(setup)
    for equation in equations:
        found = shown(equation, setup, values)
        for rows in (found.rows, found.written_out):
            for line in lines(rows)[1:]:
                came = calculated(*((row.sign, row.right) for row in line))
                assert came == pytest.approx(values[equation.symbol], rel=1e-9, abs=1e-12), (equation, line)


def numbered(sizes: tuple[int, ...], activation: str, output: str, loss: str, seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    Y = rng.uniform(0.05, 0.95, (3, sizes[-1]))
    data = Examples(rng.normal(size=(3, sizes[0])), Y / Y.sum(axis=1, keepdims=True))
    names = (activation,) * (len(sizes) - 2) + (output,)
    return Setup(sizes, data, names, loss, Initializer("normal", seed), batch_size=1).completed()


@given(
    sizes=st.sampled_from([(1, 1), (2, 3, 1), (3, 2, 4, 2)]),
    activation=st.sampled_from(["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "identity"]),
    pair=st.sampled_from(
        [
            ("sigmoid", "binary_cross_entropy"),
            ("softmax", "cross_entropy"),
            ("softmax", "half_squared_error"),
            ("tanh", "mean_squared_error"),
        ]
    ),
    seed=st.integers(0, 1000),
)
def test_written_out_formulas_of_any_network_come_to_the_same_result(
    sizes: tuple[int, ...], activation: str, pair: tuple[str, str], seed: int
) -> None:
    setup = numbered(sizes, activation, *pair, seed)
    equations, values = walk(setup)
    for equation in equations:
        written = shown(equation, setup, values).written_out
        if written:
            scale = max(abs(values[equation.symbol]), 1e-3)
            numbers = calculated(*((row.sign, row.right) for row in lines(written)[1]))
            assert numbers == pytest.approx(values[equation.symbol], abs=1e-9 * scale)


def gradient_in_full(kind: str, layer: int, j: int, k: int | None = None) -> str:
    lesson = lesson_named("one-example-at-a-time")
    equations, values = walk(lesson.published)
    equation = next(e for e in equations if e.symbol == Symbol(kind, layer, j, k))
    rows = shown(equation, lesson.published, values, lesson.orientation).written_out
    head, *rest = lines(rows)[0]
    more = "".join(row.sign + as_text(row.right) for row in rest)
    return f"{as_text(head.left)}{head.sign}{as_text(head.right)}{more}"


def test_the_nine_gradients_of_the_first_notebook_stand_in_its_own_index_order() -> None:
    assert [
        gradient_in_full("dW", 2, 0, 0),
        gradient_in_full("dW", 2, 0, 1),
        gradient_in_full("db", 2, 0),
        gradient_in_full("dW", 1, 0, 0),
        gradient_in_full("dW", 1, 1, 0),
        gradient_in_full("dW", 1, 0, 1),
        gradient_in_full("dW", 1, 1, 1),
        gradient_in_full("db", 1, 0),
        gradient_in_full("db", 1, 1),
    ] == [
        "(∂ℒ)/(∂w[2]_11)=(ŷ−y)·a[1]_1",
        "(∂ℒ)/(∂w[2]_21)=(ŷ−y)·a[1]_2",
        "(∂ℒ)/(∂b[2]_1)=ŷ−y",
        "(∂ℒ)/(∂w[1]_11)=(ŷ−y)·w[2]_11·a[1]_1·(1−a[1]_1)·x_1",
        "(∂ℒ)/(∂w[1]_12)=(ŷ−y)·w[2]_21·a[1]_2·(1−a[1]_2)·x_1",
        "(∂ℒ)/(∂w[1]_21)=(ŷ−y)·w[2]_11·a[1]_1·(1−a[1]_1)·x_2",
        "(∂ℒ)/(∂w[1]_22)=(ŷ−y)·w[2]_21·a[1]_2·(1−a[1]_2)·x_2",
        "(∂ℒ)/(∂b[1]_1)=(ŷ−y)·w[2]_11·a[1]_1·(1−a[1]_1)",
        "(∂ℒ)/(∂b[1]_2)=(ŷ−y)·w[2]_21·a[1]_2·(1−a[1]_2)",
    ]


def test_the_nine_updates_of_the_first_notebook_subtract_the_learning_rate_times_the_gradient() -> None:
    places = [("W", 2, 0, 0), ("W", 2, 0, 1), ("b", 2, 0, None), ("W", 1, 0, 0), ("W", 1, 1, 0)]
    places += [("W", 1, 0, 1), ("W", 1, 1, 1), ("b", 1, 0, None), ("b", 1, 1, None)]
    for kind, layer, j, k in places:
        gradient = gradient_in_full(f"d{kind}", layer, j, k).split("=")[1]
        name, right = gradient_in_full(f"new_{kind}", layer, j, k).split("←")
        bare = gradient if "·" in gradient else f"({gradient})"
        assert right == f"{name}−η·{bare}"


def test_orientation_turns_the_indices_of_weights_and_nothing_else() -> None:
    shape = lesson_named("two-outputs-two-paths").published.shape(1)
    assert symbol_text(Symbol("W", 1, 0, 1), shape, "fan_out_fan_in") == "w^[1]_12"
    assert symbol_text(Symbol("W", 1, 0, 1), shape, "fan_in_fan_out") == "w^[1]_21"
    assert symbol_text(Symbol("z", 1, 1), shape, "fan_in_fan_out") == "z^[1]_2"


def test_a_unit_number_with_two_digits_is_set_apart_by_a_comma() -> None:
    setup = Setup((2, 12, 1), Examples(np.zeros((1, 2)), np.zeros((1, 1)))).completed()
    assert symbol_text(Symbol("W", 1, 10, 1), setup.shape(1), "fan_out_fan_in") == "w^[1]_11,2"


def test_one_line_forms_read_as_the_notation_has_them() -> None:
    setup = lesson_named("one-example-at-a-time").published
    shape = setup.shape(1)
    delta = next(e for e in trace(shape) if e.symbol == Symbol("delta", 1, 0))
    assert text(delta, shape, "fan_in_fan_out") == "δ^[1]_1 = δ^[2]_1 · w^[2]_11 · σ′(z^[1]_1)"
    assert latex(delta, shape, "fan_in_fan_out") == (
        r"\delta^{[1]}_{1} = \delta^{[2]}_{1} \cdot w^{[2]}_{11} \cdot \sigma'\left(z^{[1]}_{1}\right)"
    )


def test_what_only_a_mistake_writes_reads_alike_in_each_notation() -> None:
    shape = Shape((2, 2, 1), ("sigmoid", "identity"), "half_squared_error", 4)
    wrong = replace(shape, mistakes=("slope_of_activation", "summed_not_averaged"))
    slope, summed = (trace(wrong)[found_at(wrong)[Symbol(kind, 1, 0)]] for kind in ("delta", "db"))
    assert text(slope, wrong, "fan_out_fan_in") == "δ^[1]_1 = δ^[2]_1 · w^[2]_11 · σ′(a^[1]_1)"
    assert text(summed, wrong, "fan_out_fan_in") == "∂ℒ/∂b^[1]_1 = Σ over the examples of δ^[1]_1"
    assert latex(summed, wrong, "fan_out_fan_in").endswith(r" = \sum_{\text{examples}} \delta^{[1]}_{1}")
    assert latex(slope, wrong, "fan_out_fan_in").endswith(r" \cdot \sigma'\left(a^{[1]}_{1}\right)")


def test_a_mean_over_the_batch_marks_the_term_of_the_example_in_focus() -> None:
    setup = lesson_named("softmax-and-dead-units").published
    equations, values = walk(setup, focus=2)
    gradient = next(e for e in equations if e.symbol == Symbol("dW", 2, 0, 0))
    found = shown(gradient, setup, values)
    marked = [node for row in found.rows for node in parsed(row.right).iter() if "mine" in node.get("class", "")]
    own = values[Symbol("delta", 2, 0)] * values[Symbol("a", 1, 0)]
    assert len(marked) == 1
    assert calculated(("=", found.own[1].right)) == pytest.approx(own, rel=1e-9)


def test_error_signal_of_a_matching_output_shows_why_it_is_prediction_minus_target() -> None:
    for slug in ("one-example-at-a-time", "softmax-and-dead-units"):
        setup = lesson_named(slug).published
        equations, values = walk(setup)
        delta = next(e for e in equations if e.symbol == Symbol("delta", 2, 0))
        why = shown(delta, setup, values).why
        assert as_text(why[-1].right) in ("ŷ−y", "ŷ_1−y_1")
        assert "ŷ" in as_text(why[0].right)
        assert "1−ŷ" in as_text(why[0].right)


def test_over_a_batch_no_single_chain_is_written_out() -> None:
    setup = lesson_named("softmax-and-dead-units").published
    equations, values = walk(setup)
    assert {shown(equation, setup, values).written_out for equation in equations} == {()}


def test_a_sum_that_is_too_wide_goes_on_below_with_its_sign_in_front() -> None:
    terms = [(False, f"<mn>{'1' * 15}</mn>"), (True, f"<mn>{'2' * 15}</mn>"), (False, f"<mn>{'3' * 15}</mn>")]
    rows = list(wrapped("<mi>z</mi>", "=", terms))
    assert [row.sign for row in rows] == ["=", "+"]
    assert as_text(rows[0].right) == f"{'1' * 15}−{'2' * 15}"
    assert len(as_text(rows[0].right)) <= WIDE
    assert [row.sign for row in wrapped("", "=", [terms[0], terms[2], terms[1]])] == ["=", "−"]


def test_a_deep_and_wide_network_is_never_opened_back_to_the_output() -> None:
    """Its chain would have millions of symbols: what is too long already is not opened further."""
    setup = numbered((2, *(32,) * 5, 1), "tanh", "sigmoid", "binary_cross_entropy", 0)
    equations, values = walk(setup)
    found = found_at(setup.shape(1))
    for symbol in (Symbol("dW", 1, 0, 0), Symbol("db", 1, 0), Symbol("new_W", 1, 0, 0)):
        assert shown(equations[found[symbol]], setup, values).written_out == ()
