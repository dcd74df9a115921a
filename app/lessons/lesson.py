"""A lesson: where a notebook starts, as published and put right, and the words around it. Data, no behaviour."""

from dataclasses import dataclass
from typing import Literal

from app.engine.network.expressions import Symbol
from app.engine.setup import Setup
from app.lessons.printed import Printed

Orientation = Literal["fan_out_fan_in", "fan_in_fan_out"]


@dataclass(frozen=True)
class Ask:
    """Something to ask before it is shown, of what `symbol` finds: its sign, its value or a missing factor.

    Something of its rule has been shown before. Of a batch only what is of one example is asked, a factor of its share.
    """

    symbol: Symbol
    part: Literal["sign", "value", "factor"]


@dataclass(frozen=True, eq=False)
class Lesson:
    """One notebook as a lesson.

    `orientation` says how the notebook writes its weights, w_jk (to-unit first) or w_kj (`X @ W`): screen only.
    `run` is how many iterations the notebook makes, `printed` what it printed of them.
    `asks` is what a learner is asked in the first iteration, in the order of the walk.
    `columns` names the features and `targets` the outputs. `published` starts as the notebook does, mistakes
    included; `right` is the same put right, and `right_note` says what that changes. `example` is the one that its
    pages look at first, from 0.

    Act one walks the notebook's own data and start by the right rule. Act two asks the `riddle`, and looks at what two
    equations find, side by side: those of `closer`. Where a rule is wrong the first is the notebook's and the second
    the right one; else both are the notebook's.
    """

    slug: str
    number: int
    title: str
    notebook: str
    introduction: str
    computed: str
    hides: str
    right_note: str
    orientation: Orientation
    published: Setup
    right: Setup
    run: int
    printed: tuple[Printed, ...]
    asks: tuple[Ask, ...]
    columns: tuple[str, ...]
    targets: tuple[str, ...]
    riddle: str
    closer: tuple[Symbol, Symbol]
    example: int = 0

    @property
    def mistaken(self) -> bool:
        """Whether a rule of the notebook is wrong; else its rules are right, and only its start is unlucky."""
        return bool(self.published.mistakes)

    def setup(self, as_published: bool) -> Setup:
        """The start as published, or put right."""
        return self.published if as_published else self.right
