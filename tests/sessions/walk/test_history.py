"""What is known of a way is what an independent walk finds there, thinned, however it was come by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import isnan, log
from typing import Any

import numpy as np
import pytest

from app.engine.activity import gradient_sizes
from app.engine.data.datasets import Dataset
from app.engine.data.split import Data, Examples
from app.engine.learning.iteration import Iteration
from app.engine.learning.optimizers import Optimizer
from app.engine.network.arrays import Array
from app.engine.network.expressions import Symbol
from app.engine.network.initializers import Initializer
from app.engine.network.layers import Network
from app.engine.setup import Setup
from app.lessons import LESSONS
from app.sessions.walk.checkpoints import Checkpoint
from app.sessions.walk.edits import Change
from app.sessions.walk.fast_forward import Leg
from app.sessions.walk.history import (
    MOST_POINTS,
    MOST_STOPS,
    SHORT,
    History,
    Point,
    Stop,
    Way,
    new_trails,
    points_followed,
    points_of,
    stride_for,
    trail_followed,
    trail_of,
    updates_after,
    whole_epochs,
)
from app.sessions.walk.session import TrainingSession
from app.sessions.walk.timeline import Timeline
from tests.sessions.own_setups import own

MOONS = Setup(
    sizes=(2, 3, 1),
    data=Data(Dataset("moons", 20, 0.2, 3), test_share=0.25),
    activations=("tanh", "sigmoid"),
    loss="binary_cross_entropy",
    optimizer=Optimizer("momentum"),
    batch_size=4,
    shuffle_seed=1,
)


def again(session: TrainingSession) -> TrainingSession:
    """The same walk of a setup that nothing is known of."""
    setup = replace(session.setup)
    return replace(session, timeline=Timeline(setup, session.timeline.now, session.timeline.changes))


def by_hand(network: Network, X: Array, Y: Array) -> tuple[float, float]:
    """Binary cross-entropy and share of right answers of a tanh layer and a sigmoid output, one example at a time."""
    (V, c), (W, b) = ((layer.W, layer.b) for layer in network.layers)
    losses, right = [], 0
    for x, (y,) in zip(X.tolist(), Y.tolist(), strict=True):
        hidden = [np.tanh(sum(w * value for w, value in zip(row, x, strict=True)) + c[j]) for j, row in enumerate(V)]
        y_hat = 1 / (1 + np.exp(-(sum(w * a for w, a in zip(W[0], hidden, strict=True)) + b[0])))
        losses.append(-log(y_hat) if y else -log(1 - y_hat))
        right += (y_hat > 0.5) == (y > 0.5)
    return sum(losses) / len(losses), right / len(losses)


def test_each_point_is_the_loss_and_the_accuracy_that_the_walk_has_there() -> None:
    session = TrainingSession.of_setup(MOONS).train(epochs=3)
    points = points_of(session)
    assert [point.epoch for point in points] == [0, 1, 2, 3]
    assert [point.updates for point in points] == [0, 4, 8, 12]
    for point in points:
        there = TrainingSession.of_setup(MOONS).train(iterations=point.updates)
        assert point.training == pytest.approx(by_hand(there.network, *MOONS.examples))
        assert point.test == pytest.approx(by_hand(there.network, *MOONS.test_examples))


def test_the_mean_of_an_epoch_is_that_of_its_losses_each_before_its_update() -> None:
    session = own().train(epochs=4)
    points = points_of(session)
    assert isnan(points[0].mean)
    assert [point.mean for point in points[1:]] == pytest.approx(list(session.losses().epochs))


def test_an_epoch_that_is_cut_short_is_a_point_at_its_place() -> None:
    session = own().train(iterations=5)  # three iterations an epoch
    last = points_of(session)[-1]
    assert last.updates == 5
    assert last.epoch == pytest.approx(1 + 2 / 3)
    assert isnan(last.mean)  # of two iterations of three it would be another one's: the curve would plunge


def test_an_iteration_under_way_is_no_point_until_its_update_is_made() -> None:
    session = own().train(iterations=3).step()
    assert [point.updates for point in points_of(session)] == [0, 3]
    assert [point.updates for point in points_of(session.update())] == [0, 3, 4]


def test_a_warm_up_belongs_to_the_first_epoch() -> None:
    session = own(warm_up=(1, 2)).train(iterations=2 + 3 + 1)
    points = points_of(session)
    assert [point.updates for point in points] == [0, 5, 6]
    assert [point.epoch for point in points] == pytest.approx([0, 1, 1 + 1 / 3])
    assert points[1].mean == pytest.approx(session.losses().epochs[0])
    early = points_of(own(warm_up=(1, 2)).train(iterations=1))[-1]
    assert early.epoch == pytest.approx(1 / 5)


def test_targets_that_are_no_classes_have_no_accuracy_and_without_test_examples_there_is_no_test() -> None:
    for point in points_of(own().train(epochs=2)):
        assert isnan(point.training.accuracy)
        assert isnan(point.test.loss)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_points_that_are_come_by_in_steps_are_those_of_one_go(lesson: Any) -> None:
    session = TrainingSession.of_lesson(lesson)
    for count in (1, 5, 40, 3, 200, 130, 9):
        session = session.train(iterations=count)
        same(points_of(session), points_of(again(session)))
    for count in (1, 30, 150):
        session = session.moved_to(session.place._replace(iteration=session.iteration - count))
        same(points_of(session), points_of(again(session)))


def test_how_far_others_went_before_does_not_thin_a_shorter_way() -> None:
    longer = own(batch_size=None).train(epochs=700)
    points_of(longer)
    for epochs in (692, 188):  # ways of which something was kept on the way to the longer one
        shorter = longer.moved_to(longer.place._replace(iteration=epochs - 1))
        same(points_of(shorter), points_of(again(shorter)))


def same(one: tuple[Point, ...], other: tuple[Point, ...]) -> None:
    np.testing.assert_array_equal(flat(one), flat(other))


def flat(points: tuple[Point, ...]) -> Array:
    return np.array([(p.updates, p.epoch, p.mean, *p.training, *p.test) for p in points])


def test_an_edit_changes_the_curve_from_its_iteration_on_and_undoing_it_brings_the_old_one_back() -> None:
    session = own().train(epochs=3)
    before = points_of(session)
    edited = session.with_parameter(1, "W", 0, 1, 2.5)
    assert flat(points_of(edited))[:-1].tobytes() == flat(before)[:-1].tobytes()
    assert points_of(edited)[-1].training.loss != before[-1].training.loss
    further = edited.train(epochs=2)
    same(points_of(further), points_of(again(further)))
    same(points_of(session), before)


def test_long_trainings_are_thinned_evenly_to_at_most_300_epochs_with_the_first_and_the_last() -> None:
    session = own(batch_size=None).train(epochs=997)
    points = points_of(session)
    assert 150 <= len(points) <= MOST_POINTS + 1
    epochs = [int(point.epoch) for point in points]
    assert (epochs[0], epochs[-1]) == (0, 997)
    assert set(np.diff(epochs[:-1])) == {4}


@pytest.mark.parametrize("epochs", [0, 1, 299, 300, 599, 600, 10_000, 123_457])
def test_the_stride_is_the_smallest_power_of_two_that_leaves_at_most_300(epochs: int) -> None:
    stride = stride_for(epochs, MOST_POINTS)
    assert stride & (stride - 1) == 0
    assert epochs // stride < MOST_POINTS
    assert stride == 1 or epochs // (stride // 2) >= MOST_POINTS


def test_updates_and_epochs_are_counted_alike() -> None:
    setup = own(warm_up=(1, 2)).setup
    assert [updates_after(setup, epochs) for epochs in range(4)] == [0, 5, 8, 11]
    assert [whole_epochs(setup, updates) for updates in range(12)] == [0] * 5 + [1] * 3 + [2] * 3 + [3]


@dataclass(frozen=True, eq=False)
class Counting(Timeline):
    """A timeline that notes which iterations it runs for the curves."""

    ran: list[int] = field(default_factory=list)

    def legs(self, stops: Sequence[int], start: Checkpoint | None = None) -> Iterator[Leg]:
        begun = 0 if start is None else start.iteration
        for stop, leg in zip(stops, super().legs(stops, start), strict=True):
            self.ran.extend(range(begun, stop))
            begun = stop
            yield leg


def test_a_curve_that_is_known_costs_its_new_iterations_alone() -> None:
    setup = replace(own().setup)
    ran: list[int] = []
    for updates in (30, 33, 40, 41, 41):
        points_of(TrainingSession(Counting(setup, updates, ran=ran)))
    assert ran == list(range(41))


def test_going_back_starts_from_a_way_that_was_kept_before_there() -> None:
    setup = replace(own().setup)
    ran: list[int] = []
    points_of(TrainingSession(Counting(setup, 600, ran=ran)))
    ran.clear()
    points_of(TrainingSession(Counting(setup, 590, ran=ran)))
    assert ran == list(range(536, 590))


def test_who_follows_a_long_walk_little_by_little_finds_the_same_and_who_stops_early_loses_nothing() -> None:
    setup = replace(own().setup)
    ran: list[int] = []
    session = TrainingSession(Counting(setup, 500, ran=ran))
    first = points_followed(session)
    for _ in range(6):
        next(first)
    so_far = len(ran)
    assert 0 < so_far < 300
    first.close()  # type: ignore[attr-defined]
    for _ in points_followed(session):
        pass
    same(points_of(session), points_of(again(own().train(iterations=500))))
    assert ran == list(range(500))
    assert list(points_followed(session)) == []  # a step that costs nothing would make the next seem short


def test_each_step_of_a_way_that_is_followed_runs_iterations() -> None:
    setup = replace(own().setup)
    ran: list[int] = []
    for _ in points_followed(TrainingSession(Counting(setup, 100, ran=ran))):
        assert ran
        ran.clear()


def way(updates: int) -> Way[Point]:
    return Way(Checkpoint(updates, np.zeros(3)))


def history(**bounds: int) -> History[Point]:
    """One that is only asked for what was put into it."""
    return History(lambda *_: (), lambda *_: (), lambda timeline: way(0), **bounds)


def test_few_ways_of_a_setup_are_kept_and_those_used_last() -> None:
    known = history(most=3)
    changes = [(Change(3, Symbol("eta"), 0.1 * i),) for i in range(5)]
    for change in changes[:3]:
        known.put(MOONS, change, way(7))
    assert known.before(MOONS, changes[0], 9) is not None
    known.put(MOONS, changes[3], way(7))
    assert [known.before(MOONS, change, 9) is not None for change in changes] == [True, False, True, True, False]


def test_a_way_serves_who_changed_the_same_before_its_end_whatever_came_after() -> None:
    known = history()
    early, late = Change(3, Symbol("eta"), 0.5), Change(20, Symbol("eta"), 0.7)
    known.put(MOONS, (early, late), way(10))
    assert known.before(MOONS, (early,), 15) is not None
    assert known.before(MOONS, (early, late), 25) is not None
    assert known.before(MOONS, (), 15) is None
    assert known.before(MOONS, (early,), 9) is None


def test_several_outputs_are_right_where_the_largest_is_that_of_the_class() -> None:
    X, Y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]])
    setup = Setup((2, 3, 3), Examples(X, Y), start=Initializer("normal", seed=4))
    session = TrainingSession.of_setup(setup)
    record: Iteration = session.current
    largest = [max(range(3), key=row.__getitem__) for row in record.forward.A[-1].tolist()]
    assert points_of(session)[0].training.accuracy == sum(i == j for i, j in enumerate(largest)) / 3


def walked(session: TrainingSession, iterations: int) -> list[Stop]:
    """Every stop, by the verbs of a walk."""
    stops = []
    for _ in range(iterations):
        session = session.update()
        it = session.current
        stops.append(Stop(session.iteration, it.before.flat(), gradient_sizes(it.backward)))
    return [*stops, Stop(session.iteration + 1, session.network.flat(), None)]


def same_stop(one: Stop, other: Stop) -> bool:
    sizes = one.sizes is other.sizes is None or np.array_equal(one.sizes, other.sizes)  # type: ignore[arg-type]
    return one.iteration == other.iteration and np.array_equal(one.parameters, other.parameters) and bool(sizes)


def test_at_the_very_start_there_is_one_stop_without_sizes() -> None:
    (stop,) = trail_of(own())
    assert (stop.iteration, stop.sizes) == (0, None)
    assert np.array_equal(stop.parameters, own().network.flat())


def test_sizes_are_there_once_the_backward_phase_is_done() -> None:
    walk = own().step("iteration").forward()
    assert [stop.sizes is None for stop in trail_of(walk)] == [False, True]
    assert [stop.sizes is None for stop in trail_of(walk.backward())] == [False, False]


def test_a_trail_holds_each_iteration_as_it_was_walked() -> None:
    walk = own().train(iterations=30)
    found, expected = trail_of(walk), walked(own(), 30)
    assert len(found) == len(expected) == 31
    assert all(map(same_stop, found, expected))


def test_a_long_trail_is_thinned_by_a_power_of_two_and_ends_here() -> None:
    walk = own().train(iterations=900)
    found = trail_of(walk)
    assert [stop.iteration for stop in found[:3]] == [0, 8, 16]
    assert [stop.iteration for stop in found[-3:]] == [896, 899, 900]
    assert len(found) <= MOST_STOPS + 2
    every = walked(own(), 900)
    assert all(same_stop(stop, every[stop.iteration]) for stop in found)


@pytest.mark.parametrize("steps", [[3, 9, 250, 251, 900], [900, 892, 250, 7, 0], [260, 60, 261]])
def test_a_trail_does_not_depend_on_what_was_asked_before(steps: list[int]) -> None:
    known = new_trails()
    for iterations in steps:
        walk = own().train(iterations=iterations)
        found, fresh = trail_of(walk, known), trail_of(walk, new_trails())
        assert [stop.iteration for stop in found] == [stop.iteration for stop in fresh]
        assert all(map(same_stop, found, fresh))


def test_a_longer_trail_runs_its_new_iterations_alone() -> None:
    """What is known is taken as it is: a stop that no run would find stays in the longer trail."""
    walk, known = own().train(iterations=40), new_trails()
    trail_of(walk, known)
    timeline = walk.timeline
    trail = known.before(timeline.setup, timeline.changes, 39)
    assert trail is not None
    assert trail.updates == 39
    marked = trail.seen[7]._replace(parameters=np.full(17, 7.0))
    known.put(timeline.setup, timeline.changes, replace(trail, seen=(*trail.seen[:7], marked, *trail.seen[8:])))
    longer = trail_of(walk.train(iterations=60), known)
    assert [float(stop.parameters[0]) == 7.0 for stop in longer].count(True) == 1
    assert longer[7] is marked


def test_edits_are_on_the_trail_and_what_was_found_without_them_is_not() -> None:
    walk, known = own().train(iterations=4), new_trails()
    trail_of(walk, known)
    edited = walk.with_parameter(1, "W", 2, 1, 5.0).train(iterations=3)
    place = 2 * 2 + 1  # row 2 of W^[1], (3, 2)
    assert [stop.parameters[place] == 5.0 for stop in trail_of(edited, known)[:6]] == [False] * 4 + [True, False]


def test_walks_of_other_setups_do_not_share_trails() -> None:
    known = new_trails()
    adam = replace(own().setup.optimizer, kind="adam")
    one, other = own().train(iterations=5), own(optimizer=adam).train(iterations=5)
    assert not np.array_equal(trail_of(one, known)[-1].parameters, trail_of(other, known)[-1].parameters)


def test_who_follows_a_long_trail_little_by_little_finds_the_same_and_who_stops_early_loses_nothing() -> None:
    walk, known = own().train(iterations=700), new_trails()
    first = trail_followed(walk, known)
    for _ in range(9):
        next(first)
    first.close()  # type: ignore[attr-defined]
    so_far = known.before(walk.setup, (), 699)
    assert so_far is not None
    assert 0 < so_far.updates <= 9 * SHORT
    looks = sum(1 for _ in trail_followed(walk, known))
    assert looks > 600 / SHORT
    assert list(trail_followed(walk, known)) == []
    found, fresh = trail_of(walk, known), trail_of(walk, new_trails())
    assert [stop.iteration for stop in found] == [stop.iteration for stop in fresh]
    assert all(map(same_stop, found, fresh))
