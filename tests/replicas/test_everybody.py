"""As many of each service as a large site has; each of them is killed in turn."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests import media
from tests.replicas.cluster import cluster
from tests.replicas.test_replicas import FILM, Visitor, rolling_restart
from tests.waiting import until

FILMS = 40

pytestmark = pytest.mark.exhaustive


async def test_a_scan_ends_whoever_is_killed(conninfo: str, tmp_path: Path) -> None:
    source = media.movie(seconds=2, size="64x36").read_bytes()
    async with (
        cluster(conninfo, tmp_path, auth=2, api=3, transcoder=2, scanner=2, worker=3) as running,
        running.client as client,
    ):
        headers = await running.log_in(client)

        async def known() -> list[str]:
            page = (await client.get("/api/videos?limit=250", headers=headers)).json()
            return [video["path"] for video in page["items"]]

        for number in range(FILMS):
            # What lies behind a film does not change it, but makes it another file.
            path = running.library / f"Film Number {number} (2001).mkv"
            path.write_bytes(source + number.to_bytes(4, "big"))
        assert (await client.put("/scanner/scan", headers=headers)).status_code < 300
        for one in running.all:
            await one.kill()
            one.start()
            await until(one.is_ready)
        await until(lambda: _all_there(known))
        paths = await known()
        assert sorted(set(paths)) == sorted(paths)

        async def nothing_left() -> bool:
            progress = (await client.get("/scanner/progress", headers=headers)).json()
            return bool(progress["identified"] + progress["failed"] >= FILMS)

        await until(nothing_left)


async def _all_there(known: object) -> bool:
    try:
        return len(await known()) == FILMS  # type: ignore[operator]
    except (httpx2.HTTPError, KeyError):
        return False


@pytest.mark.parametrize("gateway", ["nginx", "caddy"])
async def test_no_request_fails_while_each_restarts(gateway: str, conninfo: str, tmp_path: Path) -> None:
    async with cluster(conninfo, tmp_path, gateway, auth=2, api=2, transcoder=2) as running:
        media.placed(media.movie(name="long.mkv", seconds=120, size="320x180"), running.library / FILM)
        async with running.client as client:
            # Caddy before 2.8 cannot repeat a request that has a body (docs/operating/replicas.md).
            visiting = Visitor(running, await running.log_in(client), writes=gateway != "caddy")
            async with visiting as visitor:
                await rolling_restart(running.all, visitor)
