"""Which title of the services a show is: looked up when it is identified, remembered, left open when nobody is sure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.catalogue import FakeCatalogue
from tests.integration.scanner.conftest import Kyoo

from kyoo.scanner.providers.records import EpisodeRecord, ShowRecord, Texts, Title

POSTER = {"kind": "poster", "url": "https://pictures.example/dune.jpg?size=1"}


def record(name: str, year: int, identifier: str, *others: str, kind: str = "movie", **more: Any) -> ShowRecord:
    values = {
        "provider": "catalogue",
        "kind": kind,
        "id": identifier,
        "ids": {"imdb": f"tt{identifier}"},
        "texts": {"en": Texts(name=name)},
        "aliases": [Title(text=other) for other in others],
        "start": date(year, 3, 1),
    }
    return ShowRecord.model_validate(values | more)


@pytest.fixture
def service() -> FakeCatalogue:
    return FakeCatalogue(
        shows=[
            record("Dune", 1984, "841", runtime=137, popularity=10, pictures=[POSTER]),
            record("Dune", 2021, "438631", runtime=155, popularity=90),
            record("Brother", 1997, "20992", "Брат", original_language="ru"),
            record("Harbour Nights", 2001, "34", kind="serie", episodes=[EpisodeRecord(season=1, number=1)]),
        ]
    )


@pytest.fixture
def kyoo(start: Callable[..., Kyoo], service: FakeCatalogue) -> Kyoo:
    return start(providers=[service])


async def ids(kyoo: Kyoo) -> dict[str, dict[str, str]]:
    rows = await kyoo.rows("select s.title, m.ids from scanner.matches m join scanner.shows s on s.id = m.show_id")
    return {row["title"]: row["ids"] for row in rows}


async def test_a_sure_title_is_remembered(kyoo: Kyoo, service: FakeCatalogue) -> None:
    kyoo.add("Dune (1984).mkv", "Брат (1997).mkv", "Harbour Nights/Harbour Nights S01E01.mkv")
    await kyoo.scan()
    assert await ids(kyoo) == {
        "Dune": {"catalogue": "841", "imdb": "tt841"},
        "Брат": {"catalogue": "20992", "imdb": "tt20992"},
        "Harbour Nights": {"catalogue": "34", "imdb": "tt34"},
    }
    service.asked.clear()
    kyoo.add("Harbour Nights/Harbour Nights S01E02.mkv")
    await kyoo.scan()
    assert not any(asked.startswith("search") for asked in service.asked)


async def test_an_id_in_the_name_is_the_title(kyoo: Kyoo, service: FakeCatalogue) -> None:
    kyoo.add("Whatever {imdb-tt841}/Whatever {imdb-tt841}.mkv")
    await kyoo.scan()
    assert await ids(kyoo) == {"Whatever": {"catalogue": "841", "imdb": "tt841"}}
    assert not any(asked.startswith("search") for asked in service.asked)


async def test_the_length_decides_once_it_is_measured(kyoo: Kyoo, service: FakeCatalogue) -> None:
    kyoo.add("Dune.mkv")
    kyoo.transcoder.durations["Dune.mkv"] = 155 * 60
    await kyoo.scan()
    rows = await kyoo.rows("select ids, why, candidates from scanner.matches")
    # Measured after it was first looked up: one remake is as long as the file, and far longer than the other.
    assert rows[0]["ids"] == {"catalogue": "438631", "imdb": "tt438631"}, rows


async def test_what_nobody_is_sure_about_is_listed(kyoo: Kyoo, service: FakeCatalogue) -> None:
    kyoo.add("Dune.mkv", "My Holiday/beach.mkv")
    await kyoo.scan()
    items = await kyoo.items("/scanner/matches")
    assert [item["title"] for item in items] in (["Dune", "Beach"], ["Beach", "Dune"])
    (dune,) = await kyoo.items("/scanner/matches", query="DUNE")
    assert dune["paths"] == [str(kyoo.library / "Dune.mkv")]
    assert dune["why"] == "Several titles fit equally well"
    assert [(found["name"], found["year"]) for found in dune["candidates"]] == [("Dune", 2021), ("Dune", 1984)]
    assert dune["candidates"][0]["reasons"] == ["The same title: “Dune”"]
    assert 0 < dune["candidates"][0]["score"] < 80
    poster = "http://kyoo.test/api/images?url=https%3A%2F%2Fpictures.example%2Fdune.jpg%3Fsize%3D1"
    assert [found["poster"] for found in dune["candidates"]] == [None, poster]
    assert await kyoo.items("/scanner/matches", query="nothing like it") == []
    page = await kyoo.get("/scanner/matches", limit=1)
    following = (await kyoo.client.get(page["next"])).json()
    assert [len(page["items"]), len(following["items"]), following["next"]] == [1, 1, None]


async def test_one_click_says_what_it_is(kyoo: Kyoo, service: FakeCatalogue) -> None:
    kyoo.add("Dune.mkv")
    await kyoo.scan()
    (item,) = await kyoo.items("/scanner/matches")
    chosen = next(found for found in item["candidates"] if found["year"] == 1984)
    body = {"kind": "movie", "title": chosen["name"], "year": 1984, "externalId": chosen["externalId"]}
    assert (await kyoo.client.put(f"/scanner/matches/{item['id']}", json=body)).status_code == 200
    await kyoo.work()
    assert await kyoo.items("/scanner/matches") == []
    assert await ids(kyoo) == {"Dune": {"catalogue": "841", "imdb": "tt841"}}
    (film,) = await kyoo.items("/api/movies")
    assert len((await kyoo.get(f"/api/movies/{film['slug']}", **{"with": "videos"}))["videos"]) == 1
    assert (await kyoo.client.put("/scanner/matches/999999", json=body)).status_code == 404


async def test_none_of_them(kyoo: Kyoo, service: FakeCatalogue) -> None:
    kyoo.add("Dune.mkv")
    await kyoo.scan()
    (item,) = await kyoo.items("/scanner/matches")
    assert (await kyoo.client.delete(f"/scanner/matches/{item['id']}")).status_code == 204
    assert await kyoo.items("/scanner/matches") == []
    await kyoo.scan(reconcile=True)
    assert await kyoo.items("/scanner/matches") == []
    assert await kyoo.titles() == ["Dune"]
    assert (await kyoo.client.delete("/scanner/matches/999999")).status_code == 404


async def watched_at(kyoo: Kyoo) -> list[tuple[str, int]]:
    entries = await kyoo.items("/api/profiles/me/history")
    return [(entry["slug"], entry["progress"]["percent"]) for entry in entries]


async def test_a_film_that_is_an_episode(kyoo: Kyoo, service: FakeCatalogue) -> None:
    service.shows.append(record("Guilty Crown", 2011, "88", kind="serie"))
    kyoo.add("Guilty Crown 8.mkv")
    await kyoo.scan()
    (film,) = await kyoo.items("/api/movies")
    (video,) = (await kyoo.videos()).values()
    play = {"percent": 100, "time": 700, "playedDate": "2024-05-01T20:00:00Z", "videoId": video["id"]}
    assert (
        await kyoo.client.post("/api/profiles/me/history", json=[{"entry": film["slug"], **play}])
    ).status_code == 201
    (item,) = await kyoo.items("/scanner/matches")
    (found,) = item["candidates"]
    assert (found["name"], found["kind"]) == ("Guilty Crown", "serie")
    body = {"kind": "serie", "title": found["name"], "year": found["year"], "externalId": found["externalId"]}
    assert (await kyoo.client.put(f"/scanner/matches/{item['id']}", json=body)).status_code == 200
    await kyoo.work()
    assert await kyoo.items("/api/movies") == []
    (serie,) = await kyoo.items("/api/series")
    (entry,) = await kyoo.items(f"/api/series/{serie['slug']}/entries")
    assert (entry["kind"], entry["episodeNumber"]) == ("episode", 8)
    # History goes where the file goes.
    assert await watched_at(kyoo) == [(entry["slug"], 100)]


@pytest.mark.parametrize("way", ["add", "remap"])
async def test_other_numbers_in_the_same_serie_leave_nothing_empty(kyoo: Kyoo, way: str) -> None:
    kyoo.add("Own Show S01E01.mkv", "Own Show S01E02.mkv", "Own Show S01E03.mkv")
    await kyoo.scan()
    videos = {name: video["id"] for name, video in (await kyoo.videos()).items()}
    play = {"percent": 100, "time": 100, "playedDate": "2024-05-01T20:00:00Z"}
    plays = [{"entry": "own-show-s1e2", "videoId": videos["Own Show S01E02.mkv"], **play}]
    assert (await kyoo.client.post("/api/profiles/me/history", json=plays)).status_code == 201

    async def count(name: str, season: int, episode: int) -> tuple[list[str], list[str]]:
        """The entries then, and those that were watched."""
        video = {"id": videos[name], "episodes": [{"season": season, "episode": episode}]}
        url = "/scanner/series" + ("/own-show/remap" if way == "remap" else "")
        body = {"title": "Own Show", "slug": "own-show", "videos": [video]}
        assert (await kyoo.client.post(url, json=body)).status_code == 201
        await kyoo.work()
        await kyoo.change_queue("update procrastinate_jobs set scheduled_at = null where status = 'todo'")
        await kyoo.work()
        entries = await kyoo.items("/api/series/own-show/entries")
        assert all(entry["videos"] for entry in entries)
        seen = [entry["slug"] for entry in await kyoo.items("/api/profiles/me/history")]
        return [entry["slug"].removeprefix("own-show-") for entry in entries], seen

    assert await count("Own Show S01E02.mkv", 2, 5) == (["s1e1", "s1e3", "s2e5"], ["own-show-s2e5"])
    assert await count("Own Show S01E03.mkv", 0, 1) == (["s1e1", "s2e5", "sp1"], ["own-show-s2e5"])
    assert await count("Own Show S01E02.mkv", 1, 2) == (["s1e1", "s1e2", "sp1"], ["own-show-s1e2"])


async def test_a_remap_to_the_other_kind(kyoo: Kyoo) -> None:
    kyoo.add("Harbour Lights/Harbour Lights S01E01.mkv")
    await kyoo.scan()
    body = {"title": "Harbour Lights", "year": 1999, "externalId": {}, "videos": [], "kind": "movie"}
    assert (await kyoo.client.post("/scanner/series/harbour-lights/remap", json=body)).status_code == 201
    await kyoo.work()
    assert [show["kind"] for show in await kyoo.items("/api/shows")] == ["movie"]
    (film,) = await kyoo.items("/api/movies")
    assert len((await kyoo.get(f"/api/movies/{film['slug']}", **{"with": "videos"}))["videos"]) == 1
    # It stays so, and what comes under the old name is not taken for the film.
    kyoo.add("Harbour Lights/Harbour Lights S01E02.mkv")
    await kyoo.scan()
    assert sorted(show["kind"] for show in await kyoo.items("/api/shows")) == ["movie", "serie"]
    await kyoo.scan(reconcile=True)
    assert sorted(show["kind"] for show in await kyoo.items("/api/shows")) == ["movie", "serie"]


async def test_merging_and_splitting(kyoo: Kyoo) -> None:
    kyoo.add("The Show/The Show S01E01.mkv", "Teh Show/Teh Show S01E02.mkv", "Teh Show/Teh Show S01E03.mkv")
    await kyoo.scan()
    assert await kyoo.titles() == ["Teh Show", "The Show"]
    body = {"title": "x", "slug": "the-show"}
    assert (await kyoo.client.post("/scanner/series/teh-show/remap", json=body)).status_code == 201
    await kyoo.work()
    assert await kyoo.titles() == ["The Show"]
    entries = await kyoo.items("/api/series/the-show/entries")
    assert [(entry["slug"], len(entry["videos"])) for entry in entries] == [
        ("the-show-s1e1", 1),
        ("the-show-s1e2", 1),
        ("the-show-s1e3", 1),
    ]
    # A file of it is another serie after all.
    video = (await kyoo.videos())["Teh Show/Teh Show S01E03.mkv"]
    body = {"title": "Teh Show", "videos": [{"id": video["id"], "episodes": [{"season": 2, "episode": 5}]}]}  # type: ignore[dict-item]
    assert (await kyoo.client.post("/scanner/series", json=body)).status_code == 201
    await kyoo.work()
    (other,) = [serie for serie in await kyoo.items("/api/series") if serie["slug"] != "the-show"]
    (entry,) = await kyoo.items(f"/api/series/{other['slug']}/entries")
    assert (entry["seasonNumber"], entry["episodeNumber"], len(entry["videos"])) == (2, 5, 1)
    # The entry that it was taken for goes once the other serie stands.
    await kyoo.change_queue("update queue.procrastinate_jobs set scheduled_at = now() where scheduled_at > now()")
    await kyoo.work()
    left = [entry["slug"] for entry in await kyoo.items("/api/series/the-show/entries")]
    assert left == ["the-show-s1e1", "the-show-s1e2"]
    assert (await kyoo.get("/api/series/the-show"))["entriesCount"] == 2


async def test_what_comes_later_follows_the_last_files_of_its_name(kyoo: Kyoo) -> None:
    kyoo.add("The Show/The Show S01E01.mkv", "Teh Show/Teh Show S01E01.mkv", "Teh Show/Teh Show S01E02.mkv")
    await kyoo.scan()
    body: dict[str, Any] = {"title": "x", "slug": "the-show"}
    assert (await kyoo.client.post("/scanner/series/teh-show/remap", json=body)).status_code == 201
    await kyoo.work()
    kyoo.add("Teh Show/Teh Show S01E03.mkv")
    await kyoo.scan()
    assert await kyoo.titles() == ["The Show"]
    # They were two series after all. As long as one file is left the name is that of the other serie.
    for taken, later in (("S01E01", "S01E02"), "S01E04"), (("S01E03", "S01E04"), "S01E05"):
        found = await kyoo.videos()
        videos = [{"id": found[f"Teh Show/Teh Show {number}.mkv"]["id"]} for number in taken]
        assert (await kyoo.client.post("/scanner/series", json={"title": "Teh Show", "videos": videos})).is_success
        await kyoo.work()
        kyoo.add(f"Teh Show/Teh Show {later}.mkv")
        await kyoo.scan()
    files = [await kyoo.context.api.video(video["id"]) for video in (await kyoo.videos()).values()]
    shows = {Path(file["path"]).stem: file["show"]["slug"] for file in files if file}
    assert shows == {"The Show S01E01": "the-show"} | {f"Teh Show S01E0{number}": "teh-show" for number in range(1, 6)}


async def test_the_last_file_takes_its_show_along(kyoo: Kyoo) -> None:
    kyoo.add("Wrong.mkv")
    await kyoo.scan()
    video = (await kyoo.videos())["Wrong.mkv"]
    body = {"title": "Right", "year": 1990, "videos": [{"id": video["id"]}]}
    assert (await kyoo.client.post("/scanner/movies", json=body)).status_code == 201
    await kyoo.work()
    assert await kyoo.titles() == ["Right"]


async def test_what_a_person_asks_goes_first(kyoo: Kyoo) -> None:
    kyoo.add(*(f"Film {number} (2001).mkv" for number in range(3)))
    await kyoo.scan()
    from kyoo.scanner import work

    rows = await kyoo.rows("select id from scanner.shows order by id")
    await work.identify(kyoo.runtime.queue, [row["id"] for row in rows])
    await work.identify(kyoo.runtime.queue, [rows[2]["id"]], urgent=True)
    first = await kyoo.value(
        "select task_name || ' ' || (args->>'show_id') from queue.procrastinate_jobs "
        "where status = 'todo' order by priority desc, id limit 1"
    )
    assert first == f"scanner:identify {rows[2]['id']}"
