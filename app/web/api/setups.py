"""What a new session may be, as pydantic models: a lesson, or a setup of one's own with all that decides it."""

from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from app.engine.data.datasets import DATASETS
from app.engine.data.scaling import SCALINGS
from app.engine.equations.mistakes import MISTAKES
from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.learning.schedules import SCHEDULES
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.initializers import INITIALIZERS
from app.engine.network.losses import LOSSES
from app.web.api.schemas import (
    ASKING,
    Name,
    Seed,
    Strict,
    name_of,
    setting,
    usual,
)

MOST_NAME = 40  # characters of a column's name
Numbers = Annotated[list[float], Field(min_length=1)]
Matrix = Annotated[list[Numbers], Field(min_length=1)]


class NewLesson(Strict):
    """Start one of the lessons."""

    lesson: Annotated[str, Field(description="The slug of a lesson; GET /api/lessons lists them.", max_length=80)]
    as_published: Annotated[bool, Field(description="As the notebook has it, mistakes included, or put right.")] = True
    asking: Annotated[bool, ASKING] = False


class ParametersGiven(Strict):
    """Starting values, one matrix and one list per layer after the input."""

    W: Annotated[list[Matrix], Field(description="Weights, each (fan_out, fan_in).", min_length=1)]
    b: Annotated[list[Numbers], Field(description="Biases, each (fan_out,).", min_length=1)]


class InitializerGiven(Strict):
    """A way to draw the weights; biases start at zero."""

    kind: Annotated[Name, name_of(INITIALIZERS, "Its name.")]
    seed: Annotated[Seed, Field(description="Seed of the random generator.")] = 0
    value: Annotated[float | None, Field(description="For `constant`: every weight's value (1 if left out).")] = None
    scale: Annotated[
        float | None,
        Field(description="For `normal`: the standard deviation; for `uniform`: the half width (1 if left out).", ge=0),
    ] = None


ColumnName = Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
ColumnNames = Annotated[list[ColumnName], Field(min_length=1)]


class Preparation(Strict):
    """How examples are made ready: scaled, and some of them kept for testing."""

    scaling: Annotated[Name, name_of(SCALINGS, "How inputs are scaled; found on the training examples alone.")] = "none"
    scale_targets: Annotated[bool, Field(description="Whether targets are scaled too, in the same way.")] = False
    test_share: Annotated[float, Field(description="Share of the examples kept for testing.", ge=0, le=0.9)] = 0.0
    split_seed: Annotated[Seed, Field(description="Seed by which they are drawn.")] = 0
    columns: Annotated[ColumnNames | None, Field(description="Names of the inputs.")] = None
    names: Annotated[ColumnNames | None, Field(description="Names of the outputs.")] = None


class ExamplesGiven(Preparation):
    """The examples themselves, one row each."""

    X: Annotated[Matrix, Field(description=f"Inputs. At most {usual('max_examples')} examples.")]
    Y: Annotated[Matrix, Field(description="Targets, a row for each row of X.")]


class DatasetGiven(Preparation):
    """A data set that is drawn from a seed."""

    dataset: Annotated[Name, name_of(DATASETS, "Its name.")]
    examples: Annotated[int, Field(description=f"How many; at most {usual('max_examples')}.", ge=1)] = 100
    noise: Annotated[float, Field(description="Standard deviation of the noise.", ge=0)] = 0.1
    seed: Annotated[Seed, Field(description="Seed of the random generator.")] = 0


class ScheduleGiven(Strict):
    """How the learning rate changes from iteration to iteration."""

    kind: Annotated[Name, name_of(SCHEDULES, "Its name.")] = "constant"
    every: Annotated[int | None, setting("`step`: iterations until the rate is multiplied again (100).", ge=1)] = None
    factor: Annotated[float | None, setting("`step`: what it is multiplied by (0.5).", gt=0, le=1)] = None
    iterations: Annotated[int | None, setting("`cosine`: iterations down to the minimum (1,000).", ge=1)] = None
    minimum: Annotated[float | None, setting("`cosine`: the smallest rate (0).", ge=0)] = None


