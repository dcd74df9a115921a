"""Questions before the walk shows: where they stop it, what counts as an answer, and what is kept of it."""

from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from app.engine.equations.values import Values
from app.engine.learning.iteration import run_iteration
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.network.propagation import RIGHT
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.predict import (
    Question,
    QuestionError,
    Reply,
    answer,
    asked,
    case_of,
    check_not_asked,
    question_of,
    read_number,
    unless_asked,
    up_to_question,
)
from app.sessions.store.texts import fixed_text, moving_text, session_of
from app.sessions.walk.answers import MOST_ANSWERS, Answer, Asking, with_answer
from app.sessions.walk.bug_lab import Hunt
from app.sessions.walk.session import TrainingSession
from tests.sessions.own_setups import own

TWO = "two-outputs-two-paths"


def step(session: TrainingSession) -> TrainingSession:
    return up_to_question(session, session.step())


def backward(session: TrainingSession) -> TrainingSession:
    return up_to_question(session, session.backward())


def lesson(slug: str = TWO, as_published: bool = True, asking: Asking = "chosen") -> TrainingSession:
    return TrainingSession.of_lesson(lesson_named(slug), as_published).ask(asking)


def at_question(session: TrainingSession, symbol: Symbol) -> TrainingSession:
    """In front of the equation that finds the symbol, whatever was asked on the way."""
    index = next(e.index for e in session.equations if e.symbol == symbol)
    return session.go(index)


def said(session: TrainingSession, *words: str) -> TrainingSession:
    """The session after these answers: a sign, or a number."""
    for word in words:
        sign = word in ("positive", "negative", "zero")
        session = answer(session, Reply(sign=word) if sign else Reply(guess=word))
    return session


# What is asked where ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_lesson_asks_three_to_five_times_in_the_order_of_the_walk(lesson: Lesson) -> None:
    for as_published in (True, False):
        session = TrainingSession.of_lesson(lesson, as_published).ask("chosen")
        places = [next(e.index for e in session.equations if e.symbol == ask.symbol) for ask in lesson.asks]
        assert 3 <= len(places) <= 5
        assert places == sorted(set(places)) == list(asked(session))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_lesson_asks_for_a_missing_factor_only_where_there_is_one(lesson: Lesson) -> None:
    for ask in lesson.asks:
        session = at_question(TrainingSession.of_lesson(lesson).ask("chosen"), ask.symbol)
        if ask.part == "factor":
            assert case_of(session, ask.symbol, "factor").missing is not None
            assert question_of(said(session, "positive")) == Question(0, ask.symbol, "factor")


def test_a_lesson_asks_in_its_first_iteration_only() -> None:
    session = lesson().train(iterations=1)
    assert up_to_question(session, session.update()).finished


def test_always_asks_the_first_error_signal_and_the_first_weight_gradient_of_each_layer() -> None:
    session = own().ask("always").train(iterations=2).step()
    found = [session.equations[index].symbol[:2] for index in asked(session)]
    assert found == [("delta", 2), ("dW", 2), ("delta", 1), ("dW", 1)]


def test_a_network_of_ones_own_has_nothing_chosen_so_it_is_always_asked() -> None:
    assert asked(own().ask("chosen")) == asked(own().ask("always")) != {}


def test_nothing_is_asked_unless_it_is_wanted_or_where_a_bug_is_hunted() -> None:
    assert not asked(own())
    hunted = replace(own().ask("always"), hunt=Hunt(1, 0))
    assert not asked(hunted)
    assert asked(replace(hunted, hunt=Hunt(1, 0, solved=True)))


# How a question stops the walk --------------------------------------------------------------------------------------


def test_a_verb_stops_in_front_of_the_question_and_does_not_pass_it() -> None:
    session = backward(lesson())
    question = question_of(session)
    assert question == Question(0, Symbol("delta", 2, 1), "sign")
    assert session.equations[session.cursor].symbol == question.symbol
    for verb in (TrainingSession.step, TrainingSession.forward, TrainingSession.backward, TrainingSession.update):
        with pytest.raises(QuestionError, match="Answer the question, or skip it"):
            up_to_question(session, verb(session))
    with pytest.raises(QuestionError):
        unless_asked(session, session.train(iterations=3))
    with pytest.raises(QuestionError):
        check_not_asked(session)


def test_back_reset_and_looking_around_are_free() -> None:
    session = backward(lesson())
    assert up_to_question(session, session.back()).cursor == session.cursor - 1
    assert unless_asked(session, session.go(2)).cursor == 2
    assert up_to_question(session, session.reset()).cursor == 0
    assert up_to_question(session, session.focus(0)).place == session.place


