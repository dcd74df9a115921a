"""The panel of a hunt and the closed equation: what they say is what was computed, and no more than may be said."""

from dataclasses import replace
from itertools import combinations

import pytest

from app.engine.equations.mistakes import MISTAKES
from app.engine.equations.trace import trace
from app.engine.impact import Impact, Learned, gradient_symbols
from app.sessions.bug_lab import accused, begun, case_of, checked, contradictions, losses_put_right, put_right, study_of
from app.sessions.walk.bug_lab import Accusation
from app.sessions.walk.session import TrainingSession
from app.views.bug_lab.bug_lab import CLOSED, bug_lab_page, bug_lab_panel, facts_told, what_does_not_fit
from app.views.explorer.equation import equation_panel, sentence_without_rule
from app.views.explorer.explorer import explorer
from app.views.network.diagram import diagram
from app.views.text.numbers import number, signed

LEVELS = (1, 2, 3)


def solved(level: int, seed: int) -> TrainingSession:
    session = begun(level, seed)
    names = session.setup.mistakes
    rules = tuple(MISTAKES[name].rule for name in names)
    return accused(session, Accusation(study_of(session.setup).layer, names), rules)


def test_the_panel_is_closed_outside_of_the_lab_and_one_object_at_every_step_inside() -> None:
    session = begun(2, 5)
    assert bug_lab_panel(TrainingSession.of_setup(session.setup), 5) is CLOSED
    assert bug_lab_panel(session, 5) is bug_lab_panel(session.step().backward(), 5)


@pytest.mark.parametrize("level", LEVELS)
def test_the_layer_is_told_on_level_1_only(level: int) -> None:
    session = begun(level, 5)
    panel, layer = bug_lab_panel(session, 5), study_of(session.setup).layer
    assert panel.hunt is not None
    assert panel.hunt.layer == (layer if level == 1 else 0)
    assert any(f"in layer {layer}" in text for text in panel.known) == (level == 1)
    assert len(panel.hunt.rules) == len(session.setup.mistakes)
    assert [title for _, title in panel.hunt.mistakes] == [mistake.title for mistake in MISTAKES.values()]


def test_every_gradient_can_be_chosen_once_under_its_layer() -> None:
    session = begun(3, 2)
    panel = bug_lab_panel(session, 5)
    assert panel.hunt is not None
    values = [value for _, group in panel.hunt.gradients for value, _ in group]
    texts = [text for _, group in panel.hunt.gradients for _, text in group]
    assert len(values) == len(set(values)) == len(set(texts)) == len(gradient_symbols(session.setup.sizes))


def test_a_check_is_shown_with_both_numbers_and_its_iteration() -> None:
    session = begun(1, 3).train(iterations=3)
    symbol = gradient_symbols(session.setup.sizes)[0]
    spent = checked(session, symbol)
    (row,) = bug_lab_panel(spent, 5).checks
    assert spent.hunt is not None
    assert (row.iteration, row.ok) == (3, spent.hunt.checks[0].ok)
    assert row.found == signed(float(session.current.backward.dW[0][0, 0]), 5)
    assert row.numeric == signed(spent.hunt.checks[0].numeric, 5)


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
    assert panel.plot is not None
    assert applied.plot is not None
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


def test_the_page_of_the_lab_has_a_case_ready_where_one_is_given() -> None:
    assert bug_lab_page().ready is None
    ready = bug_lab_page(case_of(2, 17)).ready
    assert ready is not None
    assert (ready.level, ready.seed) == (2, 17)


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
