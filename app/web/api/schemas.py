"""What the API accepts, as pydantic models: strict, closed, finite. A setup is declared in sessions/setups."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from app.sessions.setups.declaration import SetupGiven
from app.sessions.setups.setting import Strict
from app.sessions.walk.position import Measure
from app.settings import Settings

MOST_ITERATIONS = f"{Settings.model_fields['max_iterations_per_request'].default:,} (a setting of the server)"
CHANGEABLE = ("learning_rate", "parameter", "input", "target", "example", "asking")


ASKING = Field(description="Whether the page asks the learner first: a lesson at its own places, else in each layer.")


# New sessions ---------------------------------------------------------------------------------------------------------


class NewLesson(Strict):
    """Start one of the lessons."""

    lesson: Annotated[str, Field(description="The slug of a lesson; GET /api/lessons lists them.", max_length=80)]
    as_published: Annotated[bool, Field(description="As the notebook has it, mistakes included, or put right.")] = True
    asking: Annotated[bool, ASKING] = False


class NewSetup(SetupGiven):
    """Start a network of one's own. Only `sizes` and `data` must be given; the rest has fitting defaults."""

    asking: Annotated[bool, ASKING] = False


def _kind_of_session(given: Any) -> str:
    named = isinstance(given, NewLesson) or (isinstance(given, dict) and "lesson" in given)
    return "~lesson" if named else "~setup"


NewSession = Annotated[
    Annotated[NewLesson, Tag("~lesson")] | Annotated[NewSetup, Tag("~setup")], Discriminator(_kind_of_session)
]


# Verbs --------------------------------------------------------------------------------------------------------------


class Move(Strict):
    """What every verb takes."""

    rev: Annotated[int | None, Field(description="The state's rev; a stale one changes nothing (412).", ge=0)] = None


class Step(Move):
    """How far to go."""

    by: Annotated[Measure, Field(description="The measure of the step.")] = "equation"


class Train(Move):
    """How long to train: give one of the two."""

    epochs: Annotated[int | None, Field(description="Passes over the data.", ge=1)] = None
    iterations: Annotated[
        int | None,
        Field(description=f"Updates; at most {MOST_ITERATIONS} a request.", ge=1),
    ] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.epochs is None) == (self.iterations is None):
            raise ValueError("Give epochs or iterations, one of the two.")
        return self


class ParameterEdit(Strict):
    """Another value for one weight or bias."""

    layer: Annotated[int, Field(description="Layer, 1 for the first after the input.", ge=1)]
    kind: Annotated[Literal["W", "b"], Field(description="Weight or bias.")]
    j: Annotated[int, Field(description="The unit, from 0.", ge=0)]
    k: Annotated[int | None, Field(description="For W: the unit of the layer before, from 0.", ge=0)] = None
    value: Annotated[float, Field(description="The new value.")]


class ExampleEdit(Strict):
    """Another value for one input or target of one example."""

    example: Annotated[int, Field(description="The example, from 0.", ge=0)]
    column: Annotated[int, Field(description="The input or output, from 0.", ge=0)] = 0
    value: Annotated[float, Field(description="The new value.")]


class Edit(Move):
    """What to change; at least one."""

    learning_rate: Annotated[
        float | None, Field(description="From this iteration on (from the next one, where this is finished).", gt=0)
    ] = None
    parameter: Annotated[
        ParameterEdit | None,
        Field(description="At the start of this iteration (of the next one, where this is finished)."),
    ] = None
    input: Annotated[ExampleEdit | None, Field(description="An input, from this iteration on, as above.")] = None
    target: Annotated[
        ExampleEdit | None,
        Field(description="A target, as above; for cross_entropy a 1, which makes all others of its example 0."),
    ] = None
    example: Annotated[int | None, Field(description="The example in focus; one of the batch, from 0.", ge=0)] = None
    asking: Annotated[bool | None, ASKING] = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if all(getattr(self, name) is None for name in CHANGEABLE):
            raise ValueError(f"Nothing is changed; give one of: {', '.join(CHANGEABLE)}.")
        return self
