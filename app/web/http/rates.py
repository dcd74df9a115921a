"""How often something may be asked of the server, by one client and from one address.

Each key has a bucket of tokens, for so many requests at once and then so many a second. Whoever sits at the machine
itself is not held up: nobody else waits for it.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from ipaddress import IPv6Address
from math import ceil
from time import monotonic

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.types import Scope

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


def address_of(scope: Scope) -> str:
    """Whom a request comes from. Who has one IPv6 address has 2**64 of them: they count as one."""
    address: str = scope["client"][0] if scope["client"] else ""
    if ":" not in address:
        return address
    try:
        six = IPv6Address(address)
    except ValueError:  # whatever a proxy calls it
        return address
    return str(six.ipv4_mapped or IPv6Address(int(six) >> 64 << 64))


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

    def take(self, key: Hashable, count: int = 1) -> None:
        """So many tokens of the key's bucket. TooFastError where it does not hold them."""
        now = self._clock()
        full_at = max(self._full_at.get(hash(key), now), now) + count * self._each
        if full_at - now > self._depth + 1e-9:
            raise TooFastError(full_at - now - self._depth)
        self._fill(key, full_at, now)

    def spend(self, key: Hashable, count: int) -> None:
        """So many tokens of the key's bucket, and of what will flow into it, for what is there already."""
        now = self._clock()
        self._fill(key, max(self._full_at.get(hash(key), now), now) + count * self._each, now)

    def _fill(self, key: Hashable, full_at: float, now: float) -> None:
        self._full_at[hash(key)] = full_at
        if len(self._full_at) > MOST_BUCKETS:  # those go that are full again; where nearly none is, all
            waiting = {name: full_at for name, full_at in self._full_at.items() if full_at > now}
            self._full_at = waiting if len(waiting) < MOST_BUCKETS // 2 else {}
