"""The page on which a network of one's own is built: starting points, and a form with its panels."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from app.engine.network.errors import SetupError
from app.engine.setup import Setup
from app.lessons.starting_points import STARTING_POINTS, StartingPoint
from app.limits import Limits
from app.sessions.setups.declaration import DRAWING, PREPARATION
from app.sessions.setups.draft import TABLE, Draft, checked, kind_of, read, target_of, uses_of
from app.sessions.setups.table import Column, Table
from app.views.build.drawing import Drawing, Sums, drawing, sums
from app.views.build.fields import (
    ACTIVATION_CHOICES,
    METHOD,
    Field,
    Shown,
    id_of,
    label_of,
    start_fields,
    target_fields,
)
from app.views.build.pairings import Advice, Offer, Problem, output_advice, pairing_problems
from app.views.network.thumbnail import Thumbnail, thumbnail
from app.views.text.numbers import number
from app.views.text.summary import network_summary
from app.views.text.words import counted, sentence

DIGITS = 2  # of what a column holds


# What is known of a draft -------------------------------------------------------------------------------------------

DRAW_ANEW = Offer("Draw the weights anew", "initializer.kind=xavier_uniform")
ALL_AT_ONCE = Offer("Take all at once", "batch_size=")
MISFIT = "The given starting values are for other layers than these."
REMEDIES = {"initializer.kind": (DRAW_ANEW,), "batch_size": (ALL_AT_ONCE,)}
DATA = ("X", "Y", "columns", "names")  # parts of explicit data, which come from the table


@dataclass(frozen=True)
class Built:
    """A draft as far as it could be read: `core` has its sizes, data, activations and loss, `setup` is the whole where
    nothing is wrong. `table` is the learner's, where it can be read; `pairings` is what cannot be built together,
    `advice` what could, and would fit the data better.
    """

    draft: Draft
    core: Setup | None
    setup: Setup | None
    table: Table | None
    errors: tuple[SetupError, ...]
    pairings: tuple[Problem, ...]
    advice: Advice | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong, each with its field."""
        return (*map(_problem_of, self.errors), *self.pairings)


def build(draft: Draft, limits: Limits) -> Built:
    """All that is known of a draft: its table, its setup, or what is wrong with it."""
    reading = read(draft, limits)
    core = reading.core
    pairings = () if core is None else pairing_problems(core)
    setup = None if pairings else checked(reading)
    advice = None if core is None or any(problem.field == "loss" for problem in pairings) else output_advice(core)
    return Built(draft, core, setup, reading.table, tuple(reading.errors), pairings, advice)


def _problem_of(error: SetupError) -> Problem:
    field = _field_of(error.field)
    if error.field.startswith("parameters."):
        return Problem(field, MISFIT, offers=REMEDIES[field])
    return Problem(field, str(error), offers=REMEDIES.get(field, ()))


def _field_of(path: str) -> str:
    """The field that a place in the document comes from."""
    top, _, rest = path.partition(".")
    if top == "parameters":
        return "initializer.kind"
    return "table" if top == "data" and rest.partition("[")[0] in DATA else path


# Panels ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FieldsPanel:
    """A group of fields; each group is a panel of its own."""

    id: ClassVar[str]
    template: ClassVar[str] = "build/build-fields.html"

    fields: tuple[Field, ...]


class GeneratorPanel(FieldsPanel):
    """Which data set is drawn, and how."""

    id = "build-generator"


class PreparationPanel(FieldsPanel):
    """How the data are made ready."""

    id = "build-preparation"


class StartPanel(FieldsPanel):
    """The loss and the first weights."""

    id = "build-start"


class MethodPanel(FieldsPanel):
    """How the network learns."""

    id = "build-method"


@dataclass(frozen=True)
class TextPanel:
    """The learner's CSV, as it was typed, pasted or read."""

    id: ClassVar[str] = "build-text"
    template: ClassVar[str] = "build/build-text.html"

    text: str
    invalid: bool
    most: str


