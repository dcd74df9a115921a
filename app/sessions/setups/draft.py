"""A setup while it is built: the texts of a form's fields, as they were typed, and what a learner can do with them.

A field is named as its place in a setup's document: loss, optimizer.learning_rate, data.noise. The hidden layers are
units-1 and activation-1, units-2 ..., the last activation is output. `source` is dataset, or table for a learner's own;
then `table` is its CSV, `target` a column from 0, or last-2 for the last two, and `target_kind` one of TARGET_KINDS;
input-0 is empty where column 0 is left out; form-0 and missing-0 say what it is taken for, and how it is mended;
`columns` holds the names of the columns among which that was chosen, with tabs between them.
`parameters` holds given starting values as JSON, for the initializer of kind given. Empty means none or all.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import count
from typing import Any, Self, TypeVar

from pydantic import ValidationError

from app.engine.data.datasets import DATASETS, Dataset
from app.engine.data.split import Data, Examples
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.setup import Setup
from app.lessons.starting_points import SUITED
from app.limits import Limits
from app.sessions.setups.declaration import (
    DRAWING,
    GIVEN,
    PREPARATION,
    SETTINGS,
    UNITS,
    ExamplesGiven,
    Preparation,
    SetupGiven,
    TableGiven,
    check_limits,
)
from app.sessions.setups.document import Document, data_of, setup_document, setup_of, with_gaps
from app.sessions.setups.proposal import suited_to
from app.sessions.setups.setting import MOST_ERRORS, AtMost, Setting, told
from app.sessions.setups.table import (
    MENDED,
    ROWS,
    SEPARATORS,
    TARGET_KINDS,
    Labelled,
    Table,
    TableError,
    Use,
    read_table,
    shortened,
)
from app.sessions.setups.typed import number_of, whole_of
from app.sessions.setups.weights import read_weights

DATASET, TABLE = "dataset", "table"  # sources of data
# And the place of a column from 0: whether it is an input, unless it is a target; as one of FORMS; mended so.
INPUT, FORM, MENDING = OF_COLUMNS = ("input-", "form-", "missing-")
LAYERS = ("units-", "activation-")  # and the number of a hidden layer, from 1
NOISE = "data.noise"  # what is usual depends on the data set
HIDDEN_UNITS, HIDDEN_ACTIVATION = "3", "tanh"  # of a layer that is added


def text_of(value: Any) -> str:
    """A value as one would type it: 0.5, 100, on; nothing for None and False."""
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _flat(prefix: str, document: Document) -> dict[str, str]:
    """The texts of all values that are no lists, each named by its way from the top."""
    texts: dict[str, str] = {}
    for name, value in document.items():
        if isinstance(value, dict):
            texts |= _flat(f"{prefix}{name}.", value)
        elif not isinstance(value, list | tuple):
            texts[f"{prefix}{name}"] = text_of(value)
    return texts


USUAL = {place: text_of(setting.usual) for place, setting in SETTINGS.items()} | {"source": DATASET}


@dataclass(frozen=True)
class Draft:
    """The texts by the names of their fields; what is not there is as usual, or empty."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, self._usual(name)).strip()

    def _usual(self, name: str) -> str:
        drawn = DATASETS.get(self["data.dataset"]) if name == NOISE else None
        return text_of(drawn.noise) if drawn else USUAL.get(name, "")

    def has(self, setting: Setting) -> bool:
        """Whether the kind that is chosen has this setting."""
        return setting.belongs_to(self[setting.beside("kind")])

    def shows(self, setting: Setting) -> bool:
        """Whether a form shows it: what would have no effect stays hidden."""
        beside, texts = setting.idle
        return self.has(setting) and not (beside and self[setting.beside(beside)] in texts)

    @property
    def hidden(self) -> int:
        """How many hidden layers there are."""
        return next(l for l in count(1) if f"units-{l}" not in self.texts) - 1

    @property
    def activations(self) -> tuple[str, ...]:
        """The names of all activations, the output's last."""
        return (*(self[f"activation-{l}"] for l in range(1, self.hidden + 1)), self["output"])

    def changed(self, texts: Mapping[str, str]) -> Self:
        """With other texts in some fields."""
        return type(self)({**self.texts, **texts})

    def suited(self, before: Mapping[str, str], now: Mapping[str, str]) -> Self:
        """With what is proposed `now` in each field that holds what was proposed `before`; all hidden layers together.

        What a learner changed stays; where nothing changes it is the same draft.
        """
        layers = {name for name in {*self.texts, *before, *now} if name.startswith(LAYERS)}
        follow = all(self.texts.get(name) == before.get(name) for name in layers)
        texts = {name: text for name, text in self.texts.items() if not (follow and name in layers)}
        texts |= {name: text for name, text in now.items() if follow and name in layers}
        for name in {*before, *now} - layers:
            if self[name] == before.get(name, self._usual(name)):
                texts[name] = now.get(name, self._usual(name))
        changed = type(self)(texts)
        return self if all(changed[name] == self[name] for name in {*texts, *self.texts}) else changed

    def with_table(self, table: str) -> Self:
        """With another table, of which nothing is chosen yet."""
        kept = {name: text for name, text in self.texts.items() if not name.startswith(OF_COLUMNS)}
        return type(self)({**kept, "source": TABLE, "table": table, "target": "", "target_kind": "", "columns": ""})

    def of_table(self, names: Sequence[str]) -> Self:
        """For a table whose columns have these names: where most had others when they were chosen from, nothing is
        chosen yet."""
        before = self["columns"].split("\t")
        same = sum(one == other for one, other in zip(before, names, strict=False))
        if not self["columns"] or (len(before) == len(names) and 2 * same >= len(names)):
            return self
        return self.with_table(self.texts.get("table", ""))

    def with_layer(self) -> Self:
        """With one more hidden layer, before the output."""
        l = self.hidden + 1
        return self.changed({f"units-{l}": HIDDEN_UNITS, f"activation-{l}": HIDDEN_ACTIVATION})

    def without_layer(self, l: int) -> Self:
        """Without hidden layer l, from 1; those behind it move up. Where there is none, the same."""
        if not 1 <= l <= self.hidden:
            return self
        ahead = {
            f"{name}-{place}": self[f"{name}-{place + 1}"]
            for name in ("units", "activation")
            for place in range(l, self.hidden)
        }
        gone = {f"units-{self.hidden}", f"activation-{self.hidden}"}
        return type(self)({name: text for name, text in {**self.texts, **ahead}.items() if name not in gone})


