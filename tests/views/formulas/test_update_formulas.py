"""Updates by any optimizer as formulas: what is written is what is computed."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from app.engine.data.split import Examples
from app.engine.equations.shape import Shape
from app.engine.equations.values import Values
from app.engine.learning.optimizers import Optimizer
from app.engine.learning.schedules import Schedule
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from app.views.formulas.formulas import formula, latex, text
from tests.engine.cases import later_iteration
from tests.views.mathml import as_text, calculated, parsed
from tests.views.rows import lines
from tests.views.updates import VARIANTS, line_of, told, updates, varied


@pytest.mark.parametrize("number", [0, 3])
@pytest.mark.parametrize(("optimizer", "schedule"), VARIANTS, ids=str)
def test_the_numbers_put_into_a_formula_come_to_its_result(
    optimizer: Optimizer, schedule: Schedule, number: int
) -> None:
    setup = varied(optimizer, schedule)
    iteration, shape = later_iteration(setup, number), setup.shape(1)
    values = Values(iteration)
    for equation in updates(shape):
        shown = formula(equation, shape, values, "fan_out_fan_in", 24)  # a mean square may be tiny
        for line in lines(shown.rows)[1:]:
            found = calculated(*((row.sign, row.right) for row in line))
            assert found == pytest.approx(values[equation.symbol], rel=1e-9, abs=1e-12), (equation, line)


@pytest.mark.parametrize(("optimizer", "schedule"), VARIANTS, ids=str)
def test_every_formula_is_well_formed_and_ties_its_terms_to_the_diagram(
    optimizer: Optimizer, schedule: Schedule
) -> None:
    setup = varied(optimizer, schedule)
    shape, values = setup.shape(1), Values(later_iteration(setup, 1))
    for equation in updates(shape):
        shown = formula(equation, shape, values, "fan_in_fan_out", 5)
        for markup in (part for row in shown.rows for part in (row.left, row.right) if part):
            for node in parsed(markup).iter():
                assert not {"id", "style"} & set(node.attrib)
                assert re.fullmatch(r"w-\d+-\d+-\d+|b-\d+-\d+|none", node.attrib.get("data-ref", "none"))


W = (2, 0, 1)
IN_TEXT = [
    (told("momentum"), Symbol("new_velocity_W", *W), "u^[2]_w12 ← μ · u^[2]_w12 + ∂ℒ/∂w^[2]_12"),
    (told("momentum"), Symbol("new_W", *W), "w^[2]_12 ← w^[2]_12 − η · u^[2]_w12"),
    (told("nesterov"), Symbol("new_b", 2), "b^[2]_1 ← b^[2]_1 − η · (∂ℒ/∂b^[2]_1 + μ · u^[2]_b1)"),
    (told("rmsprop"), Symbol("new_v_b", 1, 1), "v^[1]_b2 ← ρ · v^[1]_b2 + (1 − ρ) · (∂ℒ/∂b^[1]_2)²"),
    (told("rmsprop"), Symbol("new_b", 1, 1), "b^[1]_2 ← b^[1]_2 − η · ∂ℒ/∂b^[1]_2/(√(v^[1]_b2) + ε)"),
    (told("adam"), Symbol("correction_m"), "c_m = 1 − β₁^t"),
    (told("adam"), Symbol("new_m_W", *W), "m^[2]_w12 ← β₁ · m^[2]_w12 + (1 − β₁) · ∂ℒ/∂w^[2]_12"),
    (told("adam"), Symbol("v_hat_W", *W), "v̂^[2]_w12 = v^[2]_w12/c_v"),
    (told("adam"), Symbol("new_W", *W), "w^[2]_12 ← w^[2]_12 − η · m̂^[2]_w12/(√(v̂^[2]_w12) + ε)"),
    (
        told("adamw", decays=True),
        Symbol("new_W", *W),
        "w^[2]_12 ← (1 − η · λ) · w^[2]_12 − η · m̂^[2]_w12/(√(v̂^[2]_w12) + ε)",
    ),
    (
        told("adam", decays=True, clips=True),
        Symbol("g_W", *W),
        "g^[2]_w12 = clip · ∂ℒ/∂w^[2]_12 + λ · w^[2]_12",
    ),
    (told("adamw", clips=True), Symbol("norm"), "‖∇ℒ‖ = √(Σ over the parameters of (∂ℒ/∂w)²)"),
    (told("adamw", clips=True), Symbol("clip"), "clip = min(1, ‖∇ℒ‖_max/(‖∇ℒ‖ + 10^−6))"),
    (told("adamw", schedule="step"), Symbol("eta"), "η = η₀ · γ^n"),
    (told("adamw", schedule="cosine"), Symbol("eta"), "η = η_min + (η₀ − η_min) · (1 + cos(π · i/T))/2"),
]


@pytest.mark.parametrize(("shape", "symbol", "line"), IN_TEXT)
def test_each_equation_in_one_line(shape: Shape, symbol: Symbol, line: str) -> None:
    assert text(line_of(shape, symbol), shape, "fan_out_fan_in") == line


@pytest.mark.parametrize(
    ("shape", "symbol", "line"),
    [
        (
            told("adam"),
            Symbol("new_W", *W),
            r"w^{[2]}_{12} \leftarrow w^{[2]}_{12} - \eta \cdot "
            r"\frac{\hat{m}^{[2]}_{w12}}{\sqrt{\hat{v}^{[2]}_{w12}} + \varepsilon}",
        ),
        (
            told("rmsprop"),
            Symbol("new_v_W", *W),
            r"v^{[2]}_{w12} \leftarrow \rho \cdot v^{[2]}_{w12} + \left(1 - \rho\right) \cdot "
            r"\left(\frac{\partial \mathcal{L}}{\partial w^{[2]}_{12}}\right)^{2}",
        ),
        (told("adam"), Symbol("correction_v"), r"c_{v} = 1 - \beta_{2}^{t}"),
        (
            told("adam", clips=True),
            Symbol("clip"),
            r"\text{clip} = \min\left(1, \frac{\lVert \nabla \mathcal{L} \rVert_{\max}}"
            r"{\lVert \nabla \mathcal{L} \rVert + 10^{-6}}\right)",
        ),
        (told("adam", schedule="step"), Symbol("eta"), r"\eta = \eta_{0} \cdot \gamma^{n}"),
    ],
)
def test_each_equation_in_latex(shape: Shape, symbol: Symbol, line: str) -> None:
    assert latex(line_of(shape, symbol), shape, "fan_out_fan_in") == line


@pytest.mark.parametrize(("shape", "symbol", "line"), IN_TEXT)
def test_latex_closes_what_it_opens(shape: Shape, symbol: Symbol, line: str) -> None:
    written = latex(line_of(shape, symbol), shape, "fan_out_fan_in")
    assert written.count("{") == written.count("}")
    assert written.count(r"\left(") == written.count(r"\right)")
    assert written.isascii()


def test_what_has_marks_of_its_own_stands_in_brackets_when_it_is_squared() -> None:
    shape = told("adam")
    setup = replace(varied(Optimizer("adam"), Schedule()), sizes=(2, 2, 1))
    equation = line_of(shape, Symbol("new_v_W", *W))
    start = Parameters((np.full((2, 2), 1e-5), np.full((1, 2), 1e-6)), (np.zeros(2), np.zeros(1)))
    small = Setup((2, 2, 1), Examples(np.ones((1, 2)), np.full((1, 1), 1e-7)), shape.activations, shape.loss, start)
    values = Values(later_iteration(replace(small, optimizer=setup.optimizer), 0))
    rows = formula(equation, shape, values, "fan_out_fan_in", 5).rows
    assert "((∂ℒ)/(∂w[2]_12))^2" in as_text(rows[0].right)
    assert re.search(r"\(\d\.\d+×10\^-\d\)\^2", as_text(rows[1].right))


def test_the_length_of_all_gradients_has_a_number_for_each_layer() -> None:
    setup = varied(Optimizer(clip_norm=1.0), Schedule())
    shape, iteration = setup.shape(1), later_iteration(setup, 0)
    rows = formula(line_of(shape, Symbol("norm")), shape, Values(iteration), "fan_out_fan_in", 14).rows
    assert as_text(rows[0].right) == "√(∑_parameters((∂ℒ)/(∂w))^2)"
    squares = [
        sum((part**2).sum() for part in pair) for pair in zip(iteration.backward.dW, iteration.backward.db, strict=True)
    ]
    assert as_text(rows[1].right).count("layer") == 2
    assert calculated(("=", rows[1].right)) == pytest.approx(math.sqrt(sum(squares)), rel=1e-12)
