"""The services that there are, and the lanes in which their jobs run: the one list that everything else reads.

A service is the package `kyoo.<name>`: `app.create_app` builds its application, `settings` has its settings, `jobs` its
tasks; nothing of it is imported before it is asked for. A facade (ARCHITECTURE.md) has neither jobs nor a schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from kyoo.core.errors import KyooError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from procrastinate import Blueprint

    from kyoo.core.settings import Settings


@dataclass(frozen=True)
class Service:
    """`name` is also its command and its schema; `prefix` that of its routes. `port` is Kyoo's own, for when it runs by
    itself. The statuses answer requests without, and with a malformed, `Authorization`. `exchanged`: the gateway gives
    it a JWT for the credential of each request. `any_origin`: pages of other origins may read it."""

    name: str
    what: str
    prefix: str
    port: int
    missing_status: int
    malformed_status: int
    settings_class: str
    exchanged: bool = True
    any_origin: bool = False
    #: Paths to which services outside send browsers back, open to everybody, and how the cookies begin that say which
    #: browser that is; no other cookie gets there.
    returns: tuple[str, str] | None = None
    #: The package of a facade.
    facade: str | None = None

    @property
    def package(self) -> str:
        return self.facade or f"kyoo.{self.name}"

    @property
    def create_app(self) -> Callable[..., FastAPI]:
        """Of its settings and a Runtime."""
        factory: Callable[..., FastAPI] = import_module(f"{self.package}.app").create_app
        return factory

    @property
    def settings(self) -> type[Settings]:
        kind: type[Settings] = getattr(import_module(f"{self.package}.settings"), self.settings_class)
        return kind

    @property
    def jobs(self) -> Blueprint | None:
        """Its tasks; they find the service's context under its name in `additional_context`."""
        if self.facade:
            return None
        blueprint: Blueprint = import_module(f"{self.package}.jobs").blueprint
        return blueprint


#: In the order in which they start.
SERVICES = {
    service.name: service
    for service in (
        Service(
            "auth", "users, sessions, API keys and tokens", "/auth", 4568, 401, 401, "AuthSettings", exchanged=False
        ),
        Service(
            "transcoder", "media info, HLS, subtitles, pictures", "/video", 7666, 401, 401, "TranscoderSettings",
            any_origin=True,
        ),
        Service(
            "api", "the catalogue and what viewers did with it", "/api", 3567, 403, 422, "ApiSettings",
            any_origin=True, returns=(r"/api/trackers/[-a-z0-9]+/callback", "kyoo-tracker-"),
        ),
        Service("scanner", "the routes of the scanner", "/scanner", 4389, 403, 403, "ScannerSettings"),
    )
}  # fmt: skip

#: Those that have a schema of their name.
NAMES = [service.name for service in SERVICES.values() if not service.facade]

#: What is migrated, in this order.
SCHEMAS = ["events", *NAMES]


@dataclass(frozen=True)
class Lane:
    """Jobs of `queues`, so many `at_once`."""

    queues: tuple[str, ...]
    at_once: int


#: One lane per kind of work, so that thousands of probes never hold up a title.
LANES = (
    Lane(("scan",), 1),
    Lane(("identify", "default"), 2),
    Lane(("describe",), 4),
    Lane(("images",), 1),
    Lane(("probe",), 1),
    # Waits for services outside, mostly: one that is slow does not hold up another.
    Lane(("trackers",), 8),
    Lane(("webhooks",), 8),
)


class LaneError(KyooError):
    """A job waits in a queue that nobody works on; the message names both."""


def check_lanes() -> None:
    """Raises LaneError when a job of a service is on a queue that is in no lane."""
    worked_on = {queue for lane in LANES for queue in lane.queues}
    lost = sorted(
        f"{service.name}:{name} ({task.queue})"
        for service in SERVICES.values()
        if service.jobs is not None
        for name, task in service.jobs.tasks.items()
        if task.queue not in worked_on
    )
    if lost:
        raise LaneError(f"No lane of serve/services.py runs the jobs {', '.join(lost)}")
