"""What is kept in rows because it follows from other rows agrees with what it follows from, whatever is written."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed, season_seed, video_seed
from tests.integration.api.viewers.watching import play, record

from kyoo.core.database.postgres import Database, fetch_all

#: The definition of each: the rows that are not as they should be.
WRONG = {
    "entries that are available": """
        select slug, available_since from api.entries entry where (available_since is not null)
            <> exists (select from api.entry_videos link where link.entry_pk = entry.pk)
    """,
    "entries of a show": """
        select slug, entries_count, available_count from api.shows show where (entries_count, available_count) <> (
            select count(*), count(*) filter (where pk in (select entry_pk from api.entry_videos))
            from api.entries where show_pk = show.pk and kind <> 'extra'
        )
    """,
    "entries of a season": """
        select slug, entries_count, available_count from api.seasons season where (entries_count, available_count) <> (
            select count(*), count(*) filter (where pk in (select entry_pk from api.entry_videos))
            from api.entries entry where entry.show_pk = season.show_pk and kind = 'episode'
                and entry.season_number = season.season_number
        )
    """,
    "libraries of a show": """
        select slug, libraries from api.shows show where libraries <> (
            select coalesce(array_agg(distinct coalesce(library.pk, 0)), '{}')
            from api.entries entry join api.entry_videos link on link.entry_pk = entry.pk
            join api.videos video on video.pk = link.video_pk
            left join api.libraries library on video.path like library.path || '/%'
            where entry.show_pk = show.pk
        )
    """,
    "shows of a file": """
        select path, linked, video.min_age, should.* from api.videos video cross join lateral (
            select count(*) > 0 as is_linked, min(show.min_age) as age
            from api.entry_videos link join api.entries entry on entry.pk = link.entry_pk
            join api.shows show on show.pk = entry.show_pk
            where link.video_pk = video.pk
        ) should
        where linked <> is_linked or video.min_age is distinct from age
    """,
    "words of files": """
        select path from api.videos video
        where exists (
            select from unnest(tsvector_to_array(words)) piece (word)
            where not exists (select from api.search_file_words known where known.word = piece.word)
        )
    """,
    "places in the watch list": """
        with place as (
            select list.*, show.slug, next."order" as at, next.content, exists (
                select from api.history play where play.profile_pk = list.profile_pk and play.entry_pk = next.pk
                    and play.percent < 95 and play.played_date >= coalesce(list.seen_since, '-infinity')
            ) as in_progress, seen.count, seen.furthest
            from api.watchlist list join api.shows show on show.pk = list.show_pk and show.kind = 'serie'
            left join api.entries next on next.pk = list.next_entry_pk
            cross join lateral (
                select count(*), coalesce(max("order"), -1) as furthest from api.entries
                where show_pk = list.show_pk and kind <> 'extra' and pk in (
                    select entry_pk from api.history play where play.profile_pk = list.profile_pk
                        and play.percent >= 95 and play.played_date >= coalesce(list.seen_since, '-infinity')
                )
            ) seen
        )
        select slug, status, seen_count, count, next_entry_pk, at, content, furthest from place
        where seen_count <> count
            or status = 'completed' and next_entry_pk is not null
            or status in ('watching', 'rewatching') and not in_progress and (content <> 'story' or exists (
                select from api.entries entry where show_pk = place.show_pk and kind <> 'extra' and content = 'story'
                    and "order" > furthest and "order" < coalesce(at, 'infinity')
            ))
    """,
}


#: Who has seen all of these series and has them in the list as if they had not.
UNFINISHED = """
    select show.slug from api.watchlist list join api.shows show on show.pk = list.show_pk
    where show.pk = any(%s) and list.status in ('watching', 'rewatching') and (
        select max("order") from api.entries where show_pk = show.pk and pk in (
            select entry_pk from api.history play where play.profile_pk = list.profile_pk
                and play.percent >= 95 and play.played_date >= coalesce(list.seen_since, '-infinity')
        )
    ) >= (select max("order") from api.entries where show_pk = show.pk and content = 'story')
