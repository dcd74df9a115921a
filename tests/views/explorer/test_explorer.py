"""The explorer's panels: what each says at each place of the walk."""

from dataclasses import FrozenInstanceError, replace

import pytest

from app.engine.data.datasets import Dataset
from app.engine.equations.trace import found_at
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.lessons import LESSONS, lesson_named
from app.lessons.lesson import Lesson
from app.sessions.walk.session import TrainingSession
from app.views.check.check import NOT_YET
from app.views.explorer.data import Data
from app.views.explorer.equation import EquationPanel
from app.views.explorer.explorer import ExplorerPage, Look, Loss, Play, explorer
from app.views.explorer.nudge import check_nudge
from app.views.explorer.parameters import Parameters
from app.views.explorer.timeline import Timeline
from app.views.formulas.symbols import reference

FIRST = lesson_named("one-example-at-a-time")
TWO = lesson_named("two-outputs-two-paths")
BATCH = lesson_named("softmax-and-dead-units")


def page_of(session: TrainingSession, digits: int = 5, play: Play | None = None) -> ExplorerPage:
    return explorer(session, "id", 3, Look(digits, play or Play()))


def start(lesson: Lesson) -> TrainingSession:
    return TrainingSession.of_lesson(lesson)


def parameter_texts(session: TrainingSession) -> dict[str, tuple[str, str, str]]:
    panel = page_of(session)["parameters"]
    assert isinstance(panel, Parameters)
    return {row.ref: (row.value, row.gradient, row.after) for table in panel.tables for row in table.rows}


def test_panels_are_frozen_and_equal_where_nothing_changed() -> None:
    session = start(FIRST).step()
    one, two = page_of(session), page_of(session)
    assert one.panels == two.panels
    with pytest.raises(FrozenInstanceError):
        one.panels[0].text = "other"  # type: ignore[union-attr,misc]


def test_a_step_leaves_alone_the_panels_that_it_does_not_concern() -> None:
    before, after = page_of(start(FIRST).step()), page_of(start(FIRST).step().step())
    same = {panel.id for panel in after.panels if panel == before[panel.id]}
    assert {"headline", "loss", "controls", "data", "message", "ticker"} <= same
    assert not {"equation", "status", "network"} & same


def test_headline_says_what_the_network_is() -> None:
    headline = page_of(start(TWO))["headline"]
    assert headline.title == "Two outputs, two paths"  # type: ignore[union-attr]
    assert headline.facts == "2–2–2 · sigmoid · half squared error · one example"  # type: ignore[union-attr]


def loss_of(session: TrainingSession) -> Loss:
    panel = page_of(session)["loss"]
    assert isinstance(panel, Loss)
    return panel


def test_the_loss_appears_when_it_is_found_and_again_after_the_update() -> None:
    session = start(FIRST)
    assert (loss_of(session).value, loss_of(session).after) == ("", "")
    found = session.forward().step()
    assert (loss_of(found).value, loss_of(found).after) == ("0.74833", "")
    assert (loss_of(found.update()).value, loss_of(found.update()).after) == ("0.74833", "0.74790")


def test_gradients_and_updated_values_appear_with_their_equations() -> None:
    session = start(FIRST).backward()
    values = parameter_texts(session)
    assert values["w-2-0-0"] == ("0.10000", "+0.28314", NOT_YET)
    assert parameter_texts(start(FIRST))["w-2-0-0"] == ("0.10000", NOT_YET, NOT_YET)
    assert parameter_texts(session.step())["w-2-0-0"] == ("0.10000", "+0.28314", "0.09972")
    assert parameter_texts(session.step())["w-2-0-1"][2] == NOT_YET


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_the_row_of_the_parameter_in_question_is_marked_and_no_other(lesson: Lesson) -> None:
    session = start(lesson)
    for _ in range(len(session.equations)):
        session = session.step()
        panel = page_of(session)["parameters"]
        assert isinstance(panel, Parameters)
        marked = [row.ref for table in panel.tables for row in table.rows if row.current]
        assert session.equation is not None
        wanted = reference(session.equation.symbol)
        assert marked == ([wanted] if wanted[:1] in ("w", "b") else [])


def timeline_of(session: TrainingSession) -> Timeline:
    panel = page_of(session)["timeline"]
    assert isinstance(panel, Timeline)
    return panel


