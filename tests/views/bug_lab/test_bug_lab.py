"""The panel of a hunt and the closed equation: what they say is what was computed, and no more than may be said."""

from dataclasses import replace
from datetime import date
from itertools import combinations

import numpy as np
import pytest

from app.engine.equations.mistakes import MISTAKES
from app.engine.equations.trace import trace
from app.engine.impact import Impact, Learned, gradient_symbols, right_backward
from app.engine.network.expressions import Symbol
from app.lessons.bug_lab import RULES
from app.sessions.bug_lab import (
    accused,
    begun,
    case_of,
    case_of_day,
    cases_of_set,
    checked,
    contradictions,
    losses_put_right,
    put_right,
    study_of,
)
from app.sessions.walk.hunt import Accusation, Hunted
from app.sessions.walk.session import TrainingSession
from app.views.bug_lab.bug_lab import (
    BugLab,
    Checks,
    bug_lab_page,
    bug_lab_panels,
    chosen_told,
    facts_told,
    set_page,
    start_of,
    what_does_not_fit,
)
from app.views.explorer.equation import equation_panel, sentence_without_rule
from app.views.explorer.explorer import explorer
from app.views.network.diagram import diagram
from app.views.text.numbers import number, signed

LEVELS = (1, 2, 3)


def solved(level: int, seed: int) -> TrainingSession:
    session = begun(level, seed)
    names = session.setup.mistakes
    return accused(session, Accusation(study_of(session.setup).layer, names))


def bug_lab_panel(session: TrainingSession, digits: int) -> BugLab:
    panels = bug_lab_panels(session, digits)
    assert panels
    return panels[0]


def checks(session: TrainingSession, clicked: Symbol | None = None) -> Checks:
    panels = bug_lab_panels(session, 5, clicked)
    assert panels
    return panels[1]


def test_there_is_no_panel_outside_of_the_lab_and_one_object_at_every_step_inside() -> None:
    session = begun(2, 5)
    assert bug_lab_panels(TrainingSession.of_setup(session.setup), 5) is None
    assert bug_lab_panel(session, 5) is bug_lab_panel(session.step().backward(), 5)


@pytest.mark.parametrize("level", LEVELS)
def test_the_layer_is_told_on_level_1_only(level: int) -> None:
    session = begun(level, 5)
    panel, layer = bug_lab_panel(session, 5), study_of(session.setup).layer
    assert panel.hunt is not None
    assert panel.hunt.layer == (layer if level == 1 else 0)
    assert any(f"in layer {layer}" in text for text in panel.known) == (level == 1)
    assert len(panel.hunt.fields) == len(session.setup.mistakes)
    offered = {name: rule for rule, group in panel.hunt.mistakes for name, _ in group}
    assert offered == {mistake.name: RULES[mistake.rule] for mistake in MISTAKES.values()}


def test_every_gradient_can_be_chosen_once_under_its_layer_the_last_layer_first() -> None:
    session = begun(3, 2)
    panel = checks(session)
    values = [value for _, group in panel.gradients for value, _ in group]
    texts = [text for _, group in panel.gradients for _, text in group]
    assert len(values) == len(set(values)) == len(set(texts)) == len(gradient_symbols(session.setup.sizes))
    assert [title for title, _ in panel.gradients] == ["layer 2", "layer 1"]
    assert panel.chosen == values[0]


def test_the_gradient_that_is_clicked_is_chosen_else_the_one_in_view_else_the_one_checked_last() -> None:
    session = begun(1, 3)
    weight = Symbol("W", 1, 1, 0)
    assert checks(session, weight).chosen == "dW-1-1-0"
    assert chosen_told(session, weight) == "The gradient of the weight from input 1 to hidden unit 2 can be checked."
    in_view = session.backward()
    assert in_view.equation is not None
    kind, layer, j, _ = in_view.equation.symbol
    assert checks(in_view).chosen == f"{kind}-{layer}-{j}"
    assert checks(in_view, weight).chosen == "dW-1-1-0"
    assert checks(in_view, Symbol("z", 1, 0)).chosen == checks(in_view).chosen
    spent = checked(session, Symbol("db", 1, 1))
    assert checks(spent).chosen == "db-1-1"
    assert chosen_told(solved(1, 3), weight) == chosen_told(session, Symbol("z", 1, 0)) == ""


