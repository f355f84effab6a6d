"""Linking accounts at trackers: pages, codes, the browser that began, tokens at rest, renewing, the end of a link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.fakes.trackers.service import Fault
from tests.integration.api.seeds import GUEST, OTHER_USER, READ, bearer, movie_seed
from tests.integration.api.trackers.tracked import ME, Tracked, tracked

from kyoo.core.http.service import Runtime

SERVICES = ("trakt", "simkl", "mal", "anilist")


@pytest.fixture
async def kyoo(runtime: Runtime, tmp_path: Path) -> AsyncIterator[Tracked]:
    async with tracked(runtime, tmp_path) as running:
        yield running


@pytest.mark.parametrize("service", SERVICES)
async def test_an_account_is_linked_by_a_page_of_the_service(kyoo: Tracked, service: str) -> None:
    before = await kyoo.item(service)
    assert (before["available"], before["linked"], before["mode"]) == (True, False, "off")
    await kyoo.link(service)
    item = await kyoo.item(service)
    assert (item["linked"], item["account"], item["mode"]) == (True, "someone", "both")
    assert (item["scrobble"], item["unwatch"], item["scores"]) == (True, False, True)
    assert (item["queued"], item["failed"]) == (0, 0)
    assert item["since"].endswith("Z")


@pytest.mark.parametrize("service", ["trakt", "simkl"])
async def test_an_account_is_linked_by_a_code(kyoo: Tracked, service: str) -> None:
    fake = kyoo.fakes.every()[service]
    begun = (await kyoo.api.post(f"{ME}/{service}", json={})).json()
    assert begun["flow"] == "device"
    assert begun["code"]
    assert begun["url"].startswith("https://")
    assert (await kyoo.api.get(f"{ME}/{service}/device")).status_code == 202
    asked = len(fake.log)
    # Asked at once again, we do not ask the service.
    assert (await kyoo.api.get(f"{ME}/{service}/device")).status_code == 202
    assert len(fake.log) == asked
    fake.type_code()  # type: ignore[attr-defined]
    await asyncio.sleep(1.0)  # the interval that the service wants
    answer = await kyoo.api.get(f"{ME}/{service}/device")
    assert answer.status_code == 200, answer.text
    assert (await kyoo.item(service))["linked"]
    assert (await kyoo.api.get(f"{ME}/{service}/device")).status_code == 200


@pytest.mark.parametrize(("state", "status"), [("refused", 403), ("expired", 410)])
async def test_a_code_that_is_refused_or_late(kyoo: Tracked, state: str, status: int) -> None:
    await kyoo.api.post(f"{ME}/trakt", json={})
    kyoo.fakes.trakt.type_code(state)
    assert (await kyoo.api.get(f"{ME}/trakt/device")).status_code == status
    assert (await kyoo.api.get(f"{ME}/trakt/device")).status_code == 410
    assert not (await kyoo.item("trakt"))["linked"]


async def test_only_the_browser_that_began_links(kyoo: Tracked) -> None:
    begun = await kyoo.api.post(f"{ME}/trakt", json={"redirect": "/settings?tab=1#here"})
    assert (await kyoo.come_back(begun, cookies=False)).endswith("result=failed")
    assert not (await kyoo.item("trakt"))["linked"]
    # Nor does it link later: the state is used up.
    assert (await kyoo.come_back(begun)).endswith("result=failed")
    assert kyoo.fakes.trakt.grants == []
    cookie = next(iter(begun.headers.get_list("set-cookie")))
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/api/trackers/trakt/callback"))
    begun = await kyoo.api.post(f"{ME}/trakt", json={"redirect": "/settings?tab=1#here"})
    assert await kyoo.come_back(begun) == "/settings?tab=1&tracker=trakt&result=linked#here"


async def test_who_refuses_at_the_service_comes_back(kyoo: Tracked) -> None:
    begun = await kyoo.api.post(f"{ME}/mal", json={"redirect": "/"})
    state = begun.json()["url"].partition("state=")[2].partition("&")[0]
    jar = "; ".join(f"{name}={value}" for name, value in begun.cookies.items())
    back = await kyoo.api.get(
        "/trackers/mal/callback", params={"error": "access_denied", "state": state}, headers={"Cookie": jar}
    )
    assert back.headers["location"] == "/?tracker=mal&result=refused"


@pytest.mark.parametrize(
    "redirect", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "x"]
)
async def test_nobody_is_led_elsewhere(kyoo: Tracked, redirect: str) -> None:
    assert (await kyoo.api.post(f"{ME}/trakt", json={"redirect": redirect})).status_code == 400


async def test_guests_lent_links_and_strangers(kyoo: Tracked) -> None:
    lent = bearer(presignedFor="GET /api/profiles/me/trackers")
    for headers in (GUEST, lent, bearer(permissions=())):
        assert (await kyoo.api.get(ME, headers=headers)).status_code == 403
    assert (await kyoo.api.post(f"{ME}/letterboxd", json={})).status_code == 404
    await kyoo.link("trakt")
    other = bearer(OTHER_USER, (READ,))
    assert not any(one["linked"] for one in (await kyoo.api.get(ME, headers=other)).json()["items"])
    assert (await kyoo.api.delete(f"{ME}/trakt", headers=other)).status_code == 404


async def test_tokens_are_not_readable_in_the_database_nor_told(
    kyoo: Tracked, caplog: pytest.LogCaptureFixture
) -> None:
    for service in SERVICES:
        await kyoo.link(service)
    secrets = [grant.access for fake in kyoo.fakes.every().values() for grant in fake.grants]
    secrets += [grant.refresh for fake in kyoo.fakes.every().values() for grant in fake.grants]
    async with kyoo.app.state.context.runtime.database.connection() as connection:
        cursor = await connection.execute("select string_agg(t::text, ' ') as all from (select * from api.trackers) t")
        dump = str((await cursor.fetchone())["all"])
        cursor = await connection.execute("select secrets from api.trackers")
        dump += " ".join(repr(bytes(row["secrets"])) for row in await cursor.fetchall())
    shown = (await kyoo.api.get(ME)).text + caplog.text
    assert len(secrets) == 8
    for secret in secrets:
        assert secret not in dump
        assert secret.encode().hex() not in dump
        assert secret not in shown


async def test_an_ended_token_is_renewed_once_for_all(kyoo: Tracked) -> None:
    trakt = kyoo.fakes.trakt
    trakt.add("movie", 1, "Bubble", tmdb=912598)
    await kyoo.link("trakt")
    await kyoo.api.post("/movies", json=movie_seed("bubble", externalId={"themoviedatabase": [{"dataId": "912598"}]}))
    trakt.end_tokens()
    answer = await kyoo.api.post("/movies/bubble/watchstatus", json={"status": "planned"})
    assert answer.json()["sync"]["trakt"]["status"] == "synced", answer.text
    assert list(trakt.watchlist) == [("movie", 1)]
    assert sum(asked.path == "/oauth/token" for asked in trakt.log) == 2
    # And when that is over, too, the user is told, and nothing is lost.
    trakt.grants.clear()
    answer = await kyoo.api.post("/movies/bubble/watchstatus", json={"status": "dropped"})
    assert answer.json()["sync"]["trakt"]["status"] == "queued"
    item = await kyoo.item("trakt")
    assert (item["lastError"]["code"], item["queued"]) == ("unlinked", 1)
    await kyoo.link("trakt")
    await kyoo.settled()
    assert ((await kyoo.item("trakt"))["queued"], trakt.watchlist) == (0, {})


async def test_unlinking_revokes_there_and_forgets_here(kyoo: Tracked) -> None:
    await kyoo.link("trakt", "mal")
    (grant,) = kyoo.fakes.trakt.grants
    assert (await kyoo.api.delete(f"{ME}/trakt")).status_code == 204
    assert kyoo.fakes.trakt.revoked == [grant.access]
    assert not (await kyoo.item("trakt"))["linked"]
    assert (await kyoo.api.delete(f"{ME}/trakt")).status_code == 404
    await kyoo.link("trakt")
    kyoo.fakes.trakt.faults.append(Fault("/oauth/revoke"))
    assert (await kyoo.api.delete(f"{ME}/trakt")).status_code == 204


async def test_choices(kyoo: Tracked) -> None:
    assert (await kyoo.api.patch(f"{ME}/trakt", json={"mode": "out"})).status_code == 404
    await kyoo.link("trakt")
    answer = await kyoo.api.patch(f"{ME}/trakt", json={"mode": "out", "scrobble": False})
    assert (answer.json()["mode"], answer.json()["scrobble"], answer.json()["scores"]) == ("out", False, True)
    assert (await kyoo.api.patch(f"{ME}/trakt", json={"mode": "sideways"})).status_code == 422


async def test_an_application_is_typed_in(runtime: Runtime, tmp_path: Path) -> None:
    async with tracked(runtime, tmp_path, trakt_client_id=None, trakt_client_secret=None) as kyoo:
        item = await kyoo.item("trakt")
        assert (item["available"], "administrator" in item["reason"]) == (False, True)
        assert (await kyoo.api.post(f"{ME}/trakt", json={})).status_code == 409
        path, seed = "/trackers/trakt/application", {"clientId": "client-of-the-tests"}
        assert (await kyoo.api.put(path, json=seed)).status_code == 403
        admin = bearer(permissions=("core.read", "core.write", "users.write"))
        shown = (await kyoo.api.put(path, json=seed, headers=admin)).json()
        assert not (await kyoo.item("trakt"))["available"]
        seed["clientSecret"] = "secret-of-the-tests"
        shown = (await kyoo.api.put(path, json=seed, headers=admin)).json()
        assert (shown["clientId"], shown["hasSecret"]) == ("client-of-the-tests", True)
        assert shown["callback"] == "https://kyoo.example.org/api/trackers/trakt/callback"
        listed = await kyoo.api.get("/trackers/applications", headers=admin)
        assert "secret-of-the-tests" not in listed.text + str(shown)
        await kyoo.link("trakt")
        # What the configuration says is not typed over.
        assert (await kyoo.api.put("/trackers/mal/application", json=seed, headers=admin)).status_code == 409
        assert (await kyoo.api.delete(path, headers=admin)).status_code == 204
        assert not (await kyoo.item("trakt"))["available"]


async def test_another_key_cannot_read_the_tokens(runtime: Runtime, tmp_path: Path) -> None:
    async with tracked(runtime, tmp_path) as kyoo:
        await kyoo.link("mal")
    file = tmp_path / "secrets" / "secret.key"
    async with tracked(runtime, tmp_path, secret_key=None, secrets_folder=file.parent) as kyoo:
        kyoo.fakes.mal.add(1, "Bebop", 26)
        await kyoo.api.post("/movies", json=movie_seed("bebop", externalId={"myanimelist": [{"dataId": "1"}]}))
        answer = (await kyoo.api.post("/movies/bebop/watchstatus", json={"status": "planned"})).json()
        assert answer["sync"]["mal"]["status"] == "queued"
        assert (await kyoo.item("mal"))["lastError"]["code"] == "unlinked"
        await kyoo.link("mal")
        await kyoo.settled()
        assert kyoo.fakes.mal.list[1]["status"] == "plan_to_watch"
        assert file.stat().st_mode & 0o777 == 0o600


async def test_a_login_takes_no_longer_than_an_hour(kyoo: Tracked) -> None:
    begun = await kyoo.api.post(f"{ME}/trakt", json={"redirect": "/"})
    async with kyoo.app.state.context.runtime.database.connection() as connection:
        await connection.execute(
            "update api.tracker_logins set expires_at = %s", [datetime.now(UTC) - timedelta(seconds=1)]
        )
    assert (await kyoo.come_back(begun)).endswith("result=failed")
