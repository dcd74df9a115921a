"""A class at one moment, as it was read from a store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.sessions.classroom.classroom import FEWEST, Classroom
from app.sessions.classroom.questions import Tally, tally
from app.sessions.store.classroom import Answers, KeptClass
from app.sessions.store.store import Kept
from app.sessions.walk.answers import Answer

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Now:
    """A class at one moment, read once and shared by all who follow it: never changed.

    `walk` is what all see: the teacher's, or while a question is open the one that stands in front of it. `first` and
    `second` are the answers of those who sit in the class. Only at the reveal there are `asked`, the walk of the
    question, and what became of each answer.
    """

    kept: KeptClass
    walk: Kept
    first: Answers
    second: Answers
    asked: Kept | None = None
    judged: Mapping[str, Answer] = field(default_factory=dict)
    made: dict[Any, Any] = field(default_factory=dict)

    @property
    def classroom(self) -> Classroom:
        """The class's document."""
        return self.kept.classroom

    @property
    def answered(self) -> int:
        """How many have answered in the round that is open, or was open last."""
        return len(self.second if self.classroom.phase == "second" or self.second else self.first)

    @property
    def version(self) -> str:
        """A text of its own for each state of the class that anybody can see."""
        return f"{self.kept.rev}.{self.walk.rev}.{self.answered}"

    def same(self, other: "Now | None") -> bool:
        """Whether nothing is different: of answers too, which no version tells before the reveal."""
        if other is None or self.version != other.version:
            return False
        return (self.first, self.second) == (other.first, other.second)

    @property
    def tally(self) -> Tally | None:
        """All answers together: at the reveal, where they are enough or the teacher insisted."""
        if self.asked is None or self.classroom.question is None:
            return None
        found = self.once(Tally, lambda: tally(self.first, self.second, self.judged))
        return found if found.answered >= FEWEST or self.classroom.question.insisted else None

    def once(self, key: Any, make: Callable[[], Made]) -> Made:
        """What is made of it by this key: once for all who ask."""
        if key not in self.made:
            self.made[key] = make()
        made: Made = self.made[key]
        return made
