"""Real servers that start fast: processes of their own, each forked from one that has imported the program already."""

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["app.main", "app.__main__", "uvloop", "h11"])
STARTS_WITHIN = 100.0  # seconds, on a machine that does other things too
UNLIMITED = {  # one test asks more often than a hundred learners
    "EXPLORER_SESSION_BURST": "1000000",
    "EXPLORER_SESSION_RATE": "1000000",
    "EXPLORER_JOINING_BURST": "1000000",
    "EXPLORER_JOINING_RATE": "1000000",
}


@dataclass(frozen=True)
class Server:
    """A server that answers on a port of this machine."""

    process: ForkServerProcess
    port: int

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.process.pid is not None
        return self.process.pid

    def kill(self) -> None:
        """As by `kill -9`: it can do nothing more."""
        self.process.kill()
        self.process.join()


def started(data: Path, environment: Mapping[str, str] = UNLIMITED) -> Server:
    """A new server on a data directory, which others may use too."""
    log = data / f"server-{time.monotonic_ns()}.log"
    process = CONTEXT.Process(target=_run, args=(data, log, dict(environment)))
    process.start()
    return Server(process, _announced_port(process, log))


@contextmanager
def server(data: Path, environment: Mapping[str, str] = UNLIMITED) -> Iterator[Server]:
    """A new server, killed at the end if it is still there."""
    running = started(data, environment)
    try:
        yield running
    finally:
        running.kill()


def _run(data: Path, log: Path, environment: dict[str, str]) -> None:
    """In the new process: the program itself, writing to a file."""
    from app.__main__ import main

    output = os.open(log, os.O_WRONLY | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(environment)
    sys.exit(main(["--no-open", "--port", "0", "--data", str(data)]))


def _announced_port(process: ForkServerProcess, log: Path) -> int:
    late = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < late and process.is_alive():
        words = log.read_text().split() if log.exists() else []
        for word in words:
            if word.startswith("http://") and "(Ctrl+C" in words:
                return int(word.rsplit(":", 1)[1])
        time.sleep(0.005)
    raise RuntimeError(f"The server did not start. It wrote: {log.read_text() if log.exists() else 'nothing'}")
