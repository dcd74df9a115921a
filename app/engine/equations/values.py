"""The number that a symbol, or an expression, stands for in one iteration: for one example, or over the batch."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial, reduce
from math import pi
from operator import add, mul, neg
from typing import Any, Protocol, TypeVar

import numpy as np

from app.engine.equations.updates import DERIVED, KEPT
from app.engine.learning.iteration import Iteration, Past, Update
from app.engine.learning.optimizers import OPTIMIZERS, Optimizer
from app.engine.learning.schedules import SCHEDULES, Schedule
from app.engine.learning.settings import bounds_of
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.arrays import Array
from app.engine.network.expressions import (
    Apply,
    BatchSum,
    Expression,
    Mean,
    Minimum,
    Negative,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Root,
    Rounded,
    Square,
    Sum,
    Symbol,
)

# Expressions ---------------------------------------------------------------------------------------------------------

N = TypeVar("N", float, Array)


class Batch(Protocol):
    """What symbols stand for over the batch: an array of shape (m,) each."""

    def __getitem__(self, symbol: Symbol) -> Array: ...


class Lookup(Protocol):
    """What symbols stand for, for the example in focus, and over the batch."""

    def __getitem__(self, symbol: Symbol) -> float: ...

    @property
    def batch(self) -> Batch: ...


def evaluate(expression: Expression, values: Lookup) -> float:
    """The number that an expression stands for, for the example in focus; parts that are too large make it infinite."""
    with np.errstate(all="ignore"):
        if isinstance(expression, Mean | BatchSum):
            shares = _evaluated(expression.body, values.batch.__getitem__)
            return float(np.mean(shares) if isinstance(expression, Mean) else np.sum(shares))
        return float(_evaluated(expression, values.__getitem__))


def _length(parts: Iterable[N]) -> N:
    return _root(reduce(add, (part**2 for part in parts)))


def _root(body: N) -> N:
    numbers: Any = np.asarray(body, np.float64)
    root: N = np.sqrt(numbers)
    return root


# What several parts make together, and what one makes alone.
TOGETHER: dict[type, Callable[[Iterable[Any]], Any]] = {
    Sum: partial(reduce, add),
    Product: partial(reduce, mul),
    Minimum: partial(reduce, np.minimum),
    Norm: _length,
}
ALONE: dict[type, Callable[[Any], Any]] = {Negative: neg, Square: lambda body: body * body, Root: _root}


def _evaluated(expression: Expression, value: Callable[[Symbol], N]) -> N:
    def of(part: Expression) -> N:
        return _evaluated(part, value)

    match expression:
        case Symbol():
            return value(expression)
        case Number(number):
            return number  # type: ignore[return-value]  # an int serves as a float and as an array alike
        case Sum(parts) | Product(parts) | Minimum(parts) | Norm(parts):
            together: N = TOGETHER[type(expression)](map(of, parts))
            return together
        case Negative(body) | Square(body) | Root(body):
            alone: N = ALONE[type(expression)](of(body))
            return alone
        case Quotient(above, below):
            return of(above) / of(below)
        case Power(base, exponent):
            raised: N = of(base) ** of(exponent)
            return raised
        case Apply(name, argument):
            function: Callable[[Array], Any] = ACTIVATIONS[name].g if name in ACTIVATIONS else getattr(np, name)
            applied: N = function(np.asarray(of(argument), np.float64))  # 0-d for a number
            return applied
        case Rounded(body, decimals):
            near: N = np.round(of(body), decimals)
            return near
        case Mean() | BatchSum():
            raise ValueError("A mean or sum over the batch stands only at the top of an expression.")


# Where the numbers of symbols stand in an iteration ------------------------------------------------------------------

Source = Callable[[Iteration, int], Array]


def _log(place: int) -> Source:
    """The logarithm of y_hat, or of 1 - y_hat, of a loss that is made of them."""

    def of_output(it: Iteration, layer: int) -> Array:
        logs = it.method.loss.logs
        assert logs is not None
        return logs(it.forward.output)[place]

    return of_output


# What differs from example to example: kind -> array (m, units of the layer).
OF_EXAMPLES: dict[str, Source] = {
    "z": lambda it, layer: it.forward.Z[layer - 1],
    "a": lambda it, layer: it.forward.A[layer],
    "y": lambda it, layer: it.Y,
    "delta": lambda it, layer: it.backward.own[layer - 1],
    "slope": lambda it, layer: it.backward.slope[layer - 1],
    "slope_at_a": lambda it, layer: it.backward.slope[layer - 1],
    "own_loss": lambda it, layer: it.losses[:, None],
    "ln_a": _log(0),
    "ln_rest": _log(1),
}


# What all parameters of an update share: its numbers, settings by their names, and what is found from them.
SHARED: dict[str, Callable[[Iteration], float]] = {
    "eta": lambda it: it.method.learning_rate,
    "eta_0": lambda it: it.method.base_rate,
    "norm": lambda it: it.update.norm,
    "clip": lambda it: it.update.clip,
    "t": lambda it: it.past.iteration + 1,
    "pi": lambda it: pi,
}


def _setting(of: str, name: str) -> Callable[[Iteration], float]:
    return lambda it: getattr(getattr(it.method, of), name) or 0.0  # no norm to clip at is None


def _count(count: Callable[[Schedule, int], int]) -> Callable[[Iteration], float]:
    return lambda it: count(it.method.schedule, it.past.iteration)


def _found(told: Expression) -> Callable[[Iteration], float]:
    return lambda it: _evaluated(told, lambda symbol: SHARED[symbol.kind](it))


SHARED |= {name: _setting("optimizer", name) for name in bounds_of(Optimizer)}
SHARED |= {name: _setting("schedule", name) for name in bounds_of(Schedule)}
SHARED |= {name: _count(count) for kind in SCHEDULES.values() for name, count in kind.counts.items()}
SHARED |= {shared.name: _found(shared.told) for kind in OPTIMIZERS.values() for shared in kind.shared}


# What each parameter has of its own: a vector (P,), in the order of `Network.flat`.
OF_PARAMETERS: dict[str, Callable[[Iteration], Array]] = {"g": lambda it: it.update.taken}


def _row(name: str, of: Callable[[Iteration], Past | Update]) -> Callable[[Iteration], Array]:
    """What the optimizer remembers by that name, before the update or after it."""
    return lambda it: of(it).memory[it.method.optimizer.slots.index(name)]


def _derived(name: str) -> Callable[[Iteration], Array]:
    def numbers(it: Iteration) -> Array:
        told = next(state.told(Symbol) for state in it.method.optimizer.rule.states if state.name == name)
        of: dict[str, Callable[[Iteration], Any]] = {**SHARED, **OF_PARAMETERS}
        value: Array = _evaluated(told, lambda symbol: of[symbol.kind](it))
        return value

    return numbers


OF_PARAMETERS |= {name: _row(name, lambda it: it.past) for name in KEPT}
OF_PARAMETERS |= {f"new_{name}": _row(name, lambda it: it.update) for name in KEPT}
OF_PARAMETERS |= {name: _derived(name) for name in DERIVED}


def _alone(number: Callable[[Iteration], float]) -> Source:
    return lambda it, layer: np.array([float(number(it))])


def _of_layer(numbers: Callable[[Iteration], Array], part: int) -> Source:
    """A vector's numbers for the weights (part 0) or for the biases (part 1) of a layer, shaped as W or b."""
    return lambda it, layer: it.before.parts(numbers(it))[layer - 1][part]


