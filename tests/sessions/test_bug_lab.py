"""A hunt: what is spent, what is said, when it is solved; kept by the store like everything else."""

from dataclasses import astuple, replace
from datetime import date, timedelta
from itertools import combinations

import pytest

from app.engine.equations.mistakes import MISTAKES
from app.engine.impact import gradient_symbols
from app.engine.learning.iteration import run_iteration
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.lessons.bug_lab import MOST_SEED, MOST_SET, TEN
from app.sessions.bug_lab import (
    accused,
    begun,
    case_of_day,
    cases_of_set,
    checked,
    contradictions,
    put_right,
    study_of,
)
from app.sessions.store.texts import fixed_text, moving_text, session_of
from app.sessions.walk.hunt import Accusation, Hunt, Hunted, hunt_of, hunted_of
from app.sessions.walk.session import TrainingSession

LEVELS = (0, 1, 2, 3)
FIRST = Symbol("dW", 1, 0, 0)


def truth(session: TrainingSession) -> Accusation:
    return Accusation(study_of(session.setup).layer, session.setup.mistakes)


def accuse(session: TrainingSession, layer: int, *names: str) -> TrainingSession:
    return accused(session, Accusation(layer, names))


def other_names(session: TrainingSession) -> tuple[str, ...]:
    """As many mistakes as were made, but others."""
    count = len(session.setup.mistakes)
    return next(names for names in combinations(MISTAKES, count) if set(names) != set(session.setup.mistakes))


@pytest.mark.parametrize("level", LEVELS)
def test_a_case_begins_at_its_very_start_with_its_rules_hidden(level: int) -> None:
    session = begun(level, 11)
    assert (session.place, session.hidden) == ((0, 0), True)
    assert session.hunt == Hunt(level, 11)
    assert session.hunt.score == 100


@pytest.mark.parametrize("level", LEVELS)
def test_a_right_accusation_solves_and_opens_the_walk(level: int) -> None:
    session = begun(level, 5)
    solved = accuse(session, truth(session).layer, *reversed(session.setup.mistakes))
    assert solved.hunt is not None
    assert (solved.hunt.solved, solved.hidden, solved.hunt.score) == (True, False, 100)


@pytest.mark.parametrize("level", LEVELS)
def test_a_wrong_accusation_costs_fifteen_and_the_same_again_nothing(level: int) -> None:
    session, names = begun(level, 5), other_names(begun(level, 5))
    once = accuse(session, 1, *names)
    again = accuse(once, 1, *names)
    assert once.hunt is not None
    assert again.hunt is not None
    assert (once.hunt.score, again.hunt.score) == (85, 85)
    assert again.hidden


def test_the_right_mistake_in_the_wrong_layer_is_a_wrong_accusation() -> None:
    session = begun(2, 5)
    layer = next(l for l in range(1, len(session.setup.sizes)) if l != truth(session).layer)
    assert accuse(session, layer, *session.setup.mistakes).hidden


def test_a_check_shows_one_gradient_where_the_walk_stands_and_costs_four() -> None:
    session = begun(1, 3).train(iterations=2)
    spent = checked(session, FIRST)
    assert spent.hunt is not None
    (check,) = spent.hunt.checks
    assert (check.symbol, check.iteration, spent.hunt.score) == (FIRST, 1, 96)
    assert check.analytic == session.current.backward.dW[0][0, 0]
    assert check.numeric == pytest.approx(difference(session), rel=1e-5, abs=1e-9)


def difference(session: TrainingSession, h: float = 1e-5) -> float:
    """The central difference of the loss by the first weight, put together here."""
    it, losses = session.current, []
    for step in (h, -h):
        vector = it.before.flat()
        vector[0] += step
        losses.append(run_iteration(it.method, it.before.from_flat(vector), it.X, it.Y).loss)
    return (losses[0] - losses[1]) / (2 * h)


def test_the_same_check_twice_in_one_iteration_costs_once_and_in_another_again() -> None:
    twice = checked(checked(begun(1, 3), FIRST), FIRST)
    later = checked(twice.train(iterations=2), FIRST)
    assert twice.hunt is not None
    assert later.hunt is not None
    assert (twice.hunt.score, later.hunt.score) == (96, 92)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(6))
def test_checking_every_gradient_finds_the_layer(level: int, seed: int) -> None:
    session = begun(level, seed)
    for symbol in gradient_symbols(session.setup.sizes):
        session = checked(session, symbol)
    assert session.hunt is not None
    assert session.hunt.score >= 0
    assert max(check.symbol.layer for check in session.hunt.checks if not check.ok) == truth(session).layer


