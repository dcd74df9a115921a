"""Questions before the walk shows: where they are asked, what counts as an answer, and what is kept of it."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from app.engine.equations.trace import Equation
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
    Score,
    answer,
    asked,
    case_of,
    or_shown,
    posed_question,
    question_of,
    read_number,
    score_of,
    up_to_question,
)
from app.sessions.store.texts import fixed_text, moving_text, session_of
from app.sessions.walk.answers import MOST_ANSWERS, Answer, Asking, with_answer
from app.sessions.walk.hunt import Hunt
from app.sessions.walk.session import TrainingSession
from tests.engine.cases import random_setup
from tests.sessions.own_setups import own

TWO = "two-outputs-two-paths"


def step(session: TrainingSession) -> TrainingSession:
    return up_to_question(session, session.step())


def backward(session: TrainingSession) -> TrainingSession:
    return up_to_question(session, session.backward())


def lesson(slug: str = TWO, as_published: bool = True, asking: Asking = "chosen") -> TrainingSession:
    return TrainingSession.of_lesson(lesson_named(slug), as_published).ask(asking)


def at_question(session: TrainingSession, symbol: Symbol) -> TrainingSession:
    """Where the question about the symbol is posed, whatever was asked on the way."""
    index = next(e.index for e in session.equations if e.symbol == symbol)
    return step(session.go(index))


def said(session: TrainingSession, *words: str) -> TrainingSession:
    """The session after these answers: a sign, or a number."""
    for word in words:
        sign = word in ("positive", "negative", "zero")
        session = answer(session, Reply(sign=word) if sign else Reply(guess=word))
    return session


def symbols(session: TrainingSession) -> list[Symbol]:
    """What this iteration asks about, in order."""
    return [session.equations[index].symbol for index in asked(session)]


# What is asked where ------------------------------------------------------------------------------------------------


def is_explained_before(session: TrainingSession, index: int) -> bool:
    """Whether an equation by the same rule is shown earlier: an output's error signal has a rule of its own."""

    def rule(equation: Equation) -> tuple[str, bool]:
        return equation.kind, equation.kind == "delta" and equation.symbol.layer == session.shape.depth

    wanted = rule(session.equations[index])
    return any(rule(equation) == wanted for equation in session.equations[:index])


def check_places(session: TrainingSession) -> None:
    """What is asked is explained, never two in a row, and about what the page shows: the example in focus."""
    places = list(asked(session))
    assert places == sorted(places)
    assert all(after > before + 1 for before, after in pairwise(places))
    for index, part in asked(session).items():
        equation = session.equations[index]
        assert is_explained_before(session, index), equation
        if equation.kind != "delta" and len(session.batch) > 1:
            assert part == "factor", equation
        if part == "factor":
            assert case_of(session, equation.symbol, part).missing is not None


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_lesson_asks_three_to_five_times_of_what_it_has_explained_and_never_twice_in_a_row(lesson: Lesson) -> None:
    for as_published in (True, False):
        session = TrainingSession.of_lesson(lesson, as_published).ask("chosen")
        assert 3 <= len(asked(session)) <= 5
        assert symbols(session) == [ask.symbol for ask in lesson.asks]
        check_places(session)


def test_a_lesson_asks_in_its_first_iteration_only() -> None:
    session = lesson().train(iterations=1)
    assert up_to_question(session, session.update()).finished


@pytest.mark.parametrize("seed", range(12))
def test_always_asks_one_error_signal_and_one_weight_gradient_of_each_layer_that_can_be_asked(seed: int) -> None:
    sizes = ((2, 2, 2), (2, 3, 1), (2, 2, 3, 2))[seed % 3]
    setup = random_setup(seed, sizes, ("tanh",) * (len(sizes) - 2) + ("sigmoid",), "half_squared_error", 1 + seed % 2)
    session = TrainingSession.of_setup(setup).ask("always")
    check_places(session)
    groups = [symbol[:2] for symbol in symbols(session)]
    assert len(set(groups)) == len(groups)
    layers = range(len(sizes) - 1, 0, -1)
    wanted = [(kind, layer) for layer in layers for kind in ("delta", "dW")]
    assert groups == (wanted if sizes[-1] > 1 else wanted[1:])


def test_a_network_of_ones_own_has_nothing_chosen_so_it_is_always_asked() -> None:
    assert asked(own().ask("chosen")) == asked(own().ask("always")) != {}