@dataclass(frozen=True)
class ColumnHead:
    """The head of one column: its name, in a few lines what it holds, and what it is used as: `field` is the name of
    the field for that, empty where the column is a target; `taken` says whether it is an input.
    """

    name: str
    holds: tuple[str, ...]
    field: str
    taken: bool


@dataclass(frozen=True)
class TablePanel:
    """The table as it was read, or what is wrong with it, or with a file that was to take its place."""

    id: ClassVar[str] = "build-table"
    template: ClassVar[str] = "build/build-table.html"

    wrong: str
    file_wrong: str
    caption: str = ""
    columns: tuple[ColumnHead, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class LayerRow:
    """One hidden layer."""

    number: int
    units: Field
    activation: Field


@dataclass(frozen=True)
class LayersPanel:
    """The layers from the input to the output; `can_add` says whether there is room for another, `focused`
    whether the button for that takes the focus.
    """

    id: ClassVar[str] = "build-layers"
    template: ClassVar[str] = "build/build-layers.html"

    inputs: str
    layers: tuple[LayerRow, ...]
    outputs: str
    output: Field
    can_add: bool
    focused: bool


@dataclass(frozen=True)
class ProblemsPanel:
    """What is wrong, each with the id of its field, or none; `refused` where the walk was to start all the same."""

    id: ClassVar[str] = "build-problems"
    template: ClassVar[str] = "build/build-problems.html"

    title: str
    problems: tuple[tuple[str, str], ...]
    refused: bool


@dataclass(frozen=True)
class Spoken:
    """What a screen reader says after a change: the network in a sentence, or how many problems there are."""

    id: ClassVar[str] = "build-status"
    template: ClassVar[str] = "build/build-status.html"

    text: str


@dataclass(frozen=True)
class Manner:
    """How the page is shown: how many hidden layers and how many kilobytes of a table it allows, which field takes the
    focus (or `add`, the button), what of a walk it has not taken over, and whether a walk was refused.
    """

    most_hidden: int
    most_kilobytes: int
    focus: str = ""
    note: str = ""
    refused: bool = False


FORM_PANELS = (FieldsPanel, TextPanel, TablePanel, LayersPanel)  # that hold fields
BuildPanel = FieldsPanel | TextPanel | TablePanel | LayersPanel | Drawing | Sums | ProblemsPanel | Spoken


def build_panels(built: Built, manner: Manner) -> tuple[BuildPanel, ...]:
    """All panels."""
    shown = Shown(built.draft, built.problems, manner.focus)
    text = sums(built.setup)
    return (
        GeneratorPanel(shown.fields(DRAWING)),
        _text_panel(built, manner),
        _table_panel(built, shown),
        PreparationPanel(shown.fields(PREPARATION)),
        _layers_panel(built, shown, manner),
        StartPanel(start_fields(shown)),
        MethodPanel(shown.fields(METHOD)),
        drawing(built.core, built.setup),
        text,
        _problems_panel(built, manner.refused),
        Spoken(_spoken(built.problems, text, built.advice)),
    )


def _text_panel(built: Built, manner: Manner) -> TextPanel:
    invalid = any(problem.field == "table" for problem in built.problems)
    return TextPanel(built.draft.texts.get("table", ""), invalid, f"{manner.most_kilobytes:,} kB")


def _table_panel(built: Built, shown: Shown) -> TablePanel:
    """The panel of a draft's table; without rows where the draft has none that can be read."""
    problems = {problem.field: problem.what for problem in built.problems}
    wrong, file_wrong = problems.get("table", "") if built.draft["source"] == TABLE else "", problems.get("file", "")
    table = built.table
    if table is None:
        return TablePanel(wrong, file_wrong)
    names, rows = tuple(column.name for column in table.columns), table.preview()
    target, count = target_of(built.draft, len(names)), len(table.lines)
    seems = table.suggested_kind(int(target)) if target.isdigit() else kind_of(built.draft, table)
    caption = (
        f"{counted(count, 'example')}, all shown"
        if len(rows) == count
        else f"the first {len(rows)} of {count:,} examples"
    )
    fields = target_fields(shown, names, target, seems)
    return TablePanel(wrong, file_wrong, caption, _heads(built.draft, table), rows, fields)


def _heads(draft: Draft, table: Table) -> tuple[ColumnHead, ...]:
    classes = kind_of(draft, table) != "regression"
    uses = enumerate(zip(table.columns, uses_of(draft, len(table.columns)), strict=True))
    return tuple(_head(place, column, use, classes) for place, (column, use) in uses)


def _head(place: int, column: Column, use: str, classes: bool) -> ColumnHead:
    """Of the column at this place, from 0; `classes` says whether a target is taken for classes."""
    if use == "target":
        return ColumnHead(column.name, _holds(column, classes), "", False)
    return ColumnHead(column.name, _holds(column, False), f"input-{place}", use == "input")


def _holds(column: Column, classes: bool) -> tuple[str, ...]:
    """1.2 to 7.9, mean 3.4; or how many classes, where it holds words or is taken for classes."""
    if column.spread is None or classes:
        return (f"{len(column.labels)} class{'es' * (len(column.labels) > 1)}",)
    smallest, largest, mean = (number(bound, DIGITS) for bound in column.spread)
    return (
        (f"all {smallest}",)
        if column.spread.smallest == column.spread.largest
        else (f"{smallest} to {largest}", f"mean {mean}")
    )


def _layers_panel(built: Built, shown: Shown, manner: Manner) -> LayersPanel:
    rows = tuple(
        LayerRow(
            l,
            shown.field(f"units-{l}"),
            shown.field(f"activation-{l}", ACTIVATION_CHOICES),
        )
        for l in range(1, built.draft.hidden + 1)
    )
    sizes = None if built.core is None else built.core.sizes
    inputs = "as many inputs as the data have" if sizes is None else counted(sizes[0], "input")
    outputs = "as many outputs as the targets" if sizes is None else counted(sizes[-1], "output")
    can_add = built.draft.hidden < manner.most_hidden
    output = replace(shown.field("output", ACTIVATION_CHOICES), advice=built.advice)
    return LayersPanel(inputs, rows, outputs, output, can_add, manner.focus == "add")


def _problems_panel(built: Built, refused: bool) -> ProblemsPanel:
    found = tuple(
        (id_of(problem.field), f"{sentence(label)}: {problem.what}") if label else ("", problem.what)
        for problem, label in ((problem, label_of(problem.field)) for problem in built.problems)
    )
    title = (
        "" if not found else "One thing does not fit yet" if len(found) == 1 else f"{len(found)} things do not fit yet"
    )
    return ProblemsPanel(title, found, refused and bool(found))


def _spoken(problems: tuple[Problem, ...], text: Sums, advice: Advice | None) -> str:
    if not problems:
        return f"{text.sentence} {advice.what}" if advice else text.sentence
    more = f" And {counted(len(problems) - 1, 'more problem')}." if len(problems) > 1 else ""
    return f"{problems[0].what}{more}"


# The page -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PointCard:
    """One starting point."""

    name: str
    title: str
    summary: str
    watch: str
    drawing: Thumbnail


@dataclass(frozen=True)
class BuildPage:
    """The page: starting points, where the data come from, given starting values, the panels by their ids.

    `note` says what of a walk is not taken over.
    """

    title: str
    points: tuple[PointCard, ...]
    source: str
    parameters: str
    note: str
    panels: Mapping[str, BuildPanel]


def build_page(built: Built, manner: Manner) -> BuildPage:
    """The page with this draft in its form."""
    draft = built.draft
    return BuildPage(
        title="Build",
        points=tuple(map(_card, STARTING_POINTS)),
        source=draft["source"],
        parameters=draft["parameters"],
        note=manner.note,
        panels={panel.id: panel for panel in build_panels(built, manner)},
    )


def _card(point: StartingPoint) -> PointCard:
    return PointCard(point.name, point.title, network_summary(point.setup), point.watch, thumbnail(point.setup.sizes))