def with_weights(draft: Draft, text: str) -> Draft:
    """The draft with the weights in a text as its first ones, and with their hidden layers. SetupError as of
    `read_weights`.
    """
    read = read_weights(text)
    held = {name: value for name, value in draft.texts.items() if not name.startswith(LAYERS)}
    for l, units in enumerate(read.sizes[1:-1], 1):
        held |= {f"units-{l}": str(units), f"activation-{l}": draft[f"activation-{l}"] or HIDDEN_ACTIVATION}
    values = {"W": [W.tolist() for W in read.parameters.W], "b": [b.tolist() for b in read.parameters.b]}
    return Draft({**held, "parameters": json.dumps(values), "initializer.kind": GIVEN})


def draft_of(setup: Setup) -> Draft:
    """The draft that leads to a completed setup; its mistakes and its warm-up stay behind."""
    document = setup_document(setup)
    texts = _settings(setup, document) | {"source": DATASET}
    if "parameters" in document:
        texts |= {"parameters": json.dumps(document["parameters"]), "initializer.kind": GIVEN}
    source = setup.prepared.source
    if isinstance(source, Examples):  # as a table: the outputs are its last columns, taken as numbers
        outputs = source.Y.shape[1]
        texts |= {"source": TABLE, "table": _csv(setup.prepared, source), "target_kind": "regression"}
        texts["target"] = str(source.X.shape[1]) if outputs == 1 else f"last-{outputs}"
        inputs, missing = source.X.shape[1], setup.prepared.missing
        texts |= {f"{INPUT}{place}": "on" for place in range(inputs)}
        texts |= {f"{MENDING}{k}": name for k, name in enumerate(missing * inputs if len(missing) == 1 else missing)}
    return Draft(texts)


def _settings(setup: Setup, document: Document) -> dict[str, str]:
    """The texts of a setup's settings and layers."""
    texts = _flat("", {name: part for name, part in document.items() if name not in ("mistake", "parameters")})
    for l, (units, activation) in enumerate(zip(setup.sizes[1:-1], setup.activations[:-1], strict=True), start=1):
        texts |= {f"units-{l}": str(units), f"activation-{l}": activation}
    return texts | {"output": setup.activations[-1]}


def proposed_by(setup: Setup) -> dict[str, str]:
    """What a setup that suits some data has in the fields of a draft, beside the data; what is usual is left out, but
    for how they are drawn."""
    texts = _settings(setup, setup_document(setup))
    drawn = [setting.place for setting in DRAWING] if isinstance(setup.prepared.source, Dataset) else []
    return {
        name: text
        for name, text in texts.items()
        if name != "data.dataset" and (name in drawn or text != USUAL.get(name))
    }


