"""Traces and metrics of requests, and what is logged, sent to where OTEL_EXPORTER_OTLP_ENDPOINT and others
say. FastAPI makes the traces; what they say holds no secret. (OpenTelemetry, "OTLP Exporter Configuration")"""

from __future__ import annotations

import atexit
import logging
import sys
import threading
import time
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from kyoo.core.errors import KyooError
from kyoo.core.kinds import WebUrl, matching
from kyoo.core.logs import LISTENERS
from kyoo.core.request_log import without_secrets
from kyoo.core.settings import Settings, read

#: How long a process that ends waits for what it measured last to be sent, in seconds.
LAST_SECONDS = 3

#: Loggers of what sends.
SENDERS = ("opentelemetry", "urllib3", "requests", "grpc")


class TelemetryMissingError(KyooError):
    """Telemetry is wanted, and what sends it is not installed. The message is one line for the operator."""


class TelemetrySettings(Settings):
    """What is read here; OpenTelemetry reads these and its others."""

    endpoint: WebUrl | None = Field(default=None, validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_ENDPOINT"))
    protocol: Literal["grpc", "http/protobuf"] = Field(
        default="http/protobuf", validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_PROTOCOL")
    )
    name: Annotated[str, matching("[!-~ ]{1,200}", "a name in ASCII")] | None = Field(
        default=None, validation_alias=AliasChoices("OTEL_SERVICE_NAME")
    )
    disabled: bool = Field(default=False, validation_alias=AliasChoices("OTEL_SDK_DISABLED"))


def is_wanted() -> bool:
    settings = read(TelemetrySettings)
    return settings.endpoint is not None and not settings.disabled


def configure_telemetry(service: str) -> None:
    """Send what this process measures, as OTEL_SERVICE_NAME or else `service`, by gRPC or HTTP
    (OTEL_EXPORTER_OTLP_PROTOCOL). Raises TelemetryMissingError."""
    if not is_wanted():
        return
    settings = read(TelemetrySettings)
    try:
        from opentelemetry import metrics, trace
        from opentelemetry._logs import SeverityNumber
        from opentelemetry.context import Context
        from opentelemetry.sdk._logs import LoggerProvider
        from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

        spans: SpanExporter
        numbers: MetricExporter
        lines: LogRecordExporter
        if settings.protocol == "grpc":
            from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
            from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetrics
            from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpans

            spans, numbers, lines = GrpcSpans(), GrpcMetrics(), GrpcLogs()
        else:
            from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
            from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            spans, numbers, lines = OTLPSpanExporter(), OTLPMetricExporter(), OTLPLogExporter()
    except ImportError as error:
        raise TelemetryMissingError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but what sends telemetry is not installed: pip install 'kyoo[otel]'"
        ) from error

    class WithoutSecrets(SpanProcessor):
        """A query can hold a signature, a token or the code of a login, and so can a path."""

        def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002 (given)
            held = span.attributes or {}
            if "url.query" in held:
                span.set_attribute("url.query", "[hidden]")
            if "url.path" in held:
                span.set_attribute("url.path", without_secrets(str(held["url.path"])))

    resource = Resource.create({SERVICE_NAME: settings.name or service})
    tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
    tracers.add_span_processor(WithoutSecrets())
    tracers.add_span_processor(BatchSpanProcessor(spans))
    trace.set_tracer_provider(tracers)
    reader = PeriodicExportingMetricReader(numbers)
    meters = MeterProvider(resource=resource, metric_readers=[reader], shutdown_on_exit=False)
    metrics.set_meter_provider(meters)
    loggers = LoggerProvider(resource=resource, shutdown_on_exit=False)
    loggers.add_log_record_processor(BatchLogRecordProcessor(lines))
    logger = loggers.get_logger("kyoo")
    severities = {name.lower(): number for name, number in SeverityNumber.__members__.items()}
    severities |= {"warning": SeverityNumber.WARN, "critical": SeverityNumber.FATAL, "exception": SeverityNumber.ERROR}

    def send(level: str, event: str, values: Mapping[str, Any]) -> None:
        """Beside the trace that it belongs to. What cannot be sent is not sent about: that would never end."""
        if str(values.get("logger", "")).startswith(SENDERS):
            return
        known = {key: str(value) for key, value in values.items() if key not in ("exc_info", "level")}
        error = sys.exc_info()[1] if values.get("exc_info") is True else values.get("exc_info")
        logger.emit(
            timestamp=time.time_ns(),
            severity_number=severities.get(level, SeverityNumber.INFO),
            severity_text=level,
            body=event,
            attributes=known,
            exception=error if isinstance(error, BaseException) else None,
        )

    LISTENERS.append(send)
    # What is tried again is no news; what was given up is.
    logging.getLogger("opentelemetry.exporter").setLevel(logging.ERROR)

    def finish() -> None:
        ends = [threading.Thread(target=provider.shutdown, daemon=True) for provider in (tracers, meters, loggers)]
        for end in ends:
            end.start()
        until = time.monotonic() + LAST_SECONDS
        for end in ends:
            end.join(max(0, until - time.monotonic()))

    atexit.register(finish)
