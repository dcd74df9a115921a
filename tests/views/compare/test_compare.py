"""Two walks side by side: each side's own numbers, what differs said in words, and the notebook's figures beside."""

from dataclasses import replace

import numpy as np
import pytest

from app.engine.data.split import Examples
from app.engine.equations.mistakes import MISTAKES
from app.engine.setup import Parameters, Setup
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.compare.counterpart import Pair, differ, pair_of
from app.sessions.walk.position import Place
from app.sessions.walk.session import TrainingSession
from app.views.compare.compare import Comparison, Seen, alone, comparison
from app.views.compare.differences import OTHER, SAME, Names, compared
from app.views.compare.printed import as_printed, printed_here, run_panel
from app.views.text.numbers import number

IDS = [lesson.slug for lesson in LESSONS]
SEEN = Seen(3, 5)
TWO = lesson_named("two-outputs-two-paths")
QUICK = [lesson for lesson in LESSONS if lesson.run <= 1000]


def pair(lesson: Lesson, place: Place) -> Pair:
    found = pair_of(TrainingSession.of_lesson(lesson).moved_to(place))
    assert found is not None
    return found


def shown(lesson: Lesson, place: Place) -> Comparison:
    return comparison(pair(lesson, place), Names(), SEEN)


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
def test_each_side_tells_its_own_number_of_the_same_equation(lesson: Lesson) -> None:
    for cursor in range(1, len(TrainingSession.of_lesson(lesson).equations) + 1):
        sessions = pair(lesson, Place(1, cursor))
        panel = comparison(sessions, Names(), SEEN)
        for side, session in zip(panel.sides, sessions, strict=True):
            assert session.equation is not None
            assert side.value == number(session.values[session.equation.symbol], 5)


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
def test_a_difference_is_marked_exactly_where_the_numbers_differ(lesson: Lesson) -> None:
    for cursor in range(1, len(TrainingSession.of_lesson(lesson).equations) + 1):
        sessions = pair(lesson, Place(0, cursor))
        assert sessions.left.equation is not None
        differs = differ(*(session.values[sessions.left.equation.symbol] for session in sessions))
        assert comparison(sessions, Names(), SEEN).verdict.sign == (OTHER if differs else SAME)


def test_where_the_rule_differs_the_page_says_so_and_where_only_numbers_do_too() -> None:
    rule, numbers, same = (shown(TWO, Place(0, cursor)).verdict for cursor in (18, 20, 5))
    assert rule.words == "Here the rule itself differs. Put right, the result is 5.64 % larger."
    assert (
        numbers.words == "The rule is the same, but the numbers in it differ. Put right, the result is 5.64 % larger."
    )
    assert same.words == "Both find the same number here."


def test_a_mistake_that_changes_nothing_here_is_told_as_such() -> None:
    start = Parameters((np.eye(2), np.array([[0.4, 0.5], [0.5, 0.6]])), (np.zeros(2), np.zeros(2)))
    data = Examples(np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]]))
    setup = Setup((2, 2, 2), data, loss="half_squared_error", start=start, mistakes=("untransposed_weights",))
    left = TrainingSession.of_setup(setup).go(18)  # the first hidden error signal; W2 is its own transpose
    sessions = pair_of(left)
    assert sessions is not None
    verdict = comparison(sessions, Names(), SEEN).verdict
    assert (verdict.sign, verdict.words) == (SAME, "The rules differ, and give the same number here.")


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        (1.0, 1.0, "the same"),
        (1.0, 1.05, "5 % larger"),
        (-1.0, -0.4, "60 % smaller"),
        (0.5, 1.0, "2 times as large"),
        (1.0, -1.0, "of the other sign"),
        (1.0, -3.0, "of the other sign and 3 times as large"),
        (0.0, 2.0, "no longer 0"),
        (2.0, 0.0, "0"),
        (0.0, 0.0, "the same"),
    ],
)
def test_two_numbers_are_compared_in_words(left: float, right: float, words: str) -> None:
    assert compared(left, right) == words


def test_before_the_first_equation_nothing_is_compared() -> None:
    panel = shown(TWO, Place(0, 0))
    assert (panel.heading, panel.verdict.sign, panel.at_start) == ("Ready to start", "", True)
    assert all(side.maths == () for side in panel.sides)


def test_parameters_appear_as_the_walk_finds_them_and_differences_are_marked_and_told() -> None:
    before, after = shown(TWO, Place(0, 5)), shown(TWO, Place(0, 37))
    assert {pair.sign for table in before.tables for row in table.rows for pair in row.pairs[1:]} == {""}
    output, hidden = after.tables
    assert {row.words for row in output.rows} == {"the same"}
    assert all(row.words.startswith("gradient ") for row in hidden.rows)
    assert {row.pairs[1].sign for row in hidden.rows} == {OTHER}
    assert {row.pairs[0].sign for row in hidden.rows} == {SAME}
    assert [row.ref for row in hidden.rows if row.current] == ["b-1-1"]


