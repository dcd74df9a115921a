"""Which sessions this process serves now: how many there may be, and the numbers that are held for them."""

import math
from collections import OrderedDict
from collections.abc import Callable

from app.engine.memory import MEMORY
from app.sessions.store.store import Kept, TooManySessionsError
from app.sessions.walk.session import TrainingSession

EMPTY, PER_EQUATION, PER_NUMBER = 20_000, 700, 40  # bytes of a session; numbers are those of examples and units


class Live:
    """Sessions used within the last `seconds`, at most `most`; `clock` gives seconds."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._used: OrderedDict[str, float] = OrderedDict()

    def admit(self, session_id: str) -> None:
        """Note that a session is used now. TooManySessionsError where it is one too many."""
        now = self._clock()
        if session_id not in self._used and len(self._used) >= self._most:
            self._make_room(now)
        self._used[session_id] = now
        self._used.move_to_end(session_id)

    def _make_room(self, now: float) -> None:
        oldest = next(iter(self._used))
        free_in = self._used[oldest] + self._seconds - now
        if free_in > 0:
            raise TooManySessionsError(self._most, max(1, math.ceil(free_in)))
        self.forget(oldest)

    def forget(self, session_id: str) -> None:
        """It is used no more."""
        self._used.pop(session_id, None)
        MEMORY.take((self, session_id))

    def held(self, session_id: str) -> Kept | None:
        """What was held last; its row in the file has the last word."""
        kept: Kept | None = MEMORY.get((self, session_id), None)
        return kept

    def hold(self, kept: Kept) -> Kept:
        """The same, held with the numbers that it has computed, while there is room."""
        MEMORY.put((self, kept.id), kept, held_bytes(kept.session))
        return kept


def held_bytes(session: TrainingSession) -> int:
    """About how many bytes a session takes with the numbers that it has computed, its equations among them."""
    X, Y = session.setup.examples
    numbers = X.size + Y.size + len(session.batch) * sum(session.shape.sizes)
    return EMPTY + PER_EQUATION * len(session.equations) + PER_NUMBER * numbers
