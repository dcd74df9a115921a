"""Act two: one step twice over, with what the one rule has and the other has not marked in formula and drawing."""

import pytest
from bs4 import BeautifulSoup

from app.engine.network.expressions import (
    HALF,
    Expression,
    Number,
    Product,
    Sum,
    Symbol,
    complement,
    difference,
    substituted,
)
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.compare.counterpart import differ
from app.sessions.compare.notebook_run import done_by_mistakes, units_of_their_own
from app.sessions.walk.session import TrainingSession
from app.views.compare.act_two import ActTwoPage, act_two_page
from app.views.compare.differences import OTHER, SAME
from app.views.compare.marked import MARKED, apart
from app.views.text.numbers import number

A, B, C = (Symbol("W", 1, 0, k) for k in range(3))
IDS = [lesson.slug for lesson in LESSONS]
SHORT = [lesson for lesson in LESSONS if lesson.run <= 1000]


def page(lesson: Lesson, as_published: bool = True) -> ActTwoPage:
    return act_two_page(TrainingSession.of_lesson(lesson, as_published), "id", 5)


def marked(maths: str, look: str) -> list[str]:
    return ["".join(tag.text.split()) for tag in BeautifulSoup(maths, "html.parser").select(f".{look}")]


def test_what_only_one_expression_has_is_set_apart_and_put_back_it_is_the_same() -> None:
    Parts = tuple[Expression, ...]
    pairs: list[tuple[Expression, Expression, Parts, Parts]] = [
        (Sum((Product((A, B)), Product((A, C)))), Sum((Product((A, B)), Product((B, C)))), (A,), (B,)),
        (Product((A, B, complement(B))), Product((A, C)), (B, complement(B)), (C,)),
        (difference(A, B), Product((Number(2), difference(A, B))), (), (Number(2),)),
        (difference(A, B), difference(B, A), (A, B), (B, A)),
        (Product((HALF, A)), A, (HALF,), ()),
        (A, A, (), ()),
    ]
    for ours, theirs, wrong, missing in pairs:
        left, right = apart(ours, theirs)
        assert (left.parts, right.parts) == (wrong, missing)
        for told, whole in ((left, ours), (right, theirs)):
            parts: dict[Symbol | Sum, Expression] = {Symbol(MARKED, 0, j): part for j, part in enumerate(told.parts)}
            assert substituted(told.expression, parts) == whole


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
def test_each_side_tells_the_number_that_its_walk_finds(lesson: Lesson) -> None:
    left, right = (TrainingSession.of_lesson(lesson, way).at_first_example() for way in (True, not lesson.mistaken))
    found = left.values[lesson.closer[0]], right.values[lesson.closer[1]]
    told = page(lesson)
    assert [part.value for part in told.parts] == [number(value, 5) for value in found]
    assert told.sign == (OTHER if differ(*found) else SAME)


def test_the_wrong_connection_is_marked_and_so_is_the_right_one() -> None:
    left, right = page(lesson_named("two-outputs-two-paths")).parts
    assert (left.value, right.value) == ("0.00847", "0.00895")
    assert marked(left.maths, "wrong") == ["w12[2]", "0.5"]
    assert marked(right.maths, "right") == ["w21[2]", "0.45"]
    assert [wire.ref for wire in left.drawing.wires if wire.classes.startswith("wrong")] == ["w-2-0-1"]
    assert [wire.ref for wire in right.drawing.wires if wire.classes.startswith("right")] == ["w-2-1-0"]
    assert "the weight from hidden unit 2 to output 1, 0.5 (marked)" in left.drawing.title


@pytest.mark.parametrize(
    ("slug", "wrong", "right"),
    [
        ("a-slope-too-many", ["a1[1]", "(1−a1[1])"], ["tanh′(z1[1])"]),
        ("hours-of-study", [], ["2"]),
    ],
)
def test_a_wrong_factor_is_marked_in_the_formula_and_where_it_lives(
    slug: str, wrong: list[str], right: list[str]
) -> None:
    left, other = page(lesson_named(slug)).parts
    assert marked(left.maths, "wrong")[: len(wrong)] == wrong
    assert marked(other.maths, "right")[: len(right)] == right
    wires = [wire.ref for wire in left.drawing.wires if wire.classes == "wrong"]
    spots = [spot.ref for spot in left.drawing.spots if spot.classes == "wrong"]
    assert (wires, spots) == (([], ["u-1-0"]) if wrong else (["loss"], []))


def test_twins_find_the_same_and_a_dead_unit_says_which_factor_is_0() -> None:
    twins, dead = page(LESSONS[0]), page(LESSONS[2])
    assert [twins.sign, dead.sign] == [SAME, OTHER]
    assert marked(dead.parts[1].maths, "wrong") == ["ReLU′(z2[1])", "0"]
    assert marked(dead.parts[0].maths, "wrong") == []


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
def test_the_way_on_is_the_one_that_is_not_walked(lesson: Lesson) -> None:
    for as_published in (True, False):
        assert page(lesson, as_published).way[1] == ("false" if as_published else "true")


@pytest.mark.parametrize("lesson", SHORT, ids=lambda lesson: lesson.slug)
def test_what_it_does_to_training_is_told_as_it_was_measured(lesson: Lesson) -> None:
    run = page(lesson).run
    assert run is not None
    told = " ".join(run.facts)
    if lesson.mistaken:
        _, learned = done_by_mistakes(lesson)
        assert f"{learned.mistaken} learn it with the mistake and {learned.right} with the right rule" in told
    else:
        assert units_of_their_own(lesson, True) < units_of_their_own(lesson, False)
        assert "do work of their own" in told


def test_a_long_run_is_fetched_by_a_second_request() -> None:
    assert page(lesson_named("a-slope-too-many")).run is None
