"""Who may call what: every route of every service, through the gateway, as every kind of caller, against one table.

The table is docs/operating/permissions.md. `python -m tests.integration.test_access` prints what the code declares.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from kyoo.core.database.shares import Tenant
from kyoo.core.http.permissions import declared_routes
from kyoo.serve.composition import Instance, composed
from kyoo.serve.options import ServeOptions

PAGE = Path(__file__).parents[2] / "docs" / "operating" / "permissions.md"
ROW = re.compile(r"^\| `(?P<verb>[A-Z*]+) (?P<path>/\S+)` \| (?P<who>[\w., ]+) \|$", re.MULTILINE)
URL = "http://kyoo.test"

#: Values for the parameters of paths; none of them exists.
PARAMETERS = {"path": "L25vd2hlcmUubWt2", "image": "poster", "kind": "movies"}
NOBODY = "00000000-0000-4000-8000-000000000000"


def written_table() -> dict[str, str]:
    return {f"{row['verb']} {row['path']}": row["who"] for row in ROW.finditer(PAGE.read_text())}


def declared_table(applications: dict[str, FastAPI]) -> dict[str, str]:
    """`public`, `any` (any token, guests included) or the permissions a caller must hold, for each verb and path."""
    table = {}
    for app in applications.values():
        for path, methods, guards in declared_routes(app):
            permissions = sorted({permission for guard in guards for permission in guard.permissions})
            who = "public" if all(guard.public for guard in guards) else ", ".join(permissions) or "any"
            verbs = ["*"] if path.startswith("/auth/jwt") else sorted(methods)
            table |= {f"{verb} {path}": who for verb in verbs}
    return table


def every_application(running: Instance) -> dict[str, FastAPI]:
    assert running.administration is not None
    return {**running.applications, "server": running.administration}


@asynccontextmanager
async def instance(conninfo: str, folder: Path) -> AsyncIterator[Instance]:
    videos = folder / "videos"
    videos.mkdir(exist_ok=True)
    options = ServeOptions((videos,), folder / "data", "localhost", 0, URL)
    async with composed(options, conninfo, "service key " * 4, role="serve", tenant=Tenant("kyoo serve")) as running:
        yield running


def filled(path: str) -> str:
    def value(match: re.Match[str]) -> str:
        return PARAMETERS.get(match[1].split(":")[0], NOBODY)

    return re.sub(r"\{([^}]+)\}", value, path)


async def call(client: httpx2.AsyncClient, route: str, headers: dict[str, str]) -> int:
    verb, path = route.split(" ", 1)
    answer = await client.request("GET" if verb == "*" else verb, filled(path), headers=headers)
    # Whatever the answer is: nothing of it is run, and no cache between keeps it.
    assert answer.headers["x-content-type-options"] == "nosniff", route
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], route
    kept_by = answer.headers["cache-control"]
    secret = path.startswith(("/auth/", "/.well-known/")) and "/logo" not in path
    assert kept_by == "no-store" or (kept_by.startswith("private") and not secret), (route, kept_by)
    return answer.status_code


@pytest.fixture
async def running(conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Instance]:
    """An instance without guests, with one API key for each permission of the table."""
    monkeypatch.delenv("GUEST_CLAIMS", raising=False)
    for permission in single_permissions():
        name = permission.replace(".", "").upper()
        monkeypatch.setenv(f"KEIBI_APIKEY_{name}", f"key of {permission}")
        monkeypatch.setenv(f"KEIBI_APIKEY_{name}_CLAIMS", json.dumps({"permissions": [permission]}))
    async with instance(conninfo, tmp_path) as running:
        yield running


def single_permissions() -> list[str]:
    return sorted({name for who in written_table().values() if "." in who for name in who.split(", ")})


def client_of(running: Instance) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(running.gateway, raise_app_exceptions=False)
    return httpx2.AsyncClient(base_url=URL, transport=transport, timeout=30)


async def test_the_table_is_what_the_routes_declare(running: Instance) -> None:
    assert declared_table(every_application(running)) == written_table()


async def test_nobody_without_a_token_gets_in(running: Instance) -> None:
    async with client_of(running) as client:
        for route, who in written_table().items():
            status = await call(client, route, {})
            if who == "public":
                # These have a secret of their own, and answer 401 without it.
                assert status != 401 or route.startswith(("* /auth/jwt", "GET /auth/federation/")), route
            else:
                assert status == 401, route


async def test_a_browser_that_a_tracker_sends_back_brings_its_own_cookie_and_no_other(
    running: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No session comes with it from another site, and none is handed on."""
    seen: list[dict[str, str]] = []

    async def returned(service: str, query: object, cookies: dict[str, str]) -> str:
        seen.append(dict(cookies))
        return "/"

    monkeypatch.setattr(running.contexts["api"].trackers.linking, "returned", returned)
    async with client_of(running) as client:
        cookies = {"Cookie": "kyoo=session; kyoo-tracker-1=a; X-Bearer=x; kyoo-tracker-2=b"}
        answer = await client.get("/api/trackers/trakt/callback", headers=cookies)
        assert (answer.status_code, seen) == (302, [{"kyoo-tracker-1": "a", "kyoo-tracker-2": "b"}])
        assert (await client.get("/api/trackers/trakt/callback/x", headers=cookies)).status_code in (401, 403)


