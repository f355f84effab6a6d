"""An api with doubles of the trackers, for its tests: linking, and waiting for what is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr
from tests.fakes.trackers.anilist import FakeAniList
from tests.fakes.trackers.mal import FakeMal
from tests.fakes.trackers.mdblist import KEY as MDBLIST_KEY
from tests.fakes.trackers.mdblist import FakeMdbList
from tests.fakes.trackers.service import CLIENT, SECRET, FakeService
from tests.fakes.trackers.simkl import FakeSimkl
from tests.fakes.trackers.trakt import FakeTrakt
from tests.integration.api.seeds import bearer

from kyoo.api.app import create_app
from kyoo.api.settings import ApiSettings
from kyoo.api.trackers.base import Limit
from kyoo.core.http.service import Runtime

ME = "/profiles/me/trackers"
KEY = "a-key-of-the-tests-that-is-long-enough"


@dataclass
class Fakes:
    trakt: FakeTrakt = field(default_factory=FakeTrakt)
    simkl: FakeSimkl = field(default_factory=FakeSimkl)
    mal: FakeMal = field(default_factory=FakeMal)
    anilist: FakeAniList = field(default_factory=FakeAniList)
    mdblist: FakeMdbList = field(default_factory=FakeMdbList)

    def every(self) -> dict[str, FakeService]:
        return {
            "trakt": self.trakt,
            "simkl": self.simkl,
            "mal": self.mal,
            "anilist": self.anilist,
            "mdblist": self.mdblist,
        }


class Doubles(httpx2.AsyncBaseTransport):
    """Leads to each double by the name of its host."""

    def __init__(self, fakes: Fakes) -> None:
        self._apps = {f"{name}.test": httpx2.ASGITransport(fake.app) for name, fake in fakes.every().items()}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._apps[request.url.host].handle_async_request(request)


@dataclass
class Tracked:
    app: FastAPI
    api: httpx2.AsyncClient
    fakes: Fakes

    @property
    def delivery(self) -> Any:
        return self.app.state.context.trackers.delivery

    async def link(self, *services: str, headers: dict[str, str] | None = None) -> None:
        """Through the pages of the services, or by the user's key there."""
        for service in services:
            if service == "mdblist":
                answer = await self.api.post(f"{ME}/{service}", json={"key": MDBLIST_KEY}, headers=headers)
                assert answer.json() == {"flow": "key", "linked": True}, answer.text
                continue
            begun = await self.api.post(f"{ME}/{service}", json={"redirect": "/settings"}, headers=headers)
            assert begun.status_code == 200, begun.text
            assert (await self.come_back(begun)).endswith(f"tracker={service}&result=linked")

    async def come_back(self, begun: httpx2.Response, *, cookies: bool = True) -> str:
        """Agree at the service, and let the browser come back; where it goes then."""
        async with httpx2.AsyncClient(transport=Doubles(self.fakes)) as browser:
            agreed = await browser.get(begun.json()["url"], follow_redirects=False)
        parts = urlsplit(agreed.headers["location"])
        jar = "; ".join(f"{name}={value}" for name, value in begun.cookies.items()) if cookies else ""
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        back = await self.api.get(
            parts.path.removeprefix("/api"), params=query, headers={"Cookie": jar, "Authorization": ""}
        )
        assert back.status_code == 302, back.text
        return str(back.headers["location"])

    async def item(self, service: str) -> dict[str, Any]:
        items = (await self.api.get(ME)).json()["items"]
        found: dict[str, Any] = next(one for one in items if one["service"] == service)
        return found

    async def choose(self, service: str, **choices: Any) -> None:
        assert (await self.api.patch(f"{ME}/{service}", json=choices)).status_code == 200

    async def settled(self) -> None:
        """Everything that is due has been told; what has to wait is tried now."""
        database = self.app.state.context.runtime.database
        for _ in range(40):
            async with database.connection() as connection:
                rows = await (
                    await connection.execute(
                        "update api.tracker_outbox set next_try = now() where state = 'waiting' returning tracker_pk"
                    )
                ).fetchall()
            await self.unblock()
            if not rows:
                return
            for tracker in {row["tracker_pk"] for row in rows}:
                await self.delivery.soon(tracker)

    async def unblock(self) -> None:
        """As when the time is over that a service asked to be left alone."""
        async with self.app.state.context.runtime.database.connection() as connection:
            await connection.execute(
                "update api.tracker_budgets set blocked_until = '-infinity', next_at = '-infinity'"
            )


@asynccontextmanager
async def tracked(runtime: Runtime, folder: Path, *, limits: bool = False, **options: Any) -> AsyncIterator[Tracked]:
    """`options` are settings of the api, over those of the doubles; `limits`: with the budgets of the services."""
    fakes = Fakes()
    given: dict[str, Any] = {"secret_key": SecretStr(KEY), "tracker_wait": 5.0, "tracker_interval": 0}
    for name in fakes.every():
        given |= {
            f"{name}_client_id": CLIENT,
            f"{name}_client_secret": SecretStr(SECRET),
            f"{name}_url": f"http://{name}.test",
            f"{name}_auth_url": f"http://{name}.test",
        }
    app = create_app(ApiSettings(images=str(folder / "images"), **(given | options)), runtime)
    if not limits:
        for tracker in app.state.context.trackers.services.trackers.values():
            tracker.reads = tracker.writes = Limit(0.0, 1000)
    outside = app.state.context.trackers.outside
    await outside.client.aclose()
    outside.client = httpx2.AsyncClient(transport=Doubles(fakes), headers=outside.client.headers)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    client = httpx2.AsyncClient(
        transport=transport, base_url="http://localhost/api", headers=bearer(), follow_redirects=False
    )
    async with client:
        yield Tracked(app, client, fakes)
    await app.state.context.trackers.close()
    await app.state.context.renderer.close()


async def many_films(kyoo: Tracked, count: int) -> None:
    """Films of the catalogue that have the ids from 1 on at every provider."""
    async with kyoo.app.state.context.runtime.database.connection() as connection:
        await connection.execute(
            """
            with made as (
                insert into api.shows (kind, slug, external_id, status, original_language)
                select 'movie', 'film-' || n, jsonb_build_object(
                    'themoviedatabase', jsonb_build_array(jsonb_build_object('dataId', n::text)),
                    'myanimelist', jsonb_build_array(jsonb_build_object('dataId', n::text)),
                    'anilist', jsonb_build_array(jsonb_build_object('dataId', n::text))), 'finished', 'en'
                from generate_series(1, %s) n returning pk, slug
            )
            insert into api.entries (show_pk, key, slug, kind, "order", content)
            select pk, 'movie', slug, 'movie', 1, 'story' from made
            """,
            [count],
        )
