"""What the panels around the equation say is true as well: every number, sum and sign in their sentences."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from app.engine.activity import gradient_sizes
from app.engine.check.gradient_check import check_one
from app.engine.equations.trace import found_at
from app.engine.equations.values import Values
from app.engine.network.errors import DivergedError
from app.engine.network.expressions import Symbol
from app.engine.paths import MOST_APART, paths_of
from app.sessions.predict import Reply, answer, asked, case_of
from app.sessions.walk.session import TrainingSession
from app.views.check.check import told
from app.views.explorer.edit import told_edits
from app.views.explorer.explorer import told as step_told
from app.views.explorer.nudge import nudge
from app.views.paths.paths import Opened, paths_panel
from app.views.pictures.gradients import flow_told
from app.views.pictures.landscape import landscape
from app.views.predict.predict import predict_panel
from app.views.text.numbers import number
from app.views.training.training import QUIET, training
from tests.engine.cases import mistaken, optimizers, random_setup
from tests.views.claims.claim import Claim, Unread
from tests.views.claims.pages import (
    claims_of_answer,
    claims_of_check,
    claims_of_edits,
    claims_of_flow,
    claims_of_nudge,
    claims_of_path,
    claims_of_paths,
    claims_of_shares,
    claims_of_sign,
    claims_of_slope,
    claims_of_training,
)
from tests.views.claims.printed import NUMBER
from tests.views.claims.sentences import claims_of
from tests.views.claims.walks import TIMES
from tests.views.claims.world import World
from tests.views.test_claims import with_another

some = settings(max_examples=25 * TIMES)
digits_of_a_page = st.integers(2, 8)


@st.composite
def sessions(draw: st.DrawFn) -> TrainingSession:
    """A walk of any setup, at the end of an early iteration."""
    setup = replace(
        draw(mistaken()),
        optimizer=draw(optimizers()),
        decimals=draw(st.sampled_from([None, None, 4])),
        batch_size=draw(st.sampled_from([1, 2, None])),
    )
    updates = draw(st.integers(0, 2))
    try:
        session = TrainingSession.of_setup(setup)
        return session.after_updates(updates) if updates else session
    except DivergedError:
        reject()


def assert_true(claims: Iterable[Claim], where: object) -> int:
    found = list(claims)
    for claim in found:
        assert claim.holds, f"{claim}\nin {where}"
    return len(found)


def parameters(session: TrainingSession) -> list[Symbol]:
    """Every weight and bias."""
    sizes = session.shape.sizes
    weights = [Symbol("W", l, j, k) for l in range(1, len(sizes)) for j in range(sizes[l]) for k in range(sizes[l - 1])]
    return [*weights, *(Symbol("b", l, j) for l in range(1, len(sizes)) for j in range(sizes[l]))]


@some
@given(sessions(), digits_of_a_page)
def test_what_the_check_says_of_each_gradient(session: TrainingSession, digits: int) -> None:
    for w in parameters(session)[:6]:
        checked = check_one(session.current, w)
        text = told(checked, digits)
        assert assert_true(claims_of_check(text, checked, digits), text)


@some
@given(sessions(), digits_of_a_page, st.sampled_from(["wrong", "skip", "right"]))
def test_what_a_question_tells_after_its_answer(session: TrainingSession, digits: int, how: str) -> None:
    session = session.ask("always")
    for index, part in asked(session).items():
        there = answered(session.go(index), part, how)
        assert there.equation is not None
        case, verdict = case_of(there, there.equation.symbol, part), predict_panel(there, digits, 0.0).verdict
        assert verdict is not None
        assert_true(claims_of_answer(verdict.text, case.truth, digits), verdict)
        for reason in verdict.reasons:
            if reason.startswith("The sign: "):
                assert assert_true(claims_of_sign(reason, case.truth, digits), reason)
            elif reason.startswith("The missing factor"):
                assert number(case.truth, digits) in reason


def answered(session: TrainingSession, part: str, how: str) -> TrainingSession:
    """The session with its question answered."""
    case = case_of(session, session.equations[session.cursor].symbol, part)
    right = {1: "positive", -1: "negative", 0: "zero"}[int(np.sign(case.truth))]
    if how == "skip":
        return answer(session, Reply(skip=True))
    if part == "sign":
        return answer(session, Reply(sign=right if how == "right" else "zero" if right != "zero" else "positive"))
    return answer(session, Reply(guess=f"{case.truth * (1 if how == 'right' else 3.7) + (how == 'wrong'):.6g}"))


def at_its_gradients(session: TrainingSession) -> TrainingSession:
    """The same iteration with all of its gradients shown."""
    return session if session.cursor else session.backward()


@some
@given(sessions(), digits_of_a_page, st.integers(0, 10_000), st.sampled_from([0.01, -0.01, 0.001, -0.0001]))
def test_what_a_nudge_foretells_and_finds(session: TrainingSession, digits: int, which: int, by: float) -> None:
    every = parameters(session)
    w = every[which % len(every)]
    there = session.go(found_at(session.shape)[w._replace(kind=f"d{w.kind}")] + 1)
    shown = nudge(there, by, digits)
    assert shown is not None
    text = f"{shown.spoken}"
    assert assert_true(claims_of_nudge(text, there, w, by, digits), text)


@some
@given(sessions(), digits_of_a_page, st.integers(0, 10_000))
def test_what_a_gradient_along_its_paths_says(session: TrainingSession, digits: int, which: int) -> None:
    every = parameters(session)
    symbol = every[which % len(every)]
    panel = paths_panel(at_its_gradients(session), Opened(symbol, ()), digits)
    assert panel.open is not None
    found = paths_of(session.current, session.focus_row, symbol, (), MOST_APART)
    assert assert_true(claims_of_paths(panel.open.sentence, found, digits), panel.open.sentence)
    for row in panel.open.paths:
        assert_true(claims_of_path(row.spoken, digits), row.spoken)
    if panel.open.shares is not None:
        each = found.each
        assert assert_true(claims_of_shares(panel.open.shares.words, each, digits), panel.open.shares.words)


@some
@given(sessions(), digits_of_a_page, st.integers(0, 10_000), st.floats(-3, 3).map(lambda x: round(x, 3)))
def test_what_is_said_of_edits_and_of_trainings(
    session: TrainingSession, digits: int, which: int, value: float
) -> None:
    every = parameters(session)
    w = every[which % len(every)]
    assert_true(claims_of_training(training(session, QUIET, digits).told, session, digits), session.updates)
    for layer_value in (value, value / 3):
        session = session.with_parameter(w.layer, w.kind, w.j, w.k, layer_value)
        text = told_edits(session, digits)
        assert assert_true(claims_of_edits(text, session, digits), text)
    session = session.with_input(0, 0, value)
    text = told_edits(session, digits)
    assert assert_true(claims_of_edits(text, session, digits), text)


@some
@given(sessions(), digits_of_a_page, st.integers(0, 10_000))
def test_what_the_loss_over_one_parameter_says(session: TrainingSession, digits: int, which: int) -> None:
    session = session.go(len(session.equations))
    every = parameters(session)
    w = every[which % len(every)]
    of = f"{'w' if w.kind == 'W' else 'b'}-{w.layer}-{w.j}" + (f"-{w.k}" if w.k is not None else "")
    shown = landscape(session, {"of": of}, digits)
    checked = check_one(session.current, w)
    check = told(checked, digits)
    for sentence in shown.said:
        if check in sentence:
            assert_true(claims_of_check(check, checked, digits), check)
        else:
            assert_true(claims_of_slope(sentence, session, w, digits), sentence)


@some
@given(sessions(), digits_of_a_page)
def test_what_becomes_of_gradients_on_the_way_back(session: TrainingSession, digits: int) -> None:
    sizes = gradient_sizes(session.current.backward)
    for sentence in flow_told(sizes, digits):
        assert_true(claims_of_flow(sentence, sizes, digits), sentence)


@some
@given(sessions(), digits_of_a_page)
def test_the_status_says_the_step_and_at_the_end_the_losses(session: TrainingSession, digits: int) -> None:
    session = session.go(len(session.equations))
    text = step_told(session, digits)
    equation = session.equation
    assert equation is not None
    world = World(session.shape, Values(session.current, session.focus_row), digits)
    assert assert_true(claims_of(text, equation, world), text)
    assert number(session.current.loss, digits) in text


def test_a_sentence_of_a_panel_that_is_not_known_is_refused() -> None:
    with pytest.raises(Unread):
        list(claims_of_flow("Of 3 gradients 2 are lost.", np.ones((2, 2)), 5))


# Planted lies ---------------------------------------------------------------------------------------------------------


def told_of(session: TrainingSession) -> Iterator[tuple[str, Callable[[str], Iterable[Claim]]]]:
    """Texts of the panels of one walk, each with its reader."""
    digits = 6
    for w in parameters(session):
        checked = check_one(session.current, w)
        yield told(checked, digits), partial(claims_of_check, checked=checked, digits=digits)
        panel = paths_panel(at_its_gradients(session), Opened(w, ()), digits)
        assert panel.open is not None
        found = paths_of(session.current, session.focus_row, w, (), MOST_APART)
        yield panel.open.sentence, partial(claims_of_paths, found=found, digits=digits)
        for row in panel.open.paths:
            yield row.spoken, partial(claims_of_path, digits=digits)
    sizes = gradient_sizes(session.current.backward)
    for sentence in flow_told(sizes, digits):
        yield sentence, partial(claims_of_flow, sizes=sizes, digits=digits)


@pytest.mark.parametrize("mistakes", [(), ("missing_slope",)])
def test_no_number_of_a_panel_can_be_changed_unnoticed(mistakes: tuple[str, ...]) -> None:
    setup = replace(random_setup(5, (3, 2, 2), ("tanh", "sigmoid"), "half_squared_error", 3), mistakes=mistakes)
    tried = 0
    for text, read in told_of(TrainingSession.of_setup(setup)):
        assert all(claim.holds for claim in read(text)), text
        for place in re.finditer(rf"(?<!unit )(?<!input )(?<!output )(?<!layer )(?<!Path )(?<!of ){NUMBER}", text):
            lie = with_another(text, place)
            assert is_refused(lie, read), f"{text}\n{lie}"
            tried += 1
    assert tried > 100


def is_refused(text: str, read: Callable[[str], Iterable[Claim]]) -> bool:
    try:
        return not all(claim.holds for claim in read(text))
    except (Unread, AssertionError, KeyError, IndexError, ValueError):
        return True