def _csv(data: Data, source: Examples) -> str:
    """The examples, below the names of their columns where these can be read back as names."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = (*data.columns, *data.names)
    if len(names) == source.X.shape[1] + source.Y.shape[1] and not any(map(_is_misread, names)):
        writer.writerow(names)
    for x, y in zip(with_gaps(source.X), source.Y.tolist(), strict=True):
        writer.writerow(map(text_of, (*x, *y)))
    return out.getvalue()


def _is_misread(name: str) -> bool:
    """Whether a name would be taken for a number, or hold what separates values."""
    try:
        float(name)
    except ValueError:
        return any(mark in name for mark in (*SEPARATORS, '"'))
    return True


# A table's columns, as a draft chooses them --------------------------------------------------------------------------

LAST = re.compile(r"last-([2-9]|[1-9][0-9])", re.ASCII)


def target_of(draft: Draft, columns: int) -> str:
    """The target that the draft chooses: a column from 0, or last-2; the last column where that is not there."""
    target = draft["target"]
    taken = last_columns(target)
    there = taken < columns if LAST.fullmatch(target) else target in map(str, range(columns))
    return target if there else str(columns - 1)


def last_columns(target: str) -> int:
    """How many columns at the end are targets, as numbers, where it is not one column that is chosen; else 1."""
    match = LAST.fullmatch(target)
    return 1 if match is None else int(match[1])


def kind_of(draft: Draft, table: Table) -> str:
    """What the target is taken for: what the draft says, or what it seems to be."""
    target = target_of(draft, len(table.columns))
    if LAST.fullmatch(target):
        return "regression"
    return draft["target_kind"] or table.suggested_kind(int(target))


def uses_of(draft: Draft, table: Table) -> tuple[Use, ...]:
    """What each column is used as: as the draft says, and where it does not, as is usual."""
    columns = len(table.columns)
    target = target_of(draft, columns)
    taken = last_columns(target)
    targets = [int(target)] if taken == 1 else range(columns - taken, columns)
    usual, uses = table.usual_inputs(targets), []
    for place, column in enumerate(table.columns):
        is_input = draft.texts.get(f"{INPUT}{place}", "on" if place in usual else "") != ""
        form = draft[f"{FORM}{place}"]
        form = form if form in column.forms else column.form
        mending = draft[f"{MENDING}{place}"]
        mending = mending if mending in MENDED[form] else column.usual_mending(form)
        uses.append(Use("target" if place in targets else "input" if is_input else "", form, mending))
    return tuple(uses)


def wrong_in(table: Table, uses: Iterable[Use]) -> TableError | None:
    """Why the first column that is used cannot be read; None where all can."""
    return next((one.wrong for one, use in zip(table.columns, uses, strict=True) if use.role and one.wrong), None)


def examples_in(table: Table, draft: Draft) -> Labelled:
    """The examples, with the names of inputs and outputs; TableError where the columns cannot be used so."""
    uses = uses_of(draft, table)
    if wrong := wrong_in(table, uses):
        raise wrong
    inputs, targets = ([place for place, use in enumerate(uses) if use.role == role] for role in ("input", "target"))
    if len(targets) == 1:
        return table.labelled(targets[0], kind_of(draft, table), inputs, uses)
    return table.labelled_together(targets, inputs, uses)


def examples_given(given: TableGiven, limits: Limits) -> ExamplesGiven:
    """What a table becomes that was given as text. SetupError where it cannot be read, or a name is not known."""
    for name, chosen, known in (("target_kind", given.target_kind, TARGET_KINDS), ("rows", given.rows, ROWS)):
        if chosen is not None and chosen not in known:
            raise UnknownNameError(f"data.{name}", known)
    try:
        text = shortened(given.table, limits, given.rows) if given.rows else given.table
        table = read_table(text, limits)
        draft = _draft_given(given, [column.name for column in table.columns])
        uses = uses_of(draft, table)
        for place, (column, use) in enumerate(zip(table.columns, uses, strict=True)):
            if draft[f"{FORM}{place}"] not in ("", use.form):
                raise UnknownNameError("data.forms", column.forms)
            if draft[f"{MENDING}{place}"] not in ("", use.mending):
                raise UnknownNameError("data.mending", MENDED[use.form])
        document = _as_document(examples_in(table, draft))
    except TableError as error:
        raise SetupError("data.table", error.problem, error.remedy) from error
    prepared = given.model_dump(exclude_none=True, include=set(Preparation.model_fields))
    return ExamplesGiven.model_validate(document | prepared)


def _draft_given(given: TableGiven, names: Sequence[str]) -> Draft:
    """What was chosen among columns of these names."""
    texts = {"target_kind": given.target_kind or ""}
    if given.target is not None:
        texts["target"] = str(_place("target", given.target, names))
    if given.inputs is not None:
        texts |= {f"{INPUT}{place}": "" for place in range(len(names))}
        texts |= {f"{INPUT}{_place('inputs', name, names)}": "on" for name in given.inputs}
    for kind, place, chosen in ((FORM, "forms", given.forms), (MENDING, "mending", given.mending)):
        texts |= {f"{kind}{_place(place, name, names)}": one for name, one in (chosen or {}).items()}
    return Draft(texts)


def _place(field: str, name: str, names: Sequence[str]) -> int:
    if name not in names:
        remedy = "Name one as the first row has it; without names they are column 1, column 2 and so on."
        raise SetupError(f"data.{field}", "There is no column of this name.", remedy)
    return names.index(name)


def _as_document(labelled: Labelled) -> Document:
    examples, columns, names, missing = labelled
    made = {"X": with_gaps(examples.X), "Y": examples.Y.tolist(), "columns": list(columns), "names": list(names)}
    return made | ({"missing": list(missing)} if missing else {})


Value = TypeVar("Value")
REST = [setting for place, setting in SETTINGS.items() if setting.section != "data" and place != "loss"]


@dataclass
class Reading:
    """A draft as far as it can be read, and the errors met on the way, each with its field.

    `core` is a setup of sizes, data, activations and loss, not checked yet; None where one of them cannot be read.
    `table` is the learner's, where there is one that can be read; `document` the whole setup as the API would take it.
    `proposal` is what suits the data (see `proposed_by`), empty where there are none.
    """

    draft: Draft
    limits: Limits
    errors: list[SetupError] = field(default_factory=list)
    table: Table | None = None
    core: Setup | None = None
    document: Document = field(default_factory=dict)
    proposal: Mapping[str, str] = field(default_factory=dict)

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


def read(draft: Draft, limits: Limits, before: Mapping[str, str] | None = None) -> Reading:
    """All that can be read of a draft; where something was proposed `before`, the fields that still hold that follow
    the data (`Draft.suited`)."""
    reading = Reading(draft, limits)
    source = reading.noting(lambda: _table(reading)) if draft["source"] == TABLE else {}
    reading.proposal = _proposal(draft, source) or before or {}
    draft = reading.draft
    if before is not None:
        draft = reading.draft = draft.suited(before, reading.proposal)
    if draft["source"] != TABLE:
        reading.put(DRAWING)
    reading.put(PREPARATION)
    if source is not None:
        reading.document["data"] = source | reading.document["data"]
    reading.core = _core(reading, source is not None)
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
        examples = len(setup.examples[0])  # that are left for training
        if setup.batch_size is not None and setup.batch_size > examples:
            problem = f"There are {examples:,} examples to train on, fewer than in one batch."
            raise SetupError("batch_size", problem, "Use all of them.")
        check_limits(given, reading.limits)
    except ValidationError as error:
        reading.errors.extend(SetupError(**told(one, outer=0)) for one in error.errors()[:MOST_ERRORS])
    except SetupError as error:
        reading.errors.append(error)
    else:
        return setup
    return None


# Parts of a draft -----------------------------------------------------------------------------------------------------


def _table(reading: Reading) -> Document:
    """The examples of the table. TableError where its columns cannot be used as they are chosen."""
    reading.table = read_table(reading.draft["table"], reading.limits)
    reading.draft = reading.draft.of_table([column.name for column in reading.table.columns])
    return _as_document(examples_in(reading.table, reading.draft))


def _proposal(draft: Draft, source: Document | None) -> dict[str, str]:
    """What suits the data of the draft, `source` where they are a table; empty where nothing does."""
    if draft["source"] != TABLE:
        suited = SUITED.get(draft["data.dataset"])
        return proposed_by(suited) if suited else {}
    with suppress(SetupError):
        return proposed_by(suited_to(data_of(source))) if source else {}
    return {}


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
    return Setup((X.shape[1], *known, Y.shape[1]), replace(source.named(), source=Examples(X, Y)), tuple(names), loss)


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
