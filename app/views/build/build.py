"""The page on which a network of one's own is built: starting points, and a form with its fields and panels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from app.engine.network.errors import SetupError
from app.engine.setup import Setup
from app.lessons.starting_points import STARTING_POINTS, StartingPoint
from app.limits import Limits
from app.sessions.setups.declaration import DRAWING, GIVEN, PREPARATION, SETTINGS
from app.sessions.setups.draft import TABLE, Draft, checked, kind_of, read, target_of, uses_of
from app.sessions.setups.setting import Setting
from app.sessions.setups.table import TARGET_KINDS, Column, Table
from app.views.build.drawing import Drawing, Sums, drawing, sums
from app.views.build.pairings import Advice, Offer, Problem, output_advice, pairing_problems
from app.views.network.thumbnail import Thumbnail, thumbnail
from app.views.pages import Option
from app.views.text.activations import ACTIVATION_WORDS
from app.views.text.datasets import DATASET_WORDS, INITIALIZER_WORDS, SCALING_WORDS
from app.views.text.losses import LOSS_WORDS
from app.views.text.numbers import number
from app.views.text.optimizers import OPTIMIZER_WORDS, SCHEDULE_WORDS
from app.views.text.records import complete
from app.views.text.summary import network_summary
from app.views.text.words import counted, sentence

# Fields ---------------------------------------------------------------------------------------------------------------

Choices = Sequence[tuple[str, str]]
CONTROLS = {int: "numeric", float: "decimal", bool: "check", str: "select"}
START = tuple(one for one in SETTINGS.values() if one.place == "loss" or one.section == "initializer")
METHOD = tuple(one for one in SETTINGS.values() if one.section != "data" and one not in START)
TARGET_WORDS = complete(
    "kind of target",
    TARGET_KINDS,
    {"regression": "numbers", "two_classes": "two classes", "classes": "several classes"},
)
ACTIVATION_CHOICES = tuple((name, words.name) for name, words in ACTIVATION_WORDS.items())
# For each setting that is a choice: the engine's names, and what each is called.
CHOICES: Mapping[str, Mapping[str, str]] = complete(
    "choice",
    (place for place, setting in SETTINGS.items() if setting.type is str),
    {
        "data.dataset": DATASET_WORDS,
        "data.scaling": SCALING_WORDS,
        "loss": {name: words.name for name, words in LOSS_WORDS.items()},
        "initializer.kind": INITIALIZER_WORDS,
        "optimizer.kind": {name: words.name for name, words in OPTIMIZER_WORDS.items()},
        "optimizer.schedule.kind": {name: words.name for name, words in SCHEDULE_WORDS.items()},
    },
)
# What a form has besides the settings of a setup, and what each is called.
LABELS = {
    "table": "table",
    "file": "CSV file",
    "target": "target",
    "target_kind": "taken for",
    "output": "activation of the output",
}


def _label_of(name: str) -> str:
    """What a field is called; nothing where there is no such field."""
    part, _, layer = name.partition("-")
    if part in ("units", "activation") and layer:
        return f"{part} of layer {layer}"
    return SETTINGS[name].label if name in SETTINGS else LABELS.get(name, "")


def _id_of(name: str) -> str:
    return f"f-{name.replace('.', '-')}"


@dataclass(frozen=True)
class Field:
    """One field: `control` is select, check, decimal or numeric; `hint`, `problem` and `advice` stand below it.

    It takes the focus where it is `focused`.
    """

    name: str
    label: str
    control: str
    value: str
    options: tuple[Option, ...] = ()
    hint: str = ""
    problem: Problem | None = None
    focused: bool = False
    advice: Advice | None = None

    @property
    def id(self) -> str:
        """The id of its element."""
        return _id_of(self.name)


@dataclass(frozen=True)
class Shown:
    """A draft with what is wrong with it, from which fields are made; `focus` is the field that takes the focus."""

    draft: Draft
    problems: tuple[Problem, ...]
    focus: str = ""

    def field(self, name: str, choices: Choices = ()) -> Field:
        """The field of this name, with the choices of its setting where there are no others."""
        setting, chosen = SETTINGS.get(name), self.draft[name]
        choices = choices or tuple(CHOICES.get(name, {}).items())
        options = tuple(Option(value, text, value == chosen) for value, text in choices)
        control = "select" if options else "numeric" if setting is None else CONTROLS[setting.type]
        hint = setting.hint if setting else ""
        problem = next((problem for problem in self.problems if problem.field == name), None)
        return Field(name, _label_of(name), control, chosen, options, hint, problem, name == self.focus)

    def fields(self, settings: Iterable[Setting]) -> tuple[Field, ...]:
        """The fields of those settings that have an effect as the draft stands."""
        return tuple(self.field(setting.place) for setting in settings if self.draft.shows(setting))


def _target_fields(shown: Shown, columns: Sequence[str], target: str, seems: str) -> tuple[Field, ...]:
    """Which of the columns is the target, and what it is taken for; `seems` is what it looks like."""
    named = [(str(place), name) for place, name in enumerate(columns)]
    several = [(f"last-{n}", f"the last {n} columns, as numbers") for n in range(2, len(columns))]
    chosen = replace(shown, draft=shown.draft.changed({"target": target}))
    which = chosen.field("target", [*named, *several])
    if target.startswith("last-"):
        return (which,)
    kinds = [("", f"as it seems: {TARGET_WORDS[seems]}"), *((kind, TARGET_WORDS[kind]) for kind in TARGET_KINDS)]
    return which, chosen.field("target_kind", kinds)


def start_fields(shown: Shown) -> tuple[Field, ...]:
    """The loss, and where the weights start."""
    given = [(GIVEN, "given values")] if shown.draft["parameters"] else []
    loss, kind, *rest = shown.fields(START)
    return (loss, shown.field(kind.name, [*given, *INITIALIZER_WORDS.items()]), *rest)


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
        return (*map(_problem, self.errors), *self.pairings)


def build(draft: Draft, limits: Limits) -> Built:
    """All that is known of a draft: its table, its setup, or what is wrong with it."""
    reading = read(draft, limits)
    core = reading.core
    pairings = () if core is None else pairing_problems(core)
    setup = None if pairings else checked(reading)
    advice = None if core is None or any(problem.field == "loss" for problem in pairings) else output_advice(core)
    return Built(draft, core, setup, reading.table, tuple(reading.errors), pairings, advice)


def _problem(error: SetupError) -> Problem:
    """What is wrong at the field that a place in the document comes from."""
    top, _, rest = error.field.partition(".")
    if top == "parameters":
        return Problem("initializer.kind", MISFIT, offers=(DRAW_ANEW,))
    field = "table" if top == "data" and rest.partition("[")[0] in DATA else error.field
    return Problem(field, str(error), offers=REMEDIES.get(field, ()))


# Panels ---------------------------------------------------------------------------------------------------------------

DIGITS = 2  # of what a column holds


@dataclass(frozen=True)
class FieldsPanel:
    """A group of fields; each group is a panel of its own."""

    id: ClassVar[str]
    template: ClassVar[str] = "build/build-fields.html"

    fields: tuple[Field, ...]


@dataclass(frozen=True)
class GeneratorPanel(FieldsPanel):
    """Which data set is drawn, and how; `shown`, the data set, comes back beside the one that is chosen then."""

    id = "build-generator"
    template = "build/build-generator.html"

    shown: str


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
class LayersPanel:
    """The layers from the input to the output, of each hidden one its number and the fields of its units and of its
    activation; `can_add` says whether there is room for another, `focused` whether the button for that takes the focus.
    """

    id: ClassVar[str] = "build-layers"
    template: ClassVar[str] = "build/build-layers.html"

    inputs: str
    layers: tuple[tuple[int, Field, Field], ...]
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
    shown, text = Shown(built.draft, built.problems, manner.focus), sums(built.setup)
    invalid = any(problem.field == "table" for problem in built.problems)
    return (
        GeneratorPanel(shown.fields(DRAWING), built.draft["data.dataset"]),
        TextPanel(built.draft.texts.get("table", ""), invalid, f"{manner.most_kilobytes:,} kB"),
        _table_panel(built, shown),
        PreparationPanel(shown.fields(PREPARATION)),
        _layers_panel(built, shown, manner),
        StartPanel(start_fields(shown)),
        MethodPanel(shown.fields(METHOD)),
        drawing(built.core, built.setup),
        text,
        _problems_panel(built.problems, manner.refused),
        Spoken(_spoken(built.problems, text, built.advice)),
    )


def _table_panel(built: Built, shown: Shown) -> TablePanel:
    draft, table = built.draft, built.table
    problems = {problem.field: problem.what for problem in built.problems}
    wrong, file_wrong = problems.get("table", "") if draft["source"] == TABLE else "", problems.get("file", "")
    if table is None:
        return TablePanel(wrong, file_wrong)
    names, rows, count = tuple(column.name for column in table.columns), table.preview(), len(table.lines)
    target, kind = target_of(draft, len(names)), kind_of(draft, table)
    heads = []
    for place, (column, use) in enumerate(zip(table.columns, uses_of(draft, len(names)), strict=True)):
        is_target = use == "target"
        holds = _holds(column, is_target and kind != "regression")
        heads.append(ColumnHead(column.name, holds, "" if is_target else f"input-{place}", use == "input"))
    told = f"the first {len(rows)} of {count:,} examples"
    caption = f"{counted(count, 'example')}, all shown" if len(rows) == count else told
    seems = table.suggested_kind(int(target)) if target.isdigit() else kind
    fields = _target_fields(shown, names, target, seems)
    return TablePanel(wrong, file_wrong, caption, tuple(heads), rows, fields)


def _holds(column: Column, classes: bool) -> tuple[str, ...]:
    """1.2 to 7.9, mean 3.4; or how many classes, where it holds words or is taken for classes."""
    if column.spread is None or classes:
        return (f"{len(column.labels)} class{'es' * (len(column.labels) > 1)}",)
    smallest, largest, mean = (number(bound, DIGITS) for bound in column.spread)
    if column.spread.smallest == column.spread.largest:
        return (f"all {smallest}",)
    return (f"{smallest} to {largest}", f"mean {mean}")


def _layers_panel(built: Built, shown: Shown, manner: Manner) -> LayersPanel:
    hidden = built.draft.hidden
    return LayersPanel(
        "as many inputs as the data have" if built.core is None else counted(built.core.sizes[0], "input"),
        tuple(
            (l, shown.field(f"units-{l}"), shown.field(f"activation-{l}", ACTIVATION_CHOICES))
            for l in range(1, hidden + 1)
        ),
        "as many outputs as the targets" if built.core is None else counted(built.core.sizes[-1], "output"),
        replace(shown.field("output", ACTIVATION_CHOICES), advice=built.advice),
        hidden < manner.most_hidden,
        manner.focus == "add",
    )


def _problems_panel(problems: tuple[Problem, ...], refused: bool) -> ProblemsPanel:
    if not problems:
        return ProblemsPanel("", (), False)
    found = []
    for problem in problems:
        label = _label_of(problem.field)
        found.append((_id_of(problem.field), f"{sentence(label)}: {problem.what}") if label else ("", problem.what))
    title = "One thing does not fit yet" if len(found) == 1 else f"{len(found)} things do not fit yet"
    return ProblemsPanel(title, tuple(found), refused)


def _spoken(problems: tuple[Problem, ...], text: Sums, advice: Advice | None) -> str:
    if not problems:
        return f"{text.sentence} {advice.what}" if advice else text.sentence
    more = f" And {counted(len(problems) - 1, 'more problem')}." if len(problems) > 1 else ""
    return f"{problems[0].what}{more}"


# The page -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BuildPage:
    """The page: starting points, each with a summary and a drawing; where the data come from, given starting values,
    the panels by their ids.

    `note` says what of a walk is not taken over.
    """

    title: str
    points: tuple[tuple[StartingPoint, str, Thumbnail], ...]
    source: str
    parameters: str
    note: str
    panels: Mapping[str, BuildPanel]


def build_page(built: Built, manner: Manner) -> BuildPage:
    """The page with this draft in its form."""
    return BuildPage(
        title="Build",
        points=tuple((one, network_summary(one.setup), thumbnail(one.setup.sizes)) for one in STARTING_POINTS),
        source=built.draft["source"],
        parameters=built.draft["parameters"],
        note=manner.note,
        panels={panel.id: panel for panel in build_panels(built, manner)},
    )
