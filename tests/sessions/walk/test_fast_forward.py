"""The quick way gives the bits of the walk: whatever was edited, wherever it stops, whoever shares its trainers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.learning.divergence import check_finite
from app.engine.network.errors import DivergedError
from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.walk.checkpoints import Checkpoint, thinned, worth_keeping
from app.sessions.walk.edits import Change, Changes
from app.sessions.walk.fast_forward import Leg, Runner, fast_legs
from app.sessions.walk.position import Place
from app.sessions.walk.session import TrainingSession
from app.sessions.walk.timeline import Timeline
from tests.engine.cases import updated
from tests.sessions.own_setups import bits, own

END = 40


@st.composite
def changes_in(draw: st.DrawFn, setup: Setup) -> Changes:
    """Edits of rates, parameters, inputs and targets, of each kind at most one at a time, in order."""
    rate, value = st.floats(0.001, 0.1), st.sampled_from([-0.5, 0.25, 1.0])
    symbols = [Symbol("eta"), Symbol("W", 1, 0, 0), Symbol("b", len(setup.sizes) - 1, 0), Symbol("x", 0, 0, 0)]
    if setup.loss.endswith("squared_error"):
        symbols.append(Symbol("y", len(setup.sizes) - 1, 0, 0))
    at = sorted(draw(st.sets(st.integers(0, END), max_size=6)))
    made = [draw(st.sampled_from(symbols)) for _ in at]
    return tuple(Change(i, s, draw(rate if s.kind == "eta" else value)) for i, s in zip(at, made, strict=True))


@st.composite
def ways(draw: st.DrawFn) -> tuple[Timeline, list[int]]:
    """Any setup, its examples in any order, edited on its way; and where to stop."""
    setup = draw(updated())
    last = len(setup.examples[0]) - 1
    setup = replace(
        setup,
        shuffle_seed=draw(st.sampled_from([None, 5])),
        warm_up=draw(st.sampled_from([(), (last, 0)])),
        learning_rate=draw(st.floats(0.001, 0.1)),
        decimals=draw(st.sampled_from([None, None, 4])),
    )
    stops = sorted(draw(st.lists(st.integers(0, END), max_size=4)))
    return Timeline(setup, changes=draw(changes_in(setup))), [*stops, END]


@given(ways())
@settings(max_examples=200)
def test_every_stop_has_the_bits_of_the_walk(way: tuple[Timeline, list[int]]) -> None:
    timeline, stops = way
    (walked, why), (trained, said) = (reached(legs) for legs in (walk(timeline, stops), timeline.legs(stops)))
    assert (len(trained), said) == (len(walked), why)
    for one, other in zip(trained, walked, strict=True):
        assert one.end.iteration == other.end.iteration
        assert one.end.parameters.tobytes() == other.end.parameters.tobytes()
        assert one.losses.tolist() == other.losses.tolist()


def walk(timeline: Timeline, stops: list[int]) -> Iterator[Leg]:
    """The same legs, made of every iteration's own record."""
    start = Checkpoint.start(timeline.setup)
    for stop in stops:
        losses = []
        for it in timeline.run(stop, start):
            check_finite(it)
            losses.append(it.loss)
            start = Checkpoint.of(it.after, it.next)
        yield Leg(np.array(losses), start)


def reached(legs: Iterator[Leg]) -> tuple[list[Leg], str]:
    """The legs up to where the numbers leave what is finite, and what is said there."""
    found = []
    try:
        for leg in legs:
            found.append(leg)
    except DivergedError as error:
        return found, f"{error} {error.symbol}"
    return found, ""


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_back_from_after_a_run_is_where_walking_comes_by(lesson: Lesson) -> None:
    walked = TrainingSession.of_lesson(lesson).step("iteration")
    places = [walked]
    for _ in range(30):
        places.append(places[-1].step("iteration"))
    trained = TrainingSession.of_lesson(lesson).train(iterations=700)
    for place in places:
        assert bits(trained.moved_to(place.place)) == bits(place)
    assert bits(trained.undo().train(iterations=31)) == bits(places[-1])


def test_a_run_that_diverges_says_so_in_the_iteration_in_which_a_walk_does() -> None:
    start = TrainingSession.of_lesson(lesson_named("hours-of-study")).train(iterations=40).with_learning_rate(2.0)
    with pytest.raises(DivergedError) as trained:
        start.train(iterations=2_000)
    number = trained.value.iteration
    assert number > 40
    before = start.train(iterations=number - 41)
    with pytest.raises(DivergedError) as walked:
        before.moved_to(Place(number, 1))
    assert str(walked.value) == str(trained.value)
    assert walked.value.symbol == trained.value.symbol is not None


# Trainers that are shared ---------------------------------------------------------------------------------------------


Legs = Callable[[Setup, Changes, Checkpoint, list[int]], Iterator[Leg]]


def ends(timeline: Timeline, stops: list[int], legs: Legs = fast_legs) -> list[bytes]:
    start = Checkpoint.start(timeline.setup)
    return [leg.end.parameters.tobytes() for leg in legs(timeline.setup, timeline.changes, start, stops)]


def alone(setup: Setup, changes: Changes, start: Checkpoint, stops: list[int]) -> Iterator[Leg]:
    return Runner(setup).legs(changes, start, stops)


def test_many_ways_at_once_on_one_setup_do_not_meet() -> None:
    setup = own(batch_size=2, shuffle_seed=1).setup
    timelines = [Timeline(setup, changes=(Change(i, Symbol("W", 1, 0, 0), 0.1 * i),)) for i in range(12)]
    each = [ends(timeline, [5, 60, 200], alone) for timeline in timelines]
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(lambda timeline: ends(timeline, [5, 60, 200]), timelines * 3))
    assert together == each * 3


def test_a_way_left_in_its_middle_leaves_nothing_behind_for_the_next() -> None:
    setup = own().setup
    edited = Timeline(setup, changes=(Change(3, Symbol("x", 0, 0, 0), 9.0), Change(4, Symbol("eta"), 0.01)))
    left = fast_legs(setup, edited.changes, Checkpoint.start(setup), [10, 20, 30])
    next(left)
    left.close()  # type: ignore[attr-defined]
    assert ends(Timeline(setup), [30]) == ends(Timeline(setup), [30], alone)


# Checkpoints on the way -----------------------------------------------------------------------------------------------


@given(st.integers(0, 2_000), st.integers(1, 300_000))
def test_checkpoints_are_kept_at_powers_of_eight_before_the_end(start: int, more: int) -> None:
    kept = worth_keeping(start, start + more)
    ages = [start + more - iteration for iteration in reversed(kept)]
    assert ages == [age for age in (0, 1, 8, 64, 512, 4_096, 32_768, 262_144) if age < more]
    checkpoints = [Checkpoint(iteration, np.zeros(1)) for iteration in kept]
    assert [one.iteration for one in thinned(checkpoints, start + more)] == [i for i in kept if i > 0]
