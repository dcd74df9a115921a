"""The panels of the page on which a network is built: fields, the learner's table, layers, what is wrong."""

from dataclasses import dataclass, replace
from typing import ClassVar

from app.views.build.advice import Advice
from app.views.build.built import Built
from app.views.build.fields import (
    Field,
    Shown,
    generator_fields,
    id_of,
    label_of,
    method_fields,
    preparation_fields,
    start_fields,
)
from app.views.build.pairings import Problem
from app.views.build.sums import (
    Drawing,
    Sums,
    drawing,
    sums,
)
from app.views.build.table import TablePanel, table_panel
from app.views.text.words import counted, sentence


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
        GeneratorPanel(generator_fields(shown)),
        _text_panel(built, manner),
        table_panel(built, shown),
        PreparationPanel(preparation_fields(shown)),
        _layers_panel(built, shown, manner),
        StartPanel(start_fields(shown)),
        MethodPanel(method_fields(shown)),
        drawing(built.core, built.setup),
        text,
        _problems_panel(built, manner.refused),
        Spoken(_spoken(built.problems, text, built.advice)),
    )


def _text_panel(built: Built, manner: Manner) -> TextPanel:
    invalid = any(problem.field == "table" for problem in built.problems)
    return TextPanel(built.draft.texts.get("table", ""), invalid, f"{manner.most_kilobytes:,} kB")


def _layers_panel(built: Built, shown: Shown, manner: Manner) -> LayersPanel:
    rows = tuple(
        LayerRow(
            l,
            shown.field(f"units-{l}"),
            shown.field(f"activation-{l}", shown.activations),
        )
        for l in range(1, built.draft.hidden + 1)
    )
    sizes = None if built.core is None else built.core.sizes
    inputs = "as many inputs as the data have" if sizes is None else counted(sizes[0], "input")
    outputs = "as many outputs as the targets" if sizes is None else counted(sizes[-1], "output")
    can_add = built.draft.hidden < manner.most_hidden
    output = replace(shown.field("output"), advice=built.advice)
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