def test_timeline_tells_the_whole_iteration_in_the_order_of_the_walk() -> None:
    groups = timeline_of(start(TWO)).groups
    assert [group.title for group in groups] == ["Forward", "Loss", "Backward", "Update"]
    told = [[cell.letter + cell.layer for cell in group.cells] for group in groups]
    assert told == [
        ["z1", "a1", "z2", "a2"],
        ["ℒ"],
        ["δ2", "∂W2", "∂b2", "δ1", "∂W1", "∂b1"],
        ["W2", "b2", "W1", "b1"],
    ]


def test_timeline_shows_where_the_walk_is() -> None:
    session = start(TWO).forward().step().step()
    states = [cell.state for group in timeline_of(session).groups for cell in group.cells]
    assert states == ["done"] * 5 + ["now"] + ["todo"] * 9
    assert timeline_of(session).groups[2].cells[0].share == "1 of 2"


def test_each_cell_of_the_timeline_leads_to_its_last_equation() -> None:
    session = start(BATCH)
    for group in timeline_of(session).groups:
        for cell in group.cells:
            there = timeline_of(session.go(cell.cursor))
            (now,) = [c for g in there.groups for c in g.cells if c.state == "now"]
            assert (now.letter, now.layer) == (cell.letter, cell.layer)


def equation_of(session: TrainingSession) -> EquationPanel:
    panel = page_of(session)["equation"]
    assert isinstance(panel, EquationPanel)
    return panel


def test_before_the_first_step_the_panel_says_what_to_watch_for() -> None:
    panel = equation_of(start(FIRST))
    assert [text for _, text in panel.notes] == [FIRST.introduction, FIRST.computed]
    assert panel.maths == ()


def test_a_published_mistake_is_told_beside_what_the_chain_rule_gives() -> None:
    session = start(TWO).go(20)
    assert session.equation is not None
    assert session.equation.symbol == Symbol("dW", 1, 0, 0)
    panel = equation_of(session)
    right = TrainingSession.of_lesson(TWO, as_published=False).go(20)
    assert [title for title, _ in panel.notes] == ["The chain rule gives 0.000448."]
    assert equation_of(right).notes == ()


def test_before_the_rules_part_nothing_is_said_of_a_mistake() -> None:
    session = start(TWO).forward().step().step()
    assert equation_of(session).notes == ()


def data_of(session: TrainingSession) -> Data:
    panel = page_of(session)["data"]
    assert isinstance(panel, Data)
    return panel


def test_the_data_table_marks_the_batch_and_the_example_in_focus() -> None:
    rows = data_of(start(FIRST).update().step()).rows
    assert [row.in_batch for row in rows] == [False, True, False, False, False, False]
    assert [row.in_focus for row in rows] == [False, True, False, False, False, False]
    chosen = data_of(start(BATCH).focus(4))
    assert chosen.choice
    assert [row.in_focus for row in chosen.rows] == [False, False, False, False, True, False]
    assert all(row.in_batch for row in chosen.rows)


def test_predictions_stand_in_the_data_table_once_the_forward_phase_is_done() -> None:
    before, after = data_of(start(BATCH)), data_of(start(BATCH).forward())
    assert before.rows[0].predictions == ("—", "—")
    assert after.rows[0].predictions == ("0.5", "0.5")


def test_a_long_table_carries_no_predictions() -> None:
    setup = Setup((2, 2, 1), Dataset("xor", 40)).completed()
    panel = data_of(TrainingSession.of_setup(setup).forward())
    assert panel.outputs == ()
    assert {row.predictions for row in panel.rows} == {()}


def test_the_status_says_the_end_of_an_iteration_aloud() -> None:
    status = page_of(start(FIRST).update())["status"]
    assert "The loss of this example was 0.74833 and is now 0.74790." in status.sentence  # type: ignore[union-attr]


def test_the_page_plays_only_while_it_is_asked_to() -> None:
    session = start(FIRST)
    assert page_of(session)["ticker"].period == 0  # type: ignore[union-attr]
    assert page_of(session, play=Play(True, 500))["ticker"].period == 500  # type: ignore[union-attr]


def test_digits_change_every_number_and_no_value() -> None:
    session = start(FIRST).backward()
    assert replace(loss_of(session)).value == "0.74833"
    panel = explorer(session, "id", 3, Look(8))["loss"]
    assert panel.value == "0.74833362"  # type: ignore[union-attr]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_no_two_steps_of_an_iteration_are_spoken_alike(lesson: Lesson) -> None:
    session, spoken = start(lesson), []
    for _ in range(len(session.equations)):
        session = session.step()
        spoken.append(page_of(session)["status"].sentence)  # type: ignore[union-attr]
    assert len(set(spoken)) == len(spoken)