async def test_each_permission_opens_its_routes_and_no_other(running: Instance) -> None:
    async with client_of(running) as client:
        for permission in single_permissions():
            headers = {"X-Api-Key": f"key of {permission}"}
            for route, who in written_table().items():
                if "." not in who:
                    continue
                status = await call(client, route, headers)
                if set(who.split(", ")) <= {permission}:
                    assert status not in (401, 403), (permission, route, status)
                else:
                    assert status == 403, (permission, route, status)


#: For those who have an account.
OF_PERSONS = re.compile("/trackers|/profiles/me/(imports|webhooks)|/profiles/me/(calendar|statistics)$")


async def test_guests_get_what_their_claims_say(conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUEST_CLAIMS", '{"permissions": ["core.read"]}')
    async with instance(conninfo, tmp_path) as running, client_of(running) as client:
        for route, who in written_table().items():
            if who in ("public", "any"):
                continue
            status = await call(client, route, {})
            if route == "GET /api/profiles/me/export":
                assert status == 401, "nothing is kept for guests"
            elif OF_PERSONS.search(route) and who == "core.read":
                assert status == 403, "guests have no accounts elsewhere, and nothing of their own"
            elif who == "core.read" and not route.startswith(("POST", "PUT", "PATCH", "DELETE")):
                assert status not in (401, 403), (route, status)
            elif who != "core.read":
                assert status in (401, 403), (route, status)


async def test_a_user_reaches_nothing_of_another(running: Instance) -> None:
    """Two users: neither sees nor changes what the other has, whatever route takes a user's or a session's id."""
    async with client_of(running) as client:
        tokens = {}
        for name in ("first", "second", "third"):
            body = {"username": name, "email": f"{name}@example.org", "password": "correct horse"}
            tokens[name] = (await client.post("/auth/users", json=body)).json()["token"]
        me = {"Authorization": f"Bearer {tokens['second']}"}
        other = (await client.get("/auth/users/me", headers={"Authorization": f"Bearer {tokens['third']}"})).json()
        session = (await client.get("/auth/sessions", headers={"Authorization": f"Bearer {tokens['third']}"})).json()[0]
        assert (await client.delete(f"/auth/sessions/{session['id']}", headers=me)).status_code == 404
        for verb, path in (
            ("GET", f"/auth/users/{other['id']}"),
            ("GET", "/auth/users/third"),
            ("PATCH", f"/auth/users/{other['id']}"),
            ("DELETE", f"/auth/users/{other['id']}"),
            ("GET", f"/auth/users/{other['id']}/sessions"),
            ("GET", f"/api/profiles/{other['id']}/history"),
            ("GET", "/api/profiles/third/watchlist"),
        ):
            json_body = {} if verb == "PATCH" else None
            status = (await client.request(verb, path, headers=me, json=json_body)).status_code
            assert status == 403, (verb, path, status)


async def print_table() -> None:
    from kyoo.core.database.migrations import migrate
    from kyoo.core.database.queue import migrate_queue
    from kyoo.serve.postgres.embedded import embedded_postgres_server
    from kyoo.serve.services import SCHEMAS

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with embedded_postgres_server(folder / "postgres") as server:
            for service in SCHEMAS:
                migrate(server.conninfo(), service)
            migrate_queue(server.conninfo())
            async with instance(server.conninfo(), folder) as running:
                for service, app in every_application(running).items():
                    sys.stdout.write(f"\n## {service}\n\n| route | who |\n| --- | --- |\n")
                    for route, who in declared_table({service: app}).items():
                        sys.stdout.write(f"| `{route}` | {who} |\n")


if __name__ == "__main__":
    asyncio.run(print_table())
