"""Where classes are kept: a document each, swapped as a whole, and the votes, which only ever become more.

A vote counts once it is acknowledged: it is taken in the same statement that looks whether its round is open. Of a seat
the last vote of a round counts. Whoever follows a class listens for what may have changed, then reads how it stands.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakValueDictionary

from app.sessions.classroom.classroom import Classroom, ClassroomError

MOST_VOTES = 100  # of one seat in one round
EMPTY, PER_SEAT = 4_000, 1_000  # bytes of a class in memory, about

Answers = Mapping[str, str]  # the last answer of each seat that gave one, by its label


@dataclass(frozen=True, eq=False)
class KeptClass:
    """A class as a store holds it, and how often it has been saved."""

    rev: int
    classroom: Classroom


@dataclass(frozen=True)
class Vote:
    """An answer of a seat in a round, such as 3.1; its `key` tells it from the seat's other votes in that round."""

    round: str
    seat: str
    key: str
    answer: str


class UnknownClassError(LookupError):
    """No class has this code, or it is over."""

    def __init__(self) -> None:
        super().__init__("There is no class of this code: look at the code on the wall, or the class is over.")


class StaleClassError(ClassroomError):
    """Somebody else has changed the class since it was read."""

    def __init__(self) -> None:
        super().__init__("The class has moved on since. Nothing was changed. Look at how it stands and try again.")


class Bell(Protocol):
    """What tells whoever listens that something may have changed."""

    async def heard(self, seconds: float) -> None:
        """Returns when something may have changed since it returned last; at the latest after so many seconds."""
        ...


class ClassStore(Protocol):
    """Keeps classes, and their votes. What a method has returned from is committed.

    Each raises StoreError where the store does not answer, NotWritableError where nothing can be written.
    """

    async def open(self, classroom: Classroom) -> KeptClass:
        """Keep a new class, at revision 1. StaleClassError where another one has its code."""
        ...

    async def id_of(self, code: str) -> str:
        """The id of the class that is joined by this code. UnknownClassError."""
        ...

    async def load(self, id: str) -> KeptClass:
        """The class of this id. UnknownClassError."""
        ...

    async def save(self, kept: KeptClass, classroom: Classroom) -> KeptClass:
        """Put `classroom` in the place of `kept`, at the next revision. StaleClassError where it has changed."""
        ...

    def turn(self, id: str) -> asyncio.Lock:
        """For whoever changes this class: in one process they take turns, so that none has to try again for another."""
        ...

    async def delete(self, id: str) -> None:
        """Keep the class and its votes no more."""
        ...

    async def vote(self, id: str, vote: Vote) -> None:
        """Take a vote, once: sent again with its key it is acknowledged and changes nothing.

        ClosedError where its round is not open, or takes no more votes of its seat. One of the tempo is always open.
        """
        ...

    async def answers(self, id: str, round: str) -> Answers:
        """Of each seat that voted in this round its last answer."""
        ...

    def listening(self, *topics: str) -> AbstractContextManager[Bell]:
        """Listen, as long as this lasts, for what may change in classes and walks of these ids."""
        ...


def held_class_bytes(classroom: Classroom) -> int:
    """About how many bytes a class takes in memory."""
    return EMPTY + PER_SEAT * len(classroom.seats)


class Turns:
    """A lock for each class, for as long as somebody waits for it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, id: str) -> asyncio.Lock:
        """The lock of this class."""
        return self._locks.setdefault(id, asyncio.Lock())
