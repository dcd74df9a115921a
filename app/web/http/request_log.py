"""Each request gets an id, and, where that is wanted, a line in the log and a place in the metrics. Pure ASGI."""

import logging
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.http.access import declared_routes
from app.web.http.logs import REQUESTS, new_request_id, request_id
from app.web.http.metrics import Counts

log = logging.getLogger(REQUESTS)
METHODS = frozenset(("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"))


class Watched:
    """Stands before all others, so that refusals are seen too; costs half a microsecond where nobody looks."""

    def __init__(self, app: ASGIApp, metrics: Counts | None, log_requests: bool) -> None:
        self.app = app
        self._metrics, self._log_requests = metrics, log_requests
        self._names: dict[object, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id.set(new_request_id())  # each request is a task of its own, so nothing is to be put back
        if self._metrics is None and not self._log_requests:
            await self.app(scope, receive, send)
        else:
            await self._watch(scope, receive, send)

    async def _watch(self, scope: Scope, receive: Receive, send: Send) -> None:
        start, status = perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            self._answered(scope, status, perf_counter() - start)

    def _answered(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = self._route(scope)
        if self._metrics is not None:
            self._metrics.answered(method, route, status, seconds)
        if self._log_requests:
            fields = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 2)}
            log.info("answered", extra=fields)

    def _route(self, scope: Scope) -> str:
        """The path that was declared, never the one that was asked for."""
        if not self._names:
            routes = declared_routes(scope["app"].router.routes)
            self._names = {
                getattr(route, "endpoint", None) or getattr(route, "app", None): path for path, route, _ in routes
            }
        return self._names.get(scope.get("endpoint"), "none")
