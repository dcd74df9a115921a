"""What the program writes about itself: text or JSON, each line with its request, without sessions' ids or bodies."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from random import getrandbits
from typing import Any

REQUESTS = "app.requests"  # the logger of one line for each request
SESSION_ID = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z0-9])[\w-]{24}(?![\w-])", re.ASCII)  # 18 random bytes, as urlsafe text
FIELDS = ("method", "route", "status", "ms")  # of a request

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
