"""Activations, losses, optimizers, schedules, initializers, data sets and mistakes are whole records that agree.

An incomplete record cannot be built; what it says in formulas and in NumPy is what its functions compute.
"""

import ast
import math
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.engine.data.datasets import DATASETS
from app.engine.equations.lines import Lines
from app.engine.equations.mistakes import MISTAKES
from app.engine.equations.rules import Story
from app.engine.equations.values import OF_PARAMETERS, SHARED, evaluate
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import SCHEDULES, Schedule
from app.engine.learning.settings import Bounds, bounds_of, check_settings
from app.engine.network.activations import ACTIVATIONS, Activation
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol, product, symbols_in
from app.engine.network.initializers import INITIALIZERS
from app.engine.network.losses import LOSSES, Loss, Output
from app.engine.network.propagation import RIGHT

TABLES: tuple[dict[str, Any], ...] = (
    ACTIVATIONS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULES,
    INITIALIZERS,
    DATASETS,
    MISTAKES,
)
RECORDS = [record for table in TABLES for record in table.values()]
LEFT, RIGHT_SIDE = np.array([[-3.0, -1.25, -0.5]]), np.array([[0.25, 1.0, 2.5]])
Z = np.concatenate([LEFT, RIGHT_SIDE])


class Numbers:
    """Symbols of one layer by their arrays (n,): z, a, y, and the logarithms of a."""

    def __init__(self, **of: Array) -> None:
        self.of = of

    def __getitem__(self, symbol: Symbol) -> float:
        return float(self.of[symbol.kind][symbol.j])

    @property
    def batch(self) -> Any:
        raise AssertionError("A record tells one example.")


def written(code: str, **names: Any) -> Any:
    """What a part of a line of NumPy gives."""
    return eval(code, {"np": np, "math": math, **names})


def assert_equal(found: Any, wanted: Any) -> None:
    """But for rounding."""
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


# Whole ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_record_without_one_of_its_fields_cannot_be_built(record: Any) -> None:
    given = {field.name: getattr(record, field.name) for field in fields(record)}
    required = [field.name for field in fields(record) if field.default is MISSING]
    assert type(record)(**given) == record
    for name in required:
        with pytest.raises(TypeError, match=name):
            type(record)(**{key: value for key, value in given.items() if key != name})


def test_a_loss_without_its_formula_or_its_line_cannot_be_built() -> None:
    """Mean absolute error, as far as its arrays go: nothing else would say what it is."""
    with pytest.raises(TypeError, match=r"'logs', 'targets', 'formula', 'slope', and 'code'"):
        Loss(  # type: ignore[call-arg]
            name="mean_absolute_error",
            value=lambda output, Y: np.abs(output.A - Y).mean(axis=-1),
            gradient=lambda y_hat, Y: np.sign(y_hat - Y) / Y.shape[-1],
            output=None,
            error=None,
        )


@pytest.mark.parametrize("table", TABLES)
def test_a_record_is_found_by_its_own_name(table: dict[str, Any]) -> None:
    assert [record.name for record in table.values()] == list(table)


# Activations ----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=ACTIVATIONS.values(), ids=lambda activation: activation.name)
def activation(request: pytest.FixtureRequest) -> Activation:
    one: Activation = request.param
    return one


def test_an_activations_formula_and_line_give_g(activation: Activation) -> None:
    A = activation.g(Z)
    names = {"Z": Z}
    if activation.code.before:
        exec(activation.code.before.format(Z="Z"), {"np": np, "Z": Z}, names)
    assert_equal(written(activation.code.g.format(Z="Z"), **names), A)
    symbols = tuple(Symbol("z", 1, j) for j in range(Z.shape[1]))
    told = [[evaluate(activation.formula(symbols, j), Numbers(z=row)) for j in range(len(row))] for row in Z]
    assert_equal(told, A)


