"""What the check says: on the equation, in the table, in its panel; nothing by colour alone, nothing told too early."""

from dataclasses import replace

import numpy as np
import pytest

from app.engine.data.datasets import Dataset
from app.engine.data.split import Examples
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from app.lessons import LESSONS
from app.sessions.walk.hunt import Hunt
from app.sessions.walk.session import TrainingSession
from app.views.check.check import CLOSED, MOST_WORK, NOTHING, OFFERED, SIGNS, Badge, Check, badge, check_of, check_panel
from app.views.explorer.explorer import Look, explorer
from app.views.explorer.parameters import Parameters as Table
from app.views.explorer.parameters import parameters
from tests.views.walking import at, lesson

VERDICTS = {
    "one-example-at-a-time": "All 9 gradients agree with central differences of the loss",
    "two-outputs-two-paths": (
        "Gradients first go wrong in layer 1, seen from the output. Layer 2: rounding only; layer 1: wrong."
    ),
    "softmax-and-dead-units": "All 22 gradients agree with central differences of the loss",
    "a-slope-too-many": "Gradients first go wrong in layer 1, seen from the output. Layer 2: right; layer 1: wrong.",
    "hours-of-study": "Gradients first go wrong in layer 2, seen from the output. Layer 2: wrong; layer 1: wrong.",
}


def checking(slug: str, as_published: bool = True) -> TrainingSession:
    return lesson(slug, as_published).check(True)


def badge_at(session: TrainingSession, kind: str, l: int, j: int = 0, k: int | None = None) -> Badge:
    found = badge(at(session, kind, l, j, k), 5)
    assert found is not None
    return found


# Panel --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", list(VERDICTS))
def test_each_notebook_gets_its_verdict(slug: str) -> None:
    panel = check_panel(checking(slug), 5)
    assert panel.verdict.startswith(VERDICTS[slug])
    assert panel.look == ("wrong" if "wrong" in VERDICTS[slug] else "right")


@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS])
def test_put_right_no_notebook_is_accused(slug: str) -> None:
    panel = check_panel(checking(slug, as_published=False), 5)
    assert panel.look in ("right", "rounding")
    assert "wrong in" not in panel.verdict


def test_rounding_by_itself_is_not_called_wrong() -> None:
    panel = check_panel(checking("two-outputs-two-paths", as_published=False), 5)
    assert panel.verdict == "No gradient is wrong. Layer 2: rounding only; layer 1: rounding only."


def test_the_check_is_offered_until_it_is_asked_for() -> None:
    session = lesson("one-example-at-a-time")
    assert check_panel(session, 5) is OFFERED
    assert not check_panel(session.check(True), 5).offered
    assert check_panel(session.check(True).check(False), 5) is OFFERED


def test_the_panel_tells_no_gradient_before_the_walk_does() -> None:
    session = checking("one-example-at-a-time")
    early, late = check_panel(session.forward(), 5), check_panel(session.backward(), 5)
    assert early.waiting
    assert {(row.analytic, row.check.numeric) for table in early.tables for row in table.rows} == {("—", "—")}
    assert {row.check.word for table in early.tables for row in table.rows} == {"agrees"}
    assert not late.waiting
    assert late.tables[0].rows[0].analytic == late.tables[0].rows[0].check.numeric == "+0.28314"
    assert early.verdict == late.verdict


def test_every_gradient_has_one_row_with_a_sign_and_a_word() -> None:
    session = checking("softmax-and-dead-units").backward()
    rows = [row for table in check_panel(session, 5).tables for row in table.rows]
    assert len({row.id for row in rows}) == len(rows) == 22
    assert all(row.check.sign and row.check.word and row.error for row in rows)
    assert len({sign for sign, _, _ in SIGNS.values()}) == len(SIGNS)


