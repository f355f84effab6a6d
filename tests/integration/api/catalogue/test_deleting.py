"""Deleting: what is gone cannot be found any more, and nothing is made anew for it."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from fastapi import FastAPI
from psycopg.errors import ForeignKeyViolation
from tests.integration.api.conftest import Library
from tests.integration.api.everything import seed_everything
from tests.integration.api.references import orphans, used
from tests.integration.api.seeds import episode_seed, texts
from tests.integration.api.viewers.watching import play
from tests.waiting import until

from kyoo.api.queries.catalogue.images import drop_stale_places
from kyoo.core.database.postgres import Database, execute, fetch_all, fetch_value

#: What refers to one of a serie's entries or to a file, with a row that nothing else stands against.
CHILDREN = {
    "entry_translations": ("(entry_pk, language, name)", "%(entry)s, 'xx', 'Late'"),
    "entry_videos": ("(entry_pk, video_pk, slug, suffixed)", "%(entry)s, %(video)s, 'late', false"),
    "history": (
        "(profile_pk, entry_pk, video_pk, percent, time, played_date)",
        "(select min(pk) from api.profiles), %(entry)s, %(video)s, 10, 10, now()",
    ),
}


async def names_of(api: httpx2.AsyncClient, path: str) -> list[str]:
    return [item["slug"] for item in (await api.get(path)).json()["items"]]


#: Rows about a serie, its entries and files that other tests have a world of their own for.
BESIDE = """
    with of as (
        select entry.pk as entry_pk, show_pk, (select profile_pk from api.history limit 1) as profile_pk,
            (select video_pk from api.entry_videos where entry_pk = entry.pk limit 1) as video_pk
        from api.entries entry where slug = 'serie-s1e1'
    ), tracker as (
        insert into api.trackers (profile_pk, service) select profile_pk, 'trakt' from of returning pk
    ), login as (
        insert into api.tracker_logins (state_hash, profile_pk, service, browser_hash, secrets, expires_at)
        select 'a', profile_pk, 'trakt', 'b', 'c', now() + interval '1 hour' from of
    ), waiting as (
        insert into api.tracker_outbox (tracker_pk, item, show_pk, entry_pk, what, facts)
        select pk, gen_random_uuid(), show_pk, entry_pk, 'watched', '{}' from of, tracker
    ), base as (
        insert into api.tracker_bases (tracker_pk, show_pk, base) select pk, show_pk, '{}' from of, tracker
    ), import as (
        insert into api.tracker_imports (tracker_pk, rule, dry_run) select pk, 'merge', true from tracker
    ), brought as (
        insert into api.imports (profile_pk, source, name) select profile_pk, 'csv', 'file' from of returning id
    ), import_title as (
        insert into api.import_titles (import_id, position, title) select id, 0, '{}' from brought
    ), room as (
        insert into api.rooms (slug, link, video_pk, guests, control, owner, host)
        select 'serie-s1e1', 'link', video_pk, true, 'host', gen_random_uuid(), 'ada' from of
    ), calendar as (
        insert into api.calendars (profile_pk, token_hash) select profile_pk, 'a' from of
    ), announced as (
        insert into api.announced (entry_pk) select entry_pk from of
    ), watched as (
        insert into api.watched (profile_pk, entry_pk, quarter) select profile_pk, entry_pk, now() from of
    ), watching as (
        insert into api.watching (profile_pk, entry_pk, position, paused, at)
        select profile_pk, entry_pk, 1, false, now() from of
    ), encoded as (
        insert into api.encoded (profile_pk, quarter, what, seconds) select profile_pk, now(), 'video', 1 from of
    ), encoding as (
        insert into api.encoding (stream, client, profile_pk, what, since)
        select 'a', 'b', profile_pk, 'video', now() from of
    ), webhook as (
        insert into api.webhooks (profile_pk, name, form, events, origin, secrets, after)
        select profile_pk, 'a', 'json', '{}', 'b', 'c', 0 from of returning pk
    ), delivery as (
        insert into api.webhook_deliveries (webhook_pk, type, body) select pk, 'test', '{}' from webhook
    )
    insert into api.wishes (video_pk, slug, wish) select video_pk, 'serie-s9e9', '{}' from of
