"""Forks: the same run from the start with one thing changed, walked beside the original; up to three of them."""

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


MOST_WALKS = 4  # that are compared, the original among them


def begun_fork(session: TrainingSession, beside: Fork) -> TrainingSession:
    """A walk like this one at its very start, with the fork beside it; nothing is asked on it."""
    return replace(session.reset(), fork=beside, answers=(), asking="")


def with_fork(session: TrainingSession, beside: Fork) -> TrainingSession:
    """The same walk with one fork more, which now stands beside it. SetupError where it is there, or enough are."""
    if beside in session.forks:
        raise SetupError("value", "A walk like this is compared already.", "Choose another value.")
    if len(session.forks) + 1 >= MOST_WALKS:
        raise SetupError(
            "value", f"{MOST_WALKS} walks are compared already.", "Take one away, or fork this walk from its own page."
        )
    _ = forked(session.setup, beside)
    return replace(session, fork=beside, others=session.forks)


def with_beside(session: TrainingSession, number: int) -> TrainingSession:
    """The same with the fork of this number, from 0, beside the walk. SetupError where there is none."""
    fork = _numbered(session, number)
    return replace(session, fork=fork, others=tuple(one for one in session.forks if one != fork))


def without_fork(session: TrainingSession, number: int) -> TrainingSession:
    """The same without the fork of this number, from 0. SetupError where there is none, or no other one."""
    fork = _numbered(session, number)
    left = [one for one in session.forks if one != fork]
    if not left:
        raise SetupError("which", "It is the only walk beside this one.", "Add another one first.")
    return replace(session, fork=left[0], others=tuple(left[1:]))


def _numbered(session: TrainingSession, number: int) -> Fork:
    if not 0 <= number < len(session.forks):
        raise SetupError("which", "There is no such walk here.", "Load the page again.")
    return session.forks[number]


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


def _with_units(setup: Setup, value: str) -> Setup:
    """So many in every hidden layer."""
    inputs, *hidden, outputs = setup.sizes
    if not hidden:
        raise SetupError("value", "The network has no hidden layer.", "Change the hidden layers.")
    units = _whole(value, "a number of units", least=1)
    return replace(_drawn(setup), sizes=(inputs, *(units for _ in hidden), outputs))


def _with_layers(setup: Setup, value: str) -> Setup:
    """So many hidden ones: fewer, or more that are like the last."""
    inputs, *hidden, outputs = setup.sizes
    *names, output = setup.activations
    count = _whole(value, "a number of layers", least=0)
    if count > MOST_LAYERS:
        raise SetupError("value", f"The network would have more than {MOST_LAYERS} hidden layers.", "Give fewer.")
    more = count - len(hidden)
    sizes = [*hidden, *(more * (hidden[-1:] or [NEW_UNITS]))][:count]
    activations = [*names, *(more * (names[-1:] or [NEW_ACTIVATION]))][:count]
    return replace(_drawn(setup), sizes=(inputs, *sizes, outputs), activations=(*activations, output))


def _with_batch_size(setup: Setup, value: str) -> Setup:
    size, count = _whole(value, "a number of examples", least=1), len(setup.examples[0])
    if size > count:
        raise SetupError("value", "A batch cannot hold more examples than there are.", f"Use 1 to {count}.")
    return replace(setup, batch_size=None if size == count else size)


def _with_weight_decay(setup: Setup, value: str) -> Setup:
    decay = _number(value)
    if decay > 1:
        raise SetupError("value", "The weight decay is above 1.", "Try 0.01.")
    return replace(setup, optimizer=replace(setup.optimizer, weight_decay=decay))


def _with_initializer(setup: Setup, value: str) -> Setup:
    """With the seed of the start, or 0 where it was given; constant, normal and uniform with a usual size."""
    seed = setup.start.seed if isinstance(setup.start, Initializer) else 0
    return replace(setup, start=Initializer(value, seed, INITIALIZERS[value].usual))


def _with_seed(setup: Setup, value: str) -> Setup:
    drawn = _drawn(setup)
    assert isinstance(drawn.start, Initializer)
    return replace(drawn, start=replace(drawn.start, seed=_whole(value, "a seed", least=0)))


def _drawn(setup: Setup) -> Setup:
    """The setup, if its start is drawn: SetupError where it was given."""
    if not isinstance(setup.start, Initializer):
        raise SetupError("value", "The start was given, not drawn from a seed.", "Choose an initializer first.")
    return setup


def _whole(value: str, what: str, least: int) -> int:
    number = _number(value)
    if number != int(number) or not least <= number < 2**32:
        raise SetupError("value", f"This is not {what}: no whole number.", f"Give {least} or more.")
    return int(number)


def _number(value: str) -> float:
    try:
        number = float(value)
    except ValueError as error:
        raise SetupError("value", "This is not a number.", "Write it with digits and a point, such as 0.1.") from error
    if not isfinite(number) or number < 0:
        raise SetupError("value", "The number is below 0 or not finite.", "Try 0.1.")
    return number


MOST_LAYERS = 64  # more than any server takes, so that no long list is made of them
NEW_UNITS, NEW_ACTIVATION = 4, "tanh"  # of a first hidden layer
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
    "units": Thing(lambda setup: ", ".join(map(str, sorted({*setup.sizes[1:-1]}))), _with_units),
    "layers": Thing(lambda setup: str(len(setup.sizes) - 2), _with_layers),
    "batch_size": Thing(lambda setup: str(setup.batch_size or len(setup.examples[0])), _with_batch_size),
    "weight_decay": Thing(lambda setup: f"{setup.optimizer.weight_decay:.15g}", _with_weight_decay),
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