"""


async def wrong(database: Database) -> dict[str, Any]:
    async with database.connection() as connection:
        found = {what: await fetch_all(connection, query) for what, query in WRONG.items()}
    return {what: rows for what, rows in found.items() if rows}


async def airing(database: Database) -> set[int]:
    async with database.connection() as connection:
        return {row["pk"] for row in await fetch_all(connection, "select pk from api.shows where status = 'airing'")}


class World:
    """Writes at random into a small library; `writes` are the ways to do it."""

    def __init__(self, api: httpx2.AsyncClient, library: Library, chance: random.Random) -> None:
        self.api, self.library, self.chance = api, library, chance
        self.paths: set[str] = set()
        #: Entries of which there is a play: they keep their place, as who has seen one goes on after it.
        self.played: set[str] = set()
        self.writes: list[Callable[[], Awaitable[object]]] = [
            self.movie,
            *([self.serie] * 4),
            self.register,
            self.register,
            self.replace,
            self.move,
            self.link,
            self.unlink,
            self.forget,
            *([self.edit_show] * 3),
            *([self.edit_entry] * 4),
            self.delete,
            self.place_library,
            *([self.play] * 6),
            self.watch_again,
            self.watch_again,
            self.renumber,
        ]

    def age(self) -> int | None:
        return self.chance.choice([None, 6, 12, 18])

    def path(self) -> str:
        folder = self.chance.choice(["kids", "films", "films/kids", "elsewhere"])
        return f"/{folder}/{self.chance.choice(['moss', 'fern', 'reed'])} {self.chance.randrange(4)}.mkv"

    def links(self) -> list[dict[str, Any]]:
        shows = [{"movie": f"film-{n}"} for n in range(2)]
        entries = [{"serie": f"serie-{n}", "season": 1, "episode": e} for n in range(2) for e in range(1, 6)]
        return self.chance.sample([*shows, *entries], self.chance.choice([0, 1, 1, 2]))

    async def movie(self) -> None:
        await self.library.movie(f"film-{self.chance.randrange(2)}", minAge=self.age())

    async def serie(self) -> None:
        numbers = sorted({1, *self.chance.sample(range(2, 6), self.chance.randrange(5))})
        contents = ["story", "story", "filler"]
        serie = self.chance.randrange(2)
        await self.library.serie(
            f"serie-{serie}",
            seasons=[season_seed(1), season_seed(2)],
            entries=[
                episode_seed(
                    1,
                    n,
                    content="story" if n == 1 else self.chance.choice(contents),
                    airDate="2020-01-01",
                    externalId={"tvdb": [{"serieId": str(serie), "season": 1, "episode": n, "link": None}]},
                )
                for n in numbers
            ],
            minAge=self.age(),
            status=self.chance.choice(["airing", "finished"]),
            complete=self.chance.random() < 0.5,
        )

    async def register(self) -> None:
        path = self.path()
        self.paths.add(path)
        await self.library.video(path, **{"for": self.links()})

    async def replace(self) -> None:
        path = self.path()
        self.paths.add(path)
        await self.done(self.api.put("/videos", json=[{**video_seed(path), "for": self.links()}]))

    async def move(self) -> None:
        if self.paths:
            old, new = self.chance.choice(sorted(self.paths)), self.path()
            self.paths = (self.paths - {old}) | {new}
            links = {"for": self.links()} if self.chance.random() < 0.3 else {"for": []}
            await self.done(self.api.post("/videos", json=[{**video_seed(new), "movedFrom": old, **links}]))
            if old != new:
                # Where the new path was known, the old one stays.
                await self.done(self.api.request("DELETE", "/videos", json=[old]))

    async def link(self) -> None:
        videos = (await self.done(self.api.get("/videos?limit=50"))).json()["items"]
        if videos:
            body = [{"id": self.chance.choice(videos)["id"], "for": self.links()}]
            verb = self.chance.choice(["POST", "PUT"])
            await self.done(self.api.request(verb, "/videos/link", json=body))

    async def unlink(self) -> None:
        videos = (await self.done(self.api.get("/videos?limit=50"))).json()["items"]
        slugs = sorted(slug for video in videos for slug in video["slugs"])
        if slugs:
            await self.done(self.api.request("DELETE", "/videos/link", json=[self.chance.choice(slugs)]))

    async def forget(self) -> None:
        if self.paths:
            path = self.chance.choice(sorted(self.paths))
            self.paths.discard(path)
            await self.done(self.api.request("DELETE", "/videos", json=[path]))

    async def edit_show(self) -> None:
        # Locks nothing, so that seeds go on to say it, too.
        kind = self.chance.choice(["movies/film", "series/serie"])
        path = f"/{kind}-{self.chance.randrange(2)}"
        await self.done(self.api.patch(path, json={"minAge": self.age(), "locks": []}), 404)
        if kind.startswith("series"):
            status = self.chance.choice(["airing", "finished"])
            await self.done(self.api.patch(path, json={"status": status, "locks": []}), 404)

    async def edit_entry(self) -> None:
        slug = f"serie-{self.chance.randrange(2)}-s1e{self.chance.randrange(2, 6)}"
        if slug not in self.played:
            content = self.chance.choice(["story", "filler"])
            change: dict[str, Any] = self.chance.choice([{"order": self.chance.uniform(0, 7)}, {"content": content}])
            await self.done(self.api.patch(f"/entries/{slug}", json={**change, "locks": []}), 404)

    async def delete(self) -> None:
        path = self.chance.choice(["movies/film", "movies/film", "movies/film", "series/serie"])
        await self.done(self.api.delete(f"/{path}-{self.chance.randrange(2)}"), 404)

    async def place_library(self) -> None:
        slug = self.chance.choice(["kids", "films"])
        path = self.chance.choice(["/kids", "/films", "/nowhere"])
        await self.done(self.api.put(f"/libraries/{slug}", json={"name": slug, "path": path}))

    async def play(self) -> None:
        slug = f"serie-{self.chance.randrange(2)}-s1e{self.chance.randrange(1, 6)}"
        answer = await self.done(
            self.api.post("/profiles/me/history", json=[play(slug, self.chance.choice([30, 100, 100, 100]))]), 404
        )
        if answer.status_code != 404:
            self.played.add(slug)

    async def watch_again(self) -> None:
        serie = f"serie-{self.chance.randrange(2)}"
        await self.done(self.api.post(f"/series/{serie}/watchstatus", json={"status": "rewatching"}), 404)
        self.played = {slug for slug in self.played if not slug.startswith(serie)}

    async def renumber(self) -> None:
        serie, number = self.chance.randrange(2), self.chance.randrange(1, 6)
        named = {"tvdb": {"serieId": str(serie), "season": 1, "episode": number}}
        body = [{"externalId": named, "season": self.chance.choice([1, 2]), "episode": number}]
        await self.done(self.api.put(f"/series/serie-{serie}/numbers", json=body), 404, 422)

    @staticmethod
    async def done(request: Awaitable[httpx2.Response], *besides: int) -> httpx2.Response:
        answer = await request
        assert answer.status_code < 300 or answer.status_code in besides, answer.text
        return answer


#: Functions of triggers: words of the search, transactions that are told, locks of fields, and what foreign keys do.
TRIGGERS = {
    "follow_names", "follow_entry_names", "add_file_words", "note_write", "note_changes", "keep_locked",
    "clear_entries", "clear_files", "hold_parents", "hold_new_parent",
}  # fmt: skip


async def test_no_trigger_keeps_a_derived_column(database: Database) -> None:
    """docs/decisions/0035-derived-columns.md."""
    async with database.connection() as connection:
        rows = await fetch_all(
            connection,
            """
            select distinct proname from pg_trigger join pg_class on pg_class.oid = tgrelid
            join pg_proc on pg_proc.oid = tgfoid
            where relnamespace = 'api'::regnamespace and not tgisinternal
            """,
        )
    assert {row["proname"] for row in rows} == TRIGGERS


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(3, 15))])
async def test_whatever_is_written_it_agrees(
    api: httpx2.AsyncClient, library: Library, database: Database, seed: int
) -> None:
    chance = random.Random(seed)
    world = World(api, library, chance)
    for number in range(2):
        await library.movie(f"film-{number}")
        await world.serie()
    for number in range(80):
        write = chance.choice(world.writes)
        before = await airing(database)
        await write()
        assert await wrong(database) == {}, f"{write.__name__}, write {number}"
        # With the last of them somebody may have completed it.
        async with database.connection() as connection:
            ended = sorted(before - await airing(database))
            assert await fetch_all(connection, UNFINISHED, [ended]) == [], f"{write.__name__}, write {number}"


async def test_a_watch_list_follows_every_writer(api: httpx2.AsyncClient, library: Library, database: Database) -> None:
    """What chance seldom comes to."""

    async def seed(slug: str, *numbers: int, status: str = "airing") -> None:
        await library.serie(slug, entries=[episode_seed(1, number) for number in numbers], status=status)
        assert await wrong(database) == {}

    async def edit(path: str, **change: Any) -> None:
        await World.done(api.patch(path, json=change))
        assert await wrong(database) == {}

    await seed("moss", 1, 3)
    await record(api, play("moss-s1e1", 100))
    await seed("moss", 1, 2, 3)
    await edit("/entries/moss-s1e3", order=1.5)
    await record(api, play("moss-s1e2", 100), play("moss-s1e3", 100))
    await edit("/series/moss", status="finished")
    await seed("fern", 1)
    await record(api, play("fern-s1e1", 100))
    await seed("fern", 1, status="finished")
    async with database.connection() as connection:
        shows = [row["pk"] for row in await fetch_all(connection, "select pk from api.shows")]
        assert await fetch_all(connection, UNFINISHED, [shows]) == []


async def test_other_numbers_are_counted_anew(api: httpx2.AsyncClient, library: Library, database: Database) -> None:
    """An episode that goes to another season leaves one episode less in its own."""
    own = {"serieId": "7", "season": 1, "episode": 2}
    await library.serie(
        "reed",
        seasons=[season_seed(1), season_seed(2)],
        entries=[episode_seed(1, 1), episode_seed(1, 2, externalId={"tvdb": [{**own, "link": None}]})],
    )
    await library.video("/reed.mkv", **{"for": [{"slug": "reed-s1e2"}]})
    body = [{"externalId": {"tvdb": own}, "season": 2, "episode": 1}]
    assert (await World.done(api.put("/series/reed/numbers", json=body))).json() == {"changed": 1}
    assert await wrong(database) == {}
