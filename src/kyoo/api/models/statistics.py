"""The wire types of statistics."""

from __future__ import annotations

from uuid import UUID

from kyoo.api.models.base import Day, ShowKind, Wire


class Sum(Wire):
    """`finished`: entries that were watched to their end."""

    seconds: int
    finished: int


class DaySum(Sum):
    day: Day


class Title(Wire):
    id: UUID
    slug: str
    kind: ShowKind
    name: str


class TitleSum(Sum):
    show: Title


class UserSum(Sum):
    """`username` is null when auth does not know it."""

    id: UUID
    username: str | None


class Encoded(Wire):
    """Seconds for which the picture was encoded; and those for which only the sound was."""

    video: int
    audio: int


class Statistics(Sum):
    """Days, the first and the last with them, and hours (24, from midnight on) are those of `zone`."""

    first: Day
    last: Day
    zone: str
    days: list[DaySum]
    hours: list[int]
    titles: list[TitleSum]
    encoded: Encoded


class AllStatistics(Statistics):
    users: list[UserSum]
