"""A training run in stretches: the same walk as at once, to the same bits; it stops before the numbers run away."""

from dataclasses import replace

import numpy as np
import pytest

from app.engine.data.datasets import Dataset
from app.engine.learning.optimizers import Optimizer
from app.engine.memory import MEMORY
from app.engine.network.errors import DivergedError, SetupError
from app.engine.network.initializers import Initializer
from app.engine.setup import Setup
from app.sessions.compare.counterpart import all_followed, others_of, pair_of, walk_beside
from app.sessions.compare.forks import begun_fork, with_fork
from app.sessions.store.texts import fixed_text, moving_text, session_of
from app.sessions.training import back_to, begun_run, calmer, risen_loss, stopped_run, stretches
from app.sessions.walk.history import points_of
from app.sessions.walk.session import Fork, TrainingSession
from tests.sessions.clock import Clock
from tests.sessions.own_setups import bits, own

FOREVER = 1e9


def run(session: TrainingSession, updates: int | None, seconds: float = FOREVER) -> TrainingSession:
    """The session at the end of a run; by the clock each of its stretches takes five milliseconds."""
    *_, last = stretches(begun_run(session, updates), seconds, Clock(tick=0.005))
    assert last.stopped is None
    return last.session


def runaway() -> TrainingSession:
    """A network whose loss grows without end."""
    setup = Setup((2, 3, 1), Dataset("xor", 8), ("relu", "identity"), "mean_squared_error",
                  Initializer("he_normal", 2), learning_rate=50.0)  # fmt: skip
    return TrainingSession.of_setup(setup)


@pytest.mark.parametrize("cursor", [0, 5, 21])
def test_a_run_in_stretches_is_a_training_at_once(cursor: int) -> None:
    begun = own(2, optimizer=Optimizer("adam")).go(cursor) if cursor else own(2, optimizer=Optimizer("adam"))
    assert bits(run(begun, 150)) == bits(begun.train(iterations=150))


def test_a_run_whose_settings_change_is_the_walk_with_the_same_changes() -> None:
    """The fast way to there, and each iteration on its own."""
    changed = run(own(2, optimizer=Optimizer("adam")), 20).adjusted({"eta": 0.05, "beta1": 0.5, "epsilon": 0.1})
    ran = run(run(changed, 30).adjusted({"beta1": 0.95}), 40)
    *_, last = ran.timeline.run(ran.iteration + 1)
    assert last.method.optimizer == Optimizer("adam", beta1=0.95, epsilon=0.1)
    assert last.after.flat().tobytes() == ran.network.flat().tobytes()
    assert ran.network.flat().tobytes() != run(own(2, optimizer=Optimizer("adam")), 90).network.flat().tobytes()
    assert session_of(fixed_text(ran), moving_text(ran)).optimizer == last.method.optimizer
    assert bits(ran.undo().undo()) == bits(run(changed, 30))


def test_what_is_set_to_what_it_is_is_no_edit_and_what_is_not_there_cannot_be_set() -> None:
    session = own(2, optimizer=Optimizer("adam", weight_decay=0.1))
    assert session.adjusted({"eta": 0.3, "beta1": 0.9}) is session
    for name, value in (("momentum", 0.5), ("beta1", 1.0), ("weight_decay", 0.0), ("clip_norm", 1.0), ("eta", 0.0)):
        with pytest.raises(SetupError):
            session.adjusted({name: value})


@pytest.mark.parametrize("epoch", [0, 1, 7, 400, 401, 9999])
def test_the_way_back_is_the_walk_as_it_was_then(epoch: int) -> None:
    ran = run(own(2), 3 * 400 + 1)
    there = back_to(ran, epoch)
    wanted = own(2).train(epochs=epoch) if 0 < epoch <= 400 else own(2) if epoch == 0 else ran
    assert bits(there) == bits(wanted)
    assert bits(there.undo()) == bits(ran)


def test_a_run_until_the_loss_is_low_ends_at_the_first_epoch_that_is_whatever_the_time() -> None:
    setup = Setup((2, 3, 1), Dataset("moons", 40), batch_size=10, learning_rate=0.5)
    ends = []
    for seconds in (0.01, FOREVER):
        session = begun_run(TrainingSession.of_setup(setup), None, below=0.3)
        while session.goal is not None:
            *_, last = stretches(session, seconds, Clock(tick=0.001))
            session = last.session
        ends.append(session)
    first = next(point for point in points_of(ends[0]) if point.training.loss < 0.3)
    assert {session.updates for session in ends} == {first.updates}
    with pytest.raises(SetupError):
        begun_run(TrainingSession.of_setup(setup), None, below=0.0)


def test_a_run_stands_at_the_end_of_an_iteration_after_each_stretch() -> None:
    seen = [stretch.session for stretch in stretches(begun_run(own(), 60), FOREVER)]
    assert all(session.finished for session in seen)
    assert [session.updates for session in seen] == sorted({session.updates for session in seen})
    assert seen[-1].updates == 60


