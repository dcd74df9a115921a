"""A walk's counterpart stands at the same place; where two walks part is found by their numbers."""

from dataclasses import replace

import numpy as np
import pytest

from app.engine.data.datasets import Dataset
from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.compare.counterpart import all_followed, counterpart, differ, first_difference, parting
from app.sessions.walk.position import Place
from app.sessions.walk.session import TrainingSession

IDS = [lesson.slug for lesson in LESSONS]
PARTS_AT = {  # kind and layer of the first equation with two values: where the start differs, or the rule
    "one-example-at-a-time": ("z", 1),
    "two-outputs-two-paths": ("delta", 1),
    "softmax-and-dead-units": ("z", 1),
    "a-slope-too-many": ("delta", 1),
    "hours-of-study": ("delta", 2),
}


def other_of(session: TrainingSession) -> TrainingSession:
    other = counterpart(session)
    assert other is not None
    return other


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
@pytest.mark.parametrize("place", [Place(0, 0), Place(0, 9), Place(70, 3)])
def test_the_counterpart_is_the_lesson_the_other_way_at_the_same_place(lesson: Lesson, place: Place) -> None:
    session = TrainingSession.of_lesson(lesson).moved_to(place)
    other, alone = other_of(session), TrainingSession.of_lesson(lesson, as_published=False).moved_to(place)
    assert (other.place, other.as_published) == (place, False)
    assert [other.values[e.symbol] for e in other.equations] == [alone.values[e.symbol] for e in alone.equations]
    assert [other_of(other).values[e.symbol] for e in other.equations] == [
        session.values[e.symbol] for e in session.equations
    ]


def test_the_counterpart_takes_over_what_the_learner_changed_and_looks_at() -> None:
    session = TrainingSession.of_lesson(lesson_named("hours-of-study")).focus(2).update().with_learning_rate(0.05)
    session = session.with_parameter(1, "W", 0, 1, 0.25).step("iteration")
    other = other_of(session)
    assert (other.learning_rate, other.example) == (0.05, 2)
    assert other.values[Symbol("W", 1, 0, 1)] == 0.25


def test_a_network_with_a_mistake_is_compared_with_the_right_rules_and_one_without_with_nothing() -> None:
    setup = Setup((2, 3, 1), Dataset("xor", 8), mistakes=("wrong_sign",)).completed()
    session = TrainingSession.of_setup(setup).update()
    assert other_of(session).setup.mistakes == ()
    assert counterpart(TrainingSession.of_setup(replace(setup, mistakes=()))) is None


@pytest.mark.parametrize("as_published", [True, False])
def test_where_both_ways_were_followed_the_counterpart_goes_on_from_there(as_published: bool) -> None:
    session = TrainingSession.of_lesson(lesson_named("hours-of-study"), as_published).train(iterations=300)
    alone = other_of(session)
    list(all_followed(session))
    other = other_of(session)
    assert other.timeline.checkpoints
    assert other.current.before.flat().tolist() == alone.current.before.flat().tolist()


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
def test_two_ways_part_where_the_start_or_the_rule_differs(lesson: Lesson) -> None:
    published = TrainingSession.of_lesson(lesson)
    right = other_of(published)
    index = first_difference(published, right)
    assert index is not None
    symbol = published.equations[index].symbol
    assert (symbol.kind, symbol.layer) == PARTS_AT[lesson.slug]
    ours, theirs = ([w.values[e.symbol] for e in w.equations] for w in (published, right))
    assert np.allclose(ours[:index], theirs[:index], rtol=1e-9, atol=0)
    assert parting(published, right) == Place(0, index + 1)


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
def test_once_parted_two_ways_differ_from_the_first_equation_on(lesson: Lesson) -> None:
    published = TrainingSession.of_lesson(lesson).step("iteration").step("iteration")
    right = other_of(published)
    assert first_difference(published, right) in (0, 1, 2, 3, 4)
    found = parting(published, right)
    assert found is not None
    assert found.iteration == 0


def test_a_walk_never_parts_from_itself() -> None:
    session = TrainingSession.of_lesson(LESSONS[0]).moved_to(Place(20, 5))
    assert first_difference(session, session) is None
    assert parting(session, session) is None


def test_numbers_differ_beyond_what_rounding_brings() -> None:
    assert differ(1.0, 1.0 + 1e-8)
    assert not differ(1.0, 1.0 + 1e-10)
    assert differ(0.0, 1e-300)
    assert not differ(0.0, 0.0)