class OptimizerGiven(Strict):
    """How gradients become updates, as torch.optim defines each kind."""

    kind: Annotated[Name, name_of(OPTIMIZERS, "Its name.")] = "gradient_descent"
    learning_rate: Annotated[float, Field(description=f"Above 0, at most {usual('max_learning_rate')}.", gt=0)] = 0.1
    momentum: Annotated[float | None, setting("`momentum`, `nesterov`: how much velocity stays (0.9).", ge=0, lt=1)] = (
        None
    )
    decay: Annotated[float | None, setting("`rmsprop`: how much of the mean square stays (0.99).", ge=0, lt=1)] = None
    beta1: Annotated[float | None, setting("`adam`, `adamw`: how much of the mean stays (0.9).", ge=0, lt=1)] = None
    beta2: Annotated[float | None, setting("`adam`, `adamw`: the same of the mean square (0.999).", ge=0, lt=1)] = None
    epsilon: Annotated[float | None, setting("`rmsprop`, `adam`, `adamw`: in the divisor (1e-8).", gt=0, le=1)] = None
    weight_decay: Annotated[
        float | None, setting("Added to the gradient, times the parameter (L2); decoupled for `adamw` (0).", ge=0, le=1)
    ] = None
    clip_norm: Annotated[
        float | None, setting("Gradients together longer than this are shortened to it; left out: never.", gt=0)
    ] = None
    schedule: Annotated[ScheduleGiven | None, Field(description="Left out: the rate stays.")] = None


def _kind_of_data(given: Any) -> str:
    return (
        "~dataset" if isinstance(given, DatasetGiven) or (isinstance(given, dict) and "dataset" in given) else "~given"
    )


Data = Annotated[
    Annotated[ExamplesGiven, Tag("~given")] | Annotated[DatasetGiven, Tag("~dataset")], Discriminator(_kind_of_data)
]


Mistaken = Annotated[Name, name_of(MISTAKES, "Its name.")]
Pair = Annotated[list[Mistaken], Field(min_length=1, max_length=2)]


class NewSetup(Strict):
    """Start a network of one's own. Only `sizes` and `data` must be given; the rest has fitting defaults."""

    sizes: Annotated[
        list[Annotated[int, Field(ge=1)]],
        Field(
            description=f"Units per layer, the input first. At most {usual('max_layers')} layers after the input, "
            f"{usual('max_units')} units in each, {usual('max_features')} inputs.",
            min_length=2,
        ),
    ]
    data: Annotated[Data, Field(description="Examples, or the name of a data set.")]
    activations: Annotated[
        list[Annotated[Name, name_of(ACTIVATIONS, "A name.")]] | None,
        Field(description="One per layer after the input; softmax for the output only.", min_length=1),
    ] = None
    loss: Annotated[Name | None, name_of(LOSSES, "Its name; left out, one that fits the targets.")] = None
    parameters: Annotated[ParametersGiven | None, Field(description="Starting values; or give an initializer.")] = None
    initializer: Annotated[InitializerGiven | None, Field(description="Left out: xavier_uniform, seed 0.")] = None
    optimizer: Annotated[OptimizerGiven | None, Field(description="Left out: gradient_descent at 0.1.")] = None
    batch_size: Annotated[int | None, Field(description="Examples per iteration; null for all.", ge=1)] = None
    shuffle_seed: Annotated[Seed | None, Field(description="Seed of the order; null for in order.")] = None
    decimals: Annotated[
        int | None, Field(description="Round every activation, as by hand; null for not at all.", ge=1, le=12)
    ] = None
    mistake: Annotated[
        Mistaken | Pair | None, Field(description="A wrong rule of backward(), or two; null for the right ones.")
    ] = None
    warm_up: Annotated[
        list[Annotated[int, Field(ge=0)]] | None,
        Field(description="Examples, from 0, taken one by one before the first epoch.", max_length=1000),
    ] = None

    asking: Annotated[bool, ASKING] = False

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        if self.parameters is not None and self.initializer is not None:
            raise ValueError("Parameters and an initializer are both given; give one of them.")
        return self


def _kind_of_session(given: Any) -> str:
    named = isinstance(given, NewLesson) or (isinstance(given, dict) and "lesson" in given)
    return "~lesson" if named else "~setup"


NewSession = Annotated[
    Annotated[NewLesson, Tag("~lesson")] | Annotated[NewSetup, Tag("~setup")], Discriminator(_kind_of_session)
]
