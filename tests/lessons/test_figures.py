"""Every figure that a notebook printed of the walk is in its lesson, as printed, and the walk gives it."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.lessons.printed import Printed
from app.sessions.compare.notebook_run import run_of
from tests.lessons.printed import flat, is_printed, notebook

SEEDED = [lesson for lesson in LESSONS if lesson.slug != "a-slope-too-many"]
PLACES = {  # where in tests/reference/notebooks.json the figures of a lesson stand
    "one-example-at-a-time": ("0_", ("walk", "epochs")),
    "two-outputs-two-paths": ("1_", ("walk",)),
    "softmax-and-dead-units": ("2_", ("walk",)),
    "a-slope-too-many": ("3_", ("printed",)),
    "hours-of-study": ("4_", ("printed",)),
}


def texts(nested: Any) -> list[str]:
    """Every string with a number in it, at any depth."""
    if isinstance(nested, dict):
        return [text for key, part in nested.items() if key != "note" for text in texts(part)]
    return [one for part in flat(nested) for one in (texts(part) if isinstance(part, dict) else [part])]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_no_figure_is_missing_or_mistyped(lesson: Lesson) -> None:
    start, places = PLACES[lesson.slug]
    reference = [text for place in places for text in texts(notebook(start)[place]) if isinstance(text, str)]
    assert Counter(printed.text for printed in lesson.printed) == Counter(reference)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_no_quantity_is_printed_twice(lesson: Lesson) -> None:
    places = [(printed.iteration, printed.symbol, printed.row) for printed in lesson.printed]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("lesson", SEEDED, ids=lambda lesson: lesson.slug)
def test_the_walk_as_published_gives_every_figure(lesson: Lesson) -> None:
    run = run_of(lesson, as_published=True)
    for printed, value in zip(lesson.printed, run.figures, strict=True):
        assert printed.drawn
        assert is_printed(printed.text, value), (printed, value)


def test_the_figures_of_a_notebook_without_a_seed_are_marked_as_such() -> None:
    (lesson,) = (lesson for lesson in LESSONS if lesson not in SEEDED)
    assert not any(printed.drawn for printed in lesson.printed)
    costs = [Decimal(printed.text) for printed in lesson.printed if printed.symbol.kind == "loss"]
    assert costs[1] < costs[2]  # its own cost rises from iteration 600 to 900


@pytest.mark.parametrize("slug", ["two-outputs-two-paths", "hours-of-study"])
def test_put_right_some_figures_come_out_otherwise(slug: str) -> None:
    (lesson,) = (lesson for lesson in LESSONS if lesson.slug == slug)
    run = run_of(lesson, as_published=False)
    agreeing = [p.is_given_by(value) for p, value in zip(lesson.printed, run.figures, strict=True)]
    assert any(agreeing)
    assert not all(agreeing)


@pytest.mark.parametrize("lesson", SEEDED, ids=lambda lesson: lesson.slug)
def test_a_figure_says_by_the_same_rule_whether_a_number_gives_it(lesson: Lesson) -> None:
    for printed in lesson.printed:
        unit = 10.0**-printed.decimals
        for off in (0.0, 0.4, 0.55, 0.7, -0.4, -0.55, -0.7):
            value = float(printed.text) + off * unit
            assert printed.is_given_by(value) == is_printed(printed.text, value), (printed, off)


def test_the_orientation_of_a_printed_matrix_is_its_notebooks() -> None:
    lesson = LESSONS[0]  # prints W1 as (fan_in, fan_out): the second figure is the weight from input 1 to unit 2
    weights = [printed for printed in lesson.printed if printed.symbol.kind == "new_W" and printed.iteration == 0]
    assert [(p.symbol.j, p.symbol.k) for p in weights if p.symbol.layer == 1] == [(0, 0), (1, 0), (0, 1), (1, 1)]


def test_a_figures_decimals_count_its_power_of_ten() -> None:
    symbol = LESSONS[0].printed[0].symbol
    assert [Printed("", 0, symbol, text).decimals for text in ("0.25", "-1.5e-05", "0")] == [2, 6, 0]
