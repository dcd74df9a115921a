"""A Redis or Valkey: how it is talked to, by scripts that do one thing whole or not at all, and what its errors mean.

Its address may hold a password, so no error tells the address, nor what the client says of it.
"""

import logging
import re
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, ConnectionError, RedisError, TimeoutError

from app.sessions.store.store import NotWritableError, StoreAwayError, StoreError

log = logging.getLogger(__name__)
CONNECTIONS = 32  # at once, besides the one that listens
PATIENCE = 2.0  # seconds until a server that says nothing is taken to be away
# Where a connection is lost; a script that is sent again does nothing again.
AGAIN = Retry(ConstantBackoff(0.1), 2, supported_errors=(ConnectionError,))
PREFIX = "explorer:"  # of all names and channels


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


def shown(address: str) -> str:
    """An address without its password, and without the name that goes with it."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


MORE = "Give it more (maxmemory), or wait: what nobody uses makes room."
REASONS = {  # what a server's error begins with -> why nothing can be written, and what to do
    "OOM": ("the Redis of this server holds as much as it may", MORE),
    "READONLY": ("the Redis of this server is a copy that is only read", "Let EXPLORER_STORE name its primary."),
    "MISCONF": ("the Redis of this server cannot write to its disk", "Free some space there, then try again."),
    "NOREPLICAS": ("the Redis of this server has lost its copies", "Start them, then try again."),
}
REFUSED = {  # the same, and why the server does not even answer
    "LOADING": "it is still reading its data",
    "MASTERDOWN": "it has lost its primary",
    "CLUSTERDOWN": "its cluster is down",
    "MOVED": "it is part of a cluster, which this program cannot use",
    "NOPERM": "its user may not do what this program needs",
    "BUSY": "it is busy with something else",
}


def explained(error: Exception) -> StoreError:
    """An error of the client or of the server as the store's own."""
    if isinstance(error, AuthenticationError):
        return StoreAwayError("its Redis takes neither this password nor none")
    if isinstance(error, BusyLoadingError):
        return StoreAwayError(REFUSED["LOADING"])
    if isinstance(error, TimeoutError):
        return StoreAwayError(f"its Redis says nothing for {PATIENCE:g} seconds")
    if isinstance(error, ConnectionError | OSError):
        return StoreAwayError("its Redis cannot be reached")
    said = f"{getattr(error, 'status_code', None) or ''} {error}"  # in a script the kind stands further on
    kinds = re.findall(r"\b[A-Z]{3,}\b", said)
    for kind in kinds:
        if kind in REASONS:
            return NotWritableError(*REASONS[kind])
        if kind in REFUSED:
            return StoreAwayError(REFUSED[kind])
    log.error("The Redis refuses what it was asked: %s", error)
    return StoreAwayError("its Redis refuses what it was asked")
