"""Every setting of a setup, declared once: type, bounds and default, what the documentation and what a form says of it.

The JSON schema and the strict check are pydantic's. Documents, drafts, the form and its messages read `SETTINGS`, which
is taken from the same models. Choices, and the settings of each kind, come from the engine's tables, defaults and what
the mathematics needs of a number from its dataclasses, limits that are a server's own settings from `Limits`.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from math import isfinite
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from app.engine.data.datasets import DATASETS, Dataset
from app.engine.data.mending import MENDINGS
from app.engine.data.scaling import SCALINGS
from app.engine.data.split import MOST_TESTED, Data
from app.engine.equations.mistakes import MISTAKES
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import SCHEDULES, Schedule
from app.engine.learning.settings import bounds_of
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError
from app.engine.network.initializers import INITIALIZERS, Initializer
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.limits import Limits
from app.sessions.setups.setting import (
    LONGEST_NAME,
    AtMost,
    Strict,
    Within,
    check_given,
    choice,
    declared,
    own,
    published,
    settings_of,
)
from app.sessions.setups.table import FORMS, ROWS, TARGET_KINDS
from app.sessions.setups.typed import MOST_CHARACTERS

MOST_SEED = 2**32 - 1
GIVEN = "given"  # in a draft, the kind of initializer that stands for starting values
# What an amount is called -> the initializers that take it.
AMOUNTS = {
    amount: tuple(kind.name for kind in INITIALIZERS.values() if kind.amount == amount) for amount in ("value", "scale")
}

Name = str
Seed = Annotated[int, Field(ge=0, le=MOST_SEED)]
Numbers = Annotated[list[float], Field(min_length=1)]
Matrix = Annotated[list[Numbers], Field(min_length=1)]
Gaps = Annotated[list[Annotated[list[float | None], Field(min_length=1)]], Field(min_length=1)]
ColumnName = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
ColumnNames = Annotated[list[ColumnName], Field(min_length=1)]


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
    elif values is not None:
        yield values


EXAMPLES = AtMost("max_examples", "examples")
UNITS = AtMost("max_units", "units in one layer")
RATE, MAGNITUDE = Within(check_learning_rate), Within(check_magnitude)


def check_sizes(field: str, sizes: list[int], limits: Limits) -> None:
    AtMost("max_layers", "layers after the input").check(field, len(sizes) - 1, limits)
    AtMost("max_features", "inputs").check(field, sizes[0], limits)
    UNITS.check(field, max(sizes[1:]), limits)


def _check_examples(field: str, rows: list[list[float]], limits: Limits) -> None:
    EXAMPLES.check(field, len(rows), limits)
    check_magnitude(field, rows, limits)


# Data -----------------------------------------------------------------------------------------------------------------

Mending = Annotated[Name, choice(dict.fromkeys(MENDINGS))]


class Preparation(Strict):
    """How examples are made ready: mended, scaled, and some of them kept for testing."""

    scaling: Name = choice(
        SCALINGS, Data.scaling, "How inputs are scaled; found on the training examples alone.", "scale inputs"
    )
    scale_targets: bool = declared(
        Data.scale_targets,
        "Whether targets are scaled too, in the same way.",
        "scale targets too",
        idle=("scaling", ("none",)),
    )
    test_share: float = declared(
        Data.test_share,
        "Share of the examples kept for testing.",
        "share for testing",
        f"0 to {MOST_TESTED:g}",
        ge=0,
        le=MOST_TESTED,
    )
    split_seed: Seed = declared(
        Data.split_seed, "Seed by which they are drawn.", "seed of the split", idle=("test_share", ("", "0"))
    )
    columns: ColumnNames | None = declared(None, "Names of the inputs.")
    names: ColumnNames | None = declared(None, "Names of the outputs.")
    missing: Mending | Annotated[list[Mending], Field(min_length=1)] | None = declared(
        None,
        "What to do where an input is null: leave out the example, or let the mean or the median of the training "
        "examples stand for it. One name for all inputs, or one for each.",
    )


class ExamplesGiven(Preparation):
    """The examples themselves, one row each."""

    X: Gaps = declared(
        ...,
        f"Inputs; null where a value is missing. At most {published('max_examples')} examples.",
        limit=Within(_check_examples),
    )
    Y: Matrix = declared(..., "Targets, a row for each row of X.", limit=MAGNITUDE)


OfColumns = dict[ColumnName, Annotated[Name, Field(max_length=LONGEST_NAME)]]


class TableGiven(Preparation):
    """A table as text, read as the page for building reads it; what it becomes, X, Y and their names, is answered."""

    table: str = declared(..., f"Rows as CSV, names first. At most {published('max_examples')} examples.", min_length=1)
    target: ColumnName | None = declared(None, "The column that is the target; left out, the last.")
    target_kind: Name | None = choice(
        dict.fromkeys(TARGET_KINDS), None, "What the target is taken for; left out, what it seems to be."
    )
    inputs: ColumnNames | None = declared(None, "The columns that are inputs; left out, those that can well be.")
    forms: OfColumns | None = declared(
        None, f"For a column, by its name, what it is taken for as an input: {', '.join(FORMS)}."
    )
    mending: OfColumns | None = declared(
        None,
        "For a column, by its name, what to do about missing values: as `missing` has it, or `own`, a class of their "
        "own; beside numbers, one more input that says where they are missing.",
    )
    rows: Name | None = choice(
        dict.fromkeys(ROWS), None, "Which rows to take of too many; left out, too many are refused."
    )


OTHER_NOISE = "".join(
    f", and {kind.noise:g} for `{kind.name}`" for kind in DATASETS.values() if kind.noise != Dataset.noise
)


class DatasetGiven(Preparation):
    """A data set that is drawn from a seed."""

    dataset: Name = choice(DATASETS, label="data set", usual="xor")
    examples: int = declared(
        Dataset.examples, f"How many; at most {published('max_examples')}.", "examples", limit=EXAMPLES, ge=1
    )
    noise: float | None = declared(
        None,
        f"Standard deviation of the noise ({Dataset.noise:g} if left out{OTHER_NOISE}).",
        "noise",
        "a standard deviation",
        limit=MAGNITUDE,
        usual=Dataset.noise,
        ge=0,
    )
    seed: Seed = declared(Dataset.seed, "Seed of the random generator.", "seed")


def _kind_of_data(given: Any) -> str:
    kinds = {"dataset": DatasetGiven, "table": TableGiven}
    held = given if isinstance(given, dict) else ()
    return next((f"~{name}" for name, kind in kinds.items() if name in held or isinstance(given, kind)), "~given")


DataGiven = Annotated[
    Annotated[ExamplesGiven, Tag("~given")]
    | Annotated[DatasetGiven, Tag("~dataset")]
    | Annotated[TableGiven, Tag("~table")],
    Discriminator(_kind_of_data),
]


# Start ----------------------------------------------------------------------------------------------------------------


class ParametersGiven(Strict):
    """Starting values, one matrix and one list per layer after the input."""

    W: list[Matrix] = declared(..., "Weights, each (fan_out, fan_in).", limit=MAGNITUDE, min_length=1)
    b: list[Numbers] = declared(..., "Biases, each (fan_out,).", limit=MAGNITUDE, min_length=1)


def _amount(name: str, words: str, label: str, **bounds: Any) -> Any:
    usual = Initializer.amount
    description = f"{words} ({usual:g} if left out)."
    return declared(None, description, label, limit=MAGNITUDE, kinds=AMOUNTS[name], usual=usual, **bounds)


class InitializerGiven(Strict):
    """A way to draw the weights; biases start at zero."""

    kind: Name = choice(INITIALIZERS, label="first weights", usual="xavier_uniform")
    value: float | None = _amount("value", "For `constant`: every weight's value", "value of each")
    scale: float | None = _amount(
        "scale", "For `normal`: the standard deviation; for `uniform`: the half width", "how far they spread", ge=0
    )
    seed: Seed = declared(Initializer.seed, "Seed of the random generator.", "seed", idle=("kind", (GIVEN,)))


# Method ---------------------------------------------------------------------------------------------------------------


def _bounds(held: type, name: str) -> dict[str, Any]:
    bounds = bounds_of(held)[name]
    return {side: bound for side in ("ge", "gt", "le", "lt") if isfinite(bound := getattr(bounds, side))}


def _of_kinds(held: type, table: Mapping[str, Any], name: str, words: str, label: str, hint: str, **more: Any) -> Any:
    """A setting that some kinds of a table of the engine have; the bounds are the engine's, and `more`."""
    kinds = tuple(kind for kind, one in table.items() if name in one.settings)
    return own(kinds, getattr(held, name), words, label, hint, **_bounds(held, name), **more)


