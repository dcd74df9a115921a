"""A clock for tests, and short words for talking to stores."""

import asyncio
import atexit
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")
LOOP = asyncio.new_event_loop()  # one for all that is asked of a store: what it holds open belongs to its loop
atexit.register(LOOP.close)


class Clock:
    """Seconds that pass when a test says so, and `tick` of them from one look to the next."""

    def __init__(self, tick: float = 0.0) -> None:
        self.now, self.tick, self.looks = 1_000_000.0, tick, 0

    def __call__(self) -> float:
        self.now += self.tick
        self.looks += 1
        return self.now

    def hours(self, hours: float) -> None:
        self.now += 3600 * hours


def run(awaitable: Awaitable[T]) -> T:
    """What an awaitable returns."""

    async def awaited() -> T:
        return await awaitable

    return LOOP.run_until_complete(awaited())