def test_steps_stop_at_the_same_places_however_long_they_are() -> None:
    def stops(measure: str) -> list[tuple[int, int]]:
        session, found = own().ask("always"), []
        while session.iteration < 2:
            session = up_to_question(session, session.step(measure))  # type: ignore[arg-type]
            if question_of(session):
                found.append((session.iteration, session.cursor))
                session = answer(session, Reply(skip=True))
        return [place for place in found if place[0] < 2]

    assert stops("equation") == stops("layer") == stops("phase") == stops("iteration")
    assert len(stops("equation")) == 8


def test_long_runs_and_chosen_places_pass_without_asking() -> None:
    session = own().ask("always")
    assert unless_asked(session, session.step("epoch")).finished
    assert unless_asked(session, session.train(iterations=5)).iteration == 4
    last = len(session.equations)
    assert unless_asked(session, session.go(last)).cursor == last


def test_the_way_into_the_next_iteration_stops_at_its_first_question() -> None:
    session = own().ask("always").train(iterations=1)
    there = up_to_question(session, session.update())
    assert (there.iteration, there.equations[there.cursor].symbol) == (1, Symbol("delta", 2, 0))


def test_walking_from_question_to_question_gives_the_numbers_of_a_walk_without_any() -> None:
    session = own().ask("always")
    while not session.finished:
        session = answer(session, Reply(skip=True)) if question_of(session) else step(session)
    assert session.network.flat().tobytes() == own().update().network.flat().tobytes()


# Answers ------------------------------------------------------------------------------------------------------------


def chain_rule(session: TrainingSession, symbol: Symbol) -> float:
    it = session.current
    right = run_iteration(replace(it.method, rules=RIGHT), it.before, it.X, it.Y)
    return Values(right, session.focus_row)[symbol]


def test_after_the_sign_comes_the_value_and_then_the_walk_goes_on() -> None:
    session = backward(lesson())
    signed = said(session, "negative")
    assert signed.place == session.place
    assert question_of(signed) == Question(0, Symbol("delta", 2, 1), "value")
    done = said(signed, "-0.0396")
    assert done.cursor == session.cursor + 1
    assert [a.right for a in done.answers] == [True, True]
    assert [a.part for a in done.answers] == ["sign", "value"]


def test_zero_as_a_sign_tells_the_value_too() -> None:
    dead = Symbol("dW", 1, 1, 0)
    session = said(at_question(lesson("softmax-and-dead-units"), dead), "zero")
    assert session.equation is not None
    assert session.equation.symbol == dead
    assert session.answers[-1].right


def test_a_skipped_question_moves_on_and_is_noted_as_skipped() -> None:
    session = answer(backward(lesson()), Reply(skip=True, seconds=2.5))
    (noted,) = session.answers
    assert (noted.skipped, noted.right, noted.seconds) == (True, False, 2.5)
    assert question_of(session) is None


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_the_truth_is_the_chain_rules_whatever_the_notebook_does(lesson: Lesson) -> None:
    for ask in lesson.asks:
        if ask.part == "factor":
            continue
        session = at_question(TrainingSession.of_lesson(lesson).ask("chosen"), ask.symbol)
        truth = chain_rule(session, ask.symbol)
        word = "positive" if truth > 0 else "negative" if truth < 0 else "zero"
        session = said(session, word) if word == "zero" else said(session, word, repr(truth))
        assert all(a.right for a in session.answers), ask
        assert session.answers[-1].truth == truth


def test_the_notebooks_own_number_is_named_for_its_mistake() -> None:
    hidden = Symbol("delta", 1, 0)
    session = said(at_question(lesson(), hidden), "positive", "0.00847")
    assert not session.answers[-1].right
    assert session.answers[-1].slip == "with a row of W where the chain rule takes a column"


def test_an_answer_to_another_question_or_to_none_is_refused() -> None:
    session = backward(lesson())
    name = question_of(session).name  # type: ignore[union-attr]
    with pytest.raises(QuestionError, match="not open"):
        answer(said(session, "negative"), Reply(guess="1", about=name))
    with pytest.raises(QuestionError, match="not open"):
        answer(lesson(), Reply(skip=True))
    with pytest.raises(QuestionError, match="No sign is chosen"):
        answer(session, Reply())
    with pytest.raises(QuestionError, match="not a number"):
        answer(said(session, "negative"), Reply(guess="a lot"))


def test_seconds_are_kept_within_a_day() -> None:
    session = backward(lesson())
    assert answer(session, Reply(skip=True, seconds=-5.0)).answers[-1].seconds == 0
    assert answer(session, Reply(skip=True, seconds=1e12)).answers[-1].seconds == 86_400


