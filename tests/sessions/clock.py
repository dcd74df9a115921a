"""A clock for tests, and short words for talking to stores."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


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

    return asyncio.run(awaited())
