"""A fork on the page: what can be changed, how the walk beside is called, and the losses of both in one chart."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from app.engine.learning.optimizers import OPTIMIZERS
from app.engine.network.activations import ACTIVATIONS
from app.engine.network.errors import SetupError
from app.engine.network.initializers import INITIALIZERS
from app.engine.network.losses import LOSSES
from app.engine.setup import Setup
from app.sessions.walk.forks import (
    CHANGED,
    Fork,
    forked,
    now_of,
)
from app.sessions.walk.history import points_of
from app.sessions.walk.session import TrainingSession
from app.views.charts.lines import About, Plot, plot
from app.views.charts.series import Series
from app.views.compare.compare import Names
from app.views.formulas.symbols import orientation_of
from app.views.pages import Option
from app.views.text.activations import activation_word
from app.views.text.data import INITIALIZER_WORDS
from app.views.text.losses import LOSS_WORDS
from app.views.text.numbers import number
from app.views.text.optimizers import OPTIMIZER_WORDS

LABELS = {
    "learning_rate": "learning rate η",
    "optimizer": "optimizer",
    "activation": "hidden activation",
    "loss": "loss",
    "initializer": "initializer",
    "seed": "seed of the start",
}
OFFERED = {  # thing -> the names to choose from
    "optimizer": tuple(OPTIMIZERS),
    "activation": tuple(name for name, one in ACTIVATIONS.items() if not one.couples),
    "loss": tuple(LOSSES),
    "initializer": tuple(INITIALIZERS),
}


@dataclass(frozen=True)
class Changeable:
    """One thing that a fork can change: with options to choose from, or as a number where there are none."""

    thing: str
    label: str
    now: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class ForkPanel:
    """The panel: every thing that can be changed in this walk; `told` says what is different in the walk beside it."""

    id: ClassVar[str] = "fork"
    template: ClassVar[str] = "compare/fork.html"

    told: str
    things: tuple[Changeable, ...]


def fork_panel(session: TrainingSession) -> ForkPanel:
    """What can be changed of a walk."""
    setup = session.setup
    things = tuple(_changeable(setup, thing) for thing in CHANGED if now_of(setup, thing) or thing == "initializer")
    return ForkPanel(told_fork(setup, session.fork) if session.fork else "", things)


def _changeable(setup: Setup, thing: str) -> Changeable:
    now = now_of(setup, thing)
    others = [name for name in OFFERED.get(thing, ()) if _is_possible(setup, Fork(thing, name))]
    options = tuple(Option(name, value_words(thing, name), i == 0) for i, name in enumerate(others))
    return Changeable(thing, LABELS[thing], value_words(thing, now) if now else "given", options)


@lru_cache(maxsize=1024)
def _is_possible(setup: Setup, fork: Fork) -> bool:
    try:
        forked(setup, fork)
    except SetupError:
        return False
    return True


def value_words(thing: str, value: str) -> str:
    """A value as it is called: Adam, ReLU, half squared error, he normal, 0.05."""
    match thing:
        case "optimizer":
            return OPTIMIZER_WORDS[value].name
        case "activation":
            return activation_word(value)
        case "loss":
            return LOSS_WORDS[value].name
        case "initializer":
            return INITIALIZER_WORDS[value].lower()
    return value


def told_fork(setup: Setup, fork: Fork) -> str:
    """learning rate η 0.05 instead of 0.1."""
    was = now_of(setup, fork.thing)
    now = value_words(fork.thing, was) if was else "the one that was given"
    return f"{LABELS[fork.thing]} {value_words(fork.thing, fork.value)} instead of {now}"


def names_of_fork(session: TrainingSession, fork: Fork) -> Names:
    """How both walks are called: by what is different."""
    was = now_of(session.setup, fork.thing)
    symbol = "η = " if fork.thing == "learning_rate" else "seed " if fork.thing == "seed" else ""
    left = f"{symbol}{value_words(fork.thing, was)}" if was else "as given"
    right = f"{symbol}{value_words(fork.thing, fork.value)}"
    return Names(left, right, orientation_of(session), f"with {right}")


def both_losses(left: TrainingSession, right: TrainingSession, names: Names, digits: int) -> Plot:
    """The training losses of both, over the updates that are made."""
    pairs = [(names.left, "first", points_of(left)), (names.right, "second", points_of(right))]
    series = [
        Series(name, look, [one.training.loss for one in points], [float(one.updates) for one in points])
        for name, look, points in pairs
    ]
    ends = "; ".join(f"{one.name} ends at {number(one.values[-1], digits)}" for one in series)
    about = About("both-losses", f"The loss over all training examples: {ends}", "updates made", "loss ℒ", digits)
    return plot(about, series)
