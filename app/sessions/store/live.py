"""Which sessions this process serves now: how many there may be, and the numbers that are held for them."""

import math
from collections import OrderedDict
from collections.abc import Callable

from app.sessions.store.store import Kept, TooManySessionsError

MOST_HELD = 512  # sessions held with their numbers: a step of 300 learners with own networks took 2.6 ms, without 4.4
MOST_NUMBERS = 5_000  # a larger one is always read anew, so that memory stays bounded


class Live:
    """Sessions used within the last `seconds`, at most `most`; `clock` gives seconds."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._used: OrderedDict[str, float] = OrderedDict()
        self._held: OrderedDict[str, Kept] = OrderedDict()

    def admit(self, session_id: str) -> None:
        """Note that a session is used now. TooManySessionsError where it is one too many."""
        now = self._clock()
        if session_id not in self._used and len(self._used) >= self._most:
            oldest = next(iter(self._used))
            free_in = self._used[oldest] + self._seconds - now
            if free_in > 0:
                raise TooManySessionsError(self._most, max(1, math.ceil(free_in)))
            self.forget(oldest)
        self._used[session_id] = now
        self._used.move_to_end(session_id)

    def forget(self, session_id: str) -> None:
        """It is used no more."""
        self._used.pop(session_id, None)
        self._held.pop(session_id, None)

    def held(self, session_id: str) -> Kept | None:
        """What was held last; its row in the file has the last word."""
        return self._held.get(session_id)

    def hold(self, kept: Kept) -> Kept:
        """The same, held with the numbers that it has computed where it is small."""
        self._held.pop(kept.id, None)
        if len(kept.session.batch) * sum(kept.session.shape.sizes) <= MOST_NUMBERS:
            self._held[kept.id] = kept
        if len(self._held) > MOST_HELD:
            self._held.popitem(last=False)
        return kept
