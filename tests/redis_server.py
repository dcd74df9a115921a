"""A Redis of its own, in a directory of its own, for tests that need a real one."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis

PROGRAM = shutil.which("redis-server") or shutil.which("valkey-server")
NONE = "There is no redis-server on this machine: apt-get install redis-server"
with_redis = pytest.mark.skipif(PROGRAM is None, reason=NONE)


class RedisServer:
    """A server on a socket of its directory, which may be ended and started again."""

    def __init__(self, directory: Path, options: tuple[str, ...]) -> None:
        self.directory, self.options = directory, options
        self.address = f"unix://{directory}/redis.sock"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [str(PROGRAM), "--port", "0", "--unixsocket", f"{self.directory}/redis.sock", "--dir"]
        log = (self.directory / "log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [*command, str(self.directory), "--save", "", *self.options], stdout=log, stderr=log
            )
        end = time.monotonic() + 20
        while True:
            with suppress(redis.BusyLoadingError, redis.ConnectionError), self.client() as client:
                with suppress(redis.AuthenticationError):
                    client.ping()
                return
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError((self.directory / "log").read_text())
            time.sleep(0.01)

    def client(self) -> redis.Redis:
        """A client for the test itself."""
        return redis.Redis.from_url(self.address, protocol=2)

    def kill(self) -> None:
        """End it as the machine would, without a word."""
        self.process.kill()
        self.process.wait()


@contextmanager
def redis_server(*options: str) -> Iterator[RedisServer]:
    """A server with these options, such as `--maxmemory`, `5mb`; it and its directory are gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="redis-"))  # a socket's path may have 107 characters
    try:
        server = RedisServer(directory, options)
        try:
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(directory)
