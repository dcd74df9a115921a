"""A fork on the page: what can be changed, how the walk beside is called, and the losses of both in one chart."""

from dataclasses import dataclass
from typing import ClassVar

from app.engine.setup import Setup
from app.sessions.compare.counterpart import Pair
from app.sessions.compare.forks import THINGS, possible
from app.sessions.walk.history import points_of
from app.sessions.walk.session import Fork, TrainingSession
from app.views.charts.lines import About, Plot, Series, plot
from app.views.compare.differences import Names
from app.views.pages import Option
from app.views.text.activations import activation_word
from app.views.text.datasets import INITIALIZER_WORDS
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
SYMBOLS = {"learning_rate": "η = ", "seed": "seed "}  # before a value that does not say what it is


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
    things = tuple(
        _changeable(setup, name) for name, thing in THINGS.items() if thing.now(setup) or name == "initializer"
    )
    return ForkPanel(told_fork(setup, session.fork) if session.fork else "", things)


def _changeable(setup: Setup, thing: str) -> Changeable:
    options = (Option(name, value_words(thing, name), i == 0) for i, name in enumerate(possible(setup, thing)))
    return Changeable(thing, LABELS[thing], _now(setup, thing, "given"), tuple(options))


def _now(setup: Setup, thing: str, otherwise: str) -> str:
    """What it is now, as it is called."""
    value = THINGS[thing].now(setup)
    return value_words(thing, value) if value else otherwise


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
    was = _now(setup, fork.thing, "the one that was given")
    return f"{LABELS[fork.thing]} {value_words(fork.thing, fork.value)} instead of {was}"


def names_of_fork(session: TrainingSession, fork: Fork) -> Names:
    """How both walks are called: by what is different."""
    symbol = SYMBOLS.get(fork.thing, "")
    left, right = _now(session.setup, fork.thing, ""), f"{symbol}{value_words(fork.thing, fork.value)}"
    return Names(f"{symbol}{left}" if left else "as given", right, f"with {right}")


def both_losses(pair: Pair, names: Names, digits: int) -> Plot:
    """The training losses of both, over the updates that are made."""
    ways = [(names.left, "first", points_of(pair.left)), (names.right, "second", points_of(pair.right))]
    series = [
        Series(name, look, [one.training.loss for one in points], [float(one.updates) for one in points])
        for name, look, points in ways
    ]
    ends = "; ".join(f"{one.name} ends at {number(one.values[-1], digits)}" for one in series)
    about = About("both-losses", f"The loss over all training examples: {ends}", "updates made", "loss ℒ", digits)
    return plot(about, series)
