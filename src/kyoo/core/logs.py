"""Structured logs: short lines for people, JSON lines when KYOO_LOG_FORMAT=json. Secrets never reach a log."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Annotated, Any, Literal, TextIO, cast

import structlog
from pydantic import AliasChoices, BeforeValidator, Field

from kyoo.core.errors import database_problem
from kyoo.core.settings import Settings, read

SECRET_KEYS = ("authorization", "cookie", "password", "token", "secret", "x-presign", "x-api-key")


def hide_secrets(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for key in event:
        if any(secret in key.lower() for secret in SECRET_KEYS):
            event[key] = "[hidden]"
    return event


#: Who else is given what is logged: its level, what happened, the values beside it. Secrets are hidden by then.
Listener = Callable[[str, str, Mapping[str, Any]], None]
LISTENERS: list[Listener] = []


def pass_on(_logger: Any, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for listen in LISTENERS:
        listen(method, str(event.get("event", "")), {key: value for key, value in event.items() if key != "event"})
    return event


class PassedOn(logging.Handler):
    """What libraries log."""

    def emit(self, record: logging.LogRecord) -> None:
        for listen in LISTENERS:
            listen(record.levelname.lower(), " ".join(record.getMessage().split()), {"logger": record.name})


class Unheard:
    """A stream whose reader may go: a line that nobody can read is no reason to end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


class Line(logging.Formatter):
    """What libraries log, a line each as far as it can be: when the database is away, everything that needs it says so,
    and a traceback of each would bury the rest."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        record = logging.makeLogRecord(record.__dict__ | {"msg": " ".join(record.getMessage().split()), "args": ()})
        if not self._as_json:
            return super().format(record)
        entry = {"event": record.msg, "level": record.levelname.lower(), "logger": record.name}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        entry["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        return json.dumps(entry)

    def formatException(  # noqa: N802 (the name is logging's)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        causes = ei[1].exceptions if isinstance(ei[1], BaseExceptionGroup) else [ei[1]]
        if all(database_problem(cause) for cause in causes):
            first = causes[0]
            assert first is not None
            return "  " + " ".join(str(first.__cause__ or first).split())
        return super().formatException(ei)


Lower = BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)


class LogSettings(Settings):
    level: Annotated[Literal["debug", "info", "warn", "warning", "error", "critical"], Lower] = Field(
        default="info", validation_alias=AliasChoices("STDOUT_LOG_LEVEL")
    )
    format: Annotated[Literal["text", "json"], Lower] = Field(
        default="text", validation_alias=AliasChoices("KYOO_LOG_FORMAT")
    )
    #: A line for each request.
    requests: bool = Field(default=False, validation_alias=AliasChoices("KYOO_LOG_REQUESTS"))


def configure_logs() -> None:
    """Log as LogSettings say. Raises OptionError."""
    settings = read(LogSettings)
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    as_json = settings.format == "json"
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            hide_secrets,
            pass_on,
            structlog.processors.TimeStamper(fmt="iso" if as_json else "%H:%M:%S", utc=as_json),
            *([structlog.processors.format_exc_info] if as_json else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Unheard(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(Line(as_json=as_json))
    # A response that is cut off with its session says so itself (ended_sessions.py).
    logging.getLogger("uvicorn.error").addFilter(lambda record: "without completing response" not in str(record.msg))
    # It warns of each attempt to connect; whoever needs the database says once that it is away (notifications.py).
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler, PassedOn()], force=True)