def test_an_activations_slope_is_the_same_however_it_is_written(activation: Activation) -> None:
    A, slope, code = activation.g(Z), activation.g_prime(Z), activation.code
    if activation.slope_from_a is not None:
        assert_equal(activation.slope_from_a(A), slope)
    if activation.slope_formula is not None:
        told = [[evaluate(activation.slope_formula(Symbol("a", 1, j)), Numbers(a=row)) for j in range(3)] for row in A]
        assert_equal(told, slope)
    for line in filter(None, (code.slope, code.by_z)):
        assert_equal(written(line.format(Z="Z", A="A"), Z=Z, A=A), slope)
    assert code.slope or activation.passes_on or activation.couples
    assert "{A}" not in code.slope or code.by_z  # else nobody could take the slope at a instead of z
    assert "{Z}" not in code.slope or activation.slope_from_a is None  # else a rounded a would be told of a slope at z


def test_an_activation_is_what_its_record_says_of_it(activation: Activation) -> None:
    wide = np.linspace(-30.0, 30.0, 6001)[None]
    low, high = activation.bounds
    A = activation.g(wide)
    assert ((low <= A) & (high >= A)).all()
    assert activation.couples != np.array_equal(activation.g(Z)[:, :1], activation.g(Z[:, :1]))
    if activation.couples:
        return
    bends = np.abs(np.diff(activation.g_prime(wide), axis=1)) > 1e-9
    inside = np.ones(6000, bool)
    inside[2999:3001] = False  # beside 0, where a corner may be
    assert activation.straight != bends[:, inside].any()
    assert activation.passes_on == (activation.g_prime(wide) == 1).all()
    assert activation.switches_off == (not activation.g(LEFT).any() and not activation.g_prime(LEFT).any())


def test_an_activation_with_a_corner_at_0_names_its_two_pieces(activation: Activation) -> None:
    if activation.couples:
        return
    h = 1e-4
    at = activation.g_prime(np.array([[-h, 0.0, h, 2 * h]]))[0]
    jumps = abs((at[3] - at[2]) - (at[1] - at[0])) > 1e-2 * h or abs(at[2] - at[1]) > 1e-2
    assert jumps == (activation.pieces is not None)
    if activation.pieces is not None:
        left, right = activation.pieces
        np.testing.assert_array_equal(activation.g(LEFT), left(LEFT))
        np.testing.assert_array_equal(activation.g(RIGHT_SIDE), right(RIGHT_SIDE))


# Losses ---------------------------------------------------------------------------------------------------------------


def said(loss: Loss, outputs: int) -> tuple[Output, Array]:
    """Four examples' outputs, and targets that the loss takes."""
    rng = np.random.default_rng(outputs)
    z = rng.standard_normal((4, outputs))
    a = ACTIVATIONS[loss.output or "identity"].g(z)
    shares = rng.dirichlet(np.ones(outputs), 4)
    return Output(z, a), {"any": rng.standard_normal((4, outputs)), "probabilities": rng.random((4, outputs))}.get(
        loss.targets, shares
    )


@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.name)
def test_a_losss_formula_line_and_slope_give_what_its_functions_give(loss: Loss, outputs: int) -> None:
    output, Y = said(loss, outputs)
    y_hat, y = (tuple(Symbol(kind, 1, j) for j in range(outputs)) for kind in ("a", "y"))
    logs = dict(zip(("ln_a", "ln_rest"), loss.logs(output) if loss.logs else (), strict=False))
    rows = [
        Numbers(a=output.A[i], y=Y[i], **{kind: numbers[i] for kind, numbers in logs.items()}) for i in range(len(Y))
    ]
    value, gradient = loss.value(output, Y), loss.gradient(output.A, Y)
    assert_equal([evaluate(loss.formula(y_hat, y), row) for row in rows], value)
    assert {symbol.kind for symbol in symbols_in(loss.formula(y_hat, y))} - {"a", "y"} == set(logs)
    told = [[evaluate(product(*loss.slope(y_hat, y, j)), row) for j in range(outputs)] for row in rows]
    assert_equal(told, gradient)
    for code in filter(None, (loss.code.value, loss.code.by_z.format(Z="Z"))):
        line = written(code, y_hat=output.A, Y=Y, Z=output.Z)
        assert_equal(line / len(Y) if loss.code.sums else line, value.mean())
    assert bool(loss.code.by_z) == bool(loss.code.why)
    error = math.prod(written(part, y_hat=output.A, Y=Y) for part in loss.code.error(outputs))
    own = gradient if loss.error is None else loss.error(output, Y)
    assert_equal(error, own)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.name)
