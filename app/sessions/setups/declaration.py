"""Every setting of a setup, declared once: type, bounds, default, what the documentation says, what a form calls it.

The JSON schema and the strict check are pydantic's. Documents, drafts, the form and its messages read `SETTINGS`, which
is taken from the same models. Choices and the settings of each kind come from the engine's tables, defaults from its
dataclasses, and limits that are a server's own settings from `Limits`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from app.engine.data.datasets import DATASETS, Dataset
from app.engine.data.scaling import SCALINGS
from app.engine.data.split import MOST_TESTED, Data
from app.engine.equations.mistakes import MISTAKES
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import SCHEDULES, Schedule
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.initializers import INITIALIZERS, Initializer
from app.engine.network.losses import LOSSES
from app.engine.setup.setup import Setup
from app.limits import Limits
from app.sessions.setups.names import MOST_CHARACTERS

MOST_SEED = 2**32 - 1
LONGEST_NAME = 40  # characters of a choice
GIVEN = "given"  # in a draft, the kind of initializer that stands for starting values
AMOUNTS = {"value": ("constant",), "scale": ("normal", "uniform")}  # what an amount is called -> initializers with it

Name = str
Seed = Annotated[int, Field(ge=0, le=MOST_SEED)]
Numbers = Annotated[list[float], Field(min_length=1)]
Matrix = Annotated[list[Numbers], Field(min_length=1)]
ColumnNames = Annotated[list[Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]], Field(min_length=1)]


# How a setting is declared --------------------------------------------------------------------------------------------


class Strict(BaseModel):
    """No unknown fields, no conversions, no NaN or Infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


Idle = tuple[str, tuple[str, ...]]
NEVER: Idle = ("", ())


@dataclass(frozen=True)
class Shown:
    """What forms and messages know of a setting besides its type and bounds.

    `usual` is what counts where it is left out, if its default is null. Only these `kinds` have it; None for all. It is
    `idle`, without any effect, while the setting beside it of this name holds one of these texts.
    """

    label: str
    hint: str = ""
    usual: Any = None
    choices: tuple[str, ...] = ()
    kinds: tuple[str, ...] | None = None
    idle: Idle = NEVER


@dataclass(frozen=True)
class Within:
    """A limit that is a setting of the server: `check` raises SetupError for a value of this field beyond it."""

    check: Callable[[str, Any, Limits], None]


@dataclass(frozen=True)
class AtMost:
    """As above, for a count of such things; `limit` is its name among the limits."""

    limit: str
    things: str

    def check(self, field: str, count: int, limits: Limits) -> None:
        """SetupError for more of them."""
        most = self.most(limits)
        if count > most:
            raise SetupError(field, f"There are more than {most:,} {self.things}.", f"Use at most {most:,}.")

    def most(self, limits: Limits) -> int:
        """How many there may be."""
        return int(getattr(limits, self.limit))


def declared(
    description: str,
    label: str = "",
    hint: str = "",
    *,
    limit: Within | AtMost | None = None,
    usual: Any = None,
    choices: tuple[str, ...] = (),
    kinds: tuple[str, ...] | None = None,
    idle: Idle = NEVER,
    **bounds: Any,
) -> Any:
    """A field: pydantic's own with these bounds, and what a form shows of it where it has a label there."""
    field = Field(description=description, **bounds)
    if label:
        field.metadata.append(Shown(label, hint, usual, choices, kinds, idle))
    if limit:
        field.metadata.append(limit)
    return field


def choice(known: Mapping[str, object], description: str, label: str = "", usual: str | None = None) -> Any:
    """A field for a name that the engine knows; the documentation lists those that there are."""
    names = tuple(known)
    listed = {"enum": list(names)}
    return declared(description, label, usual=usual, choices=names, max_length=LONGEST_NAME, json_schema_extra=listed)


def own(of: tuple[str, ...], usual: float, words: str, label: str, hint: str = "", **bounds: Any) -> Any:
    """A field that only some kinds have; what is usual holds where it is left out."""
    description = f"For {', '.join(f'`{kind}`' for kind in of)}: {words} ({written(usual)})."
    return declared(description, label, hint, kinds=of, usual=usual, **bounds)