def test_a_check_is_shown_with_both_numbers_and_its_iteration_the_newest_first() -> None:
    session = begun(1, 3).train(iterations=3)
    first, second = gradient_symbols(session.setup.sizes)[:2]
    spent = checked(checked(session, second), first)
    row, older = checks(spent).rows
    assert spent.hunt is not None
    assert (row.iteration, row.ok, row.ref) == (3, spent.hunt.checks[1].ok, "w-1-0-0")
    assert older.ref != row.ref
    assert row.found == signed(float(session.current.backward.dW[0][0, 0]), 5)
    assert row.numeric == signed(spent.hunt.checks[1].numeric, 5)


@pytest.mark.parametrize("seed", range(5))
def test_level_0_reads_out_each_clue_and_what_it_says_is_true(seed: int) -> None:
    session = begun(0, seed)
    first, right = session.current.backward, right_backward(session.current)
    wrong = np.abs(first.dW[0] - right.dW[0])
    j, k = np.unravel_index(np.argmax(wrong), wrong.shape)
    (_, by_check), (_, by_hand), (_, by_paths) = bug_lab_panel(session, 5).clues
    assert np.array_equal(first.dW[1], right.dW[1])
    assert f"to hidden unit {j + 1}: it is wrong" in by_check[0]
    assert f"make {number(float(right.delta[0][0, j]), 5)}." in by_hand[0]
    assert f"The program finds {number(float(first.delta[0][0, j]), 5)}." in by_hand[1]
    assert f"together {number(float(right.dW[0][j, k]), 5)}." in by_paths[0]
    w = session.current.before.layers[1].W
    shares = [float(w[i, j] * first.delta[1][0, i] / (w[:, j] @ first.delta[1][0]) * right.dW[0][j, k]) for i in (0, 1)]
    assert all(f"{number(share, 5)} through output {i}" in by_paths[0] for i, share in enumerate(shares, 1))
    assert number(shares[1], 5) == number(float(first.dW[0][j, k]), 5)
    assert bug_lab_panel(begun(1, seed), 5).clues == ()


@pytest.mark.parametrize("level", LEVELS)
def test_evidence_tells_the_numbers_that_contradict_and_no_title_of_the_truth(level: int) -> None:
    setup = case_of(level, 5).setup
    made = set(setup.mistakes)
    for names in combinations(MISTAKES, len(made)):
        if made & set(names):
            continue
        for layer in range(1, len(setup.sizes)):
            accusation = Accusation(layer, names)
            for part in contradictions(setup, accusation):
                said = what_does_not_fit(part, accusation, setup, 5)
                assert said.endswith(".")
                assert part.symbol is None or number(part.found, 5) in said
                assert not any(MISTAKES[name].title in said for name in made)


@pytest.mark.parametrize("level", LEVELS)
def test_a_solved_case_tells_its_mistakes_and_has_one_curve_until_the_rule_is_applied(level: int) -> None:
    session = solved(level, 5)
    panel, applied = bug_lab_panel(session, 5), bug_lab_panel(put_right(session), 5)
    assert panel.solved is not None
    assert applied.solved is not None
    assert panel.hunt is None
    assert [title for title, _, _ in panel.solved.mistakes] == [MISTAKES[name].title for name in session.setup.mistakes]
    assert (len(panel.plot.lines), len(applied.plot.lines)) == (1, 2)
    assert (len(panel.solved.facts), len(applied.solved.facts)) == (0, 3)
    assert applied.plot.table.rows[-1][2] == f"{losses_put_right(session.setup)[-1]:.5f}"


def test_facts_are_told_with_their_numbers() -> None:
    facts = Impact(0.125, 0.7, 0.9, 0.1, Learned((2, 4, 1), 20, 5, 20))
    assert list(facts_told(facts, 3)) == [
        "Of all gradients of this run, 12.5 % had the wrong sign.",
        "The loss rises from 0.7 to 0.9. With the right rule it ends at 0.1.",
        "XOR, in a 2–4–1 network from 20 different starts: 5 learn it with the mistake and 20 with the right rule.",
    ]
    told = [next(facts_told(replace(facts, wrong_signs=share), 3)) for share in (0.0, 0.0004)]
    assert told == [
        "Of all gradients of this run, none had the wrong sign.",
        "Of all gradients of this run, less than 0.1 % had the wrong sign.",
    ]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(3))
