"""A learner's verbs: where each leads, and what the walk knows there."""

import numpy as np
import pytest

from app.engine.network.errors import DivergedError, SetupError
from app.lessons import LESSONS, lesson_named
from app.sessions.walk.edits import MOST_CHANGES
from app.sessions.walk.position import Measure
from app.sessions.walk.session import TrainingSession
from tests.sessions.own_setups import own

# 2-3-2: z 3, a 3, z 2, a 2 | loss | delta 2, dW 6, db 2, delta 3, dW 6, db 3 | W 6, b 2, W 6, b 3
FORWARD, LOSS, BACKWARD, N = 10, 11, 33, 50


def at(session: TrainingSession) -> tuple[int, int]:
    return tuple(session.place)  # type: ignore[return-value]


def test_a_walk_begins_before_its_first_equation() -> None:
    session = own()
    assert at(session) == (0, 0)
    assert session.equation is None
    assert len(session.equations) == N


@pytest.mark.parametrize(
    ("by", "stops"),
    [
        ("equation", [(0, 1), (0, 2), (0, 3)]),
        ("layer", [(0, 6), (0, FORWARD), (0, LOSS), (0, 21), (0, BACKWARD), (0, 41), (0, N), (1, 6)]),
        ("phase", [(0, FORWARD), (0, LOSS), (0, BACKWARD), (0, N), (1, FORWARD)]),
        ("iteration", [(0, N), (1, N), (2, N)]),
        ("epoch", [(2, N), (5, N)]),
    ],
)
def test_a_step_goes_to_the_end_of_its_measure_and_back_returns(by: Measure, stops: list[tuple[int, int]]) -> None:
    session = own()
    for stop in stops:
        session = session.step(by)
        assert at(session) == stop
        assert session.by == by
    for stop in [*reversed(stops[:-1]), (0, 0)]:
        session = session.back(by)
        assert at(session) == stop


@pytest.mark.parametrize("by", ["equation", "layer", "phase", "iteration", "epoch"])
def test_nothing_lies_before_the_very_start(by: Measure) -> None:
    assert at(own().back(by)) == (0, 0)


def test_from_the_end_of_an_iteration_a_step_begins_the_next_and_back_returns_there() -> None:
    end = own().step("iteration")
    assert at(end.step()) == (1, 1)
    assert at(end.step().back()) == (0, N)


@pytest.mark.parametrize(("verb", "cursor"), [("forward", FORWARD), ("backward", BACKWARD), ("update", N)])
def test_a_phase_verb_goes_to_the_end_of_its_phase_and_then_to_that_of_the_next_iteration(
    verb: str, cursor: int
) -> None:
    once = getattr(own(), verb)()
    twice = getattr(once, verb)()
    past = getattr(own().update(), verb)()
    assert (at(once), at(twice), at(past)) == ((0, cursor), (1, cursor), (1, cursor))


@pytest.mark.parametrize(
    ("cursor", "iterations", "end"), [(0, 1, 0), (0, 3, 2), (1, 1, 1), (N - 1, 2, 2), (N, 1, 1), (N, 4, 4)]
)
def test_train_finishes_what_is_under_way_then_makes_that_many_updates(cursor: int, iterations: int, end: int) -> None:
    assert at(own().go(cursor).train(iterations=iterations)) == (end, N)


def test_an_epoch_of_training_is_one_pass_over_the_data() -> None:
    assert at(own().train(epochs=2)) == (5, N)
    assert at(own(batch_size=None).train(epochs=2)) == (1, N)


def test_a_place_of_the_iteration_can_be_gone_to_and_no_other() -> None:
    session = own().step("iteration").step()
    assert at(session.go(7)) == (1, 7)
    assert at(session.go(0)) == (0, N)
    with pytest.raises(SetupError, match="Use 0 to 50"):
        session.go(N + 1)


def test_reset_is_the_very_start_without_changes() -> None:
    session = own().with_learning_rate(0.7).step("epoch").with_parameter(1, "b", 2, None, 0.5).reset()
    assert at(session) == (0, 0)
    assert session.learning_rate == 0.3
    assert session.current.before.flat().tobytes() == own().current.before.flat().tobytes()


def test_the_new_parameters_are_in_force_at_the_end_only() -> None:
    before, end = own().go(N - 1), own().go(N)
    assert before.network is before.current.before
    np.testing.assert_array_equal(end.network.flat(), end.current.after.flat())
    assert not np.array_equal(before.network.flat(), end.network.flat())


def test_phases_are_done_where_their_last_equation_is_shown() -> None:
    done = [own().go(cursor).phase_done("forward") for cursor in (FORWARD - 1, FORWARD)]
    assert done == [False, True]


def test_losses_are_those_that_have_been_shown_and_epochs_those_that_are_complete() -> None:
    session = own().step("epoch")
    history = session.step().losses()
    assert len(history.iterations) == 3
    assert list(history.epochs) == pytest.approx([sum(history.iterations) / 3], rel=1e-15)
    assert len(session.forward().step("phase").losses().iterations) == 4


def test_a_warm_up_belongs_to_epoch_0_and_not_to_its_mean() -> None:
    session = TrainingSession.of_lesson(LESSONS[0])
    assert [session.step("iteration").batch, session.train(iterations=4).batch] == [(0,), (0,)]
    assert session.train(iterations=9).epoch == 0
    assert session.train(iterations=10).epoch == 1
    assert len(session.train(iterations=8).losses().epochs) == 0
    assert len(session.train(iterations=9).losses().epochs) == 1


# The example in focus -----------------------------------------------------------------------------------------------