def having(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The kinds in a table of the engine that have a setting of this name."""
    return tuple(kind for kind, one in table.items() if name in one.settings)


def written(number: float) -> str:
    """A default as the documentation writes it: 1,000, 0.5, 1e-8."""
    return f"{number:,}" if isinstance(number, int) else f"{number:g}".replace("e-0", "e-")


def published(limit: str) -> str:
    """The default of a limit, for the documentation."""
    return f"{Limits.model_fields[limit].default:,} (a setting of the server)"


# Limits ---------------------------------------------------------------------------------------------------------------


def check_learning_rate(field: str, rate: float, limits: Limits) -> None:
    """SetupError where a learning rate is above the limit."""
    if rate > limits.max_learning_rate:
        raise SetupError(field, f"The learning rate is above the limit of {limits.max_learning_rate:g}.", "Try 0.1.")


def check_magnitude(field: str, values: Any, limits: Limits) -> None:
    """SetupError where a number, or one in lists of numbers, is larger than this server takes."""
    limit = limits.max_magnitude
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


EXAMPLES = AtMost("max_examples", "examples")
UNITS = AtMost("max_units", "units in one layer")
RATE, MAGNITUDE = Within(check_learning_rate), Within(check_magnitude)


def _check_sizes(field: str, sizes: list[int], limits: Limits) -> None:
    AtMost("max_layers", "layers after the input").check(field, len(sizes) - 1, limits)
    AtMost("max_features", "inputs").check(field, sizes[0], limits)
    UNITS.check(field, max(sizes[1:]), limits)


def _check_examples(field: str, rows: list[list[float]], limits: Limits) -> None:
    EXAMPLES.check(field, len(rows), limits)
    check_magnitude(field, rows, limits)


# Data -----------------------------------------------------------------------------------------------------------------


class Preparation(Strict):
    """How examples are made ready: scaled, and some of them kept for testing."""

    scaling: Annotated[
        Name, choice(SCALINGS, "How inputs are scaled; found on the training examples alone.", "scale inputs")
    ] = Data.scaling
    scale_targets: Annotated[
        bool,
        declared(
            "Whether targets are scaled too, in the same way.",
            "scale targets too",
            idle=("scaling", ("none",)),
        ),
    ] = Data.scale_targets
    test_share: Annotated[
        float,
        declared("Share of the examples kept for testing.", "share for testing", "0 to 0.9", ge=0, le=MOST_TESTED),
    ] = Data.test_share
    split_seed: Annotated[
        Seed,
        declared("Seed by which they are drawn.", "seed of the split", idle=("test_share", ("", "0"))),
    ] = Data.split_seed
    columns: Annotated[ColumnNames | None, declared("Names of the inputs.")] = None
    names: Annotated[ColumnNames | None, declared("Names of the outputs.")] = None


class ExamplesGiven(Preparation):
    """The examples themselves, one row each."""

    X: Annotated[
        Matrix, declared(f"Inputs. At most {published('max_examples')} examples.", limit=Within(_check_examples))
    ]
    Y: Annotated[Matrix, declared("Targets, a row for each row of X.", limit=MAGNITUDE)]


class DatasetGiven(Preparation):
    """A data set that is drawn from a seed."""

    dataset: Annotated[Name, choice(DATASETS, "Its name.", "data set", usual="xor")]
    examples: Annotated[
        int, declared(f"How many; at most {published('max_examples')}.", "examples", limit=EXAMPLES, ge=1)
    ] = Dataset.examples
    noise: Annotated[
        float, declared("Standard deviation of the noise.", "noise", "a standard deviation", limit=MAGNITUDE, ge=0)
    ] = Dataset.noise
    seed: Annotated[Seed, declared("Seed of the random generator.", "seed")] = Dataset.seed


def _kind_of_data(given: Any) -> str:
    drawn = isinstance(given, DatasetGiven) or (isinstance(given, dict) and "dataset" in given)
    return "~dataset" if drawn else "~given"


DataGiven = Annotated[
    Annotated[ExamplesGiven, Tag("~given")] | Annotated[DatasetGiven, Tag("~dataset")], Discriminator(_kind_of_data)
]


# Start ----------------------------------------------------------------------------------------------------------------


class ParametersGiven(Strict):
    """Starting values, one matrix and one list per layer after the input."""

    W: Annotated[list[Matrix], declared("Weights, each (fan_out, fan_in).", limit=MAGNITUDE, min_length=1)]
    b: Annotated[list[Numbers], declared("Biases, each (fan_out,).", limit=MAGNITUDE, min_length=1)]


def _amount(name: str, words: str, label: str, **bounds: Any) -> Any:
    usual = Initializer.amount
    description = f"{words} ({written(usual)} if left out)."
    return declared(description, label, limit=MAGNITUDE, kinds=AMOUNTS[name], usual=usual, **bounds)


class InitializerGiven(Strict):
    """A way to draw the weights; biases start at zero."""

    kind: Annotated[Name, choice(INITIALIZERS, "Its name.", "first weights", usual="xavier_uniform")]
    value: Annotated[float | None, _amount("value", "For `constant`: every weight's value", "value of each")] = None
    scale: Annotated[
        float | None,
        _amount(
            "scale",
            "For `normal`: the standard deviation; for `uniform`: the half width",
            "how far they spread",
            ge=0,
        ),
    ] = None
    seed: Annotated[Seed, declared("Seed of the random generator.", "seed", idle=("kind", (GIVEN,)))] = Initializer.seed


# Method ---------------------------------------------------------------------------------------------------------------


def _of_schedule(name: str, words: str, label: str, hint: str, **more: Any) -> Any:
    return own(having(SCHEDULES, name), getattr(Schedule, name), words, label, hint, **more)


class ScheduleGiven(Strict):
    """How the learning rate changes from iteration to iteration."""

    kind: Annotated[Name, choice(SCHEDULES, "Its name.", "learning rate over time")] = Schedule.kind
    every: Annotated[
        int | None,
        _of_schedule("every", "iterations until the rate is multiplied again", "lower it every", "iterations", ge=1),
    ] = None
    factor: Annotated[
        float | None, _of_schedule("factor", "what it is multiplied by", "times", "0 to 1", gt=0, le=1)
    ] = None
    iterations: Annotated[
        int | None, _of_schedule("iterations", "iterations down to the minimum", "down within", "iterations", ge=1)
    ] = None
    minimum: Annotated[
        float | None,
        _of_schedule("minimum", "the smallest rate", "down to", "the rate in the end", limit=RATE, ge=0),
    ] = None


def _of_optimizer(name: str, words: str, label: str, hint: str, **more: Any) -> Any:
    return own(having(OPTIMIZERS, name), getattr(Optimizer, name), words, label, hint, **more)


class OptimizerGiven(Strict):
    """How gradients become updates, as torch.optim defines each kind."""

    kind: Annotated[Name, choice(OPTIMIZERS, "Its name.", "optimizer")] = Optimizer.kind
    learning_rate: Annotated[
        float,
        declared(f"Above 0, at most {published('max_learning_rate')}.", "learning rate η", limit=RATE, gt=0),
    ] = Setup.learning_rate
    momentum: Annotated[
        float | None,
        _of_optimizer("momentum", "how much velocity stays", "momentum", "how much velocity stays", ge=0, lt=1),
    ] = None
    decay: Annotated[
        float | None,
        _of_optimizer("decay", "how much of the mean square stays", "decay", "how much of v stays", ge=0, lt=1),
    ] = None
    beta1: Annotated[
        float | None, _of_optimizer("beta1", "how much of the mean stays", "beta 1", "how much of m stays", ge=0, lt=1)
    ] = None
    beta2: Annotated[
        float | None, _of_optimizer("beta2", "the same of the mean square", "beta 2", "how much of v stays", ge=0, lt=1)
    ] = None
    epsilon: Annotated[
        float | None, _of_optimizer("epsilon", "in the divisor", "epsilon", "keeps the divisor above 0", gt=0, le=1)
    ] = None
    weight_decay: Annotated[
        float | None,
        declared(
            "Added to the gradient, times the parameter (L2); decoupled for `adamw` (0).",
            "weight decay",
            "0 for none",
            usual=Optimizer.weight_decay,
            ge=0,
            le=1,
        ),
    ] = None
    clip_norm: Annotated[
        float | None,
        declared(
            "Gradients together longer than this are shortened to it; left out: never.",
            "clip gradients at",
            "their length; empty: never",
            gt=0,
        ),
    ] = None
    schedule: Annotated[ScheduleGiven | None, declared("Left out: the rate stays.")] = None


# A setup --------------------------------------------------------------------------------------------------------------

Mistaken = Annotated[Name, choice(MISTAKES, "Its name.")]
Pair = Annotated[list[Mistaken], Field(min_length=1, max_length=2)]


class SetupGiven(Strict):
    """A network of one's own. Only `sizes` and `data` must be given; the rest has fitting defaults."""

    sizes: Annotated[
        list[Annotated[int, Field(ge=1)]],
        declared(
            f"Units per layer, the input first. At most {published('max_layers')} layers after the input, "
            f"{published('max_units')} units in each, {published('max_features')} inputs.",
            limit=Within(_check_sizes),
            min_length=2,
        ),
    ]
    data: Annotated[DataGiven, declared("Examples, or the name of a data set.")]
    activations: Annotated[
        list[Annotated[Name, choice(ACTIVATIONS, "A name.")]] | None,
        declared("One per layer after the input; softmax for the output only.", min_length=1),
    ] = None
    loss: Annotated[Name | None, choice(LOSSES, "Its name; left out, one that fits the targets.", "loss")] = None
    parameters: Annotated[ParametersGiven | None, declared("Starting values; or give an initializer.")] = None
    initializer: Annotated[InitializerGiven | None, declared("Left out: xavier_uniform, seed 0.")] = None
    optimizer: Annotated[OptimizerGiven | None, declared("Left out: gradient_descent at 0.1.")] = None
    batch_size: Annotated[
        int | None, declared("Examples per iteration; null for all.", "examples in a batch", "empty: all", ge=1)
    ] = None
    shuffle_seed: Annotated[
        Seed | None, declared("Seed of the order; null for in order.", "shuffle by seed", "empty: in order")
    ] = None
    decimals: Annotated[
        int | None,
        declared(
            "Round every activation, as by hand; null for not at all.",
            "round activations to",
            "decimals; empty: not at all",
            ge=1,
            le=12,
        ),
    ] = None
    mistake: Annotated[
        Mistaken | Pair | None, declared("A wrong rule of backward(), or two; null for the right ones.")
    ] = None
    warm_up: Annotated[
        list[Annotated[int, Field(ge=0)]] | None,
        declared("Examples, from 0, taken one by one before the first epoch.", max_length=1000),
    ] = None

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        if self.parameters is not None and self.initializer is not None:
            raise ValueError("Parameters and an initializer are both given; give one of them.")
        return self


def check_limits(given: SetupGiven, limits: Limits) -> None:
    """SetupError where a setup is larger than this server takes, or gives a setting to a kind that does not have it."""
    _check_section("", given, limits)
    count = given.data.examples if isinstance(given.data, DatasetGiven) else len(given.data.X)
    if (given.batch_size or 1) > count:
        raise SetupError(
            "batch_size", "A batch cannot hold more examples than there are.", f"Use 1 to {count}, or null for all."
        )


def _check_section(prefix: str, given: Strict, limits: Limits) -> None:
    for name, field in type(given).model_fields.items():
        value, place = getattr(given, name), f"{prefix}{name}"
        if isinstance(value, Strict):
            _check_section(f"{place}.", value, limits)
        elif value is not None:
            _check_value(place, value, given, field.metadata, limits)


def _check_value(place: str, value: Any, beside: Strict, marks: list[Any], limits: Limits) -> None:
    for mark in marks:
        if isinstance(mark, Within | AtMost):
            mark.check(place, value, limits)
        elif isinstance(mark, Shown) and mark.choices and value not in mark.choices:
            raise UnknownNameError(place, mark.choices)
        elif isinstance(mark, Shown) and mark.kinds is not None and getattr(beside, "kind", "") not in mark.kinds:
            name = place.rpartition(".")[2]
            raise SetupError(place, f"Only {' and '.join(mark.kinds)} take a {name}.", "Leave it out.")


# All settings, by their places ----------------------------------------------------------------------------------------

Type = Literal["whole", "number", "choice", "check"]
TYPES: dict[type, Type] = {int: "whole", float: "number", str: "choice", bool: "check"}


@dataclass(frozen=True)
class Setting:
    """One setting that a form can show, by its place in a document: optimizer.learning_rate.

    `usual` is what holds where nobody chose, None for nothing. A form may leave it empty where it is `optional`. As a
    count it is bounded by `most`.
    """

    place: str
    type: Type
    shown: Shown
    usual: Any
    optional: bool
    most: AtMost | None

    @property
    def section(self) -> str:
        """The place of the part that it is in: optimizer; empty for the whole."""
        return self.place.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Its name in that part."""
        return self.place.rpartition(".")[2]

    def beside(self, name: str) -> str:
        """The place of its neighbour of this name."""
        return f"{self.section}.{name}".removeprefix(".")

    def belongs_to(self, kind: str) -> bool:
        """Whether this kind has it."""
        return self.shown.kinds is None or kind in self.shown.kinds


def settings_of(model: type[BaseModel], prefix: str = "") -> dict[str, Setting]:
    """The settings of a model that a form shows, by their places, in the order in which they are declared."""
    found: dict[str, Setting] = {}
    for name, field in model.model_fields.items():
        place, types = f"{prefix}{name}", set(_types(field.annotation))
        for section in types:
            if issubclass(section, Strict):
                found |= settings_of(section, f"{place}.")
        if shown := next((mark for mark in field.metadata if isinstance(mark, Shown)), None):
            given = None if field.is_required() else field.default
            most = next((mark for mark in field.metadata if isinstance(mark, AtMost)), None)
            optional = given is None and not field.is_required() and shown.kinds is None
            type_ = TYPES[next(iter(types - {type(None)}))]
            found[place] = Setting(place, type_, shown, shown.usual if given is None else given, optional, most)
    return found


def _types(annotation: Any) -> Iterator[type]:
    """The types that an annotation is about: of Annotated[int, ...] | None int and None."""
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    yield from chain.from_iterable(map(_types, get_args(annotation)))


SETTINGS = settings_of(SetupGiven)