def test_in_the_bug_lab_the_check_is_closed_until_the_case_is_solved() -> None:
    session = replace(checking("one-example-at-a-time").backward(), hunt=Hunt(1, 3))
    assert check_panel(session, 5) == CLOSED
    assert badge(session, 5) is None
    assert not parameters(session, "fan_out_fan_in", 5).checking
    assert session.hunt is not None
    solved = replace(session, hunt=replace(session.hunt, solved=True))
    assert check_panel(solved, 5).verdict


def test_too_many_gradients_are_not_checked_at_each_step_but_one_by_one() -> None:
    setup = Setup((8, 32, 32, 1), Dataset("gaussians", 200), ("tanh", "tanh", "sigmoid"))
    if setup.examples[0].shape[1] != 8:
        rng = np.random.default_rng(0)
        data = Examples(rng.normal(size=(200, 8)), rng.normal(size=(200, 1)))
        setup = Setup((8, 32, 32, 1), data, ("tanh", "tanh", "identity"))
    session = TrainingSession.of_setup(setup).check(True)
    assert check_of(session) is None
    assert MOST_WORK < 1377 * 200 * 65
    panel = check_panel(session, 5)
    assert "1377 gradients over 200 examples are too many" in panel.refused
    assert panel.tables == ()
    assert badge_at(session, "db", 3).look == "right"


# Badge --------------------------------------------------------------------------------------------------------------


def test_only_a_gradients_equation_says_what_its_check_finds_and_only_where_it_is_asked_for() -> None:
    session = lesson("one-example-at-a-time")
    assert badge(at(session, "dW", 2, 0, 0), 5) is None
    for kind in ("z", "a", "delta", "W", "b"):
        assert badge(at(session.check(True), kind, 2, 0, 0 if kind == "W" else None), 5) is None


def test_a_right_gradient_agrees() -> None:
    found = badge_at(checking("one-example-at-a-time"), "dW", 2, 0, 0)
    assert (found.look, found.sign) == ("right", "✓")
    assert found.text.startswith("Central differences of the loss give 0.28314. They agree to ")
    assert "×10⁻" in found.text


def test_a_gradient_that_is_exactly_zero_is_the_very_same() -> None:
    found = badge_at(checking("softmax-and-dead-units"), "db", 1, 3)
    assert found.text == "Central differences of the loss give 0: the very same."


def test_a_wrong_gradient_is_told_with_both_numbers() -> None:
    found = badge_at(checking("hours-of-study"), "dW", 2, 0, 0)
    assert (found.look, found.sign) == ("wrong", "✗")
    assert found.text == "Central differences of the loss give 0.80651. The walk finds 0.40325: wrong by 50 %."


def test_rounding_is_told_as_rounding() -> None:
    found = badge_at(checking("two-outputs-two-paths"), "dW", 2, 0, 0)
    assert (found.look, found.sign) == ("rounding", "≈")
    assert "The rule is right: rounding the activations accounts for the 0.0087 % between them." in found.text


def test_a_corner_is_told_with_the_slopes_on_its_two_sides() -> None:
    data = Examples(np.array([[1.0]]), np.array([[-2.0]]))
    start = Parameters((np.zeros((1, 1)),), (np.zeros(1),))
    session = TrainingSession.of_setup(Setup((1, 1), data, ("relu",), "half_squared_error", start)).check(True)
    found = badge_at(session, "db", 1)
    assert (found.look, found.sign) == ("kink", "△")
    assert found.text.endswith(
        "To one side the loss has the slope 0, to the other 2. "
        "At a corner g′ is taken from the left, where the sum is below 0: the walk takes 0."
    )
    assert check_panel(session, 5).verdict == "No gradient is wrong. Layer 1: right, on a corner."


def sure(mistakes: tuple[str, ...] = ()) -> TrainingSession:
    """A tanh with the sum 16, on the wrong side."""
    data = Examples(np.array([[1.0]]), np.array([[-0.5]]))
    start = Parameters((np.array([[16.0]]),), (np.zeros(1),))
    return TrainingSession.of_setup(
        Setup((1, 1), data, ("tanh",), "half_squared_error", start, mistakes=mistakes)
    ).check(True)


