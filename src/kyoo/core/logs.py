"""Structured logs: short lines for people, JSON lines when KYOO_LOG_FORMAT=json. Secrets never reach a log."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import structlog

SECRET_KEYS = ("authorization", "cookie", "password", "token", "secret", "x-presign", "x-api-key")


def hide_secrets(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for key in event:
        if any(secret in key.lower() for secret in SECRET_KEYS):
            event[key] = "[hidden]"
    return event


def configure_logs() -> None:
    """Read STDOUT_LOG_LEVEL (default info) and KYOO_LOG_FORMAT (text or json)."""
    level = logging.getLevelNamesMapping().get(os.environ.get("STDOUT_LOG_LEVEL", "info").upper(), logging.INFO)
    as_json = os.environ.get("KYOO_LOG_FORMAT", "text").lower() == "json"
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
            structlog.processors.TimeStamper(fmt="iso" if as_json else "%H:%M:%S", utc=as_json),
            *([structlog.processors.format_exc_info] if as_json else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), format="%(levelname)s %(name)s: %(message)s", force=True)
