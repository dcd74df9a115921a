"""The limits that are settings, checked where a request enters. Each error says the limit and what to do."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.learning.schedules import SCHEDULES
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.initializers import INITIALIZERS
from app.settings import Settings
from app.web.api.schemas import Edit


def check_setup(document: dict[str, Any], settings: Settings) -> None:
    """SetupError where a setup, as a document, is larger than this server takes."""
    _check_sizes(document["sizes"], settings)
    _check_data(document, settings)
    _check_optimizer(document.get("optimizer", {}), settings)
    _check_start(document, settings)


def check_edit(edit: Edit, settings: Settings) -> None:
    """SetupError where a new value is larger than this server takes."""
    if edit.learning_rate is not None:
        check_learning_rate("learning_rate", edit.learning_rate, settings)
    for name in ("parameter", "input", "target"):
        if (given := getattr(edit, name)) is not None:
            check_magnitude(f"{name}.value", given.value, settings)


def check_train(measure: str, count: int, per_epoch: int, settings: Settings) -> None:
    """SetupError where a request asks for no iterations, or for more than this server makes in one.

    `measure` is epochs or iterations, `per_epoch` how many iterations an epoch has.
    """
    each = per_epoch if measure == "epochs" else 1
    most = settings.max_iterations_per_request
    if not 1 <= count * each <= most:
        raise SetupError(
            measure,
            f"One request trains 1 to {most:,} iterations; an epoch has {per_epoch:,} here.",
            f"Ask for 1 to {most // each:,}." if each <= most else "Train by iterations instead.",
        )


def check_learning_rate(field: str, rate: float, settings: Settings) -> None:
    """SetupError where a learning rate is above the limit."""
    if rate > settings.max_learning_rate:
        raise SetupError(field, f"The learning rate is above the limit of {settings.max_learning_rate:g}.", "Try 0.1.")


def _at_most(field: str, what: str, count: int, limit: int) -> None:
    if count > limit:
        raise SetupError(field, f"There are more than {limit:,} {what}.", f"Use at most {limit:,}.")


def _check_sizes(sizes: list[int], settings: Settings) -> None:
    _at_most("sizes", "layers after the input", len(sizes) - 1, settings.max_layers)
    _at_most("sizes", "inputs", sizes[0], settings.max_features)
    _at_most("sizes", "units in one layer", max(sizes[1:]), settings.max_units)


def _check_data(document: dict[str, Any], settings: Settings) -> None:
    data = document["data"]
    count = data.get("examples", 100) if "dataset" in data else len(data["X"])
    _at_most("data.examples" if "dataset" in data else "data.X", "examples", count, settings.max_examples)
    if (document.get("batch_size") or 1) > count:
        raise SetupError(
            "batch_size", "A batch cannot hold more examples than there are.", f"Use 1 to {count}, or null for all."
        )
    for name in ("X", "Y", "noise"):
        check_magnitude(f"data.{name}", data.get(name, 0.0), settings)


def _check_start(document: dict[str, Any], settings: Settings) -> None:
    for name, values in document.get("parameters", {}).items():
        check_magnitude(f"parameters.{name}", values, settings)
    initializer = document.get("initializer", {})
    for name in dict.fromkeys(kind.amount for kind in INITIALIZERS.values() if kind.amount):
        kinds = [kind.name for kind in INITIALIZERS.values() if kind.amount == name]
        if name in initializer and initializer["kind"] not in kinds:
            raise SetupError(f"initializer.{name}", f"Only {' and '.join(kinds)} take a {name}.", "Leave it out.")
        check_magnitude(f"initializer.{name}", initializer.get(name, 0.0), settings)


def _check_optimizer(optimizer: dict[str, Any], settings: Settings) -> None:
    """The learning rate's limit, and no setting that the kind of optimizer or schedule does not have."""
    schedule = optimizer.get("schedule", {})
    check_learning_rate("optimizer.learning_rate", optimizer.get("learning_rate", 0.1), settings)
    check_learning_rate("optimizer.schedule.minimum", schedule.get("minimum", 0.0), settings)
    _check_kind("optimizer", optimizer, OPTIMIZERS, "gradient_descent")
    _check_kind("optimizer.schedule", schedule, SCHEDULES, "constant")


def _check_kind(field: str, given: dict[str, Any], known: Mapping[str, Any], usual: str) -> None:
    kind = given.get("kind", usual)
    if kind not in known:
        raise UnknownNameError(f"{field}.kind", tuple(known))
    others = {name for one in known.values() for name in one.settings} - set(known[kind].settings)
    for name in sorted(others & set(given)):
        having = [other for other, one in known.items() if name in one.settings]
        raise SetupError(f"{field}.{name}", f"Only {' and '.join(having)} take a {name}.", "Leave it out.")


def check_magnitude(field: str, values: Any, settings: Settings) -> None:
    """SetupError where a number, or one in lists of numbers, is larger than this server takes."""
    limit = settings.max_magnitude
    if any(abs(value) > limit for value in _flat(values)):
        raise SetupError(
            field, f"{field} holds a number beyond {limit:,.10g}.", f"Use numbers from −{limit:,.10g} to {limit:,.10g}."
        )


def _flat(values: Any) -> Iterator[float]:
    if isinstance(values, list):
        for value in values:
            yield from _flat(value)
    else:
        yield values