def test_the_score_does_not_fall_below_nothing() -> None:
    assert Hunt(1, 0, wrong=(Accusation(1, ()),) * 9).score == 0


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(8))
def test_what_speaks_against_an_accusation_is_true(level: int, seed: int) -> None:
    session = begun(level, seed)
    guilty, made = truth(session).layer, set(session.setup.mistakes)
    for layer in range(1, len(session.setup.sizes)):
        for names in combinations(MISTAKES, len(made)):
            against = contradictions(session.setup, Accusation(layer, names))
            wanted = (layer != guilty) + (set(names) != made)
            assert len(against) == wanted, (layer, names)
            for part in against:
                assert part.about == "clean" or part.symbol is None or part.differs


def test_an_accusation_that_is_none_is_refused_and_costs_nothing() -> None:
    session = begun(2, 5)
    for layer, names in (
        (0, ("halved_gradient",)),
        (9, ("halved_gradient",)),
        (1, ()),
        (1, ("halved_gradient", "missing_slope")),
    ):
        with pytest.raises(SetupError):
            accused(session, Accusation(layer, names))


def test_a_gradient_that_is_not_there_cannot_be_checked() -> None:
    for symbol in (Symbol("W", 1, 0, 0), Symbol("dW", 9, 0, 0), Symbol("dW", 1, 0), Symbol("db", 1, 77)):
        with pytest.raises(SetupError):
            checked(begun(1, 3), symbol)


def test_a_solved_case_takes_no_checks_or_accusations_and_others_none_at_all() -> None:
    session = begun(1, 3)
    solved = accuse(session, truth(session).layer, *session.setup.mistakes)
    for walk in (solved, TrainingSession.of_setup(session.setup)):
        with pytest.raises(SetupError):
            checked(walk, FIRST)
        with pytest.raises(SetupError):
            accuse(walk, 1, *session.setup.mistakes)
    with pytest.raises(SetupError):
        put_right(session)


def test_the_facts_are_measured_when_the_right_rule_is_applied() -> None:
    session = begun(2, 5)
    solved = accuse(session, truth(session).layer, *session.setup.mistakes)
    applied = put_right(solved)
    assert applied.hunt is not None
    assert applied.hunt.facts is not None
    losses = study_of(session.setup).losses
    assert (applied.hunt.facts.start, applied.hunt.facts.end) == (losses[0], losses[-1])
    assert put_right(applied) is applied


def test_a_hunt_is_kept_by_the_store_at_every_stage() -> None:
    session = begun(3, 4)
    stages = [session, checked(session, FIRST)]
    stages.append(accuse(stages[-1], 1, *other_names(session)))
    stages.append(accuse(stages[-1], truth(session).layer, *session.setup.mistakes))
    stages.append(put_right(stages[-1]))
    for stage in stages:
        again = session_of(fixed_text(stage), moving_text(stage))
        assert (again.hunt, again.hidden) == (stage.hunt, stage.hidden)
        assert again.setup.mistakes == session.setup.mistakes


def test_a_case_of_a_set_knows_that_it_is_one_and_no_other_becomes_one() -> None:
    in_set = begun(1, 170, in_set=True)
    assert in_set.hunt == Hunt(1, 170, in_set=True)
    assert session_of(fixed_text(in_set), moving_text(in_set)).hunt == in_set.hunt
    with pytest.raises(SetupError, match="Give level=1"):
        begun(2, 170, in_set=True)


def test_a_set_has_ten_cases_that_no_other_set_has() -> None:
    sets = [cases_of_set(number) for number in range(50)]
    assert [level for level, _ in sets[0]] == list(TEN) == sorted(TEN)
    assert len({seed for one in sets for _, seed in one}) == 50 * len(TEN)
    assert max(seed for _, seed in cases_of_set(MOST_SET)) == MOST_SEED


def test_each_day_has_its_own_case_the_same_for_all() -> None:
    days = [date(2026, 11, 28) + timedelta(day) for day in range(1000)]
    assert case_of_day(days[0]) == (2, 739_948 * 7_919 % 1_000_000)
    assert len({case_of_day(day) for day in days}) == 1000


@pytest.mark.parametrize("score", [None, 0, 96])
@pytest.mark.parametrize("in_set", [False, True])
def test_what_a_browser_keeps_of_a_hunt_is_read_again(in_set: bool, score: int | None) -> None:
    kept = Hunted("id", 2, 17, in_set, score)
    assert hunted_of("id", kept.text) == kept
    for text in ("", "2", "2-", "x-1", "2-17-", "2-17s-9x", "2-1234567", "2-17-9999", "2-١"):
        assert hunted_of("id", text) is None


def test_a_hunt_that_was_kept_before_accusations_were_can_be_read() -> None:
    assert hunt_of(2, 7, [], False) == hunt_of(2, 7, []) == Hunt(2, 7)
    assert hunt_of(*astuple(replace(Hunt(2, 7), solved=True))).solved
