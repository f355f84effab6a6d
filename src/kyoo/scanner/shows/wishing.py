"""What a person has linked in the api, past the scanner: found before a file is linked anew, and kept."""

from __future__ import annotations

from typing import Any

import structlog
from psycopg.rows import DictRow

from kyoo.scanner.api_client import ApiError, ApiUnavailableError, Collection
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local.file_names import from_json
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.queries import belonging, shows
from kyoo.scanner.shows import adopting
from kyoo.scanner.shows.grouping import Show, to_show
from kyoo.scanner.shows.placement import places

log = structlog.get_logger()


async def keep(context: ScannerContext, rows: list[DictRow]) -> None:
    """Of the files that wait to be linked anew, those whose links are not the ones that the scanner made belong where
    they are, for good, whatever they are called."""
    for row in rows:
        if not row["before"] or not row["relink"] or row["pinned"]:
            continue
        try:
            video = await context.api.video(str(row["video_id"]))
        except ApiUnavailableError:
            raise
        except ApiError as error:
            log.info("what a file is linked to is not known", path=row["path"], reason=error.message)
            continue
        async with context.runtime.database.connection() as connection:
            known = await shows.by_id(connection, row["before"]["show"]) if row["before"]["show"] else None
        parsed = from_json(row["before"]["parsed"]) if row["before"]["parsed"] else None
        if video is None or known is None or parsed is None or not _is_other(video, parsed, to_show(known)):
            continue
        await _pin(context, row, video)


def _is_other(video: dict[str, Any], parsed: ParsedName, show: Show) -> bool:
    """Whether somebody else made the links. Who took all of them away has said nothing of where it belongs."""
    if not video["entries"] or not video.get("show") or show.slug is None or parsed.kind == "extra":
        return False
    if (video["show"]["kind"], video["show"]["slug"]) != (show.kind, show.slug):
        # A film that joined its serie is there by the scanner's doing.
        return parsed.film_of is None
    if show.kind == "movie" or show.reordered or parsed.read_as or parsed.film_of:
        return False
    if any(season is None for season, _ in parsed.episodes) or not parsed.episodes:
        # Counted through: the providers have said which ones they are.
        return False
    expected = {(place.season, place.number) for place in places(parsed) if place.kind in ("episode", "special")}
    return expected != {(season, float(number)) for season, number in _numbers(video)} if expected else False


def _numbers(video: dict[str, Any]) -> list[tuple[int, int]]:
    """Season and number of each episode that the file is linked to; 0: of a special."""
    found = []
    for entry in video["entries"]:
        if entry["kind"] == "episode":
            found.append((entry["seasonNumber"], entry["episodeNumber"]))
        elif entry["kind"] == "special":
            found.append((0, entry["number"]))
    return found


async def _pin(context: ScannerContext, row: DictRow, video: dict[str, Any]) -> None:
    collection: Collection = "movies" if video["show"]["kind"] == "movie" else "series"
    show = await adopting.known(context, collection, video["show"]["slug"])
    numbers: list[tuple[int | None, int]] = list(_numbers(video))
    async with context.runtime.database.transaction() as connection:
        await belonging.pin(connection, str(row["video_id"]), show.id or 0, numbers or None)
        await belonging.keep_links(connection, row["path"])
    row |= {"show_id": show.id, "pinned": True, "relink": False, "chosen_episodes": numbers or None}
