"""The lessons as data: in order, complete, and not quite what their notebooks left behind when put right."""

import re

import pytest

from app.lessons import LESSONS, UnknownLessonError, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.compare.counterpart import first_difference
from app.sessions.compare.notebook_run import run_of
from app.sessions.walk.session import TrainingSession

SLUGS = [
    "one-example-at-a-time",
    "two-outputs-two-paths",
    "softmax-and-dead-units",
    "a-slope-too-many",
    "hours-of-study",
]


def test_the_lessons_stand_in_teaching_order() -> None:
    assert [lesson.slug for lesson in LESSONS] == SLUGS
    assert [lesson.number for lesson in LESSONS] == [1, 2, 3, 4, 5]


def test_a_lesson_is_found_by_its_slug_and_an_unknown_one_says_which_exist() -> None:
    assert lesson_named("hours-of-study").number == 5
    with pytest.raises(UnknownLessonError, match="hours-of-study"):
        lesson_named("hours")


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUGS)
def test_a_lesson_names_every_input_and_output(lesson: Lesson) -> None:
    assert len(lesson.columns) == lesson.published.sizes[0]
    assert len(lesson.targets) == lesson.published.sizes[-1]


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUGS)
def test_a_lesson_speaks_in_whole_sentences(lesson: Lesson) -> None:
    for words in (lesson.introduction, lesson.computed, lesson.hides, lesson.right_note):
        assert words.endswith(".")
    assert 2 <= lesson.introduction.count(". ") + 1 <= 3


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUGS)
def test_put_right_a_lesson_has_no_wrong_rule(lesson: Lesson) -> None:
    assert lesson.right.mistakes == ()
    assert lesson.right.sizes == lesson.published.sizes


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUGS)
def test_what_act_two_asks_about_was_printed_or_found(lesson: Lesson) -> None:
    ours = [*run_of(lesson, True).figures, *run_of(lesson, False).figures] if lesson.run <= 1000 else []
    for number in re.findall(r"\d+\.\d+", lesson.riddle):
        decimals = len(number.partition(".")[2])
        printed = [f"{float(figure.text):.{decimals}f}" for figure in lesson.printed]
        assert number in [*printed, *(f"{value:.{decimals}f}" for value in ours)]


def test_the_softmax_notebook_printed_nine_zeros_for_its_hidden_layer() -> None:
    gradients = [one for one in LESSONS[2].printed if one.symbol.kind in ("dW", "db") and one.symbol.layer == 1]
    assert (len(gradients), [one.text for one in gradients].count("0")) == (12, 9)


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUGS)
def test_act_two_looks_where_the_rules_part_or_at_two_units(lesson: Lesson) -> None:
    first, second = lesson.closer
    published, right = (TrainingSession.of_lesson(lesson, way) for way in (True, False))
    if lesson.mistaken:
        parted = first_difference(published, right)
        assert parted is not None
        assert first == second == published.equations[parted].symbol
    else:
        assert first.j != second.j


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUGS)
@pytest.mark.parametrize("as_published", [True, False])
def test_a_lesson_begins_at_an_example_for_which_a_hidden_unit_is_on(lesson: Lesson, as_published: bool) -> None:
    walk = TrainingSession.of_lesson(lesson, as_published).at_first_example()
    assert walk.example == lesson.example
    assert walk.current.forward.A[1][walk.focus_row].any()