"""


async def test_nothing_is_left_behind(
    app: FastAPI, api: httpx2.AsyncClient, library: Library, database: Database
) -> None:
    await seed_everything(app, api, library)
    # A file that has left its show, too.
    assert (await api.request("DELETE", "/videos/link", json=["serie-sp1"])).json() == ["serie-sp1"]
    async with database.connection() as connection:
        await execute(connection, BESIDE)
        counts = await used(connection)
        # Otherwise it would say nothing that none of them is left.
        assert {name for name, count in counts.items() if not count} == set()
        assert len(counts) > 30
        assert await orphans(connection) == {}

    async def whole() -> None:
        async with database.connection() as connection:
            # Which pictures are where is cleared by a job.
            await drop_stale_places(connection)
            assert await orphans(connection) == {}

    assert (await api.delete("/series/serie")).status_code == 200
    await whole()
    # Of the others, everything is there.
    plays = (await api.get("/profiles/me/history")).json()["items"]
    assert [item["slug"] for item in plays] == ["film"]
    assert len((await api.get("/videos")).json()["items"]) == 6
    assert len((await api.get("/videos/unmatched")).json()["items"]) == 4
    film = (await api.get("/videos/film")).json()
    assert (await api.request("DELETE", "/videos", json=[film["path"]])).json() == [film["path"]]
    await whole()
    assert [item["slug"] for item in (await api.get("/profiles/me/history")).json()["items"]] == ["film"]
    for kind in ("movies", "collections", "series"):
        for slug in await names_of(api, f"/{kind}?limit=50"):
            assert (await api.delete(f"/{kind}/{slug}")).status_code == 200
            await whole()
    paths = [item["path"] for item in (await api.get("/videos")).json()["items"]]
    assert len((await api.request("DELETE", "/videos", json=paths)).json()) == 5
    async with database.connection() as connection:
        await drop_stale_places(connection)
        left = {name for name, count in (await used(connection)).items() if count}
    # Studios, people and readers are no part of a show, nor are programs that are told.
    readers = {"trackers", "tracker_logins", "tracker_outbox", "tracker_imports", "calendars", "encoded", "encoding"}
    readers |= {"webhooks", "webhook_deliveries", "imports", "import_titles"}
    assert {name.split(".")[0] for name in left} <= {"studio_translations", "search_names", "image_places", *readers}


@pytest.mark.parametrize("child", CHILDREN)
async def test_nothing_is_written_about_what_is_not_there(
    api: httpx2.AsyncClient, library: Library, database: Database, child: str
) -> None:
    await library.serie("fern", entries=[episode_seed(1, 1)])
    await library.video("/fern.mkv", **{"for": [{"slug": "fern-s1e1"}]})
    await api.post("/profiles/me/history", json=[play("fern-s1e1", 20)])
    columns, values = CHILDREN[child]
    async with database.connection() as connection:
        entry = await fetch_value(connection, "select pk from api.entries")
        video = await fetch_value(connection, "select pk from api.videos")
        for gone in [{"entry": 999}] if child == "entry_translations" else [{"entry": 999}, {"video": 999}]:
            with pytest.raises(ForeignKeyViolation):
                await execute(
                    connection,
                    f"insert into api.{child} {columns} select {values}",
                    {"entry": entry, "video": video, **gone},
                )
            ((column, pk),) = gone.items()
            with pytest.raises(ForeignKeyViolation):
                await execute(connection, f"update api.{child} set {column}_pk = {pk}")


async def is_waiting(database: Database) -> bool:
    async with database.connection() as connection:
        blocked = (
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        return bool(await fetch_value(connection, blocked))


@pytest.mark.parametrize("child", CHILDREN)
@pytest.mark.parametrize("what", ["entry", "video"])
async def test_who_writes_about_it_first_is_waited_for(
    api: httpx2.AsyncClient, library: Library, database: Database, child: str, what: str
) -> None:
    """What was written before it could be deleted goes with it, or lets go of it."""
    await library.serie("fern", entries=[episode_seed(1, 1)])
    await library.video("/fern.mkv")
    await library.movie("other")
    await api.post("/profiles/me/history", json=[play("other", 20)])
    columns, values = CHILDREN[child]
    async with database.transaction() as connection:
        entry = await fetch_value(connection, "select pk from api.entries where slug = 'fern-s1e1'")
        video = await fetch_value(connection, "select pk from api.videos")
        await execute(
            connection, f"insert into api.{child} {columns} select {values}", {"entry": entry, "video": video}
        )
        deletion = asyncio.ensure_future(
            api.delete("/series/fern") if what == "entry" else api.request("DELETE", "/videos", json=["/fern.mkv"])
        )
        if (child, what) != ("entry_translations", "video"):
            await until(lambda: is_waiting(database))
            assert not deletion.done()
    assert (await deletion).status_code == 200
    async with database.connection() as connection:
        assert await orphans(connection) == {}


@pytest.mark.parametrize(("child", "what"), [("history", "serie"), ("history", "video"), ("entry_videos", "video")])
async def test_who_deletes_it_first_is_waited_for(
    api: httpx2.AsyncClient, library: Library, database: Database, child: str, what: str
) -> None:
    await library.serie("fern", entries=[episode_seed(1, 1)])
    video = await library.video("/fern.mkv")
    gone = "api.shows where slug = 'fern'" if what == "serie" else "api.videos where path = '/fern.mkv'"
    async with database.transaction() as connection:
        await execute(connection, f"delete from {gone}")
        late = asyncio.ensure_future(
            api.post("/profiles/me/history", json=[{**play("fern-s1e1", 50), "videoId": video["id"]}])
            if child == "history"
            else api.post("/videos/link", json=[{"id": video["id"], "for": [{"slug": "fern-s1e1"}]}])
        )
        await until(lambda: is_waiting(database))
    assert (await late).status_code in (201, 404)
    async with database.connection() as connection:
        assert await orphans(connection) == {}
        assert await fetch_value(connection, f"select count(*) from api.{child}") == 0


async def test_no_words_are_made_for_what_is_deleted(
    api: httpx2.AsyncClient, library: Library, database: Database
) -> None:
    entries = [episode_seed(1, number) for number in range(1, 30)]
    serie = await library.serie("dandelion-night", entries=entries)
    await library.movie("other-night")
    async with database.transaction() as connection:
        await execute(connection, "set local track_functions = 'all'")
        await execute(connection, "delete from api.shows where id = %s", [serie["id"]])
        calls = "select funcname from pg_stat_xact_user_functions where schemaname = 'api'"
        called = {row["funcname"] for row in await fetch_all(connection, calls)}
        assert "follow_names" in called
        assert not called & {"index_names", "index_entries"}
        assert await fetch_value(connection, "select count(*) from api.search_entries") == 1
    assert (await api.get("/search?query=dandelion")).json()["items"] == []
    assert [item["slug"] for item in (await api.get("/search?query=night")).json()["items"]] == ["other-night"]


async def test_a_translation_that_goes_leaves_the_others(
    api: httpx2.AsyncClient, library: Library, database: Database
) -> None:
    await library.movie("moth", translations={"en": texts("The Moth"), "fr": texts("Le Papillon")})
    async with database.connection() as connection:
        await execute(connection, "delete from api.show_translations where language = 'fr'")
    assert (await api.get("/search?query=papillon")).json()["items"] == []
    assert [item["slug"] for item in (await api.get("/search?query=moth")).json()["items"]] == ["moth"]


async def test_a_list_inside_of_what_is_not_there(api: httpx2.AsyncClient, library: Library) -> None:
    """Empty and missing are told apart, whatever the page."""
    await library.serie("empty-serie")
    for path in ("entries", "seasons", "staff", "extras", "videos", "similar", "missing"):
        empty = await api.get(f"/series/empty-serie/{path}")
        assert (empty.status_code, empty.json()["items"]) == (200, []), path
        for query in ("", "?limit=1", *(["?query=x"] if path != "missing" else [])):
            missing = await api.get(f"/series/no-serie/{path}{query}")
            assert missing.status_code == 404, (path, query)
            assert missing.json()["message"] == "No serie found with the id or slug: no-serie"
    for path, what in (("/studios/no-one/shows", "studio"), ("/staff/no-one/roles", "person")):
        assert (await api.get(path)).json()["message"] == f"No {what} found with the id or slug: no-one"
