"""Who watches what: the transcoder's running streams put together with the users of auth and the catalogue."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx2

from kyoo.api.limits import limited
from kyoo.api.queries import streams as queries
from kyoo.api.reader import Reader
from kyoo.core.database.postgres import Database
from kyoo.core.errors import KyooError

Json = dict[str, Any]


async def running_streams(database: Database, peer: httpx2.AsyncClient, reader: Reader) -> list[Json]:
    """`RunningStream`s; KyooError 502 when the transcoder or auth refuse."""
    streams = await _ask(peer, "/video/streams")
    profiles = {viewer["profileId"] for stream in streams for viewer in stream["viewers"] if viewer.get("profileId")}
    users = dict(zip(profiles, await asyncio.gather(*(_user(peer, profile) for profile in profiles)), strict=True))
    async with database.connection() as connection:
        known = await queries.streamed_videos(connection, [stream["path"] for stream in streams], reader)
        times = await queries.last_times(
            connection, [*known], [UUID(profile) for profile in profiles if _is_id(profile)]
        )
    answer = []
    for stream in streams:
        if limited() and stream["path"] not in known:
            continue
        video = known.get(stream["path"], {"id": stream["sha"], "entries": [], "show": None})
        viewers = [
            {
                "user": users.get(viewer.get("profileId")),
                "progress": times.get((stream["path"], str(viewer.get("profileId")))),
                "clientId": viewer["clientId"],
                # Kyoo's transcoder does not say.
                "state": viewer.get("state", "playing"),
                "video": viewer.get("video"),
                "audio": viewer.get("audio"),
            }
            for viewer in stream["viewers"]
        ]
        kept = {key: stream[key] for key in ("path", "duration", "videos", "audios")}
        answer.append({**video, **kept, "viewers": viewers})
    return answer


async def _user(peer: httpx2.AsyncClient, profile: str) -> Json | None:
    """None for a user that auth does not know: a guest, or one that was deleted while watching."""
    user: Json | None = await _ask(peer, f"/auth/users/{quote(profile, safe='')}", missing_is_none=True)
    return user


async def _ask(peer: httpx2.AsyncClient, url: str, *, missing_is_none: bool = False) -> Any:
    service = url.split("/")[1]
    try:
        response = await peer.get(url)
        if missing_is_none and response.status_code == 404:
            return None
        if response.status_code != 200:
            raise KyooError(f"{service} answers {response.status_code}", status=502)
        return response.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise KyooError(f"{service} cannot be reached", status=502) from error


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
