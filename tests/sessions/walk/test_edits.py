"""Edits while walking, and undo: the walk goes on from what was edited, and comes back to the same bits."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.data.datasets import Dataset
from app.engine.data.split import Examples
from app.engine.learning.optimizers import Optimizer
from app.engine.network.errors import SetupError
from app.engine.setup import Setup
from app.sessions.store.texts import fixed_text, moving_text, session_of
from app.sessions.walk.edits import MOST_MARKS
from app.sessions.walk.session import TrainingSession
from tests.sessions.own_setups import X, Y, bits, own

EDITS = st.one_of(
    st.tuples(st.just("with_parameter"), st.just((1, "W", 2, 1)), st.floats(-2, 2)),
    st.tuples(st.just("with_parameter"), st.just((2, "b", 0, None)), st.floats(-2, 2)),
    st.tuples(st.just("with_input"), st.tuples(st.integers(0, 4), st.integers(0, 1)), st.floats(-2, 2)),
    st.tuples(st.just("with_target"), st.tuples(st.integers(0, 4), st.integers(0, 1)), st.floats(-2, 2)),
    st.tuples(st.just("with_learning_rate"), st.just(()), st.floats(0.01, 0.5)),
)


def edited(session: TrainingSession, edit: tuple[str, tuple[Any, ...], float]) -> TrainingSession:
    verb, place, value = edit
    after: TrainingSession = getattr(session, verb)(*place, value)
    return after


def test_an_input_counts_from_this_iteration_on_wherever_the_walk_stands_in_it() -> None:
    session = own(None).step("phase").with_input(3, 1, 9.0)
    changed = X.copy()
    changed[3, 1] = 9.0
    fresh = TrainingSession.of_setup(
        Setup((2, 3, 2), Examples(changed, Y), start=session.setup.start, learning_rate=0.3)
    )
    assert (changed == session.current.X).all()
    assert session.current.loss == fresh.step("phase").current.loss
    assert session.place == fresh.step("phase").place


def test_an_input_edited_at_the_end_of_an_iteration_counts_from_the_next() -> None:
    session = own(None).update().with_input(3, 1, 9.0)
    assert session.current.X[3, 1] == X[3, 1]
    assert session.examples[0][3, 1] == 9.0
    assert session.step().current.X[3, 1] == 9.0
    assert session.step("iteration").step().current.X[3, 1] == 9.0


def test_a_target_counts_as_an_input_does() -> None:
    session = own(None).with_target(0, 1, -1.5)
    assert session.current.Y[0, 1] == -1.5
    assert session.forward().current.loss != own(None).forward().current.loss


def test_a_right_answer_makes_the_others_wrong() -> None:
    setup = Setup((2, 3), Examples(X, np.eye(3)[[0, 1, 2, 0, 1]]))
    session = TrainingSession.of_setup(setup).with_target(1, 2, 1.0)
    assert session.current.Y[1].tolist() == [0, 0, 1]
    with pytest.raises(SetupError, match="right answer"):
        session.with_target(1, 2, 0.5)


def test_a_probability_stays_one() -> None:
    session = TrainingSession.of_setup(Setup((2, 1), Dataset("xor", 4, 0.0)))
    assert session.with_target(0, 0, 0.25).current.Y[0, 0] == 0.25
    with pytest.raises(SetupError, match="0 to 1"):
        session.with_target(0, 0, 1.5)


@pytest.mark.parametrize(
    ("verb", "place"),
    [
        ("with_input", (5, 0)),
        ("with_input", (0, 2)),
        ("with_target", (-1, 0)),
        ("with_target", (0, 2)),
        ("with_parameter", (3, "W", 0, 0)),
        ("with_parameter", (1, "W", 3, 0)),
        ("with_parameter", (1, "W", 0, 2)),
        ("with_parameter", (1, "W", 0, None)),
        ("with_parameter", (1, "b", 0, 0)),
        ("with_parameter", (1, "c", 0, None)),
    ],
)
def test_what_is_not_there_cannot_be_edited(verb: str, place: tuple[Any, ...]) -> None:
    with pytest.raises(SetupError) as refused:
        getattr(own(), verb)(*place, 1.0)
    assert refused.value.remedy


@given(st.integers(0, 40), EDITS, st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_undo_leads_back_to_the_same_bits_wherever_one_walked_since(before: int, edit: Any, after: int) -> None:
    session = own(2, optimizer=Optimizer("momentum")).train(iterations=2)
    for _ in range(before):
        session = session.step()
    wanted, moved = bits(session), edited(session, edit)
    for _ in range(after):
        moved = moved.step()
    assert bits(moved.undo()) == wanted
    assert bits(moved.undo().undo()) == bits(own(2, optimizer=Optimizer("momentum")))


def test_undo_of_a_run_returns_to_before_it_and_going_on_gives_the_same_bits() -> None:
    before = own(2, optimizer=Optimizer("adam")).step("iteration").step("layer")
    after = before.train(iterations=100)
    assert bits(after.undo()) == bits(before)
    assert bits(after.undo().train(iterations=100)) == bits(after)


def test_nothing_to_undo_is_said() -> None:
    with pytest.raises(SetupError, match="nothing to undo"):
        own().step().undo()


def test_the_last_marks_are_kept() -> None:
    session = own()
    for i in range(MOST_MARKS + 5):
        session = session.with_input(0, 0, float(i))
    assert len(session.marks) == MOST_MARKS
    for _ in range(MOST_MARKS):
        session = session.undo()
    assert session.examples[0][0, 0] == 4.0


def test_edits_and_what_undoes_them_survive_in_a_document() -> None:
    session = own().step("phase").with_input(0, 1, 0.5).with_parameter(1, "W", 0, 1, 0.25).train(iterations=3)
    again = session_of(fixed_text(session), moving_text(session))
    assert bits(again) == bits(session)
    for _ in range(3):
        session, again = session.undo(), again.undo()
        assert bits(again) == bits(session)
