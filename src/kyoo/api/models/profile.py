"""The wire types of watching: plays, and what a person says of a show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import AfterValidator, Field

from kyoo.api.models.base import Moment, Percent, WatchStatus, Wire
from kyoo.api.models.entry import Entry
from kyoo.api.models.show import CollectionShow, MovieShow, MovieWatchStatus, SerieShow, SerieWatchStatus
from kyoo.api.models.trackers import Sync


def _utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a moment of the years 1 to 9999") from None


#: A timestamp of a request; a bare date, or a time without a zone, is UTC.
GivenMoment = Annotated[datetime, AfterValidator(_utc)]


class SeedHistory(Wire):
    """One play. `entry` is an id or a slug, `time` seconds into the video, `playedDate` null means now; `external`
    plays (marked as seen by hand, or seen elsewhere) count as seen but stay out of the history."""

    entry: str
    video_id: UUID | None
    percent: Percent
    time: Annotated[int, Field(ge=0, le=2**31 - 1)]
    played_date: GivenMoment | None
    external: bool = False


class HistoryRecorded(Wire):
    """The answer to plays; `inserted` does not count the plays that went on."""

    status: Literal[201]
    inserted: int
    sync: Sync | None = None


class SeedMovieWatchStatus(Wire):
    """What a person says of a movie; a `score` of null takes the score back."""

    status: WatchStatus
    score: Percent | None = None
    completed_at: GivenMoment | None = None


class SeedSerieWatchStatus(SeedMovieWatchStatus):
    """What a person says of a serie; a `score` of null takes the score back."""

    started_at: GivenMoment | None = None


class SeedScore(Wire):
    """What a person thinks of a show, 0 to 100; null takes it back."""

    score: Percent | None


class ListedMovie(MovieWatchStatus):
    """A movie's place in the watch list, with its dates."""

    created_at: Moment
    updated_at: Moment
    sync: Sync | None = None


class ListedSerie(SerieWatchStatus):
    """A serie's place in the watch list, with its dates."""

    created_at: Moment
    updated_at: Moment
    sync: Sync | None = None


class WatchedSerie(SerieShow):
    """A serie of the watch list; `nextEntry` is what to watch next of it."""

    next_entry: Entry | None


WatchedShow = Annotated[MovieShow | WatchedSerie, Field(discriminator="kind")]


#: Rows of the home page that a show can be hidden from; `random` is every random pick and random order.
Row = Literal["nextup", "news", "random", "recommendations"]
ROWS: tuple[Row, ...] = get_args(Row)


class HiddenMovie(MovieShow):
    hidden_from: list[Row]


class HiddenSerie(SerieShow):
    hidden_from: list[Row]


class HiddenCollection(CollectionShow):
    hidden_from: list[Row]


HiddenShow = Annotated[HiddenMovie | HiddenSerie | HiddenCollection, Field(discriminator="kind")]


class ConnectedDevice(Wire):
    """A device that is connected; `state` is what it says of itself."""

    id: str
    name: str
    client: str
    state: dict[str, Any]
    since: Moment


class Marked(Wire):
    """How many entries were marked, and what that made of the serie's place in the list; null when it has none."""

    marked: int
    watch_status: ListedSerie | None
    sync: Sync | None = None
