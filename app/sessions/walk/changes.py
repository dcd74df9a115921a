"""What a learner changes on the way: the learning rate, a parameter, an input or a target. Each counts from an
iteration on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from app.engine.network.arrays import Array
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.network.layers import Network
from app.engine.setup import Setup

MOST_CHANGES = 200


@dataclass(frozen=True)
class Change:
    """From the start of `iteration` on, `symbol` is `value`.

    eta is the learning rate, W or b a parameter, x or y an input or a target: there j is the example, k the column.
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


def with_edits(network: Network, changes: Changes, iteration: int) -> Network:
    """The network with the parameters that were edited for exactly this iteration."""
    edits = [change for change in changes if change.iteration == iteration and change.symbol.kind in ("W", "b")]
    return _edited(network, edits) if edits else network


def example_edits(changes: Changes, iteration: int) -> Changes:
    """What was changed of inputs and targets for an iteration or before."""
    return tuple(c for c in changes if c.symbol.kind in ("x", "y") and c.iteration <= iteration)


def examples_at(setup: Setup, changes: Changes, iteration: int) -> tuple[Array, Array]:
    """X (examples, features) and Y (examples, outputs) as an iteration finds them."""
    return examples_with(setup, example_edits(changes, iteration)) if changes else setup.examples


@lru_cache(maxsize=64)
def examples_with(setup: Setup, edits: Changes) -> tuple[Array, Array]:
    """X and Y with these edits of inputs and targets."""
    if not edits:
        return setup.examples
    X, Y = (array.copy() for array in setup.examples)
    for edit in edits:
        (X if edit.symbol.kind == "x" else Y)[edit.symbol.j, edit.symbol.k or 0] = edit.value
    return X, Y


def _edited(network: Network, edits: Iterable[Change]) -> Network:
    pairs = [(layer.W.copy(), layer.b.copy()) for layer in network.layers]
    for edit in edits:
        W, b = pairs[edit.symbol.layer - 1]
        _put(W, b, edit)
    return network.with_parameters(pairs)


def _put(W: Array, b: Array, edit: Change) -> None:
    """Write one edit into W of shape (fan_out, fan_in) or b of shape (fan_out,)."""
    if edit.symbol.kind == "W":
        W[edit.symbol.j, edit.symbol.k] = edit.value
    else:
        b[edit.symbol.j] = edit.value


def first_difference(one: Changes, other: Changes) -> int | None:
    """The iteration from which on two logs may lead to different numbers; None where they are the same."""
    return min((change.iteration for change in {*one} ^ {*other}), default=None)
