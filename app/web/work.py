"""Where long computations go: a few threads with a bounded queue, so that clicks are answered meanwhile."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Generic, TypeVar

from app.web.rates import TooFastError

Result = TypeVar("Result")
SLICE = 0.002  # seconds after which others in the queue get their turn
MOST_OF_ONE = 4  # jobs of one client at once


@dataclass(frozen=True)
class Slice(Generic[Result]):
    """The last step of a slice, whether there may be more, and how many seconds it took."""

    last: Result
    more: bool
    seconds: float


class BusyError(RuntimeError):
    """The queue is full; `wait` is how many seconds later it is worth another try."""

    wait = 2

    def __init__(self) -> None:
        super().__init__(
            f"The server is busy computing for others. Nothing was changed. Try again in {self.wait} seconds."
        )


class TooLongError(RuntimeError):
    """What was asked for takes longer than one request may compute."""


class Pool:
    """Runs up to `threads` jobs at once; `queue` more may wait. A job is known by the client that it is for.

    A job in slices may compute for `seconds` altogether.
    """

    def __init__(self, threads: int, queue: int, seconds: float) -> None:
        self._places = threads + queue
        self._seconds = seconds
        self._clients: Counter[str] = Counter()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="work")

    async def run(self, client: str, job: Callable[[], Result]) -> Result:
        """What the job returns. BusyError where the queue is full, TooFastError where this client fills it."""
        with self._place(client):
            return await self._in_thread(job)

    async def run_in_slices(self, client: str, start: Result, steps: Iterator[Result]) -> Result:
        """The last of the steps, or `start` where there is none; in turns with other jobs.

        Errors as of `run`; TooLongError where it computes longer than a request may.
        """
        with self._place(client):
            part, left = Slice(start, True, 0.0), self._seconds
            while part.more:
                part = await self._in_thread(partial(_slice, part.last, steps))
                left -= part.seconds
                if left < 0 and part.more:
                    raise TooLongError(f"This takes more than the {self._seconds:g} seconds that one request may take.")
            return part.last

    def close(self) -> None:
        """Let go of the threads; what waits is not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, job: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, job)

    @contextmanager
    def _place(self, client: str) -> Iterator[None]:
        if self._clients[client] >= MOST_OF_ONE:
            raise TooFastError(1)
        if self._clients.total() >= self._places:
            raise BusyError
        self._clients[client] += 1
        try:
            yield
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]


def _slice(last: Result, steps: Iterator[Result]) -> Slice[Result]:
    """As many steps as fit into a slice, at least one."""
    start = perf_counter()
    for last in steps:
        seconds = perf_counter() - start
        if seconds > SLICE:
            return Slice(last, True, seconds)
    return Slice(last, False, perf_counter() - start)
