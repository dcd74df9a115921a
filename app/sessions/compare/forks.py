"""A fork: the same run from the start with one thing changed, walked beside the original."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isfinite

from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.memory import kept
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError, UnknownNameError
from app.engine.network.initializers import INITIALIZERS, Initializer
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.sessions.walk.session import Fork, TrainingSession


@dataclass(frozen=True)
class Thing:
    """One thing of a setup that a fork can change: what it is `now`, as a fork's value says it, empty where it is not
    there; the setup with it `changed`; the names to choose from, none where it is a number.
    """

    now: Callable[[Setup], str]
    changed: Callable[[Setup, str], Setup]
    names: tuple[str, ...] = ()


def begun_fork(session: TrainingSession, beside: Fork) -> TrainingSession:
    """A walk like this one at its very start, with the fork beside it; nothing is asked on it."""
    return replace(session.reset(), fork=beside, answers=(), asking="")


@kept
def forked(setup: Setup, fork: Fork) -> Setup:
    """The setup with one thing changed. SetupError where that is not possible, or changes nothing."""
    return _changed(setup, fork)


def possible(setup: Setup, thing: str) -> Iterator[str]:
    """The names that this thing can be changed to."""
    for name in THINGS[thing].names:
        with suppress(SetupError):
            _changed(setup, Fork(thing, name))
            yield name


def _changed(setup: Setup, fork: Fork) -> Setup:
    if fork.thing not in THINGS:
        raise UnknownNameError("thing", tuple(THINGS))
    thing = THINGS[fork.thing]
    if thing.names and fork.value not in thing.names:
        raise UnknownNameError("value", thing.names)
    other = thing.changed(setup, fork.value)
    if thing.now(setup) == thing.now(other):
        raise SetupError("value", "The fork would be the same as the walk.", "Choose another value.")
    return other.completed()


# What can be changed --------------------------------------------------------------------------------------------------


def _with_activation(setup: Setup, value: str) -> Setup:
    """Of every hidden layer."""
    *hidden, output = setup.activations
    if not hidden:
        raise SetupError("value", "The network has no hidden layer.", "Change another thing.")
    return replace(setup, activations=(*(value for _ in hidden), output))


def _with_loss(setup: Setup, value: str) -> Setup:
    """With the output that it needs, where it needs one."""
    output = LOSSES[value].output or setup.activations[-1]
    return replace(setup, loss=value, activations=(*setup.activations[:-1], output))


def _with_initializer(setup: Setup, value: str) -> Setup:
    """With the seed of the start, or 0 where it was given; constant, normal and uniform with a usual size."""
    seed = setup.start.seed if isinstance(setup.start, Initializer) else 0
    return replace(setup, start=Initializer(value, seed, INITIALIZERS[value].usual))


def _with_seed(setup: Setup, value: str) -> Setup:
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


THINGS = {  # by name, in the order of the page
    "learning_rate": Thing(
        lambda setup: f"{setup.learning_rate:.15g}",
        lambda setup, value: replace(setup, learning_rate=_number(value)),
    ),
    "optimizer": Thing(
        lambda setup: setup.optimizer.kind,
        lambda setup, value: replace(setup, optimizer=replace(setup.optimizer, kind=value)),
        tuple(OPTIMIZERS),
    ),
    "activation": Thing(
        lambda setup: setup.activations[0] if len(setup.activations) > 1 else "",
        _with_activation,
        tuple(name for name, one in ACTIVATIONS.items() if not one.couples),
    ),
    "loss": Thing(lambda setup: setup.loss, _with_loss, tuple(LOSSES)),
    "initializer": Thing(
        lambda setup: setup.start.kind if isinstance(setup.start, Initializer) else "",
        _with_initializer,
        tuple(INITIALIZERS),
    ),
    "seed": Thing(lambda setup: str(setup.start.seed) if isinstance(setup.start, Initializer) else "", _with_seed),
}
