"""What the program says about itself: lines of a log, each with its request, and numbers for Prometheus.

No line and no number holds the id of a session, which is the key to it, or what a reader sent.
"""

import json
import logging
import os
import re
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from random import getrandbits
from time import perf_counter
from typing import Any

from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = "app.requests"  # the logger of one line for each request
KEY = r"(?<![\w-])(?=[\w-]*[A-Z0-9])(?:[\w-]{24}|[\w-]{40})(?![\w-])"  # 18 random bytes as text; 30: of a class
SESSION_ID = re.compile(KEY, re.ASCII)
HUNG_UP = 499  # the status of a request that nobody waited for, as nginx has it
FIELDS = ("method", "route", "status", "ms")  # of a request
METHODS = frozenset(("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"))

log = logging.getLogger(REQUESTS)
request_id: ContextVar[str] = ContextVar("request_id", default="")


def without_ids(text: str) -> str:
    """The same without what could be the id of a session, which is the key to it."""
    return SESSION_ID.sub("{session_id}", text)


class TextLines(logging.Formatter):
    """WARNING what happened [request]"""

    def format(self, record: logging.LogRecord) -> str:
        """One line; an error's traceback follows it."""
        request = request_id.get()
        return without_ids(f"{record.levelname} {super().format(record)}" + (f" [{request}]" if request else ""))


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request; method, route, status, ms; error."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, a traceback in it."""
        error = self.formatException(record.exc_info) if record.exc_info else ""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_ids(record.getMessage()),
            "request": request_id.get(),
            **{name: getattr(record, name, None) for name in FIELDS},
            "error": without_ids(error),
        }
        return json.dumps({name: value for name, value in fields.items() if value not in (None, "")})


def log_config(log_format: str) -> dict[str, Any]:
    """For logging.config: all that is worth a warning, on standard error; as JSON each request too."""
    lines = {"text": TextLines, "json": JsonLines}[log_format]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": lines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {REQUESTS: {"level": "INFO" if log_format == "json" else "WARNING"}},
    }


MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"  # where several processes keep their numbers
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds


class Metrics:
    """What is counted. `route` is a path with the names of its parts, such as /sessions/{session_id}/step."""

    def __init__(self) -> None:
        import prometheus_client as prometheus  # only where it is wanted: it takes its time

        self._library = prometheus
        self._registry = prometheus.CollectorRegistry()
        self._requests = prometheus.Counter(
            "explorer_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = prometheus.Histogram(
            "explorer_client_seconds", "From request to answer.", ("route",), buckets=BUCKETS, registry=self._registry
        )
        if MULTIPROCESS not in os.environ:  # of several processes each has its own memory and time
            prometheus.ProcessCollector(registry=self._registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All numbers, in Prometheus's text format."""
        if MULTIPROCESS not in os.environ:
            return self._library.generate_latest(self._registry)
        from prometheus_client.multiprocess import MultiProcessCollector

        together = self._library.CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return self._library.generate_latest(together)


def whole_paths(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, BaseRoute]]:
    """Every route with its whole path, through routers that were included, and mounts."""
    for route in routes:
        included: Any = getattr(route, "original_router", None)
        if included is None:
            yield prefix + getattr(route, "path", ""), route
        else:
            context: Any = route
            yield from whole_paths(included.routes, prefix + context.include_context.prefix)


class RequestLog:
    """Gives each request a name and, where that is wanted, a line in the log and a place in the metrics. Pure ASGI.

    It stands before all others, so that refusals are seen too, and costs half a microsecond where nobody looks.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics | None, log_requests: bool) -> None:
        self.app = app
        self._metrics, self._log_requests = metrics, log_requests
        self._paths: dict[object, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id.set(f"{getrandbits(48):012x}")  # each request is a task of its own: nothing is to be put back
        if self._metrics is None and not self._log_requests:
            await self.app(scope, receive, send)
            return
        start, status = perf_counter(), HUNG_UP

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            self._answered(scope, status, perf_counter() - start)

    def _answered(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = scope["method"] if scope["method"] in METHODS else "other", self._route(scope)
        if self._metrics is not None:
            self._metrics.answered(method, route, status, seconds)
        if self._log_requests:
            fields = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 2)}
            log.info("answered", extra=fields)

    def _route(self, scope: Scope) -> str:
        """The path that was declared, never the one that was asked for."""
        if not self._paths:
            routes: list[tuple[str, Any]] = list(whole_paths(scope["app"].router.routes))
            self._paths = {route.app if isinstance(route, Mount) else route.endpoint: path for path, route in routes}
        return self._paths.get(scope.get("endpoint"), "none")
