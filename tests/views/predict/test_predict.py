"""What the panel asks and tells, in words; every number in it is recomputed here from the arrays."""

from dataclasses import replace

import pytest

from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.engine.slips import Case
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.predict import Reply, Score, answer, asked, up_to_question
from app.sessions.walk.hunt import Hunt
from app.sessions.walk.session import TrainingSession
from app.views.explorer.explorer import Look, explorer
from app.views.network.diagram import diagram
from app.views.predict.predict import CLOSED, Predict, Verdict, predict_panel, score_told, what_decides
from app.views.text.numbers import number, signed
from tests.engine.cases import iteration_of, random_setup

DIGITS = 5
OUTPUT, HIDDEN = Symbol("delta", 2, 1), Symbol("delta", 1, 1)


def lesson(slug: str = "two-outputs-two-paths", as_published: bool = True) -> TrainingSession:
    return TrainingSession.of_lesson(lesson_named(slug), as_published).ask("chosen")


def at(session: TrainingSession, symbol: Symbol) -> TrainingSession:
    return posed(session, next(e.index for e in session.equations if e.symbol == symbol))


def posed(session: TrainingSession, index: int) -> TrainingSession:
    """Where the question about this equation is posed, if one is asked."""
    there = session.go(index)
    return up_to_question(there, there.step())


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
    assert panel(lesson().go(10)) is CLOSED  # nothing is asked before it is stepped to
    assert panel(at(lesson(), HIDDEN).ask("")) is CLOSED
    assert panel(replace(at(lesson(), HIDDEN), hunt=Hunt(1, 0))) is CLOSED


def test_it_asks_for_a_sign_by_itself_or_for_a_number_with_its_sign() -> None:
    sign, value = panel(at(lesson(), OUTPUT)), panel(at(lesson(), HIDDEN))
    assert (sign.asks, sign.formula, sign.asked_at) == ("sign", "", "12.500")
    assert sign.question == "Is the error signal of output 2 positive, negative or zero?"
    assert value.asks == "number"
    assert value.question == "What is the error signal of hidden unit 2, with its sign?"
    assert "1%" in value.tolerance
    assert sign.name != value.name


def test_a_number_that_needs_a_slope_comes_with_its_rule_and_the_number_in_it() -> None:
    a = number(lesson().values[Symbol("a", 1, 1)], DIGITS)
    assert panel(at(lesson(), HIDDEN)).hint == f"The slope of the sigmoid is a(1 − a); here a is {a}."
    tanh = panel(at(lesson("a-slope-too-many"), HIDDEN))
    assert tanh.hint.startswith("The slope of the tanh is 1 − a²; here a is ")
    assert panel(at(lesson(), OUTPUT)).hint == panel(at(lesson("hours-of-study"), HIDDEN)).hint == ""


def test_of_a_batch_it_asks_about_the_example_that_the_page_shows() -> None:
    session = lesson("a-slope-too-many")
    for example in (session.batch[0], session.batch[41]):
        there = session.focus(example)
        share = panel(at(there, Symbol("dW", 2, 0, 1))).question
        assert share.startswith(f"One factor of the share of example {example + 1} in the gradient of the weight")
        assert (
            f"of hidden unit 4 for example {example + 1} positive" in panel(at(there, Symbol("delta", 1, 3))).question
        )


def test_a_question_does_not_hold_its_answer() -> None:
    for one in LESSONS:
        session = TrainingSession.of_lesson(one).ask("chosen")
        for index, part in asked(session).items():
            shown = panel(posed(session, index))
            value = number(Case(session.setup, session.current, 0, session.equations[index].symbol, part).truth, DIGITS)
            if value not in ("0", "1"):
                assert value not in shown.question + shown.formula + shown.hint, (one.slug, index)


def test_the_drawing_points_at_what_is_asked_with_the_numbers_that_it_takes() -> None:
    def marks(session: TrainingSession) -> tuple[list[str], list[str]]:
        shown = diagram(session, DIGITS)
        lit = [unit.id for unit in shown.units if "current" in unit.classes]
        return lit, [line.id for line in shown.connections if "active" in line.classes]

    assert marks(lesson().go(18)) == (["u-1-0"], ["c-2-0-0", "c-2-1-0"])
    assert marks(at(lesson(), HIDDEN)) == (["u-1-1"], ["c-2-0-1", "c-2-1-1"])


