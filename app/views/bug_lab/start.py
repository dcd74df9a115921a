"""Where the bug lab starts: what it is, its three levels, and a case that an address fixes."""

from dataclasses import dataclass

from app.engine.equations.mistakes import MISTAKES
from app.lessons.bug_lab import LEVELS
from app.sessions.bug_lab import Case
from app.views.bug_lab.bug_lab import SCORING
from app.views.network.thumbnail import Thumbnail, thumbnail
from app.views.text.summary import network_summary
from app.views.text.words import counted

TOLD = {
    1: ("You are told the layer", "One mistake. You are told the layer where gradients first go wrong."),
    2: ("You are told nothing", "One mistake. You find the layer, the rule and its name."),
    3: ("Two mistakes at once", "Two mistakes in one backward phase. One may hide what the other does."),
}


@dataclass(frozen=True)
class Level:
    """One level: its number, its name, what is hidden and told."""

    number: int
    name: str
    words: str


@dataclass(frozen=True)
class Ready:
    """The case that the address names."""

    level: int
    seed: int
    name: str
    facts: str
    drawing: Thumbnail


@dataclass(frozen=True)
class BugLabPage:
    """The page; `mistakes` is how many there are, in words, `ready` None where the address names no case."""

    title: str
    mistakes: str
    scoring: str
    levels: tuple[Level, ...]
    ready: Ready | None


def bug_lab_page(case: Case | None = None) -> BugLabPage:
    """The page, with a case ready to start where one is given."""
    levels = tuple(Level(number, *TOLD[number]) for number in LEVELS)
    return BugLabPage(
        "Bug lab", counted(len(MISTAKES), "mistake"), SCORING, levels, None if case is None else _ready(case)
    )


def _ready(case: Case) -> Ready:
    name = TOLD[case.level][0]
    return Ready(case.level, case.seed, name, network_summary(case.setup), thumbnail(case.setup.sizes))
