"""A clock for stores in tests, and short words for talking to them."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def hours(self, hours: float) -> None:
        self.now += 3600 * hours


def run(awaitable: Awaitable[T]) -> T:
    """What an awaitable returns."""

    async def awaited() -> T:
        return await awaitable

    return asyncio.run(awaited())