def test_a_loss_has_its_own_output_and_error_together_or_neither(loss: Loss) -> None:
    assert (loss.output is None) == (loss.error is None)
    assert loss.output is None or loss.output in ACTIVATIONS


# Optimizers and schedules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kinds", "of"), [(OPTIMIZERS, Optimizer), (SCHEDULES, Schedule)])
def test_a_setting_that_a_kind_names_is_declared_with_bounds_that_hold_its_default(
    kinds: dict[str, Any], of: type
) -> None:
    bounds = bounds_of(of)
    assert {field.name for field in fields(of)} == {"kind", *bounds}
    assert {name for kind in kinds.values() for name in kind.settings} <= set(bounds)
    check_settings("", of())


def test_no_setting_is_called_as_another_is() -> None:
    assert not set(bounds_of(Optimizer)) & set(bounds_of(Schedule))


def test_a_setting_out_of_its_bounds_is_named() -> None:
    for bounds, number in ((Bounds(ge=0, problem="", remedy=""), math.nan), (Bounds(lt=1, problem="", remedy=""), 1.0)):
        assert not bounds.hold(number)
    with pytest.raises(SetupError, match="momentum lies outside of 0 to 1") as caught:
        check_settings("optimizer", Optimizer(momentum=1.0))
    assert caught.value.field == "optimizer.momentum"


@pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=lambda kind: kind.name)
def test_an_optimizer_tells_only_of_what_is_found_before(kind: Any) -> None:
    found = {"g", *(state.name for state in kind.states if state.kept)} | set(SHARED)
    for shared in kind.shared:
        assert {symbol.kind for symbol in symbols_in(shared.told)} <= set(SHARED)
    for state in kind.states:
        assert {symbol.kind for symbol in symbols_in(state.told(Symbol))} <= found
        found.add(f"new_{state.name}" if state.kept else state.name)
    assert {symbol.kind for symbol in symbols_in(kind.step(Symbol))} <= found
    assert found <= {*SHARED, *OF_PARAMETERS}


@pytest.mark.parametrize("kind", SCHEDULES.values(), ids=lambda kind: kind.name)
def test_a_schedule_that_moves_the_rate_tells_it_and_has_its_line(kind: Any) -> None:
    assert (kind.told is None) == (kind.code == "")
    if kind.told is None:
        return
    rates = Schedule(kind.name)
    names = {name: getattr(rates, name) for name in kind.settings}
    for iteration in (0, 1, 99, 100, 250):
        line: dict[str, Any] = {"np": np, "eta0": 0.3, "t": iteration + 1, **names}
        exec(kind.code, line)
        assert line["eta"] == pytest.approx(rates.rate(0.3, iteration), rel=1e-12)


# The others -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DATASETS.values(), ids=lambda kind: kind.name)
def test_a_data_set_names_all_of_its_columns_or_none(kind: Any) -> None:
    X, y = kind.draw(12, 0.1, np.random.default_rng(0))
    assert len(kind.columns) in (0, X.shape[1])
    assert len(kind.names) in (0, np.column_stack([y]).shape[1])


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=lambda mistake: mistake.name)
def test_a_mistakes_rule_is_computed_told_and_written(mistake: Any) -> None:
    for rules in (RIGHT, Story(), Lines()):
        assert hasattr(rules, mistake.rule)


# Nobody asks for a name -----------------------------------------------------------------------------------------------

APP = Path(__file__).parents[2] / "app"
NAMES = {*ACTIVATIONS, *LOSSES, "nesterov", "rmsprop", "adam", "adamw"}
EXCEPT = ("security.py", "notations.py")  # HTTP's own "identity"; how functions are written
ROOMS = ("engine", "sessions", "web", "views")


def asked_for(tree: ast.AST) -> Iterator[str]:
    """The names of records that a file compares something with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and part.value in NAMES:
                    yield str(part.value)


@pytest.mark.parametrize("room", ROOMS)
def test_no_record_is_asked_for_by_its_name_but_in_sentences(room: str) -> None:
    files = [path for path in (APP / room).rglob("*.py") if path.name not in EXCEPT and path.parent.name != "narration"]
    assert files
    assert {path.name: names for path in files if (names := [*asked_for(ast.parse(path.read_text()))])} == {}
