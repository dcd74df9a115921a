"""From a draft to a setup, through the limits of the API: each field that does not fit is found, not only the first."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from app.engine.data.datasets import DATASETS
from app.engine.data.scaling import SCALINGS
from app.engine.data.split import Examples
from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.learning.schedules import SCHEDULES
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.initializers import INITIALIZERS
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.sessions.setups.csv_rows import TableError, TableLimits
from app.sessions.setups.data_documents import data_of
from app.sessions.setups.document import AMOUNTS, setup_of
from app.sessions.setups.draft import GIVEN, TABLE, Draft
from app.sessions.setups.draft_tables import examples_in
from app.sessions.setups.table import Table, read_table
from app.settings import Settings
from app.views.build.advice import output_advice
from app.views.build.built import Built
from app.views.build.pairings import pairing_problems
from app.web.api.setups import NewSetup
from app.web.http.forms import number_in, whole_in
from app.web.http.invalid import told
from app.web.http.limits import check_setup

Document = dict[str, Any]
Value = TypeVar("Value", float, int)
MOST_ERRORS = 10  # fields named at once
OPTIONAL = ("batch_size", "shuffle_seed", "decimals")
WHOLE = {"seed", "split_seed", "every", "iterations", *OPTIONAL}


@dataclass
class Reading:
    """A draft as it is read: what its fields hold, and the errors met on the way, each with its field."""

    draft: Draft
    settings: Settings
    errors: list[SetupError] = field(default_factory=list)

    def noting(self, read: Callable[[], Value]) -> Value | None:
        """What `read` returns, or None and its error noted."""
        try:
            return read()
        except SetupError as error:
            self.errors.append(error)
            return None

    def number(self, name: str) -> float | int | None:
        """The number in a field, whole where its name says so."""
        read = whole_in if name.rpartition(".")[2] in WHOLE else number_in
        return self.noting(lambda: read({name: self.draft[name]}, name))

    def count(self, name: str, most: int) -> int | None:
        """A whole number from 1 to `most`."""

        def bounded() -> int:
            number = whole_in({name: self.draft[name]}, name)
            if not 1 <= number <= most:
                raise SetupError(name, f"The number lies outside of 1 to {most:,}.", f"Use 1 to {most:,}.")
            return number

        return self.noting(bounded)

    def choice(self, name: str, known: Mapping[str, object]) -> str:
        """The name in a field; where it is not known, the first that is, and the error noted."""
        if self.draft[name] in known:
            return self.draft[name]
        self.errors.append(UnknownNameError(name, tuple(known)))
        return next(iter(known))

    def numbers(self, prefix: str, names: Sequence[str]) -> Document:
        """Several fields by their names; those that cannot be read are left out."""
        found = {name: self.number(f"{prefix}{name}") for name in names}
        return {name: number for name, number in found.items() if number is not None}


def build(draft: Draft, settings: Settings) -> Built:
    """All that is known of the draft: its table, its setup, or what is wrong."""
    reading = Reading(draft, settings)
    table, data = _data(reading)
    core = _core(reading, data)
    document = {**_start(reading), "optimizer": _optimizer(reading), **_batches(reading)}
    problems = () if core is None else pairing_problems(core)
    setup = None
    if core is not None and data is not None and not reading.errors and not problems:
        network = {"sizes": list(core.sizes), "activations": list(core.activations), "loss": core.loss}
        setup = _checked(reading, {**network, **document, "data": data})
    advice = None if core is None or any(problem.field == "loss" for problem in problems) else output_advice(core)
    return Built(draft, core, setup, table, tuple(reading.errors), problems, advice)


# Data -----------------------------------------------------------------------------------------------------------------


def table_limits(settings: Settings) -> TableLimits:
    """How large a table may be on this server: any network's inputs and outputs can stand in one."""
    return TableLimits(
        settings.max_data_bytes,
        settings.max_features,
        settings.max_examples,
        magnitude=settings.max_magnitude,
        columns=settings.max_features + settings.max_units,
    )


def _data(reading: Reading) -> tuple[Table | None, Document | None]:
    """The learner's table, where there is one that can be read, and the data's part of the document, likewise."""
    draft = reading.draft
    table, source = _table(reading) if draft["source"] == TABLE else (None, _dataset(reading))
    made = {
        "scaling": reading.choice("data.scaling", SCALINGS),
        "scale_targets": bool(draft["data.scale_targets"]),
        **reading.numbers("data.", ("test_share", "split_seed")),
    }
    return table, None if source is None else {**source, **made}


