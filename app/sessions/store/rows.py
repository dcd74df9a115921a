"""Sessions on their way to a store's rows and back: a large one is packed and read in a thread."""

import asyncio
from collections.abc import Callable

from app.lessons import UnknownLessonError
from app.sessions.store.store import DamagedSessionError, Kept, UnknownSessionError, led_to
from app.sessions.store.texts import Packed, packed_fixed, packed_moving, session_of
from app.sessions.walk.chunks import is_small
from app.sessions.walk.session import TrainingSession

AT_WORK = 2  # threads that pack and unpack large sessions


class Rows:
    """Rows of at most `most` bytes; no more than two are worked with `at_work`, in threads, at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.at_work = asyncio.Semaphore(AT_WORK)

    async def fixed(self, session: TrainingSession) -> Packed:
        """What never changes of a session. SessionTooLargeError."""
        return await self._aside(session, lambda: packed_fixed(session, self._most))

    async def moving(self, session: TrainingSession, fixed_bytes: int) -> Packed:
        """What changes of a session, of which so many bytes never do. SessionTooLargeError."""
        return await self._aside(session, lambda: packed_moving(session, self._most, fixed_bytes))

    async def _aside(self, session: TrainingSession, job: Callable[[], Packed]) -> Packed:
        if is_small(session):
            return job()
        async with self.at_work:
            return await asyncio.to_thread(job)

    async def kept(self, id: str, rev: int, fixed: Packed, moving: Packed, operations: str, moved: float) -> Kept:
        """The session of a row, for whoever is `at_work`. DamagedSessionError where it is none.

        UnknownSessionError where its lesson is no longer taught.
        """
        try:
            session = await asyncio.to_thread(session_of, fixed, moving)
            kept = Kept(id, rev, session, tuple(operations.split()), len(fixed), moved=moved)
            led_to(kept.operations, "")  # they too can be read
        except UnknownLessonError as error:
            raise UnknownSessionError from error
        except Exception as error:  # whatever a text that is no session makes of it
            raise DamagedSessionError from error
        return kept
