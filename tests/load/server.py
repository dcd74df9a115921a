"""The server under load: a process of its own, which can be told to end and started again at the same port."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """`python -m app` on one port, its sessions in one directory."""

    def __init__(self, data: Path, workers: int = 1, settings: Mapping[str, str] | None = None) -> None:
        self._data, self._workers, self._settings = data, workers, settings or {}
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._ended = 0.0
        self.start()

    def start(self) -> None:
        """Start, and return as soon as it says where it is."""
        options = ["--no-open", "--port", str(self.port), "--data", str(self._data), "--workers", str(self._workers)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app", *options], cwd=ROOT, env=os.environ | self._settings, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        assert b"http://" in self._process.stdout.readline()

    def end(self) -> int:
        """SIGTERM; the exit code."""
        self._ended += self._used()
        self._process.send_signal(signal.SIGTERM)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self._process.wait(timeout=30)

    def close(self) -> None:
        """End it, if it is still there."""
        if self._process.poll() is None:
            self.end()

    def processor_seconds(self) -> float:
        """What it has used so far, its workers with it, over all of its starts."""
        return self._ended + self._used()

    def resident(self) -> int:
        """Bytes of memory, over all of its processes."""
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._pids()) * 4096

    def _pids(self) -> list[int]:
        first = self._process.pid
        return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]

    def _used(self) -> float:
        used = 0
        for pid in self._pids():
            with suppress(FileNotFoundError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                used += int(fields[11]) + int(fields[12])
        return used / TICKS