def test_nothing_is_asked_unless_it_is_wanted_or_where_a_bug_is_hunted() -> None:
    assert not asked(own())
    hunted = replace(own().ask("always"), hunt=Hunt(1, 0))
    assert not asked(hunted)
    assert asked(replace(hunted, hunt=Hunt(1, 0, solved=True)))


def test_what_was_wrong_comes_again_one_iteration_later_on_another_unit_until_it_is_right() -> None:
    first = said(backward(lesson()), "positive").update()  # it is negative
    second = backward(first)
    assert (second.iteration, question_of(second)) == (1, Question(1, Symbol("delta", 2, 0), "sign"))
    right, wrong = (backward(said(second, sign).update()) for sign in ("positive", "negative"))
    assert question_of(right) is None
    assert question_of(wrong) == Question(2, Symbol("delta", 2, 1), "sign")
    shown = backward(answer(second, Reply(skip=True)).update())
    assert posed_question(shown) is None


def test_what_was_wrong_of_the_only_unit_of_a_layer_comes_again_of_another_weight() -> None:
    start = lesson("hours-of-study")
    later = said(backward(start), "12").update()
    assert symbols(backward(later)) == [Symbol("dW", 2, 0, 0)]


# How a question meets the walk --------------------------------------------------------------------------------------


def test_the_step_that_would_show_it_poses_the_question_so_that_what_comes_before_is_seen() -> None:
    session = lesson().go(9)
    explained = step(session)
    assert (explained.cursor, posed_question(explained)) == (10, None)
    posed = step(explained)
    assert (posed.cursor, posed_question(posed)) == (10, Question(0, Symbol("delta", 2, 1), "sign"))
    assert step(posed).cursor == 11
    for moved in (
        posed.back(),
        posed.go(10),
        posed.reset(),
        posed.train(iterations=1),
        posed.train(iterations=1).undo(),
    ):
        assert not moved.posed
    assert session_of(fixed_text(posed), moving_text(posed)).posed


def test_a_verb_stops_in_front_of_the_question_and_the_next_one_shows_what_was_asked() -> None:
    session = backward(lesson())
    question = posed_question(session)
    assert question == Question(0, Symbol("delta", 2, 1), "sign")
    assert session.equations[session.cursor].symbol == question.symbol
    for verb in (TrainingSession.step, TrainingSession.forward, TrainingSession.backward, TrainingSession.update):
        shown = up_to_question(session, verb(session))
        assert shown.place == (0, session.cursor + 1)
        assert [a.skipped for a in shown.answers] == [True]
        assert question_of(shown) is None
    assert or_shown(session, session.step("epoch")).by == "epoch"


def test_back_reset_and_looking_around_are_free() -> None:
    session = backward(lesson())
    assert up_to_question(session, session.back()).cursor == session.cursor - 1
    assert up_to_question(session, session.reset()).cursor == 0
    assert up_to_question(session, session.focus(0)).place == session.place


def test_from_what_came_of_a_question_the_walk_goes_on_freely() -> None:
    answered = said(backward(lesson()), "negative")
    there = backward(answered)
    assert there.phase_done("backward")
    assert len(there.answers) == 1


def test_one_measure_asks_once_and_equations_are_asked_one_by_one() -> None:
    def stops(measure: str) -> list[tuple[int, int]]:
        session, found = own().ask("always"), []
        while session.iteration < 2:
            session = up_to_question(session, session.step(measure))  # type: ignore[arg-type]
            if posed_question(session):
                found.append((session.iteration, session.cursor))
                session = answer(session, Reply(skip=True))
        return [place for place in found if place[0] < 2]

    by_equation, by_layer, by_iteration = stops("equation"), stops("layer"), stops("iteration")
    assert by_equation == [(t, index) for t in range(2) for index in asked(own().ask("always"))]
    assert len(by_iteration) == 2
    assert set(by_iteration) < set(by_layer) < set(by_equation)


def test_long_runs_pass_without_asking() -> None:
    session = own().ask("always")
    assert or_shown(session, session.step("epoch")).finished


def test_the_way_into_the_next_iteration_stops_at_its_first_question() -> None:
    session = own().ask("always").train(iterations=1)
    there = up_to_question(session, session.update())
    assert (there.iteration, there.cursor) == (1, next(iter(asked(there))))