def test_a_missing_factor_stands_as_a_question_mark_among_the_numbers_of_the_others() -> None:
    session = at(lesson(), Symbol("dW", 2, 1, 0))
    shown = panel(session)
    assert shown.question.endswith("is missing. What stands in its place?")
    assert shown.formula.count('class="missing"') == 1
    assert number(abs(session.values[Symbol("delta", 2, 1)]), DIGITS) in shown.formula
    assert number(session.values[Symbol("a", 1, 0)], DIGITS) not in shown.formula


def test_two_panels_that_differ_in_their_moment_only_are_the_same() -> None:
    session = at(lesson(), HIDDEN)
    assert predict_panel(session, DIGITS, 1.0) == predict_panel(session, DIGITS, 2.0)


def test_what_is_wrong_with_the_last_answer_is_said_in_the_panel_and_aloud() -> None:
    shown = predict_panel(at(lesson(), HIDDEN), DIGITS, 0.0, "This is not a number.")
    assert shown.reply in shown.spoken


def test_the_status_tells_the_question_and_the_verdict_before_the_step() -> None:
    session = at(lesson(), HIDDEN)
    asking = explorer(session, "s", 1, Look())["status"].sentence  # type: ignore[union-attr]
    assert asking == "What is the error signal of hidden unit 2, with its sign?"
    told = explorer(said(session, "0.0113"), "s", 1, Look())["status"].sentence  # type: ignore[union-attr]
    assert told.startswith("Right. You said 0.0113. The answer is 0.01129. ")
    assert " The sign: +0.06872 and −0.02180 come to +0.04691. " in told
    assert "Hidden unit 2 feeds two units" in told


# What came of it ----------------------------------------------------------------------------------------------------


def verdict(session: TrainingSession) -> Verdict:
    found = panel(session).verdict
    assert found is not None
    return found


def test_the_reveal_says_right_or_wrong_and_names_the_slip() -> None:
    sign = verdict(said(at(lesson(), OUTPUT), "positive"))
    assert (sign.state, sign.word) == ("wrong", "Not so")
    assert sign.text == "You said positive. The answer is negative."
    published = number(lesson().values[HIDDEN], DIGITS)
    value = verdict(said(at(lesson(), HIDDEN), published))
    assert value.text == f"You said {published}. The answer is 0.01129."
    assert value.reasons[0] == f"{published} is what you get with a row of W where the chain rule takes a column."
    assert value.reasons[1] == f"The notebook finds {published} for the same reason."


def test_who_answers_rightly_is_right_and_hears_what_the_notebook_finds() -> None:
    found = number(lesson().values[HIDDEN], DIGITS)
    shown = verdict(said(at(lesson(), HIDDEN), "0.01129"))
    assert shown.state == "right"
    assert shown.reasons[1].startswith("The sign: ")
    slip = "that is what you get with a row of W where the chain rule takes a column."
    assert shown.reasons[0] == f"The notebook finds {found}: {slip}"
    right = verdict(said(at(lesson(as_published=False), HIDDEN), "0.01129"))
    assert not any("finds" in reason for reason in right.reasons)


def test_what_is_only_shown_comes_with_its_reason_too() -> None:
    for symbol, reason in ((OUTPUT, "The sign: "), (HIDDEN, "The sign: "), (Symbol("dW", 2, 1, 0), "The missing")):
        shown = verdict(answer(at(lesson(), symbol), Reply(skip=True)))
        assert (shown.state, shown.word) == ("shown", "Shown")
        assert shown.reasons[-1].startswith(reason)


def test_where_a_factor_is_asked_the_notebooks_gradient_is_told_all_the_same() -> None:
    weight = Symbol("dW", 1, 1, 0)
    session = said(at(lesson("hours-of-study"), weight), "0.3333")
    found = number(session.values[weight], DIGITS)
    assert verdict(session).reasons == (
        "No mistake known here gives 0.3333.",
        f"The notebook finds {found}: that is what you get with the 2 left out.",
        "The missing factor is what the weight carried, 0.25.",
    )


def test_what_a_slip_leaves_out_is_said_so() -> None:
    session = at(lesson("hours-of-study", as_published=False), HIDDEN)
    guess = f"{session.values[HIDDEN] / 2:.5g}"
    assert verdict(said(session, guess)).reasons[0] == f"{guess} leaves the 2 out."


