"""The server under load: a process of its own, which can be told to end, or killed, and started again at its port."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
ENDS_WITHIN = 5.0  # seconds: the processes that it has started, when it was killed
IN_GROUP = 'echo $$ > "$0/cgroup.procs" && exec "$@"'
WITHIN = 'ulimit -v "$0" && exec "$@"'  # kilobytes of address space, which is more than what is resident
GROUPS = (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max"))


def group_of(memory: int) -> Path | None:
    """A group of processes that may hold so many bytes, as a container is one; None where nobody may make one here."""
    for root, bound in GROUPS:
        group = Path(root, f"explorer-{uuid4().hex}")
        with suppress(OSError):
            group.mkdir()
            if (group / bound).exists():
                (group / bound).write_text(str(memory))
                return group
            group.rmdir()
    return None


class Server:
    """`python -m app` on one port, its sessions in one directory; `memory` bounds the bytes that it may hold or, where
    this machine lets nobody say that, ask for.
    """

    def __init__(
        self, data: Path, workers: int = 1, settings: Mapping[str, str] | None = None, memory: int | None = None
    ) -> None:
        self._data, self._workers, self._settings, self._memory = data, workers, settings or {}, memory
        self._group = None if memory is None else group_of(memory)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._ended = 0.0
        self.start()

    def start(self) -> None:
        """Start, and return as soon as it says where it is."""
        options = ["--no-open", "--port", str(self.port), "--data", str(self._data), "--workers", str(self._workers)]
        command = [sys.executable, "-m", "app", *options]
        if self._group is not None:
            command = ["sh", "-c", IN_GROUP, str(self._group), *command]
        elif self._memory is not None:
            command = ["sh", "-c", WITHIN, str(self._memory // 1024), *command]
        self._process = subprocess.Popen(command, cwd=ROOT, env=os.environ | self._settings, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert b"http://" in self._process.stdout.readline()

    def end(self) -> int:
        """SIGTERM; the exit code."""
        return self._ended_by(signal.SIGTERM)

    def kill(self) -> int:
        """As by `kill -9`: it can do nothing more."""
        return self._ended_by(signal.SIGKILL)

    def close(self) -> None:
        """Kill it, if it is still there."""
        if self.alive:
            self.kill()
        if self._group is not None:
            end = monotonic() + ENDS_WITHIN
            while (self._group / "cgroup.procs").read_text() and monotonic() < end:
                sleep(0.02)
            self._group.rmdir()

    @property
    def alive(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process.poll() is None

    def processor_seconds(self) -> float:
        """What it has used so far, its workers with it, over all of its starts."""
        return self._ended + self._used()

    def resident(self) -> int:
        """Bytes of memory, over all of its processes, what several share once; 0 where there is none."""
        found = 0
        for pid in self.pids():
            with suppress(FileNotFoundError, ProcessLookupError):
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                found += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
        return found

    def _ended_by(self, number: int) -> int:
        self._ended += self._used()
        left = self.pids()
        self._process.send_signal(number)
        assert self._process.stdout is not None
        self._process.stdout.close()
        code, end = self._process.wait(timeout=30), monotonic() + ENDS_WITHIN
        while any(Path(f"/proc/{pid}").exists() for pid in left) and monotonic() < end:
            sleep(0.005)  # those that it has started hold its port
        return code

    def pids(self) -> list[int]:
        """Its own, and those of the processes that it has started, whichever of its threads did so."""
        found, ahead = list[int](), [self._process.pid]
        while ahead:
            with suppress(FileNotFoundError, ProcessLookupError):
                pid = ahead.pop()
                threads = list(Path(f"/proc/{pid}/task").glob("*/children"))
                ahead += [int(child) for thread in threads for child in thread.read_text().split()]
                found.append(pid)
        return found

    def _used(self) -> float:
        used = 0
        for pid in self.pids():
            with suppress(FileNotFoundError, ProcessLookupError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                used += int(fields[11]) + int(fields[12])
        return used / TICKS