_of_schedule = partial(_of_kinds, Schedule, SCHEDULES)
_of_optimizer = partial(_of_kinds, Optimizer, OPTIMIZERS)


class ScheduleGiven(Strict):
    """How the learning rate changes from iteration to iteration."""

    kind: Name = choice(SCHEDULES, Schedule.kind, label="learning rate over time")
    every: int | None = _of_schedule(
        "every", "iterations until the rate is multiplied again", "lower it every", "iterations"
    )
    factor: float | None = _of_schedule("factor", "what it is multiplied by", "times", "0 to 1")
    iterations: int | None = _of_schedule("iterations", "iterations down to the minimum", "down within", "iterations")
    minimum: float | None = _of_schedule("minimum", "the smallest rate", "down to", "the rate in the end", limit=RATE)


class OptimizerGiven(Strict):
    """How gradients become updates, as torch.optim defines each kind."""

    kind: Name = choice(OPTIMIZERS, Optimizer.kind, label="optimizer")
    learning_rate: float = declared(
        Setup.learning_rate,
        f"Above 0, at most {published('max_learning_rate')}.",
        "learning rate η",
        limit=RATE,
        gt=0,
    )
    momentum: float | None = _of_optimizer("momentum", "how much velocity stays", "momentum", "how much velocity stays")
    decay: float | None = _of_optimizer("decay", "how much of the mean square stays", "decay", "how much of v stays")
    beta1: float | None = _of_optimizer("beta1", "how much of the mean stays", "beta 1", "how much of m stays")
    beta2: float | None = _of_optimizer("beta2", "the same of the mean square", "beta 2", "how much of v stays")
    epsilon: float | None = _of_optimizer("epsilon", "in the divisor", "epsilon", "keeps the divisor above 0", le=1)
    weight_decay: float | None = declared(
        None,
        "Added to the gradient, times the parameter (L2); decoupled for `adamw` (0).",
        "weight decay",
        "0 for none",
        usual=Optimizer.weight_decay,
        le=1,
        **_bounds(Optimizer, "weight_decay"),
    )
    clip_norm: float | None = declared(
        None,
        "Gradients together longer than this are shortened to it; left out: never.",
        "clip gradients at",
        "their length; empty: never",
        **_bounds(Optimizer, "clip_norm"),
    )
    schedule: ScheduleGiven | None = declared(None, "Left out: the rate stays.")


