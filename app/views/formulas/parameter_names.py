"""The parameters of a layer by name, in the order in which a lesson reads them: the rows of tables."""

from dataclasses import dataclass
from functools import lru_cache

from app.engine.equations.shape import Shape
from app.engine.network.expressions import Symbol
from app.lessons.lesson import Orientation
from app.views.formulas.symbols import in_html, reference, script_of

MOST_SORTED = 81  # weights: beyond, unit numbers of two digits would not stand in the order of their texts


@dataclass(frozen=True, eq=False)
class ParameterNames:
    """A parameter, its gradient, its value after the update, its reference, and its name as HTML."""

    symbol: Symbol
    gradient: Symbol
    after: Symbol
    ref: str
    name: str


@lru_cache(maxsize=256)
def parameter_names(shape: Shape, orientation: Orientation, layer: int) -> tuple[ParameterNames, ...]:
    """Weights, then biases. Cached: names as HTML take a tenth of a step, those of 120 connections a fifth."""
    script = script_of(shape, orientation)
    units, inputs = range(shape.sizes[layer]), range(shape.sizes[layer - 1])
    symbols = [Symbol("W", layer, j, k) for j in units for k in inputs] + [Symbol("b", layer, j) for j in units]
    in_order = len(units) * len(inputs) <= MOST_SORTED
    symbols.sort(key=lambda symbol: (symbol.kind, script.index(symbol) if in_order else ""))
    return tuple(
        ParameterNames(
            s, s._replace(kind=f"d{s.kind}"), s._replace(kind=f"new_{s.kind}"), reference(s), in_html(s, script)
        )
        for s in symbols
    )
