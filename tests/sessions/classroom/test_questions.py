"""A class's questions: what can be asked where, what becomes of answers, and how they are gathered."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.equations.mistakes import MISTAKES, applicable
from app.engine.learning.optimizers import Optimizer
from app.engine.network.errors import SetupError
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.classroom.classroom import Asked, Classroom, classroom_of, classroom_text
from app.sessions.classroom.questions import (
    Tally,
    checked_answer,
    follow_up_of,
    in_front_of,
    is_sign,
    judged_answer,
    mistake_behind,
    part_at,
    parts_of,
    prepared,
    question_of,
    tally,
    truth_of,
    with_mistake,
)
from app.sessions.predict import case_of
from app.sessions.walk.session import TrainingSession

TWO_PATHS = lesson_named("two-outputs-two-paths")
HIDDEN_DELTA = 17  # the cursor in front of the first hidden unit's error signal


def asked_at(session: TrainingSession, cursor: int, part: str = "") -> tuple[Asked, TrainingSession]:
    walk = in_front_of(session, cursor)
    symbol = walk.equations[cursor].symbol
    return Asked(1, "walk", walk.iteration, symbol, part_at(walk, part)), walk


def tallied(first: dict[str, str], second: dict[str, str] | None = None) -> Tally:
    asked, walk = asked_at(TrainingSession.of_lesson(TWO_PATHS, as_published=False), HIDDEN_DELTA)
    texts = {*first.values(), *(second or {}).values()}
    return tally(first, second or {}, {text: judged_answer(asked, walk, text) for text in texts})


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_equation_of_a_lesson_can_be_asked_and_the_right_answer_is_right(lesson: object) -> None:
    session = TrainingSession.of_lesson(lesson, as_published=False)  # type: ignore[arg-type]
    for cursor, equation in enumerate(session.equations):
        for part in parts_of(session, equation):
            asked, walk = asked_at(session, cursor, part)
            truth = truth_of(asked, walk)
            assert judged_answer(asked, walk, str(truth)).right
            assert checked_answer(asked, str(truth)) == str(truth)


def test_a_lessons_prepared_questions_stand_in_its_iteration() -> None:
    session = TrainingSession.of_lesson(TWO_PATHS)
    assert len(prepared(session)) == len(TWO_PATHS.asks)
    for cursor, part in prepared(session):
        assert asked_at(session, cursor, part)[0].part == part


def test_what_happens_to_the_loss_is_the_sign_of_the_gradient() -> None:
    session = TrainingSession.of_lesson(TWO_PATHS, as_published=False)
    cursor = next(e.index for e in session.equations if e.kind == "dW")
    asked, walk = asked_at(session, cursor, "loss")
    assert is_sign(asked)
    assert truth_of(asked, walk) == truth_of(*asked_at(session, cursor, "sign"))
    assert checked_answer(asked, "grows") == "positive"
    with pytest.raises(SetupError, match="grows, falls or stays"):
        checked_answer(asked, "0.3")


def test_a_follow_up_asks_the_same_of_another_unit_and_at_last_of_the_next_iteration() -> None:
    session = TrainingSession.of_lesson(TWO_PATHS, as_published=False)
    asked, walk = asked_at(session, HIDDEN_DELTA)
    there, question = follow_up_of(asked, walk)
    assert (question.symbol, question.part) == (asked.symbol._replace(j=1), asked.part)
    assert there.cursor == HIDDEN_DELTA + 1
    last, walk = asked_at(session, HIDDEN_DELTA + 1)
    there, question = follow_up_of(last, walk)
    assert (question.iteration, question.symbol) == (1, asked.symbol)


def test_nothing_can_be_asked_beyond_an_iteration() -> None:
    session = TrainingSession.of_lesson(TWO_PATHS)
    with pytest.raises(SetupError, match="Step on first"):
        in_front_of(session, len(session.equations))


@pytest.mark.parametrize("iterations", [0, 3])
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_wrong_answer_opens_a_walk_in_which_its_mistake_gives_that_number(lesson: Lesson, iterations: int) -> None:
    session = TrainingSession.of_lesson(lesson, as_published=False).at_first_example()
    session = session.with_parameter(1, "W", 0, 0, 0.25)
    session = session.after_updates(iterations).step() if iterations else session
    named = applicable(session.setup.sizes, session.setup.loss)
    opened = set()
    for equation in (e for e in session.equations if e.kind in ("delta", "dW", "db")):
        asked, walk = asked_at(session, equation.index or 1, "value" if equation.kind != "dW" else "")
        question = question_of(asked)
        case = case_of(walk, question.symbol, question.part)
        for name in named:
            wrong = case.found_under((name,))
            mistaken = with_mistake(asked, walk, name)
            assert mistaken.equation is not None
            assert mistaken.equation.symbol == asked.symbol
            assert case_of(mistaken, question.symbol, question.part).found_under((name,)) == pytest.approx(wrong)
            assert case.part == "factor" or mistaken.values[asked.symbol] == pytest.approx(wrong)
            slip = judged_answer(asked, walk, f"{wrong:.12g}").slip
            if found := slip and mistake_behind(asked, walk, slip):
                opened.add(found)
                assert case.found_under((found,)) == pytest.approx(wrong)
    assert opened


def test_no_walk_is_opened_for_an_update_that_depends_on_what_an_optimizer_remembers() -> None:
    setup = replace(TWO_PATHS.setup(as_published=False), optimizer=Optimizer("momentum", momentum=0.9))
    session = TrainingSession.of_setup(setup).after_updates(2).step()
    asked, walk = asked_at(session, len(session.equations) - 1)
    assert mistake_behind(asked, walk, MISTAKES["untransposed_weights"].slip) == ""
    assert mistake_behind(*asked_at(session, HIDDEN_DELTA), MISTAKES["untransposed_weights"].slip) != ""


# All answers together -------------------------------------------------------------------------------------------------


def test_numbers_are_gathered_by_tolerance_and_named_for_the_slip_behind_them() -> None:
    found = tallied({"a": "0.00895", "b": "0,0090", "c": "-0.00895", "d": "7.125", "e": "7,13", "f": "7.125"})
    assert [(bar.right, bar.first) for bar in found.bars] == [(True, 2), (False, 1), (False, 3)]
    assert "with the sign lost" in found.bars[1].slip
    assert found.bars[0].slip == found.bars[2].slip == ""
    assert found.bars[0].value == pytest.approx(0.0089516, rel=1e-4)
    assert found.bars[2].value == 7.125


def test_who_moved_where_is_counted_for_those_who_answered_twice() -> None:
    found = tallied({"a": "7.125", "b": "0.00895", "c": "3"}, {"a": "0.00895", "b": "0.00895", "d": "7.125"})
    right, other = (next(i for i, bar in enumerate(found.bars) if bar.value == v) for v in (found.bars[0].value, 7.125))
    assert dict(found.moves) == {(other, right): 1, (right, right): 1}
    assert found.answered == 4


ANSWERS = st.sampled_from(["0.00895", "0,009", "0.0089516", "-0.00895", "7.1", "7.125", "7,13", "0.0179", "3", "1/3"])
VOTES = st.dictionaries(st.sampled_from("abcdefgh"), ANSWERS)


@given(VOTES, VOTES)
def test_every_answer_is_in_one_bar_whatever_order_they_come_in(first: dict[str, str], second: dict[str, str]) -> None:
    found = tallied(first, second)
    assert sum(bar.first for bar in found.bars) == len(first)
    assert sum(bar.second for bar in found.bars) == len(second)
    assert sum(found.moves.values()) == len(first.keys() & second.keys())
    again = tallied(dict(reversed(first.items())), dict(reversed(second.items())))
    assert again == found


def test_a_class_comes_back_from_its_text() -> None:
    classroom, *_ = Classroom.opened("walk")
    classroom, _ = classroom.joined(classroom.id + "secret", "own walk", 30)
    classroom = classroom.ask("front", 2, TrainingSession.of_lesson(TWO_PATHS).equations[3].symbol, "value").next()
    again = classroom_of(classroom_text(classroom))
    assert classroom_text(again) == classroom_text(classroom)
    assert (again.seats, again.asked, again.round) == (classroom.seats, classroom.asked, "1.1")
