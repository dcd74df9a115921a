"""Formulas: what is written is what is computed, in the notebook's own index order."""

import re
from dataclasses import replace

import numpy as np
import pytest

from app.engine.data.split import Examples
from app.engine.equations.shape import Shape
from app.engine.equations.trace import Equation, found_at, trace
from app.engine.equations.values import Values
from app.engine.learning.iteration import run_iteration
from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson, Orientation
from app.views.formulas.formulas import Formula, formula, latex, maths, symbol_text, text
from app.views.formulas.mathml import MATHML, WIDE, Row, packed, plain, wrapped
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
    rows = shown_formula.slope + shown_formula.why + shown_formula.rows + shown_formula.own
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
        for line in lines(found.rows)[1:]:
            came = calculated(*((row.sign, row.right) for row in line))
            assert came == pytest.approx(values[equation.symbol], rel=1e-9, abs=1e-12), (equation, line)


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
        assert "1−ŷ" in as_text(why[0].right)
        (_, own), *_ = maths(shown(delta, setup, values))[-1:]
        assert own.index("<mn>1</mn><mo>−</mo>") < own.index('class="res"')


def test_what_comes_to_the_same_goes_on_in_its_line_where_it_fits() -> None:
    setup = lesson_named("two-outputs-two-paths").right
    equations, values = walk(setup)
    gradient = next(e for e in equations if e.symbol == Symbol("dW", 1, 0, 0))
    found = formula(gradient, setup.shape(1), values, "fan_out_fan_in", 5).rows
    assert [as_text(row.right) for row in packed(found)] == ["δ[1]_1·x_1=0.00895·0.05=0.000448"]
    long = [Row("<mi>z</mi>", "=", f"<mn>{'1' * 30}</mn>"), Row("", "=", f"<mn>{'2' * 30}</mn>")]
    assert packed(long) == long
    assert len(packed([Row("<mi>w</mi>", "←", "<mn>1</mn>"), Row("", "=", "<mn>2</mn>")])) == 2


def test_brackets_around_a_number_take_no_room_to_grow() -> None:
    assert MATHML.parenthesised(plain(-0.5, 5)).count('stretchy="false"') == 2
    assert "stretchy" not in MATHML.parenthesised(MATHML.indexed("z", "[1]", "1"))


def test_a_sum_that_is_too_wide_goes_on_below_with_its_sign_in_front() -> None:
    terms = [(False, f"<mn>{'1' * 15}</mn>"), (True, f"<mn>{'2' * 15}</mn>"), (False, f"<mn>{'3' * 15}</mn>")]
    rows = list(wrapped("<mi>z</mi>", "=", terms))
    assert [row.sign for row in rows] == ["=", "+"]
    assert as_text(rows[0].right) == f"{'1' * 15}−{'2' * 15}"
    assert len(as_text(rows[0].right)) <= WIDE
    assert [row.sign for row in wrapped("", "=", [terms[0], terms[2], terms[1]])] == ["=", "−"]
