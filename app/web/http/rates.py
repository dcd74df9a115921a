"""How often something may be asked for: so many at once, then so many a second. Each key has a bucket of its own.

Whoever sits at the machine itself is not held up: nobody else waits for it.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import ceil
from time import monotonic

from starlette.datastructures import URL
from starlette.requests import Request

LOCAL_CLIENTS = ("127.0.0.1", "::1")
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
MOST_BYTES, BUCKET_BYTES = 4_000_000, 200  # of a table of buckets, and of each bucket
MOST_BUCKETS = MOST_BYTES // BUCKET_BYTES


class TooFastError(RuntimeError):
    """Asked for again too soon; `wait` is how many whole seconds later it is granted."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, ceil(wait))
        seconds = "1 second" if self.wait == 1 else f"{self.wait} seconds"
        super().__init__(f"That was more than this server takes at once. Wait {seconds}, then go on.")


def is_at_the_machine(request: Request) -> bool:
    """Whether the request comes from the machine that serves, by a name of its own: not through a proxy on it."""
    client: tuple[str, int] | None = request.scope["client"]
    if client is None or client[0] not in LOCAL_CLIENTS:
        return False
    return URL(scheme="http", netloc=request.headers.get("host", "")).hostname in LOCAL_NAMES


@dataclass(frozen=True)
class Rate:
    """So many at once, refilled by so many a second."""

    burst: int
    per_second: float


class Buckets:
    """A token bucket per key, kept as one number: the time at which the bucket is full again. `clock` gives seconds.

    A key is kept as its hash, whatever its length, so that the table's bytes are bounded by the number of its keys.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = monotonic) -> None:
        self._each, self._depth, self._clock = 1 / rate.per_second, rate.burst / rate.per_second, clock
        self._full_at: dict[int, float] = {}

    def take(self, key: Hashable) -> None:
        """One token of the key's bucket. TooFastError where it is empty."""
        now, name = self._clock(), hash(key)
        full_at = max(self._full_at.get(name, now), now) + self._each
        if full_at - now > self._depth + 1e-9:
            raise TooFastError(full_at - now - self._depth)
        self._full_at[name] = full_at
        if len(self._full_at) > MOST_BUCKETS:  # those go that are full again; where nearly none is, all
            waiting = {name: full_at for name, full_at in self._full_at.items() if full_at > now}
            self._full_at = waiting if len(waiting) < MOST_BUCKETS // 2 else {}