def test_walking_from_question_to_question_gives_the_numbers_of_a_walk_without_any() -> None:
    session = own().ask("always")
    while not session.finished:
        session = step(session)
    assert len(session.answers) == len(asked(session))
    assert session.network.flat().tobytes() == own().update().network.flat().tobytes()


# Answers ------------------------------------------------------------------------------------------------------------


def chain_rule(session: TrainingSession, symbol: Symbol) -> float:
    it = session.current
    right = run_iteration(replace(it.method, rules=RIGHT), it.before, it.X, it.Y)
    return Values(right, session.focus_row)[symbol]


def test_one_answer_is_enough_and_the_walk_goes_on() -> None:
    session = backward(lesson())
    done = said(session, "negative")
    assert done.cursor == session.cursor + 1
    assert [(a.part, a.right) for a in done.answers] == [("sign", True)]
    (number,) = said(at_question(lesson(), Symbol("delta", 1, 1)), "-0.0113").answers
    assert (number.part, number.right) == ("value", False)
    assert number.slip.endswith("with the sign lost")


def test_a_dead_unit_lets_nothing_back() -> None:
    session = said(at_question(lesson("softmax-and-dead-units"), Symbol("delta", 1, 1)), "zero")
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
        sign = "positive" if truth > 0 else "negative" if truth < 0 else "zero"
        session = said(session, sign if ask.part == "sign" else repr(truth))
        assert all(a.right for a in session.answers), ask
        assert session.answers[-1].truth == truth


def test_the_notebooks_own_number_is_named_for_its_mistake() -> None:
    session = at_question(lesson(), Symbol("delta", 1, 1))
    session = said(session, f"{session.values[Symbol('delta', 1, 1)]:.5f}")
    assert not session.answers[-1].right
    assert session.answers[-1].slip == "with a row of W where the chain rule takes a column"


def test_an_answer_to_another_question_or_to_none_is_refused() -> None:
    session = backward(lesson())
    name = question_of(session).name  # type: ignore[union-attr]
    with pytest.raises(QuestionError, match="not open"):
        answer(backward(said(session, "negative").back("phase")), Reply(guess="1", about=name))
    with pytest.raises(QuestionError, match="not open"):
        answer(lesson(), Reply(skip=True))
    with pytest.raises(QuestionError, match="No sign is chosen"):
        answer(session, Reply(guess="-1"))
    with pytest.raises(QuestionError, match="not a number"):
        answer(at_question(lesson(), Symbol("delta", 1, 1)), Reply(guess="a lot"))


def test_seconds_are_kept_within_a_day() -> None:
    session = backward(lesson())
    assert answer(session, Reply(skip=True, seconds=-5.0)).answers[-1].seconds == 0
    assert answer(session, Reply(skip=True, seconds=1e12)).answers[-1].seconds == 86_400


def test_back_does_not_ask_again_and_reset_does_but_keeps_what_was_answered() -> None:
    session = said(backward(lesson()), "negative")
    again = backward(session.back("phase"))
    assert question_of(again) == Question(0, Symbol("dW", 2, 1, 0), "factor")
    reset = backward(session.reset())
    assert question_of(reset) == Question(0, Symbol("delta", 2, 1), "sign")
    assert [a.past for a in reset.answers] == [True]


def test_the_score_counts_what_this_iteration_asked() -> None:
    session = said(backward(lesson()), "negative")
    session = answer(backward(session.step()), Reply(skip=True))
    session = said(backward(session.step()), "12")
    assert score_of(session) == Score(asked=3, right=1, shown=1)
    assert score_of(session.train(iterations=1)) == score_of(session.reset()) == Score(0, 0, 0)


def test_beyond_two_hundred_the_oldest_answers_are_forgotten() -> None:
    answers: tuple[Answer, ...] = ()
    for i in range(MOST_ANSWERS + 3):
        answers = with_answer(answers, Answer(i, Symbol("delta", 1, 0), "value", "1", 1.0, True, "", 0.0))
    assert [len(answers), answers[0].iteration] == [MOST_ANSWERS, 3]


def test_a_stored_session_keeps_its_answers_and_an_older_one_loads() -> None:
    session = said(at_question(lesson(), Symbol("delta", 1, 1)), "-1/42")
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
