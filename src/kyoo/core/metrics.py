"""What a process measures of itself, in the form of Prometheus. No secrets, no names of users, files or titles: labels
are routes, states and names of services."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: What is looked up when somebody asks.
Source = Callable[[], Awaitable[Iterable[Metric]]]

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
#: Until the last byte: segments come while they are encoded.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Histogram(
    "kyoo_http_request_seconds",
    "Requests that reached a route, from its beginning to the last byte of the answer.",
    ["service", "method", "route", "status"],
    buckets=SECONDS,
)


def gauges(name: str, what: str, labels: Sequence[str], values: Mapping[Any, float]) -> Metric:
    """One metric with a value for each combination (a tuple) of values of its labels."""
    family = GaugeMetricFamily(name, what, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family


def gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


class Measured:
    """ASGI middleware, next to the routes: their paths as they are declared are the labels."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, begun = 500, time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            method, route = scope["method"], getattr(scope.get("route"), "path", "none")
            labels = (self._service, method if method in METHODS else "other", route, str(status))
            REQUESTS.labels(*labels).observe(time.perf_counter() - begun)


class _Now(Collector):
    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


async def written(sources: Iterable[Source]) -> bytes:
    """Everything, as it is now. Of what several sources say under one name, the values stand together."""
    families: dict[str, Metric] = {}
    for source in sources:
        for metric in await source():
            if metric.name in families:
                families[metric.name].samples += metric.samples
            else:
                families[metric.name] = metric
    now = CollectorRegistry()
    now.register(_Now(list(families.values())))
    return generate_latest(REGISTRY) + generate_latest(now)
