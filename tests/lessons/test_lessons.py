"""The lessons as data: in order, complete, and not quite what their notebooks left behind when put right."""

import pytest

from app.lessons import LESSONS, UnknownLessonError, lesson_named
from app.lessons.lesson import Lesson

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
