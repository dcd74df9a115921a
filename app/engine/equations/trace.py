"""One iteration told equation by equation: trace() lists them in the order of the walk, as symbols only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, wraps
from itertools import chain
from typing import TypeVar

from app.engine.equations.mistakes import story_of
from app.engine.equations.rules import (
    activated,
    averaged,
    error_signal,
    example_loss,
    gradient_of_bias,
    weight_gradient,
    weighted_sum,
    why,
)
from app.engine.equations.shape import Shape
from app.engine.equations.updates import parameter_of, updates
from app.engine.network.expressions import Expression, Symbol

PHASES = ("forward", "loss", "backward", "update")
SHARED = "shared"  # the group of equations that all parameters of an update share
LOSS = Symbol("loss")


@dataclass(frozen=True)
class Equation:
    """One step of the walk: `symbol` = `expression`; `why` derives it where it was simplified.

    `index` counts from 0 within the iteration; `group` is the timeline's cell, such as ("W", 2).
    """

    index: int
    phase: str
    symbol: Symbol
    expression: Expression
    why: Expression | None = None

    @property
    def kind(self) -> str:
        """z, a, loss, delta, dW, db, W or b: what the equation finds; in an update also eta, norm, g_W, m_W ..."""
        return self.symbol.kind.removeprefix("new_")

    @property
    def group(self) -> tuple[str, int]:
        """Kind and layer: the equations of one cell of the timeline. In the update those of a parameter stand
        together, under its kind, and so do those that all parameters share.
        """
        if self.phase != "update":
            return (self.kind, self.symbol.layer)
        parameter = parameter_of(self.symbol)
        return (SHARED, 0) if parameter is None else (parameter.kind, parameter.layer)


Line = tuple[str, Symbol, Expression, Expression | None]


def _forward(shape: Shape) -> Iterator[Line]:
    for l in range(1, shape.depth + 1):
        for j in range(shape.sizes[l]):
            yield "forward", Symbol("z", l, j), weighted_sum(shape, l, j), None
        for j in range(shape.sizes[l]):
            yield "forward", Symbol("a", l, j), activated(shape, l, j), None


def _backward(shape: Shape) -> Iterator[Line]:
    story = story_of(shape.mistakes)
    for l in range(shape.depth, 0, -1):
        units = range(shape.sizes[l])
        for j in units:
            reason = why(shape, story, j) if l == shape.depth else None
            yield "backward", Symbol("delta", l, j), error_signal(shape, story, l, j), reason
        for j in units:
            for k in range(shape.sizes[l - 1]):
                yield "backward", Symbol("dW", l, j, k), weight_gradient(shape, story, l, j, k), None
        for j in units:
            yield "backward", Symbol("db", l, j), gradient_of_bias(shape, story, l, j), None


Of = TypeVar("Of")


def kept_by_shape(work: Callable[[Shape], Of]) -> Callable[[Shape], Of]:
    """The function with its last results kept: of many shapes, but of few large ones, for those take megabytes."""
    small, large = lru_cache(maxsize=512)(work), lru_cache(maxsize=16)(work)

    @wraps(work)
    def kept(shape: Shape) -> Of:
        return large(shape) if shape.is_large else small(shape)

    return kept


@kept_by_shape
def trace(shape: Shape) -> tuple[Equation, ...]:
    """Every equation of one iteration, for the example in focus, in the order of the walk."""
    loss: Line = "loss", LOSS, averaged(shape, example_loss(shape)), None
    update: Iterator[Line] = (("update", symbol, expression, None) for symbol, expression in updates(shape))
    lines = chain(_forward(shape), [loss], _backward(shape), update)
    return tuple(Equation(index, *line) for index, line in enumerate(lines))


@kept_by_shape
def found_at(shape: Shape) -> dict[Symbol, int]:
    """For every symbol that an equation finds, that equation's index."""
    return {equation.symbol: equation.index for equation in trace(shape)}