def test_who_gives_the_product_where_a_factor_is_asked_hears_so() -> None:
    session = said(at(lesson(), Symbol("dW", 2, 1, 0)), "-0.02357")
    assert verdict(session).reasons[0] == "-0.02357 is the whole gradient; asked is its second factor."


def test_the_reveal_goes_away_with_the_next_step_and_comes_back_with_back() -> None:
    session = said(at(lesson(), HIDDEN), "0.01129")
    assert panel(session).verdict
    assert panel(session.step()) is CLOSED
    assert panel(session.step().back()) == panel(session)


def test_the_reveal_is_about_the_example_that_the_page_shows() -> None:
    session = said(at(lesson("a-slope-too-many"), HIDDEN), "0.5")
    assert panel(session).verdict
    assert panel(session.focus(session.batch[1])) is CLOSED


def test_a_number_that_no_mistake_gives_is_told_so_with_what_is_right_about_it_and_the_factors() -> None:
    session = said(at(lesson(as_published=False), HIDDEN), "123.45")
    slope = signed(session.values[Symbol("slope", 1, 1)], DIGITS)
    reasons = verdict(session).reasons
    assert reasons[:2] == ("Its sign is right.", "No mistake known here gives 123.45.")
    assert slope in reasons[2]


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (Score(0, 0, 0), ""),
        (Score(1, 1, 0), "1 of 1 question right."),
        (Score(3, 2, 1), "2 of 3 questions right, 1 shown."),
    ],
)
def test_the_score_in_words(score: Score, words: str) -> None:
    assert score_told(score) == words


@pytest.mark.parametrize("one", LESSONS, ids=lambda one: one.slug)
def test_every_question_of_a_lesson_can_be_asked_and_told(one: Lesson) -> None:
    for as_published in (True, False):
        session = TrainingSession.of_lesson(one, as_published).ask("chosen")
        for index in asked(session):
            shown = panel(posed(session, index))
            assert shown.heading
            assert shown.question.endswith("?")
            told = verdict(said(posed(session, index), "positive" if shown.asks == "sign" else "0.123"))
            assert any(reason.startswith(("The sign: ", "The missing factor")) for reason in told.reasons)


# What decides the sign ----------------------------------------------------------------------------------------------


def case(setup: Setup, symbol: Symbol, focus: int = 0) -> Case:
    return Case(setup, iteration_of(setup), focus, symbol)


def test_the_sign_of_a_product_is_told_by_its_factors() -> None:
    session = at(lesson(), Symbol("dW", 2, 1, 0))
    told = what_decides(Case(session.setup, session.current, 0, Symbol("dW", 2, 1, 0)), DIGITS)
    assert told == "−0.03964 · +0.5945: one negative factor, so negative."


def test_the_sign_of_a_hidden_error_signal_starts_from_what_comes_back() -> None:
    session = lesson()
    told = what_decides(Case(session.setup, session.current, 0, Symbol("delta", 1, 0)), DIGITS)
    assert told == "+0.05497 and −0.01784 come to +0.03713. +0.03713 · +0.24107: both factors are positive, so δ is."


def test_a_dead_unit_is_told_by_its_zero() -> None:
    session = lesson("softmax-and-dead-units")
    told = what_decides(Case(session.setup, session.current, 0, Symbol("delta", 1, 1)), DIGITS)
    assert told.endswith(": a factor is 0, so zero.")


@pytest.mark.parametrize("seed", range(40))
def test_the_word_for_the_sign_is_that_of_the_number(seed: int) -> None:
    setup = random_setup(seed, (2, 3, 2), ("tanh", "identity"), "mean_squared_error", 1)
    for symbol in (Symbol("delta", 2, 1), Symbol("delta", 1, 2), Symbol("dW", 1, 2, 1), Symbol("db", 2, 0)):
        one = case(setup, symbol)
        word = "positive" if one.truth > 0 else "negative" if one.truth < 0 else "zero"
        told = what_decides(one, DIGITS)
        is_told = f"so {word}." in told or (word == "positive" and told.endswith(("so δ is.", "so the gradient is.")))
        assert is_told or signed(one.truth, DIGITS) in told
