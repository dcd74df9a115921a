"""The declaration holds all that the engine knows of settings with its defaults; what is beyond a limit is refused."""

from dataclasses import fields
from typing import Any

import pytest

from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import SCHEDULES, Schedule
from app.engine.network.errors import SetupError
from app.limits import Limits
from app.sessions.setups.declaration import SETTINGS, SetupGiven, check_limits
from app.sessions.setups.document import setup_document, setup_of
from app.sessions.setups.draft import Draft, checked, draft_of, read
from app.sessions.setups.setting import written

SMALL: dict[str, Any] = {"sizes": [2, 3, 1], "data": {"dataset": "xor"}}
ENGINE = (("optimizer", Optimizer, OPTIMIZERS), ("optimizer.schedule", Schedule, SCHEDULES))


@pytest.mark.parametrize(("section", "held", "kinds"), ENGINE, ids=["optimizer", "schedule"])
def test_every_setting_of_the_engine_is_declared_with_its_kinds_and_its_default(
    section: str, held: Any, kinds: dict[str, Any]
) -> None:
    for one in fields(held):
        setting = SETTINGS[f"{section}.{one.name}"]
        assert setting.usual == one.default
        having = tuple(kind for kind, its in kinds.items() if one.name in its.settings)
        assert setting.kinds == (having or None)


@pytest.mark.parametrize("place", SETTINGS)
def test_every_setting_has_a_label_and_choices_where_it_is_one(place: str) -> None:
    setting = SETTINGS[place]
    assert setting.label
    assert bool(setting.choices) == (setting.type is str)
    assert not setting.choices or setting.usual in (None, *setting.choices)


def test_a_draft_in_which_nothing_was_chosen_is_the_setup_of_which_nothing_was_given() -> None:
    chosen = {"units-1": "3", "activation-1": "tanh", "output": "sigmoid", "loss": "binary_cross_entropy"}
    setup = checked(read(Draft(chosen), Limits()))
    assert setup is not None
    assert setup_document(setup) == setup_document(setup_of(SMALL))


def test_a_setup_goes_through_its_draft_unchanged() -> None:
    given = SMALL | {
        "loss": "half_squared_error", "activations": ["gelu", "tanh"],
        "batch_size": 4, "shuffle_seed": 3, "decimals": 5,
        "data": {"dataset": "moons", "examples": 20, "noise": 0.2, "seed": 1, "scaling": "standard",
                 "test_share": 0.25},
        "initializer": {"kind": "uniform", "scale": 0.5, "seed": 7},
        "optimizer": {"kind": "adamw", "learning_rate": 0.02, "beta1": 0.8, "epsilon": 1e-6, "weight_decay": 0.1,
                      "clip_norm": 2.0, "schedule": {"kind": "step", "every": 10, "factor": 0.25}},
    }  # fmt: skip
    setup = setup_of(SetupGiven.model_validate(given).model_dump(exclude_none=True))
    again = checked(read(draft_of(setup), Limits()))
    assert again is not None
    assert setup_document(again) == setup_document(setup)


LOW = Limits(max_layers=2, max_units=4, max_features=3, max_examples=50, max_learning_rate=1.0, max_magnitude=10.0)


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"sizes": [2, 3, 3, 1]}, "sizes", "at most 2"),
        ({"sizes": [2, 5, 1]}, "sizes", "at most 4"),
        ({"sizes": [4, 3, 1]}, "sizes", "at most 3"),
        ({"data": {"dataset": "xor", "examples": 51}}, "data.examples", "at most 50"),
        ({"data": {"dataset": "xor", "examples": 20, "noise": 11.0}}, "data.noise", "−10 to 10"),
        ({"data": {"X": [[1.0, 2.0]] * 51, "Y": [[1.0]] * 51}}, "data.X", "at most 50"),
        ({"data": {"X": [[1.0, 2.0]], "Y": [[-11.0]]}}, "data.Y", "−10 to 10"),
        ({"parameters": {"W": [[[11.0]]], "b": [[0.0]]}}, "parameters.W", "−10 to 10"),
        ({"initializer": {"kind": "normal", "scale": 11.0}}, "initializer.scale", "−10 to 10"),
        ({"optimizer": {"learning_rate": 1.5}}, "optimizer.learning_rate", "limit of 1"),
        ({"optimizer": {"schedule": {"kind": "cosine", "minimum": 2.0}}}, "optimizer.schedule.minimum", "limit of 1"),
        ({"optimizer": {"kind": "sgd"}}, "optimizer.kind", "Choose one of: gradient_descent"),
        ({"optimizer": {"kind": "adam", "momentum": 0.5}}, "optimizer.momentum", "Only momentum and nesterov take a"),
        ({"initializer": {"kind": "he_normal", "value": 1.0}}, "initializer.value", "Only constant take a value"),
        ({"batch_size": 21}, "batch_size", "1 to 20"),
    ],
)
def test_what_is_beyond_a_limit_or_of_another_kind_is_refused_at_its_field(
    change: dict[str, Any], field: str, says: str
) -> None:
    given = SMALL | {"data": {"dataset": "xor", "examples": 20}}
    check_limits(SetupGiven.model_validate(given), LOW)
    with pytest.raises(SetupError) as refused:
        check_limits(SetupGiven.model_validate(given | change), LOW)
    assert refused.value.field == field
    assert says in str(refused.value)


@pytest.mark.parametrize(("number", "text"), [(1000, "1,000"), (0.9, "0.9"), (1e-8, "1e-8"), (0.0, "0"), (1.0, "1")])
def test_a_default_is_written_as_one_would_say_it(number: float, text: str) -> None:
    assert written(number) == text
