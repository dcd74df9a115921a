"""What the panel asks and tells, in words; every number in it is recomputed here from the arrays."""

from dataclasses import replace

import pytest

from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.engine.slips import Case
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.predict import Reply, answer, asked, question_of, up_to_question
from app.sessions.walk.bug_lab import Hunt
from app.sessions.walk.session import TrainingSession
from app.views.explorer.explorer import Look, explorer
from app.views.predict.predict import CLOSED, Predict, predict_panel, what_decides
from app.views.text.numbers import number, signed
from tests.engine.cases import iteration_of, random_setup
from tests.sessions.own_setups import own

DIGITS = 5
HIDDEN = Symbol("delta", 1, 0)


def lesson(slug: str = "two-outputs-two-paths", as_published: bool = True) -> TrainingSession:
    return TrainingSession.of_lesson(lesson_named(slug), as_published).ask("chosen")


def at(session: TrainingSession, symbol: Symbol) -> TrainingSession:
    return session.go(next(e.index for e in session.equations if e.symbol == symbol))


def said(session: TrainingSession, *words: str) -> TrainingSession:
    for word in words:
        is_sign = word in ("positive", "negative", "zero")
        session = answer(session, Reply(sign=word) if is_sign else Reply(guess=word))
    return session


def panel(session: TrainingSession) -> Predict:
    return predict_panel(session, DIGITS, 12.5)


# The question -------------------------------------------------------------------------------------------------------


def test_the_panel_is_closed_where_nothing_is_asked() -> None:
    assert panel(lesson()) is CLOSED
    assert panel(at(lesson(), HIDDEN).ask("")) is CLOSED
    assert panel(replace(at(lesson(), HIDDEN), hunt=Hunt(1, 0))) is CLOSED


def test_it_asks_for_the_sign_then_for_the_value() -> None:
    session = at(lesson(), HIDDEN)
    first, second = panel(session), panel(said(session, "negative"))
    assert first.asks == "sign"
    assert first.question == "Is the error signal of hidden unit 1 positive, negative or zero?"
    assert (first.formula, first.said, first.asked_at) == ("", "", "12.500")
    assert second.asks == "number"
    assert second.question == "What is the error signal of hidden unit 1?"
    assert second.said == "You said: negative."
    assert "1%" in second.tolerance
    assert first.name != second.name


def test_a_question_does_not_hold_its_answer() -> None:
    for one in LESSONS:
        session = TrainingSession.of_lesson(one).ask("chosen")
        for index, part in asked(session).items():
            there = session.go(index)
            shown = panel(said(there, "positive"))
            value = number(Case(there.setup, there.current, 0, there.equations[index].symbol, part).truth, DIGITS)
            if value not in ("0", "1"):
                assert value not in shown.question + shown.formula, (one.slug, index)


def test_a_missing_factor_stands_as_a_question_mark_among_the_numbers_of_the_others() -> None:
    session = said(at(lesson(), Symbol("dW", 2, 1, 0)), "negative")
    shown = panel(session)
    assert shown.question.endswith("with one factor missing. What stands in its place?")
    assert shown.formula.count('class="missing"') == 1
    assert number(abs(session.values[Symbol("delta", 2, 1)]), DIGITS) in shown.formula
    assert number(session.values[Symbol("a", 1, 0)], DIGITS) not in shown.formula


def test_two_panels_that_differ_in_their_moment_only_are_the_same() -> None:
    session = at(lesson(), HIDDEN)
    assert predict_panel(session, DIGITS, 1.0) == predict_panel(session, DIGITS, 2.0)


def test_what_is_wrong_with_the_last_answer_is_said_in_the_panel_and_aloud() -> None:
    session = said(at(lesson(), HIDDEN), "positive")
    shown = predict_panel(session, DIGITS, 0.0, "This is not a number.")
    assert shown.reply in shown.spoken


def test_the_status_tells_the_step_then_the_question_and_the_verdict_before_the_step() -> None:
    session = at(lesson(), HIDDEN)
    asking = explorer(session, "s", 1, Look())["status"].sentence  # type: ignore[union-attr]
    assert asking.endswith("Is the error signal of hidden unit 1 positive, negative or zero?")
    told = explorer(said(session, "positive", "0.009"), "s", 1, Look())["status"].sentence  # type: ignore[union-attr]
    assert told.startswith("Right. You said positive. Right. You said 0.009. The answer is 0.00895.")
    assert "Hidden unit 1 feeds two units" in told


# What came of it ----------------------------------------------------------------------------------------------------


def test_the_reveal_says_right_or_wrong_and_names_the_slip() -> None:
    shown = panel(said(at(lesson(), HIDDEN), "negative", "0.00847"))
    assert [(verdict.state, verdict.word) for verdict in shown.verdicts] == [("wrong", "Not so")] * 2
    assert shown.verdicts[0].text == "You said negative. The answer is positive."
    assert shown.verdicts[1].text == "You said 0.00847. The answer is 0.00895."
    assert shown.verdicts[1].slip == "0.00847 is what you get with W where the chain rule needs Wᵀ."
    assert "The notebook finds 0.00847 for the same reason." in shown.notes


