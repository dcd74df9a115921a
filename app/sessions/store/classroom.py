"""Where classes are kept: a document each, swapped as a whole, and the votes, which only ever become more.

A vote counts once it is acknowledged: it is taken in the same statement that looks whether its round is open. Of a seat
the last vote of a round counts. Whoever follows a class listens for what may have changed, then reads how it stands.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from app.engine.memory import MEMORY
from app.sessions.classroom.classroom import (
    Classroom,
    ClassroomError,
    ClosedError,
    classroom_of,
    classroom_text,
)

MOST_VOTES = 100  # of one seat in one round
EMPTY, PER_SEAT = 4_000, 1_000  # bytes of a class in memory, about
LOOKED = 0.2  # seconds between two looks at what other processes have written
INSERT = "INSERT OR IGNORE INTO classroom (id, code, rev, document, open, touched) VALUES (?, ?, 1, ?, ?, ?)"
SWAP = (
    "UPDATE OR IGNORE classroom SET code = ?, rev = ?, document = ?, open = ?, touched = ?"
    " WHERE id = ? AND rev = ? AND touched >= ?"
)
VOTE = (
    "INSERT OR IGNORE INTO vote (classroom, round, seat, key, answer) SELECT ?1, ?2, ?3, ?4, ?5"
    " WHERE EXISTS (SELECT 1 FROM classroom WHERE id = ?1 AND open = ?2)"
    f" AND (SELECT count(*) FROM vote WHERE classroom = ?1 AND round = ?2 AND seat = ?3) < {MOST_VOTES}"
)
SWEEP_VOTES = "DELETE FROM vote WHERE classroom NOT IN (SELECT id FROM classroom WHERE touched >= ?)"
SWEEP = "DELETE FROM classroom WHERE touched < ?"

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

    async def delete(self, id: str) -> None:
        """Keep the class and its votes no more."""
        ...

    async def vote(self, id: str, vote: Vote) -> None:
        """Take a vote, once: sent again with its key it is acknowledged and changes nothing.

        ClosedError where its round is not open, or takes no more votes of its seat.
        """
        ...

    async def answers(self, id: str, round: str) -> Answers:
        """Of each seat that voted in this round its last answer."""
        ...

    def listening(self, *topics: str) -> AbstractContextManager[Bell]:
        """Listen, as long as this lasts, for what may change in classes and walks of these ids."""
        ...


class SqliteClasses:
    """Classes in the tables of a store's file. Other processes that use the file are heard too, a moment later.

    `write` and `rows` run one statement, `now` tells the store's seconds, `lifetime` how many of them a class is kept
    that nobody steers.
    """

    def __init__(
        self,
        write: Callable[..., Awaitable[int]],
        rows: Callable[..., list[Any]],
        now: Callable[[], float],
        lifetime: float,
    ) -> None:
        self._write, self._rows, self._now, self._lifetime = write, rows, now, lifetime
        self._bells: dict[str, set[SqliteBell]] = {}

    async def open(self, classroom: Classroom) -> KeptClass:
        """A new row; those of classes that are over go."""
        await self._write(SWEEP, self._oldest())
        await self._write(SWEEP_VOTES, self._oldest())
        text = classroom_text(classroom)
        if not await self._write(INSERT, classroom.id, classroom.code, text, classroom.round, self._now()):
            raise StaleClassError
        return self._hold(KeptClass(1, classroom))

    async def id_of(self, code: str) -> str:
        """By the code in force alone."""
        found = self._rows("SELECT id FROM classroom WHERE code = ? AND touched >= ?", code, self._oldest())
        if not found:
            raise UnknownClassError
        return str(found[0][0])

    async def load(self, id: str) -> KeptClass:
        """Its row has the last word on what is held of it in memory."""
        found = self._rows("SELECT rev FROM classroom WHERE id = ? AND touched >= ?", id, self._oldest())
        if not found:
            MEMORY.take((self, id))
            raise UnknownClassError
        held: KeptClass | None = MEMORY.get((self, id))
        if held is not None and held.rev == found[0][0]:
            return held
        ((rev, text),) = self._rows("SELECT rev, document FROM classroom WHERE id = ?", id)
        return self._hold(KeptClass(rev, classroom_of(text)))

    async def save(self, kept: KeptClass, classroom: Classroom) -> KeptClass:
        """Compare and swap, in one statement."""
        text, rev = classroom_text(classroom), kept.rev + 1
        after = classroom.code, rev, text, classroom.round, self._now()
        if not await self._write(SWAP, *after, classroom.id, kept.rev, self._oldest()):
            raise StaleClassError
        self.ring(classroom.id)
        return self._hold(KeptClass(rev, classroom))

    async def delete(self, id: str) -> None:
        """Its row, then its votes, which nobody can cast any more."""
        await self._write("DELETE FROM classroom WHERE id = ?", id)
        await self._write("DELETE FROM vote WHERE classroom = ?", id)
        MEMORY.take((self, id))
        self.ring(id)

    async def vote(self, id: str, vote: Vote) -> None:
        """One more row, if the round is open when it is written."""
        if await self._write(VOTE, id, vote.round, vote.seat, vote.key, vote.answer):
            self.ring(id)
        elif not self._rows(
            "SELECT 1 FROM vote WHERE classroom = ? AND round = ? AND seat = ? AND key = ?",
            *(id, vote.round, vote.seat, vote.key),
        ):
            raise ClosedError

    async def answers(self, id: str, round: str) -> Answers:
        """Of several rows of a seat the last one."""
        return dict(
            self._rows("SELECT seat, answer FROM vote WHERE classroom = ? AND round = ? ORDER BY number", id, round)
        )

    @contextmanager
    def listening(self, *topics: str) -> Iterator["SqliteBell"]:
        """A bell that rings for these."""
        bell = SqliteBell(self._rows)
        for topic in topics:
            self._bells.setdefault(topic, set()).add(bell)
        try:
            yield bell
        finally:
            for topic in topics:
                self._bells[topic].discard(bell)
                if not self._bells[topic]:
                    del self._bells[topic]

    def ring(self, topic: str) -> None:
        """A class or walk of this id may have changed."""
        for bell in self._bells.get(topic, ()):
            bell.rung.set()

    def _hold(self, kept: KeptClass) -> KeptClass:
        MEMORY.put((self, kept.classroom.id), kept, EMPTY + PER_SEAT * len(kept.classroom.seats))
        return kept

    def _oldest(self) -> float:
        return self._now() - self._lifetime


class SqliteBell:
    """Rung in this process; what another one has written is seen by the number of the file's changes."""

    def __init__(self, rows: Callable[..., list[Any]]) -> None:
        self.rung = asyncio.Event()
        self._rows, self._seen = rows, 0

    async def heard(self, seconds: float) -> None:
        """Looks at the file's number now and then while it waits."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not self.rung.is_set() and (left := end - loop.time()) > 0:
            ((changes,),) = self._rows("PRAGMA data_version")
            if changes != self._seen:
                self._seen = changes
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, LOOKED)):
                    await self.rung.wait()
        self.rung.clear()
