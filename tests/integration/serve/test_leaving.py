"""People take along and leave behind what every service keeps about them, whichever of them is down at that moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.drawn import drawn
from tests.integration.api.seeds import episode_seed, movie_seed, serie_seed
from tests.integration.test_access import URL, instance

from kyoo.api.forgetting import forget_deleted_users
from kyoo.core.database.postgres import fetch_all
from kyoo.serve.composition import Instance
from kyoo.serve.services import NAMES

#: Columns that hold no user, whatever their name says; those of the audit log age with the others.
OTHERWISE = {("auth", "audit"), ("auth", "deletions")}


def client_of(running: Instance) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=running.gateway), base_url=URL)


async def registered(client: httpx2.AsyncClient, name: str) -> tuple[str, dict[str, str]]:
    body = {"username": name, "email": f"{name}@example.org", "password": "correct horse"}
    token = (await client.post("/auth/users", json=body)).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return (await client.get("/auth/users/me", headers=headers)).json()["id"], headers


def play(entry: str, **more: Any) -> dict[str, Any]:
    return {"entry": entry, "percent": 100, "time": 60, "videoId": None, "playedDate": "2025-02-01", **more}


async def watch(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    plays = [play("serie-s1e1", percent=40), play("film", playedDate="2025-02-02", external=True)]
    assert (await client.post("/api/profiles/me/history", json=plays, headers=headers)).status_code == 201
    for verb, path, body in (
        ("POST", "/api/movies/film/watchstatus", {"status": "completed", "score": 80}),
        ("PUT", "/api/series/serie/hidden", {"rows": ["news"]}),
    ):
        assert (await client.request(verb, path, json=body, headers=headers)).is_success


async def places_of(running: Instance, user: str) -> set[tuple[str, str]]:
    """The (schema, table) of every row of the database that names a user by id."""
    found = set()
    async with running.runtime.database.connection() as connection:
        columns = await fetch_all(
            connection,
            """select table_schema, table_name, column_name from information_schema.columns
               where data_type = 'uuid' and table_schema = any (%s)""",
            [NAMES],
        )
        for column in columns:
            schema, table, name = column["table_schema"], column["table_name"], column["column_name"]
            query = f'select 1 from {schema}."{table}" where "{name}" = %s limit 1'
            if await fetch_all(connection, query, [user]):
                found.add((schema, table))
    return found


async def test_who_leaves_takes_everything_along_and_leaves_nothing(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXTRA_CLAIMS", '{"permissions": ["core.read", "core.play"]}')
    async with instance(conninfo, tmp_path) as running, client_of(running) as client:
        _, admin = await registered(client, "admin")
        for path, seed in (
            ("movies", movie_seed("film")),
            ("series", serie_seed("serie", entries=[episode_seed(1, 1)])),
        ):
            assert (await client.post(f"/api/{path}", json=seed, headers=admin)).status_code == 201
        ada, headers = await registered(client, "ada")
        bob, others = await registered(client, "bob")
        await watch(client, headers)
        await watch(client, others)
        picture = {"logo": ("a.png", drawn(), "image/png")}
        assert (await client.post("/auth/users/me/logo", files=picture, headers=headers)).status_code == 204

        account = (await client.get("/auth/users/me/export", headers=headers)).json()
        assert account["user"]["id"] == ada
        assert account["elsewhere"] == {"profile": f"{URL}/api/profiles/me/export"}
        file = await client.get(account["elsewhere"]["profile"], headers=headers)
        assert file.headers["content-disposition"] == 'attachment; filename="profile.json"'
        profile = file.json()
        assert profile["id"] == ada
        assert [(item["show"]["slug"], item["status"], item["score"]) for item in profile["watchlist"]] == [
            ("film", "completed", 80),
            ("serie", "watching", None),
        ]
        assert [(item["entry"]["slug"], item["percent"], item["external"]) for item in profile["history"]] == [
            ("serie-s1e1", 40, False),
            ("film", 100, True),
        ]
        assert [(item["show"]["slug"], item["rows"]) for item in profile["hidden"]] == [("serie", ["news"])]
        assert (await client.get(account["elsewhere"]["profile"])).status_code == 401

        assert (await client.delete("/auth/users/me", headers=headers)).status_code == 200
        assert list((tmp_path / "data" / "profile_pictures").iterdir()) == []
        # The api learns of it when its job comes round, however long that was down.
        assert ("api", "profiles") in await places_of(running, ada)
        context = running.contexts["api"]
        assert await forget_deleted_users(context.database, running.runtime.peer) == 1
        assert await places_of(running, ada) == OTHERWISE
        assert ("api", "profiles") in await places_of(running, bob)
        assert len((await client.get("/api/profiles/me/watchlist", headers=others)).json()["items"]) == 2
