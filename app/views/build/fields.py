"""The fields with which a network is built: what each is called, what can be chosen, what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.sessions.setups.declaration import GIVEN, SETTINGS
from app.sessions.setups.draft import Draft
from app.sessions.setups.setting import Setting
from app.sessions.setups.table import TARGET_KINDS
from app.views.build.pairings import Advice, Problem
from app.views.pages import Option
from app.views.text.activations import ACTIVATION_WORDS
from app.views.text.datasets import DATASET_WORDS, INITIALIZER_WORDS, SCALING_WORDS
from app.views.text.losses import LOSS_WORDS
from app.views.text.optimizers import OPTIMIZER_WORDS, SCHEDULE_WORDS
from app.views.text.records import complete

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


def label_of(name: str) -> str:
    """What a field is called; nothing where there is no such field."""
    part, _, layer = name.partition("-")
    if part in ("units", "activation") and layer:
        return f"{part} of layer {layer}"
    return SETTINGS[name].label if name in SETTINGS else LABELS.get(name, "")


def id_of(name: str) -> str:
    """The id of the element of a field."""
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
        return id_of(self.name)


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
        return Field(name, label_of(name), control, chosen, options, hint, problem, name == self.focus)

    def fields(self, settings: Iterable[Setting]) -> tuple[Field, ...]:
        """The fields of those settings that have an effect as the draft stands."""
        return tuple(self.field(setting.place) for setting in settings if self.draft.shows(setting))


# The groups of the page -----------------------------------------------------------------------------------------------


def target_fields(shown: Shown, columns: Sequence[str], target: str, seems: str) -> tuple[Field, ...]:
    """Which of the columns is the target, and what it is taken for; `seems` is what it looks like."""
    draft = shown.draft.changed({"target": target})
    named = [(str(place), name) for place, name in enumerate(columns)]
    several = [(f"last-{n}", f"the last {n} columns, as numbers") for n in range(2, len(columns))]
    chosen = Shown(draft, shown.problems, shown.focus)
    which = chosen.field("target", [*named, *several])
    if target.startswith("last-"):
        return (which,)
    kinds = [("", f"as it seems: {TARGET_WORDS[seems]}"), *((kind, TARGET_WORDS[kind]) for kind in TARGET_KINDS)]
    return which, chosen.field("target_kind", kinds)


def start_fields(shown: Shown) -> tuple[Field, ...]:
    """The loss, and where the weights start."""
    given = [(GIVEN, "given values")] if shown.draft["parameters"] else []
    kinds = [*given, *INITIALIZER_WORDS.items()]
    loss, kind, *rest = shown.fields(START)
    return (loss, shown.field(kind.name, kinds), *rest)
