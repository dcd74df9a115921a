"""A draft and a setup lead to each other; layers come and go; a table's columns become examples."""

import numpy as np
import pytest

from app.engine.data.split import Data, Examples
from app.engine.learning.optimizers import Optimizer
from app.engine.learning.schedules import Schedule
from app.engine.network.initializers import Initializer
from app.engine.setup import Setup
from app.lessons.starting_points import STARTING_POINTS, StartingPoint
from app.limits import Limits
from app.sessions.setups.draft import TABLE, Draft, draft_of, examples_in, kind_of, target_of, uses_of
from app.sessions.setups.table import Table, TableError, read_table

LIMITS = Limits()
TWO_OUTPUTS = "a,b,u,v\n1,2,0.5,-1\n3,4,0.25,1e-3\n"


def rows(draft: Draft) -> tuple[np.ndarray, np.ndarray]:
    examples = examples_in(read_table(draft["table"], LIMITS), draft).examples
    return examples.X, examples.Y


@pytest.mark.parametrize("point", STARTING_POINTS, ids=lambda point: point.name)
def test_a_draft_of_a_setup_names_each_of_its_layers(point: StartingPoint) -> None:
    draft = draft_of(point.setup)
    assert draft.hidden == len(point.setup.sizes) - 2
    assert draft.activations == point.setup.activations
    assert [draft[f"units-{l + 1}"] for l in range(draft.hidden)] == list(map(str, point.setup.sizes[1:-1]))


def test_a_draft_has_every_number_as_one_would_type_it() -> None:
    setup = Setup(
        (2, 1),
        Examples(np.array([[1.0, 2.5]]), np.array([[0.0]])),
        start=Initializer("normal", 7, 0.25),
        optimizer=Optimizer("adam", epsilon=1e-7, clip_norm=2.0),
        schedule=Schedule("step", every=20),
    ).completed()
    draft = draft_of(setup)
    expected = {
        "initializer.scale": "0.25",
        "initializer.seed": "7",
        "optimizer.epsilon": "1e-07",
        "optimizer.clip_norm": "2",
        "optimizer.schedule.every": "20",
        "batch_size": "",
        "table": "1,2.5,0",
        "target": "2",
    }
    assert {name: draft[name] for name in expected} == expected


def test_explicit_examples_come_back_from_the_table_to_the_last_bit() -> None:
    X, Y = np.array([[0.1 + 0.2, 1e-30], [-7.0, 1 / 3]]), np.array([[0.05, 0.9, 3.0], [1.0, 2.0, -1e5]])
    data = Data(Examples(X, Y), columns=("x₁", "x₂"), names=("a", "b", "c"))
    draft = draft_of(Setup((2, 3), data).completed())
    assert draft["source"] == TABLE
    read_X, read_Y = rows(draft)
    assert (read_X == X).all()
    assert (read_Y == Y).all()


@pytest.mark.parametrize("names", [("1", "2"), ("a;b", "c"), ("nan", "x"), ("a,b", "c"), ('"a', "b")])
def test_names_that_would_be_misread_are_left_out_of_the_table(names: tuple[str, str]) -> None:
    data = Data(Examples(np.array([[1.0]]), np.array([[2.0]])), columns=names[:1], names=names[1:])
    draft = draft_of(Setup((1, 1), data).completed())
    assert draft["table"] == "1,2"
    assert [array.tolist() for array in rows(draft)] == [[[1.0]], [[2.0]]]


# Layers ---------------------------------------------------------------------------------------------------------------


def layers(draft: Draft) -> list[tuple[str, str]]:
    return [(draft[f"units-{l}"], draft[f"activation-{l}"]) for l in range(1, draft.hidden + 1)]


DEEP = Draft({"units-1": "5", "activation-1": "relu", "units-2": "4", "activation-2": "tanh", "output": "sigmoid"})


def test_a_layer_is_added_before_the_output() -> None:
    draft = DEEP.with_layer()
    assert layers(draft) == [("5", "relu"), ("4", "tanh"), ("3", "tanh")]
    assert draft.activations[-1] == "sigmoid"


def test_a_layer_that_is_removed_lets_those_behind_it_move_up() -> None:
    assert layers(DEEP.without_layer(1)) == [("4", "tanh")]
    assert layers(DEEP.without_layer(2)) == [("5", "relu")]
    assert layers(DEEP.without_layer(1).without_layer(1)) == []


@pytest.mark.parametrize("l", [0, 3, -1, 10**12])
def test_removing_a_layer_that_is_not_there_changes_nothing(l: int) -> None:
    assert DEEP.without_layer(l) == DEEP


