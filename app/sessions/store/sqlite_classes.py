"""Classes in the tables of a store's file of SQLite."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

from app.engine.memory import MEMORY
from app.sessions.classroom.classroom import TEMPO, Classroom, ClosedError, classroom_of, classroom_text
from app.sessions.store.bells import Bells
from app.sessions.store.classroom import (
    MOST_VOTES,
    Answers,
    KeptClass,
    StaleClassError,
    Turns,
    UnknownClassError,
    Vote,
    held_class_bytes,
)

LOOKED = 0.2  # seconds between two looks at what other processes have written
INSERT = "INSERT OR IGNORE INTO classroom (id, code, rev, document, open, touched) VALUES (?, ?, 1, ?, ?, ?)"
SWAP = (
    "UPDATE OR IGNORE classroom SET code = ?, rev = ?, document = ?, open = ?, touched = ?"
    " WHERE id = ? AND rev = ? AND touched >= ?"
)
VOTE = (
    "INSERT OR IGNORE INTO vote (classroom, round, seat, key, answer) SELECT ?1, ?2, ?3, ?4, ?5"
    f" WHERE EXISTS (SELECT 1 FROM classroom WHERE id = ?1 AND (open = ?2 OR ?2 LIKE '{TEMPO}%'))"
    f" AND (SELECT count(*) FROM vote WHERE classroom = ?1 AND round = ?2 AND seat = ?3) < {MOST_VOTES}"
)
SWEEP = "DELETE FROM classroom WHERE touched < ?"
SWEEP_VOTES = (
    "DELETE FROM vote WHERE number IN"
    " (SELECT number FROM vote WHERE classroom NOT IN (SELECT id FROM classroom) LIMIT ?)"
)
VOTES_SWEPT_AT_ONCE = 500


class SqliteClasses(Turns):
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
        super().__init__()
        self._write, self._rows, self._now, self._lifetime = write, rows, now, lifetime
        self._bells = Bells[SqliteBell]()

    async def open(self, classroom: Classroom) -> KeptClass:
        """A new row."""
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

    async def sweep(self) -> None:
        """Those that are over go, then their votes, which nobody can cast any more: a few at a time."""
        await self._write(SWEEP, self._oldest())
        while await self._write(SWEEP_VOTES, VOTES_SWEPT_AT_ONCE):
            await asyncio.sleep(0)  # others have their turn

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

    def listening(self, *topics: str) -> AbstractContextManager["SqliteBell"]:
        """A bell that rings for these."""
        return self._bells.listening(SqliteBell(self._rows), *topics)

    def ring(self, topic: str) -> None:
        """A class or walk of this id may have changed."""
        self._bells.ring(topic)

    def _hold(self, kept: KeptClass) -> KeptClass:
        MEMORY.put((self, kept.classroom.id), kept, held_class_bytes(kept.classroom))
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