def test_where_differences_cannot_tell_it_is_said_that_the_paths_do() -> None:
    session = sure()
    found = badge_at(session, "dW", 1, 0, 0)
    assert (found.look, found.sign) == ("right", "✓")
    assert found.text.startswith(
        "Too small to tell by differences. The sum over its paths, in more digits, is 7.60×10⁻¹⁴"
    )
    panel = check_panel(session.backward(), 5)
    assert panel.verdict.endswith(
        ": 0 with central differences of the loss; 2, too small to tell by differences, with the sums over their paths "
        "in more digits."
    )
    assert {row.check.word for table in panel.tables for row in table.rows} == {"agrees, by its paths"}
    wrong = badge_at(sure(("halved_gradient",)), "dW", 1, 0, 0)
    assert (wrong.look, wrong.sign) == ("wrong", "✗")
    assert wrong.text.endswith("is 7.60×10⁻¹⁴. The walk finds 3.80×10⁻¹⁴: wrong by 50 %.")


def test_what_nobody_can_tell_is_neither_right_nor_wrong_and_counted_apart() -> None:
    data = Examples(np.array([[1.0], [1.0]]), np.array([[0.3], [0.1 + 0.2 + 0.4]]))
    start = Parameters((np.array([[0.5]]),), (np.zeros(1),))
    setup = Setup((1, 1), data, ("identity",), "half_squared_error", start)
    session = TrainingSession.of_setup(setup).check(True)
    found, panel = badge_at(session, "db", 1), check_panel(session, 5)
    assert (found.look, found.sign) == ("too_small", "?")
    assert found.text.endswith("too small to tell by differences.")
    assert (panel.look, {row.check.word for table in panel.tables for row in table.rows}) == (
        "too_small",
        {"too small to tell"},
    )
    assert panel.verdict == (
        "No gradient is wrong. Layer 1: not wrong, but in part too small to tell. "
        "Too small to tell by differences: 2 of 2."
    )


# Table --------------------------------------------------------------------------------------------------------------


def test_the_table_has_the_numbers_of_the_check_where_the_walk_has_the_gradients() -> None:
    session = at(checking("hours-of-study"), "dW", 2, 0, 0)
    rows = {row.ref: row for table in parameters(session, "fan_in_fan_out", 5).tables for row in table.rows}
    first, later = rows["w-2-0-0"].check, rows["w-1-0-0"].check
    assert first is not None
    assert (first.numeric, first.sign, first.word) == ("+0.80651", "✗", "wrong")
    assert later is NOTHING


def test_without_the_check_the_table_has_no_such_column() -> None:
    panel = parameters(lesson("hours-of-study").backward(), "fan_in_fan_out", 5)
    assert not panel.checking
    assert {row.check for table in panel.tables for row in table.rows} == {None}


def test_switching_the_check_on_redraws_the_table_and_walking_on_only_its_rows() -> None:
    session = lesson("one-example-at-a-time").backward()
    pages = [explorer(one, "id", 1, Look()) for one in (session, session.check(True), session.check(True).step())]
    off, on, further = (page["parameters"] for page in pages)
    assert isinstance(off, Table)
    assert isinstance(on, Table)
    assert isinstance(further, Table)
    assert off.frame() != on.frame() == further.frame()
    panels = [page["check"] for page in pages[1:]]
    assert all(isinstance(panel, Check) for panel in panels)
    assert panels[0] == panels[1]


def test_the_symbols_of_the_check_are_those_of_the_walk() -> None:
    session = checking("two-outputs-two-paths").backward()
    gradients = [e.symbol for e in session.equations if e.symbol.kind in ("dW", "db")]
    names = [row.ref for table in check_panel(session, 5).tables for row in table.rows]
    assert len(names) == len(gradients)
    assert Symbol("dW", 2, 0, 0) in gradients