def roles(draft: Draft, table: Table) -> list[str]:
    return [use.role for use in uses_of(draft, table)]


# Columns --------------------------------------------------------------------------------------------------------------


def test_the_last_columns_are_targets_together_and_the_others_inputs() -> None:
    X, Y = rows(Draft({"table": TWO_OUTPUTS, "target": "last-2"}))
    assert X.tolist() == [[1, 2], [3, 4]]
    assert Y.tolist() == [[0.5, -1], [0.25, 0.001]]


@pytest.mark.parametrize("target", ["", "4", "-1", "last-4", "last-0", "last-99", "²", "x"])
def test_a_target_that_is_not_there_counts_as_the_last_column(target: str) -> None:
    draft = Draft({"table": TWO_OUTPUTS, "target": target})
    assert target_of(draft, 4) == "3"


def test_many_targets_make_room_for_as_many_columns_and_one_does_not() -> None:
    table = ",".join("1" * 11) + "\n"
    draft = Draft({"table": table, "target": "last-3"})
    assert rows(draft)[0].shape == (1, 8)
    assert rows(draft.changed({"target": "10"}))[0].shape == (1, 8)
    draft = draft.changed({f"input-{place}": "on" for place in range(10)})
    with pytest.raises(TableError, match="10 columns as inputs"):
        rows(draft.changed({"target": "10"}))


def test_a_column_that_is_left_out_is_no_input() -> None:
    words = "".join(f"word {i},1,2,0.5\n" for i in range(9))
    draft = Draft({"table": f"word,a,b,y\nx,1,2,0.5\nz,3,4,0.25\n{words}", "target_kind": "regression"})
    with pytest.raises(TableError, match="column 1: The column holds 11 different words"):
        rows(draft.changed({"input-0": "on"}))
    draft = draft.changed({"table": "word,a,b,y\nx,1,2,0.5\nz,3,4,0.25\n"})
    assert rows(draft)[0].tolist() == [[0, 1, 2], [1, 3, 4]]
    X, Y = rows(draft.changed({"input-0": "", "input-2": ""}))
    assert (X.tolist(), Y.tolist()) == ([[1], [3]], [[0.5], [0.25]])
    X, Y = rows(draft.changed({"input-0": "", "input-1": "on", "target": "last-2"}))
    assert (X.tolist(), Y.tolist()) == ([[1], [3]], [[2, 0.5], [4, 0.25]])


def test_a_target_is_a_target_whether_it_was_left_out_or_not() -> None:
    draft, table = Draft({"target": "1", "input-0": "", "input-1": "", "input-2": "on"}), read_table("1,2,3,4", LIMITS)
    assert roles(draft, table) == ["", "target", "input", "input"]
    assert roles(draft.changed({"target": "last-2"}), table) == ["", "", "target", "target"]


def test_one_column_at_least_is_an_input() -> None:
    with pytest.raises(TableError, match="No column is left"):
        rows(Draft({"table": "a,b\n1,2\n", "input-0": ""}))


def test_columns_left_out_make_room_for_others() -> None:
    draft = Draft({"table": ",".join("1" * 11) + "\n"} | {f"input-{k}": "on" for k in range(10)} | {"input-3": ""})
    with pytest.raises(TableError, match=r"9 columns as inputs, and at most 8 can be used\. Leave out 1"):
        rows(draft)
    assert rows(draft.changed({"input-4": ""}))[0].shape == (1, 8)


def test_of_another_table_nothing_is_chosen_yet() -> None:
    draft = Draft({"table": "a,b\n1,2\n", "target": "0", "target_kind": "classes", "input-1": "", "loss": "x"})
    other = draft.with_table("c,d\n3,4\n")
    assert (other["source"], other["table"], other["loss"]) == (TABLE, "c,d\n3,4", "x")
    assert (target_of(other, 2), other["target_kind"]) == ("1", "")
    assert roles(other, read_table(other["table"], LIMITS)) == ["input", "target"]


def test_what_the_target_is_taken_for_is_what_it_seems_until_one_says_so() -> None:
    draft = Draft({"table": "x,y\n1,yes\n2,no\n"})
    table = read_table(draft["table"], LIMITS)
    assert kind_of(draft, table) == "two_classes"
    assert kind_of(draft.changed({"target_kind": "classes"}), table) == "classes"
    assert examples_in(table, draft.changed({"target_kind": "classes"})).names == ("no", "yes")
