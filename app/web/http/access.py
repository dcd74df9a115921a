"""Who may call a route. Each says so beside its path; an application with one that does not say is not made."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any, TypeVar

from starlette.routing import BaseRoute

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
DECLARED = "access"
SESSION = "{session_id}"


class Access(Enum):
    """There are no accounts: an address with an unguessable id in it is the only key."""

    ANYONE = "anyone"
    HOLDER = "whoever holds the session's id"


class UndeclaredRouteError(RuntimeError):
    """A route does not say who may call it, or says what its path cannot keep."""


def anyone(endpoint: Endpoint) -> Endpoint:
    """Declares: anyone may call this. It shows and changes nobody's session."""
    setattr(endpoint, DECLARED, Access.ANYONE)
    return endpoint


def holder(endpoint: Endpoint) -> Endpoint:
    """Declares: whoever holds the id in the address may call this. It touches no other session."""
    setattr(endpoint, DECLARED, Access.HOLDER)
    return endpoint


def declared_routes(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, BaseRoute, Access | None]]:
    """Every route with its whole path and what it declares, through routers that were included, and mounts."""
    for route in routes:
        included: Any = getattr(route, "original_router", None)
        if included is not None:
            context: Any = route
            yield from declared_routes(included.routes, prefix + context.include_context.prefix)
            continue
        answering: Any = getattr(route, "endpoint", None) or getattr(route, "app", None)
        yield prefix + getattr(route, "path", ""), route, getattr(answering, DECLARED, None)


def check_declared(routes: Iterable[BaseRoute]) -> None:
    """UndeclaredRouteError for the first route that does not say who may call it."""
    for path, _, access in declared_routes(routes):
        if access is None:
            raise UndeclaredRouteError(f"{path} does not say who may call it. Put @anyone or @holder on its function.")
        if (access is Access.HOLDER) != (SESSION in path):
            raise UndeclaredRouteError(f"{path} is for {access.value}, but its path has {SESSION} only for a holder.")
