"""The wire types of the calendar of what somebody follows."""

from __future__ import annotations

from kyoo.api.models.base import Wire
from kyoo.api.models.trackers import At


class Calendar(Wire):
    """`since`: when its address was made; null: there is none."""

    since: At | None


class NewCalendar(Wire):
    """`url` is all that it takes to read the calendar; it is shown this once."""

    url: str