def test_focus_looks_at_an_example_of_the_batch_and_keeps_to_it_where_it_comes_again() -> None:
    session = own().focus(1)
    assert (session.example, session.focus_row) == (1, 1)
    assert session.step("iteration").step("iteration").example == 2  # batch (2, 3): the first
    assert session.train(iterations=4).example == 1


def test_an_example_that_is_not_in_the_batch_cannot_be_looked_at() -> None:
    with pytest.raises(SetupError, match="Choose one of: 0, 1"):
        own().focus(2)


# Changes on the way -------------------------------------------------------------------------------------------------


def test_a_learning_rate_counts_from_this_iteration_or_from_the_next_where_this_is_finished() -> None:
    under_way = own().go(4).with_learning_rate(0.6)
    assert under_way.current.method.learning_rate == 0.6
    finished = own().go(N).with_learning_rate(0.6)
    assert finished.learning_rate == 0.6
    assert finished.current.method.learning_rate == 0.3
    assert finished.step().current.method.learning_rate == 0.6


def test_a_twice_as_large_learning_rate_moves_every_parameter_twice_as_far() -> None:
    once, twice = (s.current for s in (own().go(4), own().go(4).with_learning_rate(0.6)))
    moved = once.after.flat() - once.before.flat()
    np.testing.assert_allclose(twice.after.flat() - twice.before.flat(), 2 * moved, rtol=1e-12)


@pytest.mark.parametrize(("kind", "k", "index"), [("W", 1, 5), ("b", None, 8)])
def test_an_edited_parameter_is_in_force_and_the_others_stay(kind: str, k: int | None, index: int) -> None:
    session = own().go(4).with_parameter(1, kind, 2, k, 0.25)
    expected = own().network.flat()
    expected[index] = 0.25
    np.testing.assert_array_equal(session.network.flat(), expected)


def test_a_parameter_edited_at_the_end_counts_for_the_next_iteration() -> None:
    session = own().go(N).with_parameter(2, "W", 1, 2, -0.5)
    assert session.network.layers[1].W[1, 2] == -0.5
    assert session.step().current.before.layers[1].W[1, 2] == -0.5
    assert session.current.after.layers[1].W[1, 2] != -0.5


def test_a_change_after_going_back_forgets_the_changes_that_came_later() -> None:
    session = own().step("iteration").step("iteration").with_learning_rate(0.9)  # counts from iteration 2
    back = session.back("iteration").back("iteration").with_learning_rate(0.2)
    assert back.train(iterations=4).learning_rate == 0.2


def test_the_same_parameter_edited_twice_has_the_last_value() -> None:
    session = own().go(4).with_parameter(1, "b", 0, None, 1.0).with_parameter(1, "b", 0, None, 2.0)
    assert session.network.layers[0].b[0] == 2.0
    assert len(session.timeline.changes) == 1


@pytest.mark.parametrize(
    ("layer", "kind", "j", "k", "field"),
    [(0, "W", 0, 0, "layer"), (3, "b", 0, None, "layer"), (1, "W", 3, 0, "j"), (1, "W", 0, 2, "k"),
     (2, "W", 0, None, "k"), (2, "b", 0, 0, "k"), (1, "a", 0, 0, "kind")],
)  # fmt: skip
def test_a_parameter_that_is_not_there_is_named(layer: int, kind: str, j: int, k: int | None, field: str) -> None:
    with pytest.raises(SetupError) as caught:
        own().with_parameter(layer, kind, j, k, 0.0)
    assert caught.value.field == f"parameter.{field}"


def test_changes_have_a_bound_that_says_what_to_do() -> None:
    session = own()
    for _ in range(MOST_CHANGES):
        session = session.step("iteration").with_learning_rate(0.1)
    with pytest.raises(SetupError, match="Reset it"):
        session.step("iteration").with_learning_rate(0.1)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_a_learning_rate_is_above_0(rate: float) -> None:
    with pytest.raises(SetupError, match="above 0"):
        own().with_learning_rate(rate)


# Beyond the finite numbers ------------------------------------------------------------------------------------------


def test_a_walk_that_leaves_the_finite_numbers_stays_where_it_is() -> None:
    session = TrainingSession.of_lesson(lesson_named("hours-of-study")).with_learning_rate(100.0)
    with pytest.raises(DivergedError):
        session.train(iterations=1000)
    assert at(session) == (0, 0)
    assert at(session.with_learning_rate(0.1).train(iterations=1000)) == (999, 28)


def test_a_lesson_knows_its_slug_and_its_way() -> None:
    session = TrainingSession.of_lesson(LESSONS[1], as_published=False)
    assert (session.lesson, session.as_published, session.setup.mistakes) == ("two-outputs-two-paths", False, ())
    assert TrainingSession.of_lesson(LESSONS[1]).setup.mistakes == ("untransposed_weights",)


def kinds(session: TrainingSession) -> list[str]:
    return [equation.kind for equation in session.shown]


def test_a_step_by_layers_and_a_cell_of_the_timeline_show_all_their_equations_together() -> None:
    assert kinds(own()) == []
    assert kinds(own().step()) == ["z"]
    assert kinds(own().step("layer")) == ["z"] * 3 + ["a"] * 3
    assert kinds(own().forward().step("layer").step("layer")) == ["delta"] * 2 + ["dW"] * 6 + ["db"] * 2
    assert kinds(own().cell(LOSS + 2)) == ["delta"] * 2
    assert kinds(own().cell(LOSS + 8)) == ["dW"] * 6
    assert kinds(own().cell(LOSS + 8).step()) == ["db"]
    assert kinds(own().cell(LOSS + 8).reset()) == []
