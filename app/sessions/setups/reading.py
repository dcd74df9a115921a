"""From a draft to a setup, as strictly as the API takes one: every field that does not fit is found, not only one."""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pydantic import ValidationError

from app.engine.data.split import Examples
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.setup import Setup
from app.limits import Limits
from app.sessions.setups.declaration import DRAWING, GIVEN, PREPARATION, SETTINGS, UNITS, SetupGiven, check_limits
from app.sessions.setups.document import Document, data_of, setup_of
from app.sessions.setups.draft import TABLE, Draft, examples_in
from app.sessions.setups.invalid import MOST_ERRORS, told
from app.sessions.setups.numerals import number_of, whole_of
from app.sessions.setups.setting import AtMost, Setting
from app.sessions.setups.table import Table, TableError, read_table

Value = TypeVar("Value")
REST = [setting for place, setting in SETTINGS.items() if setting.section != "data" and place != "loss"]


@dataclass
class Reading:
    """A draft as far as it can be read, and the errors met on the way, each with its field.

    `core` is a setup of sizes, data, activations and loss, not checked yet; None where one of them cannot be read.
    `table` is the learner's, where there is one that can be read; `document` the whole setup as the API would take it.
    """

    draft: Draft
    limits: Limits
    errors: list[SetupError] = field(default_factory=list)
    table: Table | None = None
    core: Setup | None = None
    document: Document = field(default_factory=dict)

    def noting(self, read: Callable[[], Value]) -> Value | None:
        """What `read` returns, or None and its error noted."""
        try:
            return read()
        except SetupError as error:
            self.errors.append(error)
            return None

    def count(self, name: str, bound: AtMost) -> int | None:
        """A whole number from 1 to the bound."""
        most = bound.most(self.limits)

        def bounded() -> int:
            number = whole_of(self.draft[name], name)
            if not 1 <= number <= most:
                raise SetupError(name, f"The number lies outside of 1 to {most:,}.", f"Use 1 to {most:,}.")
            return number

        return self.noting(bounded)

    def choice(self, name: str, known: Iterable[str]) -> str:
        """The name in a field; where it is not known, the first that is, and the error noted."""
        if self.draft[name] in known:
            return self.draft[name]
        self.errors.append(UnknownNameError(name, tuple(known)))
        return next(iter(known))

    def value(self, setting: Setting) -> str | bool | float | None:
        """What the field of a setting holds; None where it cannot be read, or may be left empty and is."""
        name, text = setting.place, self.draft[setting.place]
        if setting.type is str:
            return self.choice(name, setting.choices)
        if setting.type is bool:
            return bool(text)
        if setting.optional and not text:
            return None
        if setting.most is not None:
            return self.count(name, setting.most)
        if setting.type is int:
            return self.noting(lambda: whole_of(text, name))
        return self.noting(lambda: number_of(text, name))

    def put(self, settings: Iterable[Setting]) -> None:
        """The values of these settings, as far as the chosen kinds have them, into the document."""
        for setting in settings:
            if self.draft.has(setting) and (value := self.value(setting)) is not None:
                part = self.document
                for name in filter(None, setting.section.split(".")):
                    part = part.setdefault(name, {})
                part[setting.name] = value


def read(draft: Draft, limits: Limits) -> Reading:
    """All that can be read of a draft."""
    reading = Reading(draft, limits)
    has_data = _read_data(reading)
    reading.core = _core(reading, has_data)
    given = draft["initializer.kind"] == GIVEN
    if given:
        reading.document["parameters"] = _given(reading)
    reading.put(setting for setting in REST if not (given and setting.section == "initializer"))
    return reading


def checked(reading: Reading) -> Setup | None:
    """The whole setup, held to what the API holds its own to; None, and why noted, where it does not fit.

    What could take long is bounded already: sizes and examples were counted as they were read.
    """
    core = reading.core
    if core is None or reading.errors:
        return None
    network = {"sizes": list(core.sizes), "activations": list(core.activations), "loss": core.loss}
    document = network | reading.document
    try:
        given = SetupGiven.model_validate(document)
        setup = setup_of(document)
        _check_batch(setup)
        check_limits(given, reading.limits)
    except ValidationError as error:
        found = [told(one, outer=0) for one in error.errors()[:MOST_ERRORS]]
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


# Parts of a draft -----------------------------------------------------------------------------------------------------


def _read_data(reading: Reading) -> bool:
    """The data's part of the document; whether there is such."""
    source: Document | None = {}
    if reading.draft["source"] == TABLE:
        source = _table(reading)
    else:
        reading.put(DRAWING)
    reading.put(PREPARATION)
    if source is None:
        return False
    reading.document["data"] = source | reading.document["data"]
    return True


def _table(reading: Reading) -> Document | None:
    """The examples of the table where its columns can be used as they are chosen."""
    try:
        reading.table = read_table(reading.draft["table"], reading.limits)
        examples, columns, names = examples_in(reading.table, reading.draft)
    except TableError as error:
        reading.errors.append(error)
        return None
    return {"X": examples.X.tolist(), "Y": examples.Y.tolist(), "columns": list(columns), "names": list(names)}


def _core(reading: Reading, has_data: bool) -> Setup | None:
    """Inputs and outputs follow the data."""
    layers = range(1, reading.draft.hidden + 1)
    units = [reading.count(f"units-{l}", UNITS) for l in layers]
    names = [reading.choice(name, ACTIVATIONS) for name in (*(f"activation-{l}" for l in layers), "output")]
    loss = reading.choice("loss", SETTINGS["loss"].choices)
    most = reading.limits.max_layers - 1
    if len(layers) > most:
        reading.errors.append(SetupError("", f"There are more than {most} hidden layers.", "Remove one."))
        return None
    known = [count for count in units if count is not None]
    if not has_data or len(known) < len(units):
        return None
    try:
        source = data_of(reading.document["data"])
        X, Y = source.source.draw()
    except SetupError as error:
        reading.errors.append(error)
        return None
    return Setup((X.shape[1], *known, Y.shape[1]), replace(source, source=Examples(X, Y)), tuple(names), loss)


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
