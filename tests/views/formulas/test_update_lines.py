"""The lines of NumPy of an update by any optimizer run, and compute what the engine found."""

import math

import numpy as np
import pytest

from app.engine.equations.trace import trace
from app.engine.learning.iteration import Iteration
from app.engine.learning.optimizers import Optimizer
from app.engine.learning.schedules import Schedule
from app.engine.network.arrays import Array
from app.engine.setup import Setup
from app.lessons.lesson import Orientation
from app.views.formulas.numpy_lines import line_of_numpy
from tests.engine.cases import later_iteration
from tests.views.updates import VARIANTS, told, updates, varied

ORIENTATIONS: tuple[Orientation, ...] = ("fan_out_fan_in", "fan_in_fan_out")
Namespace = dict[str, object]
LETTERS = {"velocity": "u", "m": "m", "v": "v"}


def with_memory(names: Namespace, iteration: Iteration, memory: Array, turned: bool) -> Namespace:
    """uW1, mW1, vb1 ...: what the optimizer remembers, under the names of the lines."""
    for slot, row in zip(iteration.method.optimizer.slots, memory, strict=True):
        for l, (W, b) in enumerate(iteration.before.parts(row), start=1):
            names |= {f"{LETTERS[slot]}W{l}": W.T if turned else W, f"{LETTERS[slot]}b{l}": b}
    return names


def given_names(iteration: Iteration, turned: bool) -> Namespace:
    """What there is before the first line: data, parameters, memory, and all settings by their names."""
    method, optimizer, schedule = iteration.method, iteration.method.optimizer, iteration.method.schedule
    names: Namespace = {"np": np, "math": math, "X": iteration.X, "Y": iteration.Y}
    names |= {"eta": method.learning_rate, "eta0": method.base_rate, "t": iteration.past.iteration + 1}
    names |= {name: getattr(optimizer, name) for name in ("momentum", "decay", "beta1", "beta2", "epsilon")}
    names |= {name: getattr(optimizer, name) for name in ("weight_decay", "clip_norm")}
    names |= {name: getattr(schedule, name) for name in ("every", "factor", "iterations", "minimum")}
    for l, layer in enumerate(iteration.before.layers, start=1):
        names |= {f"W{l}": layer.W.T if turned else layer.W, f"b{l}": layer.b}
    return with_memory(names, iteration, iteration.past.memory, turned)


def assert_lines_compute(setup: Setup, number: int) -> None:
    iteration = later_iteration(setup, number)
    shape = setup.shape(len(iteration.X))
    for orientation in ORIENTATIONS:
        turned = orientation == "fan_in_fan_out"
        names = given_names(iteration, turned)
        if setup.schedule.kind != "constant" and "updated_weights" not in setup.mistakes:
            del names["eta"]  # found by its own line
        for line in dict.fromkeys(line_of_numpy(equation, shape, orientation) for equation in trace(shape)):
            exec(line, names)
        wanted = with_memory({}, iteration, iteration.update.memory, turned)
        for l, layer in enumerate(iteration.after.layers, start=1):
            wanted |= {f"W{l}": layer.W.T if turned else layer.W, f"b{l}": layer.b}
        for name, numbers in wanted.items():
            assert names[name] == pytest.approx(numbers, rel=1e-9, abs=1e-12), name


@pytest.mark.parametrize(("optimizer", "schedule"), VARIANTS, ids=str)
def test_the_lines_run_in_order_and_give_what_the_engine_found(optimizer: Optimizer, schedule: Schedule) -> None:
    for number in (0, 3):
        assert_lines_compute(varied(optimizer, schedule, examples=3), number)


def test_the_lines_of_an_adamw_layer() -> None:
    shape = told("adamw", decays=True, clips=True, schedule="step")
    assert list(dict.fromkeys(line_of_numpy(e, shape, "fan_out_fan_in") for e in updates(shape)))[:11] == [
        "eta = eta0 * factor**((t - 1) // every)",
        "norm = np.sqrt(sum(np.sum(d**2) for d in (dW1, db1, dW2, db2)))",
        "clip = min(1, clip_norm / (norm + 1e-6))",
        "correction_m = 1 - beta1**t",
        "correction_v = 1 - beta2**t",
        "gW2 = clip * dW2",
        "mW2 = beta1 * mW2 + (1 - beta1) * gW2",
        "vW2 = beta2 * vW2 + (1 - beta2) * gW2**2",
        "mW2_hat = mW2 / correction_m",
        "vW2_hat = vW2 / correction_v",
        "W2 = (1 - eta * weight_decay) * W2 - eta * mW2_hat / (np.sqrt(vW2_hat) + epsilon)",
    ]
