"""What the API answers, as pydantic models: documentation that a test holds against the real answers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from app.sessions.setups.declaration import SETTINGS
from app.sessions.setups.document import PLAIN
from app.views.text.naming import KINDS

Number = float
Vectors = list[list[Number]]
Matrices = list[Vectors]


Real = float | None  # null where it has grown beyond what a number can hold


class Answer(BaseModel):
    """Nothing is answered that is not documented."""

    model_config = ConfigDict(extra="forbid")


def says(description: str) -> Any:
    """A documented field."""
    return Field(description=description)


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
        Field(
            description=(
                "What it finds; in an update also what all parameters share, and each one's state in the optimizer."
            ),
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


def _answer(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


ERRORS: dict[int | str, dict[str, Any]] = {
    400: _answer("The body is no JSON."),
    403: _answer("The request comes from another site's page."),
    413: _answer("The body is too large."),
    415: _answer("The body is packed."),
    421: _answer("The server does not answer to this host name."),
    422: {**_answer("A field does not fit: `errors` names it, its bound and the remedy."), "model": Problem},
    429: _answer("Too much at once; Retry-After says how many seconds to wait."),
    503: _answer("The server is busy, or its sessions are too many; Retry-After says how many seconds to wait."),
    507: _answer("The disk is full: nothing can be saved, all can be read."),
}
SESSION_ERRORS: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    404: _answer("The session is unknown, or has expired."),
    409: _answer("The numbers would grow beyond what a number can hold; nothing is changed."),
    412: _answer("The given `rev` is stale; nothing is changed. `state` is the current state."),
}
