"""What a person takes along of the api. Shows and entries carry their ids elsewhere, too."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from kyoo.api.models.base import EntryKind, Moment, Percent, ShowKind, Slug, WatchStatus, Wire
from kyoo.api.models.profile import Row
from kyoo.api.models.trackers import ImportChange, UnmatchedTitle
from kyoo.api.webhooks.forms import Form


class ExportedShow(Wire):
    kind: ShowKind
    slug: Slug
    name: str | None
    external_id: dict[str, Any]


class ExportedEntry(Wire):
    kind: EntryKind | Literal["extra"]
    slug: Slug
    name: str | None
    season_number: int | None
    episode_number: int | None
    external_id: dict[str, Any]


class ExportedListing(Wire):
    """A show of the watch list; `setAsideAt`: when it was taken out of next up."""

    show: ExportedShow
    status: WatchStatus
    score: int | None
    seen_count: int
    started_at: Moment | None
    last_played_at: Moment | None
    completed_at: Moment | None
    set_aside_at: Moment | None
    created_at: Moment


class ExportedPlay(Wire):
    """One play; those that were only marked as seen are `external`."""

    show: ExportedShow
    entry: ExportedEntry
    percent: Percent
    time: int
    external: bool
    played_date: Moment


class ExportedHidden(Wire):
    show: ExportedShow
    rows: list[Row]


class ExportedImport(Wire):
    """What was brought from elsewhere, and what became of it; `changes` and `unmatched` are the first 100."""

    source: str
    name: str
    state: str
    taken: bool
    titles: int
    plays: int
    counts: dict[str, int]
    changes: list[ImportChange]
    unmatched: list[UnmatchedTitle]
    reason: str | None
    created_at: Moment


class ExportedWebhook(Wire):
    """`origin` is that of its address; what is secret is not taken along."""

    name: str
    form: Form
    origin: str
    events: list[str]
    enabled: bool
    created_at: Moment


class ExportedWatched(Wire):
    """How long an entry was watched in a quarter of an hour, and how often to its end; null for what is no more."""

    show: ExportedShow | None
    entry: ExportedEntry | None
    quarter: Moment
    seconds: int
    finished: int


class ExportedEncoded(Wire):
    """For how long in a quarter of an hour videos, or their sound alone, were encoded for the user."""

    quarter: Moment
    what: Literal["video", "audio"]
    seconds: int


class ExportedCalendar(Wire):
    """That there is an address; the address itself is kept by nobody but the user."""

    created_at: Moment
    languages: list[str]


class ExportedMessage(Wire):
    kind: Literal["chat", "reaction"]
    text: str
    at: Moment


class ExportedRoom(Wire):
    """A room that there still is, with what the user said there; no `name` for who made it and never came."""

    slug: str
    created_at: Moment
    made: bool
    hosted: bool
    name: str | None
    joined_at: Moment | None
    left_at: Moment | None
    messages: list[ExportedMessage]


class ProfileExport(Wire):
    """Everything that the api holds about a user."""

    id: UUID
    exported_date: Moment
    watchlist: list[ExportedListing]
    history: list[ExportedPlay]
    hidden: list[ExportedHidden]
    imports: list[ExportedImport]
    webhooks: list[ExportedWebhook]
    watched: list[ExportedWatched]
    encoded: list[ExportedEncoded]
    calendar: ExportedCalendar | None
    rooms: list[ExportedRoom]
