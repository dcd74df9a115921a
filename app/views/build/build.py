"""The page on which a network of one's own is built: starting points, and a form with its fields and panels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar
from urllib.parse import urlencode

from app.engine.network.errors import SetupError
from app.engine.setup import Setup
from app.lessons.starting_points import STARTING_POINTS, StartingPoint
from app.limits import Limits
from app.sessions.setups.declaration import AMOUNTS, DRAWING, GIVEN, PREPARATION, SETTINGS
from app.sessions.setups.draft import (
    FORM,
    INPUT,
    MENDING,
    OF_COLUMNS,
    TABLE,
    Draft,
    checked,
    kind_of,
    read,
    target_of,
    uses_of,
)
from app.sessions.setups.setting import Setting
from app.sessions.setups.spelling import is_missing
from app.sessions.setups.table import (
    FORMS,
    MENDED,
    MOST_CLASSES,
    OWN,
    ROWS,
    TARGET_KINDS,
    Column,
    Table,
    TableError,
    TooLongError,
    Use,
)
from app.views.build.drawing import Drawing, Sums, drawing, sums
from app.views.build.examples import ExamplesPanel, examples_panel
from app.views.build.foresight import scaling_advice, twins_advice
from app.views.build.pairings import Advice, Offer, Problem, output_advice, pairing_problems
from app.views.network.thumbnail import Thumbnail, thumbnail
from app.views.pages import Option
from app.views.text.activations import ACTIVATION_WORDS
from app.views.text.datasets import DATASET_WORDS, INITIALIZER_WORDS, MENDING_WORDS, SCALING_WORDS, mended
from app.views.text.facts import network_facts
from app.views.text.losses import LOSS_WORDS
from app.views.text.numbers import number
from app.views.text.optimizers import OPTIMIZER_WORDS, SCHEDULE_WORDS
from app.views.text.records import complete
from app.views.text.words import counted, listed, sentence

# Fields ---------------------------------------------------------------------------------------------------------------

Choices = Sequence[tuple[str, str]]
CONTROLS = {int: "numeric", float: "decimal", bool: "check", str: "select"}
START = tuple(one for one in SETTINGS.values() if one.place == "loss" or one.section == "initializer")
METHOD = tuple(one for one in SETTINGS.values() if one.section != "data" and one not in START)
AT_REST = ("data.dataset", "data.examples", "data.noise", "optimizer.learning_rate", "batch_size")  # others are folded
TARGET_WORDS = complete(
    "kind of target",
    TARGET_KINDS,
    {"regression": "numbers", "two_classes": "two classes", "classes": "several classes"},
)
FORM_WORDS = complete("form", FORMS, {"numbers": "as a number", "classes": "as classes"})
OWN_WORDS = {"numbers": "the mean, and one more input that says so", "classes": "a class of their own"}
ROW_WORDS = complete("rows", ROWS, {"first": "the first {:,}", "sample": "a sample of {:,}"})
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
    if name.startswith(OF_COLUMNS):
        return {FORM: "taken", MENDING: "missing values"}.get(f"{part}-", part)
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
    advice: tuple[Advice, ...] = ()

    def field(self, name: str, choices: Choices = ()) -> Field:
        """The field of this name, with the choices of its setting where there are no others."""
        setting, chosen = SETTINGS.get(name), self.draft[name]
        choices = choices or tuple(CHOICES.get(name, {}).items())
        options = tuple(Option(value, text, value == chosen) for value, text in choices)
        control = "select" if options else "numeric" if setting is None else CONTROLS[setting.type]
        hint = setting.hint if setting else ""
        problem = next((problem for problem in self.problems if problem.field == name), None)
        advice = next((advice for advice in self.advice if advice.field == name), None)
        return Field(name, _label_of(name), control, chosen, options, hint, problem, name == self.focus, advice)

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
DATA = ("X", "Y", "columns", "names", "missing")  # parts of explicit data, which come from the table


@dataclass(frozen=True)
class Built:
    """A draft as far as it could be read: `core` has its sizes, data, activations and loss, `setup` is the whole where
    nothing is wrong. `table` is the learner's, where it can be read; `pairings` is what cannot be built together,
    `advice` what could, and would be better otherwise; `proposal` what suits the data (see `Reading`).
    """

    draft: Draft
    core: Setup | None
    setup: Setup | None
    table: Table | None
    errors: tuple[SetupError, ...]
    pairings: tuple[Problem, ...]
    advice: tuple[Advice, ...] = ()
    proposal: Mapping[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong, each with its field."""
        return (*map(_problem, self.errors), *self.pairings)

    @property
    def waits(self) -> bool:
        """Whether nothing is wrong but that no table was given yet."""
        return self.draft["source"] == TABLE and not self.draft["table"] and len(self.problems) == 1


