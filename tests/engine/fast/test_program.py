"""What a recording takes down of functions, and what it refuses."""

import gc
from typing import Any
from weakref import ref

import numpy as np
import pytest

from app.engine.fast.program import Program, Tape
from app.engine.network.arrays import one_step

X, Y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([[0.0], [1.0], [0.5]])
FACTOR = np.array(3.0)


def tape_of(function: Any, *late: Any) -> Tape:
    tape = Tape()
    function(*(tape.array(x) for x in late))
    return tape


def program(function: Any, into: np.ndarray[Any, Any]) -> Program:
    """Of function(x, y, factor) -> result and what goes into `into`; only the factor changes with the parameters."""

    def record(tape: Tape, x: Any, y: Any) -> tuple[Any, list[Any]]:
        result, other = function(x, y, tape.array(FACTOR))
        return result, [other]

    return Program.of(record, (X, Y), [into], ())


def done(made: Program, x: Any, y: Any) -> Any:
    given, Z = made.given(x, y), np.empty((len(x), 2))
    assert given is not None
    made.run([(*given, Z)])
    return Z


def test_a_program_does_it_again_for_other_batches_and_other_parameters() -> None:
    total = np.empty(2)
    made = program(lambda x, y, factor: (z := (x - y) * factor, z.sum(axis=0)), total)
    assert done(made, X, Y).tolist() == ((X - Y) * 3.0).tolist()
    FACTOR.fill(-0.5)
    try:
        assert done(made, X + 7, Y).tolist() == ((X + 7 - Y) * -0.5).tolist()
        assert total.tolist() == ((X + 7 - Y) * -0.5).sum(axis=0).tolist()
    finally:
        FACTOR.fill(3.0)


def test_what_needs_the_batch_alone_is_done_once_for_it() -> None:
    made = program(lambda x, y, factor: (np.exp(x - y) * factor, factor + 1.0), np.empty(()))
    assert [step.do for step in made.tape.early] == [np.subtract, np.exp]
    assert [step.do for step in made.tape.late] == [np.multiply, np.add]


def test_the_same_is_not_done_twice() -> None:
    tape = tape_of(lambda z: (np.exp(z) / (1.0 + np.exp(z)), 1.0 / (1.0 + np.exp(z))), X.copy())
    assert [step.do for step in tape.late] == [np.exp, np.add, np.divide, np.divide]


def test_what_changes_nothing_is_not_done() -> None:
    tape = tape_of(lambda z: np.ones_like(z) * (z * 1.0) / 1 * np.ones((1, 2)), X.copy())
    assert tape.late == []
    assert [step.do for step in tape_of(lambda z: z[:1] * np.ones((3, 2)), X.copy()).late] == [np.multiply]


def test_what_nobody_asks_for_is_not_in_the_program() -> None:
    calls = []

    @one_step
    def heavy(x: Any) -> Any:
        calls.append(x)
        return np.negative(x)

    made = program(lambda x, y, factor: (heavy(factor), (x * factor, factor + 1.0))[1], np.empty(()))
    calls.clear()
    done(made, X, Y)
    assert calls == []


def test_a_recording_that_nobody_needs_any_more_is_let_go_with_its_arrays() -> None:
    """Views of views among them: NumPy's own way from a view to what it is of is none that a collection sees."""
    tapes = [ref(tape_of(lambda z: (z.T.dot(z), z[:, None].sum(axis=0).T * z.T), X.copy())) for _ in range(3)]
    gc.collect()
    assert [tape() for tape in tapes] == [None] * 3


def test_a_function_that_numpy_does_not_know_is_one_step() -> None:
    made = program(lambda x, y, factor: (one_step(np.flip)(x * factor), factor + 1.0), np.empty(()))
    assert done(made, X, Y).tolist() == np.flip(X * 3.0).tolist()


def test_a_question_about_the_batch_decides_for_which_batches_a_program_is() -> None:
    made = program(lambda x, y, factor: (x * factor if (y > 0.7).any() else x + factor, factor + 1.0), np.empty(()))
    assert made.given(X, Y) is not None
    assert made.given(X, Y * 0.5) is None


@pytest.mark.parametrize(
    "function",
    [
        lambda z: z if z.any() else -z,
        lambda z: float(z[0, 0:1].sum()),
        lambda z: z.tolist(),
        lambda z: z[0, 0],
        lambda z: z.astype(int),
        lambda z: list(z[0]),
    ],
)
def test_what_hangs_on_a_number_that_changes_with_the_parameters_is_refused(function: Any) -> None:
    with pytest.raises(TypeError, match="cannot depend on a number"):
        tape_of(function, X.copy())


def test_a_part_of_the_batch_or_a_view_of_the_result_is_refused() -> None:
    with pytest.raises(TypeError, match="a part of what changes"):
        program(lambda x, y, factor: (x[:, :1] * factor, factor + 1.0), np.empty(()))
    with pytest.raises(TypeError, match="a view of its result"):
        program(lambda x, y, factor: (z := x * factor, z[0] + 1.0), np.empty(2))
