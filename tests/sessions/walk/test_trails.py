"""The trail of a training is what walking it iteration by iteration finds, thinned, and quick to go on with."""

from dataclasses import replace

import numpy as np
import pytest

from app.engine.gradient_sizes import gradient_sizes
from app.sessions.walk.history import MOST_STOPS, SHORT, Stop, new_trails, trail_followed, trail_of
from app.sessions.walk.session import TrainingSession
from tests.sessions.own_setups import own


def walked(session: TrainingSession, iterations: int) -> list[Stop]:
    """Every stop, by the verbs of a walk."""
    stops = []
    for _ in range(iterations):
        session = session.update()
        it = session.current
        stops.append(Stop(session.iteration, it.before.flat(), gradient_sizes(it.backward)))
    return [*stops, Stop(session.iteration + 1, session.network.flat(), None)]


def same(one: Stop, other: Stop) -> bool:
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
    assert all(map(same, found, expected))


def test_a_long_trail_is_thinned_by_a_power_of_two_and_ends_here() -> None:
    walk = own().train(iterations=900)
    found = trail_of(walk)
    assert [stop.iteration for stop in found[:3]] == [0, 8, 16]
    assert [stop.iteration for stop in found[-3:]] == [896, 899, 900]
    assert len(found) <= MOST_STOPS + 2
    every = walked(own(), 900)
    assert all(same(stop, every[stop.iteration]) for stop in found)


@pytest.mark.parametrize("steps", [[3, 9, 250, 251, 900], [900, 892, 250, 7, 0], [260, 60, 261]])
def test_a_trail_does_not_depend_on_what_was_asked_before(steps: list[int]) -> None:
    known = new_trails()
    for iterations in steps:
        walk = own().train(iterations=iterations)
        found, fresh = trail_of(walk, known), trail_of(walk, new_trails())
        assert [stop.iteration for stop in found] == [stop.iteration for stop in fresh]
        assert all(map(same, found, fresh))


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


def test_what_is_kept_is_bounded() -> None:
    known = new_trails(most=30, most_numbers=2_000)
    for iterations in range(0, 90, 3):
        trail_of(own().train(iterations=iterations), known)
        assert len(known._kept) <= 30
        assert known._numbers == sum(trail.numbers for trail in known._kept.values()) <= 2_000


def test_walks_of_other_setups_do_not_share_trails() -> None:
    known = new_trails()
    adam = replace(own().setup.optimizer, kind="adam")
    one, other = own().train(iterations=5), own(optimizer=adam).train(iterations=5)
    assert not np.array_equal(trail_of(one, known)[-1].parameters, trail_of(other, known)[-1].parameters)


def test_who_follows_a_long_walk_little_by_little_finds_the_same_and_who_stops_early_loses_nothing() -> None:
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
    assert all(map(same, found, fresh))