def build(draft: Draft, limits: Limits, before: Mapping[str, str] | None = None) -> Built:
    """All that is known of a draft: its table, its setup, or what is wrong with it; `before` as `read` takes it."""
    reading = read(draft, limits, before)
    core = reading.core
    pairings = () if core is None else pairing_problems(core)
    setup = None if pairings else checked(reading)
    advice = None if core is None or any(problem.field == "loss" for problem in pairings) else output_advice(core)
    found = (advice, *((scaling_advice(setup), twins_advice(setup)) if setup else ()))
    return Built(
        reading.draft,
        core,
        setup,
        reading.table,
        tuple(reading.errors),
        pairings,
        tuple(filter(None, found)),
        reading.proposal,
    )


def _problem(error: SetupError) -> Problem:
    """What is wrong at the field that a place in the document comes from."""
    top, _, rest = error.field.partition(".")
    if top == "parameters":
        return Problem("initializer.kind", MISFIT, str(error), (DRAW_ANEW,))
    place = "table" if top == "data" and rest.partition("[")[0] in DATA else error.field
    if isinstance(error, TooLongError):
        takes = (Offer(f"Take {ROW_WORDS[rows].format(error.most)}", f"rows={rows}") for rows in ROWS)
        return Problem(place, str(error), offers=tuple(takes))
    return Problem(place, str(error), offers=REMEDIES.get(place, ()))


# Panels ---------------------------------------------------------------------------------------------------------------

DIGITS = 2  # of what a column holds


@dataclass(frozen=True)
class FieldsPanel:
    """A group of fields; each group is a panel of its own. Some are `folded`: `told` says in a line what they hold."""

    id: ClassVar[str] = ""
    template: ClassVar[str] = "build/build-fields.html"

    fields: tuple[Field, ...]
    folded: tuple[Field, ...] = ()
    told: str = ""


