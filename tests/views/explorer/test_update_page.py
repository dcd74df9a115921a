"""An update by any optimizer on the page: timeline, marks of the diagram, the parameters table."""

import pytest

from app.engine.equations.trace import found_at
from app.engine.equations.updates import parameter_of
from app.engine.learning.optimizers import Optimizer
from app.engine.learning.schedules import Schedule
from app.engine.network.expressions import Symbol
from app.sessions.walk.session import TrainingSession
from app.views.check.check import NOT_YET
from app.views.explorer.parameters import parameters
from app.views.explorer.timeline import timeline
from app.views.network.marks import Visible
from app.views.text.facts import network_facts
from tests.views.updates import updates, varied


def session(optimizer: Optimizer, schedule: Schedule) -> TrainingSession:
    return TrainingSession.of_setup(varied(optimizer, schedule))


@pytest.mark.parametrize(
    ("optimizer", "schedule", "cells"),
    [
        (Optimizer(), "constant", ["W2", "b2", "W1", "b1"]),
        (Optimizer("momentum"), "constant", ["W2", "b2", "W1", "b1"]),
        (Optimizer("adam"), "constant", ["β", "W2", "b2", "W1", "b1"]),
        (Optimizer("adam", clip_norm=1.0), "constant", ["‖∂‖", "W2", "b2", "W1", "b1"]),
        (Optimizer("adam", clip_norm=1.0), "step", ["η", "W2", "b2", "W1", "b1"]),
    ],
)
def test_the_timeline_has_one_cell_for_what_all_parameters_share(
    optimizer: Optimizer, schedule: str, cells: list[str]
) -> None:
    group = timeline(session(optimizer, Schedule(schedule))).groups[-1]
    assert [cell.letter + cell.layer for cell in group.cells] == cells
    assert len({cell.id for cell in group.cells}) == len(cells)
    assert [cell.cursor for cell in group.cells] == sorted(cell.cursor for cell in group.cells)


def test_the_cell_says_what_all_parameters_share() -> None:
    group = timeline(session(Optimizer("adam", clip_norm=1.0), Schedule("step"))).groups[-1]
    assert group.cells[0].spoken == (
        "learning rate, length of all gradients, clipping factor, correction of the first moment, "
        "correction of the second moment"
    )


@pytest.mark.parametrize("kind", ["momentum", "rmsprop", "adamw"])
def test_a_state_lights_its_own_connection_or_unit_and_its_row(kind: str) -> None:
    walk = session(Optimizer(kind, weight_decay=0.1, clip_norm=1.0), Schedule("cosine"))
    for equation in updates(walk.shape):
        here = walk.go(equation.index + 1)
        now = Visible.of(here, 4)
        owner = parameter_of(equation.symbol)
        table = [row for part in parameters(here, "fan_out_fan_in", 5).tables for row in part.rows]
        current = [row.ref for row in table if row.current]
        if owner is None:
            assert (now.mark, current) == ("u-0-0", [])
            assert not any(now.is_about(l, j) for l, n in enumerate(walk.shape.sizes) for j in range(n))
        elif owner.kind == "W":
            assert now.mark == f"c-{owner.layer}-{owner.j}-{owner.k}"
            assert now.standing(*owner[1:3], owner.k or 0) == "active"
            assert current == [f"w-{owner.layer}-{owner.j}-{owner.k}"]
        else:
            assert now.mark == f"u-{owner.layer}-{owner.j}"
            assert now.is_about(owner.layer, owner.j)
            assert current == [f"b-{owner.layer}-{owner.j}"]


def test_a_parameter_has_its_new_value_only_when_its_own_update_was_shown() -> None:
    walk = session(Optimizer("adam"), Schedule())
    place = found_at(walk.shape)
    for symbol in (Symbol("new_W", 2, 1, 0), Symbol("new_b", 1, 1)):
        before, after = (parameters(walk.go(place[symbol] + late), "fan_out_fan_in", 5) for late in (0, 1))
        shown = [
            [row.after for part in table.tables for row in part.rows if row.ref == _ref(symbol)]
            for table in (before, after)
        ]
        assert shown[0] == [NOT_YET]
        assert shown[1] != [NOT_YET]


def _ref(symbol: Symbol) -> str:
    ends = (symbol.layer, symbol.j) if symbol.k is None else symbol[1:]
    return "-".join(map(str, ("b" if symbol.k is None else "w", *ends)))


def test_the_facts_of_a_network_name_its_optimizer_unless_it_is_gradient_descent_alone() -> None:
    facts = [
        network_facts(varied(optimizer, Schedule(schedule))).split(" · ")[4:]
        for optimizer, schedule in (
            (Optimizer(), "constant"),
            (Optimizer("adam"), "constant"),
            (Optimizer("adamw", weight_decay=0.1, clip_norm=1.0), "cosine"),
            (Optimizer(), "step"),
        )
    ]
    assert facts == [
        [],
        ["Adam"],
        ["AdamW with weight decay, clipping, learning rate by a cosine"],
        ["gradient descent with learning rate by steps"],
    ]
