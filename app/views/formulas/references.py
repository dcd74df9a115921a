"""The ids that tie a symbol to its mark in the drawing, to its row in the table and to the form that names it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.engine.equations.expressions import Symbol
from app.engine.equations.shape import Shape
from app.engine.equations.updates import parameter_of
from app.lessons.lesson import Orientation
from app.views.formulas.symbols import CONSTANTS, in_html, script_of

LOSS = "loss"
_WRITTEN = re.compile(r"([wbuxy])-(\d{1,6})(?:-(\d{1,6}))?(?:-(\d{1,6}))?", re.ASCII)
_PLACES = {"w": (3,), "b": (2,), "u": (2,), "x": (2,), "y": (1, 2)}


def unit_reference(l: int, j: int) -> str:
    """The mark of unit j of layer l."""
    return f"u-{l}-{j}"


def weight_reference(l: int, j: int, k: int | None) -> str:
    """The mark of the connection from unit k of the layer before to unit j of layer l."""
    return f"w-{l}-{j}-{k}"


def bias_reference(l: int, j: int) -> str:
    """The mark of a unit's bias."""
    return f"b-{l}-{j}"


def target_reference(j: int) -> str:
    """The mark of the target of output j, of the example in focus."""
    return f"y-{j}"


def example_reference(kind: str, example: int, column: int) -> str:
    """An input (x) or a target (y) of any example, as a form names it."""
    return f"{kind}-{example}-{column}"


@lru_cache(maxsize=16384)
def reference(symbol: Symbol) -> str:
    """The data-ref that a symbol shares with its mark in the diagram and its row in the table; empty if none."""
    parameter = parameter_of(symbol)
    match parameter.kind if parameter else symbol.kind:
        case "W":
            return weight_reference(symbol.layer, symbol.j, symbol.k)
        case "b":
            return bias_reference(symbol.layer, symbol.j)
        case "y":
            return target_reference(symbol.j)
        case "loss" | "own_loss":
            return LOSS
        case kind if kind in CONSTANTS:
            return ""
        case _:
            return unit_reference(symbol.layer, symbol.j)


def read_reference(text: str) -> tuple[str, tuple[int, ...]] | None:
    """(letter, places) of an id: w, b and u with layer and units, x and y with example and column, y also with the
    column alone; None where it is no id.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    letter, *written = match.groups()
    places = tuple(int(place) for place in written if place is not None)
    return (letter, places) if len(places) in _PLACES[letter] else None


def parameter_named(text: str) -> Symbol | None:
    """The weight or bias of an id, w-1-0-1 or b-1-0; None where it is no such id."""
    found = read_reference(text)
    if found is None or found[0] not in ("w", "b"):
        return None
    return Symbol("W" if found[0] == "w" else "b", *found[1])


# Parameters by their names


@dataclass(frozen=True, eq=False)
class ParameterNames:
    """A parameter, its gradient, its value after the update, and how it is named."""

    symbol: Symbol
    gradient: Symbol
    after: Symbol
    ref: str
    name: str


@lru_cache(maxsize=256)
def names_of(shape: Shape, orientation: Orientation, layer: int) -> tuple[ParameterNames, ...]:
    """The parameters of a layer in the order in which the lesson reads them."""
    script = script_of(shape, orientation)
    units, inputs = range(shape.sizes[layer]), range(shape.sizes[layer - 1])
    symbols = [Symbol("W", layer, j, k) for j in units for k in inputs] + [Symbol("b", layer, j) for j in units]
    symbols.sort(key=lambda symbol: (symbol.kind, script.index(symbol) if len(units) * len(inputs) < 82 else ""))
    return tuple(
        ParameterNames(
            s, s._replace(kind=f"d{s.kind}"), s._replace(kind=f"new_{s.kind}"), reference(s), in_html(s, script)
        )
        for s in symbols
    )
