"""The real server, as a process of its own: what a learner starts with `python -m app`."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
STARTS_WITHIN = 100.0  # seconds, on a machine that does other things too


class NotStartedError(RuntimeError):
    """The server does not answer; the message holds what it wrote."""


@contextmanager
def running_server(data: Path) -> Iterator[str]:
    """The address of a server that answers and keeps its sessions in `data`. Raises NotStartedError."""
    log = data / "server.log"
    command = [sys.executable, "-m", "app", "--no-open", "--port", "0", "--data", str(data)]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT)
    try:
        address = announced(process, log)
        wait_until_healthy(process, address, log)
        yield address
    finally:
        process.terminate()
        process.wait(STARTS_WITHIN)


def environment() -> dict[str, str]:
    """This process's, without what would change the server."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("EXPLORER_")}
    # Tests click faster than people, on machines that do other things too.
    return {**given, "EXPLORER_SESSION_BURST": "100000", "EXPLORER_WORK_SECONDS": "600"}


def announced(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address that the server prints."""
    for _ in until_late(process, log):
        for word in log.read_text().split():
            if word.startswith("http://"):
                return word
    raise AssertionError  # until_late never ends quietly


def wait_until_healthy(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return as soon as /healthz answers."""
    for _ in until_late(process, log):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=STARTS_WITHIN):
                return
        except urllib.error.URLError:
            continue


def until_late(process: subprocess.Popen[bytes], log: Path) -> Iterator[None]:
    """One turn every hundredth of a second; NotStartedError when the process ended or the time is over."""
    late = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < late and process.poll() is None:
        yield
        time.sleep(0.01)
    raise NotStartedError(f"The server did not start within {STARTS_WITHIN:g} s. It wrote: {log.read_text()}")
