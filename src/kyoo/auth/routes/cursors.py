"""Cursors of lists that are sorted by (date, id)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kyoo.core.errors import InvalidError
from kyoo.core.http.pages import decode_cursor, encode_cursor


def moment_of(date: datetime, row_id: UUID) -> str:
    return encode_cursor([date.astimezone(UTC).isoformat(), str(row_id)])


def read_moment(after: str | None) -> tuple[datetime, UUID] | None:
    """None when there is none, or an empty one. Raises InvalidError unless `after` was made by `moment_of`."""
    if not after:
        return None
    date, row_id = decode_cursor(after, 2)
    try:
        return datetime.fromisoformat(date), UUID(row_id)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidError("Invalid after: it must be taken from the next link of a page of the same list") from error
