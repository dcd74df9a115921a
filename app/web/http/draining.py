"""How the program ends when it is told to: first it says so, then what runs is finished, then it goes."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ALREADY_ASKED = 128 + signal.SIGTERM  # as a shell calls the end by this signal


class Drain:
    """Whether SIGTERM has come; `seconds` later the server is told, and takes no more connections.

    Meanwhile /readyz answers 503, so that a balancer sends nobody here any more. A second SIGTERM ends the program at
    once; that loses nothing that was acknowledged. A worker leaves that to the process that it was started by, which
    passes on what it is told.
    """

    def __init__(self, seconds: float) -> None:
        self.asked = False
        self._seconds = seconds

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Handle SIGTERM while this lasts, before the server does. Only a main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop, server = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)

        def asked(number: int, frame: FrameType | None) -> None:
            if not self.asked:
                self.asked = True
                if callable(server):
                    loop.call_soon_threadsafe(loop.call_later, self._seconds, server, number, None)
            elif multiprocessing.parent_process() is None:
                os._exit(ALREADY_ASKED)

        signal.signal(signal.SIGTERM, asked)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, server)
