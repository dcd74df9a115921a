"""What is taught: the five notebooks as lessons, in teaching order, and where to begin one's own. Data and words."""

from app.lessons import (
    a_slope_too_many,
    hours_of_study,
    one_example_at_a_time,
    softmax_and_dead_units,
    two_outputs_two_paths,
)
from app.lessons.lesson import Lesson

LESSONS: tuple[Lesson, ...] = (
    one_example_at_a_time.LESSON,
    two_outputs_two_paths.LESSON,
    softmax_and_dead_units.LESSON,
    a_slope_too_many.LESSON,
    hours_of_study.LESSON,
)
_BY_SLUG = {lesson.slug: lesson for lesson in LESSONS}


class UnknownLessonError(KeyError):
    """There is no lesson of this name."""


def lesson_named(slug: str) -> Lesson:
    """The lesson of this slug; UnknownLessonError where there is none."""
    if slug not in _BY_SLUG:
        raise UnknownLessonError(f"There is no lesson of this name. There are: {', '.join(_BY_SLUG)}.")
    return _BY_SLUG[slug]