def test_the_learning_rate_field_holds_the_rate_that_is_in_force_digit_for_digit() -> None:
    session = start(FIRST).with_learning_rate(0.123456789)
    assert float(equation_of(session.update()).rate) == 0.123456789
    assert equation_of(session.backward()).rate == ""


# The links of a gradient, and the nudge -----------------------------------------------------------------------------


def panel_at(session: TrainingSession, symbol: Symbol, nudged: float = 0.0) -> EquationPanel:
    at = session.go(found_at(session.shape)[symbol] + 1)
    panel = explorer(at, "id", 3, Look(nudged=nudged))["equation"]
    assert isinstance(panel, EquationPanel)
    return panel


def test_a_gradient_by_the_chain_rule_shows_its_links_and_one_by_another_rule_does_not() -> None:
    hidden, output = Symbol("dW", 1, 0, 0), Symbol("dW", 2, 0, 0)
    right = TrainingSession.of_lesson(TWO, as_published=False)
    assert panel_at(right, hidden).chain is not None
    assert panel_at(start(TWO), hidden).chain is None
    assert panel_at(start(TWO), output).chain is not None
    assert panel_at(right, Symbol("z", 1, 0)).chain is None


def test_over_a_batch_the_links_are_those_of_the_example_in_focus() -> None:
    panel = panel_at(start(BATCH).focus(2), Symbol("dW", 2, 0, 0))
    assert panel.chain is not None
    assert panel.chain.whose == "example 3"
    assert [caption for caption, _ in panel.maths] == [""]  # the example stands there once


def test_a_nudge_finds_what_the_gradient_foretells_and_changes_nothing() -> None:
    right, w = TrainingSession.of_lesson(TWO, as_published=False), Symbol("dW", 1, 0, 0)
    offered, more = panel_at(right, w).nudge, panel_at(right, w, 0.01).nudge
    assert offered is not None
    assert more is not None
    assert (offered.less, offered.more, offered.told) == (("-0.01", "−0.01"), ("0.01", "+0.01"), "")
    assert more.told == " by +0.01: the gradient foretells +4.48×10⁻⁶, found +4.48×10⁻⁶."
    assert more.moves == "The loss without rounding: 0.3036583 → 0.3036628."
    assert more.spoken.startswith("Weight from input 1 to hidden unit 1 by +0.01: ")
    assert (more.smaller, more.agrees) == (("0.001", "+0.001"), True)


def test_a_nudge_shows_that_a_wrong_gradient_foretells_wrongly() -> None:
    found = panel_at(start(TWO), Symbol("dW", 1, 0, 0), -0.001).nudge
    assert found is not None
    assert not found.agrees
    assert found.smaller == ("-0.0001", "−0.0001")


def test_where_the_loss_bends_a_smaller_nudge_comes_nearer() -> None:
    dead = TrainingSession.of_lesson(BATCH, as_published=True)
    far, near = (panel_at(dead, Symbol("dW", 1, 0, 0), by).nudge for by in (0.01, 0.0001))
    assert far is not None
    assert near is not None
    assert far.moves == "The loss: 0.69315 → 0.69302. The loss bends on the way: a smaller move comes nearer."
    assert "bends" not in near.moves


def test_only_a_gradient_can_be_nudged_and_by_the_sizes_that_are_offered() -> None:
    session = start(FIRST).backward()
    check_nudge(session, 0.001)
    for at, by in ((session, 0.5), (session, 0.0), (session.forward(), 0.01), (start(FIRST), 0.01)):
        with pytest.raises(SetupError):
            check_nudge(at, by)
    assert panel_at(start(FIRST), Symbol("delta", 2, 0)).nudge is None


def test_what_a_nudge_finds_is_said_aloud() -> None:
    at = start(FIRST).go(found_at(start(FIRST).shape)[Symbol("db", 2, 0)] + 1)
    status = explorer(at, "id", 3, Look(nudged=0.01))["status"].sentence  # type: ignore[union-attr]
    assert status.startswith("Bias of the output by +0.01: the gradient foretells +0.00527, found +0.00528.")