def test_who_answers_rightly_is_right_and_hears_what_the_notebook_finds() -> None:
    shown = panel(said(at(lesson(), HIDDEN), "positive", "0.00895"))
    assert [verdict.state for verdict in shown.verdicts] == ["right", "right"]
    assert "The notebook finds 0.00847: that is what you get with W where the chain rule needs Wᵀ." in shown.notes
    right = panel(said(at(lesson(as_published=False), HIDDEN), "positive", "0.00895"))
    assert not any("finds" in note for note in right.notes)


def test_where_a_factor_is_asked_the_notebooks_gradient_is_told_all_the_same() -> None:
    session = said(at(lesson("hours-of-study"), Symbol("dW", 1, 0, 0)), "positive", "0.3333")
    found = number(session.values[Symbol("dW", 1, 0, 0)], DIGITS)
    notes = panel(session).notes
    assert "No mistake known here gives 0.3333. The missing factor is what the weight carried, 0.25." in notes
    assert f"The notebook finds {found}: that is what you get with the 2 left out." in notes


def test_the_reveal_goes_away_with_the_next_step_and_comes_back_with_back() -> None:
    session = said(at(lesson(), HIDDEN), "positive", "0.00895")
    assert panel(session).verdicts
    assert panel(session.step()) is CLOSED
    assert panel(session.step().back()) == panel(session)


def test_a_number_that_no_mistake_gives_is_told_so_with_the_factors() -> None:
    session = said(at(lesson(), HIDDEN), "positive", "123.45")
    slope = signed(session.values[Symbol("slope", 1, 0)], DIGITS)
    note = next(note for note in panel(session).notes if note.startswith("No mistake known here gives 123.45."))
    assert slope in note


def test_the_dots_and_the_words_beside_them_say_how_far_one_has_come() -> None:
    start = lesson()
    session = up_to_question(start, start.backward())
    session = said(session, "negative", "-0.0396").go(session.cursor)
    session = answer(up_to_question(session, session.backward()), Reply(skip=True))
    shown = panel(up_to_question(session, session.backward()))
    assert [state for state, _ in shown.dots] == ["right", "skipped", "now", "open"]
    assert shown.progress == "2 of 4 answered, 1 right, 1 skipped."


@pytest.mark.parametrize("one", LESSONS, ids=lambda one: one.slug)
def test_every_question_of_a_lesson_can_be_asked_and_told(one: Lesson) -> None:
    for as_published in (True, False):
        session = TrainingSession.of_lesson(one, as_published).ask("chosen")
        for index in asked(session):
            there = session.go(index)
            while question_of(there):
                shown = panel(there)
                assert shown.heading
                assert shown.question.endswith("?")
                there = said(there, "positive" if shown.asks == "sign" else "0.123")
            assert len(panel(there).verdicts) == 2
            assert panel(there).notes[0].startswith("The sign: ")


# What decides the sign ----------------------------------------------------------------------------------------------


def case(setup: Setup, symbol: Symbol, focus: int = 0) -> Case:
    return Case(setup, iteration_of(setup), focus, symbol)


def test_the_sign_of_a_product_is_told_by_its_factors() -> None:
    session = at(lesson(), Symbol("dW", 2, 1, 0))
    told = what_decides(Case(session.setup, session.current, 0, Symbol("dW", 2, 1, 0)), DIGITS)
    assert told == "−0.03964 · +0.5945: one negative factor, so negative."


def test_the_sign_of_a_hidden_error_signal_starts_from_what_comes_back() -> None:
    session = lesson()
    told = what_decides(Case(session.setup, session.current, 0, HIDDEN), DIGITS)
    assert told == "+0.05497 and −0.01784 come to +0.03713. +0.03713 · +0.24107: no negative factor, so positive."


def test_a_dead_unit_is_told_by_its_zero() -> None:
    session = lesson("softmax-and-dead-units")
    told = what_decides(Case(session.setup, session.current, 0, Symbol("delta", 1, 1)), DIGITS)
    assert told.endswith(": a factor is 0, so zero.")
    every = what_decides(Case(session.setup, session.current, 0, Symbol("dW", 1, 1, 0)), DIGITS)
    assert every == "All 6 examples give 0, so zero."


def test_the_sign_of_a_mean_is_told_by_its_examples() -> None:
    session = own(batch_size=None)
    found = Case(session.setup, session.current, 0, Symbol("dW", 2, 0, 1))
    shares = session.current.backward.own[1][:, 0] * session.current.forward.A[1][:, 1]
    told = what_decides(found, DIGITS)
    assert signed(float(shares.mean()), DIGITS) in told
    assert told.endswith("so positive." if shares.mean() > 0 else "so negative.")


@pytest.mark.parametrize("seed", range(40))
def test_the_word_for_the_sign_is_that_of_the_number(seed: int) -> None:
    setup = random_setup(seed, (2, 3, 2), ("tanh", "identity"), "mean_squared_error", 1 + seed % 3)
    for symbol in (Symbol("delta", 2, 1), Symbol("delta", 1, 2), Symbol("dW", 1, 2, 1), Symbol("db", 2, 0)):
        one = case(setup, symbol)
        word = "positive" if one.truth > 0 else "negative" if one.truth < 0 else "zero"
        told = what_decides(one, DIGITS)
        assert f"so {word}." in told or signed(one.truth, DIGITS) in told