def _dataset(reading: Reading) -> Document:
    name, count = (
        reading.choice("data.dataset", DATASETS),
        reading.count("data.examples", reading.settings.max_examples),
    )
    known = {} if count is None else {"examples": count}
    return {"dataset": name, **known, **reading.numbers("data.", ("noise", "seed"))}


def _table(reading: Reading) -> tuple[Table | None, Document | None]:
    """The table, and its examples where its columns can be used as they are chosen."""
    table = None
    try:
        table = read_table(reading.draft["table"], table_limits(reading.settings))
        examples, columns, names = examples_in(table, reading.draft)
    except TableError as error:
        reading.errors.append(error)
        return table, None
    return table, {"X": examples.X.tolist(), "Y": examples.Y.tolist(), "columns": list(columns), "names": list(names)}


# Network and method ---------------------------------------------------------------------------------------------------


def _core(reading: Reading, data: Document | None) -> Setup | None:
    """Sizes, data, activations and loss, not checked yet: inputs and outputs follow the data. None where that, or the
    units of a layer, cannot be read.
    """
    layers = range(1, reading.draft.hidden + 1)
    units = [reading.count(f"units-{l}", reading.settings.max_units) for l in layers]
    names = [reading.choice(name, ACTIVATIONS) for name in (*(f"activation-{l}" for l in layers), "output")]
    loss = reading.choice("loss", LOSSES)
    if len(layers) >= reading.settings.max_layers:
        most = reading.settings.max_layers - 1
        reading.errors.append(SetupError("", f"There are more than {most} hidden layers.", "Remove one."))
        return None
    known = [count for count in units if count is not None]
    if data is None or len(known) < len(units):
        return None
    try:
        source = data_of(data)
        X, Y = source.source.draw()
    except SetupError as error:
        reading.errors.append(error)
        return None
    return Setup((X.shape[1], *known, Y.shape[1]), replace(source, source=Examples(X, Y)), tuple(names), loss)


def _start(reading: Reading) -> Document:
    if reading.draft["initializer.kind"] == GIVEN:
        return {"parameters": _given(reading)}
    kind = reading.choice("initializer.kind", INITIALIZERS)
    amount = [AMOUNTS[kind]] if kind in AMOUNTS else []
    return {"initializer": {"kind": kind, **reading.numbers("initializer.", (*amount, "seed"))}}


def _given(reading: Reading) -> Document:
    """The starting values that the form carries along."""
    found = None
    with suppress(ValueError, RecursionError):
        found = json.loads(reading.draft["parameters"])
    if isinstance(found, dict):
        return found
    unread = SetupError("initializer.kind", "The starting values cannot be read.", "Choose another initializer.")
    reading.errors.append(unread)
    return {}


def _optimizer(reading: Reading) -> Document:
    kind = reading.choice("optimizer.kind", OPTIMIZERS)
    course = reading.choice("optimizer.schedule.kind", SCHEDULES)
    given = [name for name in ("weight_decay", "clip_norm") if reading.draft[f"optimizer.{name}"]]
    schedule = {"kind": course, **reading.numbers("optimizer.schedule.", SCHEDULES[course].settings)}
    names = ("learning_rate", *OPTIMIZERS[kind].settings, *given)
    return {"kind": kind, **reading.numbers("optimizer.", names), "schedule": schedule}


def _batches(reading: Reading) -> Document:
    return reading.numbers("", [name for name in OPTIONAL if reading.draft[name]])


# Checked --------------------------------------------------------------------------------------------------------------


def _checked(reading: Reading, document: Document) -> Setup | None:
    """The setup, held to what the API holds its own to; None, and why noted, where it does not fit.

    What could take long is bounded already: sizes and examples were counted as they were read.
    """
    try:
        NewSetup.model_validate(document)
        setup = setup_of(document)
        _check_batch(setup)
        check_setup(document, reading.settings)
    except ValidationError as error:
        found = [told({**one, "loc": ("body", *one["loc"])}) for one in error.errors()[:MOST_ERRORS]]
        reading.errors.extend(SetupError(**one) for one in found)
        return None
    except SetupError as error:
        reading.errors.append(error)
        return None
    return setup


def _check_batch(setup: Setup) -> None:
    """SetupError where a batch is larger than what is left for training."""
    examples = len(setup.examples[0])
    if setup.batch_size is not None and setup.batch_size > examples:
        raise SetupError(
            "batch_size", f"There are {examples:,} examples to train on, fewer than in one batch.", "Use all of them."
        )
