"""One iteration told equation by equation: trace() lists them in the order of the walk, as symbols only.

The largest network has 34,000 of them: what each says is worked out when it is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine.equations.mistakes import story_of
from app.engine.equations.rules import activated, averaged, error_signal, targets, weighted_sum, why, y_hats
from app.engine.equations.shape import Shape
from app.engine.equations.updates import parameter_of, update_of, updated
from app.engine.memory import kept
from app.engine.network.expressions import Expression, Symbol, product
from app.engine.network.losses import LOSSES

PHASES = ("forward", "loss", "backward", "update")
SHARED = "shared"  # the group of equations that all parameters of an update share
LOSS = Symbol("loss")


@dataclass(frozen=True, slots=True)
class Equation:
    """One step of the walk: `symbol` = `expression`; `why` derives it where it was simplified.

    `index` counts from 0 within the iteration of this shape; `group` is the timeline's cell, such as ("W", 2).
    """

    index: int
    phase: str
    symbol: Symbol
    shape: Shape

    @property
    def expression(self) -> Expression:
        """What the symbol is found from."""
        return _told(self.shape, self.symbol)

    @property
    def why(self) -> Expression | None:
        """Of an output unit's error signal: what was simplified."""
        shape, (kind, l, j, _) = self.shape, self.symbol
        return why(shape, story_of(shape.mistakes), j) if kind == "delta" and l == shape.depth else None

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


def _found(shape: Shape) -> Iterator[tuple[str, Symbol]]:
    """Phase and symbol, in the order of the walk."""
    for l in range(1, shape.depth + 1):
        for kind in ("z", "a"):
            yield from (("forward", Symbol(kind, l, j)) for j in range(shape.sizes[l]))
    yield "loss", LOSS
    for l in range(shape.depth, 0, -1):
        units = range(shape.sizes[l])
        yield from (("backward", Symbol("delta", l, j)) for j in units)
        yield from (("backward", Symbol("dW", l, j, k)) for j in units for k in range(shape.sizes[l - 1]))
        yield from (("backward", Symbol("db", l, j)) for j in units)
    yield from (("update", symbol) for symbol in updated(shape))


def _told(shape: Shape, symbol: Symbol) -> Expression:
    """What an iteration of this shape finds a symbol from."""
    (kind, l, j, k), story = symbol, story_of(shape.mistakes)
    match kind:
        case "z":
            return weighted_sum(shape, l, j)
        case "a":
            return activated(shape, l, j)
        case "loss":
            return averaged(shape, LOSSES[shape.loss].formula(y_hats(shape), targets(shape)))
        case "delta":
            return error_signal(shape, story, l, j)
        case "dW":
            return story.averaged(shape, product(Symbol("delta", l, j), story.carried(l, k or 0)))
        case "db":
            return story.averaged(shape, story.bias_gradient(Symbol("delta", l, j), shape.sizes[l - 1]))
    return update_of(shape, symbol)


@kept
def trace(shape: Shape) -> tuple[Equation, ...]:
    """Every equation of one iteration, for the example in focus, in the order of the walk."""
    return tuple(Equation(index, *found, shape) for index, found in enumerate(_found(shape)))


@kept
def found_at(shape: Shape) -> dict[Symbol, int]:
    """For every symbol that an equation finds, that equation's index."""
    return {equation.symbol: equation.index for equation in trace(shape)}
