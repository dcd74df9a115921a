"""Who may call a route: whoever holds the key that stands in its path, or, where it is listed here, anyone.

There are no accounts: an address with an unguessable id in it is the only key.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from starlette.routing import BaseRoute

SESSION = "{session_id}"
ANYONE = frozenset(
    (
        "GET /", "GET /lessons/{slug}", "GET /docs", "GET /openapi.json", "GET /static", "POST /preferences",
        "POST /sessions", "GET /build", "POST /build", "GET /bug-lab", "POST /bug-lab",
        "GET /api/lessons", "POST /api/sessions",
        "GET /healthz", "GET /readyz", "GET /metrics",
    )
)  # fmt: skip # shows and changes nobody's session


class UndeclaredRouteError(RuntimeError):
    """A route asks for no key and is not among those that anyone may call."""


def whole_paths(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, BaseRoute]]:
    """Every route with its whole path, through routers that were included, and mounts."""
    for route in routes:
        included: Any = getattr(route, "original_router", None)
        if included is None:
            yield prefix + getattr(route, "path", ""), route
        else:
            context: Any = route
            yield from whole_paths(included.routes, prefix + context.include_context.prefix)


def operations_of(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """Every method with its whole path, such as GET /docs."""
    for path, route in whole_paths(routes):
        methods: Any = getattr(route, "methods", None) or ("GET",)
        yield from (f"{method} {path}" for method in methods if method != "HEAD")


def check_access(routes: Iterable[BaseRoute]) -> None:
    """UndeclaredRouteError for the first operation that asks for no key and is not for anyone."""
    for operation in operations_of(routes):
        if SESSION not in operation and operation not in ANYONE:
            raise UndeclaredRouteError(f"{operation} asks for no key. If anyone may call it, name it in ANYONE.")
