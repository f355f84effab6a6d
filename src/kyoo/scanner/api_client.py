"""The catalogue as the scanner sees it: calls of the api's wire contract over the peer client, nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, Literal
from urllib.parse import quote, urlencode

import httpx2
from pydantic import TypeAdapter

from kyoo.core.errors import KyooError
from kyoo.core.files import encode_path
from kyoo.scanner.models.seed import Seeded, SeedMovie, SeedSerie
from kyoo.scanner.models.video import CreatedVideo, SeedVideo

_CREATED = TypeAdapter(list[CreatedVideo])

Collection = Literal["movies", "series"]


class ApiError(KyooError):
    """The other service answered, but not with what was asked for."""

    status = 502


class ApiUnavailableError(ApiError):
    """The other service cannot be reached, or fails in itself: worth another try later. `about_request`: it can be
    reached, and failed while it worked on this very request (500)."""

    status = 503

    def __init__(self, message: str, *, about_request: bool = False) -> None:
        super().__init__(message)
        self.about_request = about_request


class ApiConflictError(ApiError):
    """409. `slug` and `id` name the show that holds the slug, when a show does."""

    def __init__(self, message: str, *, id_: str | None = None, slug: str | None = None) -> None:
        super().__init__(message)
        self.id = id_
        self.slug = slug


class UnreadableFileError(ApiError):
    """The transcoder cannot read the file."""


class Api:
    def __init__(self, peer: httpx2.AsyncClient) -> None:
        self._peer = peer

    async def register(self, videos: list[SeedVideo], *, replace_links: bool = False) -> list[CreatedVideo]:
        """POST (or PUT) /api/videos; ApiConflictError when two files claim one rendering: then nothing is stored."""
        body = [video.wire() for video in videos]
        answer = await self._call("PUT" if replace_links else "POST", "/api/videos", body)
        return _CREATED.validate_python(answer)

    async def remove(self, paths: list[str]) -> None:
        await self._call("DELETE", "/api/videos", paths)

    async def replace_links(self, links: list[dict[str, Any]]) -> None:
        """PUT /api/videos/link with `[{id, for: […]}]`: these videos belong there and nowhere else."""
        await self._call("PUT", "/api/videos/link", links)

    async def unmatched(self) -> tuple[set[str], set[str]]:
        """The paths the api knows, and those of them without a show."""
        answer = await self._call("GET", "/api/videos/guesses")
        return set(answer["paths"]), set(answer["unmatched"])

    async def seed_movie(self, seed: SeedMovie) -> Seeded:
        return Seeded.model_validate(await self._call("POST", "/api/movies", seed.wire()))

    async def seed_serie(self, seed: SeedSerie) -> Seeded:
        return Seeded.model_validate(await self._call("POST", "/api/series", seed.wire()))

    async def renumber(self, slug: str, numbers: list[dict[str, Any]]) -> None:
        """PUT /api/series/{slug}/numbers: these episodes, by their numbers at a provider, have others now."""
        await self._call("PUT", f"{_address('series', slug)}/numbers", numbers)

    async def video(self, identifier: str) -> dict[str, Any] | None:
        """A file with its entries, and the show of the first."""
        url = f"/api/videos/{quote(identifier, safe='')}"
        response = await self._send("GET", url, params={"with": "show"}, headers={"Accept-Language": "*"})
        return None if response.status_code == 404 else self._answer(response)

    async def show(self, collection: Collection, slug: str) -> dict[str, Any] | None:
        """The show in any language, films with their videos; None when there is none."""
        params = {"with": "videos"} if collection == "movies" else {}
        headers = {"Accept-Language": "*"}
        response = await self._send("GET", _address(collection, slug), params=params, headers=headers)
        # 422: what no slug can be.
        return None if response.status_code in (404, 422) else self._answer(response)

    async def videos_of(self, collection: Collection, slug: str) -> list[dict[str, Any]]:
        """The videos linked to a show: objects with `id`, and `entries` for a serie."""
        if collection == "movies":
            show = await self.show(collection, slug)
            return list(show["videos"]) if show else []
        videos: list[dict[str, Any]] = []
        url: str | None = f"{_address('series', slug)}/videos?limit=250"
        while url:
            page = await self._call("GET", url)
            # The list also holds files that merely have the same title.
            videos += [video for video in page["items"] if video.get("entries")]
            url = page["next"]
        return videos

    async def due(self, today: date, most: int) -> AsyncIterator[dict[str, Any]]:
        """The shows whose metadata may have changed by `today`, the longest due first."""
        query = {"sort": "nextRefresh", "filter": f"nextRefresh le {today.isoformat()}", "limit": "250"}
        url: str | None = f"/api/shows?{urlencode(query)}"
        while url and most > 0:
            page = self._answer(await self._send("GET", url, headers={"Accept-Language": "*"}))
            for show in page["items"]:
                yield show
            most -= len(page["items"])
            url = page["next"] if page["items"] else None

    async def film_of(self, collection: str) -> str | None:
        """The slug of a film of a collection."""
        url = f"/api/collections/{quote(collection, safe='')}/movies"
        response = await self._send("GET", url, params={"limit": "1"}, headers={"Accept-Language": "*"})
        items = [] if response.status_code in (404, 422) else self._answer(response)["items"]
        return str(items[0]["slug"]) if items else None

    async def delete_show(self, collection: Collection, slug: str) -> None:
        response = await self._send("DELETE", _address(collection, slug))
        if response.status_code != 404:
            self._answer(response)

    async def measure(self, path: str) -> tuple[float | None, dict[str, str]]:
        """Seconds, as the transcoder measures them, and the tags inside; this also warms its cache. UnreadableFileError
        if it cannot."""
        response = await self._send("GET", f"/video/{encode_path(path)}/info", timeout=120)
        if response.status_code in (400, 404, 422):
            raise UnreadableFileError(_message(response))
        info = self._answer(response)
        if not info.get("videos") and not info.get("audios"):
            raise UnreadableFileError("The file holds neither video nor sound that can be read")
        duration = info.get("duration")
        tags = {key: value for key, value in (info.get("tags") or {}).items() if isinstance(value, str)}
        return (float(duration) if isinstance(duration, int | float) and duration > 0 else None), tags

    async def _call(self, method: str, url: str, body: Any = None) -> Any:
        return self._answer(
            await self._send(method, url, json=body) if body is not None else await self._send(method, url)
        )

    async def _send(self, method: str, url: str, **options: Any) -> httpx2.Response:
        try:
            return await self._peer.request(method, url, **options)
        except httpx2.HTTPError as error:
            raise ApiUnavailableError(
                f"{method} {url.partition('?')[0]}: {str(error) or type(error).__name__}"
            ) from error

    @staticmethod
    def _answer(response: httpx2.Response) -> Any:
        status = response.status_code
        request = f"{response.request.method} {response.request.url.path}"
        if status == 409:
            body = _json(response)
            known = body if isinstance(body, dict) else {}
            raise ApiConflictError(_message(response), id_=known.get("id"), slug=known.get("slug"))
        if status >= 500 or status in (401, 403, 408, 429):
            # A token may be refused while auth restarts; a retry later is right for both.
            message = f"{request} answered {status}: {_message(response)}"
            raise ApiUnavailableError(message, about_request=status == 500)
        if status >= 400:
            raise ApiError(f"{request} answered {status}: {_message(response)}")
        try:
            return response.json()
        except ValueError as error:
            raise ApiError(f"{request} answered {status} without JSON") from error


def _address(collection: Collection, slug: str) -> str:
    return f"/api/{collection}/{quote(slug, safe='')}"


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _message(response: httpx2.Response) -> str:
    """The text of an error in any of the shapes of the services, at most 500 characters."""
    body = _json(response)
    if isinstance(body, dict):
        errors = body.get("errors")
        found = (
            body.get("message") or body.get("detail") or (errors[0] if isinstance(errors, list) and errors else None)
        )
        if found:
            return str(found)[:500]
    return response.text[:500] or f"status {response.status_code}"