def test_back_does_not_ask_again_and_reset_does_but_keeps_what_was_answered() -> None:
    session = said(backward(lesson()), "negative", "-0.0396")
    again = backward(session.back("phase"))
    assert question_of(again) == Question(0, Symbol("dW", 2, 1, 0), "sign")
    reset = backward(session.reset())
    assert question_of(reset) == Question(0, Symbol("delta", 2, 1), "sign")
    assert [a.past for a in reset.answers] == [True, True]


def test_beyond_two_hundred_the_oldest_answers_are_forgotten() -> None:
    answers: tuple[Answer, ...] = ()
    for i in range(MOST_ANSWERS + 3):
        answers = with_answer(answers, Answer(i, Symbol("delta", 1, 0), "value", "1", 1.0, True, "", 0.0))
    assert [len(answers), answers[0].iteration] == [MOST_ANSWERS, 3]


def test_a_stored_session_keeps_its_answers_and_an_older_one_loads() -> None:
    session = said(backward(lesson()), "negative", "-1/42")
    loaded = session_of(fixed_text(session), moving_text(session))
    assert (loaded.asking, loaded.answers) == ("chosen", session.answers)
    plain = lesson(asking="")
    assert "answers" not in moving_text(plain)
    assert session_of(fixed_text(plain), moving_text(plain)).answers == ()


# Reading numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "unit", "digits"),
    [
        ("-.0236", -0.0236, 1e-4, 3),
        ("-0,0236", -0.0236, 1e-4, 3),
        ("-2.36e-2", -0.0236, 1e-4, 3),
        ("−0.0236", -0.0236, 1e-4, 3),
        ("  + 0.5 ", 0.5, 0.1, 1),
        ("−2.36×10⁻²", -0.0236, 1e-4, 3),
        ("-2.36*10^-2", -0.0236, 1e-4, 3),
        ("−1/42", -1 / 42, 0.0, 0),
        ("1 / 4", 0.25, 0.0, 0),
        ("1,5/3", 0.5, 0.0, 0),
        ("12 345.6", 12345.6, 0.1, 6),
        ("5.", 5.0, 1.0, 1),
        ("0", 0.0, 1.0, 0),
        ("1.0E3", 1000.0, 100.0, 2),
        ("13.7 %", 0.137, 0.001, 3),
        ("−13,7%", -0.137, 0.001, 3),
        ("1.2×10⁻³ %", 1.2e-5, 1e-6, 2),
        ("1/4 %", 0.0025, 0.0, 0),
    ],
)
def test_any_spelling_of_a_number_is_read(text: str, value: float, unit: float, digits: int) -> None:
    typed = read_number(text)
    assert typed.value == pytest.approx(value, rel=1e-15)
    assert typed.unit == pytest.approx(unit)
    assert typed.digits == digits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nan",
        "inf",
        "-Infinity",
        "1_000",
        "٣",
        "1 1/2",
        "1..2",
        "1,000.5",
        "0x10",
        "1e",
        "--1",
        "1/2/3",
        "5×10",
        "²",
        "1e999",
        "%",
        "5 % %",
        "5 % 1",
    ],
)
def test_what_is_no_number_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(SetupError, match="Write"):
        read_number(text)


@pytest.mark.parametrize("text", ["1/0", "1/0.00", "0/0"])
def test_a_division_by_zero_is_said(text: str) -> None:
    with pytest.raises(SetupError, match="divides by 0"):
        read_number(text)


@drawn(st.integers(-(10**9), 10**9), st.integers(0, 12), st.sampled_from(".,"), st.sampled_from("-−–"))
def test_decimals_are_read_to_the_last_digit(number: int, places: int, point: str, minus: str) -> None:
    digits = str(abs(number)).rjust(places + 1, "0")
    text = f"{digits[:-places]}{point}{digits[-places:]}" if places else digits
    typed = read_number(f"{minus if number < 0 else ''}{text}")
    assert typed.value == pytest.approx(number / 10**places, rel=1e-15)
    assert typed.unit == pytest.approx(10.0**-places)


@drawn(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e290, max_value=1e290))
def test_what_python_writes_of_a_number_is_read_back_to_the_last_bit(x: float) -> None:
    assert read_number(repr(x)).value == x


@drawn(st.integers(-9999, 9999), st.integers(1, 9999), st.sampled_from(["/", " / ", "/ "]))
def test_fractions_are_divided(above: int, below: int, line: str) -> None:
    assert read_number(f"{above}{line}{below}").value == above / below


@drawn(st.text(max_size=80))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        value = read_number(text).value
    except SetupError:
        return
    assert abs(value) < float("inf")
