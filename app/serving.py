"""How the program serves: one process, or several on one socket; a signal ends it with code 0, a second one at once."""

import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from typing import Any, NoReturn

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.connections import Connection, Crowd
from app.settings import Settings
from app.web.http.request_log import MULTIPROCESS, log_config

CANNOT_START = 2
FINISH_SECONDS = 1  # that requests get which run when the program is told to end
RECEIVED = 64 * 1024  # bytes that a connection may have sent before they are looked at
SENT = 64 * 1024  # bytes of answers that nobody has read yet: nothing more is asked for as long as that
SPARE = 64  # descriptors for files, and for connections that are just being taken or let go
Announce = Callable[[], None]


@dataclass(frozen=True)
class Application:
    """What makes the application, in the process that serves it."""

    settings: Settings

    def __call__(self) -> Any:
        """The application. In a worker, which holds the port too: until what started it has ended, however it did."""
        from app.main import serving

        app = serving(self.settings)
        if (parent := multiprocessing.parent_process()) is not None:
            threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
        return app


def _end_after(parent: BaseProcess) -> NoReturn:
    parent.join()
    os._exit(0)


class AnnouncingServer(uvicorn.Server):
    """A server that calls `announce` as soon as it answers."""

    def __init__(self, config: uvicorn.Config, announce: Announce) -> None:
        super().__init__(config)
        self.announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.announce()


class Workers(Multiprocess):
    """Several processes on one socket; one that dies is replaced. The second signal to end is obeyed at once."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config, [listener])
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked)

    def _asked(self, number: int, frame: object) -> None:
        if self.should_exit.is_set() or self.signal_queue:
            for worker in self.processes:
                worker.process.kill()
            os._exit(128 + number)
        self.signal_queue.append(number)


def serve(settings: Settings, listener: socket.socket, announce: Announce) -> int:
    """Serve on `listener` until told to end; returns the exit code."""
    signal.signal(signal.SIGTERM, _end)  # until the server listens to it itself; process 1 of a container has no other
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENT)
    most = min(settings.max_connections, raise_descriptors(settings.max_connections + SPARE) - SPARE)
    crowd = Crowd(settings.client_seconds, most, settings.max_connection_bytes)
    http: Any = partial(Connection, crowd)
    config = uvicorn.Config(
        Application(settings),
        http=http,
        h11_max_incomplete_event_size=settings.max_header_bytes,
        ws="none",
        factory=True,
        workers=settings.workers,
        log_config=log_config(settings.log_format),
        log_level="error",  # its warnings are of what clients send: nobody is to fill the log
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.forwarded_allow_ips),
        forwarded_allow_ips=list(settings.forwarded_allow_ips),
        timeout_graceful_shutdown=FINISH_SECONDS,
    )
    return _serve_alone(config, listener, announce) if settings.workers == 1 else _share(config, listener, announce)


def raise_descriptors(wanted: int) -> int:
    """Let this process, and those that it starts, have so many descriptors open; returns how many they may."""
    if sys.platform == "win32":
        return wanted
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    may = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < may:
        resource.setrlimit(resource.RLIMIT_NOFILE, (may, hard))
    return may


def _serve_alone(config: uvicorn.Config, listener: socket.socket, announce: Announce) -> int:
    server = AnnouncingServer(config, announce)
    with suppress(KeyboardInterrupt, SystemExit):  # the server raises what ended it once more when all is done
        config.load()  # before the event loop is there
        server.run(sockets=[listener])
    return _leave(0 if server.started else CANNOT_START)


def _share(config: uvicorn.Config, listener: socket.socket, announce: Announce) -> int:
    with ExitStack() as stack:
        stack.enter_context(_shared_metrics())
        workers = Workers(config, listener)
        announce()  # who comes before the first worker is ready waits on the socket
        workers.run()
        failed = any(worker.exitcode == uvicorn.config.STARTUP_FAILURE for worker in workers.processes)
    return CANNOT_START if failed else 0


@contextmanager
def _shared_metrics() -> Iterator[None]:
    """A directory in which the workers keep their numbers, for as long as they run."""
    with tempfile.TemporaryDirectory(prefix="explorer-metrics-") as directory:
        os.environ[MULTIPROCESS] = directory
        try:
            yield
        finally:
            del os.environ[MULTIPROCESS]


def _end(number: int, frame: object) -> NoReturn:
    sys.exit(0)


def _leave(code: int) -> int:
    """The code, now that nothing is left to be kept; a long computation that nobody waits for is not waited for."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