def test_where_they_part_leads_to_a_place_of_this_iteration_and_to_the_first_of_all() -> None:
    here, ever = shown(TWO, Place(4, 30)).partings
    assert (here.way, here.cursor) == ("go", "1")
    assert (ever.way, ever.cursor) == ("compare/first", "")
    assert ever.words == "iteration 1, equation 18 of 37. There the rule itself differs."
    assert here.words == "iteration 5, equation 1 of 37. Other numbers come in there."
    assert [one.here for one in shown(TWO, Place(0, 18)).partings] == [True, True]


def test_walks_that_do_not_part_say_so() -> None:
    left, _ = pair(TWO, Place(0, 18))
    assert [one.way for one in comparison(Pair(left, left), Names(), SEEN).partings] == ["", ""]


def test_the_status_says_both_numbers_aloud() -> None:
    status = shown(TWO, Place(0, 18)).status
    assert status.startswith("Error signal of hidden unit 1: as published 0.00847; put right 0.00895. ")


def test_any_two_walks_can_be_compared_under_any_names() -> None:
    left, right = pair(TWO, Place(0, 18))
    panel = comparison(Pair(left, right), Names("with the mistake", "with the right rule"), SEEN)
    assert [side.name for side in panel.sides] == ["with the mistake", "with the right rule"]
    assert "With the right rule, the result is" in panel.verdict.words


def test_a_walk_without_its_counterpart_is_shown_alone_with_the_reason() -> None:
    left, _ = pair(TWO, Place(0, 18))
    panel = alone(left, "as published", Seen(1, 5, "It ran away."))
    assert [side.name for side in panel.sides] == ["as published"]
    assert (panel.seen.message, panel.tables, panel.partings) == ("It ran away.", (), ())


# The notebook's figures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", QUICK, ids=lambda lesson: lesson.slug)
def test_every_printed_figure_stands_in_the_table_as_given_by_the_walk_as_published(lesson: Lesson) -> None:
    panel = run_panel(lesson, 5)
    assert [row.printed for row in panel.rows] == [printed.text for printed in lesson.printed]
    assert {row.sign for row in panel.rows} == {SAME}
    assert f"all {len(panel.rows)} figures" in panel.summary


def test_put_right_the_figures_that_the_mistake_touched_come_out_otherwise() -> None:
    told = {row.what: row.agreement for row in run_panel(TWO, 5).rows}
    assert told["Hidden activations"] == told["Gradients of the weights of layer 2"] == "given by both"
    assert told["Gradients of the weights of layer 1"] == "given as published; not put right"


@pytest.mark.parametrize("lesson", QUICK, ids=lambda lesson: lesson.slug)
def test_our_number_is_written_with_as_many_digits_as_the_notebooks(lesson: Lesson) -> None:
    for printed, row in zip(lesson.printed, run_panel(lesson, 5).rows, strict=True):
        assert abs(float(row.published) - float(printed.text)) <= 1.01 * 10.0**-printed.decimals
        assert len(row.published) == len(printed.text)


def test_a_number_that_should_be_zero_is_written_out_where_it_is_not() -> None:
    zero = next(printed for lesson in LESSONS for printed in lesson.printed if printed.text == "0")
    assert (as_printed(zero, 0.0), as_printed(zero, 0.25)) == ("0", "0.25000000")


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
def test_the_figures_of_an_equation_are_told_beside_it(lesson: Lesson) -> None:
    told = 0
    session = TrainingSession.of_lesson(lesson)
    for cursor in range(1, len(session.equations) + 1):
        told += len(printed_here(lesson, session.moved_to(Place(0, cursor))))
    walked = {equation.symbol for equation in session.equations}
    assert told == sum(p.iteration == 0 and p.symbol in walked for p in lesson.printed)


def test_a_curve_is_drawn_for_each_way_and_named_at_its_end() -> None:
    panel = run_panel(TWO, 5)
    assert [(line.name, line.look) for line in panel.plot.lines] == [("as published", "first"), ("put right", "second")]
    assert panel.notes == ("The notebook makes one update. Here both go on to 200, so that a difference can show.",)
    assert panel.plot.table.rows[0] == ("0", "0.30364", "0.30364")


def test_a_loss_that_falls_by_powers_of_ten_is_drawn_on_a_logarithmic_scale() -> None:
    assert "logarithmic" in run_panel(lesson_named("hours-of-study"), 5).plot.note


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_only_one_of_two_rules_has_is_marked_in_any_network(mistake: str) -> None:
    data = Examples(np.array([[0.2, -0.4], [0.5, 0.1], [-0.3, 0.6]]), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))
    loss = "cross_entropy" if mistake == "slope_after_softmax" else "half_squared_error"
    left = TrainingSession.of_setup(Setup((2, 2, 2), data, loss=loss, batch_size=None, mistakes=(mistake,)).completed())
    right = TrainingSession.of_setup(replace(left.setup, mistakes=()))
    both = enumerate(zip(left.equations, right.equations, strict=True), 1)
    sessions = pair_of(left.go(next(cursor for cursor, (one, other) in both if one.expression != other.expression)))
    assert sessions is not None
    wrong, right_rule = (
        "".join(mathml for _, mathml in side.maths) for side in comparison(sessions, Names(), SEEN).sides
    )
    assert 'class="wrong"' in wrong or 'class="right"' in right_rule
