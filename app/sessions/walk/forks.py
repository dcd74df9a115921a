"""A fork: the same run from the start with one thing changed, walked beside the original."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite

from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.initializers import INITIALIZERS, Initializer
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup


@dataclass(frozen=True)
class Fork:
    """What is changed, by a name of CHANGED, and to what: a name, or a number as text."""

    thing: str
    value: str


@lru_cache(maxsize=128)
def forked(setup: Setup, fork: Fork) -> Setup:
    """The setup with one thing changed. SetupError where that is not possible, or changes nothing."""
    if fork.thing not in CHANGED:
        raise UnknownNameError("thing", tuple(CHANGED))
    other = CHANGED[fork.thing](setup, fork.value)
    if now_of(setup, fork.thing) == now_of(other, fork.thing):
        raise SetupError("value", "The fork would be the same as the walk.", "Choose another value.")
    return other.completed()


def now_of(setup: Setup, thing: str) -> str:
    """What a setup has of a thing that a fork can change, as the fork's value would say it."""
    start = setup.start
    match thing:
        case "learning_rate":
            return f"{setup.learning_rate:.15g}"
        case "optimizer":
            return setup.optimizer.kind
        case "loss":
            return setup.loss
        case "activation":
            return setup.activations[0] if len(setup.activations) > 1 else ""
        case "initializer":
            return start.kind if isinstance(start, Initializer) else ""
        case _:
            return str(start.seed) if isinstance(start, Initializer) else ""


def _learning_rate(setup: Setup, value: str) -> Setup:
    return replace(setup, learning_rate=_number(value))


def _optimizer(setup: Setup, value: str) -> Setup:
    _check_name(value, OPTIMIZERS)
    return replace(setup, optimizer=replace(setup.optimizer, kind=value))


def _activation(setup: Setup, value: str) -> Setup:
    """Of every hidden layer."""
    _check_name(value, [name for name, one in ACTIVATIONS.items() if not one.couples])
    *hidden, output = setup.activations
    if not hidden:
        raise SetupError("value", "The network has no hidden layer.", "Change another thing.")
    return replace(setup, activations=(*(value for _ in hidden), output))


def _loss(setup: Setup, value: str) -> Setup:
    """With the output that it needs, where it needs one."""
    _check_name(value, LOSSES)
    output = LOSSES[value].output or setup.activations[-1]
    return replace(setup, loss=value, activations=(*setup.activations[:-1], output))


def _initializer(setup: Setup, value: str) -> Setup:
    """With the seed of the start, or 0 where it was given; constant, normal and uniform with a usual size."""
    _check_name(value, INITIALIZERS)
    seed = setup.start.seed if isinstance(setup.start, Initializer) else 0
    return replace(setup, start=Initializer(value, seed, INITIALIZERS[value].usual))


def _seed(setup: Setup, value: str) -> Setup:
    if not isinstance(setup.start, Initializer):
        raise SetupError("value", "The start was given, not drawn from a seed.", "Choose an initializer first.")
    number = _number(value)
    if number != int(number) or number >= 2**32:
        raise SetupError("value", "The seed is not a whole number.", "Give 0 or more.")
    return replace(setup, start=replace(setup.start, seed=int(number)))


def _number(value: str) -> float:
    try:
        number = float(value)
    except ValueError as error:
        raise SetupError("value", "This is not a number.", "Write it with digits and a point, such as 0.1.") from error
    if not isfinite(number) or number < 0:
        raise SetupError("value", "The number is below 0 or not finite.", "Try 0.1.")
    return number


def _check_name(value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise UnknownNameError("value", tuple(known))


CHANGED: dict[str, Callable[[Setup, str], Setup]] = {
    "learning_rate": _learning_rate,
    "optimizer": _optimizer,
    "activation": _activation,
    "loss": _loss,
    "initializer": _initializer,
    "seed": _seed,
}
