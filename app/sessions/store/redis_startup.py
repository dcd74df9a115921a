"""Before the program starts: can its sessions be kept in this Redis? If not, a sentence says what to do."""

import time
from collections.abc import Callable
from typing import Any, NoReturn

import redis

from app.sessions.store.places import CannotKeepSessionsError
from app.sessions.store.redis_server import PREFIX, shown, trouble_of

OLDEST = 6  # that keeps the lifetime of a key whose value is replaced
PATIENCE = 10.0  # seconds in which a server that is just being started too may begin to answer
PAUSE = 0.25


def check_redis(address: str, patience: float = PATIENCE, sleep: Callable[[float], None] = time.sleep) -> str:
    """Whether sessions can be kept there; what must be said of it, empty where nothing must. CannotKeepSessionsError.

    No sentence holds the address's password.
    """
    try:
        client = redis.Redis.from_url(address, socket_timeout=2, socket_connect_timeout=2, retry=None, protocol=2)
    except (ValueError, TypeError):
        refuse(address, "cannot be used: something in its address is not known", "Write it as redis://HOST:PORT/0")
    with client:
        about = _about(client, address, patience, sleep)
        _check_version(address, about)
        _check_policy(address, about)
        _check_writing(client, address)
    return _durability(address, about)


def refuse(address: str, reason: str, remedy: str) -> NoReturn:
    """The Redis cannot be used."""
    raise CannotKeepSessionsError(f"The Redis at {shown(address)} {reason}. {remedy}")


def _about(client: redis.Redis, address: str, patience: float, sleep: Callable[[float], None]) -> dict[str, Any]:
    """What the server says of itself; one that is being started is waited for."""
    end = time.monotonic() + patience
    while True:
        try:
            about: Any = client.info()
            return dict(about)
        except (redis.AuthenticationError, redis.ResponseError) as error:
            _refused(address, error)
        except (redis.RedisError, OSError) as error:
            if time.monotonic() > end:
                _refused(address, error)
        sleep(PAUSE)


def _refused(address: str, error: Exception) -> NoReturn:
    what, remedy = trouble_of(error)
    refuse(address, what, remedy or "Start it, or correct EXPLORER_STORE.")


def _check_version(address: str, about: dict[str, Any]) -> None:
    version = str(about.get("redis_version", "0"))
    if int(version.partition(".")[0]) < OLDEST:
        refuse(address, f"is of version {version}", f"Take Redis {OLDEST} or newer, or Valkey.")


def _check_policy(address: str, about: dict[str, Any]) -> None:
    policy = about.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        refuse(
            address,
            f"throws away what somebody still uses when it is full: its maxmemory-policy is {policy}",
            "Set maxmemory-policy to noeviction.",
        )


def _check_writing(client: redis.Redis, address: str) -> None:
    try:
        client.eval(f"return redis.call('INCR', '{PREFIX}pulse')", 0)
    except (redis.RedisError, OSError) as error:
        _refused(address, error)


def _durability(address: str, about: dict[str, Any]) -> str:
    if about.get("aof_enabled"):
        return ""
    return (
        f"The Redis at {shown(address)} keeps no log of what it writes: where it ends by itself, walks go back to its "
        "last snapshot, or are lost. Set appendonly to yes."
    )