# What is the same for all of them: kind -> array indexed by j, or by j and k.
OF_BATCH: dict[str, Source] = {
    "W": lambda it, layer: it.before.layers[layer - 1].W,
    "b": lambda it, layer: it.before.layers[layer - 1].b,
    "new_W": lambda it, layer: it.after.layers[layer - 1].W,
    "new_b": lambda it, layer: it.after.layers[layer - 1].b,
    "dW": lambda it, layer: it.backward.dW[layer - 1],
    "db": lambda it, layer: it.backward.db[layer - 1],
    "loss": lambda it, layer: np.array([it.loss]),
    **{name: _alone(number) for name, number in SHARED.items()},
    **{f"{name}_W": _of_layer(numbers, 0) for name, numbers in OF_PARAMETERS.items()},
    **{f"{name}_b": _of_layer(numbers, 1) for name, numbers in OF_PARAMETERS.items()},
}


@dataclass(frozen=True, eq=False)
class BatchValues:
    """Every example's number at once: arrays of shape (m,); one number where it is the same for all."""

    iteration: Iteration

    def __getitem__(self, symbol: Symbol) -> Array:
        kind, layer, j, k = symbol
        if kind in OF_EXAMPLES:
            return OF_EXAMPLES[kind](self.iteration, layer)[:, j]
        numbers = OF_BATCH[kind](self.iteration, layer)
        return np.asarray(numbers[j] if k is None else numbers[j, k])


@dataclass(frozen=True, eq=False)
class Values:
    """The numbers of one iteration for the example in focus: row `focus` of the batch, from 0."""

    iteration: Iteration
    focus: int = 0
    _numbers: dict[tuple[str, int], Any] = field(default_factory=dict)  # arrays already read, as lists

    def __getitem__(self, symbol: Symbol) -> float:
        kind, layer, j, k = symbol
        numbers = self._numbers.get((kind, layer))
        if numbers is None:
            numbers = self._numbers[kind, layer] = self._read(kind, layer)
        number: float = numbers[j] if k is None else numbers[j][k]
        return number

    def _read(self, kind: str, layer: int) -> list[Any]:
        if kind in OF_EXAMPLES:
            numbers = OF_EXAMPLES[kind](self.iteration, layer)[self.focus]
        else:
            numbers = OF_BATCH[kind](self.iteration, layer)
        return list(numbers.tolist())

    @cached_property
    def batch(self) -> BatchValues:
        """The same symbols over the whole batch."""
        return BatchValues(self.iteration)

    def each(self, expression: Expression) -> list[float]:
        """One example's expression for every example of the batch, in its order."""
        numbers = _evaluated(expression, self.batch.__getitem__)
        each: list[float] = np.broadcast_to(numbers, (len(self.iteration.X),)).tolist()
        return each