def test_a_closed_equation_is_the_textbooks_whatever_the_mistake(level: int, seed: int) -> None:
    session = begun(level, seed)
    right = replace(session.shape, mistakes=())
    for equation in trace(right):
        at = session.go(equation.index + 1)
        assert at.equation is not None
        assert at.hides(at.equation) == (equation.phase in ("backward", "update"))
        if at.hides(at.equation):
            sentence = sentence_without_rule(at, at.equation, 5)
            panel = equation_panel(at, None, sentence, 5)
            assert number(at.values[equation.symbol], 5) in sentence
            assert (panel.code, panel.notes, len(panel.maths)) == ("", (), 1)


def test_the_page_of_a_solved_case_shows_its_walk_like_any_other() -> None:
    session = solved(1, 3).backward()
    assert session.equation is not None
    assert not session.hides(session.equation)
    page = explorer(session, "x", 1)
    assert page["headline"].title == "Find the mistake"  # type: ignore[union-attr]
    assert page["equation"].code  # type: ignore[union-attr]


def test_the_checks_that_level_0_asks_for_say_what_it_foretells() -> None:
    session = begun(0, 0)
    (_, by_check), *_ = bug_lab_panel(session, 5).clues
    assert by_check[0].startswith("Check the gradient of the weight from hidden unit 2 to output 1: it is right.")
    assert "that of the weight from input 1 to hidden unit 2: it is wrong." in by_check[0]
    spent = checked(checked(session, Symbol("dW", 2, 0, 1)), Symbol("dW", 1, 1, 0))
    assert [row.ok for row in checks(spent).rows] == [False, True]


TODAY = date(2026, 11, 28)


def test_the_page_of_the_lab_has_a_case_ready_where_one_is_given() -> None:
    assert bug_lab_page(None, (), TODAY).ready is None
    ready = bug_lab_page(case_of(2, 17), (), TODAY).ready
    assert ready is not None
    assert (ready.start.level, ready.start.seed) == (2, "17")


def test_the_page_of_the_lab_says_what_this_browser_solved() -> None:
    level, seed = case_of_day(TODAY)
    hunts = (Hunted("c", level, seed, False, 92), Hunted("b", 1, 3, False, 100), Hunted("a", 0, 0, False, 100))
    page = bug_lab_page(None, hunts, TODAY)
    assert page.day == "28 November"
    assert page.daily.told == "Solved, 92 points."
    assert [start.told for _, _, start in page.levels] == [
        "Done.",
        "One case solved in this browser, with 100 points on average.",
        "One case solved in this browser, with 92 points on average.",
        "",
    ]
    assert page.begun_set is None


def test_of_several_walks_through_a_case_the_first_that_was_solved_counts() -> None:
    newest_first = (Hunted("c", 2, 17, False, 100), Hunted("b", 2, 17, False, 60), Hunted("a", 2, 17, False))
    assert start_of(2, 17, newest_first).told == "Solved, 60 points."
    assert start_of(2, 17, newest_first[2:]) == replace(start_of(2, 17, ()), told="Begun.", walk="a")


def test_the_score_card_adds_up_and_leads_to_the_next_case() -> None:
    hunts = (Hunted("b", 1, 171, True, 85), Hunted("a", 1, 170, True, 96), Hunted("c", 1, 180, True, 50))
    page = set_page(17, hunts)
    assert page.told == "181 of 1,000 points, 2 of 10 cases solved."
    assert page.next == 3
    assert [start.told for _, _, start in page.cases[:3]] == ["Solved, 96 points.", "Solved, 85 points.", ""]
    assert bug_lab_page(None, hunts, TODAY).begun_set == 17
    whole = tuple(Hunted("a", level, seed, True, 100) for level, seed in cases_of_set(17))
    assert set_page(17, whole).next == 0


@pytest.mark.parametrize("seed", range(12))
def test_the_drawing_says_of_a_hunt_what_it_would_say_of_a_walk_without_mistakes(seed: int) -> None:
    hunted = begun(2, seed).backward()
    open_again = replace(hunted, hunt=None)
    untold = replace(hunted.setup, mistakes=())
    assert hunted.told_shape == untold.shape(len(hunted.batch))
    assert open_again.told_shape == open_again.shape
    spoken = [unit.label for unit in diagram(hunted, 5).units]
    assert not any("rule" in words for words in spoken)
    assert any("lowers the loss" in words for words in spoken)
