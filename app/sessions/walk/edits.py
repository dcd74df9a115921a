"""What a learner edits while walking: a parameter, the learning rate, an input or a target; and what undoes it."""

from typing import NamedTuple

from app.engine.equations.shape import Shape
from app.engine.network.errors import SetupError
from app.engine.network.expressions import Symbol
from app.engine.network.losses import LOSSES
from app.sessions.walk.changes import Changes
from app.sessions.walk.position import Place

MOST_MARKS = 20  # edits and runs that can be undone


class Mark(NamedTuple):
    """Where a walk stood, and with which changes, before an edit or a run; `what` is edit or run."""

    place: Place
    changes: Changes
    what: str


Marks = tuple[Mark, ...]
Edit = dict[Symbol, float]  # new values of what the symbols name


def with_mark(marks: Marks, mark: Mark) -> Marks:
    """One more, of which only the last are kept."""
    return (*marks, mark)[-MOST_MARKS:]


def edit_of(shape: Shape, examples: int, symbol: Symbol, value: float) -> Edit:
    """What another value of a symbol changes, among so many examples. SetupError where it names nothing that can be
    edited, or cannot have this value.

    eta is the learning rate, W and b are parameters, x and y inputs and targets (j the example, k the column).
    """
    if symbol.kind not in EDITABLE:
        raise SetupError("parameter.kind", "There is no parameter of this kind.", "Choose one of: W, b.")
    return EDITABLE[symbol.kind](shape, examples, symbol, value)


def _learning_rate(shape: Shape, examples: int, symbol: Symbol, value: float) -> Edit:
    if not value > 0:
        raise SetupError("learning_rate", "The learning rate is not above 0.", "Try 0.1.")
    return {symbol: value}


def _parameter(shape: Shape, examples: int, symbol: Symbol, value: float) -> Edit:
    kind, layer, j, k = symbol
    _check_index("parameter.layer", layer, 1, shape.depth)
    _check_index("parameter.j", j, 0, shape.sizes[layer] - 1)
    if kind == "b" and k is not None:
        raise SetupError("parameter.k", "A bias has no k.", "Leave k out.")
    if kind == "W" and k is None:
        raise SetupError("parameter.k", "A weight needs k, the unit that it comes from.", "Give k, from 0.")
    if k is not None:
        _check_index("parameter.k", k, 0, shape.sizes[layer - 1] - 1)
    return {symbol: value}


def _input(shape: Shape, examples: int, symbol: Symbol, value: float) -> Edit:
    _check_index("input.example", symbol.j, 0, examples - 1)
    _check_index("input.column", symbol.k or 0, 0, shape.sizes[0] - 1)
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


EDITABLE = {"eta": _learning_rate, "W": _parameter, "b": _parameter, "x": _input, "y": _target}


def _check_index(field: str, index: int, lowest: int, highest: int) -> None:
    if not lowest <= index <= highest:
        raise SetupError(field, f"{field} points outside of what is there.", f"Use {lowest} to {highest}.")