# A setup --------------------------------------------------------------------------------------------------------------

Mistaken = Annotated[Name, choice(MISTAKES)]
Pair = Annotated[list[Mistaken], Field(min_length=1, max_length=2)]


class SetupGiven(Strict):
    """A network of one's own. Only `sizes` and `data` must be given; the rest has fitting defaults."""

    sizes: list[Annotated[int, Field(ge=1)]] = declared(
        ...,
        f"Units per layer, the input first. At most {published('max_layers')} layers after the input, "
        f"{published('max_units')} units in each, {published('max_features')} inputs.",
        limit=Within(check_sizes),
        min_length=2,
    )
    data: DataGiven = declared(..., "Examples, the name of a data set, or a table as text.")
    activations: list[Annotated[Name, choice(ACTIVATIONS, description="A name.")]] | None = declared(
        None, "One per layer after the input; softmax for the output only.", min_length=1
    )
    loss: Name | None = choice(LOSSES, None, "Its name; left out, one that fits the targets.", "loss")
    parameters: ParametersGiven | None = declared(None, "Starting values; or give an initializer.")
    initializer: InitializerGiven | None = declared(None, "Left out: xavier_uniform, seed 0.")
    optimizer: OptimizerGiven | None = declared(None, "Left out: gradient_descent at 0.1.")
    batch_size: int | None = declared(
        None, "Examples per iteration; null for all.", "examples in a batch", "empty: all", ge=1
    )
    shuffle_seed: Seed | None = declared(
        None, "Seed of the order; null for in order.", "shuffle by seed", "empty: in order"
    )
    decimals: int | None = declared(
        None,
        "Round every activation, as by hand; null for not at all.",
        "round activations to",
        "decimals; empty: not at all",
        ge=1,
        le=12,
    )
    mistake: Mistaken | Pair | None = declared(None, "A wrong rule of backward(), or two; null for the right ones.")
    warm_up: list[Annotated[int, Field(ge=0)]] | None = declared(
        None, "Examples, from 0, taken one by one before the first epoch.", max_length=1000
    )

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        if self.parameters is not None and self.initializer is not None:
            raise ValueError("Parameters and an initializer are both given; give one of them.")
        return self


SETTINGS = settings_of(SetupGiven)
PREPARATION = tuple(settings_of(Preparation, "data.").values())
DRAWING = tuple(one for one in settings_of(DatasetGiven, "data.").values() if one not in PREPARATION)


def check_limits(given: SetupGiven, limits: Limits) -> None:
    """SetupError where a setup is larger than this server takes, or gives a setting to a kind that does not have it."""
    check_given(given, limits)
    if isinstance(given.data, TableGiven):
        return  # how many examples there are is known when it is read
    count = given.data.examples if isinstance(given.data, DatasetGiven) else len(given.data.X)
    if (given.batch_size or 1) > count:
        raise SetupError(
            "batch_size", "A batch cannot hold more examples than there are.", f"Use 1 to {count}, or null for all."
        )
