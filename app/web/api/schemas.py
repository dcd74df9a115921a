"""What the API accepts and what it answers, as pydantic models.

What it accepts is strict, closed and finite; a setup is declared in sessions/setups. What it answers is documentation
that a test holds against the real answers.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, create_model, model_validator

from app.sessions.setups.declaration import SETTINGS, SetupGiven
from app.sessions.setups.document import PLAIN
from app.sessions.setups.setting import Strict
from app.sessions.walk.position import Measure
from app.settings import Settings
from app.views.text.naming import KINDS

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


class NewLinked(Strict):
    """Start where a link was made."""

    link: Annotated[str, Field(description="A path or an address that GET …/link answers.", max_length=600_000)]


def _kind_of_session(given: Any) -> str:
    return next((f"~{name}" for name in ("lesson", "link") if isinstance(given, dict) and name in given), "~setup")


NewSession = Annotated[
    Annotated[NewLesson, Tag("~lesson")] | Annotated[NewLinked, Tag("~link")] | Annotated[NewSetup, Tag("~setup")],
    Discriminator(_kind_of_session),
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
    iterations: Annotated[int | None, Field(description=f"Updates; at most {MOST_ITERATIONS} a request.", ge=1)] = None

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


# Answers --------------------------------------------------------------------------------------------------------------

Number = float
Vectors = list[list[Number]]
Matrices = list[Vectors]
Real = float | None  # null where it has grown beyond what a number can hold


class Answer(BaseModel):
    """Nothing is answered that is not documented."""

    model_config = ConfigDict(extra="forbid")


def says(description: str, **more: Any) -> Any:
    """A documented field."""
    return Field(description=description, **more)


class LessonAnswer(Answer):
    """One lesson, in teaching order."""

    slug: Annotated[str, says("Its name in addresses.")]
    number: Annotated[int, says("Its place, from 1.")]
    title: str
    notebook: Annotated[str, says("What its notebook is about.")]
    introduction: Annotated[str, says("What to watch for.")]
    computed: Annotated[str, says("What the notebook computed.")]
    hides: Annotated[str, says("What it gets wrong or hides.")]
    right_note: Annotated[str, says("What is different where it is put right.")]
    orientation: Annotated[
        Literal["fan_out_fan_in", "fan_in_fan_out"], says("How the notebook writes its weights; here always the first.")
    ]
    columns: Annotated[list[str], says("Names of the inputs.")]
    targets: Annotated[list[str], says("Names of the outputs.")]
    sizes: Annotated[list[int], says("Units per layer, the input first.")]


class EquationAnswer(Answer):
    """One equation of the walk. Layers count from 0 = input, units j and k from 0."""

    class Term(Answer):
        """A part of the right-hand side; the terms' values add up to the equation's."""

        symbols: Annotated[list[str], says("The symbols in it, as text.")]
        value: Annotated[Number | None, says("Null where not yet reached.")]

    index: Annotated[int, says("From 0 within the iteration.")]
    phase: Literal["forward", "loss", "backward", "update"]
    layer: Annotated[int | None, says("Null for the loss, and for what all parameters of an update share.")]
    kind: Annotated[
        str,
        says(
            "What it finds; in an update also what all parameters share, and each one's state in the optimizer.",
            json_schema_extra={"enum": [*KINDS]},
        ),
    ]
    j: int | None
    k: int | None
    text: Annotated[str, says("In symbols, as plain text.")]
    latex: Annotated[str, says("In symbols, as LaTeX.")]
    code: Annotated[str, says("The line of NumPy for its whole layer.")]
    terms: Annotated[
        list[Term],
        says("For a mean over the batch, one per example; in a very large trace the example in focus and the others."),
    ]
    value: Annotated[
        Number | None,
        says("Null where not yet reached. An error signal is that of the example in focus by itself, without 1/m."),
    ]
    share: Annotated[
        Number | None,
        says(
            "Of an error signal its value times 1/m, as backward.delta has it; null of all else, and not yet reached."
        ),
    ]


class LayerAnswer(Answer):
    """Parameters of one layer."""

    W: Annotated[Vectors, says("(fan_out, fan_in)")]
    b: Annotated[list[Number], says("(fan_out,)")]


class NetworkAnswer(Answer):
    """The network with the parameters in force: at the end of an iteration, the updated ones."""

    sizes: list[int]
    activations: list[str]
    layers: Annotated[list[LayerAnswer], says("Layers 1 to L.")]


class ForwardAnswer(Answer):
    """The forward phase of the batch, one row per example."""

    Z: Annotated[Matrices, says("Pre-activations of layers 1 to L.")]
    A: Annotated[Matrices, says("Activations of layers 0 to L; the first is the batch's input.")]


class BackwardAnswer(Answer):
    """The backward phase of the batch, layers 1 to L. The loss is the mean over the batch, so all carry its 1/m."""

    delta: Annotated[
        Matrices,
        says(
            "Gradients of the batch's loss by Z, one row per example: with its 1/m. "
            "The trace's equation of δ finds m times that, the example's own, and gives both."
        ),
    ]
    dW: Matrices
    db: Vectors


class SetupParts(Answer):
    """What decides a training: all but the settings that belong to no part of it."""

    sizes: list[int]
    activations: list[str]
    loss: str
    parameters: Annotated[dict[str, Any] | None, says("Where the start was given.")] = None
    initializer: Annotated[dict[str, Any] | None, says("Where the start was drawn.")] = None
    data: Annotated[dict[str, Any], says("X and Y, or the data set.")]
    optimizer: Annotated[dict[str, Any], says("With the learning rate as it is chosen now, before any schedule.")]


PLAIN_SETTINGS: dict[str, Any] = {name: (SETTINGS[name].type | None, ...) for name in PLAIN if name != "loss"}
SetupSettings = create_model("SetupSettings", __base__=SetupParts, **PLAIN_SETTINGS)


class SetupAnswer(SetupSettings):
    """The setup with every default filled in; what POST /api/sessions takes."""

    mistake: Annotated[str | list[str] | None, says("A list where there are two; “hidden” where it is to be found.")]
    warm_up: Annotated[list[int] | None, says("Only where there is one.")] = None


class State(Answer):
    """Where a session stands, with all numbers that its walk has shown."""

    id: str
    rev: Annotated[int, says("Grows by 1 with every change.")]
    lesson: Annotated[str | None, says("The slug of its lesson, if it is one.")]
    setup: SetupAnswer
    epoch: Annotated[int, says("From 0.")]
    iteration: Annotated[int, says("From 0.")]
    example: Annotated[int, says("The example in focus, from 0.")]
    batch: Annotated[list[int], says("The examples of this iteration, from 0.")]
    phase: Annotated[
        Literal["forward", "loss", "backward", "update"], says("Of the equation shown last; forward at the very start.")
    ]
    cursor: Annotated[int, says("How many equations of this iteration have been shown.")]
    equations: Annotated[int, says("How many there are.")]
    learning_rate_now: Annotated[
        Number, says("The rate in force for the next update: what a schedule, if there is one, makes of the chosen.")
    ]
    equation: Annotated[EquationAnswer | None, says("The one shown last; null at the very start.")]
    network: NetworkAnswer
    forward: Annotated[ForwardAnswer | None, says("From the end of its phase until the next iteration begins.")]
    loss: Annotated[Number | None, says("The mean over the batch, before the update.")]
    backward: Annotated[BackwardAnswer | None, says("From the end of its phase until the next iteration begins.")]
    loss_after: Annotated[Number | None, says("The same batch's loss after the update.")]


class LinkAnswer(Answer):
    """A walk as a link."""

    path: Annotated[str, says("The path, with the walk packed into it.")]
    url: Annotated[str, says("The same as an address of this server.")]


class ReaderAnswer(Answer):
    """How others look at a session."""

    id: Annotated[str, says("Answers what GET asks of the session, wherever it goes; every change is refused (403).")]


class HistoryAnswer(Answer):
    """Losses, each taken before its update."""

    iterations: Annotated[list[Number], says("Of every iteration whose loss has been shown.")]
    epochs: Annotated[list[Number], says("The mean over the iterations of every complete epoch.")]


class Problem(Answer):
    """What went wrong (RFC 9457), as `application/problem+json`."""

    class Field(Answer):
        """One field that cannot be used."""

        field: Annotated[str, says("Which; empty for the request as a whole.")]
        problem: Annotated[str, says("What is wrong with it.")]
        remedy: Annotated[str, says("What would be right.")]

    type: Annotated[str, says("The kind of problem, as an address of its description.")]
    title: str
    status: int
    detail: str
    request: Annotated[str, says("What the server's log calls the request.")]
    errors: Annotated[list[Field], says("For 422: the fields.")] = []
    state: Annotated[State | None, says("For 412: the session as it stands now.")] = None


def problem_answer(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


ERRORS: dict[int | str, dict[str, Any]] = {
    400: problem_answer("The body is no JSON."),
    403: problem_answer("The request comes from another site's page."),
    413: problem_answer("The body is too large."),
    415: problem_answer("The body is packed."),
    421: problem_answer("The server does not answer to this host name."),
    422: {**problem_answer("A field does not fit: `errors` names it, its bound and the remedy."), "model": Problem},
    429: problem_answer("Too much at once; Retry-After says how many seconds to wait."),
    503: problem_answer("The server is busy, or its sessions are too many; Retry-After says how many seconds to wait."),
    507: problem_answer("The disk is full: nothing can be saved, all can be read."),
}
SESSION_ERRORS: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    403: problem_answer("The id is one to look by, or the request comes from another site's page."),
    404: problem_answer("The session is unknown, was deleted or got another id, or has expired."),
    409: problem_answer("The numbers would grow beyond what a number can hold; nothing is changed."),
    412: problem_answer("The given `rev` is stale; nothing is changed. `state` is the current state."),
}