@dataclass(frozen=True)
class GeneratorPanel(FieldsPanel):
    """Which data set is drawn, and how; `shown`, what was proposed with these data, comes back with what is chosen."""

    id = "build-generator"
    template = "build/build-generator.html"

    shown: str = ""


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
    the field for that, empty where the column is a target; `taken` says whether it is an input; `choices` are the
    fields for how, where there is a choice.
    """

    name: str
    holds: tuple[str, ...]
    field: str
    taken: bool
    choices: tuple[Field, ...] = ()


Cell = tuple[str, str]  # a text, and a look: empty, gap or wrong


@dataclass(frozen=True)
class TablePanel:
    """The table as it was read, or what is wrong with it and possible instead, or with a file that was to take its
    place. `told` says what is left out and what is filled in; `kept` are fields that come back as they are: the names
    of the columns, and of a table that cannot be read what was chosen.
    """

    id: ClassVar[str] = "build-table"
    template: ClassVar[str] = "build/build-table.html"

    wrong: str
    file_wrong: str
    caption: str = ""
    columns: tuple[ColumnHead, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    fields: tuple[Field, ...] = ()
    told: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()


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


FOLLOWING_PANELS = (FieldsPanel, LayersPanel)  # whose fields follow the data
FORM_PANELS = (*FOLLOWING_PANELS, TextPanel, TablePanel)  # that hold fields
BuildPanel = (
    FieldsPanel | TextPanel | TablePanel | ExamplesPanel | LayersPanel | Drawing | Sums | ProblemsPanel | Spoken
)


def build_panels(built: Built, manner: Manner) -> tuple[BuildPanel, ...]:
    """All panels."""
    problems = () if built.waits and not manner.refused else built.problems
    shown, text = Shown(built.draft, problems, manner.focus, built.advice), sums(built.setup)
    invalid, own = any(problem.field == "table" for problem in problems), built.draft["source"] == TABLE
    return (
        GeneratorPanel(shown.fields(DRAWN), shown=urlencode(built.proposal)),
        TextPanel(built.draft.texts.get("table", ""), invalid, f"{manner.most_kilobytes:,} kB"),
        _table_panel(built, shown),
        examples_panel(built.core),
        PreparationPanel((), shown.fields(PREPARATION if own else PREPARED), _prepared(built.draft)),
        _layers_panel(built, shown, manner),
        StartPanel((), start_fields(shown), _started(built.draft)),
        MethodPanel(*_resting(shown.fields(METHOD)), _learns(built.draft)),
        drawing(built.core, built.setup),
        text,
        _problems_panel(problems, manner.refused),
        Spoken(_spoken(problems, text, built.advice)),
    )


PREVIEW = 6  # rows
DRAWN = tuple(one for one in DRAWING if one.place in AT_REST)
PREPARED = (*(one for one in DRAWING if one not in DRAWN), *PREPARATION)


def _resting(fields: Iterable[Field]) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """Those that are shown at rest, and those that are folded."""
    told = tuple(fields)
    return tuple(f for f in told if f.name in AT_REST), tuple(f for f in told if f.name not in AT_REST)


def _prepared(draft: Draft) -> str:
    """The inputs as they are; nothing kept for testing."""
    scaling, share = draft["data.scaling"], draft["data.test_share"]
    what = "inputs and targets" if draft["data.scale_targets"] and scaling != "none" else "inputs"
    kept = f"a share of {share} kept for testing" if share not in ("", "0") else "none kept for testing"
    return f"Scaling and split: {what} {SCALING_WORDS.get(scaling, scaling)}, {kept}"


def _started(draft: Draft) -> str:
    """Binary cross-entropy, Xavier uniform with seed 8."""
    kind, loss = draft["initializer.kind"], draft["loss"]
    weights = "given" if kind == GIVEN else INITIALIZER_WORDS.get(kind, kind)
    weights += f" with seed {draft['initializer.seed']}" if kind not in (GIVEN, *AMOUNTS["value"]) else ""
    return f"Loss and first weights: {LOSS_WORDS[loss].name if loss in LOSS_WORDS else loss}, {weights}"


def _learns(draft: Draft) -> str:
    """Gradient descent; in order."""
    kind = draft["optimizer.kind"]
    name = OPTIMIZER_WORDS[kind].name if kind in OPTIMIZER_WORDS else kind
    return f"Method: {name}, {'shuffled' if draft['shuffle_seed'] else 'in order'}"


def _table_panel(built: Built, shown: Shown) -> TablePanel:
    draft, table = built.draft, built.table
    problems = {problem.field: problem for problem in reversed(shown.problems)}
    said = problems.get("table") if draft["source"] == TABLE else None
    wrong, offers = (said.what, said.offers) if said else ("", ())
    file_wrong = problems["file"].what if "file" in problems else ""
    if table is None:
        chosen = (*OF_COLUMNS, "target", "columns")
        kept = tuple((name, text) for name, text in draft.texts.items() if name.startswith(chosen))
        return TablePanel(wrong, file_wrong, offers=offers, kept=kept)
    names, count = tuple(column.name for column in table.columns), len(table.lines)
    target, kind = target_of(draft, len(names)), kind_of(draft, table)
    uses = uses_of(draft, table)
    heads = tuple(
        _head(shown, place, column, use, classes=use.role == "target" and kind != "regression")
        for place, (column, use) in enumerate(zip(table.columns, uses, strict=True))
    )
    error = next((error for error in built.errors if isinstance(error, TableError)), None)
    places = _previewed(table, error)
    which = "the first " if places[-1] == PREVIEW - 1 else ""
    told = f"{which}{len(places)} of {count:,} examples"
    caption = f"{counted(count, 'example')}, all shown" if len(places) == count else told
    seems = table.suggested_kind(int(target)) if target.isdigit() else kind
    fields = _target_fields(shown, names, target, seems)
    open_to_choice = {f.name for head in heads for f in head.choices}
    others = ((name, text) for name, text in draft.texts.items() if name.startswith((FORM, MENDING)))
    kept = (("columns", "\t".join(names)), *(one for one in others if one[0] not in open_to_choice))
    rows = tuple(_cells(table, place, error) for place in places)
    return TablePanel(
        wrong,
        file_wrong,
        caption,
        heads,
        rows,
        fields,
        tuple(_told(built, table, uses)),
        offers,
        kept,
    )


def _previewed(table: Table, error: TableError | None) -> list[int]:
    """The places of the first rows; the last of them is the one that an error names, where that lies further down."""
    places = list(range(min(PREVIEW, len(table.lines))))
    if error and error.row in table.lines and table.lines.index(error.row) not in places:
        places[-1] = table.lines.index(error.row)
    return places


def _cells(table: Table, place: int, error: TableError | None) -> tuple[Cell, ...]:
    """A row, with what is missing in it, and the place that an error names, marked."""
    wrong = error.column - 1 if error and error.row == table.lines[place] else None
    texts = (column.texts[place] for column in table.columns)
    return tuple(
        (text, "wrong") if k == wrong else ("missing", "gap") if is_missing(text) else (text, "")
        for k, text in enumerate(texts)
    )


def _head(shown: Shown, place: int, column: Column, use: Use, *, classes: bool) -> ColumnHead:
    holds, name = _holds(column, classes or (use.role == "input" and use.form == "classes")), f"{INPUT}{place}"
    if column.wrong and use.role:
        return ColumnHead(column.name, ("cannot be read",), name if use.role == "input" else "", use.role == "input")
    if use.role != "input":
        return ColumnHead(column.name, holds, "" if use.role else name, taken=False)
    choices = []
    if len(column.forms) > 1:
        choices.append(_choice(shown, f"{FORM}{place}", use.form, [(form, FORM_WORDS[form]) for form in column.forms]))
    if column.missing:
        words = {**MENDING_WORDS, OWN: OWN_WORDS[use.form]}
        options = [(one, f"missing: {words[one]}") for one in MENDED[use.form]]
        choices.append(_choice(shown, f"{MENDING}{place}", use.mending, options))
    return ColumnHead(column.name, holds, name, taken=True, choices=tuple(choices))


def _choice(shown: Shown, name: str, value: str, options: Choices) -> Field:
    """A field that shows what holds, whether it was chosen or not."""
    return replace(shown, draft=shown.draft.changed({name: value})).field(name, options)


def _told(built: Built, table: Table, uses: Sequence[Use]) -> Iterator[str]:
    """What became of columns and rows: left out, filled in."""
    out = [place for place, use in enumerate(uses) if not use.role]
    reasons = ((table.columns[place].name, table.why_not(place)) for place in out)
    if out:
        yield f"Left out: {listed([f'{name} ({why})' if why else name for name, why in reasons])}."
    gaps = [one for one, use in zip(table.columns, uses, strict=True) if use.role == "target" and one.missing]
    if gaps:
        yield f"Left out: {counted(max(one.missing for one in gaps), 'row')} without a target."
    own = [
        one for one, use in zip(table.columns, uses, strict=True) if use == ("input", "classes", OWN) and one.missing
    ]
    yield from (f"{one.name}: {counted(one.missing, 'missing value')}, a class of their own." for one in own)
    if built.setup:
        yield from mended(built.setup)


def _holds(column: Column, classes: bool) -> tuple[str, ...]:
    """1.2 to 7.9, mean 3.4; or how many classes, where it holds words or is taken for classes; how many are missing."""
    missing = (f"{column.missing:,} missing",) if column.missing else ()
    if column.spread is None or classes:
        count = len(column.labels)
        kinds = f"class{'es' * (count != 1)}" if count <= MOST_CLASSES else "different texts"
        return (f"{count:,} {kinds}", *missing)
    smallest, largest, mean = (number(bound, DIGITS) for bound in column.spread)
    note = (column.note,) if column.note else ()
    if column.spread.smallest == column.spread.largest:
        return (f"all {smallest}", *note, *missing)
    return (f"{smallest} to {largest}", f"mean {mean}", *note, *missing)


def _layers_panel(built: Built, shown: Shown, manner: Manner) -> LayersPanel:
    hidden = built.draft.hidden
    return LayersPanel(
        "as many inputs as the data have" if built.core is None else counted(built.core.sizes[0], "input"),
        tuple(
            (l, shown.field(f"units-{l}"), shown.field(f"activation-{l}", ACTIVATION_CHOICES))
            for l in range(1, hidden + 1)
        ),
        "as many outputs as the targets" if built.core is None else counted(built.core.sizes[-1], "output"),
        shown.field("output", ACTIVATION_CHOICES),
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


def _spoken(problems: tuple[Problem, ...], text: Sums, advice: tuple[Advice, ...]) -> str:
    if not problems:
        return " ".join((text.sentence, *(one.what for one in advice)))
    more = f" And {counted(len(problems) - 1, 'more problem')}." if len(problems) > 1 else ""
    return f"{problems[0].what}{more}"


# The page -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BuildPage:
    """The page: starting points, each with a summary and a drawing; where the data come from, given starting values,
    the text from which such values were to be read, the panels by their ids.

    `note` says what of a walk is not taken over.
    """

    title: str
    points: tuple[tuple[StartingPoint, str, Thumbnail], ...]
    source: str
    parameters: str
    weights: str
    note: str
    panels: Mapping[str, BuildPanel]


def build_page(built: Built, manner: Manner) -> BuildPage:
    """The page with this draft in its form."""
    return BuildPage(
        title="Build",
        points=tuple((one, network_facts(one.setup), thumbnail(one.setup.sizes)) for one in STARTING_POINTS),
        source=built.draft["source"],
        parameters=built.draft["parameters"],
        weights=built.draft["weights"],
        note=manner.note,
        panels={panel.id: panel for panel in build_panels(built, manner)},
    )