def test_a_run_without_end_goes_on_until_its_time_is_over() -> None:
    first = run(own(), None, 0.01)
    assert first.goal is not None
    assert first.goal.is_ahead(first.updates)
    *_, second = stretches(first, 0.01, Clock(tick=0.005))
    assert second.session.updates > first.updates > 0
    assert stopped_run(second.session).goal is None


def test_a_run_that_is_over_makes_nothing_more() -> None:
    done = run(own(), 5)
    assert list(stretches(done, FOREVER)) == []


def test_back_and_undo_lead_out_of_a_run() -> None:
    before = own(2).step("iteration").step("phase")
    after = run(before, 40)
    assert bits(after.undo()) == bits(before)
    assert after.undo().goal is None
    walked = after
    while walked.iteration > before.iteration:
        walked = walked.back("iteration")
    assert np.array_equal(walked.current.before.flat(), before.current.before.flat())


def test_a_run_that_leaves_the_finite_numbers_stands_just_before() -> None:
    *_, last = stretches(begun_run(runaway(), 5000), FOREVER)
    session = last.session
    assert last.stopped is not None
    assert f"iteration {session.updates:,}, just before" in str(last.stopped)
    assert session.finished
    assert session.goal is None
    assert np.isfinite(session.network.flat()).all()
    with pytest.raises(ArithmeticError):
        session.train(iterations=2)
    assert session.undo().place == (0, 0)


def test_a_start_that_runs_away_at_once_stays_where_it_is() -> None:
    setup = replace(runaway().setup, learning_rate=1e200).completed()
    *_, last = stretches(begun_run(TrainingSession.of_setup(setup), 100), FOREVER)
    assert last.stopped is not None
    assert last.session.updates <= 2


@pytest.mark.parametrize("updates", [0, -3])
def test_a_run_makes_at_least_one_update(updates: int) -> None:
    with pytest.raises(SetupError):
        begun_run(own(), updates)


def test_nothing_goes_on_where_nothing_was_begun() -> None:
    with pytest.raises(SetupError, match="Begin one"):
        list(stretches(own(), 1.0))


def beside_all() -> TrainingSession:
    """A walk that is compared with three others, one of which runs away."""
    setup = Setup((2, 3, 1), Dataset("moons", 40), ("relu", "identity"), "mean_squared_error", batch_size=10)
    begun = begun_fork(TrainingSession.of_setup(setup), Fork("optimizer", "adam"))
    return with_fork(with_fork(begun, Fork("batch_size", "7")), Fork("learning_rate", "60"))


def test_walks_beside_go_as_far_within_the_same_time_and_need_not_be_followed_again() -> None:
    begun = begun_run(beside_all(), 100_000)
    MEMORY.bound(MEMORY.most)
    *_, alone = stretches(begun, 1.0, Clock(tick=0.005))
    MEMORY.bound(MEMORY.most)
    others = others_of(begun)
    *_, last = stretches(begun, 1.0, Clock(tick=0.005), beside=others)
    assert 2 < last.session.updates < alone.session.updates / 2
    assert list(all_followed(last.session, apart=False)) == []
    points = [points_of(walk_beside(last.session, fork)) for fork in begun.others]
    MEMORY.bound(MEMORY.most)
    for fork, found in zip(begun.others, points, strict=True):
        anew = points_of(walk_beside(last.session, fork))
        assert repr(found) == repr(anew)
        assert found[-1].updates == last.session.updates


def test_a_walk_beside_that_runs_away_stops_no_other() -> None:
    begun = begun_run(beside_all(), 400)
    *_, last = stretches(begun, FOREVER, beside=others_of(begun))
    assert last.stopped is None
    assert last.session.updates == 400
    with pytest.raises(DivergedError):
        pair_of(last.session)


@pytest.mark.parametrize(("rate", "batch_size", "risen"), [
    (0.5, 10, False), (0.5, None, False), (5.0, 10, False), (5.0, None, False),
    (20.0, 10, True), (60.0, 10, True), (60.0, None, True),
])  # fmt: skip
def test_a_loss_has_risen_where_the_run_has_made_it_clearly_larger(
    rate: float, batch_size: int | None, risen: bool
) -> None:
    setup = Setup((2, 3, 1), Dataset("moons", 40), ("tanh", "sigmoid"), batch_size=batch_size, learning_rate=rate)
    ran = run(TrainingSession.of_setup(setup), 200)
    losses = [point.training.loss for point in points_of(ran)]
    assert risen_loss(ran) == ((losses[0], losses[-1]) if risen else None)
    assert risen_loss(run(ran, 200)) is None or not risen  # judged by the last run alone
    assert risen_loss(run(TrainingSession.of_setup(setup), 3)) is None  # too short
    assert risen_loss(ran.undo()) is None
    assert risen_loss(calmer(ran)) is None


def test_a_goal_survives_in_a_document() -> None:
    session = run(own(), None, 0.005)
    assert session_of(fixed_text(session), moving_text(session)).goal == session.goal
