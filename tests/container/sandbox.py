"""A container without an engine: its own processes and mounts, files read-only, an ordinary user, no capability."""

import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# As --read-only --tmpfs /tmp --volume DATA:/data --cap-drop ALL --security-opt no-new-privileges --user 10001:10001
WALLS = """
set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs -o size=64m tmpfs "$ROOT/tmp"
mount --bind /dev "$ROOT/dev"
mount --bind "$DATA" "$ROOT/data"
mount -o remount,bind,ro "$ROOT"
cd /
exec chroot "$ROOT" setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --bounding-set=-all \
  env -i --chdir="$WORKDIR" "$@"
"""


@dataclass(frozen=True)
class Server:
    """One start of the image. `process` is what made the container; its only child is process 1 in there."""

    process: subprocess.Popen[bytes]
    address: str
    started: float

    @property
    def first(self) -> int:
        """Process 1, as it is called out here."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])

    def memory(self) -> int:
        """The most bytes that process 1 has had resident."""
        status = Path(f"/proc/{self.first}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))

    def told_to_end(self) -> tuple[int, float]:
        """SIGTERM; the exit code of process 1, and how many seconds it took."""
        start = time.monotonic()
        os.kill(self.first, signal.SIGTERM)
        return self.process.wait(timeout=30), time.monotonic() - start


@dataclass(frozen=True)
class Container:
    """The image's files, what it says of its start, and the directory for its volume."""

    root: Path
    config: dict[str, Any]
    data: Path

    @contextmanager
    def running(self) -> Iterator[Server]:
        """Started as it says; killed at the end if it is still there."""
        port = free_port()
        with self._start([*self.config["Entrypoint"], "--port", str(port)]) as process:
            server = Server(process, f"http://127.0.0.1:{port}", time.monotonic())
            try:
                yield server
            finally:
                if process.poll() is None:  # changing its user has cut it off from what would end with it
                    os.kill(server.first, signal.SIGKILL)

    def output(self, code: str) -> str:
        """What a Python program prints in there."""
        with self._start(["python", "-c", code]) as process:
            assert process.stdout is not None
            printed = process.stdout.read().decode().strip()
        assert process.returncode == 0, code
        return printed

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        assert self.config["User"] == "10001:10001", self.config
        places = {"ROOT": str(self.root), "DATA": str(self.data), "WORKDIR": self.config["WorkingDir"]}
        unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", WALLS, "sh"]
        print("$ (in the container)", shlex.join(command)[:90], flush=True)
        return subprocess.Popen(
            [*unshare, *self.config["Env"], *command], env=os.environ | places, stdout=subprocess.PIPE
        )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
