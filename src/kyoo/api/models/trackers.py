"""The wire types of trackers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from kyoo.api.models.base import Moment, Wire


def _moment(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    at = value.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


At = Annotated[Moment, BeforeValidator(_moment)]
Mode = Literal["both", "out", "in", "off"]
Rule = Literal["merge", "theirs", "ours"]
Secret = Annotated[str, StringConstraints(pattern=r"^[!-~]+$", min_length=1, max_length=1000)]


class TrackerFault(Wire):
    at: At
    code: str
    message: str


class TrackerItem(Wire):
    """A tracker and the caller's account at it. `available` is false, with a reason, where the administrator has
    registered no application; `byKey`: it is linked by a key that its user has there; `queued` and `failed` count what
    it has still to be sent."""

    service: str
    title: str
    by_key: bool
    available: bool
    reason: str | None = None
    linked: bool
    account: str | None = None
    since: At | None = None
    mode: Mode
    scrobble: bool
    unwatch: bool
    scores: bool
    last_sync: At | None = None
    last_error: TrackerFault | None = None
    queued: int
    failed: int


class TrackerItems(Wire):
    items: list[TrackerItem]


class BeginLink(Wire):
    """`redirect` is where the browser comes back to, a path of this server; without it a code is typed at the service
    where that is possible. `key` is the user's own, for services that give keys."""

    redirect: Annotated[str, StringConstraints(max_length=2000)] | None = None
    key: Secret | None = None


class RedirectFlow(Wire):
    flow: Literal["redirect"]
    url: str


class DeviceFlow(Wire):
    """`code` is typed at `url`; ask every `interval` seconds, for `expires` seconds."""

    flow: Literal["device"]
    url: str
    code: str
    interval: int
    expires: int


class KeyFlow(Wire):
    flow: Literal["key"]
    linked: bool


LinkFlow = Annotated[RedirectFlow | DeviceFlow | KeyFlow, Field(discriminator="flow")]


class TrackerChoices(Wire):
    """What is not given stays as it is."""

    mode: Mode | None = None
    scrobble: bool | None = None
    unwatch: bool | None = None
    scores: bool | None = None


class Letter(Wire):
    """A change that has still to be sent to a tracker; `show` and `entry` are slugs."""

    id: UUID
    what: str
    show: str
    entry: str | None
    state: Literal["waiting", "failed"]
    tries: int
    reason: str | None
    next_try: At | None
    created_at: At


class SyncResult(Wire):
    """What became of a write at a tracker: done there, waiting to be sent, or refused for good."""

    status: Literal["synced", "queued", "failed"]
    reason: str | None = None
    at: At | None = None


Sync = Annotated[
    dict[str, SyncResult],
    Field(description="What became of it at each tracker that was due; absent when none was"),
]


class TrackerApplication(Wire):
    """The server's application at a service, as its administrators see it. The secret is never shown."""

    service: str
    title: str
    client_id: str | None
    has_secret: bool
    configured: bool
    callback: str


class TrackerApplications(Wire):
    items: list[TrackerApplication]


class SeedApplication(Wire):
    client_id: Secret
    client_secret: Secret | None = None


class SeedImport(Wire):
    """`merge` gives each side what it lacks, `theirs` makes this side like the tracker, `ours` the tracker like this
    side. `dryRun` changes nothing and says what would."""

    rule: Rule
    dry_run: bool = False


class ImportBegun(Wire):
    id: UUID


class ImportChange(Wire):
    kind: str
    id: UUID
    slug: str
    field: str
    before: Any
    after: Any


class UnmatchedTitle(Wire):
    title: str
    year: int | None
    ids: dict[str, str]


class ImportReport(Wire):
    """`changes` and `unmatched` are the first 100; `counts` are all."""

    state: Literal["queued", "running", "done", "failed"]
    counts: dict[str, int]
    changes: list[ImportChange]
    unmatched: list[UnmatchedTitle]
    reason: str | None = None
