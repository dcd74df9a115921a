"""What a learner edits while walking: a parameter, the learning rate, an input or a target; and what undoes it."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from app.engine.equations.shape import Shape
from app.engine.learning.optimizers import Optimizer
from app.engine.learning.settings import bounds_of
from app.engine.memory import kept
from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.network.layers import Network
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.sessions.walk.position import Place

SETTINGS = tuple(bounds_of(Optimizer))
MOST_CHANGES = 200
MOST_MARKS = 20  # edits and runs that can be undone


@dataclass(frozen=True)
class Change:
    """From the start of `iteration` on, `symbol` is `value`.

    eta is the learning rate, W or b a parameter, x or y an input or a target: there j is the example, k the column. All
    else is a setting of the optimizer, by its name.
    """

    iteration: int
    symbol: Symbol
    value: float


Changes = tuple[Change, ...]


def with_change(changes: Changes, change: Change) -> Changes:
    """The log with one more change, in order of iterations; what it overtakes (made for later, or the same) goes.

    SetupError where the log is full.
    """
    kept = [
        old
        for old in changes
        if old.iteration < change.iteration or (old.iteration == change.iteration and old.symbol != change.symbol)
    ]
    if len(kept) >= MOST_CHANGES:
        raise SetupError(
            "session", f"This session already holds {MOST_CHANGES} changes.", "Reset it, or start a new one."
        )
    return (*kept, change)


def learning_rate_at(changes: Changes, iteration: int, start: float) -> float:
    """The learning rate in force in an iteration; `start` where nothing changed it."""
    rates = [change.value for change in changes if change.symbol.kind == "eta" and change.iteration <= iteration]
    return rates[-1] if rates else start


def optimizer_at(changes: Changes, iteration: int, start: Optimizer) -> Optimizer:
    """The optimizer with the settings in force in an iteration; `start` where nothing changed them."""
    settings = {c.symbol.kind: c.value for c in changes if c.symbol.kind in SETTINGS and c.iteration <= iteration}
    return replace(start, **settings) if settings else start  # type: ignore[arg-type]


def with_edits(network: Network, changes: Changes, iteration: int) -> Network:
    """The network with the parameters that were edited for exactly this iteration."""
    edits = [change for change in changes if change.iteration == iteration and change.symbol.kind in ("W", "b")]
    if not edits:
        return network
    pairs = [(layer.W.copy(), layer.b.copy()) for layer in network.layers]
    for edit in edits:
        kind, layer, j, k = edit.symbol
        W, b = pairs[layer - 1]
        if kind == "W":
            W[j, k] = edit.value
        else:
            b[j] = edit.value
    return network.with_parameters(pairs)


def example_edits(changes: Changes, iteration: int) -> Changes:
    """What was changed of inputs and targets for an iteration or before."""
    return tuple(c for c in changes if c.symbol.kind in ("x", "y") and c.iteration <= iteration)


def examples_at(setup: Setup, changes: Changes, iteration: int) -> tuple[Array, Array]:
    """X (examples, features) and Y (examples, outputs) as an iteration finds them."""
    return examples_with(setup, example_edits(changes, iteration)) if changes else setup.examples


@kept
def examples_with(setup: Setup, edits: Changes) -> tuple[Array, Array]:
    """X and Y with these edits of inputs and targets."""
    if not edits:
        return setup.examples
    X, Y = (array.copy() for array in setup.examples)
    for edit in edits:
        (X if edit.symbol.kind == "x" else Y)[edit.symbol.j, edit.symbol.k or 0] = edit.value
    return X, Y


def first_difference(one: Changes, other: Changes) -> int | None:
    """The iteration from which on two logs may lead to different numbers; None where they are the same."""
    return min((change.iteration for change in {*one} ^ {*other}), default=None)


class Mark(NamedTuple):
    """Where a walk stood, and with which changes, before an edit, a run or a reset: `what` says which."""

    place: Place
    changes: Changes
    what: str


Marks = tuple[Mark, ...]
Edit = dict[Symbol, float]  # new values of what the symbols name


def edit_of(shape: Shape, examples: int, symbol: Symbol, value: float) -> Edit:
    """What another value of a symbol changes, among so many examples. SetupError where it names nothing that can be
    edited, or cannot have this value.

    eta is the learning rate, W and b are parameters, x and y inputs and targets (j the example, k the column).
    """
    match symbol.kind:
        case "eta":
            if not value > 0:
                raise SetupError("learning_rate", "The learning rate is not above 0.", "Try 0.1.")
        case "W" | "b":
            kind, layer, j, k = symbol
            _check_index("parameter.layer", layer, 1, shape.depth)
            _check_index("parameter.j", j, 0, shape.sizes[layer] - 1)
            if kind == "b" and k is not None:
                raise SetupError("parameter.k", "A bias has no k.", "Leave k out.")
            if kind == "W" and k is None:
                raise SetupError("parameter.k", "A weight needs k, the unit that it comes from.", "Give k, from 0.")
            if k is not None:
                _check_index("parameter.k", k, 0, shape.sizes[layer - 1] - 1)
        case "x":
            _check_index("input.example", symbol.j, 0, examples - 1)
            _check_index("input.column", symbol.k or 0, 0, shape.sizes[0] - 1)
        case "y":
            return _target(shape, examples, symbol, value)
        case _:
            raise SetupError("parameter.kind", "There is no parameter of this kind.", "Choose one of: W, b.")
    return {symbol: value}


def _target(shape: Shape, examples: int, symbol: Symbol, value: float) -> Edit:
    """Where targets are shares of 1, the one that is set to 1 makes all others of its example 0."""
    outputs = shape.sizes[-1]
    _check_index("target.example", symbol.j, 0, examples - 1)
    _check_index("target.column", symbol.k or 0, 0, outputs - 1)
    wanted = LOSSES[shape.loss].targets
    if wanted == "shares":
        if value != 1:
            raise SetupError("target.value", "The targets of an example add up to 1.", "Set the right answer to 1.")
        return {symbol._replace(k=k): float(k == symbol.k) for k in range(outputs)}
    if wanted != "any" and not 0 <= value <= 1:
        raise SetupError("target.value", f"A target of {shape.loss} lies outside 0 to 1.", "Give a number from 0 to 1.")
    return {symbol: value}


def _check_index(field: str, index: int, lowest: int, highest: int) -> None:
    if not lowest <= index <= highest:
        raise SetupError(field, f"{field} points outside of what is there.", f"Use {lowest} to {highest}.")
