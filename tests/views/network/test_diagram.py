"""The diagram: numbers only once they are known, marks that follow the equation, and words that say the same."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from app.engine.data.split import Examples
from app.engine.network.expressions import Symbol
from app.engine.setup import Parameters, Setup
from app.lessons import LESSONS
from app.lessons.lesson import Lesson
from app.sessions.predict import posed_question, up_to_question
from app.sessions.walk.session import TrainingSession
from app.views.explorer.explorer import explorer
from app.views.network.diagram import Network, diagram
from app.views.network.layout import LOSS_RADIUS, layout
from app.views.network.marks import Visible
from app.views.network.scales import place
from app.views.text.numbers import fixed, number
from tests.views.drawings import drawn
from tests.views.walking import at, lesson, one_tanh, walk

PHASES = ("forward", "backward", "update")


def marks(network: Network) -> dict[str, str]:
    """id -> classes of every unit and line."""
    units = {unit.id: unit.classes for unit in network.units}
    return units | {line.id: line.classes for line in network.connections}


def test_before_the_first_step_only_what_is_given_has_numbers() -> None:
    network = diagram(lesson("two-outputs-two-paths"), 5)
    assert [unit.value for unit in network.units] == ["0.05", "0.1", "", "", "", ""]
    assert [unit.bias for unit in network.units][2:] == ["b = 0.35", "b = 0.35", "b = 0.6", "b = 0.6"]
    assert {(label.gradient, label.updated) for label in network.labels} == {("", "")}
    assert network.loss.value == ""
    assert [target.text for target in network.targets] == ["y₁ = 0.01", "y₂ = 0.99"]


def test_a_unit_shows_its_sum_until_its_activation_is_known() -> None:
    start = lesson("two-outputs-two-paths")
    unit = diagram(at(start, "z", 1, 0), 5).units[2]
    assert (unit.sum, unit.value) == ("0.3825", "0.3825")
    unit = diagram(at(start, "a", 1, 0), 5).units[2]
    assert (unit.sum, unit.value) == ("", "0.5945")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_number_of_the_drawing_is_the_one_that_the_symbol_stands_for(lesson: Lesson) -> None:
    session = TrainingSession.of_lesson(lesson).update()
    network, labels = diagram(session, 3), {label.ref: label for label in diagram(session, 3).labels}
    for l, layer in enumerate(session.current.before.layers, start=1):
        for j, k in np.ndindex(*layer.W.shape):
            label = labels[f"w-{l}-{j}-{k}"]
            dW, W = session.current.backward.dW[l - 1][j, k], session.current.after.layers[l - 1].W[j, k]
            assert label.weight == number(float(layer.W[j, k]), 3)
            assert label.gradient == f"∂ {number(float(dW), 3)}"
            assert label.updated == changed(float(layer.W[j, k]), float(W))
    for unit in network.units:
        l, j = map(int, unit.id.split("-")[1:])
        assert unit.value == number(float(session.current.forward.A[l][session.focus_row, j]), 3)


def changed(old: float, new: float) -> str:
    """How a label tells an update: the new number, or the change where three digits do not show it."""
    if fixed(old, 3) != fixed(new, 3) or old == new:
        return f"→ {number(new, 3)}"
    return f"{'+' if new > old else '−'} {number(abs(new - old), 3)}"


def test_an_update_smaller_than_the_digits_says_so() -> None:
    network = diagram(lesson("one-example-at-a-time", as_published=True).update(), 4)
    label = next(label for label in network.labels if label.ref == "w-1-0-0")
    assert (label.weight, label.updated) == ("0.1", "− 6.55×10⁻⁶")
    line = next(line for line in network.connections if line.ref == "w-1-0-0")
    assert line.label.endswith("after the update 0.1 − 6.55×10⁻⁶")


def test_the_drawing_never_uses_more_than_four_decimals() -> None:
    assert diagram(lesson("two-outputs-two-paths").forward(), 8).units[2].value == "0.5945"
    assert diagram(lesson("two-outputs-two-paths").forward(), 2).units[2].value == "0.59"


def test_the_equation_lights_its_connection_its_way_and_leaves_the_rest_quiet() -> None:
    classes = marks(diagram(at(lesson("two-outputs-two-paths"), "dW", 1, 0, 0), 5))
    assert "active" in classes["c-1-0-0"]
    assert all("path" in classes[name] for name in ("c-2-0-0", "c-2-1-0", "o-0", "o-1"))
    assert all("quiet" in classes[name] for name in ("c-1-0-1", "c-1-1-0", "c-1-1-1"))
    assert classes["c-2-0-1"] == "edge pos"
    assert "current" in classes["u-1-0"]


@pytest.mark.parametrize("how", ["cell", "layer"])
def test_of_equations_that_are_shown_together_the_drawing_follows_the_first_as_it_is_open(how: str) -> None:
    session = at(lesson("two-outputs-two-paths"), "dW", 1, 1, 1)  # the last gradient of that cell
    together = session.cell(session.cursor) if how == "cell" else replace(session, by="layer")
    first = together.shown[0]
    assert first.index < session.cursor - 1
    expected = marks(diagram(at(lesson("two-outputs-two-paths"), *first.symbol), 5))
    lit = {name for name, look in marks(diagram(together, 5)).items() if "active" in look or "current" in look}
    assert lit == {name for name, look in expected.items() if "active" in look or "current" in look}


def test_a_weighted_sum_lights_all_connections_into_its_unit() -> None:
    classes = marks(diagram(at(lesson("softmax-and-dead-units"), "z", 2, 1), 5))
    active = {name for name, look in classes.items() if "active" in look}
    assert active == {f"c-2-1-{k}" for k in range(4)}


def test_backward_the_arrows_run_from_the_loss_to_where_the_gradient_has_come() -> None:
    lines = diagram(at(lesson("softmax-and-dead-units"), "dW", 2, 0, 1), 5).connections
    assert [line.id for line in lines if line.head] == ["c-2-0-0", "c-2-0-1", "o-0", "o-1"]
    assert not any(line.head for line in diagram(lesson("softmax-and-dead-units").forward(), 5).connections)


def test_arrowheads_point_left() -> None:
    for line in (line for line in diagram(lesson("softmax-and-dead-units").backward(), 5).connections if line.head):
        tip, *back = [float(corner.split()[0]) for corner in line.head.strip("MZ").split("L")]
        assert tip < min(back)


def test_each_way_from_the_loss_is_labelled_with_the_error_signal_that_it_carries() -> None:
    session = lesson("two-outputs-two-paths").backward()
    errors = [label for label in diagram(session, 5).labels if label.ref == "loss"]
    assert [label.gradient for label in errors] == [
        f"δ {number(session.values[Symbol('delta', 2, j)], 4)}" for j in (0, 1)
    ]


def test_a_unit_points_the_way_that_lowers_the_loss_and_nowhere_at_zero() -> None:
    session = lesson("softmax-and-dead-units", as_published=True).backward()
    for unit in diagram(session, 5).units[2:]:
        l, j = map(int, unit.id.split("-")[1:])
        delta = session.values[Symbol("delta", l, j)]
        assert unit.way == ("▲" if delta < 0 else "▼" if delta > 0 else "")


def test_a_dead_unit_looks_off_in_the_backward_phase_only() -> None:
    session = lesson("softmax-and-dead-units", as_published=True)
    dead = {f"u-1-{j}" for j in range(4) if session.values[Symbol("slope", 1, j)] == 0}
    assert dead
    for there, expected in ((session.forward(), set()), (session.backward(), dead)):
        assert {name for name, look in marks(diagram(there, 5)).items() if "off" in look.split()} == expected


def test_a_saturated_unit_is_marked_and_tells_its_slope_in_the_backward_phase() -> None:
    session = lesson("a-slope-too-many")
    assert not any("saturated" in look for look in marks(diagram(session.forward(), 5)).values())
    network = diagram(session.backward(), 5)
    assert [name for name, look in marks(network).items() if "saturated" in look] == ["u-1-2"]
    unit = next(unit for unit in network.units if unit.id == "u-1-2")
    assert unit.label.endswith(", saturated: its slope is 0.0424")


@pytest.mark.parametrize(("z", "told"), [(2.0, "its rounded slope is 0"), (4.0, "saturated: its slope is 0")])
def test_a_slope_of_0_by_rounding_alone_is_not_called_off(z: float, told: str) -> None:
    network = diagram(one_tanh(z, decimals=1).backward(), 5)
    unit = next(unit for unit in network.units if unit.id == "u-1-0")
    assert unit.label.endswith(f", {told}")
    assert "off" not in unit.classes.split()


def test_no_arrowhead_leaves_a_unit_that_lets_nothing_through() -> None:
    session = lesson("softmax-and-dead-units", as_published=True).backward()
    heads = {line.id for line in diagram(session, 5).connections if line.head}
    for l, j, k in np.ndindex(2, 4, 4):
        if f"c-{l + 1}-{j}-{k}" in heads:
            assert session.values[Symbol("delta", l + 1, j)] != 0


def test_what_columns_and_classes_are_called_stands_in_the_drawing() -> None:
    names = [(unit.name, unit.given) for unit in diagram(lesson("hours-of-study"), 5).units]
    assert names[:2] == [("x₁", "Hours studied"), ("x₂", "Hours slept")]
    assert names[2:] == [("h₁", ""), ("h₂", ""), ("o₁", "Final score")]
    assert not any(unit.given for unit in diagram(lesson("two-outputs-two-paths"), 5).units)


# Words, ids, focus --------------------------------------------------------------------------------------------------


def test_the_words_of_a_connection_and_a_unit_hold_their_numbers() -> None:
    network = diagram(lesson("two-outputs-two-paths").update(), 5)
    labels = {line.id: line.label for line in network.connections}
    labels |= {unit.id: unit.label for unit in network.units}
    assert labels["c-2-1-0"] == "weight from h1 to o2: 0.45, gradient −0.0236, after the update 0.4524"
    assert labels["u-2-0"] == (
        "output o1: sum 1.1360, activation 0.7569, bias 0.6, bias after the update 0.5863, "
        "error signal 0.1374, a smaller sum lowers the loss"
    )
    assert labels["u-0-1"] == "input x2: 0.1"


def tab_stops(session: TrainingSession) -> list[str]:
    marks = [mark for mark in drawn(session).iter("g") if {"id", "class"} <= set(mark.keys())]
    return [mark.attrib["id"] for mark in marks if any(tag.get("tabindex") == "0" for tag in (mark, *mark))]


@pytest.mark.parametrize("phase", PHASES)
def test_there_is_one_tab_stop_and_it_is_the_mark_of_the_equation(phase: str) -> None:
    session = getattr(lesson("softmax-and-dead-units"), phase)()
    expected = {"forward": "u-2-1", "backward": "u-1-3", "update": "u-1-3"}
    assert tab_stops(session) == [expected[phase]]


def test_a_walk_inside_a_fold_keeps_a_tab_stop() -> None:
    assert tab_stops(at(walk((2, 20, 1)), "z", 1, 12)) == ["u-0-0"]


@pytest.mark.parametrize("sizes", [(2, 4, 2), (8, 16, 8, 1), (3, 20, 2)])
def test_no_id_stands_twice_and_every_mark_has_words(sizes: tuple[int, ...]) -> None:
    tags = list(drawn(walk(sizes).backward()).iter())
    ids = [tag.attrib["id"] for tag in tags if "id" in tag.attrib]
    assert len(ids) == len(set(ids))
    assert all(tag.get("aria-label") for tag in tags if "tabindex" in tag.attrib)


def test_equal_sessions_give_equal_diagrams_and_a_step_gives_another() -> None:
    one, two = lesson("one-example-at-a-time").forward(), lesson("one-example-at-a-time").forward()
    assert diagram(one, 5) == diagram(two, 5)
    assert hash(diagram(one, 5)) == hash(diagram(two, 5))
    assert diagram(one, 5) != diagram(one.step(), 5)


def test_a_network_of_zeros_can_be_drawn() -> None:
    zeros = Parameters((np.zeros((2, 2)), np.zeros((1, 2))), (np.zeros(2), np.zeros(1)))
    setup = Setup((2, 2, 1), Examples(np.zeros((1, 2)), np.zeros((1, 1))), start=zeros)
    network = diagram(TrainingSession.of_setup(setup).update(), 5)
    assert {line.classes.split()[1] for line in network.connections if line.id.startswith("c-")} == {"zero"}


def test_the_fullest_colour_is_that_of_the_largest_activation_also_where_it_is_negative() -> None:
    setup = Setup(
        (1, 1),
        Examples(np.array([[1.0]]), np.array([[0.0]])),
        ("identity",),
        "half_squared_error",
        start=Parameters((np.array([[-4.0]]),), (np.zeros(1),)),
    )
    session = TrainingSession.of_setup(setup).forward()
    assert Visible.of(session, 5).largest_activation == 4.0


def bracketed(session: TrainingSession) -> list[tuple[str, str]]:
    """The name of each bracket below the drawing, and from where to where it leads."""
    page = explorer(session, "id", 0)
    network = page["network"]
    assert isinstance(network, Network)
    return [(one.name, re.sub(r"v-?6", "", one.path)) for one in network.brackets.all]


def test_each_link_of_a_gradient_has_a_bracket_over_its_stretch_of_the_network() -> None:
    session, drawing = lesson("two-outputs-two-paths"), layout((2, 2, 2))
    (x, h, o), r, loss = drawing.columns, drawing.radius, drawing.loss.x - LOSS_RADIUS
    edges = [x + r, h - r, h + r, o - r, o + r, loss]
    stretches = [f"M{place(a)} 428H{place(b)}" for a, b in pairwise(edges)]
    names = ["∂z/∂w", "∂a/∂z", "∂z/∂a", "∂ŷ/∂z", "∂ℒ/∂ŷ"]
    assert bracketed(at(session, "dW", 1, 0, 0)) == list(zip(names, stretches, strict=True))
    assert [name for name, _ in bracketed(at(session, "db", 2, 1))] == ["∂z/∂b", "∂ŷ/∂z", "∂ℒ/∂ŷ"]
    assert [name for name, _ in bracketed(at(session, "delta", 1, 0))] == names[1:]


def test_where_more_layers_lie_behind_one_bracket_reaches_over_all_of_them() -> None:
    session, drawing = walk((2, 2, 2, 2, 2, 1)), layout((2, 2, 2, 2, 2, 1))
    name, stretch = bracketed(at(session, "dW", 1, 0, 0))[-1]
    first, last = drawing.columns[2] - drawing.radius, drawing.loss.x - LOSS_RADIUS
    assert (name, stretch) == ("∂ℒ/∂z", f"M{place(first)} 428H{place(last)}")


def test_what_is_told_without_links_has_no_brackets() -> None:
    session = lesson("two-outputs-two-paths", as_published=True)
    assert bracketed(session) == bracketed(at(session, "z", 1, 0)) == bracketed(at(session, "dW", 1, 0, 0)) == []
    assert bracketed(replace(lesson("two-outputs-two-paths"), by="layer").backward())[-1][0] == "∂ℒ/∂ŷ"


def test_while_something_is_asked_nothing_is_bracketed() -> None:
    session = lesson("two-outputs-two-paths").ask("always").forward().step("phase")
    while posed_question(session) is None or session.equation is None or session.equation.kind != "dW":
        session = up_to_question(session, session.step())
    assert bracketed(session) == []


def test_the_weights_through_which_a_gradient_has_come_stand_on_its_way() -> None:
    network = diagram(at(lesson("two-outputs-two-paths"), "dW", 1, 0, 0), 5)
    shown = [label for label in network.labels if "near" in label.classes.split()]
    assert [(label.id, label.weight, label.gradient) for label in shown] == [
        ("l-c-2-0-0", "0.4", ""),
        ("l-c-2-1-0", "0.45", ""),
    ]
