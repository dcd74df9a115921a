"""The fields with which a network is built: what each is called, what can be chosen, what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.learning.schedules import SCHEDULES
from app.sessions.setups.document import AMOUNTS
from app.sessions.setups.draft import GIVEN, Draft
from app.sessions.setups.table import TARGET_KINDS
from app.views.build.advice import Advice
from app.views.build.pairings import Problem
from app.views.pages import Option
from app.views.text.activations import ACTIVATION_WORDS
from app.views.text.data import DATASET_WORDS, INITIALIZER_WORDS, SCALING_WORDS
from app.views.text.losses import LOSS_WORDS
from app.views.text.optimizers import OPTIMIZER_WORDS, SCHEDULE_WORDS

Choices = Sequence[tuple[str, str]]

GIVEN_WORDS = {GIVEN: "given values", **INITIALIZER_WORDS}
TARGET_WORDS = {"regression": "numbers", "two_classes": "two classes", "classes": "several classes"}
# Field -> what it is called, and what there is to know before one types.
LABELS = {
    "table": ("table", ""),
    "file": ("CSV file", ""),
    "data.dataset": ("data set", ""),
    "data.examples": ("examples", ""),
    "data.noise": ("noise", "a standard deviation"),
    "data.seed": ("seed", ""),
    "target": ("target", ""),
    "target_kind": ("taken for", ""),
    "data.scaling": ("scale inputs", ""),
    "data.scale_targets": ("scale targets too", ""),
    "data.test_share": ("share for testing", "0 to 0.9"),
    "data.split_seed": ("seed of the split", ""),
    "output": ("activation of the output", ""),
    "loss": ("loss", ""),
    "initializer.kind": ("first weights", ""),
    "initializer.value": ("value of each", ""),
    "initializer.scale": ("how far they spread", ""),
    "initializer.seed": ("seed", ""),
    "optimizer.kind": ("optimizer", ""),
    "optimizer.learning_rate": ("learning rate η", ""),
    "optimizer.momentum": ("momentum", "how much velocity stays"),
    "optimizer.decay": ("decay", "how much of v stays"),
    "optimizer.beta1": ("beta 1", "how much of m stays"),
    "optimizer.beta2": ("beta 2", "how much of v stays"),
    "optimizer.epsilon": ("epsilon", "keeps the divisor above 0"),
    "optimizer.weight_decay": ("weight decay", "0 for none"),
    "optimizer.clip_norm": ("clip gradients at", "their length; empty: never"),
    "optimizer.schedule.kind": ("learning rate over time", ""),
    "optimizer.schedule.every": ("lower it every", "iterations"),
    "optimizer.schedule.factor": ("times", "0 to 1"),
    "optimizer.schedule.iterations": ("down within", "iterations"),
    "optimizer.schedule.minimum": ("down to", "the rate in the end"),
    "batch_size": ("examples in a batch", "empty: all"),
    "shuffle_seed": ("shuffle by seed", "empty: in order"),
    "decimals": ("round activations to", "decimals; empty: not at all"),
}
# Field -> what can be chosen, by the engine's name, and what each is called.
KNOWN: Mapping[str, Mapping[str, str]] = {
    "data.dataset": DATASET_WORDS,
    "data.scaling": SCALING_WORDS,
    "output": {name: words.name for name, words in ACTIVATION_WORDS.items()},
    "loss": {name: words.name for name, words in LOSS_WORDS.items()},
    "initializer.kind": INITIALIZER_WORDS,
    "optimizer.kind": {name: words.name for name, words in OPTIMIZER_WORDS.items()},
    "optimizer.schedule.kind": {name: words.name for name, words in SCHEDULE_WORDS.items()},
}
CHECKS = ("data.scale_targets",)
WHOLE = ("examples", "seed", "every", "iterations", "size", "decimals")  # how the names of whole numbers end


def label_of(name: str) -> str:
    """What a field is called; nothing where there is no such field."""
    part, _, layer = name.partition("-")
    if part in ("units", "activation") and layer:
        return f"{part} of layer {layer}"
    return LABELS.get(name, ("", ""))[0]


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
        """The field of this name, with the choices of KNOWN where there are no others."""
        hint = LABELS.get(name, ("", ""))[1]
        choices = choices or tuple(KNOWN.get(name, {}).items())
        chosen = self.draft[name]
        options = tuple(Option(value, text, value == chosen) for value, text in choices)
        control, problem = _control(name, options), self._by_field.get(name)
        return Field(name, label_of(name), control, chosen, options, hint, problem, name == self.focus)

    def fields(self, prefix: str, names: Iterable[str]) -> tuple[Field, ...]:
        """Several fields by their names."""
        return tuple(self.field(f"{prefix}{name}") for name in names)

    @property
    def activations(self) -> Choices:
        """The activations that there are."""
        return tuple(KNOWN["output"].items())

    @cached_property
    def _by_field(self) -> dict[str, Problem]:
        """The first problem of each field."""
        return {problem.field: problem for problem in reversed(self.problems)}


def _control(name: str, options: tuple[Option, ...]) -> str:
    if options:
        return "select"
    if name in CHECKS:
        return "check"
    return "numeric" if name.endswith(WHOLE) or name.startswith("units-") else "decimal"


# The groups of the page -----------------------------------------------------------------------------------------------


def generator_fields(shown: Shown) -> tuple[Field, ...]:
    """Which data set is drawn, and how."""
    return shown.fields("data.", ("dataset", "examples", "noise", "seed"))


def preparation_fields(shown: Shown) -> tuple[Field, ...]:
    """How the data are made ready."""
    scales = ("scale_targets",) if shown.draft["data.scaling"] != "none" else ()
    split = ("split_seed",) if shown.draft["data.test_share"] not in ("", "0") else ()
    return shown.fields("data.", ("scaling", *scales, "test_share", *split))


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
    kind = shown.draft["initializer.kind"]
    given = (GIVEN,) if shown.draft["parameters"] else ()
    kinds = [(name, GIVEN_WORDS[name]) for name in (*given, *INITIALIZER_WORDS)]
    amount = (AMOUNTS[kind],) if kind in AMOUNTS else ()
    rest = () if kind == GIVEN else (*amount, "seed")
    return (
        shown.field("loss"),
        shown.field("initializer.kind", kinds),
        *shown.fields("initializer.", rest),
    )


def method_fields(shown: Shown) -> tuple[Field, ...]:
    """The optimizer with the settings of its kind, the schedule with its own, batches and rounding."""
    kind, course = shown.draft["optimizer.kind"], shown.draft["optimizer.schedule.kind"]
    settings = OPTIMIZERS[kind].settings if kind in OPTIMIZERS else ()
    over_time = SCHEDULES[course].settings if course in SCHEDULES else ()
    return (
        *shown.fields("optimizer.", ("kind", "learning_rate", *settings, "weight_decay", "clip_norm")),
        *shown.fields("optimizer.schedule.", ("kind", *over_time)),
        *shown.fields("", ("batch_size", "shuffle_seed", "decimals")),
    )
