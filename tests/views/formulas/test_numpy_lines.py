"""The lines of NumPy, run in the order of the walk, compute exactly what the engine's record holds."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.engine.data.split import Examples
from app.engine.equations.shape import Shape
from app.engine.equations.trace import PHASES, Equation, trace
from app.engine.learning.iteration import Iteration
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.arrays import Array
from app.engine.network.losses import LOSSES
from app.engine.setup import Parameters, Setup
from app.lessons.lesson import Orientation
from app.views.formulas.numpy_lines import by_line, line_of_numpy
from tests.engine.cases import OWN_LOSS, iteration_of, mistaken, random_setup, setups

ORIENTATIONS: tuple[Orientation, ...] = ("fan_out_fan_in", "fan_in_fan_out")
Namespace = dict[str, object]


def lines(shape: Shape, orientation: Orientation) -> list[str]:
    """Every line of an iteration once, in order."""
    return list(dict.fromkeys(line_of_numpy(equation, shape, orientation) for equation in trace(shape)))


def given_names(iteration: Iteration, turned: bool) -> Namespace:
    """What a learner has before the first line: the data, the parameters, eta and m."""
    names: Namespace = {"np": np, "math": math, "X": iteration.X, "Y": iteration.Y}
    names["eta"] = iteration.method.learning_rate
    for l, layer in enumerate(iteration.before.layers, start=1):
        names |= {f"W{l}": layer.W.T if turned else layer.W, f"b{l}": layer.b}
    return names


def recorded(iteration: Iteration, turned: bool) -> dict[str, Array]:
    """What the engine recorded, under the names of the lines."""
    back, there, depth = iteration.backward, iteration.forward, len(iteration.before.layers)
    found = {"loss": np.array(iteration.loss), "y_hat": there.A[-1]}
    for l in range(1, depth + 1):
        W, dW = iteration.after.layers[l - 1].W, back.dW[l - 1]
        found |= {f"Z{l}": there.Z[l - 1], f"delta{l}": back.delta[l - 1] * len(iteration.X), f"db{l}": back.db[l - 1]}
        found |= {f"b{l}": iteration.after.layers[l - 1].b}
        found |= {f"W{l}": W.T, f"dW{l}": dW.T} if turned else {f"W{l}": W, f"dW{l}": dW}
    return found | {f"A{l}": there.A[l] for l in range(1, depth)}


def assert_lines_compute(setup: Setup) -> None:
    iteration = iteration_of(setup)
    for orientation in ORIENTATIONS:
        turned = orientation == "fan_in_fan_out"
        names = given_names(iteration, turned)
        for line in lines(setup.shape(len(iteration.X)), orientation):
            exec(line, names)
        for name, wanted in recorded(iteration, turned).items():
            assert names[name] == pytest.approx(wanted, rel=1e-9, abs=1e-12), name


@pytest.mark.parametrize("hidden", [name for name in ACTIVATIONS if name != "softmax"])
@pytest.mark.parametrize("decimals", [None, 4])
@pytest.mark.parametrize("examples", [1, 3])
def test_every_hidden_activation(hidden: str, decimals: int | None, examples: int) -> None:
    setup = random_setup(1, (3, 4, 2, 2), (hidden, hidden, "sigmoid"), "binary_cross_entropy", examples)
    assert_lines_compute(replace(setup, decimals=decimals))


@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("loss", list(LOSSES))
@pytest.mark.parametrize("output", list(ACTIVATIONS))
def test_every_output_activation_with_every_loss_that_allows_it(output: str, loss: str, outputs: int) -> None:
    if LOSSES[loss].output in (None, output):
        assert_lines_compute(random_setup(2, (2, 3, outputs), ("tanh", output), loss, 4))


@pytest.mark.parametrize("z", [-1000.0, -40.0, -37.0, 37.0, 40.0, 1000.0])
@pytest.mark.parametrize(("output", "loss"), OWN_LOSS)
def test_the_line_of_a_loss_does_not_overflow_where_the_output_is_sure(output: str, loss: str, z: float) -> None:
    start = Parameters((np.zeros((2, 1)),), (np.array([z, -z]),))
    for right in (0, 1):
        data = Examples(np.array([[1.0]]), np.eye(2)[[right]])
        setup = Setup((1, 2), data, (output,), loss, start).completed()
        iteration, loss_of = iteration_of(setup), of_group(setup.shape(1), "loss", 0)
        names: Namespace = {"np": np, "Y": iteration.Y, "Z1": iteration.forward.Z[0]}
        exec(line_of_numpy(loss_of, setup.shape(1), "fan_out_fan_in"), names)
        assert names["loss"] == pytest.approx(iteration.loss, rel=1e-12, abs=1e-15)


@st.composite
def varied(draw: st.DrawFn) -> Setup:
    """Setups with any mistakes, rounding and batch size."""
    setup = draw(mistaken())
    decimals, size = draw(st.sampled_from([None, 3])), draw(st.sampled_from([1, 2, None]))
    return replace(setup, decimals=decimals, batch_size=size)


@settings(max_examples=250)
@given(varied())
def test_any_network_with_any_mistake(setup: Setup) -> None:
    iteration = iteration_of(setup)
    y_hat = iteration.forward.A[-1]
    by_hand = setup.decimals is not None and LOSSES[setup.loss].output is not None
    certain = by_hand and ((y_hat == 0) | (y_hat == 1)).any()
    assume(not certain)  # a prediction rounded to 0 has no logarithm in NumPy
    assert_lines_compute(setup)


def of_group(shape: Shape, kind: str, layer: int) -> Equation:
    return next(e for e in trace(shape) if e.group == (kind, layer))


def shown(shape: Shape, orientation: Orientation, groups: Sequence[tuple[str, int]]) -> list[str]:
    return [line_of_numpy(of_group(shape, *group), shape, orientation) for group in groups]


def test_the_lines_of_a_lesson_written_fan_in_by_fan_out() -> None:
    shape = Shape((2, 4, 2), ("relu", "softmax"), "cross_entropy", 6)
    groups = [("z", 1), ("a", 1), ("z", 2), ("a", 2), ("loss", 0), ("delta", 2), ("dW", 2), ("delta", 1), ("db", 1)]
    assert shown(shape, "fan_in_fan_out", groups) == [
        "Z1 = X @ W1 + b1",
        "A1 = np.maximum(Z1, 0)",
        "Z2 = A1 @ W2 + b2",
        "E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))\ny_hat = E / E.sum(axis=1, keepdims=True)",
        "# ln y_hat, from Z2 so that nothing overflows\n"
        "loss = -np.sum(Y * (Z2 - np.logaddexp.reduce(Z2, axis=1, keepdims=True))) / len(X)",
        "delta2 = y_hat - Y",
        "dW2 = A1.T @ delta2 / len(X)",
        "delta1 = (delta2 @ W2.T) * (Z1 > 0)",
        "db1 = delta1.mean(axis=0)",
    ]


def test_the_lines_of_a_lesson_written_fan_out_by_fan_in() -> None:
    shape = Shape((2, 2, 2), ("sigmoid", "sigmoid"), "half_squared_error", 1, decimals=4)
    groups = [("z", 1), ("a", 1), ("loss", 0), ("delta", 2), ("delta", 1), ("dW", 1), ("db", 1), ("W", 1), ("b", 1)]
    assert shown(shape, "fan_out_fan_in", groups) == [
        "Z1 = X @ W1.T + b1",
        "A1 = np.round(1 / (1 + np.exp(-Z1)), 4)",
        "loss = np.sum((y_hat - Y)**2) / 2",
        "delta2 = (y_hat - Y) * y_hat * (1 - y_hat)",
        "delta1 = (delta2 @ W2) * A1 * (1 - A1)",
        "dW1 = delta1.T @ X",
        "db1 = delta1.sum(axis=0)",
        "W1 = W1 - eta * dW1",
        "b1 = b1 - eta * db1",
    ]


@pytest.mark.parametrize(("orientation", "line"), [
    ("fan_out_fan_in", "delta1 = (delta2 @ W2.T) * (1 - A1**2)"),
    ("fan_in_fan_out", "delta1 = (delta2 @ W2) * (1 - A1**2)"),
])  # fmt: skip
def test_a_mistake_is_in_the_line(orientation: Orientation, line: str) -> None:
    shape = Shape((3, 2, 2), ("tanh", "sigmoid"), "binary_cross_entropy", 1, mistakes=("untransposed_weights",))
    assert shown(shape, orientation, [("delta", 1)]) == [line]


@pytest.mark.parametrize(("mistakes", "group", "line"), [
    (("untransposed_weights", "updated_weights"), ("delta", 1), "delta1 = (delta2 @ (W2 - eta * dW2).T) * (1 - A1**2)"),
    (("one_path_only",), ("delta", 1), "delta1 = (delta2[:, -1:] @ W2[-1:]) * (1 - A1**2)"),
    (("missing_slope",), ("delta", 1), "delta1 = delta2 @ W2"),
    (("slope_of_activation",), ("delta", 1), "delta1 = (delta2 @ W2) * (1 - np.tanh(A1)**2)"),
    (("wrong_sign", "slope_after_softmax"), ("delta", 2), "delta2 = (Y - y_hat) * y_hat * (1 - y_hat)"),
    (("wrong_layer_input", "summed_not_averaged"), ("dW", 1), "dW1 = delta1.T @ A1"),
    (("bias_times_fan_in",), ("db", 1), "db1 = 2 * delta1.mean(axis=0)"),
])  # fmt: skip
def test_the_line_of_each_mistake(mistakes: tuple[str, ...], group: tuple[str, int], line: str) -> None:
    shape = Shape((2, 2, 2), ("tanh", "sigmoid"), "binary_cross_entropy", 4, mistakes=mistakes)
    assert shown(shape, "fan_out_fan_in", [group]) == [line]


@given(setup=varied(), orientation=st.sampled_from(ORIENTATIONS))
def test_each_equation_stands_with_its_own_line(setup: Setup, orientation: Orientation) -> None:
    shape = setup.shape(2)
    found = by_line(trace(shape), shape, orientation)
    assert sorted(one.index for equations in found.values() for one in equations) == list(range(len(trace(shape))))
    for line, equations in found.items():
        assert {line_of_numpy(one, shape, orientation) for one in equations} == {line}


@given(setups(), st.sampled_from(ORIENTATIONS))
def test_one_line_serves_a_whole_layer(setup: Setup, orientation: Orientation) -> None:
    shape = setup.shape(len(setup.examples[0]))
    by_group = {e.group: line_of_numpy(e, shape, orientation) for e in trace(shape)}
    assert lines(shape, orientation) == list(by_group.values())
    assert len(set(by_group.values())) == len(by_group)
    assert {e.phase for e in trace(shape)} == set(PHASES)
