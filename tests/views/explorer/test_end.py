"""The card at the end of an iteration: one loss before and after, what was answered, and the ways on."""

from dataclasses import replace

import pytest

from app.engine.learning.iteration import mean_loss
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.bug_lab import begun
from app.sessions.predict import Reply, answer, question_of, score_of, up_to_question
from app.sessions.walk.session import TrainingSession
from app.views.explorer.end import CLOSED, end_card
from app.views.predict.predict import score_told
from app.views.text.numbers import number
from tests.sessions.own_setups import own

TWO = lesson_named("two-outputs-two-paths")


def test_the_card_is_there_at_the_end_of_an_iteration_and_nowhere_else() -> None:
    end = TrainingSession.of_lesson(TWO).update()
    assert end_card(end, 3, 5).heading == "Iteration 1 is done"
    assert [end_card(walk, 3, 5) for walk in (end.back(), end.step(), end.reset())] == [CLOSED] * 3


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_the_loss_before_and_after_is_that_of_the_same_examples(lesson: Lesson) -> None:
    end = TrainingSession.of_lesson(lesson, not lesson.mistaken).update()
    card, it = end_card(end, 3, 5), end.current
    losses = (mean_loss(it.method, network, it.X, it.Y) for network in (it.before, it.after))
    assert (card.before, card.after) == tuple(number(loss, 5) for loss in losses)
    whose = {1: "Loss of this example", 4: "Mean loss of these four examples", 6: "Mean loss of these six examples"}
    assert card.whose == whose.get(len(end.batch), "Mean loss of these 100 examples")
    assert card.change.startswith("It fell by ")


def test_what_was_answered_is_counted_since_the_walk_began() -> None:
    walk = TrainingSession.of_lesson(TWO).ask("chosen")
    said = iter([Reply(sign="negative"), Reply(guess="1")])
    while not walk.finished:
        walk = answer(walk, next(said, Reply(skip=True))) if question_of(walk) else up_to_question(walk, walk.step())
    assert len(walk.answers) > 2
    assert end_card(walk, 3, 5).score == score_told(score_of(walk))
    assert end_card(replace(walk, answers=()), 3, 5).score == ""


def test_the_ways_on_lead_to_act_two_and_the_next_lesson() -> None:
    cards = [end_card(TrainingSession.of_lesson(lesson).update(), 3, 5) for lesson in LESSONS]
    assert {card.beside for card in cards} == {"act-two"}
    assert [bool(card.riddle) for card in cards] == [not lesson.mistaken for lesson in LESSONS]
    assert end_card(TrainingSession.of_lesson(TWO, False).update(), 3, 5).riddle == f"{TWO.riddle}."
    assert [card.next and card.next.slug for card in cards] == [*(lesson.slug for lesson in LESSONS[1:]), None]
    assert [card.next.act_one for card in cards if card.next] == ["false", "true", "false", "false"]


def test_a_network_of_ones_own_is_compared_only_where_a_rule_is_wrong_and_may_be_seen() -> None:
    wrong = TrainingSession.of_setup(replace(own().setup, mistakes=("missing_slope",)))
    assert [end_card(walk.update(), 3, 5).beside for walk in (own(), wrong, begun(1, 3))] == ["", "compare", ""]


def test_walk_it_again_begins_the_same_iteration() -> None:
    end = TrainingSession.of_lesson(TWO).update()
    assert end.go(end_card(end, 3, 5).again).place == (0, 0)
    later = end.update()
    assert later.go(end_card(later, 3, 5).again).place == (1, 1)
