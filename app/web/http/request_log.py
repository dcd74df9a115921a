"""What the program writes about itself: text or JSON, each line with its request, without sessions' ids or bodies."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from random import getrandbits
from time import perf_counter
from typing import Any

from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.http.access import whole_paths
from app.web.http.metrics import Metrics

REQUESTS = "app.requests"  # the logger of one line for each request
SESSION_ID = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z0-9])[\w-]{24}(?![\w-])", re.ASCII)  # 18 random bytes, as urlsafe text
FIELDS = ("method", "route", "status", "ms")  # of a request
METHODS = frozenset(("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"))

log = logging.getLogger(REQUESTS)
request_id: ContextVar[str] = ContextVar("request_id", default="")


def new_request_id() -> str:
    """Twelve letters that tell one request from another; they open nothing."""
    return f"{getrandbits(48):012x}"


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
        return json.dumps({name: value for name, value in self._fields(record).items() if value not in (None, "")})

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        error = self.formatException(record.exc_info) if record.exc_info else ""
        return {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_ids(record.getMessage()),
            "request": request_id.get(),
            **{name: getattr(record, name, None) for name in FIELDS},
            "error": without_ids(error),
        }


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
        if not self._paths:
            routes: list[tuple[str, Any]] = list(whole_paths(scope["app"].router.routes))
            self._paths = {route.app if isinstance(route, Mount) else route.endpoint: path for path, route in routes}
        return self._paths.get(scope.get("endpoint"), "none")
