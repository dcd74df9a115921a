"""A Redis or Valkey: how it is talked to, by scripts that do one thing whole or not at all, and what its errors mean.

Its address may hold a password, so no error tells the address, nor what the client says of it.
"""

import logging
import re
import secrets
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, ConnectionError, RedisError, TimeoutError

from app.sessions.store.store import NotWritableError, StoreAwayError, StoreError

log = logging.getLogger(__name__)
CONNECTIONS = 32  # at once, the one that listens among them
PATIENCE = 2.0  # seconds until a server that says nothing is taken to be away
# Where a connection is lost; a script that is sent again changes nothing again.
AGAIN = Retry(ConstantBackoff(0.05), 2, supported_errors=(ConnectionError,))
PREFIX = "explorer:"  # of all names and channels
STAMP_BYTES = 8


class Server:
    """One server, over as many connections as are needed."""

    def __init__(self, address: str) -> None:
        self._pool = BlockingConnectionPool.from_url(
            address,
            max_connections=CONNECTIONS,
            timeout=PATIENCE,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            client_name="backprop-explorer",
            retry=AGAIN,
            protocol=2,
        )
        self.client = Redis.from_pool(self._pool)
        self._scripts: dict[str, Any] = {}

    async def run(self, script: str, *given: str | bytes | float) -> Any:
        """What a script returns. StoreError."""
        if script not in self._scripts:
            self._scripts[script] = self.client.register_script(script)
        try:
            return await self._scripts[script](args=given)
        except (RedisError, OSError) as error:
            raise explained(error) from None  # the client's own words are for nobody: they may hold the address

    async def close(self) -> None:
        """Let go of the connections."""
        await self.client.aclose()


def new_stamp() -> bytes:
    """What tells one write from all others."""
    return secrets.token_bytes(STAMP_BYTES)


def shown(address: str) -> str:
    """An address without its password, and without the name that goes with it."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return f"unix://{parts.path}"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


class Trouble(NamedTuple):
    """What a server said, in words that go on from its name; and what to do, where at least it can be read."""

    what: str
    remedy: str = ""


ROOM = "Give it more memory (maxmemory), or wait: what nobody uses makes room."
KINDS = {  # the first word of an error, or of one inside of a script
    "OOM": Trouble("holds as much as it may", ROOM),
    "READONLY": Trouble("is a copy that is only read", "Let EXPLORER_STORE name its primary."),
    "MISCONF": Trouble("cannot write to its disk", "Free some space there, then try again."),
    "NOREPLICAS": Trouble("has lost its copies", "Start them, then try again."),
    "LOADING": Trouble("is still reading its data"),
    "MASTERDOWN": Trouble("has lost its primary"),
    "CLUSTERDOWN": Trouble("is part of a cluster that is down"),
    "MOVED": Trouble("is part of a cluster, which this program cannot use"),
    "NOPERM": Trouble("does not let its user do what this program needs"),
    "BUSY": Trouble("is busy with something else"),
}


def trouble_of(error: Exception) -> Trouble:
    """What an error of the client or of the server means."""
    if isinstance(error.__cause__, RedisError):  # what the server said when it was connected to
        return trouble_of(error.__cause__)
    if isinstance(error, AuthenticationError):
        return Trouble("takes neither this password nor none")
    if isinstance(error, BusyLoadingError):
        return KINDS["LOADING"]
    if isinstance(error, TimeoutError):
        return Trouble(f"says nothing for {PATIENCE:g} seconds")
    if isinstance(error, ConnectionError | OSError):
        return Trouble("cannot be reached")
    said = re.findall(r"\b[A-Z]{3,}\b", f"{getattr(error, 'status_code', None) or ''} {error}")
    for kind in said:
        if kind in KINDS:
            return KINDS[kind]
    log.error("The Redis refuses what it was asked: %s", error)
    return Trouble("refuses what it was asked")


def explained(error: Exception) -> StoreError:
    """The same as the store's own error."""
    what, remedy = trouble_of(error)
    return NotWritableError(f"its Redis {what}", remedy) if remedy else StoreAwayError(f"its Redis {what}")
